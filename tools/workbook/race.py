"""The lesson about data races, with the learner's own counter: tools/workbook race 02_naive

On a terminal it asks and waits for Enter; in a pipe it only prints.
"""

import os
import re
import shutil
import subprocess
import sys

from workbook import test_runs, tree
from workbook.prose import folded
from workbook.status_line import StatusLine
from workbook.tree import ROOT

TODO = "2.2"  # of the counter called 'yours'
LAB = "RaceLabSchedules"  # the tests that explore the two wrong counters
TEST = "ConnectionCountsSchedules.NoCountIsLost"  # and the one that explores yours
TALKS = sys.stdin.isatty() and sys.stdout.isatty()

HOW_TO_READ = """
How to read it:
  Read / Write of size 8   the access at which the race was noticed: 8 bytes are a long.
  by thread T1             who made it. The lines below say from where, the innermost first.
  Previous write ...       the other access. It came earlier in this run, by another thread, and
                           nothing orders the two: no lock, no join, no atomic in between.
  The same line twice?     'value_ += d' reads and writes. Each thread can be inside that line.
  Thread T1 created at     where each of the two was started.
It does not say that a count was lost. It says that one can be. It needs the two accesses to happen,
not the unlucky moment."""
SILENCE = """
Silence is the right answer here. A data race is two accesses that nothing orders, not both atomic.
Here both are atomic: an atomic load, then an atomic store. Another thread counts between them, and
the store writes over its count. Every step is sound; together they are wrong. (If the count was
right in all runs, that was luck: try --rounds 2000000.)"""
EVERY_ORDER = """
This program runs two threads in every order in which they can take their steps, and each operation
on an atomic is a step. It prints the first order in which something is wrong. Plain memory is
watched: two accesses that nothing orders are a data race, in whatever order they come."""


def say(text):
    print(folded(text), flush=True)


def wait_for(prompt):
    if not TALKS:
        return ""
    try:
        return input(f"   {prompt} ")
    except EOFError:
        return ""


def run(*command):
    """Shows a command, then what it says."""
    say(f"$ {' '.join(command)}")
    with StatusLine("It counts"):
        said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    say(said.rstrip("\n"))


