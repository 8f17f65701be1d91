#!/usr/bin/env python3
"""tools/reset.py 03_pool   brings the untouched skeleton of a stage back from git; keeps a backup."""

import shutil
import sys
import time

import given
import workbook
from workbook import ROOT


def main():
    if len(sys.argv) != 2:
        workbook.die("Usage: tools/reset.py 01")
    stage = workbook.find_stage(sys.argv[1])
    folder = f"stages/{stage.name}"
    try:
        skeleton = given.skeleton(stage)
        if not given.git("diff", "--name-only", skeleton.commit, "--", folder):
            print(f"{folder} is the untouched skeleton already.")
            return
        backup = ROOT / "backups" / f"{stage.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        shutil.copytree(stage.folder, backup, symlinks=True)
        given.git("restore", f"--source={skeleton.commit}", "--worktree", "--", folder)
        stage.results.unlink(missing_ok=True)  # the last check was one of the files that have gone
    except given.Missing as reason:
        workbook.die(
            f"The skeleton comes back from git, and {reason}. Or take {folder} from a fresh clone.",
            workbook.ENVIRONMENT,
        )
    print(f"{folder} is the untouched skeleton again. Your files are in {backup.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
