"""wrk as a source of load: as many connections as asked for, each with its next request as soon as it has its answer.

It is optional: Debian and Ubuntu have a package wrk.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbook import running

# What wrk calls at its end: so its numbers need not be read from a text for people.
REPORT = Path(__file__).with_suffix(".lua")


def is_installed():
    return shutil.which("wrk") is not None


@dataclass(frozen=True)
class Wrk:
    """A run of wrk: what is asked of it, and what it says."""

    connections: int
    seconds: int
    path: str
    keep_alive: bool  # or the client wishes a connection for each request

    @property
    def plan(self):
        kind = "kept" if self.keep_alive else "a connection per request"
        return f"{self.connections} connections, {kind}, {self.seconds} s of {self.path}"

    def start(self, port, report):
        fields = [] if self.keep_alive else ["--header", "Connection: close"]
        command = ["wrk", "--threads", "1", "--connections", str(self.connections), "--duration", f"{self.seconds}s",
                   "--timeout", "10s", "--script", REPORT, *fields, f"http://127.0.0.1:{port}{self.path}"]  # fmt: skip
        return running.start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**os.environ, "WRK_REPORT": str(report)})  # fmt: skip

    def read(self, report):
        """In the form of the load generator's report; None if there is none."""
        try:
            said = {name: float(value) for name, value in map(str.split, Path(report).read_text().splitlines())}
            ok = int(said["requests"] - said["status"])
            outcomes = {"ok": ok, "http error": int(said["status"]), "timed out": int(said["timeout"]),
                        "reset": int(said["connect"] + said["read"] + said["write"])}  # fmt: skip
            times = {name: 1000 * said[name] for name in ("p50", "p90", "p99", "max")}
            return {"outcomes": outcomes, "throughput": ok / (said["duration"] / 1e6), "latency_ns": times}
        except (OSError, ValueError, KeyError, ZeroDivisionError):
            return None
