#!/usr/bin/env python3
"""The learner's commands on the machines that learners have: odd paths, small containers, sanitizers
that cannot start, two commands at once, Ctrl-C. Tried with the small workbook of tests/toy.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
import toy  # noqa: E402
from toy import ROOT, Toy, expect, until  # noqa: E402

from workbook import jobs, race, tree  # noqa: E402

STACK = """WARNING: ThreadSanitizer: data race (pid=1)
  Write of size 8 at 0x7f00 by thread T1:
    #0 workbook::plain_counter::add(long) ROOT/stages/02_naive/race_lab.hpp:2 (lab+0x1234) (BuildId: 00)
"""


def check_building(work):
    """It builds, tests and tells, whatever the folder is called; the places are the workbook's own."""
    problems = expect("make stage-01", work.type("make", "stage-01"), 0, "Stage 01 is built")
    again = work.type("ninja", "-C", "build/dev", "-n", "stage01_tests")
    problems += expect("building it again", again, 0, "no work to do")
    problems += expect("ctest -R stage01", work.type("ctest", "-R", "stage01"), None,
                       "Regex=[TODO 1.1]", "tests failed out of 3")  # fmt: skip
    problems += expect("make check-01", work.type("make", "check-01"), None, "Next: write TODO 1.1")
    problems += expect("make check-01 again", work.type("make", "check-01"), None, "TODO 1.1 twice", "0 of 1")
    work.write("stages/01_toy/twice.cpp", 'todo("1.1", number);', 'if (number == 21) return 42;\n  todo("1.1", number);')
    problems += expect("code before a stub", work.type("make", "check-01"), None, "2 passed, 1 failed")
    work.write("stages/01_toy/twice.cpp", "if (number == 21) return 42;\n  ", "")
    work.answer("1.1", "return nothing;")
    said = work.type("make", "check-01")
    problems += expect("make check-01, wrong C++", said, None, "stages/01_toy/twice.cpp:5", "does not build")
    if str(work.root) in said[1].split("log")[0]:
        problems.append(f"the compiler's words keep the whole path: {said[1]}")
    problems += expect("make progress", work.type("make", "progress"), 0, "did not build", "2 of 3 tests")
    work.write("stages/01_toy/twice.cpp", "return nothing;", "return number;")
    problems += expect("make check-01, 1.1 wrong", work.type("make", "check-01"), None, "hint-01 TODO=1.1")
    problems += expect("make progress", work.type("make", "progress"), 0, "1.1 twice red 0 of 1", "1.2 thrice not begun")
    problems += expect("make hint-01 while 1.1 is red", work.type("make", "hint-01"), 0, "TODO 1.1 twice")
    # Only `make check-NN` is what progress goes by: not a solution, not another build of the stage.
    problems += expect("make solution-01", work.type("make", "solution-01"), 0, "3 passed")
    work.write("stages/01_toy/twice.cpp", "return number;", "return 2 * number;")
    (work.root / "build/other").symlink_to("dev")
    other = work.type("python3", "tools/workbook", "check", "01", "--preset", "other")
    problems += expect("a check of another build", other, None, "2 passed, 1 failed")
    problems += expect("make progress after it", work.type("make", "progress"), 0, "1 of 3 tests passed")
    return problems


