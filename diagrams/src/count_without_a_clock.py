LEFT, HEIGHT = 210, 54
LANES = [("you", 116), ("acceptor", 216), ("worker 1", 296), ("worker 2", 376)]
FIRST, SECOND, COUNT, RELEASE = 510, 880, 1000, 1110
SPANS = [
    (LEFT, 344, 0, "own", "send 1 slow"), (344, FIRST, 0, "wait", "others.wait()"),
    (FIRST, 650, 0, "own", "send 6 quick"), (650, SECOND, 0, "wait", "others.wait()"),
    (SECOND, COUNT, 0, "work2", "count: 6"), (COUNT, RELEASE, 0, "shared", "release"),
    (LEFT, 250, 1, "wait", ""), (250, 270, 1, "work3", ""), (270, 530, 1, "wait", "waits in accept()"),
    (530, 650, 1, "work3", "6 clients"), (650, RELEASE, 1, "wait", "waits in accept()"),
    (LEFT, 280, 2, "wait", ""), (280, RELEASE, 2, "blocks", "/sleep, held at a latch"),
    (LEFT, 560, 3, "wait", "waits for a job"),
    *((560 + 40 * i, 600 + 40 * i, 3, "work", str(i + 1)) for i in range(6)),
    (800, RELEASE, 3, "wait", "waits for a job"),
]


def draw(canvas):
    canvas.title("A count without a clock: a pool of two, one slow request",
                 "Time goes to the right. You send one slow request, which is held inside worker 1, and wait until "
                 "all threads of the server stand still. You send six quick requests. The acceptor takes them, and "
                 "worker 2 answers them one after the other. Then the acceptor waits for a connection, worker 1 at "
                 "the latch, and worker 2 for a job, all without a time limit: the second standstill. No answer can "
                 "come any more, so you count: six. Then the slow request is released.")
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 35, label, anchor="end", bold=True)
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    for x in (FIRST, SECOND):
        canvas.line((x, 96), (x, 480), dashed=True, color="#1f2a36")
    for begin, end, lane, kind, text in SPANS:
        canvas.box(begin, LANES[lane][1], end - begin, HEIGHT, text, kind=kind, size=19)
    for x, text in ((FIRST, "standstill:\nthe slow one is inside"), (SECOND, "standstill:\nno answer will come")):
        canvas.text(x, 510, text, size=20, anchor="middle")
    canvas.text(640, 620, "When every thread waits without a time limit, the count is final.", size=26,
                anchor="middle", bold=True)
    canvas.text(640, 658, "It does not depend on how fast anything runs.", anchor="middle", color="#5b6875")
