"""What the last checks of a stage have found: build/results/03_pool.json.

`make check-NN` writes it; `make progress`, `make hint-NN` and `make stories-NN` read it. An entry per test:
its status, the TODOs that it is about, its story, and `at`, when the check began that judged it.
"""

import json
import os
from dataclasses import dataclass

from workbook import tree


@dataclass
class LastCheck:
    built: bool
    at: float  # when it began, in seconds since the epoch
    tests: dict  # {"Suite.Name": entry}, in the order of the suite

    def entries(self):
        return list(self.tests.values())


@dataclass
class TodoState:
    number: str
    title: str
    state: str  # not begun, not checked, red or green
    passed: int
    total: int
    place: str  # of its stub; "" when it has none
    newer: str  # a file of the stage that was changed since its tests ran; "" if there is none


def path(stage):
    return stage.root / "build" / "results" / f"{stage.name}.json"


def read(stage):
    """None if the stage was not checked yet."""
    try:
        found = json.loads(tree.read(path(stage)))
        tests = {entry["name"]: entry for entry in found["tests"]}
        return LastCheck(found["built"], found["at"], tests)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(stage, built, begin, entries):
    """Two checks at once leave the whole record of one of them."""
    kept = path(stage)
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    tests = [entry for entry in entries.values() if entry]
    record = {"built": built, "at": begin, "tests": tests}
    new.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    new.rename(kept)


def forget(stage):
    path(stage).unlink(missing_ok=True)


def unwritten(stage, check):
    """The entries that need no new run: the test has reached a stub, and nobody has written into the stub's
    file since. Where somebody has, code before the stub may end the test without it."""
    tests = check.tests if check else {}
    return {name: entry for name, entry in tests.items()
            if entry["stub"] and 0 < time_of(stage.root / entry["stub"].rpartition(":")[0]) < entry["at"]}  # fmt: skip


def time_of(path):
    """When it was changed; 0 if it is missing, as while an editor saves it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0


def todo_states(stage, entries):
    """How far each TODO is by these entries, in working order."""
    places = stage.stubs()
    return [state_of(stage, todo, places.get(todo.number, ""), entries) for todo in stage.todos()]


def state_of(stage, todo, place, entries):
    own = [entry for entry in entries if entry["todo"] == todo.number and entry["status"] != "skipped"]
    passed = sum(entry["status"] == "passed" for entry in own)
    if all(entry["unwritten"] for entry in own):
        state = "not begun" if place else "not checked"  # the stub that its tests have reached is gone
    else:
        state = "green" if passed == len(own) else "red"
    newer = newest_since(stage, min(entry["at"] for entry in own)) if state in ("red", "green") else ""
    return TodoState(todo.number, todo.title, state, passed, len(own), place, newer)


def newest_since(stage, moment):
    """The name of the code file that was changed last, if that was after the moment; else ""."""
    newest, name = max(((time_of(stage.folder / name), name) for name in stage.code_files()), default=(0, ""))
    return name if newest > moment else ""


def is_green(stage):
    """Whether every TODO is green by the last check, and nothing was changed since."""
    check = read(stage)
    states = todo_states(stage, check.entries()) if check else []
    return bool(states) and all(state.state == "green" and not state.newer for state in states)


def at_work(stage, entries):
    """The number of the TODO that a learner works on: the first that is written and not green. None: no such."""
    states = todo_states(stage, entries)
    return next((state.number for state in states if state.state in ("red", "not checked")), None)