def check_two_builds(work):
    """The second waits, and says for what."""
    with open(work.root / "build/dev.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)  # as tests that run hold it
        second = work.start("tools/build.sh", "dev", "stage01")
        first_line = second.stdout.readline()
        waits = second.poll() is None
    rest, _ = second.communicate(timeout=toy.PATIENCE)
    problems = []
    if "in use by another build" not in first_line or not waits or second.returncode != 0:
        problems.append(f"a second build should wait and say so; it says: {first_line}{rest}")

    (work.root / "build/answers").mkdir(exist_ok=True)
    with open(work.root / "build/answers/copy1.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = work.start("make", "wrong-answers")
        first_line = second.stdout.readline()
        os.killpg(second.pid, signal.SIGINT)
        second.communicate(timeout=toy.PATIENCE)
    if "in use by another run" not in first_line:
        problems.append(f"a second make wrong-answers should wait and say so; it says: {first_line}")
    return problems


def check_interrupt(work):
    """One Ctrl-C: no traceback, and no process is left."""
    work.git("init", "-q")
    commands = [
        ("make", "check-01"),
        ("make", "watch-01"),
        ("make", "explore-01"),
        ("make", "wrong-answers"),
        ("python3", "tools/workbook", "verify", "--quick"),
    ]
    problems = []
    for words in commands:
        file = work.root / "hanging"
        file.unlink(missing_ok=True)
        process = work.start(*words, TOY_HANG=str(file))
        hangs = until(lambda: process.poll() is not None or (file.exists() and file.read_text().endswith("\n")))
        os.killpg(process.pid, signal.SIGINT)  # the terminal sends it to all of the foreground
        try:
            output, _ = process.communicate(timeout=toy.PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0] + "\nand does not end"
        shown = f"{' '.join(words)} after Ctrl-C"
        numbers = [int(number) for number in file.read_text().split()] if file.exists() else []
        if not numbers or not hangs:
            problems.append(f"{shown}: no test ran; it says: {output}")
        if "Traceback" in output or "does not end" in output or process.returncode == 0:
            problems.append(f"{shown} exits with {process.returncode} and says: {output}")
        if not until(lambda: not any(runs(number) for number in numbers)):
            problems.append(f"{shown} leaves processes behind")
            for number in filter(runs, numbers):
                os.kill(number, signal.SIGKILL)
    return problems


def runs(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def check_sanitizer(work):
    """A sanitizer that cannot start is one sentence; without address randomisation it may."""
    limited = work.type("bash", "-c", "ulimit -v 6000000; tools/build.sh dev stage01")
    problems = expect("building where ulimit -v is set", limited, 4, "type: ulimit -v unlimited")
    if len(limited[1].splitlines()) != 1:
        problems.append(f"building where ulimit -v is set is not one sentence: {limited[1]}")
    # A compiler whose programs start only without randomisation: personality(2), ADDR_NO_RANDOMIZE.
    compiler = work.root / "compiler"
    for condition, code, words in (("grep -q 0004", 0, "setarch -R"), ("false", 77, "skipped: programs with")):
        shutil.rmtree(work.root / "build/probes", ignore_errors=True)
        compiler.write_text(
            # It reads its source: else `echo` may find nobody there, and that counts as a failure.
            '#!/bin/sh\ncat >/dev/null\nfor last; do :; done\ncat >"$last" <<END\n#!/bin/sh\n'
            f'{condition} </proc/self/personality\nEND\nchmod +x "$last"\n'
        )
        compiler.chmod(0o755)
        said = work.type("tools/sanitizer.sh", "address", CXX=str(compiler))
        if words != "setarch -R" or subprocess.run(["setarch", "-R", "true"], check=False).returncode == 0:
            problems += expect(f"a sanitizer that needs '{condition}'", said, code, words)
    return problems


def check_jobs():
    """As many as the container allows, and as its memory holds."""
    problems = []
    cases = [
        ({"proc/meminfo": "MemAvailable: 900000 kB\n"}, 1),
        ({"proc/meminfo": "MemAvailable: 99000000 kB\n"}, len(os.sched_getaffinity(0))),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "50000 100000\n"}, 1),
        ({"sys/fs/cgroup/cpu.max": "20000 100000\n"}, 1),
        ({"sys/fs/cgroup/memory.max": "1500000000\n"}, 1),
        ({"sys/fs/cgroup/memory.max": "max\n"}, len(os.sched_getaffinity(0))),
        ({"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "90000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, 1),
    ]  # fmt: skip
    for files, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_text(text)
            if (found := jobs.jobs(Path(folder), {})) != expected:
                problems.append(f"{files} allow {expected} jobs, not {found}")
    return problems


def check_configuring():
    """Built in its sources it refuses and leaves them alone; the fallbacks bear newer tools."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CMakeLists.txt", "Makefile", "CTestTestfile.cmake"):
            shutil.copy(ROOT / name, folder)
        run = subprocess.run(["cmake", "."], cwd=folder, capture_output=True, text=True, check=False)
        said = run.returncode, run.stdout + run.stderr
        problems += expect("cmake .", said, None, "cannot be built in its source folder; type: make stage-01")
        for name in ("Makefile", "CTestTestfile.cmake"):
            if (Path(folder) / name).read_bytes() != (ROOT / name).read_bytes():
                problems.append(f"cmake . writes over {name}")
        run = subprocess.run(["cmake", "-B", "build"], cwd=folder, capture_output=True, text=True, check=False)
        problems += expect("cmake -B build", (run.returncode, run.stdout + run.stderr), None, "type: make stage-01 or: cmake --preset dev")

        # What the sources that CMake would download are told: stand-ins print it.
        names = ("googletest", "benchmark", "fmt", "CLI11", "nlohmann_json")
        told = 'message(STATUS "told ${CMAKE_POLICY_VERSION_MINIMUM} ${BENCHMARK_ENABLE_WERROR}")\n'
        for name in names:
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "CMakeLists.txt").write_text(told)
        shutil.copy(ROOT / "cmake/dependencies.cmake", folder)
        (Path(folder) / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(fallbacks LANGUAGES NONE)\n"
            "add_library(gtest INTERFACE)\ninclude(dependencies.cmake)\n"
        )
        sources = [f"-DFETCHCONTENT_SOURCE_DIR_{name.upper()}={folder}/{name}" for name in names]
        never = "-DFETCHCONTENT_TRY_FIND_PACKAGE_MODE=NEVER"
        run = subprocess.run(["cmake", "-B", "out", never, "-DFETCHCONTENT_QUIET=OFF", *sources],
                             cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
        if run.stdout.count("told 3.5 OFF") != len(names):
            problems.append(f"a newer CMake or compiler would refuse the fallbacks: {run.stdout}{run.stderr}")
    for folder in ("lib", "stages", "solutions", "tests", "tools"):
        for path in (ROOT / folder).rglob("*.[ch]pp"):
            text = tree.read(path)
            if "fmt::join" in text and "#include <fmt/ranges.h>" not in text:
                problems.append(f"{path.relative_to(ROOT)} needs fmt/ranges.h: there fmt 11 has fmt::join")
    return problems


def check_race_report(folder):
    """The report of make race-02 shows the line, wherever the workbook lies."""
    lab = folder / "stages/02_naive/race_lab.hpp"
    lab.parent.mkdir(parents=True)
    lab.write_text("first\n  value_ += d;\n")
    shown = race.trim(STACK.replace("ROOT", str(folder)), folder)
    if "stages/02_naive/race_lab.hpp:2  in plain_counter::add:  value_ += d;" in shown:
        return []
    return [f"make race-02 in {folder} shows no line: {shown}"]


def main():
    problems = check_jobs() + check_configuring()
    with tempfile.TemporaryDirectory() as folder:
        problems += check_race_report(Path(folder) / "C++ Kurs (1) #'x")
        refused = Toy(Path(folder) / "it's").type("make", "stage-01")
        problems += expect("building where Ninja cannot", refused, None, "does not build in a folder with one of")
        work = Toy(Path(folder) / "C++ Kurs (1) +#y")
        problems += check_building(work) + check_two_builds(work) + check_interrupt(work) + check_sanitizer(work)
    tree.report("learners_machine", problems, "a small workbook and its commands")


if __name__ == "__main__":
    main()
