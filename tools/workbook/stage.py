"""Builds the learner's stage and says what to type next: tools/workbook stage 01"""

import sys

from workbook import test_runs, tree


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook stage 01")
    number = tree.find_stage(sys.argv[1]).number
    if code := test_runs.build("dev", f"stage{number}*"):
        sys.exit(code)
    print(f"Stage {number} is built. Next: ctest -R stage{number}   or: make check-{number}, which tells the story.")
