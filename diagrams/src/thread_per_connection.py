ROWS = [("client 1", "/sleep", "sleeps in its handler", "work"),
        ("client 2", "/fast", "writes its answer", "work3"),
        ("client 3", "says nothing", "waits in recv()", "wait")]
TOP, ROW = 200, 106


def draw(canvas):
    canvas.title("A thread per connection",
                 "The acceptor takes a connection from the kernel's queue, makes a session of it, "
                 "starts a thread for the session and goes back to accept. Three sessions exist, "
                 "each with its connection and its own thread: one sleeps in its handler, one "
                 "writes its answer, one waits for a silent client. None of them waits for "
                 "another. Nothing limits the number of sessions.")

    canvas.frame(40, 100, 330, 520, "acceptor: one thread")
    steps = [("1 accept()", "plain", "takes one from the queue"),
             ("2 session", "own", "connection, no thread yet"),
             ("3 start thread", "work", "and back to 1: it waits\nfor no client")]
    for number, (name, kind, note) in enumerate(steps):
        y = 170 + number * 142
        canvas.box(70, y, 270, 62, name, kind=kind, bold=True)
        canvas.text(108, y + 88, note, size=19, color="#5b6875")
        if number:
            canvas.arrow((90, y - 80), (90, y - 2))
    canvas.arrow((70, 485), (54, 485), (54, 200), (68, 200))

    canvas.frame(400, 100, 840, 520, "the list of sessions: each has its own thread")
    for number, (client, asks, does, kind) in enumerate(ROWS):
        y = TOP - 50 + number * ROW
        canvas.box(424, y, 200, 86, kind="own")
        canvas.text(524, y + 36, client, anchor="middle", bold=True)
        canvas.text(524, y + 66, asks, size=20, anchor="middle")
        canvas.arrow((624, y + 43), (678, y + 43))
        canvas.box(680, y, 290, 86, f"thread {number + 1}\n{does}", kind=kind)
        canvas.text(990, y + 36, "2 MB of addresses,", size=20, color="#5b6875")
        canvas.text(990, y + 64, "about 10 kB of memory", size=20, color="#5b6875")
    y = TOP - 50 + 3 * ROW
    canvas.line((524, y + 6), (524, y + 70), dashed=True, width=3)
    canvas.line((825, y + 6), (825, y + 70), dashed=True, width=3)
    canvas.text(560, y + 48, "client n", size=22)
    canvas.text(860, y + 48, "thread n: nothing limits n", size=22, bold=True, color="#8f4409")
    canvas.text(424, y + 120, "A session whose thread has finished is taken out when the next "
                "client comes.", size=20, color="#5b6875")

    canvas.text(640, 668, "No client waits for another. What it costs: a thread for each client, "
                "even for a silent one.", size=24, anchor="middle", bold=True)
