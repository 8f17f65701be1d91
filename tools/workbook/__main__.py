"""The command line: `python3 tools/workbook COMMAND ...` runs main() of the module COMMAND."""

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def commands():
    """{name: what it does, in one line}; a command is a module with a function main()."""
    found = {}
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        text = path.read_text(encoding="utf-8")
        if "\ndef main():" in text:
            found[path.stem.replace("_", "-")] = text.split('"""')[1].splitlines()[0]
    return found


def main():
    chosen = sys.argv[1] if len(sys.argv) > 1 else ""
    known = commands()
    if chosen not in known:
        if chosen not in ("", "--help", "-h"):
            print(f"There is no command {chosen}; there are: {' '.join(known)}", file=sys.stderr)
            sys.exit(2)
        for name, line in known.items():
            print(f"{name:15} {line}")
        return
    del sys.argv[1]
    sys.argv[0] = f"workbook {chosen}"
    sys.exit(importlib.import_module(f"workbook.{chosen.replace('-', '_')}").main())


if __name__ == "__main__":
    sys.path[0] = str(FOLDER.parent)  # Python has put the package itself there
    main()
