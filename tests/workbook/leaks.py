#!/usr/bin/env python3
"""No file of the workbook mentions a place that exists on one machine only."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402

OUTSIDE = ("build", "Testing", "backups", ".git", ".cache", "__pycache__")
LEAK = re.compile(r"(?<![\w.$}])/(?:home|root|Users|work|workspaces?)/\w|\.\.[/]shared")


def files(root):
    for path in sorted(root.iterdir()):
        if path.name in OUTSIDE:
            continue
        if path.is_dir():
            yield from files(path)
        elif not path.is_symlink():
            yield path


def check(path, root):
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return []
    name = path.relative_to(root)
    return [f"{name}:{at} has {found[0]}..." for at, line in enumerate(lines, 1) if (found := LEAK.search(line))]


def main():
    seen = list(files(tree.ROOT))
    problems = [problem for path in seen for problem in check(path, tree.ROOT)]
    tree.report("leaks", problems, f"{len(seen)} files")


if __name__ == "__main__":
    main()
