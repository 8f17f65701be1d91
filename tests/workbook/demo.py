#!/usr/bin/env python3
"""The parts of the demo: servers that start and stop, clients, what is measured, and what is said of it."""

import contextlib
import socket
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import demo, tree  # noqa: E402
from workbook.demo import wrapped  # noqa: E402
from workbook.process_watch import Server, port_in, waiting_in_backlog  # noqa: E402
from workbook.prose import folded  # noqa: E402
from workbook.visits import EVENTS, Client, Event, Measured, Visit, measure, parse_events  # noqa: E402
from workbook.visits import read_events, send, timeline_of  # noqa: E402

MS = 1_000_000  # nanoseconds
SCREEN = 36  # lines on a projector
LISTENING = "echo 'listening on http://127.0.0.1:81'; "
GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHi\n"
BUSY = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


def same(what, found, expected):
    if isinstance(expected, float):
        found = round(found, 6)
    return [] if found == expected else [f"{what} is not {expected!r}, but {found!r}"]


def said(function, *arguments, **named):
    """The sentence with which it ends, or "no complaint"."""
    try:
        function(*arguments, **named)
        return "no complaint"
    except tree.Problem as problem:
        return str(problem)


# A small shell script in the place of a server.


@contextlib.contextmanager
def script(text):
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "server"
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
        yield program


def failure_to_start(text):
    with script(text) as program:
        return said(Server, program, patience=10)


def ending(text, patience=10):
    with script("trap '' TERM; " + LISTENING + text) as program, Server(program) as server:
        server.patience = patience
        return server.stop()


def check_server():
    """The port is found, each line passed on; why a server did not start, and how it ended, is told."""
    problems = []
    for line, port in (
        ("listening on http://127.0.0.1:43211  (Ctrl-C stops)", 43211),
        ("listening on http://::1:7878", 7878),
        ("listening on http://127.0.0.1:99999  (Ctrl-C stops)", 0),
        ("listening on http://127.0.0.1", 0),
        ("stage01_server: cannot listen on 127.0.0.1:7878", 0),
    ):
        problems += same(f"the port in '{line}'", port_in(line), port)
    lines = []
    with script("trap 'echo stopped; exit 0' TERM; " + LISTENING + "while :; do :; done") as program:
        with Server(program, on_line=lines.append, patience=10) as server:
            problems += same("the port", server.port, 81) + same("the end", server.stop(), "")
    problems += same("what it prints", lines, ["listening on http://127.0.0.1:81", "stopped"])
    for text, expected in (
        ("echo 'server: --sleep is wrong' >&2; exit 1", "server did not start: --sleep is wrong"),
        ("exit 0", "server did not start: it printed no reason"),
    ):
        problems += same("a server that does not start", failure_to_start(text), expected)
    problems += same("no program", said(Server, "/nowhere/server"), "server did not start: No such file or directory.")
    todo = "echo 'server: TODO 1.5 is not written yet' >&2; exit 1"
    problems += same("a server that ends", ending(todo), "server ended with exit code 1: TODO 1.5 is not written yet")
    problems += same("a server that dies", ending("kill -SEGV $$"), "server died of signal 11 (Segmentation fault).")
    late = "server did not stop within 0 s of SIGTERM, so it was killed."
    return problems + same("a server that does not stop", ending("exec sleep 1000", patience=0), late)


def check_clients():
    """Connection k is client k; a client that hears nothing gives up, and one that finds nobody says so."""
    problems = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve():
            for number in (1, 2, 3):
                with listener.accept()[0] as client:
                    request = b""
                    while b"\r\n\r\n" not in request and (piece := client.recv(100)):
                        request += piece
                    client.sendall(f"{number} ".encode() + request.partition(b"\r")[0])

        server = threading.Thread(target=serve)
        server.start()
        visits = send(port, [Client("/a"), Client("/b"), Client("/c", 0.001)], 0, 10)
        server.join()
        for visit, name in zip(visits, "abc"):
            expected = f"{'abc'.index(name) + 1} GET /{name} HTTP/1.0"
            problems += same("the answer", (visit.answer, visit.error), (expected, ""))
            if not visit.connected <= visit.sent <= visit.answered:
                problems.append(f"the times of a client are in disorder: {visit}")
        silent = send(port, [Client("/a")], 0, 0.001)
        problems += same("nobody accepts", silent[0].error, "it heard nothing for 0 s")
        with socket.create_connection(("127.0.0.1", port)):
            if not waiting_in_backlog(port):
                problems.append("a client that nobody has accepted is not seen in the backlog")
    for visit in send(port, [Client("/a"), Client("/b")], 0, 1):
        if "cannot connect" not in visit.error:
            problems.append(f"a client that finds nobody says '{visit.error}'")
    return problems


