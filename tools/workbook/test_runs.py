"""Builds programs, runs their tests one by one and says what came of each."""

import fcntl
import json
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from workbook import running
from workbook.status_line import StatusLine
from workbook.tree import ENVIRONMENT, JOBS, ROOT, die, find_stage, need_solution


def build(preset, *targets):
    """Builds through tools/build.sh. Returns its exit code. Ends the tool when a solution is not there."""
    for number in re.findall(r"\bsolution(\d\d)_", " ".join(targets)):
        need_solution(find_stage(number))
    command = [str(ROOT / "tools/build.sh"), preset, *targets]
    return subprocess.run(command, env={**os.environ, "WORKBOOK_JOBS": str(JOBS)}, check=False).returncode


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


PATIENCE = 30  # seconds for a program that has nothing more to do to end, on a busy machine
MOST_BYTES = 128 << 20  # of a record: what a test prints is at most 16 MiB


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
    return listed_tests(["ctest", "--test-dir", str(build_folder), "-R", pattern, "--show-only=json-v1"], build_folder)


def listed_tests(command, build_folder):
    """The tests in what a command prints: ctest, with --show-only=json-v1."""
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


class Program:
    """A running test program that is told, one by one, which of its tests to run (tests/harness/main.cpp).

    To start it with AddressSanitizer costs as much as a test; each test is a process of its own all the same.
    """

    def __init__(self, test):
        self.key = key(test)
        self._printed = tempfile.TemporaryFile()  # by the program itself, not by a test
        self._records, records = os.pipe()
        self._process = running.start(
            [*self.key, f"--told={records}"], cwd=test.directory, env={**os.environ, **test.environment},
            bufsize=0, stdin=subprocess.PIPE, stdout=self._printed, stderr=self._printed, pass_fds=(records,),
        )  # fmt: skip
        os.close(records)
        self._read = b""  # the beginning of the next record

    def run(self, test, limit):
        """The result of a test. Without a record the program has ended, or was ended, with the test."""
        start = time.monotonic()
        proof = secrets.token_hex(16)
        try:
            self._process.stdin.write(f"{test.short_name} {proof}\n".encode())
        except BrokenPipeError:
            pass  # what it says at its end is read below
        line = self._line(start + limit)
        if line:
            return judged(test, json.loads(line), proof)
        ms = int((time.monotonic() - start) * 1000)
        code = self._ended(0 if line is None else PATIENCE)
        self._printed.seek(0)
        output = self._printed.read().decode(errors="replace")
        return Result(test, "hung" if line is None else "failed", ms, output, code)

    def _line(self, deadline):
        """The next record; "" when the program ends without one, None when the time is over before."""
        while b"\n" not in self._read:
            if not select.select([self._records], [], [], max(0, deadline - time.monotonic()))[0]:
                return None
            part = os.read(self._records, 1 << 16)
            if not part or len(self._read) > MOST_BYTES:
                return ""
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return line

    def has_ended(self):
        return self._process.poll() is not None

    def _ended(self, patience):
        """Its exit code, when it has ended, or was ended, with all that its tests have left behind."""
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            running.kill(self._process)
            return self._process.wait()

    def end(self):
        self._process.stdin.close()
        self._ended(PATIENCE)
        os.close(self._records)
        self._printed.close()
        running.finished(self._process)


def key(test):
    """What tests of one program have in common: the words that start it."""
    return test.command[:-1]


def judged(test, record, proof):
    """What a record says. A test has passed only if its record gives back what the test was given for its end."""
    if record["status"] == "passed" and record.get("proof") != proof:
        record |= {"status": "failed", "end": "early", "story": f"{test.name}\n  FAILED (it did not come to its end)\n"}
    code = 1 if record["status"] == "failed" else 0
    output = record.get("printed", "") + record.get("story", "")
    return Result(test, record["status"], record.get("ms", 0), output, code, record)


def run_test(test, limit=None):
    return results_of([test], 1, limit)[0]


def run_tests(tests, jobs=JOBS, limit=None):
    """Runs the tests, `jobs` at a time, and shows how many are done. The results, in the tests' order."""
    with StatusLine("Testing", len(tests)) as status:
        return results_of(tests, jobs, limit, lambda _: status.count())


def results_of(tests, jobs=JOBS, limit=None, done=lambda result: None):
    """The same without a line on the terminal; `done` is told each result, in one thread at a time."""
    waiting = deque(enumerate(tests))
    results = [None] * len(tests)
    lock = threading.Lock()

    def work():
        """Takes one test after the other; a new program only where the next one needs another."""
        program = None
        try:
            while waiting:
                with lock:
                    number, test = waiting.popleft() if waiting else (None, None)
                if test is None:
                    break
                if program and (program.key != key(test) or program.has_ended()):
                    program.end()
                    program = None
                program = program or Program(test)
                result = program.run(test, limit or test.limit)
                with lock:
                    results[number] = result
                    done(result)
        finally:
            if program:
                program.end()

    with running.workers(jobs) as pool:
        for worker in [pool.submit(work) for _ in range(min(jobs, len(tests)))]:
            worker.result()
    return results


def story(output):
    """What a failing test says, without GoogleTest's frame around it."""
    frame = re.compile(
        r"\[(=+|-+| RUN {6}|  FAILED  |  PASSED  |  SKIPPED |       OK )\]|Note: Google Test filter"
        r"|Running main\(\)| ?\d+ FAILED TESTS?$"
    )
    # Of a sanitizer's report only the frames in the workbook's code help, not the memory around the place.
    output = re.sub(r"^Shadow bytes around.*?^==\d+==ABORTING\n", "", output, flags=re.M | re.S)
    output = re.sub(r"^\s+This frame has \d+ object\(s\):\n(?:\s+\[.*\n)+(?:HINT:.*\n(?:\s+\(.*\n)?)?", "", output, flags=re.M)
    foreign = re.compile(r"\s+#\d+ 0x(?!.*/(stages|solutions|lib)/)")
    lines = [
        re.sub(r"(#\d+) 0x\w+ in", r"\1", line).replace(f"{ROOT}/", "").rstrip()
        for line in output.splitlines()
        if not frame.match(line) and not foreign.match(line)
    ]
    return "\n".join(lines).strip("\n")
