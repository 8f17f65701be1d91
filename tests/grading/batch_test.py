#!/usr/bin/env python3
"""`make grade` on a batch for the small workbook of tests/toy: a status for each, and bad input gets a sentence.

The workbook and the class lie in folders with a blank and an umlaut. What the real suites say of submissions to a
real stage is grading_test.py.
"""

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "toy"))
from toy import ROOT, Toy, expect  # noqa: E402

from workbook import tree  # noqa: E402

SOLUTION = (ROOT / "tests/toy/solutions/01_toy/twice.cpp").read_text()
SKELETON = (ROOT / "tests/toy/stages/01_toy/twice.cpp").read_text()
UNISTD = "#include <unistd.h>\n"

# submission: (its twice.cpp, status, points of 20)
CLASS = {
    "solution": (SOLUTION, "ok", 20),
    "the skeleton": (SKELETON, "wrong", 0),
    "wröng": (SOLUTION.replace("3 *", "4 *"), "wrong", 10),
    "one begun": (SKELETON.replace('todo("1.1", number);', "return 2 * number;"), "wrong", 10),
    "broken": (SOLUTION.replace("3 *", "nothing *"), "not built", 0),
    "exits before main": (UNISTD + SOLUTION + "static const int x = (::_exit(0), 1);\n", "ended early", 0),
    "prints a record": (SOLUTION.replace("2 *", "4 *") + "#include <cstdio>\nstatic const int x = (std::puts("
                        '"{\\"test\\": \\"Twice.Doubles\\", \\"status\\": \\"passed\\"}"), 1);\n', "wrong", 10),
    "writes a record": (UNISTD + SOLUTION + "static const int x = [] { for (int fd = 3; fd < 9; ++fd) (void)!::write(fd, "
                        '"{\\"test\\": \\"Twice.Doubles\\", \\"status\\": \\"passed\\"}\\n", 47); return ::_exit(0), 1; }();\n',
                        "ended early", 0),
    "in an archive's folder": (SOLUTION, "ok", 20),
    "empty": (None, "not built", 0),
    "homework.zip": (None, "not built", 0),
}  # fmt: skip


def hand_in(folder):
    for name, (text, _, _) in CLASS.items():
        place = folder / name
        if "archive" in name:
            place = place / "workbook-main" / "stages" / "01_toy"
        if name.endswith(".zip"):
            place.write_text("PK")
            continue
        place.mkdir(parents=True)
        if text:
            (place / "twice.cpp").write_text(text)


def grade(work, folder, *words, **environment):
    return work.type("make", "-s", "grade", f"SUBMISSION={folder}", *words, patience=900, **environment)


def check_class(work, folder, *how):
    """Every format says the same of the class."""
    code, output = grade(work, folder, "FORMAT=csv", *how)
    text = output[output.index("submission,") :] if "submission," in output else ""
    rows = {row["submission"]: row for row in csv.DictReader(io.StringIO(text))}
    problems = [] if code == 0 else [f"make grade exits with {code}: {output}"]
    for name, (_, status, points) in CLASS.items():
        got = (rows[name]["status"], float(rows[name]["score"])) if name in rows else None
        if got != (status, points):
            problems.append(f"{name} is {got}, not {(status, points)}: {rows.get(name)}")
    if problems:
        return problems
    if "adds one" not in rows["wröng"]["likely_mistake"] and "Trebles" not in rows["wröng"]["reason"]:
        problems.append(f"nothing is said of what is wrong: {rows['wröng']}")
    if len(rows["solution"]["sha256"]) != 64 or rows["solution"]["sha256"] != rows["in an archive's folder"]["sha256"]:
        problems.append("the same files have not the same hash")
    if "_exit" not in rows["exits before main"]["flags"]:
        problems.append("_exit is not flagged")
    records = [json.loads(line) for line in (work.root / "build/grade/records.jsonl").read_text().splitlines()]
    if {one["submission"] for one in records} != set(CLASS):
        problems.append("records.jsonl has not every submission")
    return problems


def check_one(work, folder, *how):
    problems = expect("make grade", grade(work, folder / "wröng", *how), 0, "wrong 10 of 20 wröng", "TODO 1.2 thrice: 0 of 10",
                      "It is wrong.")  # fmt: skip
    code, output = grade(work, folder / "solution", "FORMAT=gradescope", *how)
    try:
        if json.loads(output[output.index("{") :])["score"] != 20:
            problems.append(f"results.json has other points: {output}")
    except ValueError:
        problems.append(f"FORMAT=gradescope prints ({code}) {output}")
    return problems


