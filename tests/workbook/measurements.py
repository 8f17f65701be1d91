#!/usr/bin/env python3
"""make stress, hold and bench, and the crowd of a demo: they account for everything, and say clearly what went wrong.

With few clients, with the programs of the dev build, and with generators that do not tell the truth.
"""

import contextlib
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import unittest.mock
import xml.etree.ElementTree
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
from workbook import bench, crowd, hold, process_watch, system_limits, tree  # noqa: E402

BUILT = tree.ROOT / "build" / "dev" / "bin"
SERVERS = ("solution02_server", "solution03_server")
CLIENTS = 40

# A load generator of which we know what it says, and when.
GENERATOR = """#!/usr/bin/env python3
import json, signal, sys
report = sys.argv[sys.argv.index("--json") + 1]
outcomes = {outcomes}
if {waits}:
    signal.signal(signal.SIGINT, lambda *_: None)
    open({ready!r}, "w").close()
    signal.pause()
if outcomes:
    statuses = {{"503": outcomes["http error"]}} if "http error" in outcomes else {{}}
    json.dump({{"clients": 40, "wall_ns": 1, "statuses": statuses, "outcomes": outcomes}}, open(report, "w"))
    if outcomes["ok"] != 40:
        sys.exit("generator: some requests were not ok")
"""


def fake_folder(folder, outcomes, waits=False):
    """A folder with our servers and a generator that reports `outcomes`."""
    for name in SERVERS:
        (folder / name).symlink_to(BUILT / name)
    generator = folder / "solution04_stress"
    ready = str(folder / "ready")
    os.mkfifo(ready)
    generator.write_text(GENERATOR.format(outcomes=outcomes, waits=waits, ready=ready))
    generator.chmod(0o755)


def command(tool, *options):
    return [sys.executable, str(TOOLS / "workbook"), tool, *map(str, options)]


def expect(what, run, code, words):
    output = run.stdout + run.stderr
    problems = [f"{what}: a line has {len(line)} columns: {line}"
                for line in run.stdout.splitlines() if len(line) > 80 and "Pictures" not in line]
    if run.returncode != code or words not in output:
        problems.append(f"{what} ends with {run.returncode}, not {code} and '{words}': {output}")
    return problems


def run_tool(*words, **settings):
    return subprocess.run(command(*words), capture_output=True, text=True, check=False, **settings)


def check_stress(folder):
    """Every client of every server is accounted for, and there is a picture of each run."""
    run = run_tool("stress", "--clients", CLIENTS, "--bin", BUILT, "--out", folder)
    problems = expect("stress", run, 0, f"All {CLIENTS} outcomes of each run are accounted for")
    pictures = sorted(folder.glob("*.svg"))
    if len(pictures) != 3:
        problems.append(f"stress draws {len(pictures)} pictures, not 3")
    for picture in pictures:
        xml.etree.ElementTree.parse(picture)
    return problems


def check_false_reports():
    problems = []
    for outcomes, words in (
        ({"ok": 39}, "39 outcomes for 40 clients"),
        ({"ok": 39, "reset": 1}, "39 of 40 clients were ok"),
        ({}, "wrote no report"),
    ):
        with tempfile.TemporaryDirectory() as name:
            fake_folder(Path(name), outcomes)
            run = run_tool("stress", "--clients", CLIENTS, "--bin", name, "--out", name)
            problems += expect(f"stress with outcomes {outcomes}", run, 1, words)
    return problems


def check_rejections():
    """That clients are turned away is said of a server that should not do it; anything else, of each."""
    problems = []
    for outcomes, times in (({"ok": 39, "http error": 1}, 2), ({"ok": 39, "reset": 1}, 3)):
        with tempfile.TemporaryDirectory() as name:
            fake_folder(Path(name), outcomes)
            said = run_tool("stress", "--clients", CLIENTS, "--bin", name, "--out", name).stderr
            if said.count("requests were not ok") != times:
                problems.append(f"stress with {outcomes} does not pass on {times} sentences: {said}")
    return problems


def check_interruption():
    """Ctrl-C: a partial table, and no process is left behind."""
    with tempfile.TemporaryDirectory() as name:
        fake_folder(Path(name), {"ok": 30, "not started": 10}, waits=True)
        words = command("stress", "--clients", CLIENTS, "--bin", name, "--out", name)
        with tempfile.TemporaryFile("w+") as output:  # no pipe: who is left behind would keep it open
            process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT)
            (Path(name) / "ready").read_text()  # until the generator has opened it, too
            process.send_signal(signal.SIGINT)
            process.wait()
            output.seek(0)
            run = subprocess.CompletedProcess(words, process.returncode, output.read(), "")
        problems = expect("stress after Ctrl-C", run, 130, "PARTIAL") + expect(
            "stress after Ctrl-C", run, 130, "interrupted; every process that it started has ended")
        return problems + [f"stress leaves {line} behind" for line in command_lines() if name in line]


