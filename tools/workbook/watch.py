"""Checks a stage again each time one of its files is saved. Ends with Ctrl-C.

It asks for the files' times instead of being notified: that also works on network and WSL drives.
"""

import sys
import time

from workbook import check, tree

PAUSE = 0.3  # seconds between two looks


def main():
    if len(sys.argv) != 2:
        tree.die("Usage: tools/workbook watch 01")
    stage = tree.find_stage(sys.argv[1])
    seen = None
    while True:
        now = look(stage)
        if now != seen:
            seen = now
            if sys.stdout.isatty():
                print("\033[2J\033[H", end="", flush=True)
            check.check(stage)
            print(f"Watching stages/{stage.name}; Ctrl-C ends it.", flush=True)
        time.sleep(PAUSE)


def look(stage):
    """What tells of a save: some editors write into the file, others put a new one in its place.

    While they do, the file may be missing for a moment; their own files beside it do not count.
    """
    found = {}
    for name in tree.sources(stage.folder):
        try:
            status = (stage.folder / name).stat()
            found[name] = (status.st_mtime_ns, status.st_ino, status.st_size)
        except FileNotFoundError:
            pass
    return found
