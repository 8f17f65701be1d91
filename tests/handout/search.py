"""Looks for the lines of a solution in everything that a git repository holds, its history included."""

import re
import subprocess

SHORTEST = 12  # characters of a line that can tell something: `break;` stands everywhere


def lines_of(text):
    """Its lines without their indentation, and without the + or - of a patch."""
    return {re.sub(r"^[+-]?\s*", "", line).rstrip() for line in text.splitlines()}


def texts_below(*folders):
    return [path.read_text(errors="replace") for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def given_lines(root, stages, solutions):
    """What is handed out on purpose: code that is given, and the stages with their suites and texts."""
    folders = [root / "lib", root / "tests/harness", *(stage.solution for stage in solutions)]
    texts = texts_below(*folders)
    for stage in stages:
        texts += [path.read_text() for path in stage.folder.iterdir() if path.is_file() and path.name != "answers.md"]
    return {line for text in texts for line in lines_of(text)}


def telling_lines(stage, given):
    """The lines of the solution that a learner has to find, and that stand nowhere in what is given."""
    solution = {line for text in texts_below(stage.solution) for line in lines_of(text)}
    skeleton = {line for name in stage.code_files() for line in lines_of((stage.folder / name).read_text())}
    return {line for line in solution - skeleton - given if len(line) >= SHORTEST}


def all_objects(repository):
    """The text of every object, reachable or not: files, and the messages of commits."""
    run = subprocess.run(["git", "cat-file", "--batch-all-objects", "--batch", "--buffer"],
                         cwd=repository, capture_output=True, check=True)  # fmt: skip
    return run.stdout.decode(errors="replace")


def found_in(repository, telling):
    return sorted(telling & lines_of(all_objects(repository)))
