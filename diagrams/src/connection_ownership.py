LANES = [("the kernel's queue", 110), ("acceptor: run(), admit()", 205),
         ("session in the list", 300), ("serve_connection()", 395)]
LEFT, HEIGHT = 330, 58
MARKS = [(440, "accept()\nreturns it"), (590, "emplace_back:\nmoved in"),
         (740, "start_thread"), (890, "moved into\nthe call"), (1100, "closed")]


def draw(canvas):
    canvas.title("One connection, one owner at a time",
                 "Time goes to the right. The connection is first in the kernel's queue. accept() "
                 "returns it to the acceptor, which moves it into a session of its list; then a "
                 "thread is started for the session; the thread moves the connection into "
                 "serve_connection, and it is closed when that call ends, however it ends. Then "
                 "the connection is counted out, the session is marked finished, and the acceptor "
                 "joins the thread and destroys the session. If there is no thread to start, the session "
                 "still owns the connection, and the client gets a 503.")
    for label, y in LANES:
        canvas.text(LEFT - 20, y + 37, label, size=20, anchor="end")
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)
    for x, text in MARKS:
        canvas.line((x, 96), (x, 480), dashed=True, color="#b9c2cb", width=1)
        canvas.text(x, 500, text, size=19, anchor="middle")

    spans = [(LEFT, 440, 0, "shared", "waits"), (440, 590, 1, "work", "owns"),
             (590, 890, 2, "work", "owns, with or without thread"),
             (890, 1100, 3, "work", "owns")]
    for begin, end, lane, kind, text in spans:
        canvas.box(begin, LANES[lane][1], end - begin, HEIGHT, text, kind=kind, size=20)
    canvas.box(890, LANES[2][1], 330, HEIGHT, "empty, until its thread is joined", kind="wait",
               size=19)

    canvas.line((40, 556), (1240, 556))
    canvas.text(40, 590, "at the end", size=20, bold=True)
    ends = ["connection\nclosed", "counted out:\nactive - 1", "finished\n= true",
            "joined, session\ndestroyed"]
    for number, text in enumerate(ends):
        x = 170 + number * 190
        canvas.box(x, 574, 160, 62, text, kind="own" if number < 3 else "shared", size=18)
        if number:
            canvas.arrow((x - 30, 605), (x - 2, 605))
    canvas.text(40, 680, "in this row: blue on the session's own thread, green on the acceptor's",
                size=18, color="#5b6875")
    canvas.box(926, 574, 314, 112, "No thread available?\nThe session still owns it:\n"
               "503 through refused_connections", kind="blocks", size=18)
