"""The load generator: the program of the stage that has one, as a process beside the server."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbook import handed_out, running, tree
from workbook.tree import Problem

MOMENT = 5  # seconds until a generator that was interrupted must have written its report


def program_of(side):
    """Its name: that of the stage with "generator" in its stage.json."""
    stage = next((stage for stage in tree.stages() if stage.about.get("generator")), None)
    if not stage:
        tree.die(handed_out.later("The load generator that this needs"))
    return stage.program(side)


def start(program, port, clients, requests, report, path="/fast", timeout="10s", stderr=None):
    """It writes its report to the file `report`. A request that takes longer than `timeout` has failed."""
    command = [program, "--target", f"127.0.0.1:{port}", "--clients", str(clients), "--requests", str(requests),
               "--path", path, "--timeout", timeout, "--json", report]  # fmt: skip
    try:
        return running.start(command, stdout=subprocess.DEVNULL, stderr=stderr, text=True)
    except OSError as error:
        raise Problem(f"cannot start {program}: {error.strerror}.") from error


@dataclass(frozen=True)
class Requests:
    """A load of the generator: as many requests of each of the clients, which are all there at once."""

    program: Path
    clients: int
    requests: int
    path: str

    @property
    def plan(self):
        return f"{self.clients} clients x {self.requests} requests of {self.path}"

    def start(self, port, report):
        return start(self.program, port, self.clients, self.requests, report, self.path, stderr=subprocess.DEVNULL)

    def read(self, report):
        return read_report(report)


def end(generator):
    """Waits until it has ended; one that should have ended long ago is killed."""
    try:
        generator.wait(MOMENT)
    except subprocess.TimeoutExpired:
        running.kill(generator)
        generator.wait()
    running.finished(generator)


def read_report(path):
    """What it reports; None if that is no report."""
    try:
        report = json.loads(Path(path).read_text())
        return report if isinstance(report["outcomes"]["ok"], int) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
