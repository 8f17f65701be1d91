#!/usr/bin/env python3
"""The contract of an untouched stage.

It compiles without a warning; every test fails, apart from those in given_tests.txt; none hangs, none
crashes without naming a TODO; each failure names a TODO of the stage; none needs much processor time.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import running, test_runs, tree  # noqa: E402

LIMIT = 10.0  # seconds for one test: none comes near it, so whoever does hangs
SHARE = 0.5  # seconds of processor time for a test, on average; a busy machine does not change them much


def judge(stage, results, seconds):
    """What is wrong with the results of an untouched stage."""
    problems = []
    todos = {todo.number for todo in stage.todos()}
    given = given_tests(stage)
    for result in results:
        name = result.test.short_name
        if result.status == "skipped":
            continue
        if given.pop(name, False):
            if result.status != "passed":
                problems.append(f"{result.test.name} tests given code and must pass ({result.status})")
        elif result.status == "passed":
            problems.append(f"{result.test.name} passes although nothing is written")
        elif result.status == "hung" or result.exit_code < 0:
            problems.append(f"{result.test.name} names no TODO: {result.ended_by()}")
        elif result.said("blamed") not in todos:
            problems.append(f"{result.test.name} fails without naming a TODO of this stage")
    problems += [f"given_tests.txt names {name}, which is no test" for name in given]
    if not results:
        problems.append(f"stage {stage.number} has no tests")
    if seconds > SHARE * len(results):
        problems.append(f"the untouched stage {stage.number} needs {seconds:.1f} s of processor time for"
                        f" {len(results)} tests, more than {SHARE} s each")  # fmt: skip
    return problems


def given_tests(stage):
    path = stage.folder / "given_tests.txt"
    if not path.exists():
        return {}
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    return {line: True for line in lines if line}


def warnings(commands):
    """What the compiler complains about when it compiles with -Werror."""
    with running.workers(tree.JOBS) as pool:
        return [text for text in pool.map(complaint, commands) if text]


def complaint(entry):
    words = shlex.split(entry["command"])
    words[words.index("-o") + 1] = "/dev/null"
    words = [word for word in words if word not in ("-MD", "-MMD")]
    for option in ("-MT", "-MF"):
        if option in words:
            at = words.index(option)
            del words[at : at + 2]
    run = subprocess.run(
        [*words, "-Werror"], cwd=entry["directory"], capture_output=True, text=True, check=False
    )
    return run.stderr.strip() if run.returncode else ""


def compile_commands(stage, build_folder):
    """How the stage's own code files are compiled, without the suite."""
    run = subprocess.run(
        ["ninja", "-C", str(build_folder), "-t", "compdb"], capture_output=True, text=True, check=True
    )
    sources = {str(stage.folder / name) for name in stage.code_files()}
    found = {}
    for entry in json.loads(run.stdout):
        if "-c" in entry["command"] and entry["file"] in sources:
            found.setdefault(entry["file"], entry)
    return list(found.values())


def check(stage, build_folder):
    commands = compile_commands(stage, build_folder)
    problems = [f"stage {stage.number} compiles with a warning:\n{text}" for text in warnings(commands)]
    if not commands:
        problems.append(f"no file of stage {stage.number} is compiled")
    with test_runs.undisturbed(build_folder):
        tests = test_runs.registered_tests(build_folder, rf"^stage{stage.number}\.")
        before = processor_time()
        results = test_runs.run_tests(tests, limit=LIMIT)
    return problems + judge(stage, results, processor_time() - before), len(results)


def processor_time():
    """Seconds that the programs which we have run so far have used. Time on a busy machine says nothing."""
    used = os.times()
    return used.children_user + used.children_system


def main():
    build_folder = tree.ROOT / "build" / "dev"
    if test_runs.build("dev", *(f"stage{stage.number}*" for stage in tree.stages())) != 0:
        sys.exit(tree.WRONG)
    problems = []
    tests = 0
    untouched = tree.untouched_stages()
    for stage in untouched:
        found, count = check(stage, build_folder)
        problems += found
        tests += count
    tree.report("skeleton", problems, f"{len(untouched)} stages, {tests} tests that must fail")


if __name__ == "__main__":
    main()
