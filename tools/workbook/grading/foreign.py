"""What a submission changes beyond the files in which a student writes. It is not taken, but told."""

import os
import stat

from workbook import tree
from workbook.given import TEXT
from workbook.tree import ROOT

MOST_FILES = 5000  # that are looked at in a submission
MOST_TOLD = 12
MOST_MISSING = 3
MOST_BYTES = 1 << 20
GIVEN = ("lib", "tests", "cmake", "tools", "stages", "CMakeLists.txt", "CMakePresets.json", "Makefile")


def has_stub(path):
    return bool(tree.stubs_in(tree.read_source(path)))


def differences(stage, place, written):
    """["http_test.cpp is changed", ...]: what differs from what was handed out, without what a student writes."""
    found = compare(stage.folder, place, {*written, TEXT}, "")
    if place.parent.name == "stages":  # the whole workbook
        top = place.parent.parent
        for name in GIVEN:
            if (ROOT / name).is_dir() and (top / name).is_dir():
                found += compare(ROOT / name, top / name, own_work(name), f"{name}/")
            elif (ROOT / name).is_file() and os.path.lexists(top / name) and differs(ROOT / name, top / name):
                found.append(f"{name} is changed")
    missing = [note.removesuffix(" is missing") for note in found if note.endswith(" is missing")]
    if len(missing) > MOST_MISSING:  # a student has handed in some files only
        others = f"{', '.join(missing[:MOST_MISSING])} and {len(missing) - MOST_MISSING} other files are missing"
        found = [note for note in found if not note.endswith(" is missing")] + [others]
    more = len(found) - MOST_TOLD
    return found[:MOST_TOLD] + ([f"and {more} more differ"] if more > 0 else [])


def own_work(name):
    """In the other stages a student has written, too."""
    return {entry.name for entry in (ROOT / name).iterdir() if entry.is_dir()} if name == "stages" else set()


def compare(given, handed_in, left_out, prefix):
    before, after = files_in(given), files_in(handed_in)
    if not {*before} & {*after} - left_out:
        before = []  # nothing but a student's own files is there, as it may be
    skip = tuple(f"{name}/" for name in left_out)
    names = [name for name in sorted({*before, *after}) if name not in left_out and not name.startswith(skip)]
    words = []
    for name in names:
        if name not in after:
            words.append(f"{prefix}{shown(name)} is missing")
        elif name not in before:
            words.append(f"{prefix}{shown(name)} is added")
        elif differs(given / name, handed_in / name):
            words.append(f"{prefix}{shown(name)} is changed")
    return words


def files_in(folder):
    """Paths of all that is no folder, as seen from there; links are not followed."""
    found = []
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in ("__pycache__", ".git", "build")]
        links = [name for name in folders if os.path.islink(os.path.join(at, name))]
        found += [os.path.relpath(os.path.join(at, name), folder) for name in [*files, *links] if not name.endswith("~")]
        if len(found) > MOST_FILES:
            break
    return found


def differs(given, handed_in):
    about = os.lstat(handed_in)
    if not stat.S_ISREG(about.st_mode) or about.st_size != given.stat().st_size or about.st_size > MOST_BYTES:
        return True
    return given.read_bytes() != handed_in.read_bytes()


def shown(name):
    """A name as it can be printed: without control characters, and not too long."""
    return "".join(c if c.isprintable() else "?" for c in name.encode("utf-8", "replace").decode())[:80]
