"""Starts a server program, watches it from /proc, and stops it. Linux only."""

import os
import re
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

from workbook.system_limits import fail

PATIENCE = 120  # seconds for each step


class Server:
    """A server program on a free port of this machine, until the end of the `with` block.

    It has a session of its own: a Ctrl-C reaches whoever watches it, and that one stops it.
    """

    def __init__(self, program, *options):
        self.name = Path(program).name
        self.usage = None
        try:
            self.process = subprocess.Popen([program, "--port", "0", "--quiet", *options],
                                            stdout=subprocess.PIPE, text=True, start_new_session=True)
        except OSError as error:
            fail(f"cannot start {program}: {error.strerror}.")
        try:
            found = re.search(r":(\d+) ", self.process.stdout.readline())
        except BaseException:
            self.stop()
            raise
        if not found:
            self.stop()
            fail(f"{program} does not say on which port it listens.")
        self.port = int(found[1])
        # Reads what else it prints, or the pipe would fill and stop the server.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def has_ended(self):
        """Looks only: what the kernel has counted for it is left for stop()."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self):
        """Stops it, if it has not ended yet. Returns its exit code."""
        if self.usage is None:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            os.kill(self.process.pid, signal.SIGTERM)  # does not look whether it has ended, and reap it
            try:
                self.process.wait(PATIENCE)
            except BaseException:
                self.process.kill()
                self.process.wait()
                raise
            finally:
                self.usage = Usage(before, resource.getrusage(resource.RUSAGE_CHILDREN))
        return self.process.returncode


class Usage:
    """What the kernel has counted for a process and all threads it had, when it has ended."""

    def __init__(self, before, after):
        self.voluntary = after.ru_nvcsw - before.ru_nvcsw
        self.involuntary = after.ru_nivcsw - before.ru_nivcsw


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
    and its end is not seen here. Usage has the exact sum, when the process has ended.
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


def interrupted_by_sigterm_too():
    """SIGTERM raises KeyboardInterrupt as Ctrl-C does: what was started is stopped in either case."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
