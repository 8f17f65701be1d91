LEFT, HEIGHT = 210, 62
LANES = [("acceptor", 120), ("queue", 210), ("worker 1", 300), ("worker 2", 390)]
STOP, CLOSE, END = 400, 450, 1060
SPANS = [
    (LEFT, STOP, 0, "work", "accepts"), (CLOSE, END, 0, "wait", "joins worker 1, then worker 2"),
    (LEFT, CLOSE, 1, "own", "jobs 3 4 5"), (CLOSE, 540, 1, "blocks", "3 4 5"),
    (540, 640, 1, "blocks", "4 5"), (640, 740, 1, "blocks", "5"), (740, END, 1, "plain", "empty"),
    (LEFT, 540, 2, "work2", "job 1"), (540, 740, 2, "work2", "job 3"),
    (740, END, 2, "work2", "job 5"), (LEFT, 640, 3, "work3", "job 2"),
    (640, 880, 3, "work3", "job 4"),
]
STEPS = [("1 close()", "nothing gets in any more:\nsend() answers closed"),
         ("2 drain", "accepted means it will run:\nreceive() goes on giving"),
         ("3 the end", "closed and empty: receive()\nreturns nothing, work() ends"),
         ("4 join", "the destructor returns when\nthe last thread has ended")]


def draw(canvas):
    canvas.title("Shutting down a pool: close, drain, join",
                 "Time goes to the right. A stop is requested; the acceptor leaves accept() and "
                 "destroys the pool. That closes the queue, which holds jobs 3, 4 and 5: nothing "
                 "gets in any more. The two workers finish jobs 1 and 2 and then take 3, 4 and 5. "
                 "When the queue is closed and empty, receive() returns nothing and a worker ends: "
                 "worker 2 after job 4, worker 1 after job 5. The acceptor joins both, and then "
                 "run() returns.")
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 39, label, anchor="end", bold=True)
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    for x in (STOP, CLOSE, 880, END):
        canvas.line((x, 100), (x, 466), dashed=True, color="#b9c2cb", width=1)
    for begin, end, lane, kind, text in SPANS:
        canvas.box(begin, LANES[lane][1], end - begin, HEIGHT, text, kind=kind, size=20)
    canvas.text(STOP - 6, 490, "stop", size=19, anchor="end")
    canvas.text(CLOSE - 4, 490, "close()", size=19)
    canvas.text(880, 490, "worker 2 ends", size=19, anchor="middle")
    canvas.text(END, 490, "worker 1 ends,", size=19, anchor="middle")
    canvas.text(END, 514, "run() returns", size=19, anchor="middle")

    canvas.line((40, 540), (1240, 540))
    for number, (name, what) in enumerate(STEPS):
        x = 40 + number * 305
        canvas.box(x, 560, 285, 116, kind="frame")
        canvas.text(x + 142, 594, name, anchor="middle", bold=True)
        canvas.text(x + 142, 628, what, size=19, anchor="middle")
