#!/usr/bin/env python3
"""`make watch-01` as a home: a small workbook on a terminal of 40 columns, its keys, a save, and Ctrl-C."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
from toy import PATIENCE, Toy  # noqa: E402

from workbook import tree  # noqa: E402

CODE = "stages/01_toy/twice.cpp"
READY = "q quit"  # the last words below each command


class Terminal:
    """A command on a terminal of its own; `says` waits for words, as a person would."""

    def __init__(self, work, *words):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        environment = {**os.environ, "JOBS": "2", "TERM": "xterm"}
        self.process = subprocess.Popen(
            words, cwd=work.root, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        self._shown = ""

    def type(self, keys):
        os.write(self._master, keys.encode())

    def says(self, *words):
        """"" when all the words come, one after the other; else what came instead."""
        end = time.monotonic() + PATIENCE
        for word in words:
            while word not in self._plain():
                if time.monotonic() > end or not self._read():
                    return f"{word!r} does not come; shown is: {self._plain()[-600:]}"
            self._shown = self._plain().partition(word)[2]
        return ""

    def _plain(self):
        return re.sub(r"\033\[[?0-9;]*[A-Za-z]|[\r\a]", "", self._shown)

    def _read(self):
        if not select.select([self._master], [], [], 1)[0]:
            return self.process.poll() is None
        try:
            self._shown += os.read(self._master, 1 << 16).decode(errors="replace")
        except OSError:  # the terminal has no program any more
            return False
        return True

    def is_as_before(self):
        """Whether keys are shown and arrive by the line again."""
        return termios.tcgetattr(self._slave)[3] == self.before[3]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._slave)
        os.close(self._master)


def add_second_stage(work):
    """Like the first, for the keys that go from one to another."""
    for side in ("stages", "solutions"):
        shutil.copytree(work.root / side / "01_toy", work.root / side / "02_toy")
    for name in ("hints.md", "twice.cpp", "twice_test.cpp"):
        path = work.root / "stages/02_toy" / name
        path.write_text(re.sub(r"\b1\.(?=[12]\b)", "2.", path.read_text()))
    with (work.root / "CMakeLists.txt").open("a") as file:
        file.write("workbook_stage(02_toy SOURCES twice.cpp TESTS twice_test.cpp)\n")


def check_keys(work):
    """(what is done, what must be shown then)"""
    home = Terminal(work, "make", "watch-01")
    acts = [
        ("start", lambda: None, ["write TODO 1.1", READY]),
        ("h", lambda: home.type("h"), ["Think.", "One more hint", READY]),
        ("h again", lambda: home.type("h"), ["Two.", READY]),
        ("s", lambda: home.type("s"), ["No story", READY]),
        ("a wrong answer is saved", lambda: work.answer("1.1", "return number;"), ["It is wrong.", "0 of 1", READY]),
        ("s, a story", lambda: home.type("s"), ["It is wrong.", READY]),
        ("p", lambda: home.type("p"), ["1.1 twice", "red", READY]),
        ("d before it is green, no", lambda: home.type("d\n"), ["Type yes:", READY]),
        ("it does not build", lambda: work.write(CODE, "return number;", "return numbr;"), ["does not build", READY]),
        ("it is right", lambda: work.write(CODE, "return numbr;", "return 2 * number;"), ["1 of 1", "TODO 1.2", READY]),
        ("a, and arrows", lambda: home.type("ae1.9\033[D\033[C\x7f7\n"), ["Which", "There is no exercise E1.7", READY]),
        ("r, no", lambda: home.type("rno\n"), ["Type yes:", READY]),
        ("b", lambda: home.type("b"), ["is the first one", READY]),
        ("n", lambda: home.type("n"), ["Stage 01 is not all green yet. The key b goes back", "write TODO 2.1", READY]),
        ("n again", lambda: home.type("n"), ["Stage 02 is the last one", READY]),
        ("b, to the stage before", lambda: home.type("b"), ["TODO 1.2", "stages/01_toy", READY]),
        ("arrows, Delete, Alt-p, then p", lambda: home.type("\033[A\033OB\033[3~\033pp"), ["1.1 twice", READY]),
        ("a key without a meaning", lambda: home.type("x"), [READY]),
    ]
    problems = []
    for name, act, words in acts:
        act()
        if said := home.says(*words):
            problems.append(f"{name}: {said}")
            break
    home.type("q")
    problems += ends(home, "q", 0)
    if "2 * number" not in (work.root / CODE).read_text():
        problems.append("an answer of no to reset has taken the learner's code away")
    return problems


def check_interrupt(work):
    home = Terminal(work, "make", "watch-01")
    problems = [f"start: {said}"] if (said := home.says(READY)) else []
    home.type("\x03")
    return problems + ends(home, "Ctrl-C", None)


def ends(home, key, code):
    """It ends by that key, without a traceback, and leaves the terminal as it was."""
    problems = []
    home.says("Traceback")
    try:
        ended = home.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        ended = "never"
    if ended == "never" or code not in (None, ended):
        problems.append(f"{key} ends it with {ended}")
    if "Traceback" in home._plain():
        problems.append(f"{key} shows a traceback: {home._plain()}")
    if not home.is_as_before():
        problems.append(f"{key} leaves a terminal that does not show what is typed")
    home.close()
    return problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = Toy(Path(folder) / "work")
        add_second_stage(work)
        work.git("init", "-q")
        work.commit("the skeleton")
        problems = check_keys(work) + check_interrupt(work)
    tree.report("watching", problems, "18 keys and saves, and Ctrl-C")


if __name__ == "__main__":
    main()
