"""What an experiment says of itself, in its first comment lines; tools/workbook experiment does it.

    // Experiment: one sentence
    // Build: plain | asan | tsan | thread-safety | helgrind | solutions
    // Run: -DMACRO argument       (optional, repeatable: -D goes to the compiler, the rest to main)
    // Expect: exit 66             (or signal 6, compile error, compiler warnings; | between two)
    // Expect-output: a regular expression
    // Look at: one sentence

A second `Build:` line holds for the runs below it. The kinds of builds are those of BUILDS.
"""

import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from workbook.tree import ROOT

SOURCES = ROOT / "experiments"


@dataclass
class Build:
    """One way to make a program of an experiment."""
    flags: list = field(default_factory=list)
    compiler: str = ""  # the only one that can do it; empty: any
    starter: list = field(default_factory=list)  # what the program is started with
    sanitizer: str = ""  # as tools/sanitizer.sh calls it


BUILDS = {
    "plain": Build(),
    "asan": Build(["-fsanitize=address,undefined", "-fno-omit-frame-pointer"], sanitizer="address"),
    "tsan": Build(["-fsanitize=thread"], sanitizer="thread"),
    "thread-safety": Build(["-Wthread-safety"], compiler="clang++"),
    "helgrind": Build(starter=["valgrind", "--tool=helgrind", "--error-exitcode=66"]),
    "solutions": Build(),  # by CMake, as for the learner (preset dev), linked with the solutions
}


@dataclass
class Run:
    """One way to build and start an experiment, and how it must end."""
    build: str
    defines: list = field(default_factory=list)
    arguments: list = field(default_factory=list)
    ending: str = "exit 0"
    output: str = ""


@dataclass
class Experiment:
    name: str
    source: Path
    title: str = ""
    look_at: str = ""
    runs: list = field(default_factory=list)


def read_experiment(source):
    """Reads the comment lines at the top of an experiment."""
    experiment = Experiment(source.stem, source)
    build, runs = "", experiment.runs
    for line in source.read_text(encoding="utf-8").splitlines():
        match = re.match(r"// ([A-Z][A-Za-z -]*):\s*(.*)$", line)
        if not match:
            break
        key, value = match.groups()
        if key == "Experiment":
            experiment.title = value
        elif key == "Build":
            build = value
        elif key == "Look at":
            experiment.look_at = value
        elif key == "Run":
            words = shlex.split(value)
            runs.append(Run(build, [w for w in words if w.startswith("-D")],
                            [w for w in words if not w.startswith("-D")]))
        elif key in ("Expect", "Expect-output"):
            if not runs:
                runs.append(Run(build))
            setattr(runs[-1], "ending" if key == "Expect" else "output", value)
        else:
            sys.exit(f"{source}: unknown header line '{key}'")
    if not experiment.look_at or not runs or any(run.build not in BUILDS for run in runs):
        sys.exit(f"{source}: needs a Build: ({', '.join(BUILDS)}), an Expect: and a Look at: line")
    return experiment


def all_experiments():
    return {source.stem: read_experiment(source) for source in sorted(SOURCES.glob("*.cpp"))}
