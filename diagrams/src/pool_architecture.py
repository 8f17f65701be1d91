WORKERS = [("worker 1", "client 1  /sleep", "work"), ("worker 2", "client 2  /fast", "work3"),
           ("worker 3", "client 3 says nothing", "wait"), ("worker 4", "client 4  /sleep", "work")]
QUEUE = ["client 5", "client 6", "client 7", "", "", "… 100"]


def draw(canvas):
    canvas.title("A pool of four workers behind a bounded queue",
                 "New connections lie in the kernel's backlog. One acceptor thread takes them and "
                 "hands each to the pool as a job. Jobs wait in a queue with room for 100. Four "
                 "workers take the oldest job each time they are free; one worker sleeps in a "
                 "handler, one writes an answer, one waits for a silent client, one sleeps. "
                 "Clients 5, 6 and 7 wait. When the queue is full, the acceptor answers 503 and "
                 "Retry-After, or it waits, and the kernel's backlog becomes the queue.")

    canvas.frame(40, 100, 210, 420, "the kernel")
    canvas.box(64, 160, 162, 62, "client 9", kind="plain")
    canvas.box(64, 238, 162, 62, "client 8", kind="plain")
    canvas.text(145, 340, "its backlog:", size=19, anchor="middle", color="#5b6875")
    canvas.text(145, 366, "connected, and", size=19, anchor="middle", color="#5b6875")
    canvas.text(145, 392, "not yet accepted", size=19, anchor="middle", color="#5b6875")
    canvas.arrow((226, 269), (294, 269))

    canvas.frame(296, 100, 258, 420, "acceptor: 1 thread")
    canvas.box(324, 160, 202, 56, "accept()", kind="plain")
    canvas.box(324, 241, 202, 56, "makes a job", kind="own")
    canvas.box(324, 322, 202, 56, "try_execute()", kind="plain")
    canvas.arrow((425, 216), (425, 239))
    canvas.arrow((425, 297), (425, 320))
    canvas.text(425, 414, "and back to accept():", size=19, anchor="middle", color="#5b6875")
    canvas.text(425, 440, "it serves nobody", size=19, anchor="middle", color="#5b6875")
    canvas.arrow((526, 350), (598, 350))

    canvas.frame(600, 100, 230, 420, "queue of 100")
    for number, client in enumerate(QUEUE):
        canvas.box(634, 150 + number * 50, 162, 50, client, size=20,
                   kind="own" if client.startswith("client") else "plain")
    canvas.text(715, 480, "oldest first", size=19, anchor="middle", color="#5b6875")
    canvas.text(715, 506, "bounded_channel<job>", size=18, anchor="middle", color="#5b6875")

    canvas.frame(900, 100, 340, 420, "workers: 4 threads")
    for number, (name, does, kind) in enumerate(WORKERS):
        y = 150 + number * 90
        canvas.box(924, y, 292, 76, f"{name}\n{does}", kind=kind, size=20)
        canvas.arrow((830, 175), (866, 175), (866, y + 38), (922, y + 38))

    canvas.arrow((425, 522), (425, 566))
    canvas.box(300, 568, 530, 62, "full?  reject: 503 and Retry-After, at once\n"
               "wait: accept nobody, the backlog becomes the queue", kind="blocks", size=19)
    canvas.text(1070, 590, "A worker whose client says", size=20, anchor="middle")
    canvas.text(1070, 616, "nothing is taken all the same.", size=20, anchor="middle")

    canvas.text(640, 682, "At most 4 clients are served and 100 wait, however many come.", size=24,
                anchor="middle", bold=True)
