#!/usr/bin/env python3
"""Each check of the workbook can fail: a small workbook passes, and every way to break it is noticed."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]
from workbook import patch_file, right_answers, scratch_tree, stage_json, test_runs, tree, verify, wrong_answers  # noqa: E402
import coroutines  # noqa: E402
import hangs  # noqa: E402
import leaks  # noqa: E402
import mirror  # noqa: E402
import patches  # noqa: E402
import skeleton  # noqa: E402
import text  # noqa: E402

SKELETON = """int twice(int number) {
  // TODO 1.1 (about 1 line): turns Twice.* green.
  todo("1.1", number);
}
"""
SOLUTION = """int twice(int number) {
  return 2 * number;
}
"""
SUITE = """TEST(Twice, DoublesTheNumber) {
  about("1.1", "twice() does not double");
}
"""
HINTS = "## TODO 1.1 twice\n### Nudge\nThink.\n### Concept\nTwo.\n### Shape\nA product.\n"
PATCH = """Mistake: adds one
Why: haste
Killed-by: Twice.DoublesTheNumber
Hint: does not double
Rows: 01-1

--- a/solutions/01_toy/twice.cpp
+++ b/solutions/01_toy/twice.cpp
@@ -1,3 +1,3 @@
 int twice(int number) {
-  return 2 * number;
+  return 1 + number;
 }
"""
HANGS = """[
  {
    "order": 10,
    "threads": [["01_toy/twice.cpp twice"]],
    "hint": "does not double, and does not return"
  }
]
"""
ANSWER = """Form: adds the number to itself, which a function of its own does

--- a/solutions/01_toy/twice.cpp
+++ b/solutions/01_toy/twice.cpp
@@ -1,3 +1,4 @@
+#include "sum.hpp"
 int twice(int number) {
-  return 2 * number;
+  return sum(number, number);
 }
