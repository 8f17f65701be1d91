"""Draws the diagrams of the workbook: diagrams/src/NAME.py becomes diagrams/NAME.svg.

    tools/workbook diagrams           draw all of them again
    tools/workbook diagrams --check   fail when a committed SVG differs from its source, or a text has no room

A source is a Python file with a function draw(canvas); it says what is where, and canvas.py what it looks
like.
"""

import argparse

from workbook.canvas import Canvas
from workbook.tree import ROOT

DIAGRAMS = ROOT / "diagrams"


def drawn(source):
    """The picture of one source file."""
    names = {}
    exec(compile(source.read_text(encoding="utf-8"), source, "exec"), names)  # our own file
    canvas = Canvas()
    names["draw"](canvas)
    return canvas


def main():
    parser = argparse.ArgumentParser(description="Draws diagrams/src/*.py as diagrams/*.svg.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    options = parser.parse_args()
    canvases = {DIAGRAMS / f"{source.stem}.svg": drawn(source)
                for source in sorted((DIAGRAMS / "src").glob("*.py"))}
    problems = [f"diagrams/src/{path.stem}.py: {problem}"
                for path, canvas in canvases.items() for problem in canvas.problems()]
    for path, canvas in canvases.items():
        if not options.check:
            canvas.write(path)
            print(f"drew {path.relative_to(ROOT)}")
        elif not path.exists() or path.read_text(encoding="utf-8") != canvas.svg():
            problems.append(f"{path.relative_to(ROOT)} is not what its source draws: run make diagrams.")
    if options.check:
        problems += [f"{path.relative_to(ROOT)} has no source in diagrams/src."
                     for path in sorted(set(DIAGRAMS.glob("*.svg")) - set(canvases))]
    print("".join(f"{problem}\n" for problem in problems), end="")
    return 1 if problems else 0
