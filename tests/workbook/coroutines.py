#!/usr/bin/env python3
"""Given code and solutions obey "name it before you await it".

GCC 12 destroys twice what is made in one expression with co_await: a lambda with captures, a braced
aggregate, either side of `?:`. So a statement with co_await has none of them.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402

LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|//[^\n]*')
AWAITS = re.compile(r"\bco_await\b")


def statements(code):
    """(line, text) of each statement, or head of one, that has a co_await: up to its ; or its block."""
    code = LITERAL.sub(lambda found: " " * len(found[0]), code)
    for found in AWAITS.finditer(code):
        begin = max(code.rfind(mark, 0, found.start()) for mark in ";{}") + 1
        end = code.find(";", found.end())
        yield code.count("\n", 0, found.start()) + 1, code[begin : end if end >= 0 else len(code)]


def mistakes(code):
    """Where something is made in one expression with co_await: (line, what)."""
    for line, text in statements(code):
        head = re.match(r"\s*(?:if|while|for|switch)\s*\(", text)
        text = text[: block_after(text, head.end())] if head else text
        for mark, what in (("{", "a braced value"), ("?", "?:")):
            if mark in text:
                yield line, what
        if re.search(r"\[[^\[\]]*\]\s*\(", text):
            yield line, "a lambda"


def block_after(text, begin):
    """Where the parenthesis is closed that was opened just before `begin`: its statement follows."""
    depth = 1
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def check(root):
    problems = []
    folders = [root / "lib", root / "solutions"]
    for path in sorted(p for folder in folders for p in folder.rglob("*.?pp")):
        for line, what in mistakes(path.read_text()):
            problems.append(f"{path.relative_to(root)}:{line} makes {what} in one expression with co_await:"
                            " name it before you await it")  # fmt: skip
    return problems


def main():
    tree.report("coroutines", check(tree.ROOT), "lib and the solutions")


if __name__ == "__main__":
    main()
