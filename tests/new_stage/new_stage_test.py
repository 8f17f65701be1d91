#!/usr/bin/env python3
"""A new stage is a folder on each side and a line in CMakeLists.txt; every command knows it then.

Tried in the copy of the tree in which answers are tried, where the harness is built already.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import patch_file, scratch_tree, tree, wrong_answers  # noqa: E402

LINE = "workbook_stage(09_example SOURCES example.cpp TESTS example_test.cpp)\n"
HEADER = """#pragma once

namespace workbook {

/// @returns the number and the number again.
int twice(int number);

}  // namespace workbook
"""
CODE = """#include "example.hpp"

namespace workbook {

int twice(int number) {
%s}

}  // namespace workbook
"""
TODO = """  // TODO 9.1 (about 1 line): turns Example.* green
  //   What is a number and itself?
  todo("9.1", number);
"""
PATCH = """Mistake: adds two
Why: two and two is four
Killed-by: Example.Doubles
Hint: two times three
Rows: 09-01

--- a/solutions/09_example/example.cpp
+++ b/solutions/09_example/example.cpp
@@ -3,7 +3,7 @@
 namespace workbook {
 
 int twice(int number) {
-  return 2 * number;
+  return 2 + number;
 }
 
 }  // namespace workbook
"""
STAGE = {
    "stage.json": '{"title": "An example", "minutes": 1, "program": "example"}\n',
    "hints.md": "## TODO 9.1 twice\n### Nudge\nCount.\n### Concept\nDouble.\n### Shape\n1. Return it.\n",
    "README.md": "# An example\n\n| 9.1 `twice` | `stages/09_example/example.cpp` | 1 | `Example.*` |\n",
    "example_test.cpp": """#include <example.hpp>

#include "harness/story.hpp"

TEST(Example, Doubles) {
  workbook::harness::about("9.1", "two times three");
  EXPECT_EQ(workbook::twice(3), 6);
}
""",
}
BOTH = {"example.hpp": HEADER, "main.cpp": '#include "example.hpp"\n\nint main() { return workbook::twice(0); }\n'}
# What is typed, its exit code, and what it must say.
COMMANDS = [
    ("make", 0, "09_example"),
    ("make stage-09", 0, "Stage 09 is built"),
    ("ctest -R stage09", 8, "Error regular expression found in output. Regex=[TODO 9.1]"),
    ("make check-09", 2, "Next: write TODO 9.1 at stages/09_example/example.cpp:8"),
    ("make hint-09", 0, "TODO 9.1 twice · hint"),
    ("make progress", 0, "9.1 twice"),
    ("make diff-09", 0, "+  return 2 * number;"),
    ("make demo-09", 2, "Stage 09 has no server to demonstrate."),
    ("make bench-09", 2, "Stage 09 has no benchmark of its own"),
    ("make solution-09", 0, "solution 09: 1 passed, 0 failed"),
    ("python3 tests/workbook/mirror.py", 0, "nothing wrong"),
    ("python3 tests/workbook/patches.py", 0, "nothing wrong"),
]


def add_stage(root):
    files = {f"stages/09_example/{name}": text for name, text in {**STAGE, **BOTH}.items()}
    files |= {f"solutions/09_example/{name}": text for name, text in BOTH.items()}
    files["stages/09_example/example.cpp"] = CODE % TODO
    files["solutions/09_example/example.cpp"] = CODE % "  return 2 * number;\n"
    files["tests/wrong_answers/09_example/09-01_adds.patch"] = PATCH
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    lists = root / "CMakeLists.txt"
    before, comment, after = lists.read_text().partition("# After the stages")
    lists.write_text(before + LINE + "\n" + comment + after)


def try_command(root, command, code, words):
    run = subprocess.run(command, shell=True, cwd=root, capture_output=True, text=True, check=False)
    if run.returncode == code and words in run.stdout + run.stderr:
        return []
    return [f"{command} exits with {run.returncode}, not with {code} and '{words}': {run.stdout}{run.stderr}"]


def try_wrong_answer(copy):
    patch = patch_file.read_patch(copy.root / "tests/wrong_answers/09_example/09-01_adds.patch")
    copy.build_suites([patch.stage])
    claims = wrong_answers.check_claims(copy, [patch])
    verdict = wrong_answers.try_patch(copy, patch, claims, 1)
    return [] if verdict.status == "caught" else [verdict.told()]


def main():
    copy = scratch_tree.Tree(1)
    copy.prepare([])
    add_stage(copy.root)
    problems = []
    for command in COMMANDS:
        problems += try_command(copy.root, *command)
    problems += try_wrong_answer(copy)
    tree.report("new_stage", problems, f"{len(COMMANDS)} commands and a wrong answer")


if __name__ == "__main__":
    main()
