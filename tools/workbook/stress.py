"""Sends many clients at once to the servers, and accounts for each of them.

    tools/workbook stress [--clients 10000] [--side stage] [--bin FOLDER] [--out build/stress]

Which servers, and with which options, stands in the stages' stage.json. Builds the programs, unless they are
in --bin FOLDER; before that it looks whether this machine allows so many clients.

Server and generator are processes of their own. While the clients are served, the server is looked at
20 times a second; each run becomes a picture. Linux only.
Exit: 0 when every client has an outcome, and all clients were ok where none is turned away; 1 when not;
130 after Ctrl-C.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from workbook import load, plot, test_runs, tree
from workbook.canvas import NoPicture, need_folder
from workbook.process_watch import Recording, Server
from workbook.running import INTERRUPTED
from workbook.status_line import tell
from workbook.system_limits import check_threads, number_of_clients, raise_descriptor_limit
from workbook.tree import Problem

TIMEOUT = "60s"  # of a request: the kernel tries to connect again for longer than 30 s


class Run:
    """One server with its options, an entry of "stress" in the stage.json of its stage, and its clients."""

    def __init__(self, stage, entry, options):
        self.name, self.title = entry["name"], entry["title"]
        self.options = entry.get("options", [])
        self.turns_away = entry.get("turns_away", False)  # clients may be answered with 503
        self.program = stage.program(options.side)
        self.command = " ".join([self.program, *self.options])
        self.clients = options.clients
        self.report = self.recording = self.usage = None
        self.ended_badly = False
        self.not_drawn = ""  # why there is no picture
        self.not_ok = ""  # the generator's last sentence, where clients may be turned away

    def perform(self, server_program, generator_program):
        """Raises KeyboardInterrupt after Ctrl-C, when both programs have ended."""
        with tempfile.NamedTemporaryFile(suffix=".json") as file, \
             Server(server_program, "--quiet", *self.options) as server:  # fmt: skip
            recording = Recording(server.process.pid)
            recording.sample()
            heard = subprocess.PIPE if self.turns_away else None
            generator = load.start(generator_program, server.port, self.clients, 1, file.name, timeout=TIMEOUT,
                                   stderr=heard)  # fmt: skip
            listener = threading.Thread(target=self.listen, args=(generator.stderr or (),))
            listener.start()
            interrupted = False
            try:
                recording.while_running(generator)
            except KeyboardInterrupt:
                interrupted = True
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows must come to its end
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                generator.send_signal(signal.SIGINT)
            finally:
                load.end(generator)
                listener.join()
            died = server.has_ended()
            tell(f"{self.name}: the clients have ended; the server is finishing")
            self.ended_badly = bool(server.stop()) or died
            self.report = load.read_report(file.name)
            self.recording, self.usage = recording, server.usage
        if not self.as_expected():
            sys.stderr.write(self.not_ok)
        if interrupted:
            raise KeyboardInterrupt

    def listen(self, lines):
        """Passes on what the generator says, but not yet that some requests were not ok."""
        for line in lines:
            if line.endswith("requests were not ok\n"):
                self.not_ok = line
            else:
                sys.stderr.write(line)

    def as_expected(self):
        """Whether all clients were served, or turned away with a 503."""
        if self.report is None:
            return False
        others = {name for name, count in self.outcomes().items() if count} - {"ok", "http error"}
        return not others and set(self.report["statuses"]) <= {"200", "503"}

    def outcomes(self):
        return self.report["outcomes"]

    def complaints(self):
        """What is wrong with this run, in sentences."""
        name, found = self.name, []
        if self.not_drawn:
            found.append(f"{name}: {self.not_drawn}.")
        if self.ended_badly:
            found.append(f"{name}: the server did not run to the end and then stop with exit code 0.")
        if self.report is None:
            return [*found, f"{name}: the generator wrote no report."]
        total = sum(self.outcomes().values())
        if total != self.clients or self.report["clients"] != self.clients:
            found.append(f"{name}: {total} outcomes for {self.clients} clients.")
        if not self.turns_away and self.outcomes()["ok"] != self.clients:
            ok = self.outcomes()["ok"]
            found.append(f"{name}: {ok} of {self.clients} clients were ok; all should be.")
        return found


HEADING = """\
               responses           seconds              peak    context switches
