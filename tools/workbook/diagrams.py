"""Draws the diagrams of the workbook: diagrams/src/NAME.py becomes diagrams/NAME.svg.

    tools/workbook diagrams           draw all of them again
    tools/workbook diagrams --check   fail when a committed SVG differs from its source, or a text has no room

A source is a Python file with a function draw(canvas); it says what is where, and this file says
what it looks like. The picture is 1280 x 720 and has its own background, so that it reads the same
on a white page, on a dark one and on a projector.

Which font draws it is the reader's: the widest is DejaVu Sans, often the only one that is installed.
So the texts are measured with its widths (diagrams/dejavu_widths.json, in 1/2048 of the font's size).
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = ROOT / "diagrams"
WIDTH, HEIGHT = 1280, 720
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

INK, MUTED, PAPER = "#1f2a36", "#5b6875", "#fcfbf8"
# kind: (fill, outline, text)
KINDS = {
    "plain": ("#ffffff", "#8a97a5", INK),
    "frame": ("#f1f3f5", "#8a97a5", INK),
    "shared": ("#dcecdc", "#3f7f4a", INK),
    "own": ("#dbe8f7", "#2f6db5", INK),
    "work": ("#2f6db5", "#1f4f88", "#ffffff"),
    "work2": ("#c05f14", "#8f4409", "#ffffff"),
    "work3": ("#3f7f4a", "#2a5a33", "#ffffff"),
    "wait": ("url(#waiting)", "#8a97a5", INK),
    "blocks": ("#fbe3cc", "#c05f14", INK),
}


WIDTHS = json.loads((DIAGRAMS / "dejavu_widths.json").read_text(encoding="utf-8"))
MONO_WIDTH, EM = 1233, 2048  # each letter of DejaVu Sans Mono; the unit of the widths
PADDING = 5  # pixels between a text and the edge of its box


@dataclass
class Area:
    """What a text or a box covers."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def meets(self, other):
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)  # fmt: skip

    def holds(self, other, padding=0):
        return (self.left + padding <= other.left and other.right + padding <= self.right
                and self.top <= other.top and other.bottom <= self.bottom)  # fmt: skip


def text_width(line, size, bold, mono):
    if mono:
        return len(line) * MONO_WIDTH * size / EM
    letters = WIDTHS["bold" if bold else "regular"]
    return sum(letters.get(letter, EM) for letter in line) * size / EM


class Canvas:
    """A picture under construction. Coordinates are pixels from the upper left corner."""

    def __init__(self):
        self.title_ = ""
        self.description_ = ""
        self.parts_ = []
        self.texts_ = []
        self.boxes_ = [Area(0, 0, WIDTH, HEIGHT)]

    def title(self, text, description):
        """Names the picture; the description says in words what it shows."""
        self.title_, self.description_ = text, description
        self.text(WIDTH / 2, 54, text, size=32, anchor="middle", bold=True)

    def text(self, x, y, text, size=22, anchor="start", bold=False, color=INK, mono=False):
        """Writes one line, or several separated by newlines; y is the first baseline."""
        weight = ' font-weight="bold"' if bold else ""
        family = f' font-family="{MONO}"' if mono else ""
        for number, line in enumerate(text.split("\n")):
            width = text_width(line, size, bold, mono)
            left = x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            base = y + number * size * 1.25
            self.texts_.append(Area(left, base - 0.75 * size, left + width, base + 0.2 * size, line))
            self.parts_.append(
                f'<text x="{x:g}" y="{y + number * size * 1.25:g}" font-size="{size}"'
                f' text-anchor="{anchor}"{weight}{family} fill="{color}">{escape(line)}</text>')

    def box(self, x, y, width, height, text="", kind="plain", size=22, bold=False, mono=False):
        """Draws a box with centred text."""
        fill, outline, ink = KINDS[kind]
        self.boxes_.append(Area(x, y, x + width, y + height))
        self.parts_.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6"'
                           f' fill="{fill}" stroke="{outline}" stroke-width="2"/>')
        if text:
            lines = text.count("\n") + 1
            first = y + height / 2 - (lines - 1) * size * 0.625 + size * 0.35
            self.text(x + width / 2, first, text, size, "middle", bold, ink, mono)

    def frame(self, x, y, width, height, caption):
        """Draws a large box with its caption in the upper left corner."""
        self.box(x, y, width, height, kind="frame")
        self.text(x + 18, y + 32, caption, bold=True)

    def line(self, *points, color=MUTED, dashed=False, arrow=False, width=2):
        """Draws straight pieces through the points, (x, y) each."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dash = ' stroke-dasharray="8 6"' if dashed else ""
        head = ' marker-end="url(#head)"' if arrow else ""
        self.parts_.append(f'<polyline points="{path}" fill="none" stroke="{color}"'
                           f' stroke-width="{width}"{dash}{head}/>')

    def arrow(self, *points, color=INK, dashed=False):
        self.line(*points, color=color, dashed=dashed, arrow=True, width=3)

    def problems(self):
        """Texts that run over an edge, or over each other."""
        found = []
        for number, text in enumerate(self.texts_):
            for box in self.boxes_:
                if text.meets(box) and not box.holds(text, PADDING):
                    excess = max(box.left - text.left, text.right - box.right) + PADDING
                    found.append(f"'{text.text}' runs over the edge of a box by {excess:.0f} pixels")
            for other in self.texts_[:number]:
                if text.meets(other):
                    found.append(f"'{text.text}' runs over '{other.text}'")
        return found

    def svg(self):
        body = "\n  ".join(self.parts_)
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" \
height="{HEIGHT}" font-family="{FONT}" role="img">
  <title>{escape(self.title_)}</title>
  <desc>{escape(self.description_)}</desc>
  <defs>
    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" \
orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="{INK}"/></marker>
    <pattern id="waiting" width="12" height="12" patternUnits="userSpaceOnUse" \
patternTransform="rotate(45)"><rect width="12" height="12" fill="#ffffff"/>\
<rect width="4" height="12" fill="#d5dae0"/></pattern>
  </defs>
  <rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>
  {body}
</svg>
"""


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
    crowded = [f"diagrams/src/{path.stem}.py: {problem}"
               for path, canvas in canvases.items() for problem in canvas.problems()]
    print("".join(f"{problem}\n" for problem in crowded), end="")
    pictures = {path: canvas.svg() for path, canvas in canvases.items()}
    if not options.check:
        for path, text in pictures.items():
            path.write_text(text, encoding="utf-8")
            print(f"drew {path.relative_to(ROOT)}")
        return 1 if crowded else 0
    stale = [path for path, text in pictures.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = sorted(set(DIAGRAMS.glob("*.svg")) - set(pictures))
    for path in stale:
        print(f"{path.relative_to(ROOT)} is not what its source draws: run make diagrams.")
    for path in orphans:
        print(f"{path.relative_to(ROOT)} has no source in diagrams/src.")
    return 1 if crowded or stale or orphans else 0


if __name__ == "__main__":
    sys.exit(main())
