"""Builds the learner's stage and says what to type next: tools/workbook stage 03 [mine]

It is built on the solutions of the stages that it needs; `mine`: on the learner's own.
"""

import sys

from workbook import last_check, test_runs, tree


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["mine"]):
        tree.die("Usage: tools/workbook stage 01 [mine]")
    stage = tree.find_stage(sys.argv[1])
    number, side, more = (stage.number, "mine", " MINE=1") if sys.argv[2:] else (stage.number, "stage", "")
    if more:
        own_stages(stage)
    if code := test_runs.build("dev", f"{side}{number}*"):
        sys.exit(code)
    print(f"Stage {number} is built. Next: ctest -R {side}{number}   or: make check-{number}{more}, which tells the story.")


def own_stages(stage):
    """Ends with a sentence when there is no own stage to build this one on, or one that does not pass."""
    if not stage.needs():
        tree.die(f"Stage {stage.number} is built on no other stage: leave MINE=1 out.")
    for needed in map(tree.find_stage, stage.needs()):
        if not last_check.is_green(needed):
            tree.die(f"Your stage {needed.number} is not all green by the last check, and stage {stage.number} is built"
                     f" on it: make check-{needed.number}. Without MINE=1 it is built on the solution.")  # fmt: skip
