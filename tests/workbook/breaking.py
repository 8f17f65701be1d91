#!/usr/bin/env python3
"""make break-NN: which mistake is meant, in whose code it is put, and what is said of a guess."""

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import break_stage, last_check, patch_file, tree  # noqa: E402

BUG, FILE = "looks_at_closed_first", "bounded_channel.hpp"


class Copy:
    """Stands in for the copy of the tree in which answers are tried."""

    def __init__(self, folder):
        self.root = Path(folder)

    def bring_up_to_date(self):
        shutil.rmtree(self.root / "solutions", ignore_errors=True)
        shutil.copytree(tree.ROOT / "solutions", self.root / "solutions")


def stage_and_patches():
    stage = tree.find_stage("03")
    return stage, [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", stage)]


def refusal(function, *arguments):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.suppress(SystemExit):
        function(*arguments)
    return said.getvalue()


def check_names():
    """The whole name, the name without its row, or the only one with the word in it."""
    stage, patches = stage_and_patches()
    problems = []
    for word in (BUG, f"03-06_{BUG}", "at_closed_first"):
        if break_stage.named(word, stage, patches).name != f"03-06_{BUG}":
            problems.append(f"BUG={word} is another one")
    if "has no known mistake 'xyz'; make break-03" not in refusal(break_stage.named, "xyz", stage, patches):
        problems.append("an unknown mistake is not refused")
    for one in tree.stages():
        known = [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", one)]
        problems += [f"nothing names {patch.label} alone" for patch in known
                     if break_stage.named(patch.name, one, known) is not patch]  # fmt: skip
    return problems


def check_whose_code():
    """The learner's, when it is green and the mistake fits; else the solution's. It says which."""
    stage, patches = stage_and_patches()
    patch = break_stage.named(BUG, stage, patches)
    solution = (stage.solution / FILE).read_text()
    problems = []
    for green, code, words, mine in (
        (True, solution + "// mine\n", "A copy of your stage 03 has a mistake now", True),
        (True, solution.replace("items_", "queue_") + "// mine\n", "does not fit into your code", False),
        (False, solution + "// mine\n", "is not all green by the last check", False),
    ):
        with tempfile.TemporaryDirectory() as folder:
            copy, own = Copy(folder + "/copy"), tree.Stage(stage.name, Path(folder) / "own")
            shutil.copytree(stage.solution, own.folder)
            (own.folder / FILE).write_text(code)
            copy.bring_up_to_date()
            with mock.patch.object(last_check, "is_green", lambda _: green):
                said = break_stage.put_in(copy, own, patch)
            now = (copy.root / "solutions" / stage.name / FILE).read_text()
            if words not in said or ("// mine" in now) != mine or now in (code, solution):
                problems.append(f"green {green}, {said}: the copy is\n{now}")
            if (own.folder / FILE).read_text() != code:
                problems.append("the learner's own file was changed")
    return problems


def check_guesses():
    tests = ["Channel.CloseWakesAll", "Channel.CloseTwice", "Pool.Runs"]
    problems = []
    for guess, failed, expected in (
        ("wakesall", tests[:1], "You said wakesall: right."),
        ("Close", tests[:1], "You said Close: right, 1 of these 2 fail."),
        ("Pool", tests[:1], "You said Pool: it passes with this mistake."),
        ("Nobody", tests[:1], "You said Nobody: there is no such test."),
    ):
        said = break_stage.judged(guess, tests, failed)
        problems += [] if said == expected else [f"of {guess} it says {said!r}"]
    return problems


def main():
    tree.report("breaking", check_names() + check_whose_code() + check_guesses(), "mistakes, copies and guesses")


if __name__ == "__main__":
    main()
