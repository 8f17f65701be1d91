LANES = [("client", 130), ("kernel", 290), ("server", 510)]
LEFT = 150


def call(canvas, x, width, lane, text):
    y = LANES[lane][1]
    canvas.box(x, y, width, 56, text, kind="work" if lane == 2 else "work3", mono=True, size=18)


def draw(canvas):
    canvas.title("A connection, call by call",
                 "Time goes to the right, in three rows: the client's calls, what the kernel does, "
                 "and the server's calls. The server calls socket, bind and listen. The client "
                 "calls connect, and the kernel does the handshake: the connection is complete "
                 "and waits in the listener's queue. The client sends twice and closes; the kernel "
                 "keeps the nine bytes and the end of the stream. Only then the server calls "
                 "accept, which takes the connection out of the queue and returns a descriptor. "
                 "recv returns the bytes, and the next recv returns 0, the end.")
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 36, label, anchor="end", bold=True)
    canvas.line((LEFT, 240), (1240, 240), color="#d5dae0", width=1)
    canvas.line((LEFT, 460), (1240, 460), color="#d5dae0", width=1)

    call(canvas, LEFT, 160, 2, "bind, listen")
    call(canvas, 330, 130, 0, "connect")
    call(canvas, 500, 110, 0, "send 4")
    call(canvas, 620, 110, 0, "send 5")
    call(canvas, 740, 100, 0, "close")
    call(canvas, 860, 110, 2, "accept")
    call(canvas, 990, 100, 2, "recv")
    call(canvas, 1110, 110, 2, "recv")

    canvas.box(LEFT, 276, 160, 80, "listens: its\nqueue is empty", kind="shared", size=18)
    canvas.box(330, 276, 150, 80, "handshake,\nthen queued", kind="shared", size=18)
    canvas.box(500, 276, 340, 80, "keeps GET /fast and the end,\nfor a connection in the queue",
               kind="shared", size=18)
    canvas.box(860, 276, 110, 80, "out of\nthe queue", kind="shared", size=18)
    canvas.box(990, 276, 100, 80, "9 bytes", kind="shared", size=18)
    canvas.box(1110, 276, 110, 80, "the end", kind="shared", size=18)

    canvas.arrow((230, 510), (230, 358))
    canvas.arrow((395, 186), (395, 274))
    for x in (555, 675, 790):
        canvas.arrow((x, 186), (x, 274))
    for x in (915, 1040, 1165):
        canvas.arrow((x, 356), (x, 508))
    for x, text in ((915, "a new\ndescriptor"), (1040, "returns 9"), (1165, "returns 0")):
        canvas.text(x, 596, text, size=20, anchor="middle")
    canvas.text(400, 400, "complete, and the server", size=20, color="#8f4409")
    canvas.text(400, 428, "has not called accept yet", size=20, color="#8f4409")
    canvas.text(640, 680, "The kernel has dealt with the client long before the server calls accept.",
                size=24, anchor="middle", bold=True)
