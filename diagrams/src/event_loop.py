STEPS = (  # x, y, step, kind
    (420, 120, "1. a stop was requested?\nbegin_stop()", "plain"),
    (760, 260, "2. resume() all who are ready,\nuntil nobody is", "work"),
    (420, 400, "4. epoll_wait():\nthe thread sleeps", "blocks"),
    (80, 260, "5. wake() whose event or\ntime has come", "own"))
WIDTH, HEIGHT = 330, 90


def draw(canvas):
    canvas.title("The event loop",
                 "A circle of steps. First the loop begins a stop, if one was requested. Second it resumes "
                 "all coroutines that are ready, until nobody is. Third, if the stop has begun and no task "
                 "is left, it returns. Fourth it sleeps in epoll_wait. It wakes when a socket is ready, when "
                 "the earliest deadline has come, or when another thread writes to the eventfd. Fifth it "
                 "makes ready whose event or time has come, and goes round again.")
    for x, y, step, kind in STEPS:
        canvas.box(x, y, WIDTH, HEIGHT, step, kind, size=21)
    canvas.arrow((750, 165), (925, 165), (925, 257))
    canvas.arrow((925, 350), (925, 445), (753, 445))
    canvas.arrow((420, 445), (245, 445), (245, 353))
    canvas.arrow((245, 260), (245, 165), (417, 165))
    canvas.text(945, 400, "3. stopping, and no\ntask left: return", size=20)
    for x, cause in ((80, "a socket is ready:\nbytes, room, a client"), (440, "the earliest deadline\nhas come"),
                     (800, "another thread writes to\nthe eventfd: post(), a stop")):  # fmt: skip
        canvas.box(x, 570, 300, 84, cause, "shared", size=20)
    for begin, end in ((230, 500), (590, 585), (950, 670)):
        canvas.arrow((begin, 570), (end, 494), color="#3f7f4a", dashed=True)
    canvas.text(590, 695, "The thread blocks in one place, and waits there for everybody.", size=24, anchor="middle",
                bold=True)
