"""Lets server programs meet their clients, one server after the other, and measures who waits for whom.

    tools/workbook demo [--side stage] [--beside] [--slow-client] [NN...]

The servers are those of the stages NN, without a number those of all stages that have a server. A stage that
has no server, but a scene with timelines, shows those.
  --side stage   your servers instead of the solutions'
  --beside       first the solutions of the stages before, to compare with; afterwards, if its stage.json says
                 how, the last server with a crowd of clients
  --slow-client  the clients are slow ones, as many as stage.json says, and one behind them
  --overload     the last server with more clients than it has room for, as its stage.json says
  --log          print what each server logs, as it happens; without it, it goes to files alone
  --sleep 5s     how long /sleep sleeps; --byte-every 1s: the pause between two bytes of a slow client
"""

import argparse
import contextlib
import re
import sys
import textwrap
import threading
from dataclasses import dataclass
from pathlib import Path

from workbook import crowd, drain, scene, test_runs, timeline, tree
from workbook.canvas import need_folder
from workbook.conclusions import listed
from workbook.process_watch import Server, waiting_in_backlog
from workbook.status_line import StatusLine
from workbook.tree import Problem
from workbook.visits import Client, measure, read_events, send, timeline_of

MOST_BESIDE = 3  # servers that are shown before the one in question: with more the last has no room on a projector
OUT = Path("build/demo")
GAP = 0.1  # seconds from one client's arrival to the next
LONGEST_REQUEST = 40  # bytes
NOTE_COLUMN = 42  # of a server's log


@dataclass(frozen=True)
class Experiment:
    """The same for every server: which clients come, and when. Times in seconds."""

    story: str  # what happens, in one sentence
    clients: tuple
    sleep: float  # how long /sleep takes
    suffix: str = ""  # tells the pictures of two experiments apart
    options: tuple = ()  # of the server, beyond those that every server has
    overload: bool = False  # clients may be rejected

    def heading(self, server):
        return " ".join([server, *self.options])

    def name(self):
        """Tells one overload from the other: "reject"."""
        return self.suffix.rpartition("_")[2]

    def patience(self):
        """Should every client wait for all others, this is still enough."""
        return 5 + sum(self.sleep + LONGEST_REQUEST * client.byte_every for client in self.clients)


@dataclass
class Result:
    experiment: Experiment
    server: str
    clients: list
    most_in_backlog: int = 0  # clients that waited in the kernel to be accepted, at most


def fast_beside_sleep(sleep):
    story = f"/sleep takes {sleep:g} s. Three clients come, {GAP:g} s apart: /sleep, /fast, /fast"
    return Experiment(story, (Client("/sleep"), Client("/fast"), Client("/fast")), sleep)


def fast_behind_slow_clients(sleep, byte_every, slow):
    who = f"Clients 1 to {slow} send a byte of a request" if slow > 1 else "Client 1 sends a byte of its request"
    story = f"{who} every {byte_every:g} s. Client {slow + 1} comes {GAP:g} s later: /fast"
    return Experiment(story, (*slow * [Client("/", byte_every)], Client("/fast")), sleep, "_slow_client")


def overload(sleep, cases, clients=7):
    """More /sleep clients than the server has room for, once for each of the cases of stage.json."""
    story = f"{clients} clients want /sleep, {sleep:g} s each, {GAP:g} s apart"
    return [Experiment(story, tuple(clients * [Client("/sleep")]), sleep, f"_overload_{case['name']}",
                       tuple(case["options"]), True) for case in cases]  # fmt: skip


