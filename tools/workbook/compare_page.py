"""Makes one HTML page of a comparison: everything is in it, and it needs no script.

    tools/workbook compare-page comparison.json TIMELINE.svg... > index.html

comparison.json is what compare_solutions --json writes, the timelines are the pictures of the demo, one
for each server, in the same order. All numbers, names and sentences come from these files. The page fits
a projector of 1280 x 720; a click on a timeline shows it alone.
"""

import argparse
import json
import re
import sys
from html import escape
from pathlib import Path

STYLE = Path(__file__).with_suffix(".css")

# What is plotted: the key in the JSON, the title, the unit (no unit: whole numbers).
PLOTS = [
    ("throughput", "Requests per second", ""),
    ("peak_threads", "Threads, at most", ""),
    ("peak_rss_mib", "Memory, at most", "MiB"),
    ("p50_ms", "p50: half took at most", "ms"),
    ("p90_ms", "p90: 90 % took at most", "ms"),
    ("p99_ms", "p99: 99 % took at most", "ms"),
    ("max_ms", "The slowest took", "ms"),
    ("context_switches", "Context switches", ""),
]

# A plot, in pixels: names on the left, bars, medians on the right.
WIDTH, HEIGHT, TOP, ROW, BAR = 236, 88, 23, 21, 14
BARS_LEFT, BARS_RIGHT = 68, 142


def number(value, unit):
    """1.234 ms becomes "1.23 ms", 12345.6 "12 346": three digits are enough, but no whole one is lost."""
    decimals = 0 if not unit or value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f} {unit}".strip().replace(",", "\u202f")


def text(x, y, words, anchor="start", kind=""):
    mark = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{mark}>{escape(words)}</text>'


def bar(value, largest, middle):
    """A bar of the median; a whisker reaches from the least to the most. They begin at zero."""
    x_of = lambda number: BARS_LEFT + number / largest * (BARS_RIGHT - BARS_LEFT)  # noqa: E731
    least, median, most = (x_of(value[which]) for which in ("least", "median", "most"))
    return (
        f'<rect x="{BARS_LEFT}" y="{middle - BAR / 2:g}" width="{max(median - BARS_LEFT, 1):.1f}" height="{BAR}"/>'
        f'<path class="whisker" d="M{least:.1f},{middle - 4:g}v8m0,-4H{most:.1f}m0,-4v8"/>'
    )


def plot(rows, key, title, unit):
    """Bars of the medians, or "-" without a bar: a server with no success has no times."""
    largest = max((row[key]["most"] for row in rows if row[key]), default=0) or 1
    parts = [text(0, 15, title, kind="title")]
    for place, row in enumerate(rows):
        value, middle = row[key], TOP + ROW * (place + 0.5)
        parts.append(
            f'<g class="server{place + 1}" data-server="{escape(row["server"])}">'
            + text(BARS_LEFT - 6, middle + 5, row["server"], "end")
            + (bar(value, largest, middle) if value else "")
            + text(WIDTH, middle + 5, number(value["median"], unit) if value else "-", "end", "value")
            + "</g>"
        )
    axis = f'<path class="axis" d="M{BARS_LEFT},{TOP}v{ROW * len(rows)}"/>'
    return (
        f'<svg data-plot="{key}" role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}{axis}</svg>'
    )


def how_to_read(repetitions):
    """The place of the ninth plot."""
    y = TOP + ROW / 2
    return (
        f'<svg class="key" role="img" aria-label="How to read the plots" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}">{text(0, 15, "How to read a plot", kind="title")}'
        f'<g class="server2"><rect x="12" y="{y - BAR / 2:g}" width="34" height="{BAR}"/>'
        f'<path class="whisker" d="M34,{y - 4:g}v8m0,-4H62m0,-4v8"/></g>'
        + text(72, y + 5, f"the median of {repetitions} runs,")
        + text(0, y + ROW + 5, "its whisker from least to most.")
        + text(0, y + 2 * ROW + 5, "Each has its own scale, from 0.")
        + "</svg>"
    )


