"""Opens many connections that say nothing, and looks at the server that holds them. Linux only.

    tools/workbook hold [--clients 5000] [--side stage] NN
    tools/workbook hold [--clients 5000] SERVER

NN is a stage with "hold" in its stage.json, and its server is built first; SERVER is a program. It is started
on a free port of this machine and stopped at the end. Prints a table: before, while all are connected, after they left.
Exit: 0 when the server answered meanwhile and gave every thread and descriptor back; 1 when not, and for
a server that has no thread for each client.
"""

import argparse
import statistics
import time
from pathlib import Path

from workbook import test_runs, tree
from workbook.prose import folded
from workbook.process_watch import PATIENCE, Server, Snapshot
from workbook.status_line import StatusLine
from workbook.system_limits import number_of_clients, raise_descriptor_limit
from workbook.tree import Problem


def ask(server):
    """One GET /fast on a new connection: how long it took, in milliseconds."""
    begin = time.perf_counter()
    response = server.get("/fast")
    if not response.startswith("HTTP/1.1 200 "):
        raise Problem(f"The server answered {response[:40]!r} instead of 200.")
    return 1000 * (time.perf_counter() - begin)


def wait_until(server, reached, patience=PATIENCE):
    """The first snapshot that is as it should be, or the last one after a long wait (in seconds)."""
    end = time.monotonic() + patience
    while True:
        try:
            now = Snapshot(server.process.pid)
        except ProcessLookupError:
            raise Problem(f"The server has ended: {server.last_words()}") from None
        if reached(now) or time.monotonic() > end:
            return now
        time.sleep(0.02)


def idle(server):
    """A snapshot of the server when the number of its threads has stopped changing."""
    seen = []

    def steady(now):
        seen.append(now.threads)
        return len(seen) > 5 and len(set(seen[-5:])) == 1

    return wait_until(server, steady)


def need_a_thread_for_each_client(server, before):
    """Ends the program with a sentence, unless two silent clients have two threads."""
    clients = connect(server, 2)
    now = wait_until(server, lambda now: now.threads >= before.threads + 2, patience=5)
    for client in clients:
        client.close()
    if now.threads < before.threads + 2:
        stage = next((stage.number for stage in tree.stages() if stage.server.get("hold")), "NN")
        raise Problem(f"This server has {now.threads} threads with two silent clients and {before.threads} without, so"
                      f" they cost it no thread: this is for a server with a thread for each client, make hold-{stage}.")


def connect(server, clients):
    connections = []
    for number in range(1, clients + 1):
        try:
            connections.append(server.connect())
        except OSError as error:
            raise Problem(f"Connection {number} of {clients} failed: {error.strerror or error}.") from error
    return connections


def row(label, now, fast):
    print(f"{label:21}{now.threads:8}{now.descriptors:12}{now.virtual_mb:10.0f}{now.resident_mb:10.1f}"
          f"{now.tables_mb:10.1f}{fast:9.2f}", flush=True)


def measure(server, clients):
    def fast():
        return statistics.median(ask(server) for _ in range(20))

    def settled(now):
        return now.threads == before.threads and now.descriptors == before.descriptors

    ask(server)  # once, so that all that is made once has been made
    before = idle(server)
    need_a_thread_for_each_client(server, before)
    wait_until(server, settled)
    print("Sizes in MB; /fast: the median of 20 requests, in ms.")
    print(f"{'':21}{'threads':>8}{'descriptors':>12}{'VmSize':>10}{'VmRSS':>10}{'VmPTE':>10}{'/fast':>9}")
    row("before", before, fast())
    before = wait_until(server, settled)
    begin = time.monotonic()
    with StatusLine(f"{clients} clients connect and say nothing"):
        connections = connect(server, clients)
        inside = wait_until(server, lambda now: now.threads >= before.threads + clients)
        took = time.monotonic() - begin
        fast_inside = fast()
    row(f"{clients} silent clients", inside, fast_inside)
    with StatusLine("They leave; the server joins their threads"):
        for connection in connections:
            connection.close()
        wait_until(server, settled)
        fast_after = fast()  # the next clients: the server joins the threads of those that have left
        after = wait_until(server, settled)
    row("after they left", after, fast_after)
    print(folded(f"All {clients} were connected after {took:.1f} s. Each one took"
                 f" {1024 * (inside.resident_mb - before.resident_mb) / clients:.1f} kB of resident memory and"
                 f" {(inside.virtual_mb - before.virtual_mb) / clients:.2f} MB of addresses."))
    if inside.threads < before.threads + clients:
        raise Problem(f"Only {inside.threads - before.threads} of {clients} connections have a thread.")
    if not settled(after):
        raise Problem(f"{after.threads - before.threads} threads and {after.descriptors - before.descriptors}"
                      " descriptors were not given back.")
    print("Every thread and every descriptor has been given back.")


def main():
    parser = argparse.ArgumentParser(description="Looks at a server that holds many silent connections.")
    parser.add_argument("server", help="the number of a stage, or a program")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--clients", default="5000", help="how many connections (default: 5000)")
    options = parser.parse_args()
    clients = number_of_clients(options.clients)
    raise_descriptor_limit(clients)
    program = Path(options.server)
    if "/" not in options.server:
        stage = tree.find_stage(options.server)
        if not stage.server:
            tree.die(f"Stage {stage.number} has no server.")
        program = test_runs.released(stage.program(options.side)) / stage.program(options.side)
    with Server(program, "--quiet") as server:
        measure(server, clients)
