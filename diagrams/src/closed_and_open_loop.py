LEFT, STEP, COUNT = 230, 24, 40
STALL = (12, 22)  # the requests that are due while the server stalls
ROWS = [("people come", 120), ("the server", 195), ("closed loop", 320), ("open loop", 480)]


def x_of(number):
    return LEFT + number * STEP


def tick(canvas, number, y, kind="work"):
    canvas.box(x_of(number), y, 12, 54, kind=kind)


def draw(canvas):
    begin, end = STALL
    canvas.title("One stall, seen by two loops",
                 "Time goes to the right. Requests are due one after the other, at a steady rate. The server works, "
                 "stalls while ten of them are due, and works again. The closed loop sends a request, waits for its "
                 "answer through the whole stall, and sends nothing meanwhile: one latency is long. The open loop "
                 "has a request due at each of these moments. Each latency begins when the request was due and ends "
                 "after the stall: ten latencies are long, each a little shorter than the one before.")
    for label, y in ROWS:
        canvas.text(LEFT - 20, y + 35, label, anchor="end", bold=True)
    for x in (x_of(begin), x_of(end)):
        canvas.line((x, 105), (x, 600), dashed=True, color="#b9c2cb", width=1)
    for number in range(COUNT):
        tick(canvas, number, 120, "plain")

    canvas.box(x_of(0), 195, x_of(begin) - x_of(0), 54, "works", kind="work3", size=20)
    canvas.box(x_of(begin), 195, x_of(end) - x_of(begin), 54, "stalls", kind="blocks", size=20)
    canvas.box(x_of(end), 195, x_of(COUNT) - x_of(end), 54, "works", kind="work3", size=20)

    for number in range(COUNT):
        if number <= begin or number >= end:
            tick(canvas, number, 320)
    canvas.box(x_of(begin) + 12, 332, x_of(end) - x_of(begin) - 14, 30, "waits", kind="wait", size=18)
    canvas.text(x_of(end) + 6, 408, "sends nothing for a while: 1 latency is long", size=20)

    for number in range(COUNT):
        if not begin <= number < end:
            tick(canvas, number, 480)
    for number in range(begin, end):
        y = 470 + (number - begin) * 12
        canvas.box(x_of(number), y, x_of(end) - x_of(number), 9, kind="wait")
        canvas.box(x_of(number), y, 12, 9, kind="work")
    canvas.text(x_of(end) + 6, 584, "each counts from when it was due: 10 are long", size=20)
    canvas.text(640, 650, "Same server, same stall. The closed loop met it once.", size=26, anchor="middle", bold=True)
    canvas.text(640, 686, "The other nine were never sent, so nobody measured them.", anchor="middle", color="#5b6875")
