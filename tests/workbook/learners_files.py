#!/usr/bin/env python3
"""What learners do to their files: commented stubs, edited and deleted tests, commits, clones, editors,
and the words they mistype. Tried with the small workbook of tests/toy; nothing is built.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
from toy import ROOT, Toy, expect  # noqa: E402

from workbook import last_check, status_line, telling, tree, verify, watch  # noqa: E402

CODE = "stages/01_toy/twice.cpp"
TEXT = "stages/01_toy/README.md"
STUBS = [
    ('todo("1.1", number);', True),
    ('return todo( "1.1");', True),
    ('int a = 1\'000; todo("1.1"); // done?', True),
    ('auto s = "//"; todo("1.1");', True),
    ('// todo("1.1", number);', False),
    ('/* first\n todo("1.1");\n */', False),
    ('#if 0\n  todo("1.1");\n#endif', False),
    ('my_todo("1.1");', False),
]


def check_stubs():
    return [f"stubs_in says {bool(tree.stubs_in(source))} to {source!r}"
            for source, is_stub in STUBS if bool(tree.stubs_in(source)) != is_stub]  # fmt: skip


def repository(folder, inside=""):
    """The small workbook with its first commit; `inside` a bigger repository."""
    work = Toy(Path(folder) / inside if inside else folder)
    top = Path(folder)
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    (work.root / TEXT).write_text("# A text\nYour number: ____\n")
    same_name = work.root / "stages/01_toy/benchmarks/twice.cpp"  # as a file of the stage, and no part of it
    same_name.parent.mkdir()
    same_name.write_text("// measures\n")
    work.commit("the skeleton")
    return work


def comment_out(work):
    """Finished, with the stub kept as a comment."""
    work.answer("1.1", '// todo("1.1", number);\n  return number + number;  // my own code')


def check_reset(work, where):
    """It finds the untouched skeleton behind the learner's commits, and keeps their files."""
    untouched = (work.root / CODE).read_text()
    problems = expect(f"make reset-01, untouched, {where}", work.type("make", "reset-01"), 0, "already the untouched skeleton")
    comment_out(work)
    problems += expect("progress with a commented stub", work.type("make", "progress"), 0, "1.1 twice not checked")
    problems += expect("hint with a commented stub", work.type("make", "hint-01"), 0, "TODO 1.2")
    work.commit("1.1 done")
    work.write(CODE, "my own code", "my own, better code")
    problems += expect(f"make reset-01, {where}", work.type("make", "reset-01"), 0, "untouched skeleton again")
    if (work.root / CODE).read_text() != untouched:
        problems.append(f"after make reset-01, {where}, the learner's code is still there")
    if not any("better code" in path.read_text() for path in work.root.glob("backups/01_toy-*/twice.cpp")):
        problems.append(f"make reset-01, {where}, keeps no backup")
    return problems


