"""Charts for a projector, drawn on the canvas of the diagrams: values over time, and bars."""

import os

from workbook.diagrams import HEIGHT, INK, MUTED, WIDTH, Canvas

COLORS = ("#2f6db5", "#c05f14", "#3f7f4a")
LEFT = 100  # pixels of a chart that belong to the numbers at its left


def ticks(highest):
    """Round numbers from 0 to at least `highest`: three to six of them."""
    if highest <= 0:
        return [0, 1]
    step = 1e-12
    while step * 5 < highest:
        step *= 2.5 if f"{step:e}"[0] == "2" else 2
    return [step * i for i in range(int(highest / step + 0.999999) + 1)]


def label(value):
    return f"{round(value, 6):,g}".replace(",", " ") if value < 999_999 else f"{value / 1e6:g} M"


def over_time(canvas, x, y, width, height, caption, times, series):
    """One chart with a line for each of `series`, {name: values}; (x, y) is its upper left corner."""
    canvas.text(x, y + 22, caption, size=22, bold=True)
    left, top = x + LEFT, y + 44
    right, bottom = x + width, y + height - 34
    rows = ticks(max(max(values) for values in series.values()))
    columns = [time for time in ticks(times[-1]) if time <= times[-1]]
    place = lambda t, v: (left + t / (times[-1] or 1) * (right - left),  # noqa: E731
                          bottom - v / rows[-1] * (bottom - top))
    for value in rows:
        _, at = place(0, value)
        canvas.line((left, at), (right, at), color="#d5dae0")
        canvas.text(left - 10, at + 7, label(value), size=20, anchor="end", color=MUTED)
    for time in columns:
        canvas.text(place(time, 0)[0], bottom + 26, f"{time:g} s", size=20, anchor="middle", color=MUTED)
    for number, (name, values) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        canvas.line(*(place(t, v) for t, v in zip(times, values)), color=color, width=4)
        if len(series) > 1:
            canvas.text(left + 14, top + 22 + 26 * number, name, size=20, bold=True, color=color)


def bars(canvas, rows, decimals):
    """A bar for each of `rows`, (name, (lowest, median, highest), number of its colour)."""
    left, right, top = 430, WIDTH - 190, 110
    across = ticks(max(high for _, (_, _, high), _ in rows))
    pitch = min((HEIGHT - top - 70) / len(rows), 130)
    bottom = top + pitch * len(rows)
    place = lambda value: left + value / across[-1] * (right - left)  # noqa: E731
    for value in across:
        canvas.line((place(value), top), (place(value), bottom), color="#d5dae0")
        canvas.text(place(value), bottom + 28, label(value), size=20, anchor="middle", color=MUTED)
    for number, (name, (low, median, high), color) in enumerate(rows):
        middle = top + pitch * (number + 0.5)
        half = 0.36 * pitch
        canvas.text(left - 16, middle + 8, name, size=22, anchor="end")
        canvas.parts_.append(
            f'<rect x="{left}" y="{middle - half:g}" width="{place(median) - left:g}"'
            f' height="{2 * half:g}" fill="{COLORS[color % len(COLORS)]}"/>')
        canvas.line((place(low), middle), (place(high), middle), color=INK, width=3)
        canvas.text(place(high) + 12, middle + 8, f"{median:.{decimals}f}", size=22, bold=True)


class NoPicture(Exception):
    """Why there is none, in one sentence."""


def need_folder(folder):
    """Makes it. Call it before what is to be drawn is measured: a long run should not be in vain."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoPicture(f"cannot make the folder {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NoPicture(f"cannot write into the folder {folder}")


def write(canvas, path):
    try:
        path.write_text(canvas.svg(), encoding="utf-8")
    except OSError as error:
        raise NoPicture(f"cannot write {path}: {error.strerror}") from error


def picture(title, subtitle, description):
    canvas = Canvas()
    canvas.title(title, description)
    canvas.text(WIDTH / 2, 88, subtitle, size=22, anchor="middle", color=MUTED)
    return canvas
