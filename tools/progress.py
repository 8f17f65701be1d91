#!/usr/bin/env python3
"""Shows for each stage how many TODOs are written and what the last `make check-NN` said."""

import json
import time

import workbook


def main():
    print(f"{'stage':14} {'TODOs written':15} last check")
    for stage in workbook.stages():
        todos = stage.todos()
        stubs = stage.stubs()
        written = sum(todo.number not in stubs for todo in todos)
        print(f"{stage.name:14} {f'{written} of {len(todos)}':15} {last_check(stage)}")


def last_check(stage):
    path = workbook.ROOT / "build" / "results" / f"{stage.name}.json"
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return f"none yet: make check-{stage.number}"
    ago = age(time.time() - path.stat().st_mtime)
    if not record["built"]:
        return f"did not build, {ago} ago"
    total = record["passed"] + record["failed"]
    return f"{record['passed']} of {total} tests pass, {ago} ago"


def age(seconds):
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{seconds:.0f} s"


if __name__ == "__main__":
    main()
