"""Runs a command within limits: guard.py SECONDS PROCESSES MIB -- COMMAND...

The limits are those of the command and of all that it starts: seconds that pass, processes and threads, and
resident memory. Whoever goes beyond one is ended, with everything, and the reason is the last line of
stderr. Where a control group can be had, the kernel keeps the limits as well.
Exit: the command's code, or 124 at a limit.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])  # Python has put this folder there
from workbook.grading import cgroup  # noqa: E402

AT_LIMIT = 124
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
PAUSE = 0.05  # seconds between two looks; a process that forks without end starts some hundreds meanwhile
PAGE = os.sysconf("SC_PAGE_SIZE")


def tree_of(pid):
    """The process and its descendants. In a namespace of its own none leaves the tree: an orphan comes to
    the first process there."""
    found, left = [], [pid]
    while left:
        process = left.pop()
        found.append(process)
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                left += map(int, (task / "children").read_text().split())
        except OSError:
            pass  # it has ended
    return found


def usage(pid):
    """(threads, bytes of resident memory) of a process and its descendants."""
    threads = resident = 0
    for process in tree_of(pid):
        try:
            threads += len(os.listdir(f"/proc/{process}/task"))
            resident += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError):
            pass
    return threads, resident


def excess(pid, parent, begin, seconds, processes, mib):
    """The limit that is passed, in words; "" if none is."""
    if os.getppid() != parent:
        return "whoever has started it is gone"
    if time.monotonic() - begin > seconds:
        return f"more than {seconds:g} s"
    threads, resident = usage(pid)
    if threads > processes:
        return f"more than {processes} processes and threads"
    return f"more than {mib} MiB of memory" if resident > mib << 20 else ""


def watch(command, limits):
    parent, begin = os.getppid(), time.monotonic()
    process = subprocess.Popen(command, close_fds=False)
    ended = os.pidfd_open(process.pid)
    while True:
        try:
            process.wait(PAUSE)
            return process.returncode
        except subprocess.TimeoutExpired:
            pass
        if reason := excess(process.pid, parent, begin, *limits):
            signal.pidfd_send_signal(ended, signal.SIGKILL)  # the sandbox dies with its first process
            process.wait()
            print(f"Ended: {reason}.", file=sys.stderr)
            return AT_LIMIT


def end_what_is_left():
    """Ends the orphans: without a namespace they have come to this process."""
    while left := tree_of(os.getpid())[1:]:
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.wait()
        except ChildProcessError:
            pass


def main():
    seconds, processes, mib, _, *command = sys.argv[1:]
    limits = (float(seconds), int(processes), int(mib))
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with cgroup.limiting(2 * limits[1], limits[2]):  # so that it can be seen who goes beyond
        code = watch(command, limits)
        end_what_is_left()
    sys.exit(128 - code if code < 0 else code)


if __name__ == "__main__":
    main()
