LEFT, HEIGHT = 210, 56
LANES = [("run_clients", 116), ("client 1", 206), ("client 2", 286), ("client 3", 366)]
CLOCK, OPEN, LAST = 550, 710, 1090
SPANS = [
    (LEFT, 535, 0, "own", "starts the clients"), (CLOCK, 695, 0, "work2", "begin=now()"),
    (OPEN, 835, 0, "shared", "opens start"), (850, LAST, 0, "wait", "joins all of them"),
    (290, OPEN, 1, "wait", "start.wait()"), (OPEN, 860, 1, "work", "asks"), (860, 1010, 1, "work", "asks"),
    (380, OPEN, 2, "wait", "start.wait()"), (OPEN, 910, 2, "work", "asks"), (910, LAST, 2, "work", "asks"),
    (470, OPEN, 3, "wait", "start.wait()"), (OPEN, 840, 3, "work", "asks"), (840, 970, 3, "work", "asks"),
]
NOTES = [(40, "not measured", "threads are started, one\nafter the other; nobody asks"),
         (450, "begin", "read when the last thread\nexists, written before start opens"),
         (860, "wall time", "from begin to the end of the\nlast join; every answer is in it")]


def draw(canvas):
    canvas.title("The start of a load: nobody begins before all are there",
                 "Time goes to the right. run_clients starts three clients, one after the other. Each waits at the "
                 "latch named start. When the last thread exists, run_clients reads the clock into begin and then "
                 "opens the latch. Now all three ask at the same time, two requests each, and run_clients joins "
                 "them. The measured time goes from begin to the end of client 2, which finishes last.")
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 36, label, anchor="end", bold=True)
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    for x in (CLOCK, OPEN, LAST):
        canvas.line((x, 100), (x, 446), dashed=True, color="#b9c2cb", width=1)
    for begin, end, lane, kind, text in SPANS:
        canvas.box(begin, LANES[lane][1], end - begin, HEIGHT, text, kind=kind, size=19)
    canvas.arrow((CLOCK, 480), (LAST, 480))
    canvas.text((CLOCK + LAST) / 2, 510, "this is measured", size=20, anchor="middle")
    canvas.line((40, 540), (1240, 540))
    for x, name, what in NOTES:
        canvas.box(x, 560, 380, 116, kind="frame")
        canvas.text(x + 190, 594, name, anchor="middle", bold=True)
        canvas.text(x + 190, 628, what, size=19, anchor="middle")
