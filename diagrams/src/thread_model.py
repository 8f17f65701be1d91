def draw(canvas):
    canvas.title("One process, three threads",
                 "A process has one address space. It holds the stacks of all threads, the heap, "
                 "the globals and the code, and each thread can follow a pointer into any of them, "
                 "also into the stack of another thread. The descriptor table, the working "
                 "directory, the umask and the signal dispositions belong to the process.")

    canvas.frame(40, 90, 860, 590, "One address space: every thread can follow every pointer")
    for number, name in enumerate(["main thread", "thread 2", "thread 3"]):
        x = 64 + number * 276
        canvas.box(x, 145, 260, 230, kind="own")
        canvas.text(x + 130, 178, name, anchor="middle", bold=True)
        canvas.text(x + 130, 208, "own: registers, position", size=20, anchor="middle")
        canvas.text(x + 130, 234, "in the code, thread_local", size=20, anchor="middle")
        canvas.text(x + 16, 274, "its stack", size=20, color="#1f4f88", bold=True)
    canvas.box(80, 290, 228, 62, "int connection", kind="plain", mono=True, size=20)
    canvas.box(632, 290, 228, 62, "&connection", kind="plain", mono=True, size=20)
    canvas.arrow((632, 332), (310, 332))
    canvas.text(470, 318, "into a foreign stack", size=20, anchor="middle", color="#8f4409",
                bold=True)
    canvas.text(470, 360, "valid while that scope lives", size=18, anchor="middle", color="#8f4409")

    canvas.box(64, 400, 812, 82, "heap: what new and std::make_unique return", kind="shared")
    canvas.box(64, 496, 812, 82, "globals, statics, std::cout", kind="shared")
    canvas.box(64, 592, 812, 66, "code", kind="shared")

    canvas.frame(930, 90, 310, 590, "In the kernel, once")
    canvas.text(950, 152, "for the whole process", size=20)
    canvas.box(954, 180, 262, 150, "descriptors\n3  listener\n4  connection\n5  connection",
               kind="shared", size=21)
    canvas.box(954, 350, 262, 62, "working directory", kind="shared")
    canvas.box(954, 430, 262, 62, "umask", kind="shared")
    canvas.box(954, 510, 262, 62, "signal dispositions", kind="shared")
    canvas.text(1085, 620, "blue: one per thread", size=20, anchor="middle", color="#1f4f88")
    canvas.text(1085, 648, "green: shared by all", size=20, anchor="middle", color="#2a5a33")