def head_of_line(counts):
    """Who was answered while slow requests were inside: a line for each server."""
    servers = list(dict.fromkeys(count["server"] for count in counts))
    slow = list(dict.fromkeys(count["slow"] for count in counts))
    heading = "".join(f'<th scope="col">{inside}</th>' for inside in slow)
    lines = []
    for server in servers:
        cells = "".join(
            f'<td class="{shade(count)}">{count["answered"]}/{count["fast"]}</td>'
            for count in counts
            if count["server"] == server
        )
        lines.append(f'<tr data-server="{escape(server)}"><th scope="row">{escape(server)}</th>{cells}</tr>')
    return (
        '<table data-plot="head_of_line"><thead><tr><th scope="col">slow requests inside:</th>'
        f"{heading}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def shade(count):
    if count["answered"] == count["fast"]:
        return "all"
    return "some" if count["answered"] else "none"


def sentences(conclusions):
    kind = ' class="long"' if len(conclusions) > 5 else ""
    return f"<ul{kind}>" + "".join(f"<li>{escape(one)}</li>" for one in conclusions) + "</ul>"


def timeline(place, server, svg):
    """The picture of the demo. Its ids get a prefix, for they must be unique in the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#)', rf"\g<1>timeline{place}-", svg)
    return (
        f'<figure id="timeline{place}" data-plot="timeline" data-server="{escape(server)}">'
        f'<a class="open" href="#timeline{place}" title="show it alone"><figcaption>{escape(server)}'
        f'</figcaption><div class="picture">{svg}</div></a><a class="close" href="#">all of it</a></figure>'
    )


def ok(rows):
    asked = sum(sum(row["outcomes"].values()) for row in rows)
    return f"{number(sum(row['outcomes']['ok'] for row in rows), '')} of {number(asked, '')} requests were ok"


def story(svg):
    """What happens in the pictures: their title, without the name of the server."""
    title = re.search(r"<title>(.*?)</title>", svg)
    return title[1].partition(": ")[2] if title else ""


def page(data, pictures):
    rows = data["measured"]
    whose = "the solutions" if data["side"] == "solution" else "your servers"
    parameters = (
        f"{data['clients']} clients x {data['requests_per_client']} requests of {data['path']},"
        f" {data['repetitions']} times in rotated order &middot; {whose}"
    )
    servers = [row["server"] for row in rows]
    timelines = "".join(timeline(place, *each) for place, each in enumerate(zip(servers, pictures), 1))
    plots = "".join(plot(rows, *what) for what in PLOTS) + how_to_read(data["repetitions"])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Three servers, compared</title>
<link rel="icon" href="data:,">
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<header><h1>Three servers, compared</h1><p>{parameters}</p></header>
<main>
<section id="timelines"><h2>{story(pictures[0])}</h2>{timelines}</section>
<section id="counted"><h2>Counted, without a clock: quick requests answered beside slow ones</h2>
<div>{head_of_line(data["head_of_line"])}{sentences(data["head_of_line_conclusions"])}</div></section>
<section id="measured"><h2>Measured on this machine: {ok(rows)}</h2><div>{plots}</div></section>
<section id="conclusions">{sentences(data["measured_conclusions"])}</section>
</main>
</body>
</html>
"""


def read(path):
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        sys.exit(f"compare_page: cannot read {path}: {error.strerror}.")
    except UnicodeDecodeError:
        sys.exit(f"compare_page: {path} is not a text.")


def read_picture(path):
    svg = read(path)
    if "<svg" not in svg:
        sys.exit(f"compare_page: {path} is not a picture of the demo.")
    return svg


def main():
    parser = argparse.ArgumentParser(description="Makes one HTML page of a comparison.")
    parser.add_argument("comparison", type=Path, help="what compare_solutions --json wrote")
    parser.add_argument("timelines", type=Path, nargs="+", help="a picture for each server, in its order")
    options = parser.parse_args()
    pictures = [read_picture(path) for path in options.timelines]
    try:
        data = json.loads(read(options.comparison))
        if len(pictures) != len(data["measured"]):
            sys.exit(f"compare_page: every server needs a timeline; there are {len(pictures)}.")
        made = page(data, pictures)
    except (ValueError, LookupError, TypeError, AttributeError):  # it is empty, broken, or something else
        sys.exit(f"compare_page: {options.comparison} is not what compare_solutions --json writes.")
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(made)
