#!/usr/bin/env python3
"""The timeline of the demo, as text and as a picture, and the axis that all pictures share."""

import sys
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import canvas, plot, tree  # noqa: E402
from workbook.timeline import KINDS, Row, Segment, Timeline, draw, to_text  # noqa: E402

ONE_BEHIND_THE_OTHER = Timeline("one thread", [
    Row("client 1", [Segment("working", 0, 2, 1)]),
    Row("client 2", [Segment("waiting", 0.1, 2), Segment("working", 2, 2.001, 1)]),
], 2)  # fmt: skip
ITS_TEXT = """\
one thread
client 1  #############################################  waited 0.00 s, thread 1
client 2    ..........................................#  waited 1.90 s, thread 1
          +----------+----------+-----------+----------+
          0.0       0.5        1.0         1.5        2.0 s
          . waiting   # working
"""
TWO_QUEUES = Timeline("", [
    Row("a", [Segment("waiting", 0, 1), Segment("queued", 1, 2), Segment("working", 2, 4, 1)]),
    Row("b", [Segment("rejected", 0, 0.02)]),
])  # fmt: skip
THEIR_TEXT = """\
a  .............:::::::::::::##########################  waited 2.00 s, thread 1
b  x                                                     rejected after 0.02 s
   +------------+------------+------------+------------+
   0            1            2            3            4 s
   . waiting   : queued   # working   x rejected
"""
# The end of an axis in seconds, its marks.
AXES = {
    0.001: "0.000 0.001",
    2: "0.0 0.5 1.0 1.5 2.0",
    5: "0 1 2 3 4 5",
    5.02: "0 1 2 3 4 5",
    4.3: "0 1 2 3 4",
    3600: "0 1000 2000 3000",
}


def same(what, found, expected):
    return [] if found == expected else [f"{what} is not {expected!r}, but {found!r}"]


def has(text, part, times):
    """The part is there so many times."""
    return [] if text.count(part) == times else [f"{part!r} is there {text.count(part)} times, not {times}: {text}"]


def check_text():
    """Waiting and work, the server's queue and the kernel's; only what occurs is explained."""
    problems = same("one behind the other", to_text(ONE_BEHIND_THE_OTHER), ITS_TEXT)
    problems += same("two queues", to_text(TWO_QUEUES), THEIR_TEXT)
    sends = to_text(Timeline("", [Row("slow", [Segment("sending", 0, 1)])]))
    problems += has(sends, "- sending its request\n", 1) + has(sends, "working", 0)
    day = 24 * 3600
    short = Row("a", [Segment("working", 0, 1e-6), Segment("working", day - 1e-6, day), Segment("waiting", 1e-6, day)])
    problems += has(to_text(Timeline("", [short])).splitlines()[0], "#", 2)
    return problems + has(to_text(Timeline()), "#", 0)


def check_columns():
    """No line is wider than 80 columns, however long the names, the times and the legend are."""
    name = 100 * "x"
    pictures = [
        Timeline(name, [Row(name, [Segment("waiting", 0, length), Segment("working", length, length, 12345)]),
                        Row("short", [Segment("sending", 0, length)])])
        for length in (0, 0.001, 0.007, 1, 59, 3600, 1e6)
    ]  # fmt: skip
    pictures.append(Timeline("", [Row(name, [Segment(kind, 0, 1) for kind in KINDS if kind not in ("own", "stolen")])]))
    texts = [to_text(picture) for picture in pictures]
    wide = [f"a line has {len(line)} columns: {line}" for text in texts for line in text.splitlines() if len(line) > 80]
    return wide + has(texts[-1], "x rejected\n", 1)


def check_axis():
    """Marks are 1, 2 or 5 times a power of ten apart, three to seven of them; charts reach their highest value."""
    problems = []
    for end, marks in AXES.items():
        shown = " ".join(label for _, label in Timeline(length=end).axis())
        problems += same(f"the axis of {end} s", shown, marks)
    for highest, top in ((0, 1), (0.3, 0.3), (7, 8), (1234, 1500), (1e7, 1e7)):
        problems += same(f"the top of a chart of {highest}", round(plot.scale(highest)[-1], 9), top)
    return problems


def check_picture():
    """Bars to scale from pixel 330 to 940, each thread once in the legend, and nothing that XML does not know."""
    half = draw(Timeline("", [Row("a", [Segment("waiting", 0, 0.5), Segment("working", 0.5, 1, 2)])], 1)).svg()
    problems = has(half, 'x="330" y="142.5" width="305" height="65" fill="url(#waiting)"', 1)
    problems += has(half, 'x="635" y="142.5" width="305" height="65" fill="#c05f14"', 1)
    problems += has(half, ">waited 0.50 s</text>", 1)
    queues = draw(TWO_QUEUES).svg()
    problems += has(queues, 'fill="url(#queued)"', 2) + has(queues, ">rejected after 0.02 s</text>", 1)
    hostile = draw(Timeline('<script>&"', [Row("a\x01<b>", [])], 1)).svg()
    problems += has(hostile, "<script", 0) + has(hostile, '&lt;script&gt;&amp;"', 2)
    problems += has(hostile, ">a?&lt;b&gt;</text>", 1)
    rows = [Row("row", [Segment("working", 0, 0.001, n), Segment("working", 0.002, 0.003, n)]) for n in range(1, 13)]
    threads = draw(Timeline("", rows, 1)).svg()
    problems += has(threads, ">thread 10</text>", 1) + has(threads, ">thread 11</text>", 0)
    problems += has(threads, ">more threads, same colours</text>", 1)
    for svg in (half, queues, hostile, threads):
        xml.etree.ElementTree.fromstring(svg.encode())
    for picture in (ONE_BEHIND_THE_OTHER, TWO_QUEUES):
        problems += draw(picture).problems()
    if canvas.text_width(100 * "W", canvas.fitting_size(100 * "W", 34, 500)) > 500.001:
        problems.append("a long text is not made to fit")
    return problems


def main():
    problems = check_text() + check_columns() + check_axis() + check_picture()
    tree.report("timelines", problems, "texts, axes and pictures")


if __name__ == "__main__":
    main()
