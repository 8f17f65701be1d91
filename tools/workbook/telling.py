"""What a learner is told about the tests of a stage. The entries are those of last_check.py."""

import re

from workbook import last_check, tree
from workbook.tree import paint

STORIES = 3
BAR = 20
WRONG = ("failed", "hung")


def broken(stage, entries):
    """The entries of tests that fail for another reason than a stub: the one to read first comes first."""
    functions = {todo.number: re.findall(r"\w+(?=$|,)", todo.title) for todo in stage.todos()}
    found = [entry for entry in entries if entry["status"] in WRONG and not entry["unwritten"]]
    # What a test means by a failure is told best by one that has come as far as its assertion.
    return sorted(found, key=lambda entry: (order(entry["blamed"]), entry["kind"].startswith("memory"),
                                            not shows_its_place(entry, functions)))  # fmt: skip


def order(number):
    return tuple(int(part) for part in number.split(".")) if number else (0,)


def shows_its_place(entry, functions):
    """Whether the story points into a function that its TODO is about: of several it is the surest."""
    names = functions.get(entry["blamed"], [])
    return any(re.search(rf":\d+ in {name}\b", entry["story"]) for name in names)


def tell_first(stage, todo, entries, write):
    """Tells how the TODO at work does, while the rest is still running. Returns the entries that are told."""
    state = next(state for state in last_check.todo_states(stage, entries) if state.number == todo)
    told = broken(stage, entries)[:1]
    for entry in told:
        write(entry["story"] + "\n")
    write(bar(state) + "\nNow the rest:")
    return told


def tell(stage, side, entries, told, seconds, most=STORIES):
    """Tells what came of the tests: stories that are not told yet, how far each TODO is, and what to do next."""
    wrong = broken(stage, entries)
    to_tell = [entry for entry in wrong if entry not in told][: most - len(told)]
    for entry in to_tell:
        print(entry["story"], end="\n\n")
    left = [entry for entry in wrong if entry not in to_tell and entry not in told]
    if left:
        print("Also failing:")
        for entry in left:
            print(f"  {entry['name']}  (TODO {entry['blamed']})")
        print(f"All stories: make stories-{stage.number}\n" if side == "stage" else "")
    for entry in entries:
        if entry["status"] == "skipped":
            print(f"Skipped: {entry['name']} ({entry['story']})")

    for state in last_check.todo_states(stage, entries):
        print(bar(state))
    count = [sum(entry["status"] in statuses for entry in entries) for statuses in (("passed",), WRONG, ("skipped",))]
    print(paint("bold", f"{side} {stage.number}: {tree.summary(*count)} ({seconds:.1f} s)"))
    print(next_step(stage, side, wrong, entries))


def bar(todo):
    title = f"TODO {todo.number} {todo.title[:32]:32}"
    if todo.total == 0:
        return f"{title} no test ran"
    full = BAR * todo.passed // todo.total
    drawn = paint("green" if todo.passed == todo.total else "red", "#" * full + "." * (BAR - full))
    return f"{title} {drawn} {todo.passed:2} of {todo.total}"


def next_step(stage, side, wrong, entries):
    number = stage.number
    if wrong:
        todo = wrong[0]["blamed"]
        if side == "solution" or not todo:
            return "The first story above is the one to read."
        return f"Next: the first story above, then: make hint-{number} TODO={todo}"
    unwritten = {entry["unwritten"]: entry["stub"] for entry in entries if entry["unwritten"]}
    if unwritten:
        todo = min(unwritten, key=order)  # what a test has reached, which may be about another TODO
        place = stage.stubs().get(todo, unwritten[todo])
        return f"Next: write TODO {todo} at {place}\nStuck? make hint-{number} TODO={todo}"
    if side == "solution":
        return f"The solution passes. Next: make diff-{number}"
    if len({entry["todo"] for entry in entries}) == 1 < len(stage.todos()):
        return f"Green. Next: the whole stage, make check-{number}"
    later = [s for s in tree.stages() if s.number > number]
    then = f"make check-{later[0].number}" if later else "make progress"
    other = f"make diff-{number} (one other way to do it), then: " if stage.solution.is_dir() else ""
    return f"All green. Next: {other}{then}"
