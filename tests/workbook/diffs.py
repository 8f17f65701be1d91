#!/usr/bin/env python3
"""make diff-NN: what differs and nothing else, one TODO at a time, and never too wide for a projector."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
from toy import Toy, expect  # noqa: E402
from workbook import tree  # noqa: E402
from workbook.diff import WIDEST  # noqa: E402
from workbook.todo_places import lines_of_todo  # noqa: E402

ONE, OTHER = "return 2 * number", "return 3 * number"


def shows(what, said, *words, without=()):
    problems = expect(what, said, 0, *words)
    return problems + [f"{what} shows {word}: {said[1]}" for word in without if word in said[1]]


def check_one_todo(work):
    """Of the skeleton and of what a learner has written, only what the solution writes for the TODO."""
    diff = lambda *words: work.type("make", "diff-01", *words)  # noqa: E731
    problems = shows("diff", diff(), "--- stages/01_toy/twice.cpp +++ solutions", ONE, OTHER, without=["main.cpp"])
    problems += shows("diff TODO=1.1", diff("TODO=1.1"), ONE, without=[OTHER])
    problems += shows("diff TODO=1.2", diff("TODO=1.2"), OTHER, without=[ONE])
    subprocess.run(["git", "init", "-q", str(work.root)], check=True)
    work.commit("the skeleton")
    work.answer("1.1", "return number + number;")
    problems += shows("diff TODO=1.1, written", diff("TODO=1.1"), "- return number + number;", ONE, without=[OTHER])
    problems += shows("diff TODO=1.2, not written", diff("TODO=1.2"), OTHER, without=[ONE])
    if re.search(r"\d\d:\d\d", diff()[1]):
        problems.append("diff shows times")
    shutil.rmtree(work.root / ".git")
    problems += expect("diff TODO=1.1 without git", diff("TODO=1.1"), 2, "is known from the skeleton in git")
    return problems + expect("diff TODO=9.9", diff("TODO=9.9"), 2, "Stage 01 has no TODO 9.9; it has: 1.1, 1.2")


def check_identical(work):
    """One word; also when only one TODO is as in the solution."""
    path = work.root / "stages/01_toy/twice.cpp"
    shutil.copy(work.root / "solutions/01_toy/twice.cpp", path)
    said = work.type("make", "diff-01")
    problems = [] if said == (0, "identical\n") else [f"of identical files diff says {said}"]
    path.write_text(path.read_text().replace("3 * number", f"3 * number  // {'why ' * 60}"))
    wide = work.type("make", "diff-01")[1]
    if max(map(len, wide.splitlines())) > WIDEST or wide.count("why") != 60:
        problems.append(f"diff is wider than {WIDEST} columns, or loses words: {wide}")
    (work.root / "solutions").rename(work.root / "elsewhere")
    gone = expect("diff without the solution", work.type("make", "diff-01"), 2, "solutions/01_toy is missing")
    (work.root / "HANDOUT.md").write_text("")
    return problems + gone + expect("diff in a handout", work.type("make", "diff-01"), 2, "comes after the deadline")


def check_places():
    """Each TODO of each untouched stage has its place in the solution, and no two share a line."""
    problems = []
    for stage in tree.untouched_stages():
        owner = {}
        for todo in stage.todos():
            places = [(name, line) for name in stage.code_files()
                      for begin, end in lines_of_todo(stage, name, todo.number) for line in range(begin, end)]  # fmt: skip
            if not places:
                problems.append(f"TODO {todo.number} has no line in the solution")
            problems += [f"solutions/{stage.name}/{place[0]}:{place[1] + 1} belongs to TODO {owner[place]} and {todo.number}"
                         for place in places if place in owner]  # fmt: skip
            owner |= dict.fromkeys(places, todo.number)
    return problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        problems = check_one_todo(Toy(folder + "/one")) + check_identical(Toy(folder + "/other"))
    tree.report("diffs", problems + check_places(), "stages against solutions, whole and by TODO")


if __name__ == "__main__":
    main()
