"""Builds and runs benchmarks; prints the medians of their repetitions, and draws them.

    tools/workbook bench                 what threads, channels, context switches and servers cost
    tools/workbook bench --side stage    the same of the learner's code
    tools/workbook bench --stage 03      the benchmarks that compare stage 03 with others

Which programs a stage has stands in its stage.json. The repetitions are shuffled, so that a disturbance hits all
benchmarks of a program alike. --bin FOLDER takes programs that are built already. Pictures: build/bench/ (--out).
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from workbook import load, plot, test_runs, tree
from workbook.canvas import NoPicture, need_folder
from workbook.process_watch import Server
from workbook.status_line import StatusLine
from workbook.tree import ENVIRONMENT, PASSED, ROOT, USAGE, WRONG, die

CLIENTS, REQUESTS = 8, 250  # of a server that is measured, and of each client


@dataclass(frozen=True)
class Subject:
    """What is measured, and how its results are told."""

    name: str
    title: str
    program: str = ""  # of Google Benchmark; without one the servers of all stages are measured
    unit: str = "us per job"
    decimals: int = 2
    argument: str = ""  # what the argument of a benchmark means; without one each row is a benchmark
    ratios: bool = False  # with columns that divide the first benchmark by the others

    def convert(self, rate):
        """Items per second, in the subject's unit."""
        return 1e6 / rate if self.unit.startswith("us ") else rate / 1e6 if self.unit.startswith("M ") else rate


class NotMeasured(Exception):
    """Why a program has no results, in one sentence."""


def subjects(side, own=""):
    """Those of all stages together, or those that only the stage `own` has for itself."""
    found = []
    for stage in tree.stages():
        for entry in stage.about.get("benchmarks", []):
            if own == (stage.number if entry.get("own") else ""):
                told = {key: value for key, value in entry.items() if key not in ("own", "program")}
                whose = "solution" if entry.get("own") else side
                found.append(Subject(program=f"{whose}{stage.number}_{entry['program']}", **told))
    if not own:
        found.append(Subject("servers", f"{CLIENTS} clients, a connection per request, /fast", "", "requests/s", 0))
    return found


def measure(subject, options):
    """{name: {argument: results, in the subject's unit}}; the argument is "" if there is none."""
    if not subject.program:
        return measure_servers(options)
    program = options.bin / subject.program
    command = [program, f"--benchmark_repetitions={options.repetitions}", "--benchmark_format=json",
               f"--benchmark_min_time={options.seconds}", "--benchmark_enable_random_interleaving=true"]  # fmt: skip
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        die(f"bench: cannot run {program}: {error.strerror}", ENVIRONMENT)
    if run.returncode != 0:
        last_words = (run.stderr.strip().splitlines() or ["no word"])[-1].strip()
        raise NotMeasured(f"{program.name} ended with code {run.returncode}: {last_words}")
    try:
        rows = json.loads(run.stdout)["benchmarks"]
    except (ValueError, KeyError, TypeError):
        raise NotMeasured(f"{program.name} does not print results of benchmarks") from None
    if not rows:
        raise NotMeasured(f"{program.name} has no benchmark")
    return results(rows, subject)


def results(rows, subject):
    if broken := [row for row in rows if row.get("error_occurred")]:
        raise NotMeasured(f"{broken[0]['run_name']}: {broken[0]['error_message']}")
    found = {}
    first = lambda row: (row["family_index"], row["per_family_instance_index"])  # noqa: E731
    for row in sorted((row for row in rows if row["run_type"] == "iteration"), key=first):
        name, argument = split(row["run_name"], subject)
        found.setdefault(name, {}).setdefault(argument, []).append(subject.convert(rate(row)))
    return found


def split(run_name, subject):
    """"this pool/4/real_time" is the benchmark "this pool" with the argument 4."""
    name = run_name.removesuffix("/real_time")
    if not subject.argument:
        return name, ""
    name, argument = name.rsplit("/", 1)
    return name, int(argument)


def rate(row):
    """Items per second; a benchmark that counts none has one in each iteration."""
    unit = {"ns": 1e9, "us": 1e6, "ms": 1e3, "s": 1}[row["time_unit"]]
    return row.get("items_per_second") or unit / row["real_time"]


def servers(side):
    """The names of their programs."""
    return [stage.program(side) for stage in tree.stages() if stage.server]


