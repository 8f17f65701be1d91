#!/usr/bin/env python3
"""The programs as a person meets them: answers, the log, stopping, and bad input.

For every stage whose solution has a server program that is built, and for the load generator.
"""

import fcntl
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402

PATIENCE = 10  # seconds until a program counts as stuck


class Server:
    """A server program on a free port, with what it prints."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen(
            [program, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.first_line = self.process.stdout.readline()
        found = re.match(r"listening on http://127\.0\.0\.1:(\d+) ", self.first_line)
        self.port = int(found[1]) if found else None

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def get(self, path):
        with self.connect() as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            return b"".join(iter(lambda: client.recv(4096), b"")).decode()

    def stop(self, number):
        """Sends the signal. Returns (exit code, the rest of the output); code None: it did not stop."""
        self.process.send_signal(number)
        try:
            output, _ = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None, self.process.communicate()[0]
        return self.process.returncode, output


def check_serving(program):
    """Serves, prints its log, writes its events, and ends cleanly on Ctrl-C."""
    events = Path(program).with_suffix(".events")
    server = Server(program, "--sleep", "10ms", "--events", str(events))
    if server.port is None:
        server.process.kill()
        return [f"{program.name} begins with '{server.first_line.strip()}'"]
    problems = []
    for path, expected in (("/", "Hello from"), ("/fast", "Fast response!"), ("/sleep", "Slept for 10 ms!")):
        if expected not in server.get(path):
            problems.append(f"{program.name} does not answer GET {path} with '{expected}'")
    code, output = server.stop(signal.SIGINT)
    if code != 0 or not output.endswith("stopped\n"):
        problems.append(f"{program.name} ends with code {code} after Ctrl-C, not with 0 and 'stopped'")
    for line in output.splitlines():
        if len(line) > 80:
            problems.append(f"{program.name} logs a line of {len(line)} columns: {line}")
    for kind in ("accepted", "started", "finished"):
        if len(re.findall(rf"^ +\d+\.\d+ s  #\d+ +{kind} ", output, re.M)) != 3:
            problems.append(f"{program.name} does not log three times '{kind}'")
    if len(re.findall(r"^finished\t\d+\t\d+\t\d+\t200 OK$", events.read_text(), re.M)) != 3:
        problems.append(f"{program.name} --events does not write three 'finished' events")
    events.unlink()
    return problems


def check_stopping(program):
    """A silent client does not keep it from stopping."""
    server = Server(program, "--quiet")
    with server.connect() as silent:
        silent.sendall(b"GET /fa")
        code, _ = server.stop(signal.SIGTERM)
    return [] if code == 0 else [f"{program.name} does not stop while a client is silent (code {code})"]


def check_unread_log(program):
    """A log that nobody reads loses lines; the service goes on, and ends when it is told to."""
    server = Server(program)
    fcntl.fcntl(server.process.stdout, fcntl.F_SETPIPE_SZ, 4096)  # full after some 25 requests
    answered = sum("Fast response!" in server.get("/fast") for _ in range(100))
    server.process.send_signal(signal.SIGTERM)
    try:
        code = server.process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.process.kill()
        code = server.process.wait()
    problems = [] if answered == 100 else [f"{program.name} answers {answered} of 100 while nobody reads its log"]
    return problems if code == 0 else [*problems, f"{program.name} ends with {code} while nobody reads its log"]


def check_hostile_bytes(program):
    """What a client writes is shown: it ends no line, and controls no terminal."""
    with tempfile.NamedTemporaryFile("r", suffix=".events") as events:
        server = Server(program, "--events", events.name)
        for request in (b"GET /\033[2J\033]0;gone\007 HTTP/1.1\r\n\r\n", b"GET /a\n\n", b"GET /\tb\r\n\r\n"):
            with server.connect() as client:
                client.sendall(request)
                while client.recv(4096):
                    pass
        code, output = server.stop(signal.SIGTERM)
        lines = events.read().splitlines()
    problems = [f"{program.name} prints {byte!r}" for byte in "\033\007\t" if byte in output]
    if code != 0 or len(lines) < 9 or not all(re.fullmatch(r"\w+\t\d+\t\d+\t\d+\t[^\t\033]*", line) for line in lines):
        problems.append(f"{program.name} --events does not write one line for each event: {lines}")
    return problems


def check_events_on_a_full_disk(program):
    server = Server(program, "--quiet", "--events", "/dev/full")
    server.get("/fast")
    code, output = server.stop(signal.SIGTERM)
    if code == 1 and "cannot write the events to /dev/full: No space left" in output:
        return []
    return [f"{program.name} --events /dev/full ends with {code} and says '{output.strip()}'"]


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


def check_generator_input(generator):
    """What it cannot do, it refuses in one sentence. An IPv6 address is understood with its brackets."""
    target = ["--target", "127.0.0.1:1"]
    cases = [
        (["--target", "127.0.0.1"], "'127.0.0.1' is not HOST:PORT"),
        (["--target", "[]:80"], r"'\[\]:80' is not HOST:PORT"),
        (["--target", "[::1]:1", "--clients", "1", "--requests", "1"],
         r"nobody listens on \[::1\]:1$|1 of 1 requests were not ok"),  # where there is no IPv6
        *(([*target, "--path", path], "--path: .* is no path to ask for")
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
    server = Server(server_program, "--quiet")
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
    server.stop(signal.SIGTERM)
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
        for check in (check_serving, check_stopping, check_unread_log, check_hostile_bytes,
                      check_events_on_a_full_disk, check_counts, check_bad_input):  # fmt: skip
            problems += check(program)
    generators = sorted((tree.ROOT / "build" / "dev" / "bin").glob("solution[0-9]*_stress"))
    for generator in generators:
        problems += check_generator_input(generator) + check_full_disk(generator, programs[-1])
    seen = f"{len(programs)} server programs and {len(generators)} load generator"
    tree.report("programs", problems, seen)


if __name__ == "__main__":
    main()
