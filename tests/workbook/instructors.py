#!/usr/bin/env python3
"""INSTRUCTORS.md against the tree: minutes add up, each mistake is a known one with its test, and each
stage is in the plan of a term."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import break_stage, gallery, patch_file, tree  # noqa: E402

BREAK = re.compile(r"`make break-(\d\d) BUG=(\w+)`")


def check_plans(text):
    """The minutes of each plan add up to its last row."""
    problems, plans = [], 0
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        minutes = [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.M)]
        if total := re.search(r"^\| \*\*(\d+)\*\* \|", table, re.M):
            plans += 1
            if sum(minutes) != int(total[1]):
                problems.append(f"a plan of {total[1]} minutes has {sum(minutes)}")
    return problems + ([] if plans >= 2 else ["there are no lesson plans with a sum"])


def check_term(text):
    """A row for each stage, with the minutes that the stage says of itself."""
    rows = dict(re.findall(r"^\| \d+, \d+ \| (\d\d) \| (\d+) \|", text, re.M))
    stages = {stage.number: str(stage.about["minutes"]) for stage in tree.stages()}
    return [] if rows == stages else [f"the term has the minutes {rows}, the stages say {stages}"]


def check_mistakes(text):
    """Each is one mistake; in the table, with its own words and its test."""
    problems = []
    for number, name in BREAK.findall(text):
        stage = tree.find_stage(number)
        patches = [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", stage)]
        patch = break_stage.named(name, stage, patches)
        row = f"| {patch.headers['Mistake']} | `make break-{number} BUG={name}` | `{patch.headers['Killed-by']}` |"
        rows = [line for line in text.splitlines() if line.startswith("|") and line.count("|") == 4 and f"BUG={name}`" in line]
        problems += [f"the table of mistakes has '{line}' and not '{row}'" for line in rows if line != row]
    shown = {number for number, _ in BREAK.findall(text)}
    return problems + [f"no mistake of stage {stage.number} is named" for stage in tree.stages() if stage.number not in shown]


def check_gallery():
    """A known mistake for each kind, and the file of its test is found."""
    return [f"no program has {patch.headers['Killed-by']}" for patch in gallery.exhibits().values()
            if not gallery.program_of(patch.stage, patch.headers["Killed-by"])]  # fmt: skip


def main():
    text = (tree.ROOT / "INSTRUCTORS.md").read_text()
    problems = check_plans(text) + check_term(text) + check_mistakes(text) + check_gallery()
    tree.report("instructors", problems, f"plans and {len(BREAK.findall(text))} mistakes of INSTRUCTORS.md")


if __name__ == "__main__":
    main()
