"""Runs the suites on the solutions N times on a busy machine: [LOAD=20] tools/workbook flake N [NN]

LOAD is how many processes want a core at any time: a busy loop for each core, the others are tests.
A whole suite in one program: CTest would start the program for each test, at twice the price.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import as_completed

from workbook import running, test_runs, tree
from workbook.status_line import StatusLine
from workbook.tree import ROOT

STORIES = ROOT / "build" / "flake"


class Failed(Exception):
    """A suite has failed; its story is kept."""


def run_suite(launcher, target, number):
    """Its name and its last line. Of what it says, one run is kept for each last line."""
    story = STORIES / f"{target}.{number}"
    with open(story, "w", encoding="utf-8") as output:
        process = running.start([*launcher, ROOT / "build/dev/bin" / target], stdout=output, stderr=subprocess.STDOUT)
        code = process.wait()
        running.finished(process)
    if code:
        raise Failed(story.rename(STORIES / f"{target}.failed"))
    last_line = tree.read(story).splitlines()[-1]
    story.rename(STORIES / f"{target} {last_line}")
    return f"{target} {last_line}"


def around_failure(story):
    """The lines around the first that says FAILED, else the last ones."""
    lines = tree.read(story).splitlines()
    place = next((number for number, line in enumerate(lines) if "FAILED" in line), len(lines) - 29)
    return "\n".join(lines[max(place - 1, 0) : place + 31])


def above(name, text, least):
    if not text.isdecimal() or int(text) <= least:
        tree.die(f"{name} must be a number above {least}{', the number of cores' if least else ''}, not '{text}'.")
    return int(text)


def main():
    times = above("N", sys.argv[1] if len(sys.argv) > 1 else "", 0)
    cores = len(os.sched_getaffinity(0))
    load = above("LOAD", os.environ.get("LOAD") or str(2 * cores), cores)
    stages = [tree.find_stage(sys.argv[2])] if len(sys.argv) > 2 else tree.stages()
    targets = [f"solution{stage.number}_tests" for stage in stages]
    if code := test_runs.build("dev", *targets):
        sys.exit(code)
    launcher = subprocess.run([ROOT / "tools/sanitizer.sh", "address"], stdout=subprocess.PIPE, text=True, check=False)
    if launcher.returncode:
        print(launcher.stdout, end="")
        sys.exit(launcher.returncode)
    shutil.rmtree(STORIES, ignore_errors=True)
    STORIES.mkdir(parents=True)
    for _ in range(cores):
        running.start([sys.executable, "-c", "while True: pass"])
    verdicts = Counter()
    try:
        with StatusLine("Runs of a suite", times * len(targets)) as status, running.workers(load - cores) as pool:
            runs = [pool.submit(run_suite, launcher.stdout.split(), target, number)
                    for number in range(times) for target in targets]  # fmt: skip
            for run in as_completed(runs):
                verdicts[run.result()] += 1
                status.count()
    except Failed as failure:
        print(f"A test of a solution failed in {times} runs under load; the stories are in build/flake:",
              around_failure(failure.args[0]), sep="\n", file=sys.stderr)  # fmt: skip
        running.end_all()
        sys.exit(tree.WRONG)
    running.end_all()
    for verdict, count in sorted(verdicts.items()):
        print(f"{count} runs of {verdict}")
    if len(verdicts) > len(targets):
        tree.die("A suite did not have the same verdicts in every run: see above, and build/flake for each.", tree.WRONG)
