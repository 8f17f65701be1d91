#!/usr/bin/env python3
"""What is shown of a scene: timelines with a letter for each job, tables, and a sentence when a scene fails."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import scene, timeline, tree  # noqa: E402

# Worker 1 has the jobs a, b and c; worker 2 has d, and then steals a.
STOLEN = {"name": "stealing", "jobs": [
    {"owner": 0, "place": 2, "worker": 0, "begin": 0, "end": 1},
    {"owner": 1, "place": 0, "worker": 1, "begin": 0, "end": 0.5},
    {"owner": 0, "place": 0, "worker": 1, "begin": 0.5, "end": 2},
    {"owner": 0, "place": 1, "worker": 0, "begin": 1, "end": 2},
]}  # fmt: skip
ITS_TEXT = """\
stealing
worker 1  ccccccccccccccccccccccbbbbbbbbbbbbbbbbbbbbbb  2.00 s of work, 0 stolen
worker 2  dddddddddddAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA  2.00 s of work, 1 stolen
          +----------+----------+----------+----------+
          0.0       0.5        1.0        1.5        2.0 s
          a own job   A stolen job
"""
TABLE = {"columns": ["", "p50", "p99"], "rows": [["at random", "1.0", "20.5"], ["turns", "1.0", "7.0"]]}
ITS_LINES = """\
                    p50         p99
at random           1.0        20.5
turns               1.0         7.0"""


def same(what, found, expected):
    return [] if found == expected else [f"{what} is not {expected!r}, but {found!r}"]


def check_timeline():
    picture = scene.timeline_of(STOLEN, 2)
    problems = same("the timeline", timeline.to_text(picture), ITS_TEXT)
    problems += same("the conclusion", scene.conclusion([STOLEN]), "The last job ended with stealing: 2.00 s, 1 stolen.")
    drawn = timeline.draw(picture)
    problems += drawn.problems()
    for part, times in ((">A</text>", 1), (">job of worker 1</text>", 1), ('stroke-width="4"', 2)):
        problems += same(f"the number of {part}", drawn.svg().count(part), times)
    return problems


def check_table():
    wide = scene.table({"columns": ["", *10 * ["p"]], "rows": [[20 * "x", *10 * ["1.0"]]]})
    long = [f"a line has {len(line)} columns" for line in wide.splitlines() if len(line) > 80]
    return long + same("the table", scene.table(TABLE), ITS_LINES)


def check_bars():
    """A table of times is drawn, with each name once; one that has no p99 is not."""
    shown = {"title": "four servers, one of them slow", "columns": ["", "p50", "p99", "max"],
             "rows": [["at random", "1.0", "20.5", "30.0"], ["turns", "1.0", "7.0", "9.0"]]}  # fmt: skip
    drawn = scene.bars_of(shown, "in lengths of a short job")
    problems = drawn.problems() + same("bars of a table without max", scene.bars_of(TABLE, ""), None)
    for name in ("four servers", "at random", "turns"):
        problems += same(f"{name} in the picture", f">{name}</text>" in drawn.svg(), True)
    return problems


def check_failures():
    """A scene that can't be played is a sentence."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "scene"
        for text, said in (("echo 'no TODO' >&2; exit 1", "scene ended with code 1: no TODO"),
                           ("echo Hello", "scene does not print what it has to show.")):  # fmt: skip
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(0o755)
            try:
                scene.play(program)
                problems.append(f"{text}: no complaint")
            except tree.Problem as problem:
                problems += same(text, str(problem), said)
    return problems


def main():
    tree.report("scenes", check_timeline() + check_table() + check_bars() + check_failures(), "timelines and tables of scenes")


if __name__ == "__main__":
    main()
