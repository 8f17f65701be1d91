"""Shows for each stage which TODOs are green, red or not begun by the last `make check-NN`.

tools/workbook progress [01]
"""

import sys
import time

from workbook import given, tree

STATES = {"green": "green", "red": "red", "not checked": "bold", "not begun": "dim"}  # and their colours


def main():
    chosen = [tree.find_stage(word) for word in sys.argv[1:]]
    for stage in chosen or tree.stages():
        print(f"{stage.name:12} {last_check(stage)}")
        print(f"{'':12} {todos(stage)}")
        if warning := given.warning(stage):
            print(f"{'':12} {warning}")


def todos(stage):
    """"green 3.1 3.2 · red 3.3 · not begun 3.4 3.5"."""
    states = stage.states()
    groups = {state: [n for n in states if states[n] == state] for state in STATES}
    return " · ".join(
        tree.paint(STATES[state], " ".join([state, *numbers])) for state, numbers in groups.items() if numbers
    )


def last_check(stage):
    record = stage.last_check()
    if not record:
        return f"not checked yet: make check-{stage.number}"
    ago = age(time.time() - stage.results.stat().st_mtime)
    total = record["passed"] + record["failed"]
    tests = f"{record['passed']} of {total} tests passed"
    if record["built"]:
        return f"{tests}, {ago} ago"
    return f"did not build, {ago} ago" + (f"; before that {tests}" if total else "")


def age(seconds):
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"
