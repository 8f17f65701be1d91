"""Brings the untouched skeleton of a stage back from git; keeps a backup: tools/workbook reset 03_pool

The text of the stage comes back where it is missing, and else stays as it is: a learner writes into it.
"""

import os
import shutil
import sys
import time

from workbook import given, last_check, tree
from workbook.tree import ROOT


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook reset 01")
    stage = tree.find_stage(sys.argv[1])
    folder = f"stages/{stage.name}"
    try:
        skeleton = given.skeleton(stage)
        kept = [f":(exclude){folder}/{given.TEXT}"] if (stage.folder / given.TEXT).exists() else []
        if not given.git("diff", "--name-only", skeleton.commit, "--", folder, *kept):
            print(f"{folder} is already the untouched skeleton.")
            return
        backup = ROOT / "backups" / f"{stage.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        if backup.exists():
            backup = backup.with_name(f"{backup.name}-{os.getpid()}")  # a second reset in the same second
        shutil.copytree(stage.folder, backup, symlinks=True)
        given.git("restore", f"--source={skeleton.commit}", "--worktree", "--", folder, *kept)
        last_check.forget(stage)  # it was one of the files that have gone
    except given.Missing as reason:
        tree.die(
            f"The skeleton comes back from git, and {reason}. Or take {folder} from a fresh clone.",
            tree.ENVIRONMENT,
        )
    print(f"{folder} is the untouched skeleton again. Your files are in {backup.relative_to(ROOT)}")
