"""The exercises of the text and their answers.

An exercise begins a line of a text with its number, **E3.4** (find the error) or **Q3.2** (a question); the
first number is the stage's, 0 before stage 01. Its answer stands in a file that the reader has not open:
answers.md in the stage's folder, experiments/answers.md for 0, under the heading "## E3.4".
"""

import re
from dataclasses import dataclass
from pathlib import Path

from workbook import tree

EXERCISE = re.compile(r"^\*\*([EQ])(\d+)\.(\d+)\*\*", re.M)
ANSWER = re.compile(r"^## ([EQ])(\d+)\.(\d+)$", re.M)


@dataclass
class Chapter:
    """What has exercises of the same first number."""

    number: int
    title: str
    texts: list
    answers: Path

    def exercises(self):
        """{("E", 4): its paragraph}, in the order of the text."""
        found = {}
        for path in self.texts:
            text = tree.read(path)
            for start in EXERCISE.finditer(text):
                if int(start[2]) == self.number:
                    found[start[1], int(start[3])] = text[start.start() :].partition("\n\n")[0]
        return found

    def answered(self):
        """{("E", 4): its answer}, in the order of the file."""
        text = tree.read(self.answers) if self.answers.exists() else ""
        starts = list(ANSWER.finditer(text))
        ends = [start.start() for start in starts[1:]] + [len(text)]
        return {(start[1], int(start[3])): text[start.end() : end].strip("\n")
                for start, end in zip(starts, ends) if int(start[2]) == self.number}  # fmt: skip


def chapters(root=tree.ROOT):
    """Before stage 01, and each stage that has a text."""
    before = [path for path in (root / "WORKBOOK.md", root / "experiments/README.md") if path.exists()]
    found = [Chapter(0, "before stage 01", before, root / "experiments/answers.md")]
    for stage in tree.stages(root):
        text = stage.folder / "README.md"
        if text.exists():
            found.append(Chapter(int(stage.number), f"stage {stage.number}", [text], stage.folder / "answers.md"))
    return found
