"""Thousands of clients of one server: first they say nothing, then all ask at once. Linux only.

The clients are sockets of this program, which waits for them as the server of a later stage does: with epoll.
"""

import select
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from workbook.hold import ask, connect, wait_until
from workbook.process_watch import Server, Snapshot
from workbook.prose import wrapped
from workbook.system_limits import raise_descriptor_limit, that_fit
from workbook.tree import Problem

HEADING = f"{'':28}{'clients':>7}{'threads':>8}{'memory':>10}{'each':>9}{'/fast':>9}{'/sleep':>9}"
ABOUT = """memory: what the process has resident; the kernel has more for each connection
/fast: the median of one client's; /sleep: until the last of all was answered"""


@dataclass
class Answers:
    """What came of the requests of a crowd; times in seconds since the first of them was sent."""

    ok: int
    first: float
    last: float


@dataclass
class Seen:
    """A server with its crowd."""

    name: str
    clients: int
    threads: int
    memory_mib: float
    each_kib: float  # of memory, for each client
    fast_ms: float  # how long /fast takes meanwhile
    answers: Answers

    def row(self):
        return (f"{self.name:28}{self.clients:7}{self.threads:8}{self.memory_mib:6.1f} MiB{self.each_kib:5.1f} KiB"
                f"{self.fast_ms:6.2f} ms{self.answers.last:7.2f} s")  # fmt: skip


def ask_all(connections, path, patience):
    """All of them ask for `path` at once. Raises Problem when not each is answered with 200, within `patience` s."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    poller = select.epoll()
    waiting = {connection.fileno(): connection for connection in connections}
    begin = time.monotonic()
    for number, connection in waiting.items():
        connection.sendall(request)
        poller.register(number, select.EPOLLIN)
    first, ok = 0, 0
    while waiting:
        left = begin + patience - time.monotonic()
        events = poller.poll(max(left, 0))
        if not events and left <= 0:
            raise Problem(f"{len(waiting)} of {len(connections)} clients heard nothing for {patience:g} s.")
        for number, _ in events:
            first = first or time.monotonic() - begin
            ok += waiting.pop(number).recv(4096).startswith(b"HTTP/1.1 200 ")
            poller.unregister(number)
    poller.close()
    if ok != len(connections):
        raise Problem(f"{len(connections) - ok} of {len(connections)} clients were not answered with 200.")
    return Answers(ok, first, time.monotonic() - begin)


def look_at(program, options, clients, sleep):
    """Starts the server, sends it its crowd, and stops it."""
    with Server(program, "--quiet", "--sleep", f"{1000 * sleep:.0f}ms", *options) as server:
        alone = Snapshot(server.process.pid)
        ask(server)  # once, so that all that is made once has been made
        before = wait_until(server, lambda now: now.descriptors <= alone.descriptors)
        connections = connect(server, clients)
        inside = wait_until(server, lambda now: now.descriptors >= before.descriptors + clients)
        if inside.descriptors < before.descriptors + clients:
            raise Problem(f"{server.name} has accepted {inside.descriptors - before.descriptors} of {clients} clients.")
        fast = statistics.median(ask(server) for _ in range(20))
        inside = Snapshot(server.process.pid)
        try:
            answers = ask_all(connections, "/sleep", patience=sleep + 60)
        finally:
            for connection in connections:
                connection.close()
        if problem := server.stop():
            raise Problem(problem)
    each = 1024 * (inside.resident_mb - before.resident_mb) / clients
    name = " ".join([Path(program).name, *options])
    return Seen(name, clients, inside.threads, inside.resident_mb, each, fast, answers)


def show(servers, wanted, sleep):
    """`servers`: (program, options, whether it has a thread for each client). Prints a row for each."""
    print(wrapped(f"{wanted} clients connect and say nothing. Meanwhile one asks for /fast, 20 times, one after the"
                  f" other. Then all of them ask for /sleep at once, which takes {sleep:g} s."))  # fmt: skip
    rows = []
    for program, options, threads in servers:
        clients, limit = that_fit(wanted, threads)
        if limit:
            print(wrapped(f"{Path(program).name}: {clients} clients instead of {wanted}; {limit}."))
        raise_descriptor_limit(clients)
        rows.append(look_at(program, options, clients, sleep))
    print(f"\n{HEADING}\n" + "\n".join(row.row() for row in rows) + f"\n{ABOUT}\n")
    for row in rows:
        print(wrapped(f"{row.name}: all {row.clients} sleepers were answered, the first after {row.answers.first:.2f} s"
                      f" and the last after {row.answers.last:.2f} s."), flush=True)  # fmt: skip
