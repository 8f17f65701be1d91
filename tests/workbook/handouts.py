#!/usr/bin/env python3
"""make handout, of the small workbook: what is in it, what is not, and what is refused in one sentence."""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
from toy import Toy, expect  # noqa: E402
from workbook import handout, tree  # noqa: E402

TEXT = "# Toys\n[here](stages/01_toy/hints.md) and [there](solutions/01_toy/main.cpp), [away](https://example.org/)\n"


def repository(folder):
    work = Toy(folder)
    subprocess.run(["git", "init", "-q", str(work.root)], check=True)
    (work.root / "README.md").write_text(TEXT)
    (work.root / "INSTRUCTORS.md").write_text("for instructors\n")
    (work.root / "stages/01_toy/answers.md").write_text("## E1.1\nIt doubles.\n")
    work.commit("the workbook")
    return work


def hand_out(work, *words):
    return work.type("make", "handout", *words)


def check_contents(work, out):
    """What is committed, without the solution and what tells it; one commit; links that lead somewhere."""
    (work.root / "marks.csv").write_text("somebody,1\n")
    work.answer("1.1", "return 2 * number;")  # not committed: it stays here
    problems = expect("handout", hand_out(work, "STAGE=1", f"OUT={out}"), 0, "a repository with one commit",
                      "What you have changed here and not committed is not in it")  # fmt: skip
    present = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and ".git" not in path.parts}
    for name in ("stages/01_toy/twice.cpp", "stages/01_toy/twice_test.cpp", "Makefile", "HANDOUT.md", ".gitignore"):
        problems += [] if name in present else [f"the handout lacks {name}"]
    wrong = [name for name in present if name.startswith(("solutions/", "tests/wrong_answers/"))
             or name in ("INSTRUCTORS.md", "marks.csv", "stages/01_toy/answers.md")]  # fmt: skip
    problems += [f"the handout has {sorted(wrong)}"] if wrong else []
    if 'todo("1.1"' not in (out / "stages/01_toy/twice.cpp").read_text():
        problems.append("the handout has what somebody has written")
    if (out / "README.md").read_text() != TEXT.replace("[there](solutions/01_toy/main.cpp)", "there"):
        problems.append(f"the links of a text are {(out / 'README.md').read_text()}")
    said = subprocess.run(["git", "log", "--format=%s"], cwd=out, capture_output=True, text=True, check=True).stdout
    dirty = subprocess.run(["git", "status", "--porcelain"], cwd=out, capture_output=True, text=True, check=True).stdout
    return problems + ([] if said.startswith("Stage 01: ") and said.count("\n") == 1 and not dirty
                       else [f"the history is {said}, and git sees {dirty}"])  # fmt: skip


def check_refusals(work, out):
    """One sentence, a code that is not zero, and nothing is left behind."""
    fresh = out.with_name("fresh")
    cases = [
        ([], "Name a stage and a new folder"),
        (["STAGE=1"], "Name a stage and a new folder"),
        (["STAGE=7", f"OUT={fresh}"], "There is no stage 7"),
        (["STAGE=1", f"OUT={out}"], "exists already"),
        (["STAGE=1", "OUT=/proc/nowhere/at/all"], "could not be written"),
    ]
    problems = []
    for words, expected in cases:
        problems += expect(f"handout {words}", hand_out(work, *words), 2, expected)
    work.commit("an answer")
    problems += expect("handout of an answer", hand_out(work, "STAGE=1", f"OUT={fresh}"), 2, "is not the untouched skeleton")
    (work.root / ".git").rename(work.root / "no.git")
    problems += expect("handout without git", hand_out(work, "STAGE=1", f"OUT={fresh}"), 2, "there is no git repository here")
    return problems + ([f"{fresh} is there after a refusal"] if fresh.exists() else [])


def check_choice():
    """A handout has the solutions of what it is built on, and never its own or a later one."""
    problems = []
    for last in tree.stages():
        choice = handout.choose(last)
        needed = {name for stage in choice.stages for name in stage.needs()}
        if {stage.name for stage in choice.solutions} != needed or last in choice.solutions:
            problems.append(f"the handout of {last.name} has the solutions of {choice.solutions}")
        for stage in choice.all:
            if choice.has(f"solutions/{stage.name}/main.cpp") != (stage.name in needed):
                problems.append(f"the handout of {last.name} is wrong about solutions/{stage.name}")
            for path in [*stage.about.get("with_solution", []), f"stages/{stage.name}/answers.md"]:
                if not (tree.ROOT / path).exists():
                    problems.append(f"stage.json of {stage.name} names {path}, which is not there")
                if stage not in choice.solutions and choice.has(path):
                    problems.append(f"the handout of {last.name} has {path}")
    return problems


def main():
    with tempfile.TemporaryDirectory() as folder:
        work, out = repository(Path(folder) / "work"), Path(folder) / "für alle" / "stage 1"
        problems = check_contents(work, out) + check_refusals(work, out) + check_choice()
    tree.report("handouts", problems, "contents and refusals of a handout")


if __name__ == "__main__":
    main()
