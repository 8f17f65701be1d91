"""Builds and runs benchmarks; prints the medians of their repetitions, and draws them.

    tools/workbook bench                 what threads, channels, context switches and servers cost
    tools/workbook bench --side stage    the same of the learner's code
    tools/workbook bench --stage 03      the benchmarks that compare stage 03 with others

The repetitions of a program are shuffled, so that a disturbance hits all of its benchmarks alike.
--bin FOLDER takes programs that are built already. Pictures: build/bench/ (--out).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from workbook import plot
from workbook.tree import ENVIRONMENT, PASSED, ROOT, USAGE, WRONG, die


@dataclass(frozen=True)
class Subject:
    """A benchmark program, and how its results are told."""

    name: str
    title: str
    program: str  # {side} is stage or solution
    unit: str
    convert: object  # from items per second
    decimals: int = 2
    argument: str = ""  # what the argument of a benchmark means; without one each row is a benchmark
    arguments: tuple = ()  # of the program: further programs
    stage: str = ""  # not part of `make bench`, but of `make bench-NN`
    ratios: bool = False  # with columns that divide the first benchmark by the others


class NotMeasured(Exception):
    """Why a program has no results, in one sentence."""


def microseconds(rate):
    return 1e6 / rate


def millions(rate):
    return rate / 1e6


SERVERS = tuple(f"{{side}}{number}_server" for number in ("01", "02", "03"))
SUBJECTS = (
    Subject("threads", "A thread for each job, or a pool", "{side}04_benchmarks", "us per job",
            microseconds),
    Subject("channel", "A channel with room for 1000 items", "{side}03_channel_benchmarks",
            "M items/s", millions, argument="receivers"),
    Subject("switches", "A byte to and fro, on one core", "bench_context_switch", "us per hop",
            microseconds),
    Subject("servers", "8 clients, a connection per request, /fast", "bench_servers",
            "requests/s", float, decimals=0, arguments=SERVERS),
    Subject("dispatch", "An empty job into a pool", "bench03_dispatch", "M jobs/s", millions,
            argument="workers", stage="03", ratios=True),
)  # fmt: skip


def build(subjects, side):
    targets = [t.format(side=side) for s in subjects for t in (s.program, *s.arguments)]
    if code := subprocess.run(["tools/build.sh", "release", *targets], cwd=ROOT, check=False).returncode:
        sys.exit(code)


def measure(subject, options):
    """{name: {argument: results, in the subject's unit}}; the argument is "" if there is none."""
    folder = options.bin or ROOT / "build" / "release" / "bin"
    names = (subject.program, *subject.arguments)
    programs = [str(folder / name.format(side=options.side)) for name in names]
    command = [programs[0], f"--benchmark_repetitions={options.repetitions}", "--benchmark_format=json",
               f"--benchmark_min_time={options.seconds}", "--benchmark_enable_random_interleaving=true",
               *programs[1:]]  # fmt: skip
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        die(f"bench: cannot run {programs[0]}: {error.strerror}", ENVIRONMENT)
    if run.returncode != 0:
        last_words = (run.stderr.strip().splitlines() or ["no word"])[-1].strip()
        raise NotMeasured(f"{Path(programs[0]).name} ended with code {run.returncode}: {last_words}")
    try:
        rows = json.loads(run.stdout)["benchmarks"]
    except (ValueError, KeyError, TypeError):
        raise NotMeasured(f"{Path(programs[0]).name} does not print results of benchmarks") from None
    if not rows:
        raise NotMeasured(f"{Path(programs[0]).name} has no benchmark")
    return results(rows, subject)


def results(rows, subject):
    if broken := [row for row in rows if row.get("error_occurred")]:
        raise NotMeasured(f"{broken[0]['run_name']}: {broken[0]['error_message']}")
    found = {}
    first = lambda row: (row["family_index"], row["per_family_instance_index"])  # noqa: E731
    for row in sorted((row for row in rows if row["run_type"] == "iteration"), key=first):
        name, argument = split(row["run_name"], subject)
        of_name = found.setdefault(name, {})
        of_name.setdefault(argument, []).append(subject.convert(rate(row)))
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
    first, others = next(iter(medians)), list(medians)[1:] if subject.ratios else []
    width = len(subject.argument)
    lines = [subject.argument + "".join(f"{n:>14}" for n in medians)]
    lines[0] += "".join(f"{'/' + n:>15}" for n in others)
    for argument in medians[first]:
        line = f"{argument:<{width}}" + "".join(f"{show(medians[n][argument]):>14}" for n in medians)
        line += "".join(f"{medians[first][argument] / medians[n][argument]:14.2f}x" for n in others)
        lines.append(line)
    if others:
        mean = lambda n: statistics.mean(m / medians[n][a] for a, m in medians[first].items())  # noqa: E731
        blank = f"{'mean':{width + 14 * len(medians)}}"
        lines.append(blank + "".join(f"{mean(n):14.2f}x" for n in others))
    return "\n".join(lines)


def draw(subject, found, repetitions, path):
    rows = []
    for number, (name, of_name) in enumerate(found.items()):
        for argument, values in of_name.items():
            label = f"{name}, {argument} {subject.argument}" if subject.argument else name
            label = label.removesuffix("s") if argument == 1 else label
            color = number if subject.argument else 0
            rows.append((label, (min(values), statistics.median(values), max(values)), color))
    said = f"{subject.unit}: medians of {repetitions} repetitions, with the lowest and the highest"
    canvas = plot.picture(subject.title, said, f"{subject.title}. {said}.")
    plot.bars(canvas, rows, subject.decimals)
    plot.write(canvas, path)


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
    subjects = [s for s in SUBJECTS if s.stage == options.stage]
    if not subjects:
        die(f"Stage {options.stage} has no benchmark of its own; stage 03 has one: make bench-03", USAGE)
    try:
        plot.need_folder(options.out)
    except plot.NoPicture as reason:
        die(f"bench: {reason}", ENVIRONMENT)
    if not options.bin:
        build(subjects, options.side)
    wrong = False
    for number, subject in enumerate(subjects, 1):
        print(f"[{number}/{len(subjects)}] {subject.title}: {subject.unit}", flush=True)
        begin = time.monotonic()
        picture = options.out / f"{subject.name}.svg"
        try:
            found = measure(subject, options)
            print(table(subject, found), flush=True)
            draw(subject, found, repetitions, picture)
        except (NotMeasured, plot.NoPicture) as reason:
            print(f"bench: {reason}", file=sys.stderr)
            wrong = True
            continue
        shown = picture.relative_to(ROOT) if picture.is_relative_to(ROOT) else picture
        took = time.monotonic() - begin
        print(f"({took:.0f} s; medians of {repetitions} repetitions, shuffled; {shown})\n", flush=True)
    sys.exit(WRONG if wrong else PASSED)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        die("bench: interrupted", 130)
