"""Proves that the suites accept right answers in unusual forms.

With each tests/right_answers/NN_name/*.patch the whole suite of the stage runs. The answer is accepted
when each test passes, or is skipped and says why: not every form can be explored.
"""

import sys
from dataclasses import dataclass, field

from workbook import answers, test_runs, tree
from workbook.patch_file import Broken, Patch


@dataclass
class Verdict:
    patch: Patch
    passed: int = 0
    refusals: list = field(default_factory=list)  # what the tests say that refuse it
    skipped: list = field(default_factory=list)  # "Suite.Name: the reason"

    @property
    def accepted(self):
        return self.passed > 0 and not self.refusals

    def told(self):
        word = tree.paint("green", "accepted") if self.accepted else tree.paint("red", "REFUSED ")
        lines = [f"{word} {self.passed:3} tests  {self.patch.label}: {self.patch.headers['Form']}"]
        lines += [f"no verdict: {reason}" for reason in self.skipped]
        lines += [answers.indented(refusal) for refusal in self.refusals]
        return "\n    ".join(lines)


def judge(patch, results):
    """What the tests think of an answer that is known to be right."""
    verdict = Verdict(patch)
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


def try_patch(copy, patch):
    try:
        output = copy.build_with(patch, f"solution{patch.stage.number}_tests")
        if "warning:" in output:
            raise Broken(f"compiles with a warning:\n{output.strip()}")
    except Broken as broken:
        return Verdict(patch, refusals=[str(broken)])
    return judge(patch, test_runs.results_of(list(copy.tests[patch.stage.name].values())))


def main():
    options = answers.command_line("Tries every right answer on the suites.").parse_args()
    patches = answers.chosen("right_answers", options)
    # One copy: a suite keeps all processors busy.
    verdicts = answers.try_all("Right answers", patches, answers.prepared_copy(patches), 1, try_patch)

    refused = [verdict.patch.label for verdict in verdicts if not verdict.accepted]
    skipped = sum(len(verdict.skipped) for verdict in verdicts)
    if refused:
        print("\nRefused although right: " + ", ".join(refused))
    print("\nRight answers that passed or failed, and tests that gave no verdict on them:")
    print(tree.summary(len(verdicts) - len(refused), len(refused), skipped))
    sys.exit(tree.WRONG if refused else tree.PASSED)
