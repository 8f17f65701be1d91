SIDES = ((80, "who wants to sleep", ("++asleep_", "looks for work:\nthere is none", "sleeps")),
         (760, "who brings work", ("puts the job\ninto a deque", "looks at asleep_", "wakes one,\nif anybody is there")))
STEPS = (("1. writes", "work2"), ("2. then reads", "own"), ("3. acts", "plain"))


def draw(canvas):
    canvas.title("Write your own, then read the other's",
                 "Two columns with three steps each. Who wants to sleep first raises asleep_, then looks "
                 "for work, then sleeps. Who brings work first puts the job into a deque, then looks at "
                 "asleep_, then wakes one. Each reads what the other has written: the look for work "
                 "reads what the job's putting in has written, the look at asleep_ reads what the "
                 "announcement has written. Whichever of the four steps comes last is a read or comes "
                 "before one, so one of the two sees the other. The sleeper holds the mutex from its "
                 "first to its last step.")
    for x, name, steps in SIDES:
        canvas.text(x + 220, 130, name, anchor="middle", bold=True, size=26)
        for number, ((label, kind), step) in enumerate(zip(STEPS, steps)):
            y = 160 + 150 * number
            canvas.text(x, y + 55, label, size=20)
            canvas.box(x + 140, y, 300, 95, step, kind)
            if number:
                canvas.arrow((x + 290, y - 53), (x + 290, y - 4))
    canvas.arrow((900, 207), (524, 350), color="#8a3ea3", dashed=True)
    canvas.arrow((524, 207), (896, 350), color="#8a3ea3", dashed=True)
    canvas.text(710, 185, "is read by\nthe other", size=20, anchor="middle", color="#8a3ea3")
    canvas.line((60, 160), (50, 160), (50, 555), (60, 555), color="#3f7f4a", width=3)
    canvas.text(80, 600, "holds the mutex; the sleep gives it back", size=20, color="#3f7f4a")
    canvas.text(900, 600, "takes the mutex for step 3", size=20, color="#3f7f4a")
    canvas.text(640, 670, "Whoever comes second sees the first: nobody sleeps beside a job.", size=24, anchor="middle",
                bold=True)
