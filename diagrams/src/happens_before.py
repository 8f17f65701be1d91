LEFT, HEIGHT = 210, 74
ACCEPTOR, THREAD = 124, 290
BOXES = [(230, 170, ACCEPTOR, "fills the\nsession", "work3"),
         (430, 170, ACCEPTOR, "starts the\nthread", "work3"),
         (865, 180, ACCEPTOR, "reads finished:\ntrue", "work3"),
         (1075, 165, ACCEPTOR, "joins, destroys\nthe session", "work3"),
         (535, 180, THREAD, "uses the\nsession", "work"),
         (750, 170, THREAD, "finished\n= true", "work"),
         (955, 110, THREAD, "ends", "work")]
MAKES_AN_ARROW = [("in one thread", "from each line to the next"),
                  ("start", "from starting a thread to its first line"),
                  ("atomic", "from a store to a load that reads its value"),
                  ("join", "from a thread's last line to the return of join")]


def draw(canvas):
    canvas.title("Happens before: follow the arrows",
                 "Time goes to the right. The acceptor fills a session and starts its thread: an "
                 "arrow leads to the first line of the thread, which uses the session. The thread "
                 "stores true in the atomic variable finished; when the acceptor reads that true, "
                 "an arrow leads from the store to the read. The thread ends, and an arrow leads "
                 "from its end to the return of join; then the acceptor destroys the session. What "
                 "is connected by a path of arrows is ordered. Below, two threads change a plain "
                 "variable and no arrow leads from one to the other: that is a data race.")
    for label, y in (("acceptor", ACCEPTOR), ("the client's\nthread", THREAD)):
        lines = label.count("\n")
        canvas.text(LEFT - 20, y + 45 - 14 * lines, label, anchor="end", bold=True)
    for x, width, y, text, kind in BOXES:
        canvas.box(x, y, width, HEIGHT, text, kind=kind, size=20)

    middle = HEIGHT / 2
    canvas.arrow((400, ACCEPTOR + middle), (428, ACCEPTOR + middle))
    canvas.arrow((600, ACCEPTOR + middle), (863, ACCEPTOR + middle))
    canvas.arrow((1045, ACCEPTOR + middle), (1073, ACCEPTOR + middle))
    canvas.arrow((715, THREAD + middle), (748, THREAD + middle))
    canvas.arrow((920, THREAD + middle), (953, THREAD + middle))
    canvas.arrow((540, ACCEPTOR + HEIGHT), (600, THREAD - 2))
    canvas.arrow((850, THREAD), (925, ACCEPTOR + HEIGHT + 2))
    canvas.arrow((1030, THREAD), (1125, ACCEPTOR + HEIGHT + 2))
    canvas.text(556, 250, "start", anchor="end", size=20, bold=True)
    canvas.text(872, 250, "atomic", anchor="end", size=20, bold=True)
    canvas.text(1092, 264, "join", size=20, bold=True)

    canvas.frame(40, 410, 690, 200, "What makes an arrow")
    for number, (name, what) in enumerate(MAKES_AN_ARROW):
        y = 480 + number * 36
        canvas.text(64, y, name, size=20, bold=True)
        canvas.text(244, y, what, size=20)

    canvas.frame(760, 410, 480, 200, "No arrow: a data race")
    canvas.text(900, 490, "thread 1", size=20, anchor="end")
    canvas.box(920, 458, 200, 48, "value_ += d;", kind="blocks", mono=True, size=20)
    canvas.text(900, 560, "thread 2", size=20, anchor="end")
    canvas.box(920, 528, 200, 48, "value_ += d;", kind="blocks", mono=True, size=20)

    canvas.text(640, 662, "A path of arrows leads from A to B: A happens before B, and B sees what A "
                "wrote.", size=24, anchor="middle", bold=True)
