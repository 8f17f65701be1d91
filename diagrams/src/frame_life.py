STATES = ((60, "made", "no line has run;\nholds the parameters", "plain"),
          (360, "running", "on the stack of\nwho resumed it", "work"),
          (660, "suspended", "waits; the loop\nknows its handle", "own"),
          (960, "ended", "locals are gone,\nthe result is there", "shared"))
WIDTH = 230


def draw(canvas):
    canvas.title("The life of a frame",
                 "A frame is made by the call, and no line has run. When somebody awaits the task it runs, on "
                 "the stack of who resumes it. When it awaits something that has not come, it is suspended; "
                 "the loop resumes it later, and this may happen many times. When it has run over its last "
                 "line it has ended, and the frame still stands with its result. From made, suspended and "
                 "ended, the destructor of its task may destroy it; never while it runs.")
    for x, state, what, kind in STATES:
        canvas.box(x, 250, WIDTH, 80, state, kind, size=26, bold=True)
        canvas.text(x + WIDTH / 2, 362, what, size=19, anchor="middle")
    canvas.arrow((290, 290), (357, 290))
    canvas.text(323, 232, "is awaited", size=19, anchor="middle")
    canvas.arrow((590, 275), (657, 275))
    canvas.text(625, 232, "co_await", size=19, anchor="middle")
    canvas.arrow((660, 310), (593, 310))
    canvas.text(625, 435, "the loop\nresumes it", size=19, anchor="middle", color="#2f6db5")
    canvas.line((625, 412), (625, 318), color="#2f6db5", dashed=True)
    canvas.arrow((475, 250), (475, 160), (1075, 160), (1075, 247))
    canvas.text(775, 145, "the last line: at_end() puts who awaits it into the ready queue", size=20, anchor="middle")
    canvas.box(360, 540, 530, 80, "destroyed: by the destructor of its task", "blocks", size=22)
    canvas.arrow((175, 412), (175, 580), (357, 580), color="#c05f14", dashed=True)
    canvas.arrow((775, 412), (775, 537), color="#c05f14", dashed=True)
    canvas.arrow((1075, 412), (1075, 580), (893, 580), color="#c05f14", dashed=True)
    canvas.text(640, 680, "Destroyed at any pause, never while it runs. A handle owns nothing.", size=24,
                anchor="middle", bold=True)
