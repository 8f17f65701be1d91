"""Shows one story of each kind that the suites tell, and how to read it: tools/workbook gallery [KIND...]

The mistakes are those of tests/wrong_answers that say `Gallery: hang`, for example. Each is put into a copy of the
solution, and the test that claims it runs. On a terminal each story waits for Enter.
"""

import sys

from workbook import handed_out, patch_file, test_runs, tree
from workbook.break_stage import short
from workbook.prose import folded, wrapped
from workbook.scratch_tree import SCRATCH, Tree
from workbook.status_line import StatusLine

LIMIT = 20  # seconds for a test: the harness itself ends what hangs much sooner
HOW_TO_READ = {
    "assertion": "The steps are what the test did. The one with '<- here' went wrong; below it stands what was expected,"
    " with the file and the line of the test. 'What this means' is the promise that is broken.",
    "hang": "The test was not ended by a limit of time: every thread waits for something that none of them can do. The"
    " story lists who waits, in which line of the stage, and for what. Ask: who should have woken them?",
    "race": "Two accesses to the same memory, at least one of them a write, and nothing orders them: no mutex, no join,"
    " no atomic. Both lines stand there. It does not matter what came out this time. Ask: what should order them?",
    "leak": "All went well, and something is left behind: here a socket, elsewhere memory or a thread. The test counted"
    " before and after. Ask: on which path does nobody give it back?",
    "crash": "The program has ended in the middle of a test. The story says by what, and the step that it had reached;"
    " the next test runs in a process of its own. Read the reason first, then the step.",
    "schedule": "The test ran in every order that its threads can take, within bounds that it states. This is the first"
    " order in which a promise breaks, a line for each step, with the thread and the source line. Read it from the"
    " end: who sleeps there? Then upwards: which notification did it miss?",
}


def main():
    if handed_out.is_handout(tree.ROOT):
        tree.die(handed_out.later("The gallery"))
    chosen = sys.argv[1:] or list(HOW_TO_READ)
    for kind in chosen:
        if kind not in HOW_TO_READ:
            tree.die(f"The gallery has no {kind}; it has: {', '.join(HOW_TO_READ)}")
    shown = exhibits()
    copy = Tree(1)
    copy.bring_up_to_date()
    for number, kind in enumerate(chosen, 1):
        show(copy, shown[kind], f"{number} of {len(chosen)}: {kind}", HOW_TO_READ[kind])
    copy.restore()
    print("Next: make break-03, which lists mistakes to put into a stage of your own.")


def exhibits():
    """{kind: patch}; ends the program with a sentence when a kind has none, or has two."""
    found = {}
    for patch in map(patch_file.read_patch, patch_file.find_patches("wrong_answers")):
        kind = patch.headers.get("Gallery")
        if kind in found or (kind and kind not in HOW_TO_READ):
            tree.die(f"{patch.label} says 'Gallery: {kind}', which is not a kind, or the second one.", tree.WRONG)
        if kind:
            found[kind] = patch
    if missing := [kind for kind in HOW_TO_READ if kind not in found]:
        tree.die(f"No patch in tests/wrong_answers says 'Gallery: {missing[0]}'.", tree.WRONG)
    return found


def show(copy, patch, title, how_to_read):
    claimed = patch.headers["Killed-by"]
    with StatusLine(f"Building {title} in {SCRATCH.relative_to(tree.ROOT)}"):
        copy.build_with(patch, program_of(patch.stage, claimed))
    test = test_runs.registered_tests(copy.root / "build/dev", rf"^solution{patch.stage.number}\.{claimed}$")[0]
    result = test_runs.run_test(test, LIMIT)
    print(tree.paint("bold", f"== {title}"))
    print(wrapped(f"Stage {patch.stage.number}, the mistake: {patch.headers['Mistake']}."), end="\n\n")
    print(folded(said_by(result)), end="\n\n")
    print(wrapped(f"How to read it: {how_to_read}"))
    print(f"Try it on your own stage: make break-{patch.stage.number} BUG={short(patch)}", flush=True)
    wait()


def said_by(result):
    """The story; a test that this machine skips, or that has no story, says why."""
    if result.status == "skipped":
        return f"skipped: {result.said('skipped')}"
    return test_runs.story(result.output) or f"It says nothing: {result.ended_by()}."


def program_of(stage, test):
    """The program of the file in which a test stands; in the copy each file of a suite is a program."""
    names = [name for name in tree.sources(stage.folder) if name.endswith("_test.cpp")]
    name = next(name for name in names if test in tree.parse_suite(tree.read_source(stage.folder / name)))
    return f"solution{stage.number}_{name.removesuffix('.cpp')}"


def wait():
    if sys.stdin.isatty() and sys.stdout.isatty():
        try:
            input("(Enter) ")
        except EOFError:
            pass
    print()