def check_refusals(work, folder):
    """Where git refuses, its reason and its command are passed on."""
    distrust = work.type("make", "reset-01", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    problems = expect("make reset-01 in a folder of somebody else", distrust, None,
                      "detected dubious ownership", "git config --global --add safe.directory")  # fmt: skip
    shallow = Path(folder) / "shallow"
    comment_out(work)
    work.commit("1.1 done")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{work.root}", str(shallow)], check=True)
    said = subprocess.run([sys.executable, "tools/workbook", "reset", "01"], cwd=shallow, capture_output=True, text=True,
                          check=False)  # fmt: skip
    problems += expect("reset in a clone that begins too late", (said.returncode, said.stderr), 4, "git fetch --unshallow")
    plain = Toy(Path(folder) / "plain")
    said = plain.type("make", "reset-01", GIT_CEILING_DIRECTORIES=folder)
    return problems + expect("make reset-01 without git", said, None, "there is no git repository here")


def check_given(work):
    """A test or given file that is changed or missing is named, and what brings it back."""
    problems = []
    for name, change, state in (
        ("twice_test.cpp", lambda path: path.write_text(path.read_text().replace("42", "0")), "changed"),
        ("twice_test.cpp", Path.unlink, "missing"),
        ("hints.md", Path.unlink, "missing"),
        ("twice.cpp", Path.unlink, "missing"),
    ):
        path = work.root / "stages/01_toy" / name
        kept = path.read_text()
        change(path)
        words = (f"{name} is {state}", "make reset-01 brings back")
        problems += expect(f"progress, {name} {state}", work.type("make", "progress"), 0, *words)
        said = work.type("make", "check-01", PATH=without("cmake", work))
        problems += expect(f"check, {name} {state}", said, None, *words)
        path.write_text(kept)
    return problems


def check_text(work):
    """The text of a stage is the learner's to write into, or to delete: it is no damage. It comes back."""
    text, problems = work.root / TEXT, []
    given = text.read_text()
    written = given.replace("____", "42 µs")
    test = work.root / "stages/01_toy/twice_test.cpp"
    kept = test.read_text()
    for state, change in (("written into", lambda: text.write_text(written)), ("deleted", text.unlink)):
        change()
        said = work.type("make", "progress")
        problems += expect(f"progress, a text {state}", said, 0, "1.1 twice not begun")
        check = work.type("make", "check-01", PATH=without("cmake", work))
        problems += expect(f"check, a text {state}", check, None)
        if "README.md" in said[1] + check[1]:
            problems.append(f"a text {state} counts as a damage: {said[1]}{check[1]}")
        problems += expect(f"diff, a text {state}", work.type("make", "diff-01"), 0)
        if "README.md" in work.type("make", "diff-01")[1]:
            problems.append(f"make diff-01 shows a text {state}")
        test.unlink()
        problems += expect(f"reset, a text {state}", work.type("make", "reset-01"), 0, "untouched skeleton again")
        if test.read_text() != kept or text.read_text() != (written if state == "written into" else given):
            problems.append(f"after make reset-01, a text {state} is {text.read_text()!r}")
        problems += expect(f"a second reset, a text {state}", work.type("make", "reset-01"), 0, "already the untouched skeleton")
    return problems


def without(program, work):
    """A PATH in which this program only fails: what comes before it is what is looked at."""
    folder = work.root / "build" / "failing"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / program).write_text("#!/bin/sh\nexit 1\n")
    (folder / program).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def check_hints(work):
    """The hint is for the first TODO that is not green by the last check; progress lists all, and what is newer."""
    problems = []
    work.answer("1.1", "return number;")
    stage = tree.Stage("01_toy", work.root)
    unwritten = {"name": "Thrice.Trebles", "todo": "1.2", "blamed": "1.2", "unwritten": "1.2", "stub": "",
                 "kind": "", "status": "failed", "story": "", "at": time.time()}  # fmt: skip
    for status, todo, state in (("failed", "1.1", "red 0 of 1"), ("passed", "1.2", "green")):
        entry = {**unwritten, "name": "Twice.Doubles", "todo": "1.1", "blamed": "1.1", "unwritten": "", "status": status,
                 "story": "It is wrong."}  # fmt: skip
        last_check.write(stage, True, time.time(), {"Twice.Doubles": entry, "Thrice.Trebles": unwritten})
        problems += expect(f"hint, {state}", work.type("make", "hint-01"), 0, f"TODO {todo} ")
        problems += expect(f"progress, {state}", work.type("make", "progress"), 0, f"1.1 twice {state}", "1.2 thrice not begun")
        story = "It is wrong." if status == "failed" else "No story: no test of stage 01 failed"
        problems += expect(f"stories, {state}", work.type("make", "stories-01"), 0, story)
    waits = {**unwritten, "name": "Twice.OfThrice", "todo": "1.1", "blamed": "1.1"}
    if "write TODO 1.2 at stages/01_toy/" not in (said := telling.next_step(stage, "stage", [], [waits])):
        problems.append(f"a test of 1.1 waits for 1.2, and the next step is: {said}")
    os.utime(work.root / CODE, (time.time() + 9, time.time() + 9))
    newer = expect("progress, an edited file", work.type("make", "progress"), 0, "twice.cpp is newer than this verdict")
    last_check.path(stage).write_text('{"built": true')
    damaged = expect("progress, a damaged record", work.type("make", "progress"), 0, "not checked yet")
    return problems + newer + damaged


