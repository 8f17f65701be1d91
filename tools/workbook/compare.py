"""Compares the servers: who is blocked by whom, and what each one costs.

    tools/workbook compare [--side stage] [--clients 30] [--requests 100] [--repetitions 5] [--out FOLDER]
    tools/workbook compare --stage NN [--side stage] [--seconds 2] [--repetitions 5] [--out FOLDER]

The first prints two tables: one that is counted, without a clock, by the program tools/compare, and comes out the
same on every machine; and one that is measured on this machine. With --stage NN it shows what that stage compares
for itself: its scene with tables, or its server beside those before it and nginx, once with connections that are
kept and once with a connection per request.
Servers also make a page for the projector, FOLDER/index.html, with the same numbers as plots.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from workbook import compare_page, comparison, conclusions, demo, load, nginx, scene, test_runs, tree, wrk
from workbook.canvas import need_folder
from workbook.prose import COLUMNS
from workbook.status_line import tell
from workbook.tree import Problem

MOST = {"clients": 10_000, "requests": 1_000_000, "repetitions": 100, "seconds": 60}
SLEEP = 0.5  # seconds: how long /sleep takes in the timelines
# The lines of a measured table, with their decimals.
LINES = {"throughput": ("requests/s", 0), "cpu_us": ("processor us", 1), "calls": ("system calls", 2),
         "p50_ms": ("p50 ms", 2), "p90_ms": ("p90 ms", 2), "p99_ms": ("p99 ms", 2), "max_ms": ("max ms", 1),
         "peak_threads": ("threads", 0), "peak_rss_mib": ("memory MiB", 1),
         "context_switches": ("context switches", 0)}  # fmt: skip
OF_ALL = ("throughput", "p50_ms", "p90_ms", "p99_ms", "max_ms", "peak_threads", "peak_rss_mib", "context_switches")
OF_RIVALS = ("throughput", "cpu_us", "calls", "p50_ms", "p99_ms", "max_ms", "peak_threads", "peak_rss_mib")
RIVALS_RANKED = ("throughput", "cpu_us")


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


def column_of(row, quantities):
    """What stands below the name of a server, as wide as it has to be."""
    ok = f"{row['outcomes']['ok']}/{sum(row['outcomes'].values())}"
    entries = [row["server"], ok, *(cell(row[quantity], LINES[quantity][1]) for quantity in quantities)]
    width = max(21, 2 + max(map(len, entries)))
    return [f"{entry:>{width}}" for entry in entries]


def measured_table(part):
    """A line for each quantity, a column for each server; as many beside each other as 80 columns have room for."""
    names = [f"{name:17}" for name in ("", "ok", *(LINES[quantity][0] for quantity in part["quantities"]))]
    blocks = []
    for row in part["rows"]:
        column = column_of(row, part["quantities"])
        if not blocks or len(blocks[-1][0]) + len(column[0]) > COLUMNS:
            blocks.append(names)
        blocks[-1] = [line + entry for line, entry in zip(blocks[-1], column)]
    lines = [line.rstrip() for block in blocks for line in block]
    heading = demo.wrapped(f"{part['title']}: median (least-most)")
    return "\n".join([heading, *lines]) + "\n" + sentences(part["conclusions"])


def part_of(runs, quantities, ranked=tuple(conclusions.QUANTITIES), told=()):
    """What one load has shown. Servers are ranked by the quantities `ranked`; `told`: conclusions in front of those."""
    rows = conclusions.compare(runs)
    times = f"{rows[0]['repetitions']} times in rotated order"
    return {"title": f"{runs[0]['plan']}, {times}", "quantities": list(quantities), "rows": rows,
            "conclusions": [*told, *conclusions.of_rows(rows, ranked)]}  # fmt: skip


def draw_timelines(programs, out):
    """The demo of these servers; what it prints goes to demo.log. It says when a server is not finished."""
    with open(out / "demo.log", "w", encoding="utf-8") as log, contextlib.redirect_stdout(log):
        demo.show([demo.fast_beside_sleep(SLEEP)], programs, out)
    return [(out / f"{program.name}.svg").read_text(encoding="utf-8") for program in programs]


def write(out, side, parts, counts=(), pictures=()):
    """The data, and the page."""
    data = {"side": side, "parts": parts, "head_of_line": list(counts),
            "head_of_line_conclusions": conclusions.of_counts(counts)}  # fmt: skip
    (out / "comparison.json").write_text(json.dumps(data))
    (out / "index.html").write_text(compare_page.page(data, pictures), encoding="utf-8")


def compare_all(plan):
    """All servers that say how they take part: what blocks, counted; and what they cost, measured."""
    stages = [stage for stage in tree.stages() if stage.server.get("compare")]
    names = [stage.program(plan.side) for stage in stages]
    folder = test_runs.released(f"compare_{plan.side}s", load.program_of("solution"), *names)
    tell("Three clients visit each server, for the timelines.")
    pictures = draw_timelines([folder / name for name in names], plan.out)
    tell("Slow requests are held; who answers beside them is counted.")
    run = subprocess.run([folder / f"compare_{plan.side}s"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(run.stderr.strip() or f"compare_{plan.side}s ended with code {run.returncode}.")
    counts = json.loads(run.stdout.splitlines()[-1])  # a learner's server may have printed something, too
    print(f"1. Counted, without a clock\n\n{counted_table(counts)}", flush=True)
    contenders = [comparison.of_stage(stage, folder, plan.side, stage.server["compare"].get("options", []))
                  for stage in stages]  # fmt: skip
    workload = load.Requests(folder / load.program_of("solution"), plan.clients, plan.requests, plan.path)
    part = part_of(comparison.measure_all(contenders, workload, plan.repetitions), OF_ALL)
    print(f"2. Measured on this machine\n\n{measured_table(part)}", flush=True)
    write(plan.out, plan.side, [part], counts, pictures)


def rivals_of(stage, side):
    """(stage, side, options of its server): those that take part in every comparison, and the stage's own."""
    for one in tree.stages():
        if one == stage:
            yield one, side, stage.server["rivals"]["options"]
        elif one.server.get("compare"):
            yield one, "solution", one.server["compare"].get("options", [])


