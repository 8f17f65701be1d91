#!/usr/bin/env python3
"""What `make grade` takes from a submission, what it flags, how it counts, and how it names a mistake."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import patch_file, tree  # noqa: E402
from workbook.grading import credit, flags, grade_one, guard, judging, mistakes, submission, workshop  # noqa: E402
from workbook.grading.judging import Outcome  # noqa: E402
from workbook.tree import ROOT  # noqa: E402

ATTEMPTS = {
    "_exit(0);": "_exit",
    "std::_Exit(0);": "_Exit",
    "std::quick_exit(0);": "quick_exit",
    "exit(0);": "exit",
    "__attribute__((constructor)) void f();": "constructor",
    "[[gnu::constructor]] void f();": "constructor",
    'open("/proc/self/mem", 0);': "/proc/self",
    'dlsym(nullptr, "x");': "dlsym",
    "while (true) ::fork();": "fork",
    'asm("int3");': "asm",
    "syscall(60, 0);": "syscall",
    "workbook::harness::step();": "workbook::harness",
    "testing::Test::HasFailure();": "testing",
    'std::system("ls");': "std::system",
    '#include "../../solutions/01_single/http.cpp"': "../",
    "#define EXPECT_EQ(a, b)": "EXPECT_EQ",
    "_ex\\\nit(0);": "_exit",
    "std::ofstream(name) << 1;": "ofstream",
    "GLUE(_ex ## it)": "##",
}
INNOCENT = ("// calls _exit(0) and fork()\n", 'throw std::runtime_error("fork");\n', "my_fork(); server.exit(1); task::exit();\n",
            "/* asm */ #include <unistd.h>\n", "int constructors = system_calls;\n")  # fmt: skip


def check_flags(stage):
    problems = []
    for code, word in ATTEMPTS.items():
        found = flags.found_in({"http.cpp": code.encode()}, stage)
        if not any(f": {word}" in flag for flag in found):
            problems.append(f"{code!r} is not flagged: {found}")
    for code in INNOCENT:
        problems += [f"{code!r} is flagged: {flag}" for flag in flags.found_in({"http.cpp": code.encode()}, stage)]
    for one in tree.stages():
        files = {name: (one.solution / name).read_bytes() for name in submission.wanted(one)}
        problems += [f"the solution of {one.name} is flagged: {flag}" for flag in flags.found_in(files, one)]
    for path in patch_file.find_patches("right_answers"):
        patch = patch_file.read_patch(path)
        added = "\n".join(line[1:] for line in patch.text.splitlines() if line.startswith("+") and line[:3] != "+++")
        found = flags.found_in({Path(patch.files[0]).name: added.encode()}, patch.stage)
        problems += [f"{patch.label} is a right answer, and flagged: {flag}" for flag in found]
    return problems


def check_taking(stage, folder):
    """Plain files only, by name; the rest is told."""
    place = folder / "a ü" / "stages" / stage.name
    place.mkdir(parents=True)
    handed_in = submission.Submission("a ü", folder / "a ü")
    names = submission.wanted(stage)
    for name in [*names, "http.hpp", "routes_test.cpp"]:
        (place / name).write_bytes((stage.folder / name).read_bytes())
    problems = []
    taken = submission.take(handed_in, stage)
    if sorted(taken.files) != sorted(names) or taken.headers or not says_what_is_missing(stage, taken):
        problems.append(f"it takes {sorted(taken.files)} and {taken.headers}, and notes {taken.notes}")
    (place / "routes_test.cpp").write_text("")
    (place / "more.cpp").write_text("")
    (place / "http.hpp").write_text("// mine")
    taken = submission.take(handed_in, stage)
    for note in ("routes_test.cpp is changed", "more.cpp is added", "http.hpp is changed"):
        if note not in taken.notes:
            problems.append(f"it does not note that {note}: {taken.notes}")
    if taken.headers != {"http.hpp": b"// mine"}:
        problems.append(f"the header that belongs to http.cpp is not kept: {taken.headers}")
    http = place / "http.cpp"
    for what, make in (("a symbolic link", lambda: http.symlink_to(stage.folder / "http.cpp")),
                       ("not a file", http.mkdir), ("not a file", lambda: os.mkfifo(http)),
                       ("1025 MiB", lambda: make_large(http))):  # fmt: skip
        http.rmdir() if http.is_dir() else http.unlink()
        make()
        problems += expect_refusal(handed_in, stage, "http.cpp", what)
    (folder / "b").symlink_to(folder / "a ü")
    problems += expect_refusal(submission.Submission("b", folder / "b"), stage, "b", "a symbolic link")
    (folder / "c.zip").write_text("")
    problems += expect_refusal(submission.Submission("c.zip", folder / "c.zip"), stage, "c.zip", "unpack it")
    (folder / "d").mkdir()
    (folder / "d" / "stages").symlink_to(ROOT / "stages")
    problems += expect_refusal(submission.Submission("d", folder / "d"), stage, "stages", "a symbolic link")
    return problems


def says_what_is_missing(stage, taken):
    """Three by name, and how many others there are: the test has handed in the suite of routes and a header."""
    left = len([path for path in stage.folder.rglob("*") if path.is_file()]) - len(submission.wanted(stage)) - 3
    return any(note.endswith(f" and {left - 3} other files are missing") for note in taken.notes)


def make_large(path):
    with open(path, "wb") as file:
        file.truncate(1025 << 20)


def expect_refusal(handed_in, stage, *words):
    try:
        submission.take(handed_in, stage)
    except submission.Refused as refused:
        return [f"the refusal does not say '{word}': {refused}" for word in words if word not in str(refused)]
    return [f"{handed_in.name} with {words} is taken"]


def check_credit(stage):
    """A TODO counts by the suite's list: what did not run is not passed, what gave no verdict is neither."""
    about = {"A.One": "1.1", "A.Two": "1.1", "B.One": "1.2", "B.Two": "1.2", "C.One": "1.4", "Given.One": ""}
    outcomes = {"A.One": Outcome("A.One", "passed", ""), "B.One": Outcome("B.One", "passed", ""),
                "B.Two": Outcome("B.Two", "skipped", "no form for it"), "C.One": Outcome("C.One", "failed", "")}  # fmt: skip
    found = {one.number: one for one in credit.credits(stage, about, outcomes, {"C.One"})}
    points = {number: one.points for number, one in found.items()}
    most = credit.weights(stage)
    wanted = {"1.1": most["1.1"] / 2, "1.2": most["1.2"], "1.3": 0, "1.4": most["1.4"], "1.5": 0}
    problems = [] if points == wanted else [f"the points are {points}, not {wanted}"]
    if found["1.2"].full or not found["1.4"].full or found["1.4"].helped != ["C.One"]:
        problems.append("a test without a verdict makes a TODO full, or one that passes beside the solution does not")
    for wrong, found, status in ((set(), [], "ok"), ({"failed"}, [], "wrong"), ({"failed", "hung"}, [], "hung"),
                                 (set(), ["x"], "suspicious"), ({"early"}, ["x"], "ended early"),
                                 ({"limit"}, [], "ended early"), ({"not run", "early"}, ["x"], "timed out")):  # fmt: skip
        if grade_one.status_of(wrong, found) != status:
            problems.append(f"{wrong} with {found} is {grade_one.status_of(wrong, found)}, not {status}")
    return problems


