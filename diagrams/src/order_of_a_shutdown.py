# Bars over time: (label, [(from, to, colour, words)]).
STOP, GRACE, LAST, LEFT, PER = 380, 780, 1010, 60, 1220
BLUE, GREY, RED = "#2f6db5", "#8a97a5", "#8f4409"
ROWS = [
    ("/readyz", [(200, STOP, BLUE, "200"), (STOP, LAST, RED, "503")]),
    ("/livez", [(200, LAST, BLUE, "200")]),
    ("new clients", [(200, GRACE, BLUE, "accepted"), (GRACE, PER, RED, "refused")]),
    ("each answer", [(200, STOP, BLUE, "keep-alive"), (STOP, LAST, GREY, "Connection: close")]),
    ("idle clients", [(200, GRACE, BLUE, "may ask once more")]),
    ("at work", [(200, LAST, BLUE, "answered")]),
]


def draw(canvas):
    canvas.title("The order of a shutdown",
                 "Time goes to the right. At SIGTERM /readyz falls to 503, and from then on each answer says "
                 "that its connection ends; /livez stays 200. New clients are accepted until the end of the "
                 "grace; then the listener closes and idle clients are left. Requests at work are answered. "
                 "When the last has its answer, the process exits with code 0. Nothing goes on behind the "
                 "deadline.")
    for x, words in ((STOP, "SIGTERM"), (GRACE, "end of the grace"), (LAST, "last answer"), (PER, "deadline")):
        canvas.text(x, 120, words, size=20, anchor="middle", bold=True)
        canvas.line((x, 134), (x, 590), color=GREY, dashed=True, width=2)
    for number, (label, bars) in enumerate(ROWS):
        y = 170 + number * 68
        canvas.text(LEFT, y + 7, label, size=20)
        for begin, end, color, words in bars:
            canvas.line((begin + 6, y + 18), (end - 6, y + 18), color=color, width=6)
            canvas.text((begin + end) / 2, y + 4, words, size=18, anchor="middle", color=color)
    canvas.text(LAST, 620, "exit code 0", size=20, anchor="middle", bold=True)
    canvas.text(640, 668, "Time goes to the right. Who is still at work at the deadline is cut off.",
                size=20, anchor="middle", color="#5b6875")
