LEFT, RIGHT, AXIS = 230, 1200, 530
TICKS = [(0, "0"), (0.1, "0.1"), (0.2, "0.2"), (5.0, "5.00"), (5.01, "5.01"), (5.02, "5.02")]
# Two pieces of one time axis, with a break between them: (from second, to second, x, width).
BEFORE = (0.0, 0.3, LEFT, 330)
AFTER = (4.98, 5.03, 720, 440)


def x_of(second):
    begin, end, x, width = BEFORE if second <= BEFORE[1] else AFTER
    return x + (second - begin) / (end - begin) * width


def bar(canvas, y, begin, end, kind, text=""):
    canvas.box(x_of(begin), y, x_of(end) - x_of(begin), 54, text, kind=kind, size=20)


def draw(canvas):
    canvas.title("Head-of-line blocking: one slow request, two fast ones",
                 "Client 1 asks for /sleep at 0 s and is served until 5 s. Client 2 asks for /fast "
                 "at 0.1 s and is served from 5.00 s to 5.01 s: it has waited 4.90 s. Client 3 "
                 "asks for /fast at 0.2 s and is served from 5.01 s to 5.02 s: it waited 4.81 s. "
                 "Together they have waited 9.71 s for 0.02 s of service.")
    rows = [("server", 120), ("client 1  /sleep", 240), ("client 2  /fast", 330),
            ("client 3  /fast", 420)]
    for label, y in rows:
        canvas.text(LEFT - 18, y + 34, label, anchor="end", bold=label == "server")

    for second, _ in TICKS:
        canvas.line((x_of(second), 190), (x_of(second), AXIS - 12), dashed=True, color="#b9c2cb",
                    width=1)
    canvas.box(x_of(0), 120, x_of(5.0) - x_of(0), 54, "serves client 1", kind="work", size=20)
    bar(canvas, 120, 5.00, 5.01, "work2", "2")
    bar(canvas, 120, 5.01, 5.02, "work3", "3")

    bar(canvas, 240, 0, 5.00, "work", "served: 5 s")
    bar(canvas, 330, 0.1, 5.00, "wait", "")
    bar(canvas, 330, 5.00, 5.01, "work2")
    bar(canvas, 420, 0.2, 5.01, "wait", "")
    bar(canvas, 420, 5.01, 5.02, "work3")
    for y, text in ((330, "waits 5.00 − 0.10 = 4.90 s"), (420, "waits 5.01 − 0.20 = 4.81 s")):
        canvas.box(470, y + 9, 296, 36, text, kind="plain", size=20)

    canvas.line((LEFT, AXIS), (600, AXIS), color="#1f2a36", width=3)
    canvas.line((600, AXIS), (680, AXIS), color="#1f2a36", dashed=True, width=3)
    canvas.arrow((680, AXIS), (RIGHT, AXIS))
    for second, label in TICKS:
        canvas.line((x_of(second), AXIS - 8), (x_of(second), AXIS + 8), color="#1f2a36", width=3)
        canvas.text(x_of(second), AXIS + 36, label, size=20, anchor="middle")
    canvas.text(RIGHT, AXIS + 36, "s", size=20, anchor="end")
    canvas.text(640, AXIS + 36, "(axis cut)", size=18, anchor="middle", color="#5b6875")

    canvas.text(640, 630, "9.71 s of waiting for 0.02 s of service.", size=26, anchor="middle",
                bold=True)
    canvas.text(640, 668, "The server was never idle. The order alone made the fast clients wait.",
                anchor="middle", color="#5b6875")
