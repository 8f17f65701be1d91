"""Builds and runs the tiny programs in experiments/ and says what to look at.

    tools/workbook experiment NAME             build it, run it, show its output
    tools/workbook experiment --list           the names, with one line each
    tools/workbook experiment --check [NAME]   run all, or one, and compare with what each one promises

An experiment says in its first comment lines how it is built and how it ends; see
tools/workbook/experiment_file.py.
"""

import argparse
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys

from workbook import handed_out
from workbook.experiment_file import BUILDS, all_experiments
from workbook.status_line import StatusLine
from workbook.tree import ROOT, SKIPPED

BUILD = ROOT / "build" / "experiments"
FLAGS = ["-std=c++2b", "-O0", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-pthread"]
HELGRIND_VERDICT = re.compile(r"Possible data race|lock order|dubious|ERROR SUMMARY")
DEADLINE_SECONDS = 60


def compiler(build):
    return [build.compiler] if build.compiler else shlex.split(os.environ.get("CXX", "g++"))


def compile_command(experiment, run):
    if run.build == "solutions":
        target = f"experiment_{experiment.name}"
        return ROOT / "build" / "dev" / "bin" / target, ["tools/build.sh", "dev", target]
    build = BUILDS[run.build]
    differs = build.flags and run.build != experiment.runs[0].build
    words = [*([run.build] if differs else []), *(d.removeprefix("-D") for d in run.defines)]
    suffix = "".join("-" + word.lower().replace("_", "-") for word in words)
    program = BUILD / (experiment.name + suffix)
    source = experiment.source.relative_to(ROOT)
    return program, [*compiler(build), *FLAGS, *build.flags, *run.defines, str(source),
                     "-o", str(program.relative_to(ROOT))]


def start_command(program, run):
    return [*BUILDS[run.build].starter, program, *run.arguments]


def missing(run):
    """Says why this machine cannot do a run, or returns None."""
    build = BUILDS[run.build]
    needed = [build.compiler, *build.starter[:1]]
    absent = next((name for name in needed if name and not shutil.which(name)), None)
    return f"{absent} is not installed" if absent else None


def compile_run(experiment, run):
    """Returns (program, output of the compiler); program is None when it did not compile."""
    program, command = compile_command(experiment, run)
    stamp = program.with_name(program.name + ".command")
    BUILD.mkdir(parents=True, exist_ok=True)
    fresh = (program.exists() and stamp.exists() and stamp.read_text() == shlex.join(command)
             and run.build != "solutions"  # there CMake knows
             and program.stat().st_mtime >= experiment.source.stat().st_mtime)
    if fresh:
        return program, ""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit(f"The compiler '{command[0]}' is not installed: run make setup, or set CXX.")
    if done.returncode != 0:
        return None, done.stderr
    if not done.stderr:
        stamp.write_text(shlex.join(command))
    return program, done.stderr


def before_start():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and children inherit that


def execute(command):
    """Returns (ending, output) of a program; its ending reads like the Expect: line."""
    environment = dict(os.environ)
    for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
        environment.pop(name, None)
    try:
        done = subprocess.run(command, cwd=BUILD, env=environment, preexec_fn=before_start,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=DEADLINE_SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        return f"no end within {DEADLINE_SECONDS} s", (late.stdout or b"").decode(errors="replace")
    code = done.returncode
    ending = f"exit {code}" if code >= 0 else f"signal {-code}"
    return ending, done.stdout.decode(errors="replace")


def execute_anywhere(run, command):
    """Like execute, but starts a sanitizer's program so that it can run on this machine; a program may say that
    it can't."""
    sanitizer = BUILDS[run.build].sanitizer
    starter = [str(ROOT / "tools/sanitizer.sh"), sanitizer] if sanitizer else []
    ending, output = execute([*starter, *command])
    if ending == f"exit {SKIPPED}":
        return "skipped", output.strip().removeprefix("skipped: ")
    return ending, output


def perform(experiment, run):
    """Returns (ending, output).

    The ending is one of exit N, signal N, compile error, compiler warnings, skipped: that these
    programs compile without a warning is a part of what they show. The output of a skipped run is
    the reason.
    """
    if reason := missing(run):
        return "skipped", reason
    program, messages = compile_run(experiment, run)
    if program is None:
        return "compile error", messages
    if messages:
        return "compiler warnings", messages
    return execute_anywhere(run, start_command(str(program), run))


def difference(run, ending, output):
    """Says in one sentence how a run differs from its promise, or returns None."""
    if ending == "skipped":
        return None
    if ending not in run.ending.split(" | "):
        return f"it ended with '{ending}', expected '{run.ending}'"
    if not re.search(run.output, output, re.MULTILINE):
        return f"its output does not match /{run.output}/"
    return None


def shorten(output):
    """Leaves of a sanitizer's report what concerns the reader: the first report, our own frames."""
    lines = []
    for line in output.splitlines():
        if line.startswith(("SUMMARY:", "Shadow bytes")):
            lines.append(line if line.startswith("SUMMARY:") else "")
            break
        is_frame = re.match(r"\s+#\d+ ", line)
        if not is_frame and "Location is global '<null>'" not in line:
            lines.append(line)
        elif is_frame and "experiments/" in line:
            lines.append(re.sub(r" \([^()]*\+0x[0-9a-f]+\)$| 0x[0-9a-f]+ in", "", line))
    return re.sub(r"\n\n+", "\n\n", "\n".join(lines))


def verdicts(output):
    """Leaves of helgrind's report how each complaint begins, and their number."""
    lines = [re.sub(r"^==\d+==\s+", "helgrind: ", line) for line in output.splitlines()
             if not line.startswith("==") or HELGRIND_VERDICT.search(line)]
    return "\n".join(lines)


def show_output(run, program, output):
    """Prints what a program said; of a sanitizer's report the part that matters."""
    shortened = verdicts(output) if run.build == "helgrind" else shorten(output)
    if run.build != "helgrind" and (run.build == "plain" or "Sanitizer" not in output):
        print(output.rstrip("\n") or "(no output)")
        return
    report = program.with_name(program.name + ".txt")
    report.write_text(output)
    print(shortened.rstrip("\n"))
    print(f"(the whole report: {report.relative_to(ROOT)})")


def describe(ending):
    match = re.fullmatch(r"signal (\d+)", ending)
    if match:
        return f"signal {match[1]} ({signal.Signals(int(match[1])).name})"
    return ending


def show(experiment):
    """Runs one experiment for a reader; 0 when it ended as promised."""
    print(f"{experiment.name}: {experiment.title}")
    verdict = 0
    shown = None
    for run in experiment.runs:
        program, command = compile_command(experiment, run)
        with StatusLine(f"Building and running {experiment.name}"):
            ending, output = perform(experiment, run)
        print()
        if ending == "skipped":
            print(f"skipped: {output}")
            continue
        if command != shown:
            print(f"$ {shlex.join(command)}")
            shown = command
        if not ending.startswith("compile"):
            print(f"$ {shlex.join(start_command(str(program.relative_to(ROOT)), run))}")
        show_output(run, program, output)
        print(f"-> {describe(ending)}")
        problem = difference(run, ending, output)
        if problem:
            print(f"-> this is not what the workbook promises: {problem}")
            verdict = 1
    print(f"\nLook at: {experiment.look_at}")
    return verdict


def check(experiments):
    """Runs everything; 0 when each run ended as promised or was skipped with a reason."""
    failed = 0
    for experiment in experiments.values():
        for run in experiment.runs:
            label = " ".join([experiment.name, run.build, *run.defines, *run.arguments])
            ending, output = perform(experiment, run)
            problem = difference(run, ending, output)
            state = "FAILED" if problem else "skipped" if ending == "skipped" else "ok"
            said = output if ending == "skipped" else describe(ending)
            print(f"{state:8}{label}: {problem or said}", flush=True)
            if problem:
                failed += 1
                print(output)
    if failed:
        print(f"{failed} experiments did not end as experiments/*.cpp promise.")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="Builds and runs an experiment of the workbook.")
    parser.add_argument("name", nargs="?", help="an experiment, for example counter_race")
    parser.add_argument("--list", action="store_true", help="list the experiments")
    parser.add_argument("--check", action="store_true", help="run all, compare with their promise")
    options = parser.parse_args()
    experiments = all_experiments()
    if options.list:
        for experiment in experiments.values():
            print(f"{experiment.name:22}{experiment.title}")
        return 0
    if options.check and not options.name:
        return check(experiments)
    if options.name not in experiments:
        what = f"There is no experiment '{options.name}'" if options.name else "Name an experiment"
        if options.name and handed_out.is_handout(ROOT):
            what += " here (one that needs a solution comes after the deadline)"
        print(f"{what}; the experiments are {', '.join(experiments)}.", file=sys.stderr)
        return 2
    if options.check:
        return check({options.name: experiments[options.name]})
    return show(experiments[options.name])


if __name__ == "__main__":
    sys.exit(main())
