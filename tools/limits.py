#!/usr/bin/env python3
"""The tests that came closest to their limit of processor time in the last run of verify.

A right answer that needs more than half of what it is allowed would be refused on a slower machine.
Exit: 0 all are far from it, 1 one is not, 77 nothing was noted.
"""

import sys

import workbook

NOTES = workbook.ROOT / "build" / "limits.txt"  # the supervisor adds a line for each test
MOST = 50  # percent


def shares():
    """The largest share of each test, the largest of all first."""
    largest = {}
    for line in NOTES.read_text().splitlines():
        percent, name = line.split()
        largest[name] = max(largest.get(name, 0), int(percent))
    return sorted(((percent, name) for name, percent in largest.items()), reverse=True)


def main():
    if not NOTES.exists():
        print("skipped: no test was run")
        sys.exit(workbook.SKIPPED)
    closest = shares()[:3]
    for percent, name in closest:
        print(f"{percent:3} % of its limit  {name}")
    sys.exit(workbook.WRONG if closest and closest[0][0] > MOST else workbook.PASSED)


if __name__ == "__main__":
    main()
