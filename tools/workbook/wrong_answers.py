"""Proves that the suites catch the mistakes real learners make, and prints the kill table.

With each tests/wrong_answers/NN_name/*.patch, of the suite only the file with the test that claims the
mistake is built, and that test runs alone. The mistake is caught when it fails within the limit, in words
that match the patch's Hint. A mistake whose test this machine skips, also with the solution, is skipped.
"""

import re
import sys
from dataclasses import dataclass

from workbook import answers, test_runs, tree
from workbook.patch_file import Broken, Patch

LIMIT = 20  # seconds, for a machine that is busy; on a quiet one the slowest verdict takes two


@dataclass
class Verdict:
    patch: Patch
    status: str  # caught, missed, skipped
    ms: int
    reason: str = ""  # why it is not caught

    def told(self):
        words = {
            "caught": tree.paint("green", "caught "),
            "missed": tree.paint("red", "MISSED "),
            "skipped": "skipped",
        }
        reason = f"\n    {answers.indented(self.reason)}" if self.reason else ""
        return f"{words[self.status]} {self.ms:5} ms  {self.patch.label}{reason}"


def try_patch(copy, patch, claims, times):
    """The verdict on one wrong answer: the first that misses it, or the slowest that catches it."""
    stage, claimed = patch.stage.name, patch.headers["Killed-by"]
    on_solution = claims[stage, claimed]
    if on_solution.status == "skipped":
        return Verdict(patch, "skipped", 0, f"{claimed} is skipped here: {on_solution.said('skipped')}")
    test = copy.tests[stage][claimed]
    try:
        copy.build_with(patch, test.program)
    except Broken as broken:
        return Verdict(patch, "missed", 0, str(broken))
    slowest = None
    for _ in range(times):
        verdict = judge(patch, test_runs.run_test(test, LIMIT))
        if verdict.status != "caught":
            return verdict
        slowest = max(slowest or verdict, verdict, key=lambda v: v.ms)
    return slowest


def tells_a_story(result):
    """A test of what a learner writes names its TODO; one of given code says what it means."""
    return result.said("blamed") or result.said("meaning")


def judge(patch, result):
    """Was the mistake caught, by name?"""
    claimed = patch.headers["Killed-by"]
    if result.status == "hung":
        reason = f"{claimed} gives no verdict within {LIMIT} s"
    elif result.status == "skipped":  # but not with the solution: try_patch has looked
        reason = f"{claimed} gives no verdict: {result.said('skipped')}"
    elif result.status == "passed":
        reason = f"survives: {claimed} passes"
    elif result.exit_code < 0 or not tells_a_story(result):
        reason = f"{claimed} fails without a story: {result.ended_by()}"
    elif not re.search(patch.headers["Hint"], result.output):
        reason = f"{claimed} fails, but in words that do not match the Hint:\n{test_runs.story(result.output)}"
    else:
        return Verdict(patch, "caught", result.ms)
    return Verdict(patch, "missed", result.ms, reason)


def check_claims(copy, patches):
    """Every claimed test exists, and passes on the untouched solution or is skipped.

    Returns what came of each: {("01_single", "Suite.Name"): result}.
    """
    results = {}
    problems = []
    for stage in copy.stages:
        tests = copy.tests[stage.name]
        claims = sorted({p.headers["Killed-by"] for p in patches if p.stage == stage})
        known = [name for name in claims if name in tests]
        for name in claims:
            if name not in known:
                users = ", ".join(p.name for p in patches if p.headers["Killed-by"] == name)
                problems.append(f"stage {stage.number} has no test {name}, which {users} claims")
        for result in test_runs.run_tests([tests[name] for name in known], limit=LIMIT):
            results[stage.name, result.test.short_name] = result
            if result.status not in ("passed", "skipped"):
                said = test_runs.story(result.output)
                problems.append(f"{result.test.name} does not pass on the solution:\n{said}")
    if problems:
        tree.die("\n".join(problems), tree.WRONG)
    return results


def table(verdicts, markdown):
    nobody = {"missed": "nobody", "skipped": "nobody was asked"}
    rows = [
        (v.patch.headers["Rows"], v.patch.headers["Mistake"],
         nobody.get(v.status, v.patch.headers["Killed-by"]), str(v.ms))
        for v in sorted(verdicts, key=lambda v: (v.patch.stage.name, v.patch.name))
    ]  # fmt: skip
    if markdown:
        head = ["| row | mistake | killed by | ms |", "|---|---|---|---:|"]
        return "\n".join(head + [f"| {row} | {text} | `{by}` | {ms} |" for row, text, by, ms in rows])
    return "\n".join(f"{row}  {text}\n      {by}  {ms} ms" for row, text, by, ms in rows)


def counts(verdicts):
    """How many were caught, missed and skipped."""
    return [sum(verdict.status == status for verdict in verdicts) for status in ("caught", "missed", "skipped")]


def main():
    parser = answers.command_line("Tries every wrong answer on the suites.")
    parser.add_argument("--times", default="1", help="judge each this often")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args()
    if not re.fullmatch("[1-9][0-9]*", options.times):
        tree.die(f"TIMES={options.times} is not a number above 0.")
    patches = answers.chosen("wrong_answers", options)

    copy = answers.prepared_copy(patches)
    claims = check_claims(copy, patches)
    # A second copy pays for its own first build when there are many patches to try.
    copies = min(tree.JOBS, max(1, len(patches) // 8))
    times = int(options.times)
    verdicts = answers.try_all(
        "Wrong answers", patches, copy, copies, lambda copy, patch: try_patch(copy, patch, claims, times)
    )

    print("\n" + table(verdicts, options.markdown) + "\n")
    for verdict in verdicts:
        if verdict.status == "missed":
            print(verdict.told())  # once more, where the eye is
    caught, missed, skipped = counts(verdicts)
    print(tree.summary(caught, missed, skipped))
    sys.exit(tree.WRONG if missed else tree.PASSED)
