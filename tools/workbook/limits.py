"""The tests that came closest to their limit of processor time in the last run of verify.

A right answer that needs more than half of what it is allowed would be refused on a slower machine.
Exit: 0 all are far from it, 1 one is not, 77 no test was run.
"""

import json
import sys

from workbook import tree

# Only of the build that a learner has: what a sanitizer of races or an optimiser costs is no news.
RECORDS = tree.ROOT / "build" / "dev" / "records.jsonl"
MOST = 50  # percent


def shares():
    """The largest share of each test, the largest of all first."""
    largest = {}
    for record in map(json.loads, RECORDS.read_text().splitlines()):
        name = record["test"]
        largest[name] = max(largest.get(name, 0), record["used_percent"])
    return sorted(((percent, name) for name, percent in largest.items()), reverse=True)


def main():
    if not RECORDS.exists():
        print("skipped: no test was run")
        sys.exit(tree.SKIPPED)
    closest = shares()[:3]
    for percent, name in closest:
        print(f"{percent:3} % of its limit  {name}")
    sys.exit(tree.WRONG if closest and closest[0][0] > MOST else tree.PASSED)
