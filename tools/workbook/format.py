"""Formats the C++ sources; with --check, says which are not formatted.

Another version of clang-format breaks some lines in other places, so it is not used.
Exit: 0 formatted, 1 one is not, 77 there is no clang-format of the version that is used here.
"""

import re
import subprocess
import sys

from workbook import tree
from workbook.tree import ROOT

VERSION = 14  # of Clang's tools, as Debian 12 has them: what format and lint are proved with
FOLDERS = ("lib", "stages", "solutions", "tests", "experiments", "tools")


def version_of(tool):
    """The main version of a tool of Clang's; None where it is not installed."""
    try:
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    number = re.search(r"version (\d+)", said)
    return int(number[1]) if number else None


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        tree.die("Usage: tools/workbook format [--check]")
    version = version_of("clang-format")
    if version != VERSION:
        found = f"is version {version}" if version else "is not installed"
        print(f"skipped: clang-format {found}; the sources are formatted by version {VERSION} (tools/setup.sh lint).")
        sys.exit(tree.SKIPPED)
    files = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.[ch]pp"))
    how = ["--dry-run", "-Werror"] if sys.argv[1:] else ["-i"]
    sys.exit(subprocess.run(["clang-format", *how, *files], cwd=ROOT, check=False).returncode)
