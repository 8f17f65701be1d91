"""Reads answers: patches on the solutions, wrong ones and right ones.

A patch in tests/wrong_answers is a mistake: why it is made, and the test that claims it. One in
tests/right_answers is a solution in an unusual form. A patch may also add files.
"""

import fnmatch
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbook import tree

# What a patch must say about itself, for each kind: the names of the folders in tests/.
HEADERS = {
    "wrong_answers": ("Mistake", "Why", "Killed-by", "Hint", "Rows"),
    "right_answers": ("Form",),
}


class Broken(Exception):
    """An answer that proves nothing; the message says why."""


@dataclass
class Patch:
    path: Path
    headers: dict
    text: str

    @property
    def name(self):
        return self.path.stem

    @property
    def stage(self):
        return tree.Stage(self.path.parent.name)

    @property
    def label(self):
        return f"{self.stage.number}/{self.name}"

    def body(self):
        """What it changes, without what it says of itself."""
        return "--- " + self.text.partition("\n--- ")[2].rstrip()

    @property
    def files(self):
        return sorted(set(re.findall(r"^\+\+\+ [^/\s]+/(\S+)", self.text, re.M)))


def read_patch(path):
    """Reads a patch and its headers; raises Broken when they are not all there."""
    kind = path.parent.parent.name
    text = path.read_text()
    head = text.split("\n--- ", 1)[0]
    headers = dict(re.findall(r"^([A-Z][A-Za-z-]+): (\S.*)$", head, re.M))
    missing = [name for name in HEADERS[kind] if name not in headers]
    if missing:
        raise Broken(f"has no {', '.join(missing)}")
    try:
        re.compile(headers.get("Hint", ""))
    except re.error as error:
        raise Broken(f"has a Hint that is not a regular expression ({error})") from None
    patch = Patch(path, headers, text)
    if not patch.files:
        raise Broken("changes no file")
    allowed = ("solutions/", "lib/") if kind == "wrong_answers" else (f"solutions/{patch.stage.name}/",)
    for name in patch.files:
        if not name.startswith(allowed):
            raise Broken(f"changes {name}; only {' and '.join(allowed)} may be changed")
    return patch


def apply(patch, root, *options):
    """Changes the files below `root` as the patch says; raises Broken when they are not those it is for."""
    command = ["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "--reject-file=-", "--force", *options]
    run = subprocess.run(command, cwd=root, input=patch.text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Broken(f"does not apply:\n{run.stdout.strip()}")


def find_patches(kind, stage=None, only="*", root=tree.ROOT):
    pattern = only if "*" in only else f"*{only}*"
    found = sorted((root / "tests" / kind).glob("[0-9][0-9]_*/*.patch"))
    return [
        path
        for path in found
        if (stage is None or path.parent.name == stage.name) and fnmatch.fnmatch(path.stem, pattern)
    ]
