"""One HTML page of a comparison: everything is in it, and it needs no script.

All numbers, names and sentences come from the data of compare.py. With timelines, the pictures of the demo, one for
each server in the same order, there is one load; a click on a timeline shows it alone. Without them there may be
two loads, one below the other. The page fits a projector of 1280 x 720.
"""

import re
from html import escape
from pathlib import Path

from workbook.canvas import INK, Canvas

STYLE = Path(__file__).with_suffix(".css")

# What is plotted, eight quantities at most: the key in the data, the title, the unit (no unit: whole numbers).
PLOTS = [
    ("throughput", "Requests per second", ""),
    ("cpu_us", "Processor time of one", "µs"),
    ("calls", "System calls of one", "calls"),
    ("peak_threads", "Threads, at most", ""),
    ("peak_rss_mib", "Memory, at most", "MiB"),
    ("p50_ms", "p50: half took at most", "ms"),
    ("p90_ms", "p90: 90 % took at most", "ms"),
    ("p99_ms", "p99: 99 % took at most", "ms"),
    ("max_ms", "The slowest took", "ms"),
    ("context_switches", "Context switches", ""),
]

# A plot, in pixels: names on the left, bars, medians on the right.
WIDTH, HEIGHT, TOP, MOST_ROW = 236, 88, 23, 21
BARS_LEFT, BARS_RIGHT = 68, 142
LIGHTEST, DARKEST = (211, 232, 234), (43, 127, 137)  # in the order of the servers, away from those of threads
WORDS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}


def number(value, unit):
    """1.234 ms becomes "1.23 ms", 12345.6 "12 346": three digits are enough, but no whole one is lost."""
    decimals = 0 if not unit or value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f} {unit}".strip().replace(",", "\u202f")


def bar(canvas, left, median, least, most, middle, place, servers):
    """A bar of the median; a whisker reaches from the least to the most."""
    share = place / max(servers - 1, 1)
    fill = "rgb({})".format(",".join(f"{a + share * (b - a):.0f}" for a, b in zip(LIGHTEST, DARKEST)))
    half = row_height(servers) / 3
    canvas.rectangle(left, middle - half, max(median - left, 1), 2 * half, fill, "#10474f")
    canvas.line((least, middle - 4), (least, middle + 4), (least, middle), (most, middle), (most, middle - 4),
                (most, middle + 4), color=INK, width=1.5)  # fmt: skip


def row_height(servers):
    return min(MOST_ROW, (HEIGHT - TOP) / servers)


def letters(servers):
    """(size of the text in a row, how far below the middle of the row its line is)"""
    return (14, 5) if row_height(servers) > 15 else (12, 4)


def plot(rows, key, title, unit):
    """Bars of the medians, or "-" without a bar: a server with no success has no times."""
    largest = max((row[key]["most"] for row in rows if row[key]), default=0) or 1
    x_of = lambda value: BARS_LEFT + value / largest * (BARS_RIGHT - BARS_LEFT)  # noqa: E731
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.text(0, 15, title, 15, bold=True)
    height = row_height(len(rows))
    size, below = letters(len(rows))
    for place, row in enumerate(rows):
        value, middle = row[key], TOP + height * (place + 0.5)
        with canvas.group(f'class="server{place + 1}" data-server="{escape(row["server"])}"'):
            canvas.text(BARS_LEFT - 6, middle + below, row["server"], size, "end")
            if value:
                ends = (x_of(value[which]) for which in ("median", "least", "most"))
                bar(canvas, BARS_LEFT, *ends, middle, place, len(rows))
            with canvas.group('class="value"'):
                told = number(value["median"], unit) if value else "-"
                canvas.text(WIDTH, middle + below, told, size, "end", bold=True)
    canvas.line((BARS_LEFT, TOP), (BARS_LEFT, TOP + height * len(rows)), color=INK, width=1)
    return canvas.inline(f'data-plot="{key}" role="img" aria-label="{escape(title)}"')


def how_to_read(repetitions):
    """The place of the ninth plot."""
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.text(0, 15, "How to read a plot", 15, bold=True)
    bar(canvas, 12, 46, 34, 62, TOP + MOST_ROW / 2, 1, 3)
    for line, words in enumerate((f"the median of {repetitions} runs,", "its whisker from least to most.",
                                  "Each has its own scale, from 0.")):  # fmt: skip
        canvas.text(0 if line else 72, TOP + MOST_ROW * (line + 0.5) + 5, words, 14)
    return canvas.inline('class="key" role="img" aria-label="How to read the plots"')


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
    svg = re.sub(r'(\bid="|url\(#)', rf"\g<1>timeline{place}-", svg[svg.index("<svg") :])
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


def measured(part):
    """The plots of one load."""
    plots = "".join(plot(part["rows"], *what) for what in PLOTS if what[0] in part["quantities"])
    key = how_to_read(part["rows"][0]["repetitions"])
    return f'<section class="measured"><h2>Measured on this machine: {ok(part["rows"])}</h2><div>{plots}{key}</div></section>'


def concluded(part):
    return f'<section class="conclusions">{sentences(part["conclusions"])}</section>'


def with_timelines(data, pictures):
    """Timelines on the left; on the right what was counted, and the one load."""
    (part,) = data["parts"]
    servers = [row["server"] for row in part["rows"]]
    timelines = "".join(timeline(place, *each) for place, each in enumerate(zip(servers, pictures), 1))
    return f"""<section id="timelines"><h2>{story(pictures[0])}</h2>{timelines}</section>
<section id="counted"><h2>Counted, without a clock: quick requests answered beside slow ones</h2>
<div>{head_of_line(data["head_of_line"])}{sentences(data["head_of_line_conclusions"])}</div></section>
{measured(part)}
{concluded(part)}"""


def by_loads(parts):
    """A row for each load: what it is, its conclusions, and its plots."""
    told = lambda part: f'<h2>{escape(part["title"])}</h2>{sentences(part["conclusions"])}'  # noqa: E731
    return "\n".join(f'<section class="load">{told(part)}</section>\n{measured(part)}' for part in parts)


def page(data, pictures):
    parts = data["parts"]
    whose = "the solutions" if data["side"] == "solution" else "your servers"
    servers = len(parts[0]["rows"])
    title = f"{WORDS.get(servers, servers)} servers, compared"
    parameters = f"{escape(parts[0]['title'])} &middot; {whose}" if pictures else whose
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body style="--servers: {max(servers, 3)}">
<header><h1>{title}</h1><p>{parameters}</p></header>
<main class="{"with-timelines" if pictures else "by-loads"}">
{with_timelines(data, pictures) if pictures else by_loads(parts)}
</main>
</body>
</html>
"""
