LEFT, HEIGHT, WIDTH = 210, 84, 120
LANES = [("thread 1", 140), ("value_", 290), ("thread 2", 440)]
STEPS = [(250, 0, "reads 5", "work"), (390, 2, "reads 5", "work2"), (530, 2, "adds: 6", "work2"),
         (670, 2, "writes 6", "work2"), (810, 0, "adds: 6", "work"), (950, 0, "writes 6", "work")]
CONTENTS = [(LEFT, 730, "5", "own"), (730, 1010, "6", "own"), (1010, 1240, "6, not 7", "blocks")]


def draw(canvas):
    canvas.title("Two came, one was counted",
                 "Time goes to the right. Thread 1 reads 5 from the variable value_. Before it "
                 "goes on, thread 2 reads 5 as well, adds one and writes 6. Then thread 1 adds one "
                 "to the 5 that it has read, and writes 6 over the 6. The variable should be 7.")
    for label, y in LANES:
        canvas.text(LEFT - 30, y + 50, label, anchor="end", bold=True)
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    top, memory, bottom = (y for _, y in LANES)
    for begin, end, text, kind in CONTENTS:
        canvas.box(begin, memory, end - begin, HEIGHT, text, kind=kind, bold=True)
    for x, lane, text, kind in STEPS:
        canvas.box(x, LANES[lane][1], WIDTH, HEIGHT, text, kind=kind)
        middle = x + WIDTH / 2
        # From the edge of the variable to the edge of the step, and back.
        near, far = (memory, top + HEIGHT) if lane == 0 else (memory + HEIGHT, bottom)
        gap = 2 if near < far else -2
        if text.startswith("reads"):
            canvas.arrow((middle, near), (middle, far - gap))
        if text.startswith("writes"):
            canvas.arrow((middle, far), (middle, near + gap))
    canvas.text(640, 620, "The second write does not know of the first: thread 1 adds to what it read "
                "before.", size=24, anchor="middle", bold=True)