def measure_servers(options):
    """Requests per second. The clients are always those of the solution, the servers of either side."""
    found = {name: {"": []} for name in servers(options.side)}
    generator = options.bin / load.program_of("solution")
    try:
        for name in random.sample(options.repetitions * list(found), options.repetitions * len(found)):
            with Server(options.bin / name, "--quiet", patience=10) as server, \
                 tempfile.NamedTemporaryFile(suffix=".json") as file:  # fmt: skip
                clients = load.start(generator, server.port, CLIENTS, REQUESTS, file.name, stderr=subprocess.DEVNULL)
                clients.wait()
                load.end(clients)
                report = load.read_report(file.name)
            if not report or report["outcomes"]["ok"] != CLIENTS * REQUESTS:
                raise NotMeasured(f"{name}: not every request was ok")
            found[name][""].append(report["throughput"])
    except tree.Problem as problem:
        raise NotMeasured(problem) from problem
    return found


def table(subject, found):
    show = lambda value: f"{value:.{subject.decimals}f}"  # noqa: E731
    if not subject.argument:
        lines = [f"{'':22}{'median':>10}{'lowest':>10}{'highest':>10}"]
        for name, of_name in found.items():
            values = of_name[""]
            shown = (statistics.median(values), min(values), max(values))
            lines.append(f"{name:22}" + "".join(f"{show(value):>10}" for value in shown))
        return "\n".join(lines)
    medians = {name: {a: statistics.median(v) for a, v in of.items()} for name, of in found.items()}
    width = len(subject.argument)
    lines = [subject.argument + "".join(f"{n:>14}" for n in medians)]
    for argument in next(iter(medians.values())):
        lines.append(f"{argument:<{width}}" + "".join(f"{show(of[argument]):>14}" for of in medians.values()))
    return "\n".join(lines + ratios(subject, medians) if subject.ratios else lines)


def ratios(subject, medians):
    """A table of its own, so that neither is wider than a terminal: how often the first is as fast as the others."""
    first, *others = medians
    divided = {a: [rate / medians[n][a] for n in others] for a, rate in medians[first].items()}
    divided["mean"] = [statistics.mean(column) for column in zip(*divided.values(), strict=True)]
    width = max(len(subject.argument), len("mean"))
    lines = ["", f"{first}, divided by:", f"{subject.argument:{width}}" + "".join(f"{n:>14}" for n in others)]
    return lines + [f"{row:<{width}}" + "".join(f"{ratio:13.2f}x" for ratio in of) for row, of in divided.items()]


def draw(subject, found, repetitions, path):
    rows = []
    for number, (name, of_name) in enumerate(found.items()):
        for argument, values in of_name.items():
            label = f"{name}, {argument} {subject.argument}" if subject.argument else name
            label = label.removesuffix("s") if argument == 1 else label
            color = number if subject.argument else 0
            rows.append((label, (min(values), statistics.median(values), max(values)), color))
    said = f"{subject.unit}: medians of {repetitions} repetitions, with the lowest and the highest"
    canvas = plot.picture(subject.title, said)
    plot.bars(canvas, rows, subject.decimals)
    canvas.write(path)


def main():
    parser = argparse.ArgumentParser(description="Runs benchmarks and compares their medians.")
    parser.add_argument("--stage", default="", help="compare this stage with others")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each repetition, at least")
    parser.add_argument("--bin", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    repetitions = options.repetitions
    if repetitions < 1:
        die(f"bench: --repetitions must be at least 1, not {repetitions}")
    chosen = subjects(options.side, options.stage)
    if not chosen:
        has = [f"stage {stage.number} has one: make bench-{stage.number}" for stage in tree.stages()
               if subjects(options.side, stage.number)]  # fmt: skip
        die(f"Stage {options.stage} has no benchmark of its own; {', '.join(has)}", USAGE)
    try:
        need_folder(options.out)
    except NoPicture as reason:
        die(f"bench: {reason}", ENVIRONMENT)
    if not options.bin:
        programs = [subject.program for subject in chosen if subject.program]
        programs += [] if options.stage else [load.program_of("solution"), *servers(options.side)]
        options.bin = test_runs.released(*programs)
    wrong = False
    for number, subject in enumerate(chosen, 1):
        print(f"[{number}/{len(chosen)}] {subject.title}: {subject.unit}", flush=True)
        begin = time.monotonic()
        picture = options.out / f"{subject.name}.svg"
        try:
            with StatusLine(f"{repetitions} repetitions"):
                found = measure(subject, options)
            print(table(subject, found), flush=True)
            draw(subject, found, repetitions, picture)
        except (NotMeasured, NoPicture) as reason:
            print(f"bench: {reason}", file=sys.stderr)
            wrong = True
            continue
        shown = picture.relative_to(ROOT) if picture.is_relative_to(ROOT) else picture
        took = time.monotonic() - begin
        print(f"({took:.0f} s; medians of {repetitions} repetitions, shuffled; {shown})\n", flush=True)
    sys.exit(WRONG if wrong else PASSED)
