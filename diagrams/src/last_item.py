CASES = ((90, "three items", 5, 8, ("top_ is 5", "bottom_ is 8"),
          "The owner lowers bottom_ to 7: item 7 is his.\nA thief raises top_ to 6: item 5 is his. They do not meet."),
         (400, "the last item", 7, 8, ("top_ is 7", "bottom_ is 8"),
          "The owner lowers bottom_ to 7, but a thief may have looked before.\n"
          "Both try to raise top_ from 7 to 8: one succeeds, and has item 7."))
LEFT, STEP = 330, 88


def draw(canvas):
    canvas.title("Two numbers decide",
                 "A row of places, numbered 3 to 10, twice. With three items, 5, 6 and 7, top is 5 and "
                 "bottom is 8: the owner takes item 7 by lowering bottom, a thief takes item 5 by "
                 "raising top, and they do not meet. With one item, 7, top is 7 and bottom is 8: the "
                 "owner lowers bottom, then both try to raise top from 7 to 8, and whoever succeeds "
                 "has the item.")
    for y, name, top, bottom, labels, words in CASES:
        canvas.text(60, y + 118, name, size=24, bold=True)
        for item in range(3, 11):
            kind = "own" if top <= item < bottom else "plain"
            canvas.box(LEFT + STEP * (item - 3), y + 70, STEP - 8, 80, str(item), kind, size=24)
        for place, label, anchor in ((top, labels[0], "end"), (bottom, labels[1], "start")):
            x = LEFT + STEP * (place - 3) + (STEP - 8) / 2
            canvas.arrow((x, y + 38), (x, y + 66), color="#c05f14" if anchor == "end" else "#2f6db5")
            canvas.text(x + (10 if anchor == "end" else -10), y + 28, label, size=20, anchor=anchor)
        canvas.text(LEFT, y + 190, words, size=22)
    canvas.text(1060, 200, "thieves raise top_,\nthe owner moves\nbottom_", size=20, color="#5b6875")
