"""A place to work on a stage: checks it at each save, and reacts to keys: tools/workbook watch 01

It asks for the files' times instead of being notified: that also works on network and WSL drives. What it
shows is plain text that the terminal wraps, scrolls and copies, so the keys are read without a screen
library. Where there is no terminal, there are no keys, and Ctrl-C ends it.
"""

import os
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from contextlib import contextmanager

from workbook import last_check, running, tree

PAUSE = 0.3  # seconds between two looks
KEYS = {"c": "check", "h": "hint", "s": "stories", "p": "progress", "a": "answer", "d": "diff",
        "r": "reset", "n": "next stage", "q": "quit"}  # fmt: skip


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook watch 01")
    stage = tree.find_stage(sys.argv[1])
    if sys.stdin.isatty() and sys.stdout.isatty():
        with single_keys():
            Home(stage, read_key).live()
    else:
        Home(stage, lambda: time.sleep(PAUSE)).live()


class Home:
    def __init__(self, stage, next_key):
        self.stage = stage
        self.next_key = next_key  # waits for a moment; returns a key, or None
        self.command = None  # the process of what is running
        self.seen = None

    def live(self):
        """Until the learner has had enough."""
        try:
            self.take_turns()
        finally:
            self.stop()

    def take_turns(self):
        wanted = None  # a key that was pressed while a command ran
        while wanted != "q":
            now = look(self.stage)
            if now != self.seen:
                self.seen = now
                self.stop()
                clear()
                self.start(*self.check())
            wanted = self.next_key() or wanted
            if self.command and self.command.poll() is not None:
                running.finished(self.command)
                self.command = None
                print(self.footer(), flush=True)
            if wanted and wanted != "q" and not self.command:
                self.act(wanted)
                wanted = None

    def check(self):
        """On a terminal one story: with more, the first would be scrolled away. The key s tells all."""
        return ["check", self.stage.number, *(["--stories", "1"] if sys.stdout.isatty() else [])]

    def start(self, *words):
        """A command of the workbook, on this terminal. It has no keyboard: the keys are for this program."""
        program = [sys.executable, str(tree.ROOT / "tools/workbook"), *words]
        self.command = running.start(program, stdin=subprocess.DEVNULL)

    def stop(self):
        """Ends the command that is running, as Ctrl-C would."""
        if self.command and self.command.poll() is None:
            os.killpg(self.command.pid, signal.SIGINT)
            self.command.wait()
        if self.command:
            running.finished(self.command)
        self.command = None

    def act(self, key):
        number = self.stage.number
        if key == "c":
            self.start(*self.check())
        elif key in "hs":
            self.start(KEYS[key], number)
        elif key == "p":
            self.start("progress")
        elif key == "a":
            if asked := ask("Which exercise of the text, for example E1.3 or Q1.3? (Enter: none)"):
                self.start("answer", asked.upper())
        elif key == "d":
            if last_check.is_green(self.stage) or ask("Not all is green yet. See the solution? Type yes:") == "yes":
                self.start("diff", number)
        elif key == "r":
            if ask(f"Put the untouched skeleton of stage {number} back? Your files go to backups/. Type yes:") == "yes":
                self.start("reset", number)
        elif key == "n":
            self.go_on()
        if key not in KEYS or not self.command and self.seen:
            print(self.footer(), flush=True)

    def go_on(self):
        later = [stage for stage in tree.stages() if stage.number > self.stage.number]
        if later:
            self.stage, self.seen = later[0], None
        else:
            print(f"Stage {self.stage.number} is the last one.")

    def footer(self):
        if not sys.stdin.isatty():
            return f"Watching stages/{self.stage.name}; Ctrl-C ends it."
        keys = [f"{tree.paint('bold', key)} {word}" for key, word in KEYS.items()]
        lines = "  ".join(keys[:5]), "  ".join(keys[5:])  # one line would not fit into 80 columns
        return f"\nWatching stages/{self.stage.name}. Save a file, or press a key:\n{lines[0]}\n{lines[1]}"


def look(stage):
    """What tells of a save: some editors write into the file, others put a new one in its place.

    While they do, the file may be missing for a moment; their own files beside it do not count.
    """
    found = {}
    for name in tree.sources(stage.folder):
        try:
            status = (stage.folder / name).stat()
            found[name] = (status.st_mtime_ns, status.st_ino, status.st_size)
        except FileNotFoundError:
            pass
    return found


def clear():
    if sys.stdout.isatty():
        print("\033[2J\033[H", end="", flush=True)


@contextmanager
def single_keys():
    """Meanwhile each key arrives at once, and is not shown; also after Ctrl-Z and `fg`."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    signal.signal(signal.SIGCONT, lambda *_: tty.setcbreak(keyboard))
    tty.setcbreak(keyboard)
    try:
        yield
    finally:
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def read_key():
    """Waits for a moment. The key that was pressed, q when the keyboard has gone, or None."""
    keyboard = sys.stdin.fileno()
    if not select.select([keyboard], [], [], PAUSE)[0]:
        return None
    pressed = os.read(keyboard, 1).decode(errors="replace")
    if pressed == "\033":  # an arrow, or another key that sends several bytes
        os.read(keyboard, 64)
        return None
    return pressed.lower() if pressed else "q"


def ask(question):
    """A line that the learner types, with the keyboard as it is elsewhere; "" for none."""
    keyboard = sys.stdin.fileno()
    mode = termios.tcgetattr(keyboard)
    mode[3] |= termios.ICANON | termios.ECHO
    termios.tcsetattr(keyboard, termios.TCSADRAIN, mode)
    try:
        return input(f"{question} ").strip()
    except EOFError:
        return ""
    finally:
        tty.setcbreak(keyboard)
