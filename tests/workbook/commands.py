#!/usr/bin/env python3
"""Every command that `make` lists is tried by `make verify`: in the table of tests/commands, or where that says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "tests/commands"))
from table import COMMANDS, ELSEWHERE  # noqa: E402
from workbook import tree, verify  # noqa: E402


def listed():
    """The targets as `make` lists them: check-NN."""
    shown = subprocess.run(["awk", "-f", "tools/help.awk", "Makefile"], cwd=ROOT, capture_output=True, text=True, check=True)
    return re.findall(r"^  make (\S+)", shown.stdout, re.M)


def typed(target, commands):
    """Whether one of the commands has this target, with a number for NN."""
    pattern = re.compile(f"make {target.replace('NN', '[0-9][0-9]')}( |$)")
    return any(pattern.match(command) for command in commands)


def check(targets, commands, elsewhere, started):
    problems = []
    for target in targets:
        if target in elsewhere:
            file, words = elsewhere[target]
            if words not in (ROOT / file).read_text():
                problems.append(f"{file} does not type make {target}: it has no {words}")
            if not file.startswith("tests/workbook/") and file not in started:
                problems.append(f"make verify does not run {file}, which types make {target}")
        elif not typed(target, commands):
            problems.append(f"nobody tries make {target}: add it to tests/commands/table.py")
    return problems + [f"tests/commands/table.py knows make {target}, which is none" for target in elsewhere if target not in targets]


def main():
    steps = [*verify.quick_steps(), *verify.further_steps()]
    started = {str(word) for step in steps for word in step.command} | {"tools/workbook/verify.py"}
    targets = listed()
    commands = [one.command for one in COMMANDS]
    problems = check(targets, commands, ELSEWHERE, started)
    if "tests/commands/commands_test.py" not in started:
        problems.append("make verify does not run tests/commands/commands_test.py")
    if len(check([*targets, "nonsense"], commands, ELSEWHERE, started)) != len(problems) + 1:
        problems.append("a command that nobody tries is overlooked")
    tree.report("commands", problems, f"{len(targets)} commands of make are tried")


if __name__ == "__main__":
    main()
