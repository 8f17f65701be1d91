#!/usr/bin/env python3
"""Every wrong answer is well-formed: it has its headers, applies as it stands, and names a real test."""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import patch_file, tree  # noqa: E402


def check(path, root):
    name = path.relative_to(root)
    try:
        patch = patch_file.read_patch(path)
    except patch_file.Broken as broken:
        return [f"{name} {broken}"]
    problems = []
    stage = tree.Stage(patch.stage.name, root)
    if not stage.folder.is_dir():
        return [f"{name} lies in a folder that is no stage"]
    if patch.headers["Killed-by"] not in stage.suite():
        problems.append(f"{name} claims {patch.headers['Killed-by']}, which is no test of its stage")
    run = subprocess.run(
        ["patch", "-p1", "--fuzz=0", "--dry-run", "--force"],
        cwd=root, input=patch.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        problems.append(f"{name} does not apply: {run.stdout.strip()}")
    return problems


def main():
    paths = patch_file.find_patches()
    problems = [problem for path in paths for problem in check(path, tree.ROOT)]
    tree.report("patches", problems, f"{len(paths)} wrong answers")


if __name__ == "__main__":
    main()
