def draw(canvas):
    canvas.title("A mutex and a condition variable: who sleeps where",
                 "A mutex is free, held, or held while other threads sleep at it. lock() makes it "
                 "held; a second lock() puts its thread to sleep at the mutex. unlock() makes it "
                 "free or wakes one sleeper, who tries again. The holder may call wait(): it gives "
                 "the mutex back and falls asleep at the condition variable, in one step. notify "
                 "wakes one or all of them; each must lock the mutex again, and may have to sleep "
                 "at it, before wait() returns. A notify while nobody sleeps there is lost.")

    canvas.frame(40, 90, 1200, 260, "the mutex")
    canvas.box(80, 175, 230, 100, "free", kind="plain", size=26, bold=True)
    canvas.box(500, 175, 250, 100, "held\nby one thread", kind="work", size=24, bold=True)
    canvas.box(950, 175, 250, 100, "held, and others\nsleep at it", kind="blocks", size=24,
               bold=True)
    canvas.arrow((310, 205), (498, 205))
    canvas.text(405, 192, "lock()", anchor="middle", mono=True, size=20)
    canvas.arrow((500, 250), (312, 250))
    canvas.text(405, 282, "unlock()", anchor="middle", mono=True, size=20)
    canvas.arrow((750, 205), (948, 205))
    canvas.text(850, 166, "another thread:", anchor="middle", size=19)
    canvas.text(850, 192, "lock()", anchor="middle", mono=True, size=20)
    canvas.arrow((950, 250), (752, 250))
    canvas.text(850, 282, "unlock()", anchor="middle", mono=True, size=20)
    canvas.text(850, 308, "wakes one sleeper", anchor="middle", size=19)

    canvas.frame(40, 420, 1200, 160, "the condition variable, for instance not_empty_")
    canvas.box(500, 478, 250, 80, "threads sleep\nin wait()", kind="wait", size=22)
    canvas.arrow((580, 275), (580, 476))
    canvas.text(566, 378, "wait(lock)", anchor="end", mono=True, size=20)
    canvas.text(566, 404, "gives the mutex back and sleeps: one step", anchor="end", size=19)
    canvas.arrow((750, 518), (1075, 518), (1075, 277))
    canvas.text(765, 504, "notify_one()", mono=True, size=20)
    canvas.text(765, 548, "one of them;", size=19)
    canvas.text(890, 548, "notify_all()", mono=True, size=20)
    canvas.text(1041, 548, "all", size=19)
    canvas.text(1061, 378, "woken, but not back:", anchor="end", size=19)
    canvas.text(1061, 404, "it has to lock again first", anchor="end", size=19)
    canvas.text(270, 500, "Does nobody sleep here?", anchor="middle", size=20, color="#8f4409")
    canvas.text(270, 526, "Then a notify is lost:", anchor="middle", size=20, color="#8f4409")
    canvas.text(270, 552, "nothing remembers it.", anchor="middle", size=20, color="#8f4409")

    canvas.text(640, 628, "Between the wake-up and the lock, somebody else may have come first.",
                size=24, anchor="middle", bold=True)
    canvas.text(640, 666, "So the thread looks at its condition again: wait(lock, condition) is a "
                "loop.", anchor="middle", color="#5b6875")
