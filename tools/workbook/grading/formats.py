"""The formats of other programs: JUnit XML, Gradescope's results.json, and what GitHub Classroom's reporter takes."""

import base64
import json
import platform
import re
import time
import xml.etree.ElementTree as xml

VISIBILITY = "after_due_date"  # what a test says may lead to the solution
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(grades):
    """JUnit XML: a suite for each submission, a case for each test. Source: github.com/windyroad/JUnit-Schema.

    Where no test has run, the one case says why.
    """
    suites = xml.Element("testsuites")
    for index, grade in enumerate(grades):
        outcomes = list(grade.outcomes.values())
        bad = [outcome for outcome in outcomes if outcome.status not in ("passed", "skipped")]
        suite = xml.SubElement(suites, "testsuite", {
            "id": str(index), "package": grade.stage, "name": legal(grade.submission),
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S"), "hostname": platform.node() or "localhost",
            "tests": str(len(outcomes) or 1), "failures": str(len(bad)), "errors": "0" if outcomes else "1",
            "skipped": str(sum(outcome.status == "skipped" for outcome in outcomes)), "time": f"{grade.seconds:.3f}",
        })  # fmt: skip
        properties = xml.SubElement(suite, "properties")
        for name, value in (("status", grade.status), ("score", grade.points), ("max_score", grade.most),
                            ("sha256", grade.sha256), ("likely_mistake", grade.mistake)):  # fmt: skip
            xml.SubElement(properties, "property", {"name": name, "value": legal(str(value))})
        for outcome in outcomes:
            add_case(suite, grade.stage, outcome)
        if not outcomes:
            case = xml.SubElement(suite, "testcase", {"name": "build", "classname": grade.stage, "time": "0"})
            add_text(case, "error", grade.reason, {"type": grade.status, "message": grade.status})
        add_text(suite, "system-out", "\n".join([grade.reason, *grade.notes]))
        add_text(suite, "system-err", "\n".join(grade.flags))
    xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(suites, encoding="unicode")


def add_case(suite, stage, outcome):
    group, _, name = outcome.name.partition(".")
    case = xml.SubElement(suite, "testcase",
                          {"name": name, "classname": f"{stage}.{group}", "time": f"{outcome.seconds:.3f}"})  # fmt: skip
    if outcome.status == "skipped":
        add_text(case, "skipped", "", {"message": legal(outcome.story)})
    elif outcome.status != "passed":
        add_text(case, "failure", outcome.story, {"type": outcome.status, "message": outcome.kind or outcome.status})


def add_text(parent, tag, text, attributes=None):
    xml.SubElement(parent, tag, attributes or {}).text = legal(text)


def legal(text):
    """Without what XML 1.0 cannot hold."""
    return NOT_IN_XML.sub("?", text)


def gradescope(grades):
    """Gradescope's results.json, a test for each TODO. Source: gradescope-autograders.readthedocs.io, Output format."""
    (grade,) = grades
    tests = [{
        "number": one.number,
        "name": f"TODO {one.number} {one.title}",
        "score": one.points,
        "max_score": one.most,
        "status": "passed" if one.full else "failed",
        "output": output_of(one, grade),
        "visibility": "visible" if one.full else VISIBILITY,
    } for one in grade.credits]  # fmt: skip
    return json.dumps({
        "score": grade.points,
        "execution_time": round(grade.seconds),
        "output": "\n".join([line for line in (grade.reason, *grade.notes) if line]) or "All tests pass.",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"status": grade.status, "flags": grade.flags, "likely_mistake": grade.mistake,
                       "sha256": grade.sha256},
        "tests": tests,
    }, indent=1)  # fmt: skip


def output_of(credit, grade):
    stories = [grade.outcomes[name].story or name for name in credit.failed if name in grade.outcomes]
    return "\n\n".join(stories[:3]) or grade.reason if credit.failed else f"{len(credit.passed)} tests passed"


def classroom(grades):
    """What github.com/classroom-resources/autograding-grading-reporter reads from RUNNER_RESULTS: JSON in base64."""
    (grade,) = grades
    tests = [{
        "name": f"TODO {one.number} {one.title}",
        "status": "pass" if one.full else "fail",
        "score": one.points,
        "message": "" if one.full else f"{len(one.failed)} tests fail: {', '.join(one.failed[:5])}",
        "test_code": f"make check-{grade.stage[:2]} TODO={one.number}",
        "filename": "",
        "line_no": 0,
        "execution_time": 0,
    } for one in grade.credits]  # fmt: skip
    status = {"ok": "pass", "environment": "error"}.get(grade.status, "fail")
    record = {"version": 1, "status": status, "max_score": grade.most, "tests": tests}
    return base64.b64encode(json.dumps(record).encode()).decode()
