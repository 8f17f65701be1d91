"""Who waited and who was served when: a timeline, as text for 80 columns and as a picture.

Times are seconds since its beginning. Work is drawn over waiting, so that it stays visible where it is short.
"""

from dataclasses import dataclass, field

from workbook.canvas import COLORS, GRID, INK, WIDTH, Canvas, fitting_size, ticks

COLUMNS = 80
LONGEST_LABEL, GAP = 20, 2

# The kinds of segments in the order in which they are drawn: (sign, words, colour). "waiting": nobody works
# for the client; "queued": likewise, in the server's own queue; "working": a thread of the server works for it;
# "own": a worker does a job of its own deque; "stolen": one of another worker's.
KINDS = {
    "waiting": (".", "waiting", "url(#waiting)"),
    "queued": (":", "queued", "url(#queued)"),
    "sending": ("-", "sending its request", "#f0cf6b"),
    "working": ("#", "working", ""),  # each thread has its own colour
    "rejected": ("x", "rejected", "#d0202f"),
    "own": ("a", "own job", ""),
    "stolen": ("A", "stolen job", ""),
}


@dataclass(frozen=True)
class Segment:
    kind: str
    begin: float
    end: float
    thread: int = 0  # the thread that works, or whose job it is, counted from 1; 0: unknown
    name: str = ""  # of a job: its letter, in the place of the kind's sign

    def sign(self):
        return self.name or KINDS[self.kind][0]


@dataclass
class Row:
    """What happened to one client, or what one worker did."""

    label: str
    segments: list
    said: str = ""  # stands beside it; without it, how long the client waited

    def waited(self):
        """How long, the time in the server's queue included."""
        return sum(s.end - s.begin for s in self.segments if s.kind in ("waiting", "queued"))

    def outcome(self):
        """"waited 1.90 s", or "rejected after 0.00 s"."""
        if self.said:
            return self.said
        for segment in self.segments:
            if segment.kind == "rejected":
                return f"rejected after {segment.end - segment.begin:.2f} s"
        return f"waited {self.waited():.2f} s"

    def note(self):
        threads = "".join(f", thread {s.thread}" for s in self.segments if s.thread)
        return self.said or self.outcome() + threads

    def in_drawing_order(self):
        return sorted(self.segments, key=lambda segment: list(KINDS).index(segment.kind))


@dataclass
class Timeline:
    title: str = ""
    rows: list = field(default_factory=list)
    length: float = 0  # the axis reaches at least so far: gives several timelines one scale

    def end(self):
        """Where the axis ends."""
        return max([self.length, 0.001, *(segment.end for row in self.rows for segment in row.segments)])

    def kinds(self):
        """Those that occur: only they are explained."""
        found = {segment.kind for row in self.rows for segment in row.segments}
        return [kind for kind in KINDS if kind in found]

    def axis(self):
        """(time, label) of each mark."""
        values, decimals = ticks(self.end(), least=-3)
        return [(value, f"{value:.{decimals}f}") for value in values]


