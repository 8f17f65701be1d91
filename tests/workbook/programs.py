#!/usr/bin/env python3
"""The programs as a person meets them: answers, the log, stopping, and bad input.

For every stage whose solution has a server program that is built, and for the load generator.
"""

import fcntl
import http.client
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402
from workbook.process_watch import Server  # noqa: E402

PATIENCE = 120  # seconds until a program counts as stuck, on a machine with much else to do


def start(program, *options, on_line=None):
    """A server program on a free port; what it prints goes to its `lines`."""
    lines = []
    server = Server(program, *options, on_line=on_line or lines.append, patience=PATIENCE)
    server.lines = lines
    return server


def check_serving(program):
    """Serves, prints its log, writes its events, and ends cleanly on Ctrl-C."""
    events = Path(program).with_suffix(".events")
    server = start(program, "--sleep", "10ms", "--events", str(events))
    problems = []
    for path, expected in (("/", "Hello from"), ("/fast", "Fast response!"), ("/sleep", "Slept for 10 ms!")):
        if expected not in server.get(path):
            problems.append(f"{program.name} does not answer GET {path} with '{expected}'")
    problem = server.stop(signal.SIGINT)
    if problem or server.lines[-1] != "stopped":
        problems.append(f"{program.name} does not end with 'stopped' after Ctrl-C: {problem}")
    for line in server.lines:
        if len(line) > 80:
            problems.append(f"{program.name} logs a line of {len(line)} columns: {line}")
    for kind in ("accepted", "started", "finished"):
        if sum(bool(re.match(rf" +\d+\.\d+ s  #\d+ +{kind} ", line)) for line in server.lines) != 3:
            problems.append(f"{program.name} does not log three times '{kind}'")
    if len(re.findall(r"^finished\t\d+\t\d+\t\d+\t200 OK$", events.read_text(), re.M)) != 3:
        problems.append(f"{program.name} --events does not write three 'finished' events")
    events.unlink()
    return problems


def check_stopping(program):
    """A silent client does not keep it from stopping."""
    server = start(program, "--quiet")
    with server.connect() as silent:
        silent.sendall(b"GET /fa")
        problem = server.stop()
    return [f"while a client is silent: {problem}"] if problem else []


def check_http_clients(program):
    """HTTP clients understand it: they use a connection again where it is kept, and make a new one where not."""
    server = start(program, "--quiet", "--sleep", "1ms")
    problems = []
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    exchanges = (("GET", "/fast", 200), ("GET", "/nowhere", 404), ("POST", "/fast", 405), ("GET", "/sleep", 200))
    for method, path, expected in exchanges * 2:
        try:
            client.request(method, path, body="nobody wants this" if method == "POST" else None)
            answer = client.getresponse()
            answer.read()
            said = answer.status
        except (OSError, http.client.HTTPException) as error:
            said = error
            client.close()
        if said != expected:
            problems.append(f"{program.name} answers {method} {path} of Python's http.client with {said!r}")
    client.close()
    if shutil.which("curl"):
        command = ["curl", "--parallel", "--parallel-max", "5", *[f"http://127.0.0.1:{server.port}/fast"] * 20]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
        if run.stdout != "Fast response!\n" * 20:
            problems.append(f"{program.name} and curl --parallel: {run.stdout[:200]!r}")
    if problem := server.stop():
        problems.append(f"behind HTTP clients: {problem}")
    return problems


