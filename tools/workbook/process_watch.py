"""Starts a server program, talks to it, watches it from /proc, and stops it. Linux only."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from workbook import running
from workbook.tree import Problem

PATIENCE = 120  # seconds for each step


def port_in(line):
    """The port of "listening on http://127.0.0.1:43211  (Ctrl-C stops)"; 0 for any other line."""
    found = re.match(r"listening on http://\S+:(\d+)(?:  |$)", line)
    return int(found[1]) if found and int(found[1]) < 2**16 else 0


class Server:
    """A server program on a free port of this machine, until the end of the `with` block.

    `program` may be several words of a command line, of which the last names it. It has a session of its own: a
    Ctrl-C reaches whoever watches it, and that one stops it. `on_line` receives what it prints, line by line
    (stdout and stderr), on another thread.
    """

    def __init__(self, program, *options, on_line=None, patience=PATIENCE):
        words = program if isinstance(program, list) else [program]
        self.name = Path(words[-1]).name
        self.patience = patience  # seconds until it listens, and until it has stopped
        self.usage = None  # what the kernel has counted for it and all its threads, when it has ended
        self.port = 0
        self.last_line = ""
        self._on_line = on_line or (lambda line: None)
        self._said_port = threading.Event()
        try:
            self.process = running.start([*words, "--port", "0", *options], stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, text=True, errors="replace")  # fmt: skip
        except OSError as error:
            raise Problem(f"{self.name} did not start: {error.strerror}.") from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            if not self._said_port.wait(patience):
                raise Problem(f"{self.name} did not say within {patience:g} s where it listens.")
            if not self.port:
                self.stop(signal.SIGKILL)
                raise Problem(f"{self.name} did not start: {self.last_words()}")
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def _read(self):
        for line in self.process.stdout:
            self.last_line = line.rstrip("\n")
            if not self.port:
                self.port = port_in(self.last_line)
                if self.port:
                    self._said_port.set()
            self._on_line(self.last_line)
        self._said_port.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def last_words(self):
        """What it said before it ended, without its own name: "TODO 1.5 is not written yet (...)"."""
        return self.last_line.partition(": ")[2] or self.last_line or "it printed no reason"

    def has_ended(self):
        """Looks only: what the kernel has counted for it is left for stop()."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self, number=signal.SIGTERM):
        """Stops it, if that has not been done. What was wrong, in one sentence; "" when it ended with code 0."""
        if self.usage is not None:
            return ""
        late = False
        try:
            os.kill(self.process.pid, number)  # does not look whether it has ended, and reap it
            end = time.monotonic() + self.patience
            while not self.has_ended() and not late:
                late = time.monotonic() > end
                time.sleep(0.005)
        finally:
            running.kill(self.process)
            _, status, self.usage = os.wait4(self.process.pid, 0)
            self.process.returncode = code = os.waitstatus_to_exitcode(status)
            running.finished(self.process)
        self._reader.join()
        if late:
            return f"{self.name} did not stop within {self.patience:g} s of SIGTERM, so it was killed."
        if code < 0:
            return f"{self.name} died of signal {-code} ({signal.strsignal(-code)})."
        return f"{self.name} ended with exit code {code}: {self.last_words()}" if code else ""

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def get(self, path):
        """The whole response to a GET on a new connection."""
        with self.connect() as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return b"".join(iter(lambda: client.recv(4096), b"")).decode(errors="replace")


def waiting_in_backlog(port):
    """How many clients have connected to `port` of this machine and wait in the kernel to be accepted."""
    waiting = 0
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        for line in read(table).splitlines()[1:]:  # "sl local_address rem_address st tx_queue:rx_queue ...", in hex
            _, local, _, state, queues, *_ = line.split()
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:  # 0A: it listens
                waiting += int(queues.partition(":")[2], 16)
    return waiting


class Snapshot:
    """What /proc tells about a process. Raises ProcessLookupError when it has ended."""

    def __init__(self, pid):
        status = read(f"/proc/{pid}/status")
        if "VmRSS:" not in status:  # a process that has ended, and that nobody has waited for yet
            raise ProcessLookupError(pid)
        self.threads = number("Threads", status)
        self.virtual_mb = number("VmSize", status) / 1024
        self.resident_mb = number("VmRSS", status) / 1024
        self.peak_resident_mb = number("VmHWM", status) / 1024
        self.tables_mb = number("VmPTE", status) / 1024
        try:
            self.descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
        except FileNotFoundError:
            raise ProcessLookupError(pid) from None


def read(path):
    try:
        return Path(path).read_text()
    except FileNotFoundError:
        raise ProcessLookupError(path) from None


def number(name, status):
    return int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1])


class Recording:
    """Snapshots of a process at a fixed rate, with the context switches seen so far.

    /proc counts switches for each thread while it lives: what a thread did between the last look at it
    and its end is not seen here. The server's usage has the exact sum, when it has ended.
    """

    def __init__(self, pid, per_second=20):
        self.pid = pid
        self.period = 1 / per_second
        self.times, self.snapshots, self.voluntary, self.involuntary = [], [], [], []
        self._of_thread = {}  # thread: its (voluntary, involuntary) switches at the last look
        self._sums = (0, 0)
        self._begin = time.monotonic()

    def while_running(self, other):
        """Records until the process `other` or the recorded one has ended."""
        due = time.monotonic()
        while other.poll() is None:
            try:
                self.sample()
            except ProcessLookupError:
                return
            # What comes too late is left out: the others stay where they belong.
            due += self.period * max(1, int((time.monotonic() - due) / self.period) + 1)
            try:
                other.wait(max(due - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                pass

    def sample(self):
        snapshot = Snapshot(self.pid)
        self._count_switches()
        self.times.append(time.monotonic() - self._begin)
        self.snapshots.append(snapshot)
        self.voluntary.append(self._sums[0])
        self.involuntary.append(self._sums[1])

    def _count_switches(self):
        now = {}
        for task in Path(f"/proc/{self.pid}/task").glob("[0-9]*"):
            try:
                status = read(task / "status")
            except ProcessLookupError:  # this thread has just ended
                continue
            now[task.name] = (number("voluntary_ctxt_switches", status),
                              number("nonvoluntary_ctxt_switches", status))
        for thread, counts in now.items():
            before = self._of_thread.get(thread, (0, 0))
            self._sums = tuple(s + c - b for s, c, b in zip(self._sums, counts, before))
        self._of_thread = now

    def column(self, name):
        return [getattr(snapshot, name) for snapshot in self.snapshots]
