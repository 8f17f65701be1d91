"""Sends clients to a server, reads what the server wrote down meanwhile, and measures how long each waited.

The server's events (its option --events) and our own looks at the clock have the same clock: that of
time.monotonic_ns(), which all processes of a machine share.
"""

import socket
import threading
import time
from dataclasses import dataclass

from workbook.timeline import Row, Segment, Timeline
from workbook.tree import Problem

EVENTS = ("accepted", "queued", "started", "finished", "failed", "rejected", "state")
REJECTION = "HTTP/1.1 503 "


@dataclass(frozen=True)
class Client:
    """What a client is going to do."""

    path: str
    byte_every: float = 0  # seconds between two bytes of its request; 0: all at once


@dataclass
class Visit:
    """What a client has seen. Times in nanoseconds."""

    connected: int = 0  # when it began to connect
    sent: int = 0  # when its whole request was sent
    answered: int = 0  # when it had read the whole answer
    answer: str = ""
    error: str = ""  # why there is no answer


def send(port, clients, gap, patience):
    """Sends the clients to the server on this machine's `port`, one each `gap` seconds. A visit for each.

    They connect in order, from one thread, and the kernel hands connections to accept(2) in order: so client 2
    is the server's connection 2. Then each sends and reads on a thread of its own. A client that hears nothing
    for `patience` seconds gives up.
    """
    visits = [Visit() for _ in clients]
    threads = []
    due = time.monotonic()
    for client, visit in zip(clients, visits):
        time.sleep(max(due - time.monotonic(), 0))
        visit.connected = time.monotonic_ns()
        try:
            connection = socket.create_connection(("127.0.0.1", port), patience)
        except OSError as error:
            visit.error = f"cannot connect: {error.strerror or error}"
        else:
            threads.append(threading.Thread(target=talk, args=(connection, client, visit), daemon=True))
            threads[-1].start()
        due += gap
    for thread in threads:
        thread.join()
    return visits


def talk(connection, client, visit):
    # HTTP/1.0: a whole request without a Host field, so that even byte by byte it does not take long.
    request = f"GET {client.path} HTTP/1.0\r\n\r\n".encode()
    try:
        with connection:
            if client.byte_every:
                due = time.monotonic()
                for byte in request:
                    time.sleep(max(due - time.monotonic(), 0))
                    connection.sendall(bytes([byte]))
                    due += client.byte_every
            else:
                connection.sendall(request)
            visit.sent = time.monotonic_ns()
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
            visit.answered = time.monotonic_ns()
            visit.answer = answer.decode("latin-1")
    except TimeoutError:
        visit.error = f"it heard nothing for {int(connection.gettimeout())} s"
    except OSError as error:
        visit.error = error.strerror or str(error)


@dataclass(frozen=True)
class Event:
    kind: str
    connection: int  # counts accepted connections from 1
    thread: int
    time: int  # nanoseconds
    note: str


def parse_events(text):
    """A line for each event: kind, connection, thread, nanoseconds, note, with tabs between."""
    events = []
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        kind, *numbers, note = (line.split("\t", 4) + 4 * [""])[:5]
        if kind not in EVENTS:
            raise Problem(f"events, line {number}: '{kind}' is not a kind of event")
        for digits, what in zip(numbers, ("connection number", "thread number", "time in nanoseconds")):
            if not (digits.isascii() and digits.isdigit() and int(digits) < 2**63):
                raise Problem(f"events, line {number}: '{digits}' is no {what}")
        events.append(Event(kind, *map(int, numbers), note))
    return events


def read_events(path):
    try:
        return parse_events(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise Problem(f"cannot read the server's events from {path}: {error.strerror}") from error


@dataclass
class Measured:
    """What happened to one client, in seconds since the first client began to connect."""

    request: str  # the path that it asked for
    slow: bool  # it sent its request byte by byte
    connected: float
    sent: float
    answered: float
    rejected: bool = False  # it was answered 503: the server neither started nor finished
    started: float = 0  # the server had read the request and began to work
    finished: float = 0  # the server had handed the answer to the kernel
    thread: int = 0  # the one that worked
    queued: float = None  # when the server had put it into its queue, if it has one

    def waited(self):
        """From connecting until the server began to work for it, or until it had read that it was rejected.

        The time that a slow client took for its request is its own.
        """
        if self.rejected:
            return self.total()
        # The server may begin to work before the client has looked at its clock after sending.
        return self.started - (min(self.sent, self.started) if self.slow else self.connected)

    def total(self):
        return self.answered - self.connected

    def caption(self):
        return self.request + (", slow" if self.slow else "")

    def segments(self):
        if self.rejected:
            return [Segment("rejected", self.connected, self.answered)]
        ready = self.started - self.waited()
        # A queue through which a client only passes is not worth a name in the picture.
        in_queue = max(ready if self.queued is None else self.queued, ready)
        stayed = self.queued is not None and self.started - in_queue >= 0.01
        parts = [
            Segment("sending", self.connected, ready) if self.slow else None,
            Segment("waiting", ready, in_queue if stayed else self.started),
            Segment("queued", in_queue, self.started) if stayed else None,
            Segment("working", self.started, self.finished, self.thread),
        ]
        return [part for part in parts if part]


def measure(clients, visits, events, also_503=False):
    """Puts together what the clients saw and what the server wrote down; client 1 is connection 1.

    Problem if a client did not get a complete and good answer (also_503: a rejection is one, too), or if the
    events do not tell when it was served, or that it was rejected.
    """
    event = lambda kind, number: next(  # noqa: E731
        (event for event in events if (event.kind, event.connection) == (kind, number)), None)
    for number, visit in enumerate(visits, 1):
        if problem := complaint(visit, event("failed", number), also_503):
            raise Problem(f"Client {number} {problem}.")

    def since_begin(time):
        return (time - visits[0].connected) / 1e9

    def required(kind, number):
        if found := event(kind, number):
            return found
        raise Problem(f"Client {number} was answered, but the server has not recorded '{kind}'"
                      f" for connection {number}.")

    measured = []
    for number, (client, visit) in enumerate(zip(clients, visits), 1):
        times = map(since_begin, (visit.connected, visit.sent, visit.answered))
        one = Measured(client.path, client.byte_every > 0, *times,
                       rejected=visit.answer.startswith(REJECTION))  # fmt: skip
        if one.rejected:
            required("rejected", number)
        else:
            started = required("started", number)
            one.started, one.thread = since_begin(started.time), started.thread
            one.finished = since_begin(required("finished", number).time)
        if queued := event("queued", number):
            one.queued = since_begin(queued.time)
        measured.append(one)
    return measured


def complaint(visit, failed, also_503):
    """What is wrong with the answer of a client; "" if it is complete and good."""
    if visit.error or not visit.answer:
        # The server knows best why: "TODO 1.3 is not written yet (...)".
        return "got no answer: " + (failed.note if failed else visit.error or "the server closed the connection")
    if not visit.answer.startswith(("HTTP/1.1 200 ", REJECTION) if also_503 else "HTTP/1.1 200 "):
        return f"was answered '{visit.answer.splitlines()[0]}' and not 'HTTP/1.1 200 OK'"
    head, blank, body = visit.answer.partition("\r\n\r\n")
    complete = blank and f"\r\nContent-Length: {len(body)}\r\n" in f"{head}\r\n"
    return "" if complete else "got an answer that is not as long as it says"


def timeline_of(measured, title, length=0):
    rows = [Row(f"client {number}  {one.caption()}", one.segments()) for number, one in enumerate(measured, 1)]
    return Timeline(title, rows, length)
