"""Gives the next hint for a TODO: a nudge, then the concept, then the shape of the code.

How far a learner has climbed is remembered in build/hints.json.
"""

import json
import sys

from workbook import last_check, tree
from workbook.prose import wrapped
from workbook.tree import ROOT, RUNGS

MEMORY = ROOT / "build" / "hints.json"


def main():
    if len(sys.argv) not in (2, 3):
        tree.die("Usage: tools/workbook hint 01 [1.2]")
    stage = tree.find_stage(sys.argv[1])
    todos = {todo.number: todo for todo in stage.todos()}
    if not todos:
        tree.die(
            f"stages/{stage.name} has no hints.md; make reset-{stage.number} brings it back.", tree.ENVIRONMENT
        )

    number = sys.argv[2] if len(sys.argv) == 3 else next_todo(stage)
    if number not in todos:
        tree.die(f"Stage {stage.number} has no TODO {number}; it has: {', '.join(todos)}")
    todo = todos[number]

    memory = recall()
    level = min(memory.get(number, 0), len(RUNGS) - 1)
    last = level == len(RUNGS) - 1
    print(f"TODO {number} {todo.title} · hint {level + 1} of {len(RUNGS)}: {RUNGS[level]}")
    print(wrapped(todo.rungs.get(RUNGS[level], "").strip()), end="\n\n")
    if last:
        print("That is the last hint." + (f" The code: make diff-{stage.number} TODO={number}" if stage.solution.is_dir() else ""))
    else:
        print(f"One more hint: make hint-{stage.number} TODO={number}")

    memory[number] = level + 1
    MEMORY.parent.mkdir(exist_ok=True)
    MEMORY.write_text(json.dumps(memory, indent=2) + "\n")


def next_todo(stage):
    """The first TODO that is not green by the last check; without a check, the first that is not begun."""
    check = last_check.read(stage)
    states = last_check.todo_states(stage, check.entries() if check else [])
    for state in states:
        if state.state == "not begun" or (check and state.state != "green"):
            return state.number
    done, then = ("green", "diff") if check else ("written", "check")
    print(f"All TODOs of stage {stage.number} are {done}. Next: make {then}-{stage.number}\n"
          f"A hint for one of them: make hint-{stage.number} TODO={states[0].number}")  # fmt: skip
    sys.exit(tree.PASSED)


def recall():
    try:
        return json.loads(tree.read(MEMORY))
    except (OSError, ValueError):
        return {}
