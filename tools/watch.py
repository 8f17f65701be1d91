#!/usr/bin/env python3
"""Checks a stage again each time one of its files is saved. Ends with Ctrl-C.

It asks for the files' times instead of being notified: that also works on network and WSL drives.
"""

import subprocess
import sys
import time

import workbook

PAUSE = 0.3  # seconds between two looks


def main():
    if len(sys.argv) != 2:
        workbook.die("Usage: tools/watch.py 01")
    stage = workbook.find_stage(sys.argv[1])
    seen = None
    try:
        while True:
            now = times(stage)
            if now != seen:
                seen = now
                check(stage)
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        print()


def times(stage):
    return {path: path.stat().st_mtime_ns for path in stage.folder.iterdir() if path.is_file()}


def check(stage):
    if sys.stdout.isatty():
        print("\033[2J\033[H", end="", flush=True)
    subprocess.run([sys.executable, str(workbook.ROOT / "tools/check.py"), stage.name], check=False)
    print(f"Watching stages/{stage.name}; Ctrl-C ends it.", flush=True)


if __name__ == "__main__":
    main()
