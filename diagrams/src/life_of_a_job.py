LEFT, HEIGHT = 330, 46
LANES = [("acceptor: admit()", 130), ("queue of the pool", 190), ("worker: run()", 250),
         ("variable of the acceptor", 372), ("session", 432), ("serve_connection()", 492)]
MARKS = [(420, "accept()\nreturns"), (540, "session\nand job\nmade"), (660, "accepted"),
         (850, "receive()"), (940, "client\nmoved out"), (1110, "closed"), (1180, "job\ngone")]
SPANS = [(540, 660, 0, "work2", "has it"), (660, 850, 1, "own", "waits"),
         (850, 1180, 2, "work2", "does it, then destroys it"),
         (420, 540, 3, "work", "owns"), (540, 940, 4, "work", "owns; job and acceptor share it"),
         (940, 1110, 5, "work", "owns")]


def draw(canvas):
    canvas.title("The life of a job, and of the connection in it",
                 "Time goes to the right. accept() returns a connection; the acceptor moves it "
                 "into a session and makes a job that shares the session. try_execute moves the "
                 "job into the queue, where it waits until a worker receives it. The worker runs "
                 "it: the connection is moved out of the session into serve_connection, which "
                 "closes it. Then the worker destroys the job. If the queue is full the job is "
                 "destroyed without having run; the acceptor still shares the session and answers "
                 "503.")
    canvas.text(40, 108, "who has the job", bold=True, size=20)
    canvas.text(40, 350, "who owns the connection", bold=True, size=20)
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 31, label, size=20, anchor="end")
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    for x, text in MARKS:
        canvas.line((x, 100), (x, 548), dashed=True, color="#b9c2cb", width=1)
        canvas.text(x, 568, text, size=18, anchor="middle")
    for begin, end, lane, kind, text in SPANS:
        canvas.box(begin, LANES[lane][1], end - begin, HEIGHT, text, kind=kind, size=19)
    canvas.box(40, 562, 330, 120, "full or closed?\nThe job dies without having run.\n"
               "The acceptor still shares the session:\n503 through refused_connections",
               kind="blocks", size=17)
    canvas.text(805, 650, "Job and connection are moved, never copied:\nthe last owner ends them.",
                size=24, anchor="middle", bold=True)
