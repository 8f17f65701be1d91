"""The skeleton of a stage as it was handed out, from git, and what differs from it now.

A learner may have committed work. The skeleton is the newest commit in which every TODO that the
stage's own hints list still has its stub.
"""

import io
import os
import subprocess
import tarfile
from dataclasses import dataclass

from workbook import tree
from workbook.tree import ROOT

TEXT = "README.md"  # of a stage: a learner writes numbers and answers into it


class Missing(Exception):
    """There is no skeleton to be had; says why in a sentence."""


@dataclass
class Skeleton:
    commit: str
    texts: dict  # path of a file in the stage's folder, as seen from there -> text

    def is_whole(self):
        todos = tree.parse_hints(self.texts.get("hints.md", ""))
        stubs = {number for text in self.code().values() for number, _ in tree.stubs_in(text)}
        return bool(todos) and all(todo.number in stubs for todo in todos)

    def code(self):
        return {name: text for name, text in self.texts.items() if tree.is_code(name) and "/" not in name}

    def to_write(self):
        """The files in which a learner writes."""
        return [name for name, text in self.code().items() if tree.stubs_in(text)]


def git(*words):
    """What git prints, as bytes. Paths in `words` count from the workbook's folder, also inside of a
    bigger repository."""
    try:
        run = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, check=False,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except FileNotFoundError:
        raise Missing("git is not installed; make setup installs what is missing") from None
    if run.returncode != 0:
        raise Missing(refusal(run.stderr.decode(errors="replace")))
    return run.stdout


def refusal(said):
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = lines[0].removeprefix("fatal: ") if lines else "it gives no reason"
    if "not a git repository" in reason:
        return "there is no git repository here"
    if command := next((line for line in lines if line.startswith("git config ")), None):
        return f"git says: {reason}; if the folder is yours, type: {command}"
    return f"git says: {reason}"


def skeleton(stage):
    """The skeleton of a stage. Raises Missing."""
    folder = f"stages/{stage.name}"
    for commit in git("rev-list", "HEAD", "--", folder).decode().split():
        try:
            found = Skeleton(commit, texts(commit, folder))
        except Missing:
            continue  # a commit without this folder
        if found.is_whole():
            return found
    if git("rev-parse", "--is-shallow-repository").strip() == b"true":
        raise Missing(f"the commits in this clone begin after the untouched {folder}; type: git fetch --unshallow")
    raise Missing(f"no commit in this clone has the untouched {folder}")


def texts(commit, folder):
    packed = git("archive", "--format=tar", commit, folder)
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        return {
            member.name.removeprefix(f"{folder}/"): files.extractfile(member).read().decode(errors="replace")
            for member in files.getmembers()
            if member.isfile()
        }


def differences(stage, given):
    """[(name, "missing" or "changed")]: what was given and is not there, or not as it was; not the text."""
    folder = f"stages/{stage.name}"
    changed = git("diff", "--name-only", "--relative", "-z", given.commit, "--", folder)
    names = [name.removeprefix(f"{folder}/") for name in changed.decode().split("\0") if name]
    found = []
    for name in sorted(set(names) & set(given.texts) - {TEXT}):
        if not (stage.folder / name).exists():
            found.append((name, "missing"))
        elif name not in given.to_write():
            found.append((name, "changed"))
    return found


def warning(stage):
    """What a learner should know about the given files of a stage, or nothing."""
    try:
        found = differences(stage, skeleton(stage))
    except Missing:
        return ""  # only `make reset-NN` needs git
    if not found:
        return ""
    listed = ", ".join(f"{name} is {state}" for name, state in found)
    return (
        f"Not as it was given: in stages/{stage.name} {listed}. make reset-{stage.number} brings back the"
        " whole untouched stage, and keeps your files in backups/."
    )
