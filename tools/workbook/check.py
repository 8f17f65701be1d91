"""Builds a stage, runs its suite and tells the learner what it says.

Exit: 0 all pass, 1 something is wrong, 3 it does not build, 4 the machine lacks something.
"""

import argparse
import sys
import time

from workbook import given, last_check, telling, test_runs, tree
from workbook.stage import own_stages
from workbook.status_line import StatusLine
from workbook.tree import ROOT


def main():
    options = parse_options()
    stage = tree.find_stage(options.stage)
    known = [todo.number for todo in stage.todos()]
    if options.todo and options.todo not in known:
        tree.die(f"Stage {stage.number} has no TODO {options.todo}; it has: {', '.join(known)}")
    if options.side == "mine":
        own_stages(stage)
    if options.side == "solution":
        tree.need_solution(stage)
    sys.exit(check(stage, options.side, options.preset, options.todo, options.stories))


def parse_options():
    parser = argparse.ArgumentParser(description="Builds a stage, runs its suite, tells the story.")
    parser.add_argument("stage", help="01 or 01_single")
    parser.add_argument("--side", choices=["stage", "solution", "mine"], default="stage")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--todo", help="only the tests of this one, for example 1.2")
    parser.add_argument("--stories", type=int, default=telling.STORIES, help="how many are told at most")
    return parser.parse_args()


def check(stage, side, preset, todo, stories):
    """Builds, runs, tells: first about the TODO at work, then about the rest. Returns the exit code."""
    begin = time.time()
    target = f"{side}{stage.number}"
    remembers = side == "stage" and preset == "dev"  # what `make progress` and `make hint-NN` go by
    before = last_check.read(stage) if remembers else None
    entries = dict(before.tests) if before else {}
    if warning := given.warning(stage):
        print(warning, flush=True)

    code = test_runs.build(preset, f"{target}_tests")
    if code == 0:
        with test_runs.undisturbed(ROOT / "build" / preset):
            tests = chosen_tests(stage, target, preset, todo)
            entries = {test.short_name: None for test in tests} | entries
            # A test that has reached a stub need not do so again.
            entries |= {name: {**entry, "at": begin} for name, entry in last_check.unwritten(stage, before).items()}
            at_work = last_check.at_work(stage, before.entries() if before else [])
            code = judge(stage, side, tests, entries, at_work, begin, stories)
    built = code in (tree.PASSED, tree.WRONG)
    if built and not todo and (failed := test_runs.build(preset, f"{target}*")):
        built, code = False, failed  # the programs beside the suite; its verdict has not waited for them
    if remembers:
        last_check.write(stage, built, begin, entries)
    return code


def chosen_tests(stage, target, preset, todo):
    tests = test_runs.registered_tests(ROOT / "build" / preset, rf"^{target}\.")
    if todo:
        about = stage.suite()
        tests = [test for test in tests if about.get(test.short_name) == todo]
    if not tests:
        tree.die(f"CTest knows no test of {target}; is its CMakeLists.txt in order?", tree.ENVIRONMENT)
    return tests


def judge(stage, side, tests, entries, at_work, begin, stories):
    """Runs the tests that are not judged since `begin`, puts what comes of them into `entries`, and tells it.

    Those of the TODO at work come first, and are told at once. Returns the exit code.
    """
    about = stage.suite()
    to_run = [test for test in tests if (entries[test.short_name] or {}).get("at") != begin]
    to_run.sort(key=lambda test: about.get(test.short_name) != at_work)
    first = {test.short_name for test in to_run if at_work and about.get(test.short_name) == at_work}
    if len(first) == len(to_run):
        first = set()  # there is no rest to be waited for
    told = []
    start = time.monotonic()
    with StatusLine("Testing", len(to_run)) as status:

        def done(result):
            entries[result.test.short_name] = entry_of(result, about.get(result.test.short_name) or "", begin)
            status.count()
            if result.test.short_name in first:
                first.remove(result.test.short_name)
                if not first:
                    own = [entry for entry in entries.values() if entry and entry["todo"] == at_work]
                    told.extend(telling.tell_first(stage, at_work, own, status.print))

        test_runs.results_of(to_run, done=done)
    judged = [entries[test.short_name] for test in tests]
    telling.tell(stage, side, judged, told, time.monotonic() - start, stories)
    return tree.WRONG if any(entry["status"] in telling.WRONG for entry in judged) else tree.PASSED


def entry_of(result, todo, begin):
    """What last_check.py remembers of a test, also of one that has taken its program with it."""
    return {
        "name": result.test.short_name,
        "todo": result.said("todo") or todo,
        "blamed": result.said("blamed") or todo,
        "unwritten": result.said("unwritten"),
        "stub": result.said("unwritten_place"),
        "kind": result.said("kind"),
        "status": result.status,
        "story": story_of(result),
        "at": begin,
    }


def story_of(result):
    if result.status == "skipped":
        return result.said("skipped") or "no reason given"
    if result.status == "passed":
        return ""
    text = test_runs.story(result.output)
    if result.status == "hung" or result.exit_code < 0:
        text += f"\n(The test program said nothing more: {result.ended_by()}.)"
    return text
