"""Points for each TODO. What counts is the list of tests that the suite has for it, never what ran."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from workbook import tree

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass
class Credit:
    number: str
    title: str
    most: float
    passed: list = field(default_factory=list)  # names of tests
    helped: list = field(default_factory=list)  # of those: what passed with the solution's code for the other TODOs
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)  # gave no verdict

    @property
    def points(self):
        judged = len(self.passed) + len(self.failed)
        return round(self.most * len(self.passed) / judged, 2) if self.passed else 0.0

    @property
    def full(self):
        return bool(self.passed) and not self.failed and not self.skipped


def weights(stage):
    """{"1.1": points}; ends the program with a sentence when the file is not in order."""
    try:
        said = json.loads(tree.read(WEIGHTS))
        points = {todo.number: said["todos"].get(todo.number, said["default"]) for todo in stage.todos()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        tree.die(f"{WEIGHTS.relative_to(tree.ROOT)} cannot be read: {error}.", tree.ENVIRONMENT)
    for number, value in points.items():
        if type(value) not in (int, float) or value < 0:
            tree.die(f"{WEIGHTS.relative_to(tree.ROOT)}: TODO {number} cannot be worth {value!r} points.")
    return points


def credits(stage, about, outcomes, helped=frozenset()):
    """The credit for each TODO, in working order. `about` are the tests that the solution passes here, with their TODO;
    `helped` are names of tests that pass with the solution's code for the other TODOs."""
    most = weights(stage)
    found = {todo.number: Credit(todo.number, todo.title, most[todo.number]) for todo in stage.todos()}
    for name, todo in about.items():
        own = found.get(todo)
        if own is None:
            continue  # it is about given code
        status = outcomes[name].status if name in outcomes else "not run"
        if status == "passed" or name in helped:
            own.passed.append(name)
            own.helped += [name] if status != "passed" else []
        else:
            (own.skipped if status == "skipped" else own.failed).append(name)
    return list(found.values())
