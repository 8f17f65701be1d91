"""Proves the workbook: `make test` is the quick proof (--quick), `make verify` everything.

--rest proves what --quick leaves out: for a machine on which `make test` has just run.

Each step is a command. It counts as one, or as many as its last line says ("40 passed, 0 failed,
1 skipped"); exit code 77 means skipped.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from workbook import handed_out, tree
from workbook.status_line import StatusLine
from workbook.tree import ROOT, SKIPPED

PYTHON = sys.executable
TSAN = ["tools/sanitizer.sh", "thread"]  # what runs programs with ThreadSanitizer, or skips the step
COUNT = re.compile(r"\d+ of \d+$")  # how far a step is


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


def suites(preset):
    return [PYTHON, "tools/workbook", "suites", preset]


def build(preset, *targets):
    return ["tools/build.sh", preset, *targets]


def promised_command():
    return ["ctest", "--show-only", "-R", r"^stage[0-9]+\.", "--no-tests=error"]


def quick_steps():
    return [
        Step("build everything", build("dev", "all")),
        Step("solutions and harness", suites("dev"), "build everything"),
        Step("tests closest to their limit", [PYTHON, "tools/workbook", "limits"], "solutions and harness", whole_output=True),
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
            [*TSAN, *suites("tsan")],
            "build for ThreadSanitizer",
        ),
        Step("build for release", build("release", *measured, "compare_solutions")),
        Step("solutions, release", suites("release"), "build for release"),
        Step("page of make compare, in a browser", [PYTHON, "tests/page/page_test.py"], "build for release"),
        Step("Clang and clang-tidy", [PYTHON, "tools/workbook", "lint"]),
        Step("format", [PYTHON, "tools/workbook", "format", "--check"]),
        Step("wrong answers", [PYTHON, "tools/workbook", "wrong-answers"], whole_output=True),
        Step("right answers", [PYTHON, "tools/workbook", "right-answers"], whole_output=True),
        Step("grading a batch", [PYTHON, "tests/grading/batch_test.py"]),
        Step("grading", [PYTHON, "tests/grading/grading_test.py"], whole_output=True),
        Step("a new stage", [PYTHON, "tests/new_stage/new_stage_test.py"]),
        Step("handouts", [PYTHON, "tests/handout/handout_test.py"]),
        Step("commands", [PYTHON, "tests/commands/commands_test.py"], "build for release"),
        Step("suites under load", [PYTHON, "tools/workbook", "flake", os.environ.get("FLAKE_RUNS", "3")]),
        Step("diagrams", [PYTHON, "tools/workbook", "diagrams", "--check"]),
        Step("experiments", [PYTHON, "tools/workbook", "experiment", "--check"]),
    ]


def run(step, done):
    """Runs a step; shows its output when it fails."""
    needed = next((o for o in done if o.step.title == step.needs), None)
    if needed and needed.passed == 0:
        return Outcome(step, 0, 0, 1, 0, f"'{step.needs}' did not succeed")
    start = time.monotonic()
    environment = dict(os.environ)
    if sys.stdout.isatty():
        environment["WORKBOOK_COUNT"] = "1"
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
            if COUNT.match(line):
                status.show(line.strip())
            else:
                lines.append(line)
        process.wait()
    return "".join(lines).rstrip()


def count(output):
    """What the output of a step says about the number of its tests."""
    if own := re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", output, re.M):
        return tuple(int(number) for number in own[-1])
    return 0, 0, 0


def main():
    chosen = sys.argv[1:]
    if chosen not in ([], ["--quick"], ["--rest"]):
        tree.die("Usage: tools/workbook verify [--quick | --rest]")
    if chosen != ["--quick"]:
        if handed_out.is_handout(ROOT):
            tree.die("This is a handout: only the whole workbook can be verified. What can be tested here: make test")
        # Here nobody is a learner: a skeleton that is not untouched is an error.
        os.environ["WORKBOOK_STRICT"] = "1"
    steps = [] if chosen == ["--rest"] else quick_steps()
    steps += [] if chosen == ["--quick"] else further_steps()
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
