"""Lists the TODOs of each stage: green, red, or not begun, by the last `make check-NN`.

tools/workbook progress [01]
"""

import sys
import time

from workbook import given, handed_out, last_check, tree

COLOURS = {"green": "green", "red": "red", "not checked": "bold", "not begun": "dim"}


def main():
    chosen = [tree.find_stage(word) for word in sys.argv[1:]]
    following = None
    for stage in chosen or tree.stages():
        check = last_check.read(stage)
        states = last_check.todo_states(stage, check.entries() if check else [])
        print(f"{stage.name:12} {last_words(stage, check)}")
        for state in states:
            print(f"  {state.number} {state.title[:36]:36} {told(state)}")
        if newer := next((state.newer for state in states if state.newer), None):
            print(f"  {newer} is newer than this verdict: make check-{stage.number}")
        if warning := given.warning(stage):
            print(f"  {warning}")
        following = following or next(((stage, state) for state in states if state.state != "green"), None)
    then = "" if handed_out.is_handout(tree.ROOT) else " Next: make compare MINE=1"
    print(next_step(*following) if following else f"All is green.{then}")


def told(state):
    share = f"  {state.passed} of {state.total}" if state.state == "red" else ""
    return tree.paint(COLOURS[state.state], state.state) + share


def last_words(stage, check):
    if not check:
        return f"not checked yet: make check-{stage.number}"
    ago = age(time.time() - check.at)
    statuses = [entry["status"] for entry in check.tests.values() if entry["status"] != "skipped"]
    tests = f"{statuses.count('passed')} of {len(statuses)} tests passed"
    if check.built:
        return f"{tests}, {ago} ago"
    return f"did not build, {ago} ago" + (f"; before that {tests}" if statuses else "")


def next_step(stage, state):
    place = f" at {state.place}" if state.place else ""
    command = "check" if state.state == "not checked" else "hint"
    more = f" TODO={state.number}" if command == "hint" else ""
    return f"Next: TODO {state.number}{place}   make {command}-{stage.number}{more}"


def age(seconds):
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
