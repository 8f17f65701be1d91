#!/usr/bin/env python3
"""Every kind of hang in stages/*/hangs.json can be recognised, and some wrong answer hangs like that.

The harness reads these files when a test hangs (tests/harness/hang_report.hpp says what is in them). A
wrong answer shows that a signature works when its Hint begins with the signature's words, or has them
behind a gap: `make wrong-answers` then sees them said.
"""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import patch_file, tree  # noqa: E402

MEMBERS = ("order", "threads", "hint")
GAP = re.compile(r"\(\.\|\\n\)\*|\.\*")
ENOUGH = 12  # characters that no two signatures begin with


def is_claimed(words, hint):
    """Whether a part of a patch's Hint is how the signature's words begin."""
    found = [re.match(part, words) for part in GAP.split(hint) if is_expression(part)]
    return any(match and len(match[0]) >= ENOUGH for match in found)


def is_expression(part):
    try:
        return re.compile(part) is not None
    except re.error:  # half of a group
        return False


def check_frame(frame, root):
    """A function on a thread's stack: "lib/net/tcp_listener.cpp accept"."""
    file, _, function = frame.partition(" ")
    found = [path for top in ("lib", "stages", "tests/harness") for path in (root / top).rglob("*.[ch]pp")
             if file in str(path.relative_to(root))]  # fmt: skip
    if not found:
        return [f"'{file}' is no file"]
    name = function.removeprefix("~")  # a destructor may be the compiler's
    if not any(name and name in tree.read(path) for path in found):
        return [f"{file} has no function '{function}'"]
    return []


def read(stage):
    """The signatures of a stage, and what is wrong with their form."""
    path = stage.folder / "hangs.json"
    if not path.exists():
        return [], []
    try:
        signatures = json.loads(tree.read(path))
    except ValueError as error:
        return [], [f"it is no JSON: {error}"]
    wrong = [f"a signature needs {', '.join(MEMBERS)}, and has {', '.join(one)}"
             for one in signatures if tuple(one) != MEMBERS]  # fmt: skip
    return ([], wrong) if wrong else (signatures, [])


def check(root):
    hints = [patch_file.read_patch(path).headers["Hint"]
             for path in patch_file.find_patches("wrong_answers", root=root)]  # fmt: skip
    problems, orders, count = [], {}, 0
    for stage in tree.stages(root):
        signatures, wrong = read(stage)
        for one in signatures:
            count += 1
            frames = [frame for thread in one["threads"] for frame in thread]
            wrong += [problem for frame in frames for problem in check_frame(frame, root)]
            if not any(is_claimed(one["hint"], hint) for hint in hints):
                wrong.append(f"no wrong answer claims in its Hint: {one['hint']}")
            if one["order"] in orders:
                wrong.append(f"order {one['order']} is taken, by {orders[one['order']]}")
            orders[one["order"]] = stage.name
        problems += [f"stages/{stage.name}/hangs.json: {problem}" for problem in wrong]
    return problems, count


def main():
    problems, count = check(tree.ROOT)
    tree.report("hangs", problems, f"{count} kinds of hang")


if __name__ == "__main__":
    main()
