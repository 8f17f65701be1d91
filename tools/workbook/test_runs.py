"""Builds programs, runs their tests one by one and says what came of each."""

import fcntl
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workbook import running
from workbook.status_line import StatusLine
from workbook.tree import ENVIRONMENT, JOBS, ROOT, die


def build(preset, *targets):
    """Builds through tools/build.sh. Returns its exit code."""
    command = [str(ROOT / "tools/build.sh"), preset, *targets]
    return subprocess.run(command, check=False).returncode


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
    with tempfile.NamedTemporaryFile("r", errors="replace") as records:
        result = run_program(test, limit, {"WORKBOOK_RECORDS": records.name})
        if line := records.read():
            result.record = json.loads(line)
    if result.status == "passed":  # says the exit code; the record knows better
        result.status = result.said("status") or "passed"
    return result


def run_program(test, limit, environment):
    start = time.monotonic()
    process = running.start(
        test.command,
        cwd=test.directory,
        env={**os.environ, **test.environment, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        output, _ = process.communicate(timeout=limit or test.limit)
        hung = False
    except subprocess.TimeoutExpired:
        running.kill(process)  # the test forks: its children go with it
        output, _ = process.communicate()
        hung = True
    running.finished(process)
    ms = int((time.monotonic() - start) * 1000)
    status = "hung" if hung else "failed" if process.returncode != 0 else "passed"
    return Result(test, status, ms, output, process.returncode)


def run_tests(tests, jobs=JOBS, limit=None):
    """Runs the tests, `jobs` at a time, and shows how many are done. The results, in the tests' order."""
    with StatusLine("Testing", len(tests)) as status, running.workers(jobs) as pool:
        runs = [pool.submit(run_test, test, limit) for test in tests]
        for run in runs:
            run.add_done_callback(lambda _: status.count())
        return [run.result() for run in runs]


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
