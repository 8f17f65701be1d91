#!/usr/bin/env python3
"""Types the commands of the table, one after the other: each says what it must, and has room on a projector.

    commands_test.py [WORD]   only those with this word in them
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402
from workbook.status_line import StatusLine  # noqa: E402

from table import COLUMNS, COMMANDS  # noqa: E402

UNWANTED = ("MAKELEVEL", "MAKEFLAGS", "MFLAGS", "WORKBOOK_COUNT", "WORKBOOK_STRICT")


def type_it(typed):
    """What is wrong with what a command does."""
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    run = subprocess.run(shlex.split(typed.command), cwd=tree.ROOT, env=environment, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)  # fmt: skip
    if run.returncode != typed.code or typed.words not in run.stdout:
        return [f"{typed.command} exits with {run.returncode}, not with {typed.code} and '{typed.words}':\n{run.stdout[-3000:]}"]
    return unfit(typed, run.stdout.splitlines())


def unfit(typed, lines):
    """What has no room on a projector."""
    if not typed.projected:
        return []
    wide = [line for line in lines if len(line) > COLUMNS]
    problems = [f"{typed.command} is {len(line)} columns wide: {line}" for line in wide[:3]]
    if typed.lines and len(lines) > typed.lines:
        problems.append(f"{typed.command} prints {len(lines)} lines, not at most {typed.lines}:\n" + "\n".join(lines))
    return problems


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [typed for typed in COMMANDS if word in typed.command]
    problems = []
    with StatusLine("Commands", len(chosen)) as status:
        for typed in chosen:
            problems += type_it(typed)
            status.count()
    tree.report("commands", problems, f"{len(chosen)} commands as somebody types them")


if __name__ == "__main__":
    main()
