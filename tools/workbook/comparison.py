"""Servers under the same load, one after the other: what each has done, and what it has used. Linux only."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from workbook import load, tree
from workbook.process_watch import Server, Snapshot
from workbook.running import INTERRUPTED
from workbook.tree import Problem

LOOK = 0.005  # seconds between two looks at the threads of a server
MOMENT = 60  # seconds until strace must have written what it has counted, also on a busy machine


@dataclass(frozen=True)
class Contender:
    """A server that takes part: its name in tables, and its command line without the port."""

    name: str
    words: tuple
    options: tuple = ()

    def start(self, before=()):
        """`before`: words in front of the command line."""
        return Server([*before, *self.words], "--quiet", *self.options, patience=10)


def of_stage(stage, folder, side, options):
    return Contender(stage.server["name"], (folder / stage.program(side),), tuple(options))


def processes_of(pid):
    """The process and those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in processes_of(int(child)))]


def threads_of(processes):
    threads = 0
    for pid in processes:
        with contextlib.suppress(FileNotFoundError):  # it has ended
            threads += len(os.listdir(f"/proc/{pid}/task"))
    return threads


def processor_seconds(processes):
    """What their threads, as many as there are now, have used so far. Source: proc(5), schedstat."""
    tasks = [task for pid in processes for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def drive(workload, server, processes):
    """Sends the load. Returns what the generator reports, and the largest number of threads seen."""
    with tempfile.NamedTemporaryFile() as file:
        generator, threads = workload.start(server.port, file.name), 0
        try:
            while generator.poll() is None:
                threads = max(threads, threads_of(processes))
                time.sleep(LOOK)
        finally:
            generator.kill()
            load.end(generator)
        report = workload.read(file.name)
    if report is None:
        raise Problem("The load generator wrote no report.")
    return report, threads


def measure(contender, workload):
    """One run: what the generator reports, and what the server has used meanwhile."""
    with contender.start() as server:
        server.get("/fast")  # so that it is ready, with all its processes
        processes = processes_of(server.process.pid)
        before = processor_seconds(processes)
        report, threads = drive(workload, server, processes)
        memory = 0
        with contextlib.suppress(ProcessLookupError):  # it has ended
            memory = sum(Snapshot(pid).peak_resident_mb for pid in processes)
        if problem := server.stop():
            raise Problem(problem)
    used = server.usage
    spent = used.ru_utime + used.ru_stime - before  # of the processes that it has waited for, too
    ok = report["outcomes"]["ok"]
    return {**report, "server": contender.name, "plan": workload.plan, "peak_threads": threads,
            "peak_rss_mib": memory, "context_switches": used.ru_nvcsw + used.ru_nivcsw,
            "cpu_us": 1e6 * spent / ok if ok else None}  # fmt: skip


def can_count_calls():
    """Whether strace is here, and may do its work: a container can forbid it. Tried out."""
    command = ["strace", "-c", "-o", os.devnull, "true"]
    return bool(shutil.which("strace")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def calls_of(contender, workload):
    """How many system calls the server makes for a request of this load: all, less those without a request."""
    alone, _ = count_calls(contender, None)
    calls, ok = count_calls(contender, workload)
    return (calls - alone) / ok if ok else None


def count_calls(contender, workload):
    """(all its system calls, the answers it gave)"""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        # With -D it is the server, not strace, that is started, waited for, and stopped.
        with contender.start(["strace", "-D", "-f", "-c", "-o", counts]) as server:
            server.get("/fast")
            report = drive(workload, server, [])[0] if workload else {"outcomes": {"ok": 0}}
            if problem := server.stop():
                raise Problem(problem)
        end = time.monotonic() + MOMENT
        while time.monotonic() < end:
            lines = counts.read_text().splitlines()
            if lines and lines[-1].endswith("total"):
                return int(lines[-1].split()[3]), report["outcomes"]["ok"]
            time.sleep(LOOK)
    raise Problem("strace did not say how many system calls it has seen.")


def measure_all(contenders, workload, repetitions, calls_under=None):
    """Each round begins with another server, so that what changes while we measure does not always hit the same
    one. `calls_under`: the load under which the system calls of each are counted, in runs of their own."""
    runs, total = [], repetitions * len(contenders)
    try:
        for round in range(repetitions):
            for place in range(len(contenders)):
                contender = contenders[(round + place) % len(contenders)]
                print(f"run {len(runs) + 1} of {total}: {contender.name}", file=sys.stderr)
                runs.append(measure(contender, workload))
                if calls_under:
                    runs[-1]["calls"] = calls_of(contender, calls_under)
    except KeyboardInterrupt:
        tree.die(f"compare: ended after {len(runs)} of {total} runs; they are not a comparison", INTERRUPTED)
    return runs
