"""Reads the patches in tests/wrong_answers: a mistake, why it is made, and the test that claims it."""

import fnmatch
import re
from dataclasses import dataclass
from pathlib import Path

from workbook import tree
from workbook.scratch_tree import Broken

PATCHES = tree.ROOT / "tests" / "wrong_answers"
HEADERS = ("Mistake", "Why", "Killed-by", "Hint", "Rows")


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
    def files(self):
        return sorted(set(re.findall(r"^\+\+\+ [^/\s]+/(\S+)", self.text, re.M)))


def read_patch(path):
    """Reads a patch and its headers; raises Broken when they are not all there."""
    text = path.read_text()
    head = text.split("\n--- ", 1)[0]
    headers = dict(re.findall(r"^([A-Z][A-Za-z-]+): (\S.*)$", head, re.M))
    missing = [name for name in HEADERS if name not in headers]
    if missing:
        raise Broken(f"has no {', '.join(missing)}")
    try:
        re.compile(headers["Hint"])
    except re.error as error:
        raise Broken(f"has a Hint that is no regular expression ({error})") from None
    patch = Patch(path, headers, text)
    if not patch.files:
        raise Broken("changes no file")
    for name in patch.files:
        if not name.startswith(("solutions/", "lib/")):
            raise Broken(f"changes {name}; only solutions/ and lib/ may be changed")
    return patch


def find_patches(stage=None, only="*", root=PATCHES):
    pattern = only if "*" in only else f"*{only}*"
    found = sorted(root.glob("[0-9][0-9]_*/*.patch"))
    return [
        path
        for path in found
        if (stage is None or path.parent.name == stage.name) and fnmatch.fnmatch(path.stem, pattern)
    ]