def check_editors(work):
    """What an editor keeps beside a file is no source; a save is noticed however it is made."""
    folder = work.root / "stages/01_toy"
    stage = tree.Stage("01_toy", work.root)
    before = watch.look(stage)
    (folder / ".#twice.cpp").symlink_to("somebody@somewhere.1234")  # a lock of Emacs: leads nowhere
    (folder / ".twice.cpp.swp").write_text("vim")
    (folder / "4913").write_text("")
    (folder / "twice.cpp~").write_text("// an old one")
    problems = expect("make progress beside an editor", work.type("make", "progress"), 0)
    problems += expect("make hint-01 beside an editor", work.type("make", "hint-01"), 0, "TODO 1.")
    problems += expect("make diff-01 beside an editor", work.type("make", "diff-01"), 0)
    if any(word in work.type("make", "diff-01")[1] for word in (".swp", "4913", "twice.cpp~", ".#")):
        problems.append("make diff-01 shows an editor's files")
    if watch.look(stage) != before:
        problems.append("watch takes an editor's files for a save")
    shutil.copy2(folder / "twice.cpp", folder / "new")
    (folder / "new").rename(folder / "twice.cpp")  # the same times: only the file is another
    if watch.look(stage) == before:
        problems.append("watch overlooks a file that is put in place of the old one")
    (folder / "twice.cpp").rename(folder / "gone")
    watch.look(stage)  # does not raise
    with mock.patch.object(tree.Stage, "code_files", lambda _: ["twice.cpp"]):  # as listed a moment before
        if stage.stubs() or last_check.newest_since(stage, 0):
            problems.append("a file that has gone has stubs, or is newer")
    (folder / "gone").rename(folder / "twice.cpp")
    (folder / "twice.cpp").write_bytes((folder / "twice.cpp").read_bytes() + "// grün\n".encode("latin-1"))
    return problems + expect("make progress, another encoding", work.type("make", "progress"), 0)


def check_update(folder):
    """What README.md says about updating, tried: the learner's work and the update are both there."""
    text = (ROOT / "README.md").read_text()
    section = re.search(r"^## When the workbook is updated\n(.*?)^## ", text, re.M | re.S)
    commands = re.findall(r"^\$ (git .*)", section[1], re.M) if section else []
    if len(commands) != 2:
        return [f"README.md does not say in two commands how to update: {commands}"]
    origin = repository(Path(folder) / "origin")
    work = Path(folder) / "work"
    subprocess.run(["git", "clone", "-q", str(origin.root), str(work)], check=True)
    for key, value in (("user.name", "Toy"), ("user.email", "toy@example.org")):
        subprocess.run(["git", "config", key, value], cwd=work, check=True)

    def update(old, new):
        origin.write(CODE, old, new)
        origin.commit("an update")
        for command in commands:
            last = subprocess.run(shlex.split(command), cwd=work, capture_output=True, text=True, check=False)
        return last

    (work / CODE).write_text((work / CODE).read_text().replace('todo("1.1", number);', "return 2 * number;"))
    clean = update("int thrice", "/// Three times.\nint thrice")
    now = (work / CODE).read_text()
    problems = []
    if clean.returncode != 0 or "return 2 * number" not in now or "Three times" not in now:
        problems.append(f"after {commands} the file is:\n{now}\n{clean.stderr}")
    kept = now.replace("return 2 * number", "return number + number")
    (work / CODE).write_text(kept)
    conflict = update('  todo("1.1", number);', '  // Mind the sign.\n  todo("1.1", number);')
    if "CONFLICT" not in conflict.stdout or "<<<<<<<" not in (work / CODE).read_text():
        problems.append(f"an update of the same lines is no conflict: {conflict.stdout}")
    subprocess.run(["git", "rebase", "--abort"], cwd=work, check=True)
    if (work / CODE).read_text() != kept:
        problems.append("git rebase --abort does not bring the learner's work back")
    subprocess.run([sys.executable, "tools/workbook", "reset", "01"], cwd=work, capture_output=True, check=True)
    if "Three times" not in (work / CODE).read_text():
        problems.append("reset after an update does not bring the new skeleton")
    return problems


