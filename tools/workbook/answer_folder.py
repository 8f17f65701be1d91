"""Reads the folders in tests/right_answers: files that take the place of some in a solution.

A folder holds whole files and nothing else. The first, by name, begins with a comment: one sentence
that says what is unusual about the answer.
"""

import fnmatch
import re
from dataclasses import dataclass
from pathlib import Path

from workbook import tree
from workbook.scratch_tree import Broken

ANSWERS = tree.ROOT / "tests" / "right_answers"


@dataclass
class Answer:
    path: Path
    sentence: str
    files: dict  # "solutions/01_single/http.cpp" -> path of the file that takes its place

    @property
    def name(self):
        return self.path.name

    @property
    def stage(self):
        return tree.Stage(self.path.parent.name)


def first_comment(text):
    """The text of the // comment at the very beginning."""
    comment = re.match(r"(//.*\n)*", text)[0]
    return " ".join(line.removeprefix("//").strip() for line in comment.splitlines())


def read_answer(path, root=tree.ROOT):
    """Reads an answer; raises Broken when it does not fit the solution of its stage."""
    solution = tree.Stage(path.parent.name, root).solution
    given = sorted(path.iterdir())
    if not given:
        raise Broken("holds no file")
    for other in given:
        own = solution / other.name
        if not own.is_file():
            raise Broken(f"holds {other.name}, which is no file of solutions/{solution.name}")
        if own.read_bytes() == other.read_bytes():
            raise Broken(f"holds {other.name} as the solution has it")
    sentence = first_comment(given[0].read_text())
    if not re.fullmatch(r"[A-Z].*\w.*\.", sentence):
        raise Broken(f"has no sentence at the beginning of {given[0].name} that says what is unusual")
    return Answer(path, sentence, {str((solution / other.name).relative_to(root)): other for other in given})


def find_answers(stage=None, only="*", root=ANSWERS):
    pattern = only if "*" in only else f"*{only}*"
    found = sorted(path for path in root.glob("[0-9][0-9]_*/*") if path.is_dir())
    return [
        path
        for path in found
        if (stage is None or path.parent.name == stage.name) and fnmatch.fnmatch(path.name, pattern)
    ]
