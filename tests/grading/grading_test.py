#!/usr/bin/env python3
"""`make grade` on submissions to stage 01: the status of each, nothing left running, nothing written outside.

grading_test.py [--all | WORD...]   All, or those with one of the words in their name; without a word, some of each
kind. Skipped where nothing can be isolated.
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import submissions  # noqa: E402
from workbook import tree  # noqa: E402
from workbook.tree import ROOT  # noqa: E402

# Of each kind one, and what is hardest to get right.
FEW = ("solution", "skeleton", "right reads_into_an_array", "wrong 01-22_length_counts_the_head",
       "wrong 01-08_answers_an_empty_connection", "does not compile",
       "forks without end", "deletes files", "exits in a constructor", "exits in a function", "reads the solution",
       "writes outside", "old times", "symbolic links")  # fmt: skip
PATIENCE = 20  # seconds in which the kernel ends what was in a sandbox
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def grade(folder):
    """(exit code, {submission: grade}, what went wrong)."""
    command = ["make", "-s", "grade", f"SUBMISSION={folder}", "STAGE=01", "FORMAT=json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return run.returncode, {one["submission"]: one for one in json.loads(run.stdout)}, run.stderr
    except ValueError:
        return run.returncode, {}, run.stderr + run.stdout


def wrong_with(case, given):
    """What is wrong with the grade of a case."""
    if given is None:
        return ["it has no grade"]
    problems = []
    if given["status"] not in case.statuses:
        problems.append(f"it is {given['status']}, not {' or '.join(case.statuses)}")
    least, most = case.points
    if not least <= given["score"] <= most:
        problems.append(f"it has {given['score']} points, not {least} to {most}")
    said = " ".join([given["reason"], *given["flags"], *given["notes"]])
    if case.says not in said:
        problems.append(f"it does not say '{case.says}'")
    return [f"{case.name}: {problem}; {said[:600]}" for problem in problems]


def credit_by_todo(grades):
    """A mistake in one TODO costs that one: the others have files of their own, and pass beside the solution."""
    problems = []
    for name in ("wrong 01-22_length_counts_characters", "wrong 01-22_length_counts_the_head"):
        full = [one["number"] for one in grades.get(name, {}).get("todos", []) if one["score"] == one["max_score"]]
        if name in grades and full != ["1.1", "1.3", "1.4", "1.5"]:
            problems.append(f"{name}, a mistake in 1.2, leaves the points of {full}")
    return problems


def likely_mistake(grades):
    given = grades.get("wrong 01-08_answers_an_empty_connection", {})
    named = given.get("likely_mistake", "answers 400")
    return [] if "answers 400" in named else [f"the likely mistake is {named!r}"]


def left_running():
    """Processes that have come to this one because whoever started them is gone, and that do not end."""
    end = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
    except ChildProcessError:
        return []
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def main():
    if subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True, check=False).returncode:
        print("skipped: bubblewrap cannot isolate here")
        sys.exit(tree.SKIPPED)
    folder = ROOT / "build" / "grading test ü"
    shutil.rmtree(folder, ignore_errors=True)
    outside = folder / "outside"
    outside.mkdir(parents=True)
    (outside / "precious").write_text("precious")
    cases = [*submissions.answers(), *submissions.attempts(outside)]
    words = sys.argv[1:] or FEW
    if words != ["--all"]:
        cases = [case for case in cases if any(word in case.name for word in words)]
    submissions.hand_in(cases, folder / "class")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    code, grades, said = grade(folder / "class")
    problems = [] if code == 0 else [f"make grade exits with {code}: {said[-2000:]}"]
    for case in cases:
        problems += wrong_with(case, grades.get(case.name))
    problems += credit_by_todo(grades) + likely_mistake(grades)
    problems += [f"left running: {process}" for process in left_running()]
    if [path.name for path in outside.iterdir()] != ["precious"] or Path("/workbook").exists():
        problems.append(f"{outside} holds {[path.name for path in outside.iterdir()]}")
    for problem in problems:
        print(problem)
    for name, one in sorted(grades.items()):
        print(f"{one['seconds']:6.1f} s  {one['status']:12} {one['score']:5} of {one['max_score']}  {name}")
    print(tree.summary(len(cases) - len(problems), len(problems), 0))
    shutil.rmtree(folder)
    sys.exit(tree.WRONG if problems else tree.PASSED)


if __name__ == "__main__":
    main()
