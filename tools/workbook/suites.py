"""Runs all tests of a build except the learner's: tools/workbook suites dev

Their records go to build/PRESET/records.jsonl. Prints the stories of those that fail.
Exit: 0 none fails, 1 some do, 4 there is no test.
"""

import json
import re
import sys

from workbook import test_runs, tree


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook suites dev")
    build_folder = tree.ROOT / "build" / sys.argv[1]
    with test_runs.undisturbed(build_folder):
        tests = [test for test in test_runs.registered_tests(build_folder, ".") if not re.match("stage[0-9]", test.name)]
        if not tests:
            tree.die(f"Nothing is built in {build_folder.relative_to(tree.ROOT)} that has tests.", tree.ENVIRONMENT)
        results = test_runs.run_tests(tests)
    with open(build_folder / "records.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(result.record) + "\n" for result in results if result.record)
    for result in results:
        if result.status in ("failed", "hung"):
            print(f"{result.test.name}: {result.ended_by()}\n{test_runs.story(result.output)}\n")
    skipped = [result for result in results if result.status == "skipped"]
    for result in skipped:
        print(f"skipped: {result.test.name}: {result.said('skipped')}")
    passed = sum(result.status == "passed" for result in results)
    print(tree.summary(passed, len(results) - passed - len(skipped), len(skipped)))
    sys.exit(tree.PASSED if passed + len(skipped) == len(results) else tree.WRONG)