def check_mistakes(stage):
    """The known mistake whose test fails in the words of its Hint; nothing for words that nobody knows."""
    table = mistakes.known(stage)
    patch = patch_file.read_patch(patch_file.find_patches("wrong_answers", stage, "01-22_length_is_sizeof")[0])
    test, mistake = patch.headers["Killed-by"], patch.headers["Mistake"]
    if not any(row[2] == mistake for row in table):
        return [f"the kill table has no {mistake}"]
    table = [("A.B", "counts.*bytes", "counts characters"), ("A.B", "bytes", "something"), ("A.B", "bits", "counts bits"),
             (test, "x", "other")]  # fmt: skip
    named = mistakes.likely(table, [("A.B", "it counts the bytes"), ("A.C", "bytes")])
    unknown = mistakes.likely(table, [("A.B", "no such words"), ("A.D", "bytes")])
    return [] if (named, unknown) == ("counts characters; or: something", "") else [f"it names {named!r} and {unknown!r}"]


def check_guard():
    """Ends what goes on for too long, with all that it has started; passes on a code."""
    def run(*words):
        command = [sys.executable, "-S", guard.__file__, *words]
        return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode
    problems = [] if run("60", "50", "500", "--", "sh", "-c", "exit 7") == 7 else ["the guard changes an exit code"]
    if run("0", "50", "500", "--", "sleep", "1000") != guard.AT_LIMIT:
        problems.append("the guard does not end what takes too long")
    if run("60", "3", "500", "--", "sh", "-c", "sleep 1000 & sleep 1000 & sleep 1000 & wait") != guard.AT_LIMIT:
        problems.append("the guard does not count processes")
    left = subprocess.run(["setsid", "true"], check=False).returncode == 0
    with tempfile.TemporaryDirectory() as folder:
        run("60", "50", "500", "--", "sh", "-c", f"setsid sh -c 'echo $$ > \"{folder}/pid\"; exec sleep 1000' & "
            f"until [ -s '{folder}/pid' ]; do :; done")  # fmt: skip
        if left and Path("/proc", Path(folder, "pid").read_text().strip()).exists():
            problems.append("the guard leaves an orphan behind")
    hog = "x = b'x' * (200 << 20)\nwhile True: pass"
    if run("60", "50", "100", "--", sys.executable, "-S", "-c", hog) not in (guard.AT_LIMIT, 137):
        problems.append("the guard does not count memory")
    return problems


def check_words():
    """The compiler's first error, and not how Ninja goes on."""
    said = "[1/2] x\nFAILED: y\n/workbook/stages/01_single/http.cpp:3:1: error: no\n   3 | x\nninja: build stopped.\n"
    told = workshop.complaint(said, "/workbook")
    return [] if told == "stages/01_single/http.cpp:3:1: error: no\n   3 | x" else [f"it tells {told!r}"]


def check_stories():
    """However much a test prints, its beginning and its end are kept."""
    long = judging.shortened("begin" + "x" * 100_000 + "end")
    kept = long.startswith("begin") and long.endswith("end") and len(long) < 9000
    return [] if kept and judging.shortened("short") == "short" else [f"a long story becomes {long[:50]}"]


def main():
    stage = tree.find_stage("01")
    problems = check_flags(stage) + check_credit(stage) + check_mistakes(stage) + check_words() + check_guard()
    problems += check_stories()
    with tempfile.TemporaryDirectory() as folder:
        problems += check_taking(stage, Path(folder))
    tree.report("grading_parts", problems, f"{len(ATTEMPTS)} attempts to flag")


if __name__ == "__main__":
    main()
