#!/usr/bin/env python3
"""What `make grade` prints for other programs is what those programs read.

JUnit XML is held against the facts of the schema (github.com/windyroad/JUnit-Schema): which element stands in
which, in which order, with which attributes. The others are held against what their readers take: Gradescope's
"Output format" (gradescope-autograders.readthedocs.io), and the reporter of GitHub Classroom
(github.com/classroom-resources/autograding-grading-reporter, src/).
"""

import base64
import csv
import io
import json
import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402
from workbook.grading import formats, reports  # noqa: E402
from workbook.grading.credit import Credit  # noqa: E402
from workbook.grading.grade_one import Grade  # noqa: E402
from workbook.grading.judging import Outcome  # noqa: E402

INT, DECIMAL, DATE = r"\d+", r"\d+(\.\d+)?", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
ANY, TOKEN = r"(?s).*", r"\S(.*\S)?"
# element: (required attributes, optional ones, the elements in it as an expression of their names)
JUNIT = {
    "testsuites": ({}, {}, r"(testsuite )*"),
    "testsuite": ({"id": INT, "package": TOKEN, "name": TOKEN, "timestamp": DATE, "hostname": TOKEN, "tests": INT,
                   "failures": INT, "errors": INT, "time": DECIMAL}, {"skipped": INT},
                  r"properties (testcase )*system-out system-err "),
    "properties": ({}, {}, r"(property )*"),
    "property": ({"name": TOKEN, "value": ANY}, {}, ""),
    "testcase": ({"name": TOKEN, "classname": TOKEN, "time": DECIMAL}, {}, r"((skipped|error|failure) )?"),
    "skipped": ({}, {"message": ANY}, ""),
    "error": ({"type": ANY}, {"message": ANY}, ""),
    "failure": ({"type": ANY}, {"message": ANY}, ""),
    "system-out": ({}, {}, ""),
    "system-err": ({}, {}, ""),
}  # fmt: skip


def grades():
    """One of each kind that a format tells apart, with words that no format may choke on."""
    wrong = Grade("Bö \x1b[31m<&", "01_single", "wrong", "1 of 3 tests do not pass \x00", mistake="a & b", flags=["=1+1"],
                  sha256="ab", seconds=1.5, notes=["x is missing"])  # fmt: skip
    wrong.credits = [Credit("1.1", "parse_request", 10, ["A.Passes"], [], ["A.Fails"], ["A.Skips"]),
                     Credit("1.2", "to_bytes", 5, ["B.Passes"])]  # fmt: skip
    wrong.outcomes = {name: Outcome(name, status, story, 0.25) for name, status, story in (
        ("A.Passes", "passed", ""), ("A.Fails", "failed", "]]> \x01 <b>"), ("A.Skips", "skipped", "not here"),
        ("B.Passes", "passed", ""), ("C.Hangs", "hung", "it waits"))}  # fmt: skip
    broken = Grade("=cmd", "01_single", "not built", "It does not compile.",
                   credits=[Credit("1.1", "parse_request", 10), Credit("1.2", "to_bytes", 5)])  # fmt: skip
    return [wrong, broken]


def check_element(element):
    required, optional, inside = JUNIT.get(element.tag, ({}, {}, None))
    if inside is None:
        return [f"<{element.tag}> is not in the schema"]
    problems = [f"<{element.tag}> lacks {name}" for name in required if name not in element.attrib]
    for name, value in element.attrib.items():
        pattern = {**required, **optional}.get(name)
        if pattern is None or not re.fullmatch(pattern, value):
            problems.append(f"<{element.tag} {name}={value!r}> is not as in the schema")
    if not re.fullmatch(inside, "".join(f"{child.tag} " for child in element)):
        problems.append(f"<{element.tag}> has {[child.tag for child in element]}")
    for child in element:
        problems += check_element(child)
    return problems


def check_junit():
    top = xml.fromstring(formats.junit(grades()))
    problems = check_element(top)
    counts = [(len(suite.findall("testcase")), len(suite.findall("testcase/failure")),
               len(suite.findall("testcase/error")), len(suite.findall("testcase/skipped"))) for suite in top]  # fmt: skip
    said = [tuple(int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")) for suite in top]
    if counts != said or counts != [(5, 2, 0, 1), (1, 0, 1, 0)]:
        problems.append(f"the suites count {said} and have {counts}")
    return problems


def check_gradescope():
    about = json.loads(formats.gradescope(grades()[:1]))
    needed = ("score", "execution_time", "output", "visibility", "tests")
    problems = [f"results.json lacks {key}" for key in needed if key not in about]
    visibilities = ("hidden", "after_due_date", "after_published", "visible")
    if about["visibility"] not in visibilities or about["stdout_visibility"] not in visibilities:
        problems.append("an unknown visibility")
    for test in about["tests"]:
        if set(test) != {"number", "name", "score", "max_score", "status", "output", "visibility"}:
            problems.append(f"a test has {list(test)}")
        if test["status"] not in ("passed", "failed") or test["visibility"] not in visibilities:
            problems.append(f"a test has {test['status']}, {test['visibility']}")
    told = [(test["number"], test["score"], test["max_score"], test["status"]) for test in about["tests"]]
    if told != [("1.1", 5.0, 10, "failed"), ("1.2", 5.0, 5, "passed")] or about["score"] != 10.0:
        problems.append(f"results.json says {told}, {about['score']}")
    return problems


def check_classroom():
    record = json.loads(base64.b64decode(formats.classroom(grades()[:1])))
    problems = []
    if (record["version"], record["status"], record["max_score"]) != (1, "fail", 15):
        problems.append(f"the record begins with {record['version']}, {record['status']}, {record['max_score']}")
    for test in record["tests"]:
        if test["status"] not in ("pass", "fail", "error") or type(test["score"]) not in (int, float) or test["line_no"] != 0:
            problems.append(f"the reporter cannot read {test}")
    if sum(test["score"] for test in record["tests"]) != 10:
        problems.append("the points of the record do not add up")
    return problems


def check_tables():
    out = io.StringIO()
    reports.write_csv(grades(), out)
    head, *rows = list(csv.reader(io.StringIO(out.getvalue())))
    problems = [f"a row has {len(row)} cells, the head {len(head)}" for row in rows if len(row) != len(head)]
    formulas = [cell for row in rows for cell in row if cell[:1] in ("=", "@", "+")]
    problems += [f"a spreadsheet takes {cell} for a formula" for cell in formulas]
    if rows[0][head.index("TODO 1.1")] != "5.0" or rows[1][head.index("status")] != "not built":
        problems.append(f"the rows are {rows}")
    about = json.loads(json.dumps([reports.as_dict(grade) for grade in grades()]))
    needed = ("submission", "stage", "status", "score", "max_score", "sha256", "workbook", "todos", "tests",
              "likely_mistake")  # fmt: skip
    problems += [f"JSON lacks {key}" for one in about for key in needed if key not in one]
    told = reports.told(grades()[0])
    if "\x1b[31m<" in told or "\x00" in told:
        problems.append("a submission's control characters reach the terminal")
    return problems


def main():
    problems = check_junit() + check_gradescope() + check_classroom() + check_tables()
    tree.report("grading_formats", problems, f"{len(reports.FORMATS)} formats")


if __name__ == "__main__":
    main()
