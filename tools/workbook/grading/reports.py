"""Says what the grades are: as a text for a person, or in a format that another program reads."""

import csv
import json
import sys

from workbook import given, tree
from workbook.grading import formats
from workbook.status_line import StatusLine

FORMATS = ("text", "json", "csv", "junit", "gradescope", "classroom")
OF_ONE = ("gradescope", "classroom")  # submission
COLUMNS = ("submission", "stage", "status", "score", "max_score", "likely_mistake", "reason", "flags", "notes", "seconds",
           "sha256", "workbook")  # fmt: skip


class Quiet:
    """In place of a line on the terminal, where a program reads what is printed."""

    def __init__(self, total):
        self.total = total

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def count(self, more=1):
        pass

    def print(self, text):
        print(text, file=sys.stderr, flush=True)


class Report:
    """Told each grade as soon as it is there, by one thread at a time."""

    def __init__(self, form, stage, total):
        self.form = form
        self.stage = stage
        self.total = total
        self.grades = []

    def waiting(self, what, total=0):
        if self.form != "text":
            print(f"{what}.", file=sys.stderr, flush=True)
            return Quiet(total)
        return StatusLine(what, total)

    def add(self, grade, status):
        self.grades.append(grade)
        if self.form == "text":
            status.print(told(grade, with_story=self.total == 1))
        elif self.total > 1:
            status.print(first_line(grade))
        status.count()

    def end(self):
        """Prints what the format has to say of all of them, in the order of their names."""
        grades = sorted(self.grades, key=lambda grade: grade.submission)
        if self.form == "text":
            print(summary(grades))
        elif self.form == "json":
            print(json.dumps([as_dict(grade) for grade in grades], indent=1, ensure_ascii=False))
        elif self.form == "csv":
            write_csv(grades, sys.stdout)
        else:
            print(getattr(formats, self.form)(grades))


def first_line(grade):
    colour = {"ok": "green", "wrong": "red"}.get(grade.status, "bold")
    points = f"{number(grade.points)} of {number(grade.most)}"
    return f"{tree.paint(colour, f'{grade.status:12}')} {points:>12}  {printable(grade.submission)}"


def told(grade, with_story=False):
    """One submission, for a person: the points by TODO where they are not full, and what to look at."""
    lines = [first_line(grade)]
    if grade.reason:
        lines += indented(grade.reason)
    for one in grade.credits:
        if grade.outcomes and not one.full:
            judged = len(one.passed) + len(one.failed)
            helped = f", {len(one.helped)} of them beside the solution's other TODOs" if one.helped else ""
            lines.append(f"    TODO {one.number} {one.title[:32]}: {number(one.points)} of {number(one.most)}"
                         f" ({len(one.passed)} of {judged} tests{helped})")  # fmt: skip
    lines += indented(f"Likely mistake: {grade.mistake}") if grade.mistake else []
    lines += [f"    Look at: {printable(flag)[:200]}" for flag in grade.flags]
    lines += indented(f"Not as it was handed out: {'; '.join(grade.notes)}") if grade.notes else []
    lines += ["", *map(printable, grade.story.splitlines()), ""] if with_story and grade.story else []
    return "\n".join(lines)


def indented(text):
    return [f"    {printable(line)}" for line in text.splitlines()]


def summary(grades):
    counts = {status: sum(grade.status == status for grade in grades) for status in {grade.status for grade in grades}}
    words = ", ".join(f"{count} {status}" for status, count in sorted(counts.items(), key=lambda item: -item[1]))
    seconds = sum(grade.seconds for grade in grades)
    return f"{len(grades)} graded: {words} ({seconds / max(1, len(grades)):.1f} s each)"


def number(points):
    return f"{points:g}"


def printable(text):
    return "".join(c if c.isprintable() else "?" for c in text.encode("utf-8", "replace").decode())


def workbook():
    """Which workbook has graded: its commit, with a + when it is changed."""
    try:
        changed = "+" if given.git("status", "--porcelain", "--untracked-files=no").strip() else ""
        return given.git("rev-parse", "HEAD").decode().strip() + changed
    except given.Missing:
        return "unknown"


def as_dict(grade):
    return {
        "submission": printable(grade.submission),
        "stage": grade.stage,
        "status": grade.status,
        "score": grade.points,
        "max_score": grade.most,
        "reason": grade.reason,
        "likely_mistake": grade.mistake,
        "flags": grade.flags,
        "notes": grade.notes,
        "todos": [{"number": one.number, "title": one.title, "score": one.points, "max_score": one.most,
                   "passed": one.passed, "with_solution": one.helped, "failed": one.failed, "no_verdict": one.skipped}
                  for one in grade.credits],
        "tests": [{"name": one.name, "status": one.status, "seconds": one.seconds, "story": one.story}
                  for one in grade.outcomes.values()],
        "seconds": round(grade.seconds, 1),
        "sha256": grade.sha256,
        "workbook": workbook(),
    }  # fmt: skip


def write_csv(grades, file):
    """A row a submission, RFC 4180; the points for each TODO are the last columns. A cell that a spreadsheet would
    take for a formula begins with an apostrophe."""
    numbers = [one.number for one in grades[0].credits] if grades else []
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, *(f"TODO {one}" for one in numbers)])
    for grade in grades:
        about = as_dict(grade)
        cells = ["; ".join(about[name]) if name in ("flags", "notes") else about[name] for name in COLUMNS]
        cells = [f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell for cell in cells]
        writer.writerow([*cells, *(one.points for one in grade.credits)])