--- /dev/null
+++ b/solutions/01_toy/sum.hpp
@@ -0,0 +1 @@
+inline int sum(int a, int b) { return a + b; }
"""
README = """# Toy
`make check-01`, `stage01.Twice.DoublesTheNumber`, `stages/01_toy/twice.cpp`, [here](#toy)
```console
$ make stage-01 && ctest -R stage01
```
```cpp
// from solutions/01_toy/twice.cpp
return 2 * number;
```
"""
STAGE_JSON = '{"title": "Twice", "minutes": 5, "program": "server"}'
WORKBOOK = "# Toys\n[the first](stages/01_toy/README.md#a-toy), its TODO 1.1\n"
TEXT = """# A toy
*5 minutes*
[Toys](../../WORKBOOK.md#toys): `make check-01`, `Twice.DoublesTheNumber`, `stages/01_toy/twice.cpp`, TODO 1.1,
**E1.1** *"It adds."* **Q1.1** stands in the middle of a line, and is none.

**Q1.1** What is twice 2?

| 1.1 twice | `stages/01_toy/twice.cpp` | 1 | `Twice.*` |
```console
$ make stage-01 && ctest -R stage01
```
```cpp
// from solutions/01_toy/twice.cpp
return 2 * number;
```
[Toy](../../README.md#toy)
"""
ANSWERS = """# Answers
## E1.1
It multiplies.
## Q1.1
4.
"""
FILES = {
    "stages/01_toy/twice.cpp": SKELETON,
    "stages/01_toy/twice_test.cpp": SUITE,
    "stages/01_toy/hints.md": HINTS,
    "stages/01_toy/stage.json": STAGE_JSON,
    "stages/01_toy/hangs.json": HANGS,
    "solutions/01_toy/twice.cpp": SOLUTION,
    "tests/wrong_answers/01_toy/01-01_adds.patch": PATCH,
    "tests/right_answers/01_toy/adds.patch": ANSWER,
    "README.md": README,
    "WORKBOOK.md": WORKBOOK,
    "stages/01_toy/README.md": TEXT,
    "stages/01_toy/answers.md": ANSWERS,
}
CODE, TWICE = "stages/01_toy/twice.cpp", "solutions/01_toy/twice.cpp"
WRONG = "tests/wrong_answers/01_toy/01-01_adds.patch"
STAGE = "stages/01_toy/README.md"
SOLVED = "stages/01_toy/answers.md"
RIGHT = "tests/right_answers/01_toy/adds.patch"
ABOUT = "stages/01_toy/stage.json"
SIGNATURES = "stages/01_toy/hangs.json"
HOME = "/" + "home/someone/x"

# check, file, what to replace in it, with what, what the check must say; None: nothing
BREAKS = [
    ("mirror", CODE, "int twice", "long twice", "differs from the solution"),
    ("mirror", CODE, "}\n", "}\nint spare;\n", "differs from the solution"),
    ("mirror", CODE, "// TODO 1.1 (about 1 line)", "// TODO 1.1", "must begin like"),
    ("mirror", CODE, "TODO 1.1 (about 1 ", "TODO 1.1 (about 30 ", "the solution has 1"),
    ("mirror", CODE, '  todo("1.1", number);\n', "", 'has no todo("1.1")'),
    ("mirror", CODE, "1.1", "1.2", "not ['1.1']"),
    ("mirror", CODE, "Twice.*", "Thrice.*", "do not exist"),
    ("mirror", CODE, "green.\n", "green.\n  // a\n  // b\n  // c\n  // d\n", "more than 4 lines"),
    ("mirror", TWICE, "return", "/* TODO */ return", "still has a TODO"),
    ("mirror", TWICE, "  return 2 * number;\n", "  number++;\n" * 81, "at most 80"),
    ("mirror", "solutions/01_toy/more.cpp", "", "int more;\n", "only in the solution"),
    ("mirror", "solutions/01_toy/notes.md", "", "notes\n", "does not belong to a solution"),
    ("mirror", "stages/01_toy/a_fixture.hpp", "", "TODO\n", None),
    ("mirror", "stages/01_toy/hints.md", "### Concept\nTwo.\n", "", "needs Nudge, Concept, Shape"),
    ("mirror", "stages/01_toy/hints.md", "1.1", "1.3", "hints.md lists"),
    ("mirror", "WORKBOOK.md", "TODO 1.1", "TODO 1.4", "WORKBOOK.md names TODO 1.4"),
    ("mirror", STAGE, "TODO 1.1", "TODO 1.4", f"{STAGE} names TODO 1.4"),
    ("mirror", STAGE, "| 1.1", "| 1.2", "no table row"),
    ("mirror", STAGE, "| 1.1", "| 1.2", f"{STAGE} names TODO 1.2"),
    ("mirror", STAGE, "| 1 |", "| 8 |", "8 lines; it is"),
    ("text", "README.md", "check-01", "check-77", "no stage 77"),
    ("text", "README.md", "make stage-01", "make stagy", "no target 'stagy'"),
    ("text", "README.md", "-R stage01", "-R stage09", "selects no test"),
    ("text", "README.md", "Twice.Doubles", "Twice.Trebles", "is no test"),
    ("text", "README.md", "01_toy/twice.cpp`", "01_toy/twice.hpp`", "does not exist"),
    ("text", "README.md", "#toy", "#joy", "no heading"),
    ("text", "README.md", "(#toy)", "(toy.md)", "leads nowhere"),
    ("text", "README.md", "return 2", "return 3", "is not in it"),
    ("stages", ABOUT, '"title": "Twice", ', "", "stage.json lacks the key 'title'"),
    ("stages", ABOUT, "minutes", "minuets", "stage.json has the unknown key 'minuets'"),
    ("stages", ABOUT, "5", '"5"', "'minutes' must be a whole number, not \"5\""),
    ("stages", ABOUT, '"server"}', '"server", "server": {"name": "one"}}', "'server' lacks the key 'port'"),
    ("stages", ABOUT, "}", "", "stage.json cannot be read as JSON"),
    ("stages", "stages/01_other/stage.json", "", STAGE_JSON, "two stages 01: stages/01_other and stages/01_toy"),
    ("stages", "stages/02_empty/hints.md", "", HINTS, "stages/02_empty/stage.json is missing"),
    ("text", "WORKBOOK.md", "#a-toy", "#a-joy", "leads to no heading"),
    ("text", "WORKBOOK.md", "01_toy/README", "02_toy/README", "leads nowhere"),
    ("text", STAGE, "#toys", "#joys", "leads to no heading"),
    ("text", STAGE, "../../WORKBOOK", "../WORKBOOK", "leads nowhere"),
    ("text", STAGE, "# A toy", "# A joy", "WORKBOOK.md: the link to stages/01_toy/README.md#a-toy leads to no heading"),
    ("text", STAGE, "README.md#toy", "README.md#boy", "leads to no heading"),
    ("text", STAGE, "*5 minutes*", "*6 minutes*", "take 6 minutes; stage.json says 5"),
    ("text", STAGE, "**Q1.1** What", "**Q1.2** What", "its Q are numbered [2], not [1]"),
    ("text", STAGE, "**Q1.1** What", "What", "Q1.1 is answered and not asked"),
    ("text", STAGE, "2?\n", "2?\n<details>It is 4.</details>\n", "unfolds an answer under its question"),
    ("text", STAGE, "none.", "none. " + "more " * 5500, "it may have 5500"),
    ("text", SOLVED, "## Q1.1\n4.\n", "", "Q1.1 has no answer"),
    ("text", SOLVED, ANSWERS, "## Q1.1\n4.\n## E1.1\nNo.\n", "another order than their numbers"),
    ("text", "WORKBOOK.md", "(stages/01_toy/README.md#a-toy)", "(#toys)", f"no link in the root leads to {STAGE}"),
    ("text", STAGE, "check-01", "check-77", "no stage 77"),
    ("text", STAGE, "make stage-01", "make stagy", "no target 'stagy'"),
    ("text", STAGE, "-R stage01", "-R stage09", "selects no test"),
    ("text", STAGE, "Twice.Doubles", "Twice.Trebles", "is no test"),
    ("text", STAGE, "01_toy/twice.cpp`,", "01_toy/twice.hpp`,", "does not exist"),
    ("text", STAGE, "return 2", "return 3", "is not in it"),
    ("leaks", "README.md", "# Toy", HOME, "has /" + "home/s"),
    ("coroutines", TWICE, "return 2 * number", "co_await times(number)", None),
    ("coroutines", TWICE, "return 2 * number", "if (co_await times(number)) { number = {2}; }", None),
    ("coroutines", TWICE, "return 2 * number", "co_await times({number})", "makes a braced value"),
    ("coroutines", TWICE, "return 2 * number", "co_await times([n](int) {})", "makes a lambda"),
    ("coroutines", TWICE, "return 2 * number", "co_await (number ? a() : b())", "makes ?:"),
    ("patches", WRONG, "Hint: does not double\n", "", "has no Hint"),
    ("patches", WRONG, "does not double", "(", "not a regular expression"),
    ("patches", WRONG, "b/solutions", "b/stages", "only solutions/ and lib/"),
    ("patches", WRONG, "DoublesTheNumber", "Doubles", "no test of its stage"),
    ("patches", WRONG, "-  return 2", "-  return 9", "does not apply"),
    ("patches", WRONG.replace("01_toy", "09_none"), "", PATCH, "no stage"),
    ("patches", RIGHT, "Form: ", "", "has no Form"),
    ("patches", RIGHT, "b/solutions/01_toy/sum", "b/lib/sum", "only solutions/01_toy/ may be changed"),
    ("patches", RIGHT, "-  return 2", "-  return 9", "does not apply"),
    ("patches", "tests/right_answers/01_toy/adds/twice.cpp", "", SOLUTION, "is not NN_stage/NAME.patch"),
    ("hangs", SIGNATURES, "does not double", "is slow", "no wrong answer claims"),
    ("hangs", SIGNATURES, "twice.cpp", "thrice.cpp", "'01_toy/thrice.cpp' is no file"),
    ("hangs", SIGNATURES, "cpp twice", "cpp thrice", "has no function 'thrice'"),
    ("hangs", SIGNATURES, '"order"', '"rank"', "needs order, threads, hint"),
    ("hangs", SIGNATURES, "[[", "[[[", "no JSON"),
    ("hangs", SIGNATURES, HANGS, f"[{HANGS[1:-2].strip()}, {HANGS[1:-2].strip()}]", "order 10 is taken"),
]


def described(root):
    try:
        tree.described_stages(root)
    except stage_json.BadStage as bad:
        return [str(bad)]
    return []


def run(check, root):
    stage = tree.Stage("01_toy", root)
    if check == "stages":
        return described(root)
    if check == "mirror":
        return mirror.check(stage)
    if check == "patches":
        return [problem for kind in patch_file.HEADERS for problem in patches.check(kind, root)]
    if check == "hangs":
        return hangs.check(root)[0]
    if check == "coroutines":
        return coroutines.check(root)
    if check == "leaks":
        return [problem for path in leaks.files(root) for problem in leaks.check(path, root)]
    text.make_knows.cache_clear()
    text.anchors.cache_clear()
    return text.check_all(root)


def write(root):
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    shutil.copy(tree.ROOT / "Makefile", root)


def check_breaks():
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root)
        for check in ("mirror", "text", "leaks", "patches", "hangs"):
            problems += [f"the sound fixture fails: {problem}" for problem in run(check, root)]
    for check, name, old, new, words in BREAKS:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write(root)
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(path.read_text().replace(old, new) if path.exists() else new)
            said = run(check, root)
            if words is None and said:
                problems.append(f"{check} should not mind {name}; it says {said}")
            elif words and not any(words in problem for problem in said):
                problems.append(f"{check} overlooks {old!r} -> {new!r} in {name}; it says {said}")
    return problems


def result(status, output, exit_code=1, **record):
    test = test_runs.Test("stage01.Twice.DoublesTheNumber", [], {}, ".", 1)
    return test_runs.Result(test, status, 1, output, exit_code, record)


def judges(stage, patch, answer):
    """The judges of test results: of an untouched stage, of a wrong answer and of a right one."""
    told = "twice() does not double"
    of_stage = [
        (result("failed", told, blamed="1.1"), 0.1, None),
        (result("passed", "", 0), 0.1, "passes although nothing is written"),
        (result("failed", "Segmentation fault", -11), 0.1, "SIGSEGV"),
        (result("hung", "", -9), 0.1, "it hung"),
        (result("failed", "wrong"), 0.1, "without naming a TODO"),
        (result("failed", told, blamed="7.1"), 0.1, "without naming a TODO of this stage"),
        (result("failed", told, blamed="1.1"), 0.6, "more than 0.5 s each"),
    ]
    for given, seconds, words in of_stage:
        yield "skeleton", skeleton.judge(stage, [given], seconds), words
    of_patch = [
        (result("failed", told, blamed="1.1"), None),
        (result("failed", told, meaning="given code was changed"), None),
        (result("passed", "", 0), "survives"),
        (result("hung", "", -9), "no verdict within"),
        (result("skipped", "", 0, skipped="it spins"), "no verdict: it spins"),
        (result("failed", told, -11), "SIGSEGV"),
        (result("failed", "does not double"), "without a story"),
        (result("failed", "something else", blamed="1.1"), "do not match the Hint"),
    ]
    for given, words in of_patch:
        verdict = wrong_answers.judge(patch, given)
        yield "wrong answers", [] if verdict.status == "caught" else [verdict.reason], words
    passed = result("passed", "", 0)
    no_verdict = result("skipped", "", 0)
    of_answer = [
        ([passed], None),
        ([passed, result("skipped", "", 0, skipped="it spins")], None),
        ([passed, result("failed", told)], "does not double"),
        ([passed, result("hung", "", -9)], "it hung"),
        ([passed, no_verdict], "does not say why"),
        ([], "no test has passed"),
    ]
    for given, words in of_answer:
        yield "right answers", right_answers.judge(answer, given).refusals, words


def check_verdicts():
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root)
        stage = tree.Stage("01_toy", root)
        patch = patch_file.read_patch(root / WRONG)
        answer = patch_file.read_patch(root / RIGHT)
        for judge, said, words in judges(stage, patch, answer):
            fits = any(words in problem for problem in said) if words else not said
            if not fits:
                problems.append(f"the judge of {judge} should say {words!r}, it says {said}")
        warning = {"command": "c++ -Wall -c w.cpp -o w.o", "directory": folder}
        (root / "w.cpp").write_text("static int unused;\n")
        if not re.search("unused", skeleton.complaint(warning)):
            problems.append("skeleton overlooks a compiler's warning")
        problems += check_skipped(patch)
    if verify.count("a story\n97 passed, 3 failed, 1 skipped\n") != (97, 3, 1):
        problems.append("verify cannot count what a step says of its tests")
    return problems


def check_skipped(patch):
    """A wrong answer whose test this machine cannot run is neither caught nor missed."""
    on_solution = result("skipped", "", 0, skipped="no IPv6")
    claims = {(patch.stage.name, patch.headers["Killed-by"]): on_solution}
    verdict = wrong_answers.try_patch(None, patch, claims, 1)
    if wrong_answers.counts([verdict]) != [0, 0, 1] or "no IPv6" not in verdict.told():
        return [f"a wrong answer whose test is skipped should be skipped; it is told as {verdict.told()}"]
    return []


CHANGE = """--- a/LICENSE
+++ b/LICENSE
@@ -1 +1 @@
-MIT License
+changed
--- /dev/null
+++ b/added
@@ -0,0 +1 @@
+added
"""


def check_scratch():
    """A patch changes the files of the copy, and leaves no trace."""
    with tempfile.TemporaryDirectory() as folder:
        copy = scratch_tree.Tree(1, Path(folder))
        original, own, added = tree.ROOT / "LICENSE", copy.root / "LICENSE", copy.root / "added"
        own.parent.mkdir(parents=True)
        shutil.copy(original, own)
        copy.apply(patch_file.Patch(None, {}, CHANGE))
        changed = own.read_text().startswith("changed\n") and added.read_text() == "added\n"
        copy.restore()
        if not changed or added.exists() or own.read_bytes() != original.read_bytes():
            return ["a patch does not change the copy, or is not taken away again"]
    return []


def main():
    problems = check_breaks() + check_verdicts() + check_scratch()
    tree.report("selftest", problems, f"{len(BREAKS)} broken workbooks and 22 verdicts")


if __name__ == "__main__":
    main()
