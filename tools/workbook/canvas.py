"""A picture under construction: boxes, lines and texts in pixels, which become an SVG.

It has its own background, so that it reads the same on a white page, on a dark one and on a projector.
Which font draws it is the reader's: the widest is DejaVu Sans, often the only one that is installed.
So texts are measured with its widths (diagrams/dejavu_widths.json, in 1/2048 of the font's size).
"""

import functools
import itertools
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from workbook.tree import ROOT, Problem

WIDTHS = ROOT / "diagrams" / "dejavu_widths.json"
WIDTH, HEIGHT = 1280, 720
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
MONO = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

INK, MUTED, PAPER, GRID = "#1f2a36", "#5b6875", "#fcfbf8", "#d5dae0"
COLORS = ("#2f6db5", "#c05f14", "#3f7f4a", "#8a3ea3", "#b5283c", "#14808a", "#80650f", "#5b6875")
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
HATCHED = {"waiting": (45, GRID), "queued": (-45, "#7d8a97")}  # fill url(#waiting): the angle and the ink

MONO_WIDTH, EM = 1233, 2048  # each letter of DejaVu Sans Mono; the unit of the widths
PADDING = 5  # pixels between a text and the edge of its box


class NoPicture(Problem):
    pass


def need_folder(folder):
    """Makes it. Call it before what is to be drawn is measured: a long run should not be in vain."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoPicture(f"cannot make the folder {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NoPicture(f"cannot write into the folder {folder}")


def ticks(end, least=-12):
    """Round numbers from 0 to at most `end`, and how many decimals they have: at most six steps of 1, 2 or
    5 times a power of ten, from 10**least on."""
    steps = ((factor, power) for power in itertools.count(least) for factor in (1, 2, 5))
    factor, power = next((f, p) for f, p in steps if end <= 6 * f * 10.0**p)
    step = factor * 10.0**power
    return [step * i for i in range(int(end / step * (1 + 1e-12)) + 1)], max(-power, 0)


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


@functools.cache
def letters():
    return json.loads(WIDTHS.read_text(encoding="utf-8"))


def text_width(line, size, bold=False, mono=False):
    if mono:
        return len(line) * MONO_WIDTH * size / EM
    widths = letters()["bold" if bold else "regular"]
    return sum(widths.get(letter, EM) for letter in line) * size / EM


def fitting_size(line, wanted, room, bold=False):
    """`wanted`, or the smaller size at which the text is not wider than `room`."""
    return min(wanted, room / max(text_width(line, 1, bold), 1e-9))


def escaped(text):
    """As it may stand in XML, which knows no control characters, not even escaped ones."""
    return escape(re.sub(r"[\0-\x1f\x7f]", "?", text))


class Canvas:
    """Coordinates are pixels from the upper left corner."""

    def __init__(self, width=WIDTH, height=HEIGHT):
        self.width, self.height = width, height
        self.title_ = ""
        self.description_ = ""
        self.parts_ = []
        self.texts_ = []
        self.boxes_ = [Area(0, 0, width, height)]

    def title(self, text, description):
        """Names the picture; the description says in words what it shows."""
        self.title_, self.description_ = text, description
        self.text(self.width / 2, 54, text, size=32, anchor="middle", bold=True)

    @contextmanager
    def group(self, attributes):
        """What is drawn meanwhile belongs together: a page finds it by these attributes."""
        self.parts_.append(f"<g {attributes}>")
        yield
        self.parts_.append("</g>")

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
                f'<text x="{x:g}" y="{base:g}" font-size="{size:g}"'
                f' text-anchor="{anchor}"{weight}{family} fill="{color}">{escaped(line)}</text>')

    def rectangle(self, x, y, width, height, fill, outline=INK, line=1, round=0):
        corners = f' rx="{round:g}"' if round else ""
        self.parts_.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{corners}'
                           f' fill="{fill}" stroke="{outline}" stroke-width="{line:g}"/>')

    def box(self, x, y, width, height, text="", kind="plain", size=22, bold=False, mono=False):
        """Draws a box with centred text."""
        fill, outline, ink = KINDS[kind]
        self.boxes_.append(Area(x, y, x + width, y + height))
        self.rectangle(x, y, width, height, fill, outline, line=2, round=6)
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

    def inline(self, attributes):
        """The picture as a part of a page, without background and title: the page has them."""
        return (f'<svg {attributes} viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}"'
                f' height="{self.height:g}">{"".join(self.parts_)}</svg>')  # fmt: skip

    def svg(self):
        body = "\n  ".join(self.parts_)
        hatched = "".join(
            f'\n    <pattern id="{name}" width="12" height="12" patternUnits="userSpaceOnUse"'
            f' patternTransform="rotate({angle})"><rect width="12" height="12" fill="#ffffff"/>'
            f'<rect width="4" height="12" fill="{ink}"/></pattern>'
            for name, (angle, ink) in HATCHED.items() if f"url(#{name})" in body or name == "waiting")
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" \
height="{self.height}" font-family="{FONT}" role="img">
  <title>{escaped(self.title_)}</title>
  <desc>{escaped(self.description_)}</desc>
  <defs>
    <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" \
orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="{INK}"/></marker>{hatched}
  </defs>
  <rect width="{self.width}" height="{self.height}" fill="{PAPER}"/>
  {body}
</svg>
"""

    def write(self, path):
        try:
            path.write_text(self.svg(), encoding="utf-8")
        except OSError as error:
            raise NoPicture(f"cannot write {path}: {error.strerror}") from error
