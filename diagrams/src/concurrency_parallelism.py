COLORS = {"A": "work", "B": "work2", "C": "work3"}
LEFT = 210  # where time begins


def lane(canvas, y, label, pieces):
    """One row of a timeline; a piece is (begin, end, task), a task in lower case waits."""
    canvas.text(LEFT - 16, y + 29, label, size=20, anchor="end")
    for begin, end, task in pieces:
        kind = COLORS[task] if task in COLORS else "wait"
        text = task if task in COLORS else "waits"
        canvas.box(LEFT + begin, y, end - begin, 42, text, kind=kind, size=20, bold=task in COLORS)


def draw(canvas):
    canvas.title("In progress together, or running together",
                 "Three timelines. First: one core runs pieces of A, B and C in turn; all three "
                 "are in progress, one runs. Second: three cores run A, B and C at one instant. "
                 "Third: one core starts three requests that only wait; all are done after one "
                 "waiting time, because waiting takes no core.")

    canvas.text(40, 108, "Concurrency on one core: three tasks in progress, one runs at a time",
                bold=True)
    order = "ABACBACBC"
    lane(canvas, 124, "core 1", [(n * 108, n * 108 + 108, task) for n, task in enumerate(order)])

    canvas.text(40, 226, "Parallelism: three cores, three tasks run at the same instant", bold=True)
    for number, task in enumerate("ABC"):
        lane(canvas, 242 + number * 52, f"core {number + 1}", [(0, 324, task)])
    canvas.text(LEFT + 350, 272, "The same work: 9 pieces. Done after a third\nof the time, "
                "if there are three cores\nand the tasks need nothing from each other.", size=20,
                color="#5b6875")

    canvas.text(40, 450, "Waiting takes no core: three sleeping requests, one core", bold=True)
    for number, task in enumerate("ABC"):
        begin = number * 54
        lane(canvas, 466 + number * 52, f"request {task}",
             [(begin, begin + 54, task), (begin + 54, begin + 594, "w"),
              (begin + 594, begin + 648, task)])
    canvas.text(LEFT + 790, 496, "The waits overlap,\nwhatever the number\nof cores.", size=20,
                color="#5b6875")
    canvas.arrow((LEFT, 654), (1190, 654))
    canvas.text(1190, 684, "time", size=20, anchor="end")