def with_tsan(lab, *options):
    """Runs the lab under ThreadSanitizer. All it says."""
    command = ["--rounds", "1000", "--counter", *options]
    say(f"$ build/tsan/bin/{lab} {' '.join(command)}")
    # history_size: it remembers enough to tell where the earlier access came from.
    environment = {**os.environ, "TSAN_OPTIONS": "halt_on_error=1 history_size=7"}
    with StatusLine("ThreadSanitizer watches it count"):
        return subprocess.run(["tools/sanitizer.sh", "thread", f"build/tsan/bin/{lab}", *command], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout  # fmt: skip


def trim(report, root=ROOT):
    """Of ThreadSanitizer's first report, what a reader needs: the two accesses, who started the threads,
    and each frame in the stage's own code with its source line."""
    lines = []
    for line in report.splitlines():
        if line.startswith("SUMMARY:"):
            break
        if "WARNING: ThreadSanitizer" in line:
            lines.append("  " + re.sub(r" \(pid.*", "", line))
        elif lines and re.match(r" *#\d+ ", line):
            lines += frame(line, root)
        elif lines and re.match(r"  (Read|Write|Atomic|Previous|Thread T)", line):
            lines.append("  " + re.sub(r" at 0x[0-9a-f]+| \((tid|mutexes)[^)]*\)", "", line))
    return "\n".join(lines)


def frame(line, root):
    """["stages/02_naive/race_lab.hpp:41  in plain_counter::add:  value_ += d;"], or nothing."""
    # The place stands at the end; its folder may have blanks and anything else in its name.
    name, found, place = re.sub(r" \([^()]*\+0x[0-9a-f]+\).*$", "", line).partition(f" {root}/")
    if not found or not re.search(r"/(race_lab|connection_counts)\.hpp:\d", place):
        return []
    name = re.sub(r"^ *#\d+ (0x[0-9a-f]+ in )?((void|long|unsigned long) )?", "", name).replace("workbook::", "")
    path, number, *_ = place.split(":")
    source = tree.read(root / path).splitlines()[int(number) - 1]
    name, source = re.sub(r"[<(].*", "", name), re.sub(r" *//.*", "", source).strip()
    return [f"      {path}:{number}  in {name}:  {source}"]


def lesson(stage, side):
    lab = f"{side}{stage.number}_race_lab"
    released = f"build/release/bin/{lab}"
    say("Two threads count up and down, 200 000 times each. At the end the count must be 0.")
    if side == "stage":
        say(f"The counter called 'yours' is stages/{stage.name}/connection_counts.hpp.")
    else:
        say(f"TODO {TODO} is not written yet, so 'yours' is the solution's connection_counts for now.")
    say(f"All counters and the threads: stages/{stage.name}/race_lab.hpp\n\n== 1. Predict")
    say("plain_counter does 'value_ += d' on a long. In how many of 100 runs will the count be wrong?")
    predicted = wait_for("Your prediction:")

    say("\n== 2. Measure (release build)")
    build("release", lab)
    run(released, "--counter", "plain")
    if predicted:
        say(f"Your prediction was: {predicted}")
    say("Again, and on one core only:")
    run(released, "--counter", "plain")
    if shutil.which("taskset"):
        run("taskset", "-c", "0", released, "--counter", "plain")
    say("The same program, three answers. A test that runs it and looks at the count proves nothing: it\n"
        "can be right for a year. The next tool needs no luck.")  # fmt: skip
    wait_for("(Enter)")

    say("\n== 3. ThreadSanitizer reads the plain counter")
    tsan = subprocess.run(["tools/sanitizer.sh", "thread", "true"], check=False).returncode == 0
    if tsan:
        build("tsan", lab)
        say("It will be run once. How many accesses will the report show, and in which line of race_lab.hpp?")
        wait_for("Your prediction:")
        report = with_tsan(lab, "plain", "--runs", "1")
        (ROOT / "build/race_report.txt").write_text(report)
        say(trim(report) + "\n" + HOW_TO_READ + "\n(the whole report: build/race_report.txt)")
    wait_for("(Enter)")

    say("\n== 4. The same with 'yours'")
    run(released, "--counter", "yours")
    if tsan:
        report = with_tsan(lab, "yours", "--runs", "10")
        (ROOT / "build/race_report_yours.txt").write_text(report)
        if "WARNING: ThreadSanitizer" in report:
            say(trim(report))
            say("This is your own report. Which member is it, and which type makes its change one step?\n"
                f"A hint: make hint-{stage.number} TODO={TODO}")  # fmt: skip
        else:
            say(f"{report}ThreadSanitizer is silent: every access to the counts is atomic.")

    say("\n== 5. A wrong answer that ThreadSanitizer cannot see")
    say("split_counter does 'value_ = value_ + d' on a std::atomic<long>. Wrong count? A report?")
    wait_for("Your prediction:")
    run(released, "--counter", "split")
    if tsan:
        say(with_tsan(lab, "split", "--runs", "10").rstrip("\n"))
    say(SILENCE)

    say("\n== 6. Every order")
    say(EVERY_ORDER)
    wait_for("What will it say of plain_counter, of split_counter and of yours?")
    explored(stage, side)


def explored(stage, side):
    """Every schedule of two threads that count: the two wrong counters, then the learner's."""
    suite = f"{side}{stage.number}"
    if code := test_runs.build("dev", f"{suite}_tests"):
        sys.exit(code)
    tests = test_runs.registered_tests(ROOT / "build/dev", rf"^{suite}\.({LAB}\.|{re.escape(TEST)}$)")
    for test in sorted(tests, key=lambda test: test.short_name == TEST):
        with StatusLine("Trying every order"):
            result = test_runs.run_test(test)
        say(f"\n{test.name}")
        say(said_by(result))


def said_by(result):
    """The summary or the story of an explored test; before it, what a test of the lab has printed itself."""
    printed = result.output.partition(result.test.name)[0].strip("\n")
    told = result.said("explored") if result.status == "passed" else test_runs.story(result.output)
    return "\n".join(filter(None, [printed, told or result.said("skipped")]))


def build(preset, lab):
    launcher = ["tools/sanitizer.sh", "thread"] if preset == "tsan" else []
    if code := subprocess.run([*launcher, "tools/build.sh", preset, lab], check=False).returncode:
        sys.exit(code)


def main():
    os.chdir(ROOT)
    stage = tree.find_stage(sys.argv[1] if len(sys.argv) > 1 else "")
    if not (stage.folder / "race_lab.cpp").exists():
        others = [f"; there is one in stage {other.number}: make race-{other.number}" for other in tree.stages()
                  if (other.folder / "race_lab.cpp").exists()]  # fmt: skip
        tree.die(f"Stage '{stage.number}' has no race lab{''.join(others)}")
    if TODO in stage.stubs() and not stage.solution.is_dir():
        tree.die(f"Write TODO {TODO} first: the lesson needs a counter, and that of the solution is not here.")
    lesson(stage, "solution" if TODO in stage.stubs() else "stage")