def check_events_file():
    """What servers write is read back; what is no event is refused with its line and the reason."""
    events = parse_events("accepted\t1\t2\t1500\t\nfailed\t12\t3\t2500\ta\tb: c\n")
    problems = same("two events", events, [Event("accepted", 1, 2, 1500, ""), Event("failed", 12, 3, 2500, "a\tb: c")])
    for kind in EVENTS:
        problems += same("a kind", parse_events(f"{kind}\t1\t1\t1\t\n")[0].kind, kind)
    for text, expected in (
        ("begun\t1\t1\t1\t\n", "1: 'begun' is not a kind of event"),
        ("accepted\t1\t1\t1\t\n\n", "2: '' is not a kind of event"),
        ("started\tone\t1\t1\t\n", "1: 'one' is no connection number"),
        ("started\t-1\t1\t1\t\n", "1: '-1' is no connection number"),
        ("started\t1\t1x\t1\t\n", "1: '1x' is no thread number"),
        ("started\t1\t1\t-5\t\n", "1: '-5' is no time in nanoseconds"),
        ("started\t1\t1\t99999999999999999999\t\n", "1: '99999999999999999999' is no time in nanoseconds"),
        ("started\t1", "1: '' is no thread number"),
    ):
        problems += same(f"said of {text!r}", said(parse_events, text), f"events, line {expected}")
    if "cannot read" not in said(read_events, Path("/nowhere/events")):
        problems.append("a file of events that is missing is not told")
    return problems


HOUR = 3600 * 1000 * MS


def visit(connected, sent, answered, answer=GOOD, error=""):
    return Visit(*(HOUR + time * MS for time in (connected, sent, answered)), answer, error)


def event(kind, connection, time, note=""):
    return Event(kind, connection, 7, HOUR + time * MS, note)


SERVED = [event("accepted", 1, 1), event("started", 1, 2), event("finished", 1, 2000)]


def check_measurement():
    """Waiting ends when the server begins to work; what a slow client sends is its own time; queues are told apart."""
    events = [*SERVED, event("started", 2, 2001), event("finished", 2, 2002)]
    two = measure([Client("/sleep"), Client("/fast")], [visit(0, 0, 2000), visit(100, 101, 2003)], events)
    problems = same("waiting", two[0].waited(), 0.002) + same("waiting behind", two[1].waited(), 1.901)
    problems += same("in all", two[1].total(), 1.903) + same("the thread", two[1].thread, 7)

    slow = measure([Client("/", 0.1)], [visit(0, 1500, 2010)], [event("started", 1, 1600), event("finished", 1, 2000)])
    row = timeline_of(slow, "").rows[0]
    problems += same("a slow one waits", slow[0].waited(), 0.1) + same("its row", row.label, "client 1  /, slow")
    problems += same("it sends", row.segments[0].kind, "sending") + same("until", row.segments[0].end, 1.5)

    def in_queue(since):
        events = [event("queued", 1, since), event("started", 1, 1000), event("finished", 1, 2000)]
        one = measure([Client("/sleep")], [visit(0, 0, 2000)], events)
        problems.extend(same("waiting in a queue", one[0].waited(), 1.0))
        return [(s.kind, round(s.begin, 6), round(s.end, 6)) for s in timeline_of(one, "").rows[0].segments]

    problems += same("a long stay", in_queue(400)[1], ("queued", 0.4, 1.0))
    return problems + same("passing through", len(in_queue(999)), 2)