def check_bad_input(work, folder):
    problems = []
    (folder.parent / "nobody").mkdir()
    for what, words in {
        "no folder": ([folder / "missing"], "There is no folder"),
        "an archive": ([folder / "homework.zip"], "unpack it first"),
        "an empty folder": ([folder / "empty"], "no submission to stage 01"),
        "an empty class": ([folder.parent / "nobody"], "no submission"),
        "an unknown format": ([folder, "FORMAT=pdf"], "FORMAT=pdf is unknown; there are: text, json"),
        "an unknown stage": ([folder, "STAGE=09"], "There is no stage 09"),
        "a format for one": ([folder, "FORMAT=gradescope"], "FORMAT=gradescope is for one submission"),
        "no time": ([folder, "SECONDS=soon"], "SECONDS=soon is not a number above 0."),
        "nothing": ([""], "Name what is to be graded"),
    }.items():
        (where, *more), sentence = words
        problems += expect(f"make grade of {what}", grade(work, where, *more), None, sentence)
    return problems


def check_environment(work, folder):
    """What is this machine's fault is no grade: a full disk, and no way to isolate."""
    tools = Path(work.root) / "fake"
    tools.mkdir()
    (tools / "cp").write_text("#!/bin/sh\necho 'cp: No space left on device' >&2\nexit 1\n")
    (tools / "bwrap").write_text("#!/bin/sh\necho 'bwrap: no permission' >&2\nexit 1\n")
    for path in tools.iterdir():
        path.chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    problems = expect("make grade without bubblewrap", grade(work, folder, PATH=path), None, "Nothing is graded",
                      "no permission", "TRUSTED=1")  # fmt: skip
    (tools / "bwrap").unlink()
    problems += expect("make grade on a full disk", grade(work, folder / "solution", PATH=path), None,
                       "No space left on device", "environment 0 of 20 solution")  # fmt: skip
    work.answer("1.1", "return 2 * number;")
    problems += expect("make grade in a stage that is worked on", grade(work, folder), None, "make reset-01")
    return problems


def check_elsewhere(work, folder, top):
    """Gradescope's scripts in folders like its own, and the command in the workflow for GitHub Classroom."""
    gradescope = top / "autograder"
    (gradescope / "source").mkdir(parents=True)
    (gradescope / "source" / "workbook").symlink_to(work.root)
    (gradescope / "source" / "stage").write_text("01\n")
    shutil.copytree(folder / "wröng", gradescope / "submission")
    problems = []
    for script in ("setup.sh", "run_autograder"):
        problems += expect(f"gradescope/{script}", work.type(f"tools/gradescope/{script}", patience=900,
                                                            AUTOGRADER=str(gradescope)), 0)  # fmt: skip
    results = gradescope / "results" / "results.json"
    if not results.exists() or json.loads(results.read_text())["score"] != 10:
        problems.append(f"results.json has other points: {results.read_text() if results.exists() else 'it is missing'}")
    shutil.copytree(folder / "solution", top / "submission")
    (top / "workbook").symlink_to(work.root)
    (command,) = re.findall(r"run: (.*)", (work.root / "tools/classroom/classroom.yml").read_text())
    output = top / "output"
    work.type("bash", "-c", f"cd '{top}' && {command}", patience=900, GITHUB_OUTPUT=str(output))
    record = output.read_text() if output.exists() else ""
    try:
        about = json.loads(base64.b64decode(record.removeprefix("result=")))
        problems += [] if about["status"] == "pass" and about["max_score"] == 20 else [f"the record says {about}"]
    except ValueError:
        problems.append(f"classroom.yml hands on no record: {record}")
    return problems


def isolates():
    words = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    return shutil.which("bwrap") and subprocess.run(words, capture_output=True, check=False).returncode == 0


def main():
    how = () if isolates() else ("TRUSTED=1",)
    with tempfile.TemporaryDirectory(prefix="grading ü ") as top:
        work = Toy(Path(top) / "wörk book")
        folder = Path(top) / "the cläss"
        hand_in(folder)
        problems = check_class(work, folder, *how) + check_one(work, folder, *how) + check_bad_input(work, folder)
        if not how:
            problems += check_one(work, folder, "TRUSTED=1") + check_elsewhere(work, folder, Path(top))
            problems += check_environment(work, folder)
    tree.report("batch_test", problems, f"{len(CLASS)} submissions{' without isolation' if how else ''}")


if __name__ == "__main__":
    main()
