"""Charts for a projector, drawn on the canvas: values over time, and bars."""

from workbook.canvas import COLORS, GRID, HEIGHT, INK, MUTED, WIDTH, Canvas, ticks

LEFT = 100  # pixels of a chart that belong to the numbers at its left


def scale(highest):
    """Ticks that reach at least to `highest`."""
    values, _ = ticks(highest or 1)
    return values if values[-1] >= highest else [*values, values[-1] + values[1]]


def label(value):
    return f"{round(value, 6):,g}".replace(",", " ") if value < 999_999 else f"{value / 1e6:g} M"


def picture(title, subtitle):
    canvas = Canvas()
    canvas.title(title, f"{title}. {subtitle}")
    canvas.text(WIDTH / 2, 88, subtitle, size=22, anchor="middle", color=MUTED)
    return canvas


def over_time(canvas, x, y, width, height, caption, times, series):
    """One chart with a line for each of `series`, {name: values}; (x, y) is its upper left corner."""
    canvas.text(x, y + 22, caption, size=22, bold=True)
    left, top = x + LEFT, y + 44
    right, bottom = x + width, y + height - 34
    rows = scale(max(max(values) for values in series.values()))
    place = lambda t, v: (left + t / (times[-1] or 1) * (right - left),  # noqa: E731
                          bottom - v / rows[-1] * (bottom - top))
    for value in rows:
        _, at = place(0, value)
        canvas.line((left, at), (right, at), color=GRID)
        canvas.text(left - 10, at + 7, label(value), size=20, anchor="end", color=MUTED)
    for time in ticks(times[-1])[0]:
        canvas.text(place(time, 0)[0], bottom + 26, f"{time:g} s", size=20, anchor="middle", color=MUTED)
    for number, (name, values) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        canvas.line(*(place(t, v) for t, v in zip(times, values)), color=color, width=4)
        if len(series) > 1:
            canvas.text(left + 14, top + 22 + 26 * number, name, size=20, bold=True, color=color)


def bars(canvas, rows, decimals):
    """A bar for each of `rows`, (name, (lowest, median, highest), number of its colour)."""
    left, right, top = 430, WIDTH - 190, 110
    across = scale(max(high for _, (_, _, high), _ in rows))
    pitch = min((HEIGHT - top - 70) / len(rows), 130)
    bottom = top + pitch * len(rows)
    place = lambda value: left + value / across[-1] * (right - left)  # noqa: E731
    for value in across:
        canvas.line((place(value), top), (place(value), bottom), color=GRID)
        canvas.text(place(value), bottom + 28, label(value), size=20, anchor="middle", color=MUTED)
    for number, (name, (low, median, high), color) in enumerate(rows):
        middle = top + pitch * (number + 0.5)
        half = 0.36 * pitch
        canvas.text(left - 16, middle + 8, name, size=22, anchor="end")
        canvas.rectangle(left, middle - half, place(median) - left, 2 * half, COLORS[color % len(COLORS)], "none")
        canvas.line((place(low), middle), (place(high), middle), color=INK, width=3)
        canvas.text(place(high) + 12, middle + 8, f"{median:.{decimals}f}", size=22, bold=True)