def command_lines():
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def check_limits():
    """A limit that is too low is named before anything is started, with what to do."""
    problems = []
    for clients, allowed, *words in (
        (1000, 100, "1000 connections need 1064 file", "(ulimit -Hn): raise that limit, or try CLIENTS=36."),
        (1, 64, "1 connection needs 65 file", "(ulimit -Hn): raise that limit."),
    ):
        few = lambda most=allowed: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # noqa: E731
        run = run_tool("stress", "--clients", clients, "--bin", BUILT, preexec_fn=few)
        for said in words:
            problems += expect(f"stress with {allowed} descriptors", run, 1, said)
    for clients, in_use, words in (
        (236, 400, ""),  # the last that fit
        (237, 400, "kernel.pid_max, which is 1000 (400 in use): raise it, or try CLIENTS=236."),
        (1, 872, "1 client and a server with a thread for each are up to 130 threads"),
        (1, 872, "kernel.pid_max, which is 1000 (872 in use): raise it."),
    ):
        said = said_of_threads(clients, in_use)
        if words not in said or bool(words) != bool(said):
            problems.append(f"{clients} clients, {in_use} of 1000 threads in use: '{said}'")
    for name, allowed, in_use, _ in system_limits.thread_limits():
        if allowed < in_use:
            problems.append(f"{name}: {in_use} of {allowed} are in use")
    return problems


def said_of_threads(clients, in_use):
    """What check_threads() says where 1000 threads are allowed; nothing if they fit."""
    limits = [("kernel.pid_max", 1000, in_use, "raise it")]
    with unittest.mock.patch.object(system_limits, "thread_limits", lambda: limits):
        try:
            system_limits.check_threads(clients)
            return ""
        except tree.Problem as problem:
            return str(problem)


