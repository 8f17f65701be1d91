"""Shows the learner's stage next to the solution, without suite, text and hints: tools/workbook diff 01"""

import subprocess
import sys

from workbook import tree


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook diff 01")
    stage = tree.find_stage(sys.argv[1])
    colour = "always" if sys.stdout.isatty() else "never"
    both = (stage.folder, stage.solution)
    for name in sorted({name for folder in both for name in stage.code_files(folder)}):
        sides = [(folder / name).relative_to(tree.ROOT) for folder in both]
        missing = [side for side in sides if not (tree.ROOT / side).exists()]
        if missing:
            print(f"Only in {next(side for side in sides if side not in missing)}")
            continue
        sys.stdout.flush()
        # Exit code 1 says that the two differ: the usual case here.
        subprocess.run(["diff", "-u", f"--color={colour}", *sides], cwd=tree.ROOT, check=False)
