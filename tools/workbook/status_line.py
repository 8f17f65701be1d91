"""How far a long command is."""

import os
import shutil
import sys
import threading
import time


class StatusLine:
    """One line on a terminal, drawn again each second: "Testing: 12 of 80 (3 s)".

    In a file or a pipe there is nothing of it, so that what is kept there stays readable. Only
    `make test`, which draws the line for its steps, asks them by WORKBOOK_COUNT to print each count.

        with StatusLine("Testing", 80) as status:
            status.count()            # one more is done
            status.print("a result")  # above the line
    """

    def __init__(self, what, total=0):
        self.what = what
        self.total = total
        self._done = 0
        self._said = ""
        self._begin = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self):
        if self._terminal:
            self._clock.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        if self._terminal:
            self._clock.join()
            self._write("\r\033[K")

    def count(self, more=1):
        """So many more are done."""
        with self._lock:
            self._done += more
            self._say(f"{self._done} of {self.total}")

    def show(self, said):
        """Shows these words beside what is done."""
        with self._lock:
            self._say(said)

    def print(self, text):
        """Prints above the line."""
        with self._lock:
            if self._terminal:
                self._write("\r\033[K")
            print(text, flush=True)
            self._draw()

    def _say(self, said):
        self._said = said
        if not self._terminal and os.environ.get("WORKBOOK_COUNT"):
            self._write(said + "\n")
        self._draw()

    def _tick(self):
        while not self._end.wait(1):
            with self._lock:
                self._draw()

    def _draw(self):
        if self._terminal and not self._end.is_set():
            said = f": {self._said}" if self._said else ""
            line = f"{self.what}{said} ({time.monotonic() - self._begin:.0f} s)"
            self._write(f"\r{line[: shutil.get_terminal_size().columns - 1]}\033[K")

    def _write(self, text):
        sys.stdout.write(text)
        sys.stdout.flush()


def tell(sentence):
    """What is waited for from now on, on a terminal: for who has no line that is drawn again."""
    if sys.stderr.isatty():
        print(sentence, file=sys.stderr, flush=True)