def check_benches_that_fail(folder):
    """Programs whose results are none, or cannot be drawn: a sentence for each, and the others go on."""
    programs = folder / "programs"
    programs.mkdir()
    for name, said in (("solution04_benchmarks", "{"), ("solution03_channel_benchmarks", '{"benchmarks": []}')):
        (programs / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (programs / name).chmod(0o755)
    (programs / "solution04_context_switches").symlink_to(BUILT / "solution04_context_switches")
    for server in BUILT.glob("solution*_server"):
        (programs / server.name).symlink_to("/bin/false" if server.name == "solution01_server" else server)
    (programs / "solution04_stress").symlink_to(BUILT / "solution04_stress")
    picture = programs / "switches.svg"
    picture.mkdir()
    run = run_tool("bench", "--bin", programs, "--out", programs, "--repetitions", 1, "--seconds", 0.001)
    problems = []
    for words in ("solution04_benchmarks does not print results", "solution03_channel_benchmarks has no benchmark",
                  "median", f"cannot write {picture}: Is a directory", "solution01_server did not start"):
        problems += expect("bench of programs that fail", run, 1, words)
    return problems


def check_folders():
    """A folder that cannot be made is named before anything is measured; a lost picture costs no table."""
    with tempfile.TemporaryDirectory() as name:
        taken = Path(name) / "taken"
        taken.touch()
        sentence = f"cannot make the folder {taken}: File exists"
        problems = expect("stress", run_tool("stress", "--bin", BUILT, "--out", taken), 1, sentence)
        problems += expect("bench", run_tool("bench", "--bin", BUILT, "--out", taken), 4, sentence)
        fake_folder(Path(name), {"ok": CLIENTS})
        picture = Path(name) / "02_naive.svg"
        picture.mkdir()
        run = run_tool("stress", "--clients", CLIENTS, "--bin", name, "--out", name)
        for words in ("03 reject      40", f"02 naive: cannot write {picture}: Is a directory"):
            problems += expect("stress that loses a picture", run, 1, words)
        (Path(name) / "solution03_server").unlink()
        run = run_tool("stress", "--clients", CLIENTS, "--bin", name, "--out", name)
        for words in ("02 naive       40", "PARTIAL", "solution03_server did not start"):
            problems += expect("stress that ends after one run", run, 1, words)
    return problems


def one_sentence(run, words):
    if run.returncode == 1 and words in run.stderr and run.stderr.count("\n") == 1 and not run.stdout:
        return []
    return [f"{Path(run.args[1]).name} ends with {run.returncode}, and not with '{words}': {run.stdout}{run.stderr}"]


def check_bad_numbers():
    """What is no number of clients is refused before anything is built or started."""
    return [
        problem
        for options in (["stress"], ["hold", "02"])
        for problem in one_sentence(run_tool(*options, "--clients", "abc"), "not 'abc'")
    ]


def check_other_server():
    """A server that has no thread for each client is told in a sentence, and soon."""
    run = run_tool("hold", "--clients", "10", BUILT / "solution03_server")
    return one_sentence(run, "so they cost it no thread")


def crowd_of(wanted, servers):
    """What show() prints, or the problem that it has."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            crowd.show(servers, wanted, 0.1)
        except tree.Problem as problem:
            printed.write(str(problem))
    return printed.getvalue()


def check_crowd():
    """A server with a thread for each client, one with a thread for all, and one that answers nobody."""
    by_threads, by_loop = BUILT / "solution02_server", BUILT / "solution06_server"
    said = crowd_of(CLIENTS, [(by_threads, [], True), (by_loop, ["--loops", "1"], False)])
    problems = [f"the crowd: a line has {len(line)} columns: {line}" for line in said.splitlines() if len(line) > 80]
    # Besides those of the clients: main, the one that waits for signals, and perhaps that of the one who asks.
    if not any(f"solution02_server {CLIENTS:17} {CLIENTS + more:7}" in said for more in (2, 3)):
        problems.append(f"the crowd does not say how many threads there are for {CLIENTS} clients: {said}")
    for words in (f"--loops 1 {CLIENTS:7} {2:7}",
                  f"solution06_server --loops 1: all {CLIENTS} sleepers were"):
        if words not in said:
            problems.append(f"the crowd does not say {words!r}: {said}")
    with process_watch.Server(by_loop, "--quiet") as server:
        try:
            said = crowd.ask_all(hold.connect(server, 5), "/nowhere", 60)
        except tree.Problem as problem:
            said = str(problem)
    if said != "5 of 5 clients were not answered with 200.":
        problems.append(f"a crowd that is answered with 404 says '{said}'")
    few = unittest.mock.patch.object(system_limits.resource, "getrlimit", lambda _: (100, 100))
    with few:
        fit, limit = system_limits.that_fit(1000, threads=False)
    return problems + ([] if (fit, limit) == (36, "ulimit -Hn is 100: raise it") else [f"{fit} clients fit: {limit}"])


def check_hold():
    run = run_tool("hold", "--clients", CLIENTS, BUILT / "solution02_server")
    if run.returncode == 0 and "Every thread and every descriptor has been given back" in run.stdout:
        return [f"hold is {len(line)} columns wide: {line}" for line in run.stdout.splitlines() if len(line) > 80]
    return [f"hold ends with {run.returncode}: {run.stdout}{run.stderr}"]


def check_ratios():
    """A pool beside four others is told in 80 columns."""
    pools = bench.Subject("submit", "", unit="M jobs/s", argument="threads", ratios=True)
    names = ("this pool", "tuned", "oneTBB", "boost::asio", "Taskflow")
    found = {name: {1: [6.0, 9.0, 1.0], 4: [2.0]} for name in names}
    found["Taskflow"] = {1: [2.0], 4: [2.0]}
    lines = bench.table(pools, found).split("\n")
    problems = [f"bench tells a line of {len(line)} columns: {line}" for line in lines if len(line) > 80]
    if [line.split()[-1] for line in lines[-3:]] != ["3.00x", "1.00x", "2.00x"]:
        problems.append(f"bench divides wrongly: {lines[-3:]}")
    return problems


def check_bench(folder):
    run = run_tool("bench", "--bin", BUILT, "--out", folder, "--repetitions", 1, "--seconds", 0.001)
    problems = expect("bench", run, 0, "solution03_server")
    for name in ("threads", "channel", "switches", "servers"):
        xml.etree.ElementTree.parse(folder / f"{name}.svg")
    place = {"run_type": "iteration", "family_index": 0, "per_family_instance_index": 0}
    rows = [{**place, "run_name": "a/real_time", "time_unit": "us", "real_time": t} for t in (2, 9, 4)]
    threads = next(subject for subject in bench.subjects("solution") if subject.name == "threads")
    if "4.00      2.00      9.00" not in bench.table(threads, bench.results(rows, threads)):
        problems.append("bench does not show median, lowest and highest")
    problems += check_ratios() + check_benches_that_fail(folder)
    with contextlib.suppress(bench.NotMeasured):
        bench.results([{**rows[0], "error_occurred": True, "error_message": "no"}], threads)
        problems.append("bench overlooks a benchmark that reports an error")
    return problems


def main():
    needed = ("solution01_server", *SERVERS, "solution04_stress", "solution04_context_switches")
    if not all((BUILT / name).exists() for name in needed):
        print("skipped: the programs are not built; make test builds them")
        sys.exit(tree.SKIPPED)
    if not os.path.isdir("/proc/self/task"):
        print("skipped: it needs /proc of Linux")
        sys.exit(tree.SKIPPED)
    with tempfile.TemporaryDirectory() as stress, tempfile.TemporaryDirectory() as benches:
        problems = check_stress(Path(stress)) + check_bench(Path(benches))
    for check in (check_false_reports, check_interruption, check_limits, check_crowd, check_hold, check_other_server,
                  check_bad_numbers, check_folders, check_rejections):  # fmt: skip
        problems += check()
    tree.report("measurements", problems, "stress, hold, bench and a crowd")


if __name__ == "__main__":
    main()
