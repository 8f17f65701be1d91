"""Shows how a server ends under load: clients ask without a pause, SIGTERM comes, and each request is accounted for.

Part of `make demo-NN` for a server whose stage.json says "drain": true.
"""

import os
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from workbook.process_watch import Server
from workbook.tree import Problem

CLIENTS = 8
BEFORE = 1.0  # seconds of load until SIGTERM
GRACE = 2.0
OPTIONS = ("--quiet", "--grace", f"{1000 * GRACE:.0f}ms", "--deadline", "20s")
REQUEST = b"GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Outcomes:
    """What has come of the requests, and when; times in seconds since SIGTERM."""

    answered: list = field(default_factory=list)
    told_to_close: int = 0
    refused: list = field(default_factory=list)  # a connection, not a request: nobody listened any more
    failed: list = field(default_factory=list)  # (time, why)


def answer_on(connection):
    """One whole answer, as (status, whether the connection goes on)."""
    connection.sendall(REQUEST)
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            raise OSError("the connection ended without an answer")
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        part = connection.recv(65536)
        if not part:
            raise OSError("the answer is not whole")
        body += part
    return int(head.split()[1]), b"connection: close" not in head.lower()


def ask_until_refused(port, stopped_at, outcomes, lock):
    """Asks again and again, on one connection as long as it is kept, until nobody listens any more."""
    connection = None
    while True:
        try:
            if connection is None:
                connection = socket.create_connection(("127.0.0.1", port), 30)
        except OSError:
            with lock:
                outcomes.refused.append(time.monotonic() - stopped_at())
            return
        try:
            status, goes_on = answer_on(connection)
            error = "" if status == 200 else f"status {status}"
        except OSError as problem:
            error, goes_on = str(problem), False
        with lock:
            now = time.monotonic() - stopped_at()
            if error:
                outcomes.failed.append((now, error))
            else:
                outcomes.answered.append(now)
                outcomes.told_to_close += not goes_on
        if not goes_on:
            connection.close()
            connection = None


def perform(program):
    """Runs it with one server; (what came of the requests, seconds from SIGTERM until the end)."""
    outcomes, lock, stopped = Outcomes(), threading.Lock(), [float("inf")]
    with Server(program, *OPTIONS, patience=60) as server:
        clients = [threading.Thread(target=ask_until_refused, daemon=True,
                                    args=(server.port, lambda: min(stopped[0], time.monotonic()), outcomes, lock))
                   for _ in range(CLIENTS)]  # fmt: skip
        for client in clients:
            client.start()
        time.sleep(BEFORE)
        before = len(outcomes.answered)
        stopped[0] = time.monotonic()
        os.kill(server.process.pid, signal.SIGTERM)
        while not server.has_ended() and time.monotonic() < stopped[0] + 60:
            time.sleep(0.005)
        ended = time.monotonic() - stopped[0]
        for client in clients:
            client.join(60)
        if problem := server.stop(0):
            raise Problem(problem)
    return outcomes, before, ended


def told(name, outcomes, before, ended):
    """The account, line by line."""
    after = len(outcomes.answered) - before
    lines = [f"{name} {' '.join(OPTIONS[1:])}",
             f"  until SIGTERM       {before} requests answered, to {CLIENTS} clients",
             f"  from then on        {after} requests answered; {outcomes.told_to_close} times a client was told that its"
             " connection ends",
             f"  nobody listens      after {min(outcomes.refused, default=0):.2f} s",
             f"  the process ends    after {ended:.2f} s, with exit code 0",
             f"  requests that failed: {len(outcomes.failed)}"]  # fmt: skip
    return "\n".join(lines + [f"    after {when:.2f} s: {why}" for when, why in outcomes.failed[:5]])


def show(program):
    """Performs it, and prints what came of it."""
    print(f"{CLIENTS} clients ask for /fast without a pause. After {BEFORE:g} s SIGTERM comes.\n", flush=True)
    print(told(Path(program).name, *perform(program)), flush=True)
