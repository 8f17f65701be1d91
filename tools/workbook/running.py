"""The programs that a tool has started, and how all of them end with it.

A test runs in a session of its own, so that its children can be ended with it: Ctrl-C at the terminal
does not reach it by itself. Importing this module sees to it, for the tool as a whole: one Ctrl-C ends
what runs and the tool, without a traceback.
"""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

INTERRUPTED = 130  # the exit code of what Ctrl-C has ended

_lock = threading.Lock()
_running = set()
_ending = False


class Ending(Exception):
    """Nothing is started any more."""


def start(command, **settings):
    """A process in a session of its own, which ends with this tool; `finished` forgets it."""
    with _lock:
        if _ending:
            raise Ending
        process = subprocess.Popen(command, start_new_session=True, **settings)
        _running.add(process)
        return process


def finished(process):
    with _lock:
        _running.discard(process)


def kill(process):
    """Ends it and all that it has started in its session."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it was faster


def end_all():
    global _ending
    with _lock:
        _ending = True
        for process in _running:
            kill(process)


@contextmanager
def workers(jobs):
    """A pool of threads that wait for programs. After an error nobody waits for what is left."""
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def stop(kind, error, trace):
    """Python calls this for an exception that nobody has caught."""
    if issubclass(kind, KeyboardInterrupt):
        code, word = INTERRUPTED, "\nStopped."
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would leave programs behind
    elif issubclass(kind, BrokenPipeError):
        code, word = 1, ""  # the reader has left, as with `| head`
    else:
        sys.__excepthook__(kind, error, trace)
        code, word = 1, ""
    end_all()
    try:
        if word:
            print(word, file=sys.stderr, flush=True)
        sys.stdout.flush()
    except OSError:
        pass
    os._exit(code)  # the threads of `workers` would be waited for


sys.excepthook = stop
# Closing the terminal, or `kill`, is no other wish than Ctrl-C.
for number in (signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_DFL:  # nohup has said otherwise
        signal.signal(number, signal.default_int_handler)
