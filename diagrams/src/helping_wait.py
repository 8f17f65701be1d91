# What stands on the stack of the only worker: (level, from, to, words, kind). Time in pixels.
FRAMES = ((0, 150, 1210, "job A: makes B and C, waits", "work"),
          (1, 350, 1110, "wait() of A's group", "own"),
          (2, 380, 560, "job C", "work2"),
          (2, 590, 1080, "job B: makes D, waits", "work3"),
          (3, 740, 1040, "wait() of B's group", "own"),
          (4, 780, 1000, "job D", "work2"))
LABELS = ((150, "B, C lie\nin the deque"), (380, "takes C,\nthe newest"), (590, "takes B"), (780, "takes D"))


def draw(canvas):
    canvas.title("A wait that helps, on one worker",
                 "Time goes to the right; downwards is the stack of the only worker. Job A makes B and C "
                 "and waits. Its wait takes C, the newest, and does it, then takes B. B makes D and "
                 "waits, and B's wait does D. Then B's wait returns, B ends, A's wait returns, and A "
                 "ends. The thread was never blocked.")
    for x, words in LABELS:
        canvas.text(x, 130, words, size=20)
    for level, begin, end, words, kind in FRAMES:
        canvas.box(begin, 180 + 84 * level, end - begin, 66, words, kind)
    canvas.text(40, 220, "stack", size=22, bold=True)
    canvas.arrow((70, 240), (70, 580))
    canvas.arrow((150, 630), (1210, 630))
    canvas.text(680, 665, "time", anchor="middle", size=22, bold=True)
