"""Builds a stage, runs its suite and tells the learner what it says.

Exit: 0 all pass, 1 something is wrong, 3 it does not build, 4 the machine lacks something.
"""

import argparse
import json
import re
import sys
import time
from pathlib import Path

from workbook import given, test_runs, tree
from workbook.tree import ROOT, paint

STORIES = 3
BAR = 20


def main():
    options = parse_options()
    stage = tree.find_stage(options.stage)
    sys.exit(check(stage, options.side, options.preset, options.json))


def check(stage, side="stage", preset="dev", report=None):
    """Builds, runs, tells. Returns the exit code."""
    target = f"{side}{stage.number}"
    build_folder = ROOT / "build" / preset
    if warning := given.warning(stage):
        print(warning, flush=True)

    code = test_runs.build(preset, f"{target}*")
    results = []
    start = time.monotonic()  # how long a build takes, the machine says; this is what the tests take
    if code == 0:
        with test_runs.undisturbed(build_folder):
            tests = test_runs.registered_tests(build_folder, rf"^{target}\.")
            if not tests:
                tree.die(f"CTest knows no test of {target}; is its CMakeLists.txt in order?", 4)
            results = test_runs.run_tests(tests)

    record = describe(stage, side, code, results, time.monotonic() - start)
    if side == "stage" and preset == "dev":  # what `make progress` and `make hint-NN` go by
        before = stage.last_check() or {**record, "todos": []}
        write_json(stage.results, record if code == 0 else {**before, "built": False})
    if report:
        write_json(report, record)
    if code == 0:
        tell(stage, side, record)
    return record["exit"]


def parse_options():
    parser = argparse.ArgumentParser(description="Builds a stage, runs its suite, tells the story.")
    parser.add_argument("stage", help="01 or 01_single")
    parser.add_argument("--side", choices=["stage", "solution"], default="stage")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--json", type=Path, help="also write the results here")
    return parser.parse_args()


def describe(stage, side, code, results, seconds):
    """Everything a person or a program may want to know about this run."""
    tests = [
        {
            "name": result.test.short_name,
            "todo": result.said("todo"),
            "blamed": result.said("blamed"),
            "status": result.status,
            "ms": result.ms,
            "story": "" if result.status == "passed" else tidy(result),
            "unwritten": result.said("unwritten"),
        }
        for result in results
    ]
    stubs = stage.stubs()
    todos = [progress_of(todo, tests, todo.number not in stubs) for todo in stage.todos()]
    passed, skipped, failed, hung = (
        sum(test["status"] == status for test in tests)
        for status in ("passed", "skipped", "failed", "hung")
    )
    wrong = failed + hung
    return {
        "stage": stage.name,
        "side": side,
        "built": code == 0,
        "passed": passed,
        "failed": wrong,
        "skipped": skipped,
        "seconds": round(seconds, 2),
        "exit": code or (tree.WRONG if wrong else tree.PASSED),
        "todos": todos,
        "tests": tests,
    }


def tidy(result):
    if result.status == "skipped":
        return result.said("skipped")
    text = test_runs.story(result.output)
    if result.status == "hung" or result.exit_code < 0:
        text += f"\n(The test program said no more: {result.ended_by()}.)"
    return text


def progress_of(todo, tests, written):
    own = [t for t in tests if t["todo"] == todo.number and t["status"] != "skipped"]
    passed = sum(t["status"] == "passed" for t in own)
    return {
        "todo": todo.number,
        "title": todo.title,
        "written": written,
        "passed": passed,
        "total": len(own),
    }


def write_json(path, record):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2) + "\n")


def tell(stage, side, record):
    wrong = [t for t in record["tests"] if t["status"] in ("failed", "hung")]
    functions = {todo.number: re.findall(r"\w+(?=$|,)", todo.title) for todo in stage.todos()}
    wrong.sort(key=lambda t: (order(t["blamed"]), not shows_its_place(t, functions.get(t["blamed"], []))))
    broken = [t for t in wrong if not t["unwritten"]]
    unwritten = [t for t in wrong if t["unwritten"]]

    for test in broken[:STORIES]:
        print(test["story"], end="\n\n")
    if len(broken) > STORIES:
        print("Also failing:")
        for test in broken[STORIES:]:
            print(f"  {test['name']}  (TODO {test['blamed']})")
        print()
    skipped = [t for t in record["tests"] if t["status"] == "skipped"]
    for test in skipped:
        print(f"Skipped: {test['name']} ({test['story'] or 'no reason given'})")

    for todo in record["todos"]:
        print(bar(todo))
    total = tree.summary(record["passed"], record["failed"], record["skipped"])
    print(paint("bold", f"{side} {stage.number}: {total} ({record['seconds']:.1f} s)"))
    print(next_step(stage, side, broken, unwritten))


def shows_its_place(test, functions):
    """Whether the story points into a function that its TODO is about: of several it is the surest."""
    return any(re.search(rf":\d+ in {name}\b", test["story"]) for name in functions)


def order(number):
    return tuple(int(part) for part in number.split(".")) if number else (0,)


def bar(todo):
    if todo["total"] == 0:
        return f"TODO {todo['todo']} {todo['title'][:32]:32} no test ran"
    full = BAR * todo["passed"] // todo["total"]
    colour = "green" if todo["passed"] == todo["total"] else "red"
    drawn = paint(colour, "#" * full + "." * (BAR - full))
    share = f"{todo['passed']:2} of {todo['total']}"
    return f"TODO {todo['todo']} {todo['title'][:32]:32} {drawn} {share}"


def next_step(stage, side, broken, unwritten):
    number = stage.number
    if broken:
        todo = broken[0]["blamed"]
        if side == "solution" or not todo:
            return "The first story above is the one to read."
        return f"Next: the first story above, then: make hint-{number} TODO={todo}"
    if unwritten:
        todo = unwritten[0]["todo"]
        place = stage.stubs().get(todo, "")
        return f"Next: write TODO {todo} at {place}   stuck? make hint-{number} TODO={todo}"
    if side == "solution":
        return f"The solution passes. Next: make diff-{number}"
    later = [s for s in tree.stages() if s.number > number]
    then = f"make check-{later[0].number}" if later else "make progress"
    return f"All green. Next: make diff-{number} (one other way to do it), then: {then}"