def check_answers():
    """Only a complete 200 counts, and where it may be, a 503; the server's own reason is passed on."""
    complain = lambda seen, events: said(measure, [Client("/sleep")], [seen], events)  # noqa: E731
    failed = [event("failed", 1, 2, "TODO 1.1 is not written")]
    half = "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nHi\n"
    problems = []
    for answer, error, events, expected in (
        ("", "", failed, "got no answer: TODO 1.1 is not written."),
        ("", "", [], "got no answer: the server closed the connection."),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", "", SERVED,
         "was answered 'HTTP/1.1 503 Service Unavailable' and not 'HTTP/1.1 200 OK'."),
        (half, "", SERVED, "got an answer that is not as long as it says."),
        (half, "cannot connect", [], "got no answer: cannot connect."),
        (GOOD, "", SERVED[:2], "was answered, but the server has not recorded 'finished' for connection 1."),
    ):  # fmt: skip
        problems += same("a bad answer", complain(visit(0, 0, 2000, answer, error), events), f"Client 1 {expected}")
    plans, visits = 2 * [Client("/sleep")], [visit(0, 0, 2000), visit(100, 101, 103, BUSY)]
    if "'rejected' for connection 2" not in said(measure, plans, visits, SERVED, also_503=True):
        problems.append("a rejection that the server has not recorded is taken")
    served, rejected = measure(plans, visits, [*SERVED, event("rejected", 2, 102)], also_503=True)
    problems += same("rejected", (served.rejected, rejected.rejected), (False, True))
    problems += same("its time", rejected.total(), 0.003)
    return problems + same("its row", timeline_of([rejected], "").rows[0].segments[0].kind, "rejected")


def client(request, connected, started, finished):
    return Measured(request, False, connected, connected, finished + 0.001, False, started, finished, 1)


def clients(second, third):
    """/sleep takes 2 s; the others arrive at 100 and 200 ms and begin to be served at these times."""
    return [client("/sleep", 0, 0, 2), client("/fast", 0.1, second, second + 0.001),
            client("/fast", 0.2, third, third + 0.001)]  # fmt: skip


def check_report():
    """Waiting counts as blocked from 90 % of the rest of the first client's service on; tables have 80 columns."""
    problems = []
    for second, third, expected in (
        (2, 2.001, "Clients 2 and 3 waited for client 1: head-of-line blocking."),
        (0.101, 2, "Client 3 waited for client 1: head-of-line blocking."),
        (0.101, 1.8, "Client 3 waited, but not until client 1 had its answer."),
        (0.101, 0.201, "No client waited for another."),
    ):
        problems += same(f"said of {second} and {third} s", demo.conclusion(clients(second, third)), expected)
    one = demo.fast_beside_sleep(2)
    results = [demo.Result(one, "one", clients(2, 2.001)), demo.Result(one, "another", clients(0.101, 0.201))]
    problems += same("the summary", demo.summary(results), """\
waited     client 1    client 2    client 3    together
one         0.000 s     1.900 s     1.801 s     3.701 s
another     0.000 s     0.001 s     0.001 s     0.002 s""")
    five = clients(2, 2.001) + 2 * clients(2, 2.001)[2:]
    lines = demo.summary([demo.Result(one, "solution03_server", five)]).splitlines()
    return problems + same("the widths for five clients", [len(line) <= 80 for line in lines], [True, True])


def check_overload():
    """Who was served, who was rejected, and where the others waited."""
    busy = Measured("/sleep", False, 0.1, 0.1, 0.102, True)
    result = demo.Result(None, "server", [client("/sleep", 0, 0, 2), busy])
    problems = same("one rejected", demo.overload_conclusion(result),
                     "1 of 2 clients were served, the slowest after 2.001 s; 1 read 503, the slowest after 0.002 s;"
                     " at most 0 waited in the kernel's backlog.")  # fmt: skip
    result = demo.Result(None, "server", clients(2, 2.001), 3)
    return problems + same("nobody rejected", demo.overload_conclusion(result),
                           "3 of 3 clients were served, the slowest after 2.001 s; nobody was rejected;"
                           " at most 3 waited in the kernel's backlog.")  # fmt: skip


def check_screen():
    """What a demo shows has room on a projector: the timelines of all servers, and what is said of them."""
    plain, servers = demo.fast_beside_sleep(2), [stage for stage in tree.stages() if stage.server]
    results = [demo.Result(plain, stage.program("solution"), clients(2, 2.001)) for stage in servers]
    problems = fits("all servers", results, SCREEN)
    if "solution01_server: Clients 2 and 3 waited for client 1: head-of-line blocking.\n" not in demo.in_words(results):
        problems.append(f"nobody says who waited for whom: {demo.in_words(results)}")
    slow = demo.fast_behind_slow_clients(2, 0.25, 4)
    behind = [client("/", 0, 0, 2), *(client("/", 0.1, 2, 2.1) for _ in range(4))]
    beside = servers[-(demo.MOST_BESIDE + 1) :]
    results = [demo.Result(slow, stage.program("solution"), behind) for stage in beside]
    problems += fits("slow clients of the servers that stand beside each other", results, SCREEN)
    if "_server: Clients 2 to 5 waited for client 1: head-of-line blocking.\n" not in demo.in_words(results):
        problems.append(f"nobody says who waited for the slow client: {demo.in_words(results)}")
    for stage in servers:
        cases = demo.overload(2, stage.server.get("overload", []))
        busy = [Measured("/sleep", False, 0.1, 0.1, 0.102, True)] * 6
        full = [demo.Result(case, stage.program("solution"), [client("/sleep", 0, 0, 2), *busy]) for case in cases]
        problems += fits("an overload", full, SCREEN) if full else []
    return problems


