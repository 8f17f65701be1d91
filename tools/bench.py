#!/usr/bin/env python3
"""Runs a benchmark program and prints the medians of its repetitions, beside each other.

    tools/bench.py build/release/bin/bench03_dispatch [--repetitions 15]

The repetitions of all benchmarks are shuffled, so that a disturbance hits all of them alike. The last
columns say how many times the first benchmark's throughput is that of the others, in this run.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections import defaultdict

WRONG, MISSING = 1, 4


def measure(program, repetitions):
    """{name: {argument: items per second of each repetition}}"""
    command = [program, f"--benchmark_repetitions={repetitions}", "--benchmark_format=json",
               "--benchmark_min_time=0.1", "--benchmark_enable_random_interleaving=true"]  # fmt: skip
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        fail(f"cannot run {program}: {error.strerror}", MISSING)
    if run.returncode != 0:
        fail(f"{program} ended with code {run.returncode}: {run.stderr.strip()}", WRONG)
    rates = {name: defaultdict(list) for name in names_in_order(program)}
    for row in json.loads(run.stdout)["benchmarks"]:
        if row["run_type"] == "iteration":
            name, argument = split(row["run_name"])
            rates[name][int(argument)].append(row["items_per_second"])
    return rates


def split(run_name):
    """"this pool/4/real_time" is the benchmark "this pool" with the argument 4."""
    return run_name.removesuffix("/real_time").rsplit("/", 1)


def names_in_order(program):
    run = subprocess.run([program, "--benchmark_list_tests"], capture_output=True, text=True, check=True)
    return list(dict.fromkeys(split(line)[0] for line in run.stdout.splitlines()))


def fail(sentence, code):
    print(f"bench: {sentence}", file=sys.stderr)
    sys.exit(code)


def table(rates):
    names = list(rates)
    medians = {name: {a: statistics.median(r) for a, r in of.items()} for name, of in rates.items()}
    first, others = names[0], names[1:]
    lines = ["workers" + "".join(f"{name:>16}" for name in names) + "".join(f"{'/ ' + n:>17}" for n in others)]
    for argument in sorted(medians[first]):
        line = f"{argument:7}" + "".join(f"{medians[n][argument] / 1e6:12.2f} M/s" for n in names)
        line += "".join(f"{medians[first][argument] / medians[n][argument]:16.2f}x" for n in others)
        lines.append(line)
    if others:
        means = [statistics.mean(medians[first][a] / medians[n][a] for a in medians[first]) for n in others]
        lines.append(f"{'mean':7}" + " " * 16 * len(names) + "".join(f"{mean:16.2f}x" for mean in means))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description="Runs a benchmark program and compares the medians.")
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=15)
    options = parser.parse_args()
    if options.repetitions < 1:
        fail(f"--repetitions must be at least 1, not {options.repetitions}", WRONG)
    rates = measure(options.program, options.repetitions)
    print(table(rates))
    print(f"(jobs per second; medians of {options.repetitions} repetitions, shuffled, in one run)")


if __name__ == "__main__":
    main()
