LEFT = 250


def lane(canvas, y, label, pieces):
    """One row; a piece is (begin, end, text, kind)."""
    canvas.text(LEFT - 20, y + 34, label, size=20, anchor="end")
    for begin, end, text, kind in pieces:
        canvas.box(LEFT + begin, y, end - begin, 52, text, kind=kind, size=20)


def draw(canvas):
    canvas.title("Two numbers in every answer",
                 "Above, one thread: client B arrives while the server serves A. B waits until the "
                 "server starts with it, and then for its own service. Below, a thread for each "
                 "client: a second thread starts with B at once. B's service takes as long as "
                 "before; only its wait is gone.")
    canvas.text(40, 116, "One thread: A decides how long B waits", bold=True)
    lane(canvas, 136, "the only thread", [(0, 560, "serves A", "work"), (560, 760, "serves B", "work2")])
    lane(canvas, 202, "client A", [(0, 560, "service", "work")])
    lane(canvas, 268, "client B", [(140, 560, "waits for the start", "wait"), (560, 760, "service", "work2")])

    canvas.line((40, 356), (1240, 356))
    canvas.text(40, 396, "A thread for each client: B's wait is gone, its service is not shorter",
                bold=True)
    lane(canvas, 416, "thread 1", [(0, 560, "serves A", "work")])
    lane(canvas, 482, "thread 2", [(140, 340, "serves B", "work2")])
    lane(canvas, 548, "client B", [(140, 340, "service", "work2")])

    canvas.line((LEFT + 140, 124), (LEFT + 140, 334), dashed=True, color="#b9c2cb")
    canvas.line((LEFT + 140, 410), (LEFT + 140, 624), dashed=True, color="#b9c2cb")
    canvas.text(LEFT + 140, 646, "B arrives", size=20, anchor="middle")
    canvas.arrow((LEFT, 670), (1200, 670))
    canvas.text(1200, 700, "time", size=20, anchor="end")
    canvas.text(LEFT + 380, 520, "the second number is as long as before", size=20,
                color="#5b6875")
    canvas.text(LEFT + 790, 300, "two numbers", size=20, color="#5b6875")
