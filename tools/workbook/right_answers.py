"""Proves that the suites accept right answers in unusual forms.

The files of each tests/right_answers/NN_name/SLUG/ are laid over the solution in a copy of the tree
under build/answers, and the whole suite of the stage runs. The answer is accepted when each test passes,
or is skipped and says why: not every form can be explored.
"""

import argparse
import sys
from dataclasses import dataclass, field

from workbook import running, test_runs, tree
from workbook.answer_folder import ANSWERS, Answer, find_answers, read_answer
from workbook.scratch_tree import SCRATCH, Broken, Tree, share_out
from workbook.status_line import StatusLine
from workbook.tree import ROOT

LIMIT = 60  # seconds for one test: none comes near it, so whoever does hangs


@dataclass
class Verdict:
    answer: Answer
    passed: int = 0
    refusals: list = field(default_factory=list)  # what the tests say that refuse it
    skipped: list = field(default_factory=list)  # "Suite.Name: the reason"

    @property
    def accepted(self):
        return self.passed > 0 and not self.refusals


def judge(answer, results):
    """What the tests think of an answer that is known to be right."""
    verdict = Verdict(answer)
    for result in results:
        name = result.test.short_name
        if result.status == "passed":
            verdict.passed += 1
        elif result.status == "skipped" and result.said("skipped"):
            verdict.skipped.append(f"{name}: {result.said('skipped')}")
        elif result.status == "skipped":
            verdict.refusals.append(f"{name} is skipped and does not say why")
        else:
            verdict.refusals.append(f"{name} refuses it; {result.ended_by()}\n{test_runs.story(result.output)}")
    if verdict.passed == 0 and not verdict.refusals:
        verdict.refusals.append("no test has passed, so nothing is known about it")
    return verdict


def try_answer(copy, answer):
    copy.lay_over(answer.files)
    code, output = copy.build(f"solution{answer.stage.number}_tests")
    if code != 0:
        return Verdict(answer, refusals=[f"It does not compile:\n{output.strip()}"])
    if "warning:" in output:
        return Verdict(answer, refusals=[f"It compiles with a warning:\n{output.strip()}"])
    with running.workers(tree.JOBS) as pool:
        return judge(answer, pool.map(lambda test: test_runs.run_test(test, LIMIT), copy.tests(answer.stage).values()))


def told(verdict):
    word = tree.paint("green", "accepted") if verdict.accepted else tree.paint("red", "REFUSED ")
    answer = verdict.answer
    lines = [f"{word} {verdict.passed:3} tests  {answer.stage.number}/{answer.name}: {answer.sentence}"]
    lines += [f"no verdict: {reason}" for reason in verdict.skipped]
    lines += [refusal.replace("\n", "\n    | ") for refusal in verdict.refusals]
    return "\n    ".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Tries every right answer on the suites.")
    parser.add_argument("--stage", help="only this stage, for example 01")
    parser.add_argument("--only", default="*", help="only answers whose name has this in it")
    options = parser.parse_args()

    stage = tree.find_stage(options.stage) if options.stage else None
    paths = find_answers(stage, options.only)
    if not paths:
        tree.die(f"No folder in {ANSWERS.relative_to(ROOT)} matches '{options.only}'.")
    try:
        answers = []
        for path in paths:
            answers.append(read_answer(path))
    except Broken as broken:
        tree.die(f"{path.relative_to(ROOT)} {broken}.", tree.WRONG)

    copy = Tree(1)
    with StatusLine(f"Building the untouched solutions in {SCRATCH.relative_to(ROOT)}"):
        copy.prepare(sorted({answer.stage for answer in answers}, key=lambda s: s.name))
    [ordered] = share_out(answers, 1)
    verdicts = []
    with StatusLine("Right answers", len(ordered)) as status:
        for answer in ordered:
            verdicts.append(try_answer(copy, answer))
            status.print(told(verdicts[-1]))
            status.count()
    copy.restore()

    refused = [verdict for verdict in verdicts if not verdict.accepted]
    skipped = sum(len(verdict.skipped) for verdict in verdicts)
    if refused:
        print("\nRefused although right: " + ", ".join(f"{v.answer.stage.number}/{v.answer.name}" for v in refused))
    print("\nRight answers that passed or failed, and tests that gave no verdict on them:")
    print(tree.summary(len(verdicts) - len(refused), len(refused), skipped))
    sys.exit(tree.WRONG if refused else tree.PASSED)
