WORKERS = ((70, "worker 1", ("16", "8", "4"), "splits 4"), (690, "worker 2", (), "has nothing to do"))


def draw(canvas):
    canvas.title("Work stealing",
                 "Two workers, each with a deque, and an inbox for jobs from outside. Worker 1 has split "
                 "32 into 16 and 16, then 16 into 8 and 8, then 8 into 4 and 4, and works on 4. In its "
                 "deque lie 16, the oldest, 8, and 4, the newest. Worker 1 puts in and takes out at the "
                 "newest end. Worker 2 has an empty deque, and steals 16 at the oldest end. A thread "
                 "from outside puts its job into the inbox, from which any worker takes the oldest.")
    for x, name, jobs, does in WORKERS:
        canvas.frame(x, 110, 520, 330, f"the deque of {name}")
        canvas.text(x + 50, 190, "oldest", size=20, color="#5b6875")
        canvas.text(x + 470, 190, "newest", size=20, anchor="end", color="#5b6875")
        for place in range(4):
            job = jobs[place] if place < len(jobs) else ""
            canvas.box(x + 50 + 105 * place, 205, 95, 90, job, "own" if job else "plain", size=28, bold=True)
        canvas.box(x + 150, 355, 320, 60, f"{name} {does}", "work" if jobs else "wait", size=22)
    canvas.arrow((378, 355), (378, 300))
    canvas.text(394, 334, "puts in, takes out", size=20)
    canvas.arrow((840, 390), (625, 390), (625, 480), (40, 480), (40, 250), (116, 250), color="#c05f14")
    canvas.text(330, 508, "steals the oldest: half of all the work", size=22, anchor="middle", color="#c05f14")
    canvas.frame(330, 540, 620, 140, "the inbox")
    for place, job in enumerate(("a", "b", "c")):
        canvas.box(360 + 105 * place, 590, 95, 66, job, "shared", size=26)
    canvas.text(690, 616, "from outside; any worker\ntakes the oldest", size=20)
    canvas.box(1010, 580, 220, 70, "another thread")
    canvas.arrow((1010, 615), (952, 615))
