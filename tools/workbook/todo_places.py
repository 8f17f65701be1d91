"""Which lines of a solution a TODO is about: those that stand there in place of its block in the skeleton."""

import difflib
import re

from workbook import given, tree


def lines_of_todo(stage, name, number):
    """[(first, behind the last)] of the lines that the solution of a file has for a TODO, from 0. Raises given.Missing."""
    skeleton = skeleton_of(stage, name).splitlines()
    solution = tree.read_source(stage.solution / name).splitlines()
    matcher = difflib.SequenceMatcher(None, skeleton, solution, autojunk=False)
    return [(first, last) for kind, begin, end, first, last in matcher.get_opcodes()
            if kind != "equal" and number in numbers_in(skeleton, begin, end)]  # fmt: skip


def skeleton_of(stage, name):
    """The file as it was handed out: as it is, when none of the stage's TODOs is written, else from git."""
    if set(stage.stubs()) == {todo.number for todo in stage.todos()}:
        return tree.read_source(stage.folder / name)
    return given.skeleton(stage).texts.get(name, "")


def numbers_in(skeleton, begin, end):
    """The TODOs whose blocks begin in these lines of a skeleton; if none does, the last one before."""
    begins = [re.match(r"\s*// TODO (\d+\.\d+)\b", line) for line in skeleton[:end]]
    inside = [found[1] for found in begins[begin:] if found]
    return inside or [found[1] for found in begins if found][-1:]
