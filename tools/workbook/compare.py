"""Compares the servers: who is blocked by whom, and what each one costs.

    tools/workbook compare [--side stage] [--clients 30] [--requests 100] [--repetitions 5] [--out build/compare]

Prints two tables: one that is counted, without a clock, by the program tools/compare, and comes out the same on
every machine; and one that is measured on this machine. Then makes a page for the projector, FOLDER/index.html,
with the same numbers as plots and the timelines of the demo.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workbook import compare_page, conclusions, demo, load, test_runs, tree
from workbook.canvas import need_folder
from workbook.process_watch import Server, Snapshot
from workbook.running import INTERRUPTED
from workbook.status_line import tell
from workbook.tree import Problem

MOST = {"clients": 10_000, "requests": 1_000_000, "repetitions": 100}
SLEEP = 0.5  # seconds: how long /sleep takes in the timelines
LOOK = 0.005  # seconds between two looks at the threads of a server
# The lines of the measured table, with their decimals.
LINES = {"throughput": ("requests/s", 0), "p50_ms": ("p50 ms", 2), "p90_ms": ("p90 ms", 2), "p99_ms": ("p99 ms", 2),
         "max_ms": ("max ms", 1), "peak_threads": ("threads", 0), "peak_rss_mib": ("memory MiB", 1),
         "context_switches": ("context switches", 0)}  # fmt: skip
BESIDE = 3  # servers that fit beside each other into 80 columns


def sentences(said):
    return "".join(demo.wrapped(f"- {sentence}", 2) + "\n" for sentence in said)


def counted_table(counts):
    """How many quick requests each server answered while slow ones were inside, and what that shows."""
    servers = list(dict.fromkeys(count["server"] for count in counts))
    of = {name: [count for count in counts if count["server"] == name] for name in servers}
    lines = [f"{'answered of':12}" + "".join(f"{count['slow']:6}" for count in of[servers[0]])
             + "  slow requests are inside"]  # fmt: skip
    for name, own in of.items():
        lines.append(f"{name:12}" + "".join(f"{count['answered']}/{count['fast']}".rjust(6) for count in own))
    return "\n".join(lines) + "\n" + sentences(conclusions.of_counts(counts))


def cell(value, decimals):
    """"1234 (1200-1300)", or "-" for what does not exist: no request was ok, so none took any time."""
    if value is None:
        return "-"
    return "{:.{d}f} ({:.{d}f}-{:.{d}f})".format(value["median"], value["least"], value["most"], d=decimals)


def measured_table(rows, plan):
    """A line for each quantity, a column for each server, as wide as it has to be."""
    text = (f"{plan.clients} clients x {plan.requests} requests of {plan.path}, {plan.repetitions} times in rotated"
            " order: median (least-most)\n")  # fmt: skip
    for begin in range(0, len(rows), BESIDE):
        columns = [["", *(title for title, _ in LINES.values())]]
        columns[0].insert(1, "ok")
        for row in rows[begin : begin + BESIDE]:
            ok = f"{row['outcomes']['ok']}/{sum(row['outcomes'].values())}"
            cells = [cell(row[quantity], decimals) for quantity, (_, decimals) in LINES.items()]
            width = max(21, 2 + max(map(len, [row["server"], ok, *cells])))
            columns.append([f"{entry:>{width}}" for entry in (row["server"], ok, *cells)])
        text += "".join(f"{name:17}{''.join(entries)}\n" for name, *entries in zip(*columns))
    return text + sentences(conclusions.of_rows(rows))


def measure(stage, plan):
    """One run: what the generator reports, and what the server has used meanwhile."""
    options = stage.server["compare"].get("options", [])
    with tempfile.NamedTemporaryFile(suffix=".json") as file, \
         Server(plan.bin / stage.program(plan.side), "--quiet", *options, patience=10) as started:  # fmt: skip
        generator = load.start(plan.bin / load.program_of("solution"), started.port, plan.clients, plan.requests,
                               file.name, plan.path, stderr=subprocess.DEVNULL)  # fmt: skip
        threads = 0
        try:
            while generator.poll() is None:
                with contextlib.suppress(FileNotFoundError):  # it has ended
                    threads = max(threads, len(os.listdir(f"/proc/{started.process.pid}/task")))
                time.sleep(LOOK)
        finally:
            generator.kill()
            load.end(generator)
        report = load.read_report(file.name)
        memory = 0
        with contextlib.suppress(ProcessLookupError):  # likewise
            memory = Snapshot(started.process.pid).peak_resident_mb
        if problem := started.stop():
            raise Problem(problem)
    if report is None:
        raise Problem("The load generator wrote no report.")
    used = started.usage
    return {**report, "server": stage.server["name"], "path": plan.path, "peak_threads": threads,
            "peak_rss_mib": memory, "context_switches": used.ru_nvcsw + used.ru_nivcsw}  # fmt: skip


def measure_all(stages, plan):
    """Each round begins with another server, so that what changes while we measure does not always hit the
    same one."""
    runs, total = [], plan.repetitions * len(stages)
    try:
        for round in range(plan.repetitions):
            for place in range(len(stages)):
                stage = stages[(round + place) % len(stages)]
                print(f"run {len(runs) + 1} of {total}: {stage.server['name']}", file=sys.stderr)
                runs.append(measure(stage, plan))
    except KeyboardInterrupt:
        tree.die(f"compare: ended after {len(runs)} of {total} runs; they are not a comparison", INTERRUPTED)
    return runs


def draw_timelines(programs, out):
    """The demo of these servers; what it prints goes to demo.log. It says when a server is not finished."""
    with open(out / "demo.log", "w", encoding="utf-8") as log, contextlib.redirect_stdout(log):
        demo.show([demo.fast_beside_sleep(SLEEP)], programs, out)


def compare(stages, programs, plan):
    tell("Three clients visit each server, for the timelines.")
    draw_timelines(programs, plan.out)
    tell("Slow requests are held; who answers beside them is counted.")
    run = subprocess.run([plan.bin / f"compare_{plan.side}s"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(run.stderr.strip() or f"compare_{plan.side}s ended with code {run.returncode}.")
    counts = json.loads(run.stdout.splitlines()[-1])  # a learner's server may have printed something, too
    print(f"1. Counted, without a clock\n\n{counted_table(counts)}", flush=True)
    rows = conclusions.compare(measure_all(stages, plan))
    print(f"2. Measured on this machine\n\n{measured_table(rows, plan)}", flush=True)
    data = {"side": plan.side, "path": plan.path, "clients": plan.clients, "requests_per_client": plan.requests,
            "repetitions": plan.repetitions, "head_of_line": counts,
            "head_of_line_conclusions": conclusions.of_counts(counts),
            "measured": rows, "measured_conclusions": conclusions.of_rows(rows)}  # fmt: skip
    (plan.out / "comparison.json").write_text(json.dumps(data))
    pictures = [(plan.out / f"{program.name}.svg").read_text(encoding="utf-8") for program in programs]
    (plan.out / "index.html").write_text(compare_page.page(data, pictures), encoding="utf-8")


def whole_number(name, text):
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST[name]):
        tree.die(f"{name.upper()}={text} is not a number from 1 to {MOST[name]}.")
    return int(text)


def main():
    parser = argparse.ArgumentParser(description="Compares the servers, in the terminal and on a page.")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--clients", default="30", help="at the same time")
    parser.add_argument("--requests", default="100", help="of each client in a run")
    parser.add_argument("--repetitions", default="5", help="runs of each server, in rotated order")
    parser.add_argument("--path", default="/fast", help="the path they ask for")
    parser.add_argument("--out", type=Path, default=Path("build/compare"))
    plan = parser.parse_args()
    for name in MOST:
        setattr(plan, name, whole_number(name, getattr(plan, name)))
    need_folder(plan.out)
    stages = [stage for stage in tree.stages() if stage.server.get("compare")]
    names = [stage.program(plan.side) for stage in stages]
    plan.bin = test_runs.released(f"compare_{plan.side}s", load.program_of("solution"), *names)
    try:
        compare(stages, [plan.bin / name for name in names], plan)
    except (Problem, OSError, ValueError) as error:
        print(demo.wrapped(str(error)), file=sys.stderr)
        if plan.side == "stage":
            print("Next: make progress, then make check-NN for what is not green", file=sys.stderr)
        sys.exit(tree.WRONG)
    print(f"The page: {plan.out}/index.html")
    again = "see the solutions': make compare" if plan.side == "stage" else "compare your own: make compare MINE=1"
    print(f"Next: open it in a browser (F11 fills the screen), or {again}")