server         ok  other   wall   p50   p99   max threads RSS MB  volunt. invol."""


def row(run):
    recording, usage = run.recording, run.usage
    text = f"{run.name:9}"
    if run.report is None:
        text += f"{'no report':>40}"
    else:
        ok = run.outcomes()["ok"]
        text += f"{ok:8}{sum(run.outcomes().values()) - ok:7}{run.report['wall_ns'] / 1e9:7.2f}"
        times = run.report.get("latency_ns", {})
        for name in ("p50", "p99", "max"):
            text += f"{times[name] / 1e9:6.2f}" if name in times else f"{'-':>6}"
    text += f"{max(recording.column('threads')):8}{recording.snapshots[-1].peak_resident_mb:7.1f}"
    return text + f"{usage.ru_nvcsw:9}{usage.ru_nivcsw:7}"


def others(run):
    """Which outcomes stand behind the column "other"."""
    if run.report is None:
        return ""
    found = []
    for name, count in run.outcomes().items():
        if count == 0 or name == "ok":
            continue
        statuses = [f"{s} x {n}" for s, n in run.report["statuses"].items() if not s.startswith("2")]
        found.append(f"{count} {name}" + (f" ({', '.join(statuses)})" if name == "http error" else ""))
    return ", ".join(found)


def print_table(runs, clients, partial):
    mark = "   PARTIAL: ended early" if partial else ""
    print(f"\n{clients} clients at once, GET /fast{mark}")
    print(HEADING)
    for run in runs:
        print(row(run))
    for run in runs:
        if text := others(run):
            print(f"other, {run.name}: {text}")
    print("seconds: of the ok; threads: counted every 50 ms, which can miss a short peak")


def draw(run, path):
    recording, usage = run.recording, run.usage
    said = f"{run.clients} clients at once: "
    if run.report:
        said += f"{run.outcomes()['ok']} ok, " + (others(run) or "no other outcome")
        said += f", in {run.report['wall_ns'] / 1e9:.2f} s"
    canvas = plot.picture(f"{run.title}: {run.command}", said)
    charts = (
        ("threads", {"threads": recording.column("threads")}),
        ("resident memory, MB", {"resident": recording.column("resident_mb")}),
        ("open descriptors", {"descriptors": recording.column("descriptors")}),
        (f"context switches seen (in all: {usage.ru_nvcsw + usage.ru_nivcsw})",
         {"voluntary": recording.voluntary, "involuntary": recording.involuntary}),
    )  # fmt: skip
    for place, (caption, series) in enumerate(charts):
        x, y = 50 + place % 2 * 610, 110 + place // 2 * 300
        plot.over_time(canvas, x, y, 570, 285, caption, recording.times, series)
    canvas.write(path)


def stress(runs, options):
    """Performs all runs."""
    for run in runs:
        print(f"{run.name}: {run.clients} clients, {run.command}", flush=True)
        try:
            run.perform(options.bin / run.program, options.bin / load.program_of(options.side))
        except ProcessLookupError:
            raise Problem(f"{run.program} ended before its first client.") from None
        try:
            draw(run, options.out / f"{run.name.replace(' ', '_')}.svg")
        except NoPicture as reason:  # its numbers are in the table all the same
            run.not_drawn = reason


def main():
    parser = argparse.ArgumentParser(description="Many clients at once.")
    parser.add_argument("--clients", default="10000")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    parser.add_argument("--bin", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/stress"))
    options = parser.parse_args()
    options.clients = number_of_clients(options.clients)
    raise_descriptor_limit(options.clients)
    check_threads(options.clients)
    need_folder(options.out)
    runs = [Run(stage, entry, options) for stage in tree.stages() for entry in stage.server.get("stress", [])]
    if options.bin is None:
        options.bin = test_runs.released(*{run.program for run in runs}, load.program_of(options.side))
    complete = interrupted = False
    try:
        stress(runs, options)
        complete = True
    except KeyboardInterrupt:
        interrupted = True
    finally:  # also when a later run cannot begin: what has been measured is shown
        if begun := [run for run in runs if run.recording]:
            print_table(begun, options.clients, not complete)
    if interrupted:
        tree.die("stress: interrupted; every process that it started has ended.", INTERRUPTED)
    wrong = [sentence for run in runs for sentence in run.complaints()]
    for sentence in wrong:
        print(f"stress: {sentence}", file=sys.stderr)
    if wrong:
        sys.exit(tree.WRONG)
    print(f"All {options.clients} outcomes of each run are accounted for. Pictures: {options.out}/*.svg")
