"""What is typed to try every command that `make` lists, and where the others are typed.

A command that shows something to a class is never wider than a terminal on a projector, nor longer where it says so.
"""

from dataclasses import dataclass

COLUMNS, LINES = 80, 36  # of a projector


@dataclass(frozen=True)
class Typed:
    command: str
    words: str  # that it must say
    code: int = 0
    lines: int = 0  # it has at most so many; 0: it may be scrolled
    projected: bool = True


# In this order: a later one finds what an earlier one has built.
COMMANDS = [
    Typed("make", "make stage-NN"),
    Typed("make setup", "Everything is here"),
    Typed("make stage-01", "Stage 01 is built", projected=False),
    Typed("make check-01", "Next: write TODO 1.1", 2, projected=False),
    Typed("make clang-01", "TODO 1.1", 2, projected=False),
    Typed("make solution-01", "The solution passes", projected=False),
    Typed("make demo SLEEP=500ms", "head-of-line blocking"),
    Typed("make demo-03 SLEEP=500ms", "head-of-line blocking", lines=LINES),
    Typed("make demo-03-overload SLEEP=500ms", "waited in the kernel's backlog", lines=LINES),
    Typed("make demo-02-slow-client BYTE_EVERY=10ms", "slow", lines=LINES),
    Typed("make demo-05", "stolen", lines=LINES),
    Typed("make race-02", "ConnectionCountsSchedules.NoCountIsLost"),
    Typed("make hold-02 CLIENTS=50", "Every thread and every descriptor has been given back", lines=LINES),
    Typed("make compare CLIENTS=2 REQUESTS=5 REPETITIONS=1", "The page: ", projected=False),
    Typed("make compare-05", "The numbers: "),
    Typed("make stress CLIENTS=50", "All 50 outcomes of each run are accounted for"),
    Typed("make bench REPETITIONS=1", "servers.svg", projected=False),
    Typed("make bench-03 REPETITIONS=1", "dispatch.svg", projected=False),
    Typed("make experiment NAME=free_to_move", "Look at: ", projected=False),
    Typed("make explore-03 SOLUTION=1 ONLY=CloseMeetsATry SECONDS=5", "1 passed", projected=False),
    Typed("make break-03 BUG=close_wakes_one_receiver GUESS=CloseWakesEveryReceiver", "CloseWakesEveryReceiver: right"),
    Typed("make break-03", "make break-03 BUG="),
    Typed("make gallery", "6 of 6: schedule"),
]
# Where the others are typed, or the tool behind them is started: with these words.
ELSEWHERE = {
    "stories-NN": ("tests/workbook/learners_files.py", '"stories-01"'),
    "watch-NN": ("tests/handout/handout_test.py", 'f"watch-{stage.number}"'),
    "hint-NN": ("tests/workbook/learners_files.py", '"hint-01"'),
    "answer": ("tests/workbook/learners_files.py", '"answer", "E=1.1"'),
    "notes": ("tests/workbook/learners_files.py", '"make", "notes"'),
    "progress": ("tests/workbook/learners_files.py", '"make", "progress"'),
    "diff-NN": ("tests/workbook/diffs.py", '"diff-01"'),
    "reset-NN": ("tests/handout/handout_test.py", "make reset-{nn}"),
    "tsan-NN": ("tests/handout/handout_test.py", "make tsan-03"),
    "wrong-answers": ("tools/workbook/verify.py", '"wrong-answers"'),
    "right-answers": ("tools/workbook/verify.py", '"right-answers"'),
    "grade": ("tests/grading/batch_test.py", '"make", "-s", "grade"'),
    "handout": ("tests/handout/handout_test.py", '"make", "handout"'),
    "test": ("tests/handout/handout_test.py", '"make test"'),
    "verify": ("tools/workbook/verify.py", "def main"),
    "flake": ("tools/workbook/verify.py", '"flake"'),
    "format": ("tools/workbook/verify.py", '"format"'),
    "lint": ("tools/workbook/verify.py", '"lint"'),
    "diagrams": ("tools/workbook/verify.py", '"diagrams"'),
    "clean": ("tests/handout/handout_test.py", '"make clean"'),
}
