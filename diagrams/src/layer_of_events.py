SOURCES = [("calls of pthread,\nfutex and sleep", "pthread_*, syscall, nanosleep"),
           ("system calls\non sockets", "accept, recv, send, close"),
           ("atomics\nand plain memory", "__tsan_atomic*, __tsan_read*")]
READERS = [("thread_probes", "counts, holds, refuses", "own"),
           ("io_probes", "counts, caps, fails", "own"),
           ("explorer", "decides who goes on", "work2"),
           ("hang report", "who waits for whom", "shared")]
EVENTS, READING = 300, 440
# Which source tells which reader.
LINES = [(0, 0), (1, 1), (0, 2), (2, 2), (0, 3)]


def draw(canvas):
    canvas.title("The layer of events: what a test learns of unmodified code",
                 "Code under test, on top, is not changed. Three kinds of calls leave it: calls of pthread, futex "
                 "and sleep; system calls on sockets; and, where it is compiled with -fsanitize=thread, a call at "
                 "each access to an atomic or to plain memory. The test program has functions of its own with these "
                 "names. They tell the readers below: thread_probes and the explorer and the hang report learn of "
                 "pthread calls, io_probes of system calls, and the explorer of memory. Under an exploration a "
                 "thread's calls go to the explorer alone.")
    canvas.frame(40, 84, 1200, 80, "code under test, unchanged")
    for index, (what, names) in enumerate(SOURCES):
        x = 80 + 390 * index
        canvas.box(x, 200, 340, 76, what, size=20)
        canvas.text(x + 170, EVENTS, names, size=17, anchor="middle", mono=True)
        canvas.arrow((x + 170, 164), (x + 170, 198))
    for index, (name, does, kind) in enumerate(READERS):
        x = 60 + 295 * index
        canvas.box(x, READING, 265, 60, name, kind=kind, bold=True)
        canvas.text(x + 132, READING + 92, does, size=19, anchor="middle")
    for source, reader in LINES:
        canvas.arrow((80 + 390 * source + 170, EVENTS + 14), (60 + 295 * reader + 132, READING - 2))
    canvas.text(640, 620, "The test program's own functions stand in front of the libraries'.", size=26,
                anchor="middle", bold=True)
    canvas.text(640, 658, "A gate needs none of this: the test's own handler or job waits for the test.",
                anchor="middle", color="#5b6875")
