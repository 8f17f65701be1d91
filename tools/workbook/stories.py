"""Tells the stories of all tests that failed in the last check: tools/workbook stories 01"""

import sys

from workbook import last_check, telling, tree


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook stories 01")
    stage = tree.find_stage(sys.argv[1])
    print(told(stage))


def told(stage):
    check = last_check.read(stage)
    if not check:
        return f"Stage {stage.number} has not been checked yet: make check-{stage.number}"
    stories = [entry["story"] for entry in telling.broken(stage, check.entries())]
    return "\n\n".join(stories) or f"No story: no test of stage {stage.number} failed in the last check."
