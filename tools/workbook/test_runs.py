"""Builds programs, runs their tests one by one and says what came of each."""

import fcntl
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workbook import running
from workbook.status_line import StatusLine
from workbook.tree import ENVIRONMENT, JOBS, ROOT, die

AT_ONCE = 8  # tests that are run by one start of their program


def build(preset, *targets):
    """Builds through tools/build.sh. Returns its exit code."""
    command = [str(ROOT / "tools/build.sh"), preset, *targets]
    return subprocess.run(command, check=False).returncode


def released(*programs):
    """Builds programs that are measured; ends the tool with the exit code of a build that fails. Their folder."""
    if code := build("release", *programs):
        sys.exit(code)
    return ROOT / "build" / "release" / "bin"


@contextmanager
def undisturbed(build_folder):
    """Meanwhile tools/build.sh does not replace the programs in this folder."""
    with open(f"{build_folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@dataclass
class Test:
    name: str  # stage03.Suite.Name
    command: list
    environment: dict
    directory: str
    limit: float

    @property
    def short_name(self):
        return self.name.split(".", 1)[1]

    @property
    def program(self):
        """The name of the test program: its path stands before --gtest_filter, a launcher before both."""
        return Path(self.command[-2]).name


@dataclass
class Result:
    test: Test
    status: str  # passed, failed, skipped, hung
    ms: int
    output: str
    exit_code: int  # negative: the signal that ended it
    record: dict = field(default_factory=dict)  # tests/harness/test_record.hpp; empty if there is none

    def said(self, member):
        """What the record says, for example said("todo"); "" if it says nothing."""
        return self.record.get(member, "")

    def ended_by(self):
        """How the test program ended, in words."""
        if self.status == "hung":
            return f"it hung and was stopped after {self.ms / 1000:.0f} s"
        if self.exit_code < 0:
            return f"it was ended by {signal.Signals(-self.exit_code).name}"
        return f"it ended with exit code {self.exit_code}"


def registered_tests(build_folder, pattern):
    """The tests that CTest knows in a build folder, with all it knows about running them."""
    command = ["ctest", "--test-dir", str(build_folder), "-R", pattern, "--show-only=json-v1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        die(f"ctest cannot list the tests in {build_folder}: {run.stderr.strip()}", ENVIRONMENT)
    tests = []
    for entry in json.loads(run.stdout)["tests"]:
        if "command" not in entry:
            continue  # a program that is not built
        properties = {p["name"]: p["value"] for p in entry.get("properties", [])}
        tests.append(
            Test(
                entry["name"],
                entry["command"],
                dict(setting.split("=", 1) for setting in properties.get("ENVIRONMENT", [])),
                properties.get("WORKING_DIRECTORY", str(build_folder)),
                float(properties.get("TIMEOUT", 30)),
            )
        )
    return tests


def run_test(test, limit=None):
    return run_together([test], limit)[0]


def run_together(tests, limit=None):
    """Runs tests of one program, one after the other in one start of it."""
    results = []
    while tests:
        records, ending = run_program(tests, limit)
        results += [judged(test, record) for test, record in zip(tests, records)]
        # One that has no record has ended the program with it, and kept those behind it from running.
        results += [ending] if len(records) < len(tests) else []
        tests = tests[len(records) + 1 :]
    return results


def judged(test, record):
    code = 1 if record["status"] == "failed" else 0
    output = record.get("printed", "") + record.get("story", "")
    return Result(test, record["status"], record.get("ms", 0), output, code, record)


def run_program(tests, limit):
    """The records of the tests that have one, and how the program ended, as a result of the next one."""
    *program, _ = tests[0].command
    with tempfile.NamedTemporaryFile("r", errors="replace") as file:
        ending = start_and_wait(
            tests, [*program, "--gtest_filter=" + ":".join(test.short_name for test in tests)],
            {"WORKBOOK_RECORDS": file.name}, sum(limit or test.limit for test in tests),
        )  # fmt: skip
        records = [json.loads(line) for line in file]
    ending.test = tests[min(len(records), len(tests) - 1)]
    return records, ending


def start_and_wait(tests, command, environment, limit):
    start = time.monotonic()
    process = running.start(
        command,
        cwd=tests[0].directory,
        env={**os.environ, **tests[0].environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        output, _ = process.communicate(timeout=limit)
        hung = False
    except subprocess.TimeoutExpired:
        running.kill(process)  # the test forks: its children go with it
        output, _ = process.communicate()
        hung = True
    running.finished(process)
    ms = int((time.monotonic() - start) * 1000)
    return Result(tests[0], "hung" if hung else "failed", ms, output, process.returncode)


def run_tests(tests, jobs=JOBS, limit=None):
    """Runs the tests, `jobs` at a time, and shows how many are done. The results, in the tests' order."""
    with StatusLine("Testing", len(tests)) as status:
        return results_of(tests, jobs, limit, status.count)


def results_of(tests, jobs=JOBS, limit=None, count=lambda done: None):
    """The same without a line on the terminal; `count` is told how many more are done."""

    def run(together):
        results = run_together(together, limit)
        count(len(results))
        return results

    with running.workers(jobs) as pool:
        return [result for results in pool.map(run, shares(tests)) for result in results]


def shares(tests):
    """A few tests of one program in each: to start it with AddressSanitizer costs as much as a test."""
    for _, own in itertools.groupby(tests, key=lambda test: test.command[:-1]):
        own = list(own)
        yield from (own[i : i + AT_ONCE] for i in range(0, len(own), AT_ONCE))


def story(output):
    """What a failing test says, without GoogleTest's frame around it."""
    frame = re.compile(
        r"\[(=+|-+| RUN {6}|  FAILED  |  PASSED  |  SKIPPED |       OK )\]|Note: Google Test filter"
        r"|Running main\(\)| ?\d+ FAILED TESTS?$"
    )
    # Of a sanitizer's stack only the frames in the workbook's code help.
    foreign = re.compile(r"\s+#\d+ 0x(?!.*/(stages|solutions|lib)/)")
    lines = [
        re.sub(r"(#\d+) 0x\w+ in", r"\1", line).replace(f"{ROOT}/", "").rstrip()
        for line in output.splitlines()
        if not frame.match(line) and not foreign.match(line)
    ]
    return "\n".join(lines).strip("\n")
