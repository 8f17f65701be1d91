#!/usr/bin/env python3
"""A handout of each stage: it builds and judges in a fresh clone, and holds no line of a solution to come.

The clones are built one after the other in build/handout/work, so what is the same in all of them is
compiled once. For one stage everything that is promised of a handout is typed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import search  # noqa: E402

from workbook import given, handout, tree  # noqa: E402
from workbook.scratch_tree import mirror  # noqa: E402
from workbook.status_line import StatusLine  # noqa: E402

SCRATCH = tree.ROOT / "build" / "handout"
FEWEST = 10  # telling lines of a solution: with less, the search would prove nothing
LATER = "comes after the deadline"

# What is typed, its exit code and what it must say; in the last two, of the stage that is handed out.
UNTOUCHED = [
    ("make check-{nn}", 2, "Next: write TODO {n}.1 at stages/{name}/"),
    ("make progress", 0, "{n}.1"),
    ("make hint-{nn}", 0, "hint 1 of 3"),
]
WITH_SOLUTION = [("make check-{nn}", 0, "All green. Next: make")]
NOT_HERE = [
    ("make diff-{nn}", 2, LATER),
    ("make solution-{nn}", 2, LATER),
    ("make answer Q={n}.1", 2, LATER),
    ("make wrong-answers", 2, LATER),
    ("make right-answers", 2, LATER),
    ("make handout STAGE={nn} OUT=again", 2, "This is a handout already"),
    ("make verify", 2, "This is a handout"),
]
# Everything that is promised, for one stage.
THOROUGH = "03"
PROMISED_UNTOUCHED = [
    ("make stage-03 && ctest -R stage03", 8, "TODO 3.1"),
    ("make test", 0, " 0 failed"),
    ("make demo-03 MINE=1", 2, "TODO"),
]
PROMISED = [
    ("make stage-03 && ctest -R stage03", 0, "100% tests passed"),
    ("make explore-03 ONLY=ChannelSchedules.CloseMeetsATry SECONDS=5", 0, "stage 03: 1 passed"),
    ("make tsan-03", 0, "stage 03: "),
    ("make demo-03 MINE=1", 0, "stage03_server"),
    ("make demo-02", 0, "solution02_server"),
    ("make check-03 MINE=1", 2, "Your stage 01 is not all green"),
]
PROMISED_NOT_HERE = [
    ("make stage-04", 2, "Stage 04 " + LATER),
    ("make demo-03", 2, "The solution of stage 03 " + LATER),
    ("make compare MINE=1", 2, LATER),
    ("make stress MINE=1 CLIENTS=10", 2, LATER),
    ("make bench", 2, LATER),
    ("make experiment NAME=full_channel", 2, LATER),
]


def run(command, folder, **more):
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS", "WORKBOOK_COUNT")}
    return subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **more)  # fmt: skip


def type_all(commands, stage, folder):
    """Types each of the commands. What is not as it should be."""
    problems = []
    for command, code, words in commands:
        fill = {"nn": stage.number, "n": int(stage.number), "name": stage.name}
        command, words = command.format(**fill), words.format(**fill)
        done = run(command, folder, shell=True)
        if done.returncode != code or words not in done.stdout:
            problems.append(f"handout {stage.number}: {command} exits with {done.returncode}, not with {code} and"
                            f" '{words}':\n{done.stdout[-2000:]}")  # fmt: skip
        elif LATER in words and len(said := [line for line in done.stdout.splitlines() if "***" not in line]) > 1:
            problems.append(f"handout {stage.number}: {command} says more than one sentence: {said}")
    return problems


def make_handout(stage, folder):
    """A handout in a folder with a difficult name, and a fresh clone of it."""
    out = folder / f"Übung {stage.number}"
    done = run(["make", "handout", f"STAGE={stage.number}", f"OUT={out}"], tree.ROOT)
    if done.returncode:
        tree.die(f"make handout STAGE={stage.number} fails: {done.stdout}", tree.WRONG)
    clone = folder / f"clone {stage.number}"
    subprocess.run(["git", "clone", "-q", str(out), str(clone)], check=True)
    return out, clone


def search_in(stage, repository):
    """No line of a solution that is not handed out, and the search finds one that somebody has put there."""
    choice = handout.choose(stage)
    given = search.given_lines(tree.ROOT, choice.stages, choice.solutions)
    problems = []
    for hidden in [one for one in choice.all if one not in choice.solutions]:
        telling = search.telling_lines(hidden, given)
        if len(telling) < FEWEST:
            problems.append(f"of the solution of stage {hidden.number} only {len(telling)} lines tell something")
        if lines := search.found_in(repository, telling):
            problems.append(f"the handout of stage {stage.number} shows stage {hidden.number}: {lines}")
    return problems


def search_finds(stage, repository):
    """One line of the solution, in a commit that a later one has undone."""
    choice = handout.choose(stage)
    telling = search.telling_lines(stage, search.given_lines(tree.ROOT, choice.stages, choice.solutions))
    git = ["git", "-c", "user.name=Toy", "-c", "user.email=toy@example.org"]
    line = min(telling)
    (repository / "notes.txt").write_text(f"  {line}\n")
    for words in (["add", "--all"], ["commit", "-q", "-m", "one"], ["rm", "-q", "notes.txt"], ["commit", "-q", "-m", "two"]):
        subprocess.run([*git, *words], cwd=repository, check=True)
    found = search.found_in(repository, telling)
    return [] if found == [line] else [f"the search finds {found} and not {line!r}, which was there for one commit"]


def take_over(clone):
    """The folder in which all clones are built; what is equal keeps its time, and its object file."""
    work = SCRATCH / "work"
    work.mkdir(parents=True, exist_ok=True)
    for old in work.iterdir():
        if old.name not in ("build", *(path.name for path in clone.iterdir())) or old.name == ".git":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(clone / ".git", work / ".git")
    for path in clone.iterdir():
        if path.name != ".git":
            mirror(path, work / path.name)
    for memory in ("hints.json", "results"):
        forgotten = work / "build" / memory
        shutil.rmtree(forgotten) if forgotten.is_dir() else forgotten.unlink(missing_ok=True)
    return work


def watches(stage, folder):
    """make watch-NN checks, and ends with Ctrl-C."""
    process = subprocess.Popen(["make", f"watch-{stage.number}"], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(f"Watching stages/{stage.name}"):
            os.killpg(process.pid, signal.SIGINT)
    process.wait()
    wanted = f"stage {stage.number}: "
    return [] if any(line.startswith(wanted) for line in lines) else [f"make watch-{stage.number} says {''.join(lines)}"]


def put_solution(stage, work):
    for name in stage.code_files(stage.solution):
        shutil.copyfile(stage.solution / name, work / "stages" / stage.name / name)


def came_back(stage, work):
    """make reset-NN brings the skeleton back from the one commit."""
    problems = type_all([("make reset-{nn}", 0, "is the untouched skeleton again")], stage, work)
    changed = run(["git", "status", "--porcelain"], work).stdout
    return problems + ([f"after make reset-{stage.number} git sees: {changed}"] if changed else [])


def try_handout(stage, folder):
    out, clone = make_handout(stage, folder)
    problems = search_in(stage, out) + search_finds(stage, clone)
    subprocess.run(["git", "reset", "-q", "--hard", "origin/main"], cwd=clone, check=True)
    work = take_over(clone)
    thorough = stage.number == THOROUGH
    problems += type_all(UNTOUCHED + (PROMISED_UNTOUCHED if thorough else []), stage, work)
    if thorough:
        problems += watches(stage, work)
    put_solution(stage, work)
    problems += type_all(WITH_SOLUTION + (PROMISED if thorough else []), stage, work)
    problems += type_all(NOT_HERE + (PROMISED_NOT_HERE if thorough else []), stage, work)
    return problems + came_back(stage, work) + type_all([("make clean", 0, "")], stage, clone)


def main():
    chosen = [tree.find_stage(word) for word in sys.argv[1:]] or tree.stages()
    try:
        given.git("rev-parse", "HEAD")
    except given.Missing as reason:
        print(f"skipped: a handout is made of what is committed, and {reason}")
        sys.exit(tree.SKIPPED)
    problems = []
    with tempfile.TemporaryDirectory() as folder, StatusLine("Handouts", len(chosen)) as status:
        for stage in chosen:
            problems += try_handout(stage, Path(folder))
            status.count()
    tree.report("handouts", problems, f"{len(chosen)} of them")


if __name__ == "__main__":
    main()
