"""Proves the workbook: `make test` is the quick proof (--quick), `make verify` everything.

--rest proves what --quick leaves out: for a machine on which `make test` has just run.

Each step is a command. It counts as one, or as many as its last line says ("40 passed, 0 failed,
1 skipped"; CTest's summary counts too); exit code 77 means skipped.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

from workbook import limits, tree
from workbook.status_line import StatusLine
from workbook.tree import ROOT, SKIPPED

PYTHON = sys.executable
NOT_THE_SKELETONS = ["-E", r"^stage"]
TSAN = ["tools/sanitizer.sh", "thread"]  # what runs programs with ThreadSanitizer, or skips the step
# How far a step is: as our own tools say it for us, and as CTest says it anyway.
OWN_COUNT, CTEST_COUNT = re.compile(r"\d+ of \d+$"), re.compile(r" *(\d+)/(\d+) Test +#")


@dataclass
class Step:
    title: str
    command: list
    needs: str = ""  # the title of a step without which this one makes no sense
    whole_output: bool = False  # show what it prints also when it passes


@dataclass
class Outcome:
    step: Step
    passed: int
    failed: int
    skipped: int
    seconds: float
    reason: str = ""  # why it was skipped


def ctest(preset):
    # Meanwhile no other terminal's build replaces the programs (tools/build.sh).
    lock = ["flock", "--shared", f"build/{preset}.lock"] if shutil.which("flock") else []
    return [*lock, "ctest", "--test-dir", f"build/{preset}", *NOT_THE_SKELETONS, "--no-tests=error",
            "--output-on-failure", "-j", str(tree.JOBS)]  # fmt: skip


def build(preset, *targets):
    return ["tools/build.sh", preset, *targets]


def promised_command():
    return ["ctest", "--show-only", "-R", r"^stage[0-9]+\.", "--no-tests=error"]


def quick_steps():
    return [
        Step("build everything", build("dev", "all")),
        Step("solutions and harness", ctest("dev"), "build everything"),
        Step("tests closest to their limit", [PYTHON, "tools/workbook", "limits"], "build everything", whole_output=True),
        Step("ctest -R stage, typed in the root", promised_command(), "build everything"),
        *workbook_checks(),
    ]


def workbook_checks():
    checks = sorted((ROOT / "tests" / "workbook").glob("*.py"))
    return [
        Step(f"check: {path.stem}", [PYTHON, str(path)], "build everything" if path.stem == "skeleton" else "")
        for path in checks
    ]


def further_steps():
    solutions = [f"solution{stage.number}_tests" for stage in tree.stages()]
    programs = [*solutions, "harness_tests", "lib_tests"]
    measured = [f"solution{stage.number}*" for stage in tree.stages()]
    return [
        Step("build for ThreadSanitizer", [*TSAN, *build("tsan", *programs)]),
        Step(
            "solutions and harness under ThreadSanitizer",
            [*TSAN, *ctest("tsan")],
            "build for ThreadSanitizer",
        ),
        Step("build for release", build("release", *measured, "compare_solutions")),
        Step("solutions, release", ctest("release"), "build for release"),
        Step("page of make compare, in a browser", [PYTHON, "tests/page/page_test.py"], "build for release"),
        Step("Clang and clang-tidy", ["tools/lint.sh"]),
        Step("format", ["tools/format.sh", "--check"]),
        Step("wrong answers", [PYTHON, "tools/workbook", "wrong-answers"], whole_output=True),
        Step("right answers", [PYTHON, "tools/workbook", "right-answers"], whole_output=True),
        Step("suites under load", [PYTHON, "tools/workbook", "flake", os.environ.get("FLAKE_RUNS", "3")]),
        Step("diagrams", [PYTHON, "tools/workbook", "diagrams", "--check"]),
        Step("experiments", [PYTHON, "tools/workbook", "experiment", "--check"]),
    ]


def run(step, done):
    """Runs a step; shows its output when it fails."""
    needed = next((o for o in done if o.step.title == step.needs), None)
    if needed and needed.passed == 0:
        return Outcome(step, 0, 0, 1, 0, f"'{step.needs}' did not work out")
    start = time.monotonic()
    environment = dict(os.environ)
    if sys.stdout.isatty():
        environment["WORKBOOK_COUNT"] = "1"
    if step.command == ctest("dev"):
        # Only the build that a learner has: what a sanitizer of races or an optimiser costs is no news.
        environment["WORKBOOK_RECORDS"] = str(limits.RECORDS)
    process = subprocess.Popen(
        step.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    output = listen(process, step.title)
    seconds = time.monotonic() - start
    if process.returncode == SKIPPED:
        reason = output.splitlines()[-1].removeprefix("skipped: ") if output else "no reason given"
        return Outcome(step, 0, 0, 1, seconds, reason)
    passed, failed, skipped = count(output)
    if process.returncode != 0:
        print(output)
        return Outcome(step, passed, max(failed, 1), skipped, seconds)
    if "tools/build.sh" in step.command and "warning:" in output:
        # The workbook's own code must compile without one; the programs are there all the same.
        print(output)
        return Outcome(step, 1, 1, 0, seconds)
    if step.whole_output:
        print(output)
    if passed + skipped == 0:
        passed = 1  # a step that counts nothing is one check itself
    return Outcome(step, passed, 0, skipped, seconds)


def listen(process, title):
    """What it prints until it ends. Meanwhile a terminal shows how far it is."""
    lines = []
    with StatusLine(f"   {title}") as status:
        for line in process.stdout:
            if OWN_COUNT.match(line):
                status.show(line.strip())
                continue
            if tests := CTEST_COUNT.match(line):
                status.show(f"{tests[1]} of {tests[2]}")
            lines.append(line)
        process.wait()
    return "".join(lines).rstrip()


def count(output):
    """What the output of a step says about the number of its tests."""
    if own := re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", output, re.M):
        return tuple(int(number) for number in own[-1])
    if total := re.search(r"tests passed, (\d+) tests failed out of (\d+)", output):
        failed, all_tests = int(total[1]), int(total[2])
        skipped = len(re.findall(r"\*\*\*Skipped", output))
        return all_tests - failed - skipped, failed, skipped
    return 0, 0, 0


def main():
    chosen = sys.argv[1:]
    if chosen not in ([], ["--quick"], ["--rest"]):
        tree.die("Usage: tools/workbook verify [--quick | --rest]")
    if chosen != ["--quick"]:
        # Here nobody is a learner: a skeleton that is not untouched is an error.
        os.environ["WORKBOOK_STRICT"] = "1"
    steps = [] if chosen == ["--rest"] else quick_steps()
    steps += [] if chosen == ["--quick"] else further_steps()
    limits.RECORDS.unlink(missing_ok=True)
    done = []
    start = time.monotonic()
    for step in steps:
        print(tree.paint("bold", f"== {step.title}"), flush=True)
        outcome = run(step, done)
        done.append(outcome)
        print(f"   {verdict(outcome)} ({outcome.seconds:.1f} s)", flush=True)

    passed, failed, skipped = (
        sum(getattr(outcome, key) for outcome in done) for key in ("passed", "failed", "skipped")
    )
    print(f"\n{'step':45} {'verdict':10} seconds")
    for outcome in done:
        word = "FAILED" if outcome.failed else "passed" if outcome.passed else "skipped"
        print(f"{outcome.step.title:45} {word:10} {outcome.seconds:7.1f}")
    print(f"{'':45} {'':10} {time.monotonic() - start:7.1f}")
    print(tree.summary(passed, failed, skipped))
    sys.exit(tree.WRONG if failed else tree.PASSED)


def verdict(outcome):
    if outcome.failed:
        return tree.paint("red", "FAILED")
    if outcome.reason:
        return f"skipped: {outcome.reason}"
    return tree.paint("green", f"{outcome.passed} passed") + (
        f", {outcome.skipped} skipped" if outcome.skipped else ""
    )
