"""Grades a submission to a stage, or a folder of them: tools/workbook grade PATH [--stage 03] [--format csv]

Exit: 0 every submission has a grade, 2 there is nothing to grade, 4 this machine cannot grade (all of them).
"""

import argparse
import json
import sys
import threading
from collections import deque
from pathlib import Path

from workbook import handed_out, running, tree
from workbook.grading import credit, judging, reports, sandbox, submission
from workbook.grading.grade_one import Grader
from workbook.grading.sandbox import Limits
from workbook.grading.workshop import SCRATCH, Workshop
from workbook.tree import JOBS

SECONDS = 900  # for one submission: many times what a machine that is busy needs
RECORDS = SCRATCH / "records.jsonl"  # each grade as soon as it is there, whatever comes after


def main():
    parser = argparse.ArgumentParser(description="Grades submissions.")
    parser.add_argument("path", nargs="?", default="")
    parser.add_argument("--stage", help="01 or 01_single; may be left out where only one is handed in")
    parser.add_argument("--format", default="text")
    parser.add_argument("--seconds", default=str(SECONDS), help="that one submission may take")
    parser.add_argument("--trusted", action="store_true", help="without isolation")
    options = parser.parse_args()
    if options.format not in reports.FORMATS:
        tree.die(f"FORMAT={options.format} is unknown; there are: {', '.join(reports.FORMATS)}.")
    if not options.seconds.isdecimal() or int(options.seconds) == 0:
        tree.die(f"SECONDS={options.seconds} is not a number above 0.")
    if not options.path:
        tree.die("Name what is to be graded: make grade SUBMISSION=path/to/a/student, or a folder of them.")
    if handed_out.is_handout(tree.ROOT):
        tree.die(handed_out.later("Grading"))
    stage, handed_in = found(Path(options.path), options.stage)
    if options.format in reports.OF_ONE and len(handed_in) > 1:
        tree.die(f"FORMAT={options.format} is for one submission, and {options.path} holds {len(handed_in)}.")
    require_skeleton(stage)
    workshop = Workshop(stage, sandbox.chosen(options.trusted))
    talking = reports.Report(options.format, stage, len(handed_in))
    try:
        grade_all(workshop, handed_in, int(options.seconds), talking)
    except OSError as error:  # one that has to do with a single submission is a grade
        tree.die(f"{SCRATCH.relative_to(tree.ROOT)} cannot be used: {error}.", tree.ENVIRONMENT)
    sys.exit(tree.ENVIRONMENT if all(grade.status == "environment" for grade in talking.grades) else tree.PASSED)


def found(path, word):
    """The stage and the submissions to it; ends the program with a sentence when it is not clear which."""
    stages = [tree.find_stage(word)] if word else tree.stages()
    handed_in, refusals = {}, []
    for stage in stages:
        try:
            handed_in[stage] = submission.in_folder(path, stage)
        except submission.Refused as refused:
            refusals.append(str(refused))
    if not handed_in:
        tree.die(refusals[0] if len(set(refusals)) == 1 else f"{path} holds no submission to any stage.")
    if len(handed_in) > 1:
        numbers = " ".join(stage.number for stage in handed_in)
        tree.die(f"{path} holds several stages ({numbers}): say which one, for example STAGE={numbers[:2]}.")
    return next(iter(handed_in.items()))


def require_skeleton(stage):
    stubs = stage.stubs()
    written = [todo.number for todo in stage.todos() if todo.number not in stubs]
    if written:
        tree.die(f"stages/{stage.name} is being worked on here (TODO {', '.join(written)} written), and a submission is"
                 f" graded against the untouched skeleton; make reset-{stage.number} brings it back and keeps your files.")  # fmt: skip


def grade_all(workshop, handed_in, seconds, report):
    """Grades all, several at once where there is room, and reports each as soon as it is there."""
    credit.weights(workshop.stage)
    with report.waiting("Building the suite, once for all submissions"):
        workshop.prepare()
    with report.waiting("Grading the solution: all tests must pass here"):
        about = tests_that_count(workshop)
    grader = Grader(workshop, about, seconds)
    at_once = min(JOBS, len(handed_in)) if workshop.sandbox.parallel else 1
    left, lock = deque(handed_in), threading.Lock()
    with open(RECORDS, "w", encoding="utf-8") as records, report.waiting("Grading", len(handed_in)) as status:

        def work(slot):
            while True:
                with lock:
                    one = left.popleft() if left else None
                if one is None:
                    return
                grade = grader.grade(one, f"copy{slot}", max(1, JOBS // at_once))
                with lock:
                    records.write(json.dumps(reports.as_dict(grade)) + "\n")
                    records.flush()
                    report.add(grade, status)

        with running.workers(at_once) as pool:
            for worker in [pool.submit(work, slot) for slot in range(at_once)]:
                worker.result()
    report.end()


def tests_that_count(workshop):
    """{"Suite.Name": TODO} for the tests that the solution passes in the sandbox. It must fail none."""
    own = workshop.commands(workshop.base_in_use(), "solution", workshop.tests, Limits(SECONDS))
    outcomes = judging.judge(own, JOBS, float("inf"))
    for outcome in outcomes.values():
        if outcome.status not in ("passed", "skipped"):
            tree.die(f"Nothing is graded: the solution itself does not pass {outcome.name} here:\n{outcome.story}",
                     tree.ENVIRONMENT)  # fmt: skip
    return {name: outcome.todo for name, outcome in outcomes.items() if outcome.passed}