def check_line_ends(work, folder):
    """A clone with the settings of Windows has the line ends that scripts need."""
    copy = Path(folder) / "windows"
    subprocess.run(["git", "clone", "-q", "-c", "core.autocrlf=true", str(work.root), str(copy)], check=True)
    texts = [path for path in copy.rglob("*") if path.is_file() and ".git" not in path.parts]
    return [f"core.autocrlf=true: {path.relative_to(copy)} has carriage returns"
            for path in texts if b"\r" in path.read_bytes()][:3]  # fmt: skip


EXERCISES = """# Stage 01: Toys
## Twice
### Predict
| 2 and 2 | ____ |
### Then
**E1.1** *"It adds."*

**Q1.1** What is twice 2?

**Q1.2** And twice 3?
"""
ANSWERS = "# Answers\n## E1.1\nIt multiplies, " + "again and again " * 8 + "\n\n| a | b |\n|---|---|\n## Q1.1\n4\n"


def with_exercises(folder):
    """The small workbook with a text that asks, and answers of which one is missing."""
    work = Toy(folder)
    (work.root / TEXT).write_text(EXERCISES)
    (work.root / TEXT).with_name("answers.md").write_text(ANSWERS)
    return work


def check_answers(work):
    """An answer comes with its question, 80 columns wide; predictions go into a file of the learner's own."""
    code, said = work.type("make", "answer", "E=1.1")
    problems = expect("an answer", (code, said), 0, '**E1.1** *"It adds."*', "It multiplies, again")
    if "\n| a | b |\n|---|---|\n" not in said or "Q1.1" in said or max(map(len, said.splitlines())) > 80:
        problems.append(f"an answer is too wide, or shows another one: {said}")
    notes = work.root / "notes.md"
    problems += expect("make notes", work.type("make", "notes"), 0, "notes.md is ready")
    if "## Stage 01: Toys\n\n### Twice\n\n| 2 and 2 | ____ |\n" not in notes.read_text():
        problems.append(f"notes.md has no table to fill in: {notes.read_text()}")
    notes.write_text("mine")
    problems += expect("make notes again", work.type("make", "notes"), 0, "stay as they are")
    return problems + ([] if notes.read_text() == "mine" else ["make notes overwrites the learner's notes"])


