PANELS = [
    (40, "close() while bytes are unread", [
        ("request", "head of a request", "read_some()"),
        ("request", "its body", "nobody reads it"),
        ("answer", "answer", "write_all()"),
        ("reset", "RST (reset)", "close()"),
    ], "What has not reached the client yet is lost."),
    (660, "linger_and_close()", [
        ("request", "head of a request", "read_some()"),
        ("request", "its body", "nobody reads it"),
        ("answer", "answer", "write_all()"),
        ("answer", "FIN: no more from me", "finish_sending()"),
        ("none", "", "throws the body away"),
        ("request", "FIN: no more from me", "close()"),
    ], "The whole answer reaches the client."),
]
COLORS = {"request": "#5b6875", "answer": "#2f6db5", "reset": "#8f4409"}
WIDTH, CLIENT, SERVER, TOP, STEP = 580, 55, 345, 216, 60


def draw(canvas):
    canvas.title("Two ways to close a connection",
                 "Time goes down. On the left, a client sends the head of a request and a body. The "
                 "server answers without reading the body and closes at once: its kernel sends a "
                 "reset, and what has not reached the client by then is lost. On the right, the "
                 "server says with a FIN that no more will come from it, throws the body away, "
                 "waits for the FIN of the client, and closes then: nothing is lost.")
    for left, caption, messages, result in PANELS:
        canvas.frame(left, 90, WIDTH, 530, caption)
        client, server = left + CLIENT, left + SERVER
        bottom = TOP + (len(messages) - 1) * STEP + 14
        for x, name in ((client, "client"), (server, "server")):
            canvas.text(x, 166, name, anchor="middle", bold=True)
            canvas.line((x, 178), (x, bottom), color="#8a97a5", width=2)
        for number, (kind, text, note) in enumerate(messages):
            y = TOP + number * STEP
            canvas.text(server + 18, y + 7, note, size=19)
            if kind == "none":
                continue
            ends = ((client, y), (server, y)) if kind == "request" else ((server, y), (client, y))
            canvas.arrow(*ends, color=COLORS[kind])
            canvas.text((client + server) / 2, y - 10, text, size=19, anchor="middle",
                        color=COLORS[kind], bold=kind == "reset")
        canvas.text(left + WIDTH / 2, 594, result, size=20, anchor="middle", bold=True)
    canvas.text(640, 668, "Time goes down. An arrow is what one side sends to the other; beside it, "
                "what the server does.", size=20, anchor="middle", color="#5b6875")