def workloads_of(stage, plan, folder):
    """(a load, the one under which system calls are counted). Without wrk nobody keeps a connection."""
    connections = stage.server["rivals"]["connections"]
    if wrk.is_installed():
        return [[wrk.Wrk(connections, seconds, plan.path, keep_alive) for seconds in (plan.seconds, 1)]
                for keep_alive in (True, False)]  # fmt: skip
    generator = folder / load.program_of("solution")
    return [[load.Requests(generator, connections, requests, plan.path)
             for requests in (plan.requests, max(plan.requests // 10, 1))]]  # fmt: skip


def say_what_is_missing():
    for is_there, sentence in (
        (nginx.program(), "nginx is not installed (sudo apt-get install nginx): it does not take part."),
        (wrk.is_installed(), "wrk is not installed (sudo apt-get install wrk): the load comes from the workbook's own"
                             " generator, which makes a connection for each request."),
        (comparison.can_count_calls(), "strace is not installed (sudo apt-get install strace), or may not trace a"
                                       " program here: system calls are not counted."),
    ):  # fmt: skip
        if not is_there:
            print(demo.wrapped(sentence))


def compare_rivals(stage, plan):
    """A stage's server beside those before it and nginx with as many workers as that has loops."""
    rivals = list(rivals_of(stage, plan.side))
    folder = test_runs.released(load.program_of("solution"), *(one.program(side) for one, side, _ in rivals))
    say_what_is_missing()
    contenders, parts = [comparison.of_stage(one, folder, side, options) for one, side, options in rivals], []
    with tempfile.TemporaryDirectory() as of_nginx:
        if nginx.program():
            options = ("--workers", str(stage.server["rivals"]["workers"]), "--folder", of_nginx)
            contenders.append(comparison.Contender("nginx", nginx.COMMAND, options))
        for number, (workload, for_calls) in enumerate(workloads_of(stage, plan, folder), 1):
            counted = for_calls if comparison.can_count_calls() else None
            runs = comparison.measure_all(contenders, workload, plan.repetitions, counted)
            quantities = [quantity for quantity in OF_RIVALS if counted or quantity != "calls"]
            told = conclusions.of_pairs(runs, stage.server["name"], "nginx")
            parts.append(part_of(runs, quantities, RIVALS_RANKED, told))
            print(f"{number}. Measured on this machine\n\n{measured_table(parts[-1])}", flush=True)
    write(plan.out, plan.side, parts)


def whole_number(name, text):
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST[name]):
        tree.die(f"{name.upper()}={text} is not a number from 1 to {MOST[name]}.")
    return int(text)


def chosen(number):
    """The stage with this number, if it has something to compare."""
    stage = tree.find_stage(number)
    has = lambda one: one.server.get("rivals") or "tables" in one.about.get("scenes", {})  # noqa: E731
    if not has(stage):
        those = ", ".join(f"make compare-{one.number}" for one in tree.stages() if has(one))
        tree.die(f"Stage {stage.number} has nothing of its own to compare; try {those}.")
    return stage


def main():
    parser = argparse.ArgumentParser(description="Compares the servers, in the terminal and on a page.")
    parser.add_argument("--stage", metavar="NN", help="what this stage compares for itself")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--clients", default="30", help="at the same time")
    parser.add_argument("--requests", default="100", help="of each client in a run")
    parser.add_argument("--seconds", default="2", help="of a run of wrk")
    parser.add_argument("--repetitions", default="5", help="runs of each server, in rotated order")
    parser.add_argument("--path", default="/fast", help="the path they ask for")
    parser.add_argument("--out", type=Path)
    plan = parser.parse_args()
    for name in MOST:
        setattr(plan, name, whole_number(name, getattr(plan, name)))
    stage = chosen(plan.stage) if plan.stage else None
    if stage and not stage.server.get("rivals"):
        return scene.show("tables", plan.side, stage)
    again = f"make compare-{stage.number}" if stage else "make compare"
    plan.out = plan.out or Path(f"build/compare-{stage.number}" if stage else "build/compare")
    need_folder(plan.out)
    try:
        compare_rivals(stage, plan) if stage else compare_all(plan)
    except (Problem, OSError, ValueError) as error:
        print(demo.wrapped(str(error)), file=sys.stderr)
        if plan.side == "stage":
            print("Next: make progress, then make check-NN for what is not green", file=sys.stderr)
        sys.exit(tree.WRONG)
    print(f"The page: {plan.out}/index.html")
    other = f"see the solutions': {again}" if plan.side == "stage" else f"compare your own: {again} MINE=1"
    print(f"Next: open it in a browser (F11 fills the screen), or {other}")
