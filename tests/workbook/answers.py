#!/usr/bin/env python3
"""Every right answer is well-formed: it takes the place of files of its stage's solution, and says how
it differs from it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import answer_folder, tree  # noqa: E402
from workbook.scratch_tree import Broken  # noqa: E402


def check(path, root):
    try:
        answer_folder.read_answer(path, root)
    except Broken as broken:
        return [f"{path.relative_to(root)} {broken}"]
    return []


def main():
    paths = answer_folder.find_answers()
    problems = [problem for path in paths for problem in check(path, tree.ROOT)]
    tree.report("answers", problems, f"{len(paths)} right answers")


if __name__ == "__main__":
    main()
