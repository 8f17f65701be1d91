#!/usr/bin/env python3
"""make explore-NN: what it does with a scenario, and that bad input gets one sentence.

For the first stage whose solution has scenarios; its tests are built by make test.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402

SUITE = """TEST(Plain, HasNoSchedule) { EXPECT_TRUE(true); }
TEST_F(Many, Schedules) {
  expect_every_schedule({}, [] {});
}
"""


def explore(*words):
    # As a person types it: inside of another make, this one would say "make[1]".
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
    return subprocess.run(
        ["make", *words], cwd=tree.ROOT, env=environment, capture_output=True, text=True, check=False
    )


def complain(words, expected):
    """Bad input: one sentence with `expected`, and make's own line about the exit code."""
    run = explore(*words)
    said = [line for line in run.stderr.splitlines() if not line.startswith("make: ***")]
    if run.returncode == 0 or len(said) != 1 or expected not in said[0] or run.stdout:
        return [f"make {' '.join(words)} should say '{expected}', it says {said} {run.stdout}"]
    return []


def check_bad_input(target, name, without):
    cases = [
        ([f"explore-{without}"], f"Stage {without} has no scenarios to explore"),
        ([target, "ONLY=NoSuchScenario"], "matches ONLY=NoSuchScenario"),
        ([target, "REPLAY=1:1"], "add ONLY="),
        ([target, f"ONLY={name}", "REPLAY=1:1;x"], "REPLAY=1:1;x is not a schedule"),
        *(([target, f"PREEMPTIONS={bad}"], f"PREEMPTIONS={bad}") for bad in ("many", "-1", "100")),
        *(([target, f"SECONDS={bad}"], f"SECONDS={bad}") for bad in ("0", "1m", "-5", "1.5")),
    ]
    return [problem for words, expected in cases for problem in complain(words, expected)]


def check_answers(target, name):
    """A scenario, explored and replayed: its result in words and as an exit code."""
    problems = []
    cases = [
        (["PREEMPTIONS=0"], "at most 0 preemptions"),
        (["PREEMPTIONS=+0"], "all of them: no failure"),
        (["REPLAY=-"], "this one schedule: no failure"),
        (["REPLAY=0:30000"], "this schedule does not fit"),
    ]
    for options, expected in cases:
        run = explore(target, "SOLUTION=1", f"ONLY={name}", *options)
        fits = expected in " ".join(run.stdout.split())
        if not fits or (run.returncode == 0) != ("no failure" in run.stdout):
            problems.append(f"make {target} {options[0]} exits with {run.returncode} and says: {run.stdout}")
    return problems


def main():
    found = [name for name, body in tree.test_bodies(SUITE) if "every_schedule(" in body]
    problems = [] if found == ["Many.Schedules"] else [f"the scenarios of a suite are not {found}"]
    explored = next(stage for stage in tree.stages() if stage.scenarios())
    without = next(stage for stage in tree.stages() if not stage.scenarios())
    target, name = f"explore-{explored.number}", explored.scenarios()[-1]
    problems += check_bad_input(target, name, without.number)
    if (tree.ROOT / "build" / "dev" / "bin" / f"solution{explored.number}_tests").exists():
        problems += check_answers(target, name)
    tree.report("exploring", problems, f"{target}, {len(explored.scenarios())} scenarios")


if __name__ == "__main__":
    main()