def wrapped(text, indent=0):
    """Breaks at spaces, so that no line has more than 80 columns; a longer word stays whole."""
    words = text.lstrip()
    return textwrap.fill(words, 80, initial_indent=text[: len(text) - len(words)], subsequent_indent=" " * indent,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


class Log:
    """What a server says: kept in a file, and shown as it comes, line by line or in the status line."""

    def __init__(self, path, status, printed):
        self.file = open(path, "w", encoding="utf-8")
        self.status, self.printed = status, printed

    def add(self, line):
        with contextlib.suppress(OSError):  # the reader has left, or the disk is full: whoever prints next says so
            print(line, file=self.file, flush=True)
            if self.printed:
                self.status.print(wrapped("  " + line, NOTE_COLUMN))
            else:
                self.status.show(line)


def perform(experiment, program, out, printed=False):
    """Runs it with one server program. Meanwhile its log is shown: all of it, or its last line on a terminal."""
    name = Path(program).name
    events = out / f"{name}{experiment.suffix}.events"
    events.unlink(missing_ok=True)
    options = ["--sleep", f"{1000 * experiment.sleep:.0f}ms", "--events", events, *experiment.options]
    most, over = 0, threading.Event()

    def watch():
        nonlocal most
        while not over.wait(0.005):
            most = max(most, waiting_in_backlog(server.port))

    with StatusLine(f"{name}, {len(experiment.clients)} clients") as status, \
         Server(program, *options, on_line=Log(out / f"{name}{experiment.suffix}.log", status, printed).add,
                patience=10) as server:  # fmt: skip
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        visits = send(server.port, experiment.clients, GAP, experiment.patience())
        over.set()
        watcher.join()
        if problem := server.stop():
            raise Problem(problem)
    measured = measure(experiment.clients, visits, read_events(events), experiment.overload)
    return Result(experiment, name, measured, most)


def conclusion(clients):
    """Which clients waited for the first one: for 90 % of what was left of its service when they arrived, or
    more; one that waited for less than 10 % has not waited."""
    blocked, delayed = [], []
    for number, one in enumerate(clients[1:], 2):
        rest = clients[0].finished - one.connected
        part = one.waited() / rest if rest > 0 else 0
        if part >= 0.1:
            (blocked if part >= 0.9 else delayed).append(number)
    if blocked:
        return f"{named(blocked)} waited for client 1: head-of-line blocking."
    if delayed:
        return f"{named(delayed)} waited, but not until client 1 had its answer."
    return "No client waited for another."


def named(numbers):
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"Clients {numbers[0]} to {numbers[-1]}"
    return f"Client{'s' if len(numbers) > 1 else ''} {listed(map(str, numbers))}"


def overload_conclusion(result):
    """Who was served, and where the others were meanwhile."""
    served = [one.total() for one in result.clients if not one.rejected]
    rejected = [one.total() for one in result.clients if one.rejected]
    return (f"{len(served)} of {len(result.clients)} clients were served, the slowest after"
            f" {max(served, default=0):.3f} s; "
            + (f"{len(rejected)} read 503, the slowest after {max(rejected):.3f} s" if rejected
               else "nobody was rejected")
            + f"; at most {result.most_in_backlog} waited in the kernel's backlog.")  # fmt: skip


def summary(results):
    """The waiting times of all servers side by side. All have the same clients."""
    name_width = max(len(name) for name in ["waited", *(result.server for result in results)])
    count = len(results[0].clients)
    column = min(max((80 - name_width) // (count + 1), 10), 12)
    heads = [*(f"client {number}" for number in range(1, count + 1)), "together"]
    lines = [f"{'waited':{name_width}}" + "".join(f"{head:>{column}}" for head in heads)]
    for result in results:
        times = [one.waited() for one in result.clients]
        cells = "".join(f"{time:{column - 2}.3f} s" for time in [*times, sum(times)])
        lines.append(f"{result.server:{name_width}}{cells}")
    return "\n".join(lines)


def show(experiments, programs, out, printed=False):
    """Performs all experiments with each server; then prints and draws what came of them."""
    need_folder(out)
    print(wrapped(experiments[0].story + "."), flush=True)
    results = []
    for program in programs:
        for experiment in experiments:
            if printed:
                print(f"\n{experiment.heading(Path(program).name)}", flush=True)
            results.append(perform(experiment, program, out, printed))
    print(f"\n{in_words(results)}")
    for result, picture in zip(results, pictures_of(results)):
        picture.title += f": {result.experiment.story}"
        timeline.draw(picture).write(out / f"{result.server}{result.experiment.suffix}.svg")
    print(f"\nPictures and logs: {out}", flush=True)


def pictures_of(results):
    """Their timelines, on one scale."""
    longest = max(timeline_of(result.clients, "").end() for result in results)
    return [timeline_of(result.clients, result.experiment.heading(result.server), longest) for result in results]


def in_words(results):
    """The timelines as text, with what they show: who waited for whom, or of an overload who was served."""
    pictures, experiment = pictures_of(results), results[0].experiment
    if experiment.overload:
        said = [wrapped(f"{result.experiment.name()}: {overload_conclusion(result)}") for result in results]
        return "\n".join([timeline.to_text(*pictures), *said])
    for picture, result in zip(pictures, results):
        picture.title += f": {conclusion(result.clients)}"
    # Who sends slowly waits for nobody: a sum of such times means nothing.
    compared = len(results) > 1 and not any(client.byte_every for client in experiment.clients)
    return timeline.to_text(*pictures) + f"\n{summary(results)}" if compared else timeline.to_text(*pictures).rstrip("\n")


def seconds(name, text, least):
    """What "500ms" or "5s" means."""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s)?", text)
    value = float(found[1]) * (1000 if found[2] == "s" else 1) if found else -1
    if not least <= value <= 60_000:
        raise Problem(f"{name}={text} must be between {least} ms and 60 s, for example 5s.")
    return value / 1000


def chosen_servers(options):
    """[(side, stage)] in the order in which they are shown."""
    with_server = [stage for stage in tree.stages() if stage.server]
    # A handout shows, without a number, the servers that it has.
    there = [stage for stage in with_server if options.side == "stage" or stage.solution.is_dir()]
    chosen = [tree.find_stage(number) for number in options.numbers] or there or with_server
    for stage in chosen:
        if stage not in with_server:
            tree.die(f"Stage {stage.number} has no server to demonstrate.")
    # Your own server of the first stage has nobody before it: it stands beside the solution.
    before = [("solution", stage) for stage in with_server if options.beside and (
        stage.number < chosen[0].number or (options.side == "stage" and stage == with_server[0]))
        and stage.solution.is_dir()]  # fmt: skip
    return before[-MOST_BESIDE:] + [(options.side, stage) for stage in chosen]


def show_scene(options):
    """Shows the timelines of a stage that has a scene in the place of a server; whether it has."""
    stage = tree.find_stage(options.numbers[0]) if len(options.numbers) == 1 else None
    if not stage or stage.server or options.slow_client or "timelines" not in stage.about.get("scenes", {}):
        return False
    scene.show("timelines", options.side, stage)
    return True


def show_crowd(servers, folder, sleep):
    """The last of these servers and a crowd of clients, beside those that have a thread for each client."""
    about = servers[-1][1].server["crowd"]
    beside = [(folder / stage.program(side), [], True) for side, stage in servers[:-1] if stage.server.get("hold")]
    side, stage = servers[-1]
    crowd.show([*beside, (folder / stage.program(side), about["options"], False)], about["clients"], sleep)


def main():
    parser = argparse.ArgumentParser(description="Server programs meet clients: who waits, and for how long?")
    parser.add_argument("numbers", nargs="*", metavar="NN", help="stages; none: all that have a server")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--beside", action="store_true", help="the stages before, too")
    parser.add_argument("--slow-client", action="store_true", help="clients that send byte by byte")
    parser.add_argument("--overload", action="store_true", help="more clients than the server has room for")
    parser.add_argument("--log", action="store_true", help="print what the servers log")
    parser.add_argument("--sleep", default="2s")
    parser.add_argument("--byte-every", default="250ms")
    options = parser.parse_args()
    if show_scene(options):
        return
    sleep = seconds("SLEEP", options.sleep, 500)
    byte_every = seconds("BYTE_EVERY", options.byte_every, 10)
    servers = chosen_servers(options)
    stage = servers[-1][1]
    if options.overload and not stage.server.get("overload"):
        has = [f"make demo-{one.number}-overload" for one in tree.stages() if one.server.get("overload")]
        tree.die(f"Stage {stage.number} has no room that could be too small; try {', '.join(has)}.")
    names = [one.program(side) for side, one in servers]
    folder = test_runs.released(*names)
    programs = [folder / name for name in names]
    experiments = [fast_beside_sleep(sleep)]
    if options.slow_client:
        experiments = [fast_behind_slow_clients(sleep, byte_every, stage.server["slow_clients"])]
    elif options.overload:
        experiments = overload(sleep, stage.server["overload"])
    try:
        show(experiments, programs, OUT, options.log)
        plain = options.beside and not (options.slow_client or options.overload)
        if plain and stage.server.get("crowd"):
            print()
            show_crowd(servers, folder, sleep)
        if plain and stage.server.get("drain"):
            print()
            drain.show(programs[-1])
    except Problem as problem:
        print(f"\n{wrapped(str(problem))}", file=sys.stderr)
        if options.side == "stage":
            print(f"Next: make check-{stage.number}", file=sys.stderr)
        sys.exit(tree.WRONG)
    print(f"Next: {following(stage, options)}")


def following(stage, options):
    """What to type next."""
    if options.beside and stage.server.get("overload") and not options.slow_client:
        return f"more clients than there is room for: make demo-{stage.number}-overload{' MINE=1' * (options.side == 'stage')}"
    if options.side != "stage":
        return f"open a picture in a browser, or try your own server: make demo-{stage.number} MINE=1"
    more = f", or compare with the solution: make demo-{stage.number}" if stage.solution.is_dir() else ""
    return f"open a picture in a browser{more}"
