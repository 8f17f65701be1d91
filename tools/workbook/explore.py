"""Runs the explored scenarios of a stage with larger budgets than its suite has.

A scenario is a test that calls every_schedule() or every_order(): it runs under every order in which its threads can
take their steps, with at most so many interruptions. Here it may have one more than in the suite, and
60 seconds of processor time. It runs in the build of `make check-NN`.

Exit: 0 no failure, 1 a failure, 2 bad input, 3 it does not build, 77 this build cannot explore.
"""

import argparse
import fnmatch
import re
import sys
import textwrap

from workbook import test_runs, tree
from workbook.status_line import StatusLine
from workbook.tree import ROOT, paint

PREEMPTIONS, SURPRISES, SECONDS = "+1", "1", "60"


def main():
    options = parse_options()
    stage = tree.find_stage(options.stage)
    names = choose_scenarios(stage, options)
    target = f"{options.side}{stage.number}"
    code = test_runs.build("dev", f"{target}_tests")
    if code != 0:
        sys.exit(code)
    tests = test_runs.registered_tests(ROOT / "build" / "dev", rf"^{target}\.")
    tests = [test for test in tests if test.short_name in names]
    for test in tests:
        test.environment.update(environment(options))
        test.limit = 20 * int(options.seconds) + 60  # the test program has a limit of its own

    say(heading(options, target, len(tests)))
    with test_runs.undisturbed(ROOT / "build" / "dev"):
        results = [show(test, explore(test)) for test in tests]
    sys.exit(conclude(stage, options, results))


def parse_options():
    parser = argparse.ArgumentParser(description="Explores a stage's scenarios, further than its suite.")
    parser.add_argument("stage", help="03 or 03_pool")
    parser.add_argument("--side", choices=["stage", "solution"], default="stage")
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    parser.add_argument("--preemptions", default=PREEMPTIONS, help="3, or +2: two more than the suite")
    parser.add_argument("--seconds", default=SECONDS, help="of processor time, for each scenario")
    parser.add_argument("--replay", help="only this schedule of the one scenario")
    options = parser.parse_args()
    if not re.fullmatch(r"\+?\d\d?", options.preemptions):
        tree.die(f"PREEMPTIONS={options.preemptions} is not a number from 0 to 99, nor one such as +1.")
    if not re.fullmatch(r"[1-9]\d{0,3}", options.seconds):
        tree.die(f"SECONDS={options.seconds} is not a number from 1 to 9999.")
    if options.replay is not None and not re.fullmatch(r"-|\d+:\d+(,\d+:\d+)*", options.replay):
        tree.die(f"REPLAY={options.replay} is not a schedule such as 7:1,3:2; a failure prints its own.")
    return options


def choose_scenarios(stage, options):
    scenarios = stage.scenarios()
    if not scenarios:
        with_some = [s.number for s in tree.stages() if s.scenarios()]
        tree.die(f"Stage {stage.number} has no scenarios to explore; stage {', '.join(with_some)} has.")
    names = [name for name in scenarios if fnmatch.fnmatchcase(name, f"*{options.only}*")]
    if not names:
        tree.die(f"No scenario of stage {stage.number} matches ONLY={options.only}.")
    if options.replay is not None and len(names) > 1:
        tree.die("REPLAY is a schedule of one scenario: add ONLY=, as the failure printed it.")
    return names


def environment(options):
    if options.replay is not None:
        return {"WORKBOOK_EXPLORE_REPLAY": options.replay}
    return {
        "WORKBOOK_EXPLORE_PREEMPTIONS": options.preemptions,
        "WORKBOOK_EXPLORE_SURPRISES": SURPRISES,
        "WORKBOOK_EXPLORE_SECONDS": options.seconds,
        "WORKBOOK_EXPLORE_SCHEDULES": "1000000000",
    }


def heading(options, target, count):
    if options.replay is not None:
        return f"{target}: one schedule again."
    scenarios = "one scenario" if count == 1 else f"{count} scenarios"
    more = options.preemptions.removeprefix("+")
    limit = f"{more} more than in the suite" if more != options.preemptions else f"at most {more}"
    return f"{target}: {scenarios}; preemptions: {limit}; at most {options.seconds} s of processor time each."


def explore(test):
    """Runs the scenario, which can take a while."""
    with StatusLine(test.short_name):
        return test_runs.run_test(test)


def show(test, result):
    """Prints what came of a scenario: the summary, or the story of the failure."""
    print(f"\n{test.short_name:<68}{result.ms / 1000:>8.1f} s", flush=True)
    if unwritten := result.said("unwritten"):
        say(f"TODO {unwritten} is not written yet: {result.said('unwritten_place')}", "red")
    elif result.status == "skipped":
        say(f"skipped: {result.said('skipped')}")
    elif result.status == "passed":
        say(result.said("explored"), "green")
    else:
        if result.said("explored"):
            say(result.said("explored"), "red")
        story = test_runs.story(result.output)
        print(story or f"The test program said nothing more: {result.ended_by()}.", flush=True)
    return result


def say(sentence, colour=None):
    indent = "  " if colour else ""
    text = textwrap.fill(sentence, 80, initial_indent=indent, subsequent_indent=indent)
    print(paint(colour, text) if colour else text, flush=True)


def conclude(stage, options, results):
    """Prints the sum and what to do next. Returns the exit code."""
    wrong = [r for r in results if r.status in ("failed", "hung")]
    skipped = [r for r in results if r.status == "skipped"]
    total = tree.summary(len(results) - len(wrong) - len(skipped), len(wrong), len(skipped))
    print("\n" + paint("bold", f"{options.side} {stage.number}: {total}"))
    unwritten = [r for r in wrong if r.said("unwritten")]
    if len(unwritten) < len(wrong):
        print("Next: the first story above. Its last line asks for a hint.")
    elif unwritten:
        first = min(unwritten, key=lambda r: r.said("unwritten"))
        print(f"Next: write TODO {first.said('unwritten')} at {first.said('unwritten_place')}")
    elif not skipped:
        print("Next: go further with PREEMPTIONS=+2 SECONDS=300, or one scenario with ONLY=")
    if wrong:
        return tree.WRONG
    return tree.SKIPPED if skipped else tree.PASSED
