"""Builds everything with Clang, warnings as errors, then runs clang-tidy on the code that is read.

Exit: 0 nothing to say, 1 something, 77 Clang is not installed.
"""

import re
import subprocess
import sys

from workbook import running, test_runs, tree
from workbook.format import VERSION, version_of
from workbook.status_line import StatusLine
from workbook.tree import JOBS, ROOT

READ = ("lib", "stages", "solutions", "tests/harness")
# What clang-tidy says of itself.
CHATTER = re.compile(r".*warnings? generated\.$|Suppressed |Use -header-filter")


def tidy(path):
    run = subprocess.run(["clang-tidy", "--quiet", "-p", "build/lint", path], cwd=ROOT, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)  # fmt: skip
    return "\n".join(line for line in run.stdout.splitlines() if line and not CHATTER.match(line)), run.returncode


def main():
    if subprocess.run([ROOT / "tools/setup.sh", "lint"], check=False).returncode:
        print("skipped: clang and clang-tidy are not installed.")
        sys.exit(tree.SKIPPED)
    for tool in ("clang++", "clang-tidy"):
        if (version := version_of(tool)) != VERSION:
            print(f"{tool} is version {version}; the sources are proved with version {VERSION}, others may say more.")
    if code := test_runs.build("lint", "all"):
        sys.exit(code)
    files = sorted(path for folder in READ for path in (ROOT / folder).rglob("*.cpp") if not path.match("*_test.cpp"))
    failed = False
    with StatusLine("clang-tidy", len(files)) as status, running.workers(JOBS) as pool:
        for said, code in pool.map(tidy, files):
            status.count()
            failed = failed or code != 0
            if said:
                status.print(said)
    if failed:
        sys.exit(tree.WRONG)
    print("Clang and clang-tidy have nothing to say.")
