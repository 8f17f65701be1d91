STEPS = [  # step, call, kind, may it wait, who suffers
    ("1 accept", "accept()", "plain", "until a client\ncomes", "nobody: there is\nnobody to serve"),
    ("2 read", "recv()", "blocks", "until the head\nis complete",
     "the whole queue;\nthe client decides"),
    ("3 parse", "parse_request()", "plain", "never", "nobody"),
    ("4 handle", "your handler", "blocks", "as long as your\ncode takes",
     "the whole queue;\nyou decide"),
    ("5 write", "send()", "blocks", "when the client\ndoes not read",
     "the whole queue;\nthe client decides"),
    ("6 close", "drain, close()", "blocks", "briefly: drain,\nwith a limit",
     "the whole queue,\na little"),
]
STEP_WIDTH, GAP, LEFT = 166, 20, 150


def draw(canvas):
    canvas.title("The accept loop: one connection at a time",
                 "A loop of six steps: accept, read, parse, handle, write, close, and back to "
                 "accept. Accept may wait but hurts nobody. Read and write wait for the client, "
                 "handle waits for your own code; while one of them waits, every other client "
                 "waits too. Parsing does not wait, closing waits briefly.")
    for number, (step, call, kind, waits, suffers) in enumerate(STEPS):
        x = LEFT + number * (STEP_WIDTH + GAP)
        middle = x + STEP_WIDTH / 2
        canvas.box(x, 170, STEP_WIDTH, 110, kind=kind)
        canvas.text(middle, 216, step, size=26, anchor="middle", bold=True)
        canvas.text(middle, 252, call, size=19, anchor="middle", color="#5b6875")
        if number:
            canvas.arrow((x - GAP, 225), (x - 1, 225))
        canvas.text(middle, 420, waits, size=20, anchor="middle")
        canvas.text(middle, 545, suffers, size=20, anchor="middle",
                    color="#8f4409" if kind == "blocks" else "#1f2a36")

    first, last = LEFT + STEP_WIDTH / 2, LEFT + 5 * (STEP_WIDTH + GAP) + STEP_WIDTH / 2
    canvas.arrow((last, 280), (last, 325), (first, 325), (first, 282))
    canvas.text((first + last) / 2, 355, "the next connection", size=20, anchor="middle")
    canvas.text(640, 126, "listen() once, then for ever:", anchor="middle", color="#5b6875")

    canvas.line((40, 385), (1240, 385))
    canvas.text(40, 420, "waits", size=20, bold=True)
    canvas.line((40, 490), (1240, 490))
    canvas.text(40, 545, "who\nsuffers", size=20, bold=True)
    canvas.line((40, 620), (1240, 620))
    canvas.box(40, 644, 34, 34, kind="blocks")
    canvas.text(88, 669, "a step that can hold up other clients. While it waits, nobody calls "
                "accept(); the kernel keeps the queue.", size=20)
