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
    stubs: dict  # {"3.1": how many stubs it still had}
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
        return LastCheck(found["built"], found["at"], found["stubs"], tests)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(stage, built, begin, entries):
    """Two checks at once leave the whole record of one of them."""
    kept = path(stage)
    kept.parent.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(f".{os.getpid()}")
    tests = [entry for entry in entries.values() if entry]
    record = {"built": built, "at": begin, "stubs": stage.stub_counts(), "tests": tests}
    new.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    new.rename(kept)


def forget(stage):
    path(stage).unlink(missing_ok=True)


def unwritten(stage, check):
    """The entries that need no new run: the test reached a stub, and its TODO has as many as it had then."""
    now = stage.stub_counts()
    tests = check.tests if check else {}
    return {name: entry for name, entry in tests.items()
            if entry["unwritten"] in now and now[entry["unwritten"]] == check.stubs.get(entry["unwritten"])}  # fmt: skip


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
    newest, newer = moment, ""
    for name in stage.code_files():
        try:
            changed = (stage.folder / name).stat().st_mtime
        except FileNotFoundError:
            continue  # an editor is saving it
        if changed > newest:
            newest, newer = changed, name
    return newer


def at_work(stage, entries):
    """The number of the TODO that a learner works on: the first that is written and not green. None: no such."""
    states = todo_states(stage, entries)
    return next((state.number for state in states if state.state in ("red", "not checked")), None)
