LEFT, MAIN, HELPER = 190, 170, 400
HEIGHT = 70


def draw(canvas):
    canvas.title("A second thread, from its start to its end",
                 "Time goes to the right. The main thread sets answer to 0 and starts the helper. "
                 "From then on both run, and nothing orders what the one does against what the "
                 "other does: their two lines can come in either order. join() makes main wait "
                 "until the helper has ended. Everything that the helper did comes before "
                 "everything that main does after join(): there main reads 42.")
    for label, y in (("main thread", MAIN), ("helper", HELPER)):
        canvas.text(LEFT - 18, y + 42, label, anchor="end", bold=True)
        canvas.line((LEFT, y + HEIGHT / 2), (1240, y + HEIGHT / 2), color="#d5dae0", width=1)

    canvas.box(LEFT, MAIN, 170, HEIGHT, "answer = 0", kind="work", mono=True, size=20)
    canvas.box(430, MAIN, 200, HEIGHT, "prints its line", kind="work", size=20)
    canvas.box(630, MAIN, 270, HEIGHT, "join(): waits", kind="wait", size=20)
    canvas.box(960, MAIN, 250, HEIGHT, "reads answer: 42", kind="work", size=20)

    canvas.box(470, HELPER, 190, HEIGHT, "prints its line", kind="work3", size=20)
    canvas.box(660, HELPER, 190, HEIGHT, "answer = 42", kind="work3", mono=True, size=20)

    canvas.arrow((360, MAIN + 35), (400, MAIN + 35), (400, HELPER + 35), (468, HELPER + 35))
    canvas.text(386, 340, "std::jthread", size=20, anchor="end", mono=True)
    canvas.text(386, 366, "starts it", size=20, anchor="end")
    canvas.arrow((850, HELPER + 35), (930, HELPER + 35), (930, MAIN + 35), (958, MAIN + 35))
    canvas.text(946, 340, "its end: join() returns,", size=20)
    canvas.text(946, 366, "and main sees all it did", size=20)

    canvas.line((415, 120), (415, 520), dashed=True, color="#c05f14")
    canvas.line((915, 120), (915, 520), dashed=True, color="#c05f14")
    canvas.text(665, 142, "no order between the two", size=20, anchor="middle", color="#8f4409",
                bold=True)
    canvas.text(665, 545, "either line can come first", size=20, anchor="middle", color="#8f4409")
    canvas.text(LEFT, 545, "before the helper", size=20, color="#5b6875")
    canvas.text(1210, 545, "after the helper", size=20, anchor="end", color="#5b6875")
    canvas.arrow((LEFT, 600), (1210, 600))
    canvas.text(1210, 632, "time", size=20, anchor="end")
    canvas.text(640, 680, "The start and the join are ordered. Between them, nothing is.", size=24,
                anchor="middle", bold=True)
