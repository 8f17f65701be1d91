"""What is handed in: a folder with a student's stage, or a folder of such folders.

Only the files in which the stage has a TODO are taken, by their content. Nothing of a submission is followed:
no symbolic link, no name that leads elsewhere, nothing that is not a plain file of at most 1 MiB.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from workbook.grading import foreign

MOST_BYTES = 1 << 20


class Refused(Exception):
    """Why nothing of a submission is graded, in one sentence."""


@dataclass
class Submission:
    name: str
    folder: Path


@dataclass
class Taken:
    files: dict = field(default_factory=dict)  # name: bytes, of the files that hold a TODO
    headers: dict = field(default_factory=dict)  # the same of headers that were given and that belong to one of those
    notes: list = field(default_factory=list)  # what else differs from what was handed out


def in_folder(path, stage):
    """The submissions in a folder that an instructor names: itself, or its entries. Raises Refused."""
    if not path.exists():
        raise Refused(f"There is no folder {path}.")
    if not path.is_dir():
        raise Refused(f"{path} is not a folder{'; unpack it first' if is_archive(path.name) else ''}.")
    if code_folder(path, stage):
        return [Submission(path.resolve().name, path)]
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    if not any(packed_folder(entry, stage) for entry in entries):
        raise Refused(f"{path} has no submission to stage {stage.number}: no folder in it holds any of "
                      f"{', '.join(wanted(stage))}.")  # fmt: skip
    return [Submission(entry.name, entry) for entry in entries]


def is_archive(name):
    return name.endswith((".zip", ".tar", ".gz", ".tgz", ".xz", ".7z", ".rar"))


def wanted(stage):
    """The names of the files in which a student writes."""
    return [name for name in stage.code_files() if foreign.has_stub(stage.folder / name)]


def companions(stage):
    """The headers without a TODO that belong to a file with one. A right answer may need another private member."""
    headers = {Path(name).with_suffix(".hpp").name for name in wanted(stage)} - set(wanted(stage))
    return sorted(headers & set(stage.code_files()))


def code_folder(folder, stage):
    """Where the stage's files lie: in the whole workbook, in its stages, or alone. None if they are nowhere."""
    for place in (folder / "stages" / stage.name, folder / stage.name, folder):
        way = [folder, *(folder / part for part in place.relative_to(folder).parents if str(part) != "."), place]
        if all(map(is_plain_folder, way)) and any(os.path.lexists(place / name) for name in wanted(stage)):
            return place
    return None


def packed_folder(folder, stage):
    """The same; also one folder deeper if there is nothing beside it, as archives are packed."""
    entries = list(folder.iterdir()) if is_plain_folder(folder) else []
    return code_folder(folder, stage) or (code_folder(entries[0], stage) if len(entries) == 1 else None)


def is_plain_folder(path):
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def take(submission, stage):
    """What of a submission is graded. Raises Refused."""
    if submission.folder.is_symlink():
        raise Refused(f"{submission.name} is a symbolic link, and links are not followed.")
    if not submission.folder.is_dir():
        hint = "; unpack it first" if is_archive(submission.name) else ""
        raise Refused(f"{submission.name} is not a folder{hint}.")
    place = packed_folder(submission.folder, stage)
    if place is None:
        raise Refused(f"It holds none of {', '.join(wanted(stage))}{links_in(submission.folder)}.")
    taken = Taken()
    for name in wanted(stage):
        content = read_plain(place, name)
        if content is None:
            taken.notes.append(f"{name} is missing")
        else:
            taken.files[name] = content
    for name in companions(stage):
        content = read_plain(place, name)
        if content is not None and content != (stage.folder / name).read_bytes():
            taken.headers[name] = content
    taken.notes += foreign.differences(stage, place, wanted(stage))
    return taken


def links_in(folder):
    """A word on the symbolic links at its top, which are not followed."""
    links = [entry.name for entry in sorted(folder.iterdir()) if entry.is_symlink()][:3]
    return f"; {', '.join(links)} is a symbolic link, and links are not followed" if links else ""


def read_plain(folder, name):
    """The content of a file; None if it is missing. Raises Refused, with the name, unless it is a plain one."""
    try:
        file = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        link = (folder / name).is_symlink()
        raise Refused(f"{name} is a symbolic link, and links are not followed." if link
                      else f"{name} cannot be read ({error.strerror}).") from None  # fmt: skip
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{name} is not a file.")
        if about.st_size > MOST_BYTES:
            raise Refused(f"{name} has {about.st_size >> 20} MiB; a file may have 1.")
        return os.read(file, MOST_BYTES)
    finally:
        os.close(file)
