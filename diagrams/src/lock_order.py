LEFT, HEIGHT, END = 290, 62, 1240
# function, begins, wants the second one, what it holds, what it wants
LANES = [("client_leaves()", 120, 340, 700, "work", "clients", "log"),
         ("list_clients()", 210, 440, 800, "work3", "log", "clients")]


def draw(canvas):
    canvas.title("Two mutexes, two orders: a deadlock",
                 "Time goes to the right. client_leaves() locks clients, list_clients() locks log. Then "
                 "client_leaves() wants log, which the other thread holds, and sleeps; list_clients() wants "
                 "clients, which the first thread holds, and sleeps too. Below, the same as a ring: "
                 "client_leaves() waits for log, log is held by list_clients(), which waits for clients, and "
                 "clients is held by client_leaves(). Nobody in the ring can take a step.")
    for name, y, begin, wants, kind, held, wanted in LANES:
        canvas.text(LEFT - 20, y + 39, name, anchor="end", mono=True, size=20)
        canvas.line((LEFT, y + HEIGHT / 2), (begin, y + HEIGHT / 2), color="#d5dae0", width=1)
        canvas.box(begin, y, END - begin, HEIGHT, kind=kind)
        canvas.text((begin + wants) / 2, y + 39, f"holds {held}", size=20, anchor="middle", color="#ffffff")
        canvas.box(wants, y + 8, END - wants - 8, HEIGHT - 16, f"sleeps: wants {wanted}, still holds {held}",
                   kind="wait", size=19)
    canvas.arrow((LEFT, 302), (END, 302))
    canvas.text(END, 334, "time", size=19, anchor="end", color="#5b6875")

    canvas.box(170, 400, 250, 70, "client_leaves()", kind="work", size=20, mono=True)
    canvas.box(860, 400, 250, 70, "log", kind="plain", size=22, mono=True)
    canvas.box(860, 550, 250, 70, "list_clients()", kind="work3", size=20, mono=True)
    canvas.box(170, 550, 250, 70, "clients", kind="plain", size=22, mono=True)
    canvas.arrow((420, 435), (858, 435))
    canvas.text(640, 422, "waits for", size=20, anchor="middle")
    canvas.arrow((985, 470), (985, 548))
    canvas.text(1000, 518, "is held by", size=20)
    canvas.arrow((860, 585), (422, 585))
    canvas.text(640, 572, "waits for", size=20, anchor="middle")
    canvas.arrow((295, 550), (295, 472))
    canvas.text(280, 518, "is held by", size=20, anchor="end")
    canvas.text(640, 518, "a ring: nobody can take a step", size=22, anchor="middle", color="#8f4409")
    canvas.text(640, 682, "If all threads take the two in one order, there is no ring.", size=24,
                anchor="middle", bold=True)