def check_unread_log(program):
    """A log that nobody reads loses lines; the service goes on, and ends when it is told to."""
    read_on = threading.Event()
    server = start(program, on_line=lambda line: read_on.wait())
    fcntl.fcntl(server.process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # full after some 50 requests
    answered = sum("Fast response!" in server.get("/fast") for _ in range(150))
    os.kill(server.process.pid, signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while not server.has_ended() and time.monotonic() < end:
        time.sleep(0.01)
    ended = server.has_ended()
    read_on.set()
    problem = server.stop() or ("" if ended else f"{program.name} does not end")
    problems = [] if answered == 150 else [f"{program.name} answers {answered} of 150 while nobody reads its log"]
    return [*problems, f"while nobody reads its log: {problem}"] if problem else problems


def check_hostile_bytes(program):
    """What a client writes is shown: it ends no line, and controls no terminal."""
    with tempfile.NamedTemporaryFile("r", suffix=".events") as events:
        server = start(program, "--events", events.name)
        for request in (b"GET /\033[2J\033]0;gone\007 HTTP/1.1\r\n\r\n", b"GET /a\n\n", b"GET /\tb\r\n\r\n"):
            with server.connect() as client:
                client.sendall(request)
                while client.recv(4096):
                    pass
        problem = server.stop()
        lines = events.read().splitlines()
    problems = [f"{program.name} prints {byte!r}" for byte in "\033\007\t" if byte in "\n".join(server.lines)]
    if problem or len(lines) < 9 or not all(re.fullmatch(r"\w+\t\d+\t\d+\t\d+\t[^\t\033]*", line) for line in lines):
        problems.append(f"{program.name} --events does not write one line for each event: {lines}")
    return problems


def check_events_on_a_full_disk(program):
    server = start(program, "--quiet", "--events", "/dev/full")
    server.get("/fast")
    problem = server.stop()
    if "ended with exit code 1: cannot write the events to /dev/full: No space left" in problem:
        return []
    return [f"{program.name} --events /dev/full: {problem}"]


def check_counts(program):
    """Options for a number of something name a sensible range."""
    text = subprocess.run([program, "--help"], stdout=subprocess.PIPE, text=True, check=False).stdout
    options = [option for option in ("--workers", "--queue") if option in text]
    return [
        problem
        for option in options
        for value in ("0", "-1", "many", "1e3", "100001", "99999999999999999999")
        for problem in complain(
            program, [option, value], rf"^\S+ {option}: give a whole number from 1 to 100000, not '{value}' \(see --help\)$"
        )
    ]


def check_bad_input(program):
    """One sentence on stderr and a non-zero exit."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        cases = [
            (["--port", str(taken.getsockname()[1])], "in use.*choose another with --port"),
            (["--port", "65536"], "--port.*65536"),
            (["--port", "-1"], "--port"),
            (["--port", "http"], "--port.*http"),
            (["--sleep", "soon"], "--sleep.*'soon' is not a time"),
            (["--sleep", "-5s"], "--sleep.*'-5s' is not a time"),
            (["--sleep", "5"], "--sleep.*'5' is not a time"),
            (["--host", "no.such.host.invalid"], "cannot find the host"),
            (["--colour", "red"], "--colour"),
        ]
        return [p for options, expected in cases for p in complain(program, options, expected)]


def check_configuration(program):
    """Options in a file and in the environment: the command line comes first, then the environment. What is wrong
    is named. For programs that know --options."""
    text = subprocess.run([program, "--help"], stdout=subprocess.PIPE, text=True, check=False).stdout
    if "--options" not in text:
        return []
    prefix = re.search(r"(\w+)_PORT", text)[1]
    problems = []
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        def say(lines):
            file.seek(0)
            file.truncate()
            file.write(lines)
            file.flush()

        in_file = ["--options", file.name, "--port", "0"]
        for lines, expected in (
            ("colour = red\n", "unknown key: colour"),
            ("grace = soon\n", "--grace.*'soon' is not a time"),
            ("deadline = 0s\n", "--deadline.*'0s' is no time at all"),
            ("in-flight = 0\n", "--in-flight: give a whole number from 1 .* not '0'"),
            ("grace = 9s\ndeadline = 8s\n", "deadline of a drain must not come before"),
        ):
            say(lines)
            problems += complain(program, in_file, expected)
        for option in ("--deadline", "--head-time", "--idle-time", "--body-time", "--write-time"):
            for value, expected in (("0s", "is no time at all"), ("-1s", "is not a time")):
                problems += complain(program, [option, value], f"{option}.*'{value}' {expected}")
        missing = file.name + ".missing"
        problems += complain(program, ["--options", missing], re.escape(missing))
        environment = {**os.environ, f"{prefix}_GRACE": "soon"}
        problems += complain(program, [], f"'soon' is not a time.*{prefix}_GRACE", env=environment)

        say("log = json\n")
        for variable, option, expected in (
            (None, None, "{"), ("text", None, " "), ("text", "json", "{"), ("json", "text", " "),
        ):  # fmt: skip
            os.environ.pop(f"{prefix}_LOG", None)
            if variable:
                os.environ[f"{prefix}_LOG"] = variable
            server = start(program, "--options", file.name, *(["--log", option] if option else []))
            server.get("/fast")
            server.stop()
            if not server.lines[1].startswith(expected):
                problems.append(f"file json, environment {variable}, command line {option}: {server.lines[1]}")
        os.environ.pop(f"{prefix}_LOG", None)
    return problems


def check_generator_input(generator):
    """What it cannot do, it refuses in one sentence. An IPv6 address is understood with its brackets."""
    target = ["--target", "127.0.0.1:1"]
    cases = [
        (["--target", "127.0.0.1"], "'127.0.0.1' is not HOST:PORT"),
        (["--target", "[]:80"], r"'\[\]:80' is not HOST:PORT"),
        (["--target", "[::1]:1", "--clients", "1", "--requests", "1"],
         r"nobody listens on \[::1\]:1$|1 of 1 requests were not ok"),  # where there is no IPv6
        *(([*target, "--path", path], "--path: .* is not a path to ask for")
          for path in ("fast", "", "/a b", "/x\r\nEvil: 1", "/ü", "http://127.0.0.1/fast", "/a%2", "/a#b")),
        ([*target, "--rate", "nan"], "--rate: nan is not a rate"),
        ([*target, "--rate", "0"], "--rate: 0 is not a rate"),
        ([*target, "--rate", "often"], "--rate.*often"),
    ]  # fmt: skip
    problems = [p for options, expected in cases for p in complain(generator, options, expected)]
    for clients, allowed, words in (
        ("200", 100, r"200 clients need 264 .* at most 100 .*\(ulimit -Hn\); try --clients 36$"),
        ("1", 64, r"1 client needs 65 .* at most 64 .*\(ulimit -Hn\); raise that limit$"),
    ):
        few = lambda most=allowed: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # noqa: E731
        problems += complain(generator, [*target, "--clients", clients], words, preexec_fn=few)
    return problems


def check_full_disk(generator, server_program):
    """A report that cannot be written is one sentence; the other one is written all the same."""
    server = start(server_program, "--quiet")
    target = ["--target", f"127.0.0.1:{server.port}", "--clients", "1", "--requests", "1"]
    with open("/dev/full", "w") as full, tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        options = [*target, "--json", report.name]
        problems = complain(generator, options, "cannot write the report: No space left", stdout=full)
        if '"ok":1' not in report.read():
            problems.append(f"{generator.name} >/dev/full writes no JSON")
    with tempfile.TemporaryFile("w+") as table:
        options = [*target, "--json", "/dev/full"]
        problems += complain(generator, options, "cannot write /dev/full: No space left", stdout=table)
        table.seek(0)
        if "latency" not in table.read():
            problems.append(f"{generator.name} --json /dev/full prints no report")
    server.stop()
    return problems


def complain(program, options, expected, stdout=subprocess.PIPE, **settings):
    shown = f"{program.name} {' '.join(options)}"
    try:
        run = subprocess.run(
            [program, *options], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False,
            **settings,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [f"{shown} does not end"]
    problems = []
    if run.returncode <= 0:
        problems.append(f"{shown} exits with {run.returncode}")
    if run.stderr.count("\n") != 1 or not re.search(expected, run.stderr):
        problems.append(f"{shown} says '{run.stderr.strip()}', which is not one line with '{expected}'")
    return problems


def main():
    programs = sorted((tree.ROOT / "build" / "dev" / "bin").glob("solution[0-9]*_server"))
    if not programs:
        print("skipped: no server program is built; make test builds them")
        sys.exit(tree.SKIPPED)
    problems = []
    for program in programs:
        for check in (check_serving, check_stopping, check_http_clients, check_unread_log, check_hostile_bytes,
                      check_events_on_a_full_disk, check_counts, check_bad_input, check_configuration):  # fmt: skip
            problems += check(program)
    generators = sorted((tree.ROOT / "build" / "dev" / "bin").glob("solution[0-9]*_stress"))
    for generator in generators:
        problems += check_generator_input(generator) + check_full_disk(generator, programs[-1])
    seen = f"{len(programs)} server programs and {len(generators)} load generator"
    tree.report("programs", problems, seen)


if __name__ == "__main__":
    main()