def check_bad_input():
    """One sentence, and a non-zero exit."""
    cases = [
        (["make", "stage-99"], "There is no stage 99; there are: 01_toy"),
        (["make", "check-"], "There is no"),
        (["make", "hint-01", "TODO=9.9"], "Stage 01 has no TODO 9.9; it has: 1.1, 1.2"),
        (["make", "hint-01", "TODO=1.1 1.2"], "Stage 01 has no TODO 1.1 1.2"),
        (["make", "hint-01", "TODO=it's"], "Stage 01 has no TODO it's"),
        (["make", "wrong-answers", "ONLY=it's $(x)"], "matches 'it's"),
        (["make", "reset-7"], "There is no stage 7"),
        (["make", "nonsense"], "There is no target 'nonsense'"),
        (["make", "wrong-answers", "STAGE=7"], "There is no stage 7"),
        (["make", "wrong-answers", "ONLY=nobody"], "No patch in tests/wrong_answers matches 'nobody'"),
        (["make", "wrong-answers", "TIMES=0"], "TIMES=0 is not a number above 0"),
        (["make", "wrong-answers", "TIMES=many"], "TIMES=many is not a number above 0"),
        (["make", "flake", "N=0"], "N must be a number above 0"),
        (["make", "compare", "CLIENTS=abc"], "CLIENTS=abc is not a number from 1 to 10000"),
        (["make", "compare", "REQUESTS=0"], "REQUESTS=0 is not a number from 1 to 1000000"),
        (["make", "flake", "STAGE=7", "N=1"], "There is no stage 7"),
        (["make", "progress", "JOBS=none"], "JOBS=none is not a number above 0"),
        (["make", "race-01"], "has no race lab"),
        (["make", "answer"], "Name one exercise of the text"),
        (["make", "answer", "E=1.1", "Q=1.1"], "Name one exercise of the text"),
        (["make", "answer", "E=1.9"], "There is no exercise E1.9; there are: E1.1 to E1.1, Q1.1 to Q1.2"),
        (["make", "answer", "E=it's"], "There is no exercise Eit's"),
        (["make", "answer", "Q=1.2"], "The answer to Q1.2 is missing; it should be in stages/01_toy/answers.md"),
        (["make", "experiment"], "Name an experiment"),
        (["make", "experiment", "NAME=nobody"], "There is no experiment 'nobody'"),
    ]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        work = with_exercises(Path(folder) / "work")
        shutil.copytree(ROOT / "experiments", work.root / "experiments")
        for words, expected in cases:
            code, output = work.type(*words)
            shown = " ".join(words)
            lines = [line for line in output.splitlines() if not line.startswith("make: ***")]
            problems += expect(shown, (code, output), None, expected)
            if len(lines) > 1:
                problems.append(f"{shown} says more than one sentence: {output}")
    return problems


class Screen:
    """Stands in for a terminal, or for a file."""

    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def check_status_line():
    """A terminal sees n of m, a file nothing, and make test each count of its steps."""
    problems = []
    kept = sys.stdout, os.environ.pop("WORKBOOK_COUNT", None)
    for terminal, asked, expected in ((True, "", "\rTesting: 1 of 2 (0 s)"), (False, "", None), (False, "1", "1 of 2\n")):
        sys.stdout = screen = Screen(terminal)
        os.environ["WORKBOOK_COUNT"] = asked
        try:
            with status_line.StatusLine("Testing", 2) as status:
                status.count()
        finally:
            sys.stdout = kept[0]
            del os.environ["WORKBOOK_COUNT"]
        if (expected or "") not in screen.text or (expected is None and screen.text):
            problems.append(f"a status line, terminal {terminal}, asked {asked!r}, prints {screen.text!r}")
    step = ["printf", r"3 of 8\nthe end\n"]
    sys.stdout = screen = Screen(True)
    try:
        output = verify.listen(subprocess.Popen(step, stdout=subprocess.PIPE, text=True), "a step")
    finally:
        sys.stdout = kept[0]
    if "3 of 8" not in screen.text or output != "the end":
        problems.append(f"make test shows {screen.text!r} of a step and keeps {output!r}")
    if kept[1] is not None:
        os.environ["WORKBOOK_COUNT"] = kept[1]
    return problems


def main():
    problems = check_stubs() + check_status_line() + check_bad_input()
    with tempfile.TemporaryDirectory() as folder:
        work = repository(Path(folder) / "own")
        problems += check_line_ends(work, folder) + check_given(work) + check_text(work)
        problems += check_reset(work, "in its own repository")
        problems += check_editors(work)
    with tempfile.TemporaryDirectory() as folder:
        work = repository(Path(folder) / "course", "wb (1)")
        problems += check_reset(work, "in a bigger repository")
        problems += check_refusals(repository(Path(folder) / "own"), folder) + check_hints(work)
    with tempfile.TemporaryDirectory() as folder:
        problems += check_update(folder)
    with tempfile.TemporaryDirectory() as folder:
        problems += check_answers(with_exercises(folder + "/work"))
    tree.report("learners_files", problems, "a small workbook and its commands")


if __name__ == "__main__":
    main()
