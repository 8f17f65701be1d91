"""Opens many connections that say nothing, and looks at the server that holds them. Linux only.

    tools/workbook hold [--clients 5000] SERVER
    tools/workbook hold [--clients 5000] --build solution02_server

SERVER is the program, for example build/release/bin/solution02_server. It is started on a free port of
this machine and stopped at the end. Prints a table: before, while all are connected, after they left.
Exit: 0 when the server answered meanwhile and gave every thread and descriptor back; 1 when not, and for
a server that has no thread for each client.
"""

import argparse
import socket
import statistics
import sys
import time

from workbook import test_runs
from workbook.process_watch import PATIENCE, Server, Snapshot
from workbook.system_limits import fail, number_of_clients, raise_descriptor_limit

REQUEST = b"GET /fast HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def ask(port):
    """One GET /fast on a new connection: how long it took, in milliseconds."""
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(REQUEST)
        response = b""
        while piece := client.recv(4096):
            response += piece
    if not response.startswith(b"HTTP/1.1 200 "):
        fail(f"the server answered {response[:40]!r} instead of 200.")
    return 1000 * (time.perf_counter() - begin)


def wait_until(server, reached, patience=PATIENCE):
    """The first snapshot that is as it should be, or the last one after a long wait (in seconds)."""
    end = time.monotonic() + patience
    while True:
        try:
            now = Snapshot(server.process.pid)
        except ProcessLookupError:
            fail(f"the server has ended with status {server.process.wait()}.")
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
    clients = connect(server.port, 2)
    now = wait_until(server, lambda now: now.threads >= before.threads + 2, patience=5)
    for client in clients:
        client.close()
    if now.threads < before.threads + 2:
        fail(f"this server has {now.threads} threads with two silent clients and {before.threads} without,"
             " so they cost it no thread: this is for a server with a thread for each, make hold-02.")


def connect(port, clients):
    connections = []
    for number in range(1, clients + 1):
        try:
            connections.append(socket.create_connection(("127.0.0.1", port), PATIENCE))
        except OSError as error:
            fail(f"connection {number} of {clients} failed: {error.strerror or error}.")
    return connections


def row(label, now, fast):
    print(f"{label:24}{now.threads:8}{now.descriptors:13}{now.virtual_mb:11.0f}{now.resident_mb:10.1f}"
          f"{now.tables_mb:11.1f}{fast:15.2f}", flush=True)


def measure(server, clients):
    def fast():
        return statistics.median(ask(server.port) for _ in range(20))

    def settled(now):
        return now.threads == before.threads and now.descriptors == before.descriptors

    ask(server.port)  # once, so that all that is made once has been made
    before = idle(server)
    need_a_thread_for_each_client(server, before)
    wait_until(server, settled)
    print(f"{'':24}{'threads':>8}{'descriptors':>13}{'VmSize MB':>11}{'VmRSS MB':>10}{'VmPTE MB':>11}"
          f"{'/fast ms (p50)':>15}")
    row("before", before, fast())
    before = wait_until(server, settled)
    begin = time.monotonic()
    connections = connect(server.port, clients)
    inside = wait_until(server, lambda now: now.threads >= before.threads + clients)
    took = time.monotonic() - begin
    row(f"{clients} silent clients", inside, fast())
    for connection in connections:
        connection.close()
    wait_until(server, settled)
    fast_after = fast()  # the next clients: the server joins the threads of those that have left
    after = wait_until(server, settled)
    row("after they left", after, fast_after)
    print(f"All {clients} were connected after {took:.1f} s. Each one took"
          f" {1024 * (inside.resident_mb - before.resident_mb) / clients:.1f} kB of resident memory and"
          f" {(inside.virtual_mb - before.virtual_mb) / clients:.2f} MB of addresses.")
    if inside.threads < before.threads + clients:
        fail(f"only {inside.threads - before.threads} of {clients} connections have a thread.")
    if not settled(after):
        fail(f"{after.threads - before.threads} threads and {after.descriptors - before.descriptors}"
             " descriptors were not given back.")
    print("Every thread and every descriptor has been given back.")


def main():
    parser = argparse.ArgumentParser(description="Looks at a server that holds many silent connections.")
    parser.add_argument("server", nargs="?", help="the program, for example build/release/bin/solution02_server")
    parser.add_argument("--build", metavar="NAME", help="build this program, and take it")
    parser.add_argument("--clients", default="5000", help="how many connections (default: 5000)")
    options = parser.parse_args()
    clients = number_of_clients(options.clients)
    raise_descriptor_limit(clients)
    if bool(options.server) == bool(options.build):
        parser.error("say which server: SERVER, or --build NAME")
    if options.build and (code := test_runs.build("release", options.build)):
        sys.exit(code)
    with Server(options.server or f"build/release/bin/{options.build}") as server:
        measure(server, clients)
