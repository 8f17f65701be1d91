"""Puts a known mistake into a copy of a stage, and asks which test will fail: tools/workbook break-stage 03 NAME

Without a name it lists the mistakes. They are those of tests/wrong_answers. The copy has the learner's code when all
of it is green and the mistake fits into it, else the solution's.
  --guess WORD   what somebody would type: a part of the name of a test
"""

import argparse
import shutil
import sys
import textwrap

from workbook import handed_out, last_check, patch_file, telling, test_runs, tree
from workbook.check import entry_of
from workbook.prose import COLUMNS, folded, wrapped
from workbook.scratch_tree import SCRATCH, Tree
from workbook.status_line import StatusLine

LIMIT = 20  # seconds for a test: the harness itself ends what hangs much sooner


def main():
    parser = argparse.ArgumentParser(description="Puts a known mistake into a copy of a stage.")
    parser.add_argument("stage", help="03 or 03_pool")
    parser.add_argument("bug", nargs="?", help="the name of a mistake, or a part of it")
    parser.add_argument("--guess", help="the test that will fail")
    options = parser.parse_args()
    stage = tree.find_stage(options.stage)
    if handed_out.is_handout(tree.ROOT):
        tree.die(handed_out.later("What there is to break"))
    patches = [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", stage)]
    if not options.bug:
        list_mistakes(stage, patches)
        return tree.PASSED
    patch = named(options.bug, stage, patches)
    copy = Tree(1)
    copy.bring_up_to_date()
    print(wrapped(put_in(copy, stage, patch)))
    print(wrapped(f"The mistake: {patch.headers['Mistake']}."), "", folded(patch.body()), "", sep="\n")
    guess = options.guess or ask(stage)
    return tell(patch, guess, results(copy, stage))


def short(patch):
    """"closes_without_the_mutex": its name without the row of the table that it belongs to."""
    return patch.name.partition("_")[2]


def list_mistakes(stage, patches):
    for patch in patches:
        print(patch.name if [short(other) for other in patches].count(short(patch)) > 1 else short(patch))
        print(textwrap.fill(patch.headers["Mistake"], COLUMNS, initial_indent="    ", subsequent_indent="    "))
    print(f"Next: make break-{stage.number} BUG={short(patches[0]) if patches else '...'}")


def named(word, stage, patches):
    """The patch that is called so, or the only one with this word in its name."""
    found = [patch for patch in patches if word in (patch.name, short(patch))]
    found = found or [patch for patch in patches if word in patch.name]
    if not found:
        tree.die(f"Stage {stage.number} has no known mistake '{word}'; make break-{stage.number} lists them.")
    if len(found) > 1:
        tree.die(f"BUG={word} can be: {', '.join(patch.name for patch in found)}. Name one.")
    return found[0]


def put_in(copy, stage, patch):
    """Changes the copy. In whose code the mistake is now, in a sentence."""
    if last_check.is_green(stage):
        for name in stage.code_files():
            shutil.copyfile(stage.folder / name, copy.root / "solutions" / stage.name / name)
        try:
            patch_file.apply(patch, copy.root)
            return f"A copy of your stage {stage.number} has a mistake now. Your own files are as they were."
        except patch_file.Broken:
            copy.bring_up_to_date()
            why = "The mistake does not fit into your code, which is written in another way"
    else:
        why = f"Your stage {stage.number} is not all green by the last check"
    patch_file.apply(patch, copy.root)
    return f"{why}: so a copy of the solution has it now."


def ask(stage):
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return ""
    try:
        return input(f"Which test of stage {stage.number} will fail? (a part of its name; Enter: no idea) ").strip()
    except EOFError:
        return ""


def results(copy, stage):
    """What comes of all tests of the stage, in the copy."""
    with StatusLine(f"Building it in {SCRATCH.relative_to(tree.ROOT)}"):
        copy.build_suites([stage])
    return test_runs.run_tests(list(copy.tests[stage.name].values()), limit=LIMIT)


def tell(patch, guess, tests):
    """The verdict of the suite, and of the guess. Returns the exit code."""
    about = patch.stage.suite()
    entries = [entry_of(test, about.get(test.test.short_name) or "", 0) for test in tests]
    failed = telling.broken(patch.stage, entries)
    claimed = [entry for entry in failed if entry["name"] == patch.headers["Killed-by"]]
    for entry in (claimed or failed)[:1]:
        print(folded(entry["story"]), end="\n\n")
    print(f"{len(failed)} of {len(tests)} tests fail:" if failed else f"None of {len(tests)} tests fails.")
    for entry in failed:
        print(f"  {entry['name']}")
    if guess:
        print(judged(guess, [entry["name"] for entry in entries], [entry["name"] for entry in failed]))
    print(wrapped(f"Why somebody writes it: {patch.headers['Why']}."))
    return tree.PASSED if failed else tree.WRONG


def judged(guess, tests, failed):
    meant = [name for name in tests if guess.lower() in name.lower()]
    if not meant:
        return f"You said {guess}: there is no such test."
    right = [name for name in meant if name in failed]
    if not right:
        return f"You said {guess}: it passes with this mistake."
    return f"You said {guess}: right" + (f", {len(right)} of these {len(meant)} fail." if len(meant) > 1 else ".")