def fits(what, results, most):
    """At most so many lines, none of them wider than 80 columns."""
    lines = demo.in_words(results).splitlines() + 6 * [""]  # what stands above and below
    wide = [line for line in lines if len(line) > 80]
    return [f"{what} take {len(lines)} lines, of which too wide: {wide}"] if wide or len(lines) > most else []


def check_plans():
    """As many slow clients as asked for, and one behind them; the same overload for each policy."""
    one, four = demo.fast_behind_slow_clients(2, 0.25, 1), demo.fast_behind_slow_clients(2, 0.25, 4)
    problems = same("one slow client", (len(one.clients), one.story), (
        2, "Client 1 sends a byte of its request every 0.25 s. Client 2 comes 0.1 s later: /fast"))  # fmt: skip
    problems += same("four", four.clients, (*4 * [Client("/", 0.25)], Client("/fast")))
    cases = [{"name": name, "options": ["--overload", name]} for name in ("reject", "wait")]
    plans = demo.overload(2, cases)
    problems += same("headings", [plan.heading("a") for plan in plans], ["a --overload reject", "a --overload wait"])
    problems += same("suffixes", len({plan.suffix for plan in plans}), 2)
    problems += same("clients", (plans[0].clients, len(plans[0].clients) > 2 + 2 + 1), (plans[1].clients, True))
    for text in ("soon", "-1s", "10ms", "61s", ""):
        if f"SLEEP={text} must be between 500 ms and 60 s" not in said(demo.seconds, "SLEEP", text, 500):
            problems.append(f"SLEEP={text} is taken")
    return problems + same("5s and 500ms", [demo.seconds("SLEEP", text, 500) for text in ("5s", "500ms")], [5, 0.5])


def check_wrapping():
    """A line ends at the last space that leaves it 80 columns; a longer word stays whole."""
    fifty, forty, hundred = 50 * "x", 40 * "y", 100 * "z"
    problems = []
    for text, expected in (
        ("", ""),
        (80 * "x", 80 * "x"),
        (f"{fifty} {fifty}", f"{fifty}\n{fifty}"),
        (80 * "a" + " b", 80 * "a" + "\nb"),
        (f"a {hundred} b", f"a\n{hundred}\nb"),
        (hundred, hundred),
        (f"   {hundred}", f"   {hundred}"),
    ):
        problems += same("a wrapped text", wrapped(text), expected)
    for line, expected in (
        (f"A{fifty} {fifty}", f"A{fifty}\n{fifty}"),
        (f"  {fifty} {fifty}", f"  {fifty}\n      {fifty}"),
        (f"+{fifty} {fifty}", f"+{fifty}\n    {fifty}"),
        (f"$ {fifty} {fifty}", f"$ {fifty} \\\n    {fifty}"),
        (f"  make {fifty} ONLY={forty}", f"  make {fifty} \\\n      ONLY={forty}"),
        (f"short\n\n{hundred}", f"short\n\n{hundred}"),
    ):
        problems += same("a folded text", folded(line), expected)
    schedule = ["           main               thread 1           receiver 2",
                "        1  starts thread 1                                          thread_pool.cpp:32 in start",
                "           … 7 steps left out …",
                "       24!                    yields                                schedules_test.cpp:56 in a lambda"]
    problems += same("a schedule", folded("\n".join(schedule)).split("\n"), [
        "     1  main       starts thread 1    thread_pool.cpp:32 in start",
        "           … 7 steps left out …",
        "    24! thread 1   yields             schedules_test.cpp:56 in a lambda"])  # fmt: skip
    problems += same("a narrow one", folded(schedule[0]), schedule[0])
    indented = f"  {fifty} {forty} {forty}"
    return problems + same("an indented one", wrapped(indented, 4), f"  {fifty}\n    {forty}\n    {forty}")


def main():
    problems = []
    for check in (check_server, check_clients, check_events_file, check_measurement, check_answers, check_report,
                  check_overload, check_screen, check_plans, check_wrapping):  # fmt: skip
        problems += check()
    tree.report("demo", problems, "servers, clients, measurements and reports")


if __name__ == "__main__":
    main()
