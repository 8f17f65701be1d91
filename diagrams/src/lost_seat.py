LEFT = 210


def draw(canvas):
    canvas.title("The same seat, sold twice",
                 "Time goes to the right. Seats is 1. Both threads look before either of them "
                 "takes: both see 1. Then the first takes a seat and 0 are left, and the second "
                 "takes one and -1 are left. Each look and each step down is atomic; between the "
                 "look and the step of one thread there is room for the other.")
    for label, y in (("first thread", 150), ("second thread", 290), ("seats", 450)):
        canvas.text(LEFT - 20, y + 40, label, anchor="end", bold=True)
        canvas.line((LEFT, y + 33), (1240, y + 33), color="#d5dae0", width=1)

    canvas.box(230, 150, 200, 66, "looks: 1 > 0", kind="work", size=20)
    canvas.box(440, 290, 200, 66, "looks: 1 > 0", kind="work3", size=20)
    canvas.box(790, 150, 150, 66, "--seats", kind="work", mono=True, size=20)
    canvas.box(1010, 290, 150, 66, "--seats", kind="work3", mono=True, size=20)
    canvas.box(430, 150, 250, 66, "decided, not done", kind="wait", size=20)
    canvas.box(640, 290, 40, 66, kind="wait")

    canvas.box(LEFT, 450, 865 - LEFT, 66, "1", kind="shared")
    canvas.box(865, 450, 220, 66, "0", kind="shared")
    canvas.box(1085, 450, 155, 66, "-1", kind="blocks", bold=True)
    canvas.line((700, 120), (700, 420), dashed=True, color="#c05f14")
    canvas.text(700, 110, "both have looked", size=20, anchor="middle", color="#8f4409", bold=True)
    canvas.arrow((865, 216), (865, 448))
    canvas.arrow((1085, 356), (1085, 448))
    canvas.arrow((LEFT, 580), (1240, 580))
    canvas.text(1240, 612, "time", size=20, anchor="end")
    canvas.text(640, 676, "Each step is atomic. The decision, made of two steps, is not.", size=24,
                anchor="middle", bold=True)