def to_text(*timelines):
    """For each timeline its title and a line for each row, then one axis for all, and a legend.

    Every segment has at least one column; long labels are cut. All is ASCII.
    """
    rows = [row for timeline in timelines for row in timeline.rows]
    left = max((len(row.label[:LONGEST_LABEL]) for row in rows), default=0) + GAP
    # The last number of the axis and its " s" may reach over the end of the bars, into the notes.
    width = COLUMNS - left - GAP - min(max([8, *(len(row.note()) for row in rows)]), 36)
    all_of_them = Timeline("", rows, max(timeline.end() for timeline in timelines))
    column = lambda time: int(time / all_of_them.end() * width + 0.5)  # noqa: E731
    lines = []
    for timeline in timelines:
        lines += [timeline.title[:COLUMNS]] * bool(timeline.title)
        lines += [f"{row.label[:LONGEST_LABEL]:{left}}{bar(row, column, width)}{'':{GAP}}{row.note()}"[:COLUMNS]
                  for row in timeline.rows]  # fmt: skip
    marks, numbers = ["-"] * (width + 1), ""
    for time, label in all_of_them.axis():
        marks[column(time)] = "+"
        begin = max(column(time) - len(label) // 2, 0)
        if begin > len(numbers) or begin == 0:
            numbers = f"{numbers:{begin}}{label}"
    words = "   ".join(f"{KINDS[kind][0]} {KINDS[kind][1]}" for kind in all_of_them.kinds())
    lines += [" " * left + "".join(marks), " " * left + numbers + " s", " " * min(left, COLUMNS - len(words)) + words]
    return "\n".join(lines) + "\n"


def bar(row, column, width):
    """Its segments as signs; `column` says where a time is."""
    signs = [" "] * width
    for segment in row.in_drawing_order():
        begin = min(column(segment.begin), width - 1)
        stop = min(max(column(segment.end), begin + 1), width)
        signs[begin:stop] = segment.sign() * (stop - begin)
    return "".join(signs)


# The picture: labels on the left, bars in the middle, notes on the right; axis and legend below.
MARGIN, LEFT, RIGHT, TOP, AXIS, LEGEND = 30, 330, 940, 110, 560, 640
NARROWEST = 5
STOLEN_LINE = 4  # pixels of the edge of a stolen job
MOST_THREADS = 10  # in the legend


def color(thread):
    return COLORS[(thread - 1) % len(COLORS)]


def draw(timeline):
    """The colour of a working segment tells its thread. Readable on a projector with up to about 15 rows."""
    canvas = Canvas()
    canvas.title_ = timeline.title
    canvas.description_ = " ".join(f"{row.label} {row.outcome()}." for row in timeline.rows)
    # The groups are named for pages that show the picture small, without its title and legend.
    with canvas.group('class="title"'):
        size = fitting_size(timeline.title, 34, WIDTH - 2 * MARGIN, bold=True)
        canvas.text(WIDTH / 2, 60, timeline.title, size, "middle", bold=True)
    x_of = lambda time: LEFT + time / timeline.end() * (RIGHT - LEFT)  # noqa: E731
    for time, label in timeline.axis():
        canvas.line((x_of(time), TOP - 10), (x_of(time), AXIS), color=GRID)
        canvas.text(x_of(time), AXIS + 34, label, anchor="middle")
    canvas.line((LEFT, AXIS), (RIGHT, AXIS), color=INK)
    canvas.text(RIGHT + 48, AXIS + 8, "seconds")  # clear of a number at the end of the axis
    height = min(130, (AXIS - TOP) / max(len(timeline.rows), 1))
    for number, row in enumerate(timeline.rows):
        draw_row(canvas, row, x_of, TOP + height * (number + 0.5), height / 2)
    with canvas.group('class="legend"'):
        draw_legend(canvas, timeline)
    return canvas


def draw_row(canvas, row, x_of, middle, height):
    size = min(22, 0.8 * height)
    label_size = fitting_size(row.label, size, LEFT - MARGIN - 20)
    canvas.text(LEFT - 20, middle + 0.35 * label_size, row.label, label_size, "end")
    note_size = fitting_size(row.outcome(), size, WIDTH - MARGIN - RIGHT - 24, bold=True)
    canvas.text(RIGHT + 24, middle + 0.35 * size, row.outcome(), note_size, bold=True)
    for segment in row.in_drawing_order():
        x = min(x_of(segment.begin), RIGHT - NARROWEST)
        width = max(x_of(segment.end) - x, NARROWEST)
        line = STOLEN_LINE if segment.kind == "stolen" else 1
        canvas.rectangle(x, middle - height / 2, width, height, KINDS[segment.kind][2] or color(segment.thread), line=line)
        who, who_size = segment.name or f"thread {segment.thread}", min(20, 0.6 * height)
        if segment.thread and width > 0.7 * who_size * len(who):
            canvas.text(x + width / 2, middle + 0.35 * who_size, who, who_size, "middle", color="#ffffff")


def draw_legend(canvas, timeline):
    entries = [(KINDS[kind][1], KINDS[kind][2]) for kind in timeline.kinds() if KINDS[kind][2]]
    threads = sorted({s.thread for row in timeline.rows for s in row.segments if not KINDS[s.kind][2]})
    whose = "job of worker" if "own" in timeline.kinds() else "thread"
    entries += [(f"{whose} {thread}" if thread else "working", color(thread)) for thread in threads[:MOST_THREADS]]
    if len(threads) > MOST_THREADS:
        entries.append(("more threads, same colours", "none"))
    x, y = MARGIN, LEGEND
    if "stolen" in timeline.kinds():
        entries.append(("stolen: thick edge, capital letter", "none"))
    for words, paint in entries:  # side by side, and below when the line is full
        needed = 60 + 14 * len(words)
        if x + needed > WIDTH - MARGIN:
            x, y = MARGIN, y + 34
        canvas.rectangle(x, y - 18, 26, 20, paint, line=STOLEN_LINE if words.startswith("stolen") else 1)
        canvas.text(x + 36, y, words)
        x += needed
