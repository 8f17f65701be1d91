"""Proves that the suites catch the mistakes real learners make, and prints the kill table.

Each tests/wrong_answers/NN_name/*.patch is applied to a copy of the tree under build/answers,
only what it touches is built again, and of the suite only the file with the test that claims the
mistake; that test runs alone. The mistake is caught when it fails within the limit, in words that match
the patch's Hint.
"""

import argparse
import re
import sys
from dataclasses import dataclass

from workbook import running, test_runs, tree
from workbook.patch_file import Patch, find_patches, read_patch
from workbook.scratch_tree import SCRATCH, Broken, Tree, share_out
from workbook.status_line import StatusLine
from workbook.tree import ROOT

LIMIT = 20  # seconds, for a machine that is busy; on a quiet one the slowest verdict takes two


@dataclass
class Verdict:
    patch: Patch
    caught: bool
    ms: int
    why_not: str = ""


def try_patch(copy, tests, patch, times):
    """The verdict on one wrong answer: the first that misses it, or the slowest that catches it."""
    claimed = tests[patch.stage.name][patch.headers["Killed-by"]]
    try:
        copy.apply(patch)
        code, output = copy.build(claimed.program)
        if code != 0:
            first = next((line for line in output.splitlines() if "error:" in line), output[:200])
            raise Broken(f"does not compile: {first.strip()}")
    except Broken as broken:
        return Verdict(patch, False, 0, str(broken))
    slowest = None
    for _ in range(times):
        verdict = judge(patch, test_runs.run_test(claimed, LIMIT))
        if not verdict.caught:
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
    elif result.status == "skipped":
        reason = f"{claimed} is skipped here"
    elif result.status == "passed":
        reason = f"survives: {claimed} passes"
    elif result.exit_code < 0 or not tells_a_story(result):
        reason = f"{claimed} fails without a story: {result.ended_by()}"
    elif not re.search(patch.headers["Hint"], result.output):
        said = test_runs.story(result.output).replace("\n", "\n    | ")
        reason = f"{claimed} fails, but in words that do not match the Hint:\n    | {said}"
    else:
        return Verdict(patch, True, result.ms)
    return Verdict(patch, False, result.ms, reason)


def check_claims(copy, patches):
    """Every claimed test exists and passes on the untouched solution."""
    tests = {}
    problems = []
    for stage in sorted({patch.stage for patch in patches}, key=lambda s: s.name):
        tests[stage.name] = copy.tests(stage)
        claims = sorted({p.headers["Killed-by"] for p in patches if p.stage == stage})
        known = [name for name in claims if name in tests[stage.name]]
        for name in claims:
            if name not in known:
                users = ", ".join(p.name for p in patches if p.headers["Killed-by"] == name)
                problems.append(f"stage {stage.number} has no test {name}, which {users} claims")
        for result in test_runs.run_tests([tests[stage.name][name] for name in known], limit=LIMIT):
            if result.status not in ("passed", "skipped"):
                said = test_runs.story(result.output)
                problems.append(f"{result.test.name} does not pass on the solution:\n{said}")
    if problems:
        tree.die("\n".join(problems), tree.WRONG)


def try_share(copy, share, claim_copy, stages, times, status):
    if copy is not claim_copy:
        copy.prepare(stages)
    tests = {stage.name: copy.tests(stage) for stage in stages}
    verdicts = []
    for patch in share:
        verdict = try_patch(copy, tests, patch, times)
        verdicts.append(verdict)
        status.print(told(verdict))
        status.count()
    copy.restore()
    return verdicts


def told(verdict):
    word = tree.paint("green", "caught") if verdict.caught else tree.paint("red", "MISSED")
    why_not = "" if verdict.caught else f"\n    {verdict.why_not}"
    return f"{word} {verdict.ms:5} ms  {verdict.patch.stage.number}/{verdict.patch.name}{why_not}"


def table(verdicts, markdown):
    rows = [
        (v.patch.headers["Rows"], v.patch.headers["Mistake"],
         v.patch.headers["Killed-by"] if v.caught else "nobody", str(v.ms))
        for v in sorted(verdicts, key=lambda v: (v.patch.stage.name, v.patch.name))
    ]  # fmt: skip
    if markdown:
        head = ["| row | mistake | killed by | ms |", "|---|---|---|---:|"]
        return "\n".join(head + [f"| {row} | {text} | `{by}` | {ms} |" for row, text, by, ms in rows])
    return "\n".join(f"{row}  {text}\n      {by}  {ms} ms" for row, text, by, ms in rows)


def main():
    parser = argparse.ArgumentParser(description="Tries every wrong answer on the suites.")
    parser.add_argument("--stage", help="only this stage, for example 01")
    parser.add_argument("--only", default="*", help="only patches whose name has this in it")
    parser.add_argument("--times", default="1", help="judge each this often")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    options = parser.parse_args()
    if not re.fullmatch("[1-9][0-9]*", options.times):
        tree.die(f"TIMES={options.times} is no number above 0.")

    stage = tree.find_stage(options.stage) if options.stage else None
    paths = find_patches(stage, options.only)
    if not paths:
        tree.die(f"No patch in tests/wrong_answers matches '{options.only}'.")
    try:
        patches = []
        for path in paths:
            patches.append(read_patch(path))
    except Broken as broken:
        tree.die(f"{path.relative_to(ROOT)} {broken}.", tree.WRONG)

    stages = sorted({patch.stage for patch in patches}, key=lambda s: s.name)
    # A second tree pays for its own first build when there are many patches to try.
    shares = share_out(patches, min(tree.JOBS, max(1, len(patches) // 8)))
    trees = [Tree(number + 1) for number in range(len(shares))]
    with StatusLine(f"Building the untouched solutions in {SCRATCH.relative_to(ROOT)}"):
        trees[0].prepare(stages)
    check_claims(trees[0], patches)
    with StatusLine("Wrong answers", len(patches)) as status, running.workers(len(shares)) as pool:
        work = pool.map(
            lambda pair: try_share(*pair, trees[0], stages, int(options.times), status), zip(trees, shares)
        )
        verdicts = [verdict for share in work for verdict in share]

    print("\n" + table(verdicts, options.markdown) + "\n")
    for verdict in verdicts:
        if not verdict.caught:
            print(told(verdict))  # once more, where the eye is
    caught = sum(verdict.caught for verdict in verdicts)
    print(tree.summary(caught, len(verdicts) - caught, 0))
    sys.exit(tree.PASSED if caught == len(verdicts) else tree.WRONG)
