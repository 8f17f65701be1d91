"""What every tool knows about the tree: its stages, their TODOs and their tests."""

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from workbook import handed_out, jobs, running, stage_json  # noqa: F401  running: every tool ends as it says

ROOT = Path(__file__).resolve().parents[2]
JOBS = jobs.jobs()
RUNGS = ("Nudge", "Concept", "Shape")

# Exit codes of the tools.
PASSED, WRONG, USAGE, DOES_NOT_BUILD, ENVIRONMENT, SKIPPED = 0, 1, 2, 3, 4, 77


def die(sentence, code=USAGE):
    print(sentence, file=sys.stderr)
    sys.exit(code)


class Problem(SystemExit):
    """Why something cannot go on, in one sentence. Who does not catch it ends with it, and with code 1."""


def paint(colour, text):
    """Colours `text` when a person looks at a terminal."""
    codes = {"red": 31, "green": 32, "bold": 1, "dim": 2}
    return f"\033[{codes[colour]}m{text}\033[0m" if sys.stdout.isatty() else text


@dataclass
class Todo:
    number: str
    title: str
    rungs: dict = field(default_factory=dict)  # "Nudge" -> text


@dataclass(frozen=True)
class Stage:
    name: str  # 03_pool
    root: Path = ROOT
    about: dict = field(default_factory=dict, compare=False)  # its stage.json, see stage_json.py

    @property
    def number(self):
        return self.name.split("_")[0]

    @property
    def folder(self):
        return self.root / "stages" / self.name

    @property
    def solution(self):
        return self.root / "solutions" / self.name

    @property
    def server(self):
        """What its stage.json says about its server; {} if it has none."""
        return self.about.get("server", {})

    def program(self, side):
        """The name of its program: solution03_server."""
        return f"{side}{self.number}_{self.about['program']}"

    def code_files(self, folder=None):
        """Names of the files a learner reads or writes, without the suite."""
        return [name for name in sources(folder or self.folder) if is_code(name)]

    def todos(self):
        """The TODOs in working order, as hints.md lists them."""
        path = self.folder / "hints.md"
        return parse_hints(read(path)) if path.exists() else []

    def stubs(self):
        """Where todo("3.2") still stands: {"3.2": "stages/03_pool/thread_pool.cpp:41"}."""
        found = {}
        for name in self.code_files():
            for number, line in stubs_in(read_source(self.folder / name)):
                found.setdefault(number, f"stages/{self.name}/{name}:{line}")
        return found

    def needs(self):
        """The names of the stages that it is built on, as CMakeLists.txt says."""
        call = re.search(rf"workbook_stage\({self.name}\b([^)]*)\)", read(self.root / "CMakeLists.txt"))
        named = re.search(r"\bNEEDS((?:\s+\d\d_\w+)+)", call[1]) if call else None
        return named[1].split() if named else []

    def suite(self):
        """The tests in the sources of the suite: {"Suite.Name": "3.2" or None}."""
        found = {}
        for text in self.suite_files():
            found.update(parse_suite(text))
        return found

    def scenarios(self):
        """The tests of the suite that run under every schedule, or every order of events, by name."""
        return [name for text in self.suite_files() for name, body in test_bodies(text)
                if "every_schedule" in body or "every_order" in body]

    def suite_files(self):
        return [read_source(self.folder / name) for name in sources(self.folder) if name.endswith("_test.cpp")]


def read(path):
    """A text as a learner's editor may have left it: also in another encoding."""
    return path.read_text(encoding="utf-8", errors="replace")


def read_source(path):
    """A source, which may be missing for a moment while an editor saves it."""
    try:
        return read(path)
    except FileNotFoundError:
        return ""


def is_code(name):
    """Whether a file in a stage's folder is code that a learner reads or writes. The tests and what they
    share (cmake/workbook_stage.cmake) are the suite's."""
    return name.endswith((".cpp", ".hpp")) and not name.endswith(("_test.cpp", "_fixture.hpp"))


def sources(folder):
    """Names of the C++ files in a folder, without what an editor keeps beside them (.#http.cpp)."""
    return sorted(f.name for f in folder.glob("*.[ch]pp") if f.is_file() and f.name[0].isalnum())


def stubs_in(source):
    """The stubs in a C++ source, ("3.2", line) each. One that is only a comment is none."""
    return [(stub[1], source.count("\n", 0, stub.start()) + 1)
            for stub in re.finditer(r'\btodo\(\s*"(\d+\.\d+)"', without_comments(source))]  # fmt: skip


def without_comments(source):
    """The source with blanks for its comments, and for what stands between #if 0 and #endif."""
    token = re.compile(
        r'(?P<text>"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\')'
        r"|//(?:[^\n\\]|\\.|\\\n)*|/\*.*?(?:\*/|\Z)|^[ \t]*#[ \t]*if[ \t]+0\b.*?^[ \t]*#[ \t]*endif",
        re.S | re.M,
    )
    return token.sub(lambda found: found[0] if found["text"] else re.sub(r"[^\n]", " ", found[0]), source)


def stages(root=ROOT):
    """All stages in their order; ends the program with a sentence when one does not say what it is."""
    try:
        return described_stages(root)
    except stage_json.BadStage as bad:
        die(bad)


def described_stages(root):
    folders = sorted(f.name for f in (root / "stages").glob("[0-9][0-9]_*") if f.is_dir())
    for one, other in zip(folders, folders[1:]):
        if one[:2] == other[:2]:
            raise stage_json.BadStage(f"There are two stages {one[:2]}: stages/{one} and stages/{other}.")
    return [Stage(name, root, stage_json.read(root / "stages" / name / "stage.json", f"stages/{name}/stage.json"))
            for name in folders]  # fmt: skip


def texts(root=ROOT):
    """The files of the text: the entrance, the experiments, and the part of each stage, in the stage's folder."""
    return [*root.glob("WORKBOOK.md"), *root.glob("experiments/README.md"), *sorted(root.glob("stages/*/README.md"))]


def find_stage(word):
    """The stage called 3, 03 or 03_pool; ends the program with a sentence when there is none."""
    for stage in stages():
        if word in (stage.name, stage.number, stage.number.lstrip("0")):
            return stage
    if re.fullmatch(r"\d{1,2}(_\w*)?", word) and handed_out.is_handout(ROOT):
        die(handed_out.later(f"Stage {word}"))
    die(f"There is no stage {word}; there are: {' '.join(s.name for s in stages())}")


def need_solution(stage):
    """Ends the program with a sentence when the solution of a stage is not there."""
    if stage.solution.is_dir():
        return
    if handed_out.is_handout(stage.root):
        die(handed_out.later(f"The solution of stage {stage.number}"))
    folder = f"solutions/{stage.name}"
    die(f"{folder} is missing; it comes back with: git restore -- {folder}", ENVIRONMENT)


def parse_hints(text):
    todos = []
    rung = None
    for line in text.splitlines():
        if heading := re.match(r"## TODO (\d+\.\d+)\s+(.*)", line):
            todos.append(Todo(heading[1], heading[2].strip()))
            rung = None
        elif todos and (heading := re.match(r"### (\w+)", line)):
            rung = heading[1]
            todos[-1].rungs[rung] = ""
        elif todos and rung:
            todos[-1].rungs[rung] += line + "\n"
    return todos


def test_bodies(source):
    """(Suite.Name, text) for each test in the source of a suite."""
    starts = list(re.finditer(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", source, re.M))
    for start, following in zip(starts, starts[1:] + [None]):
        yield f"{start[1]}.{start[2]}", source[start.end() : following.start() if following else len(source)]


def parse_suite(source):
    found = {}
    for name, body in test_bodies(source):
        about = re.search(r'\babout\(\s*"(\d+\.\d+)"', body)
        found[name] = about[1] if about else None
    return found


def summary(passed, failed, skipped):
    return f"{passed} passed, {failed} failed, {skipped} skipped"


def report(check, problems, seen):
    """Prints what a check found and ends the program."""
    for problem in problems:
        print(f"{check}: {problem}")
    if problems:
        sys.exit(WRONG)
    print(f"{check}: {seen}, nothing wrong")
    sys.exit(PASSED)


def untouched_stages(root=ROOT):
    """The stages whose every TODO is still to be written; says kindly which are not.

    With WORKBOOK_STRICT=1 (make verify) all stages count: there, a missing stub is a mistake.
    """
    if os.environ.get("WORKBOOK_STRICT"):
        return stages(root)
    found = []
    for stage in stages(root):
        stubs = stage.stubs()
        written = [todo.number for todo in stage.todos() if todo.number not in stubs]
        if not written:
            found.append(stage)
            continue
        print(
            f"stages/{stage.name} is being worked on (TODO {', '.join(written)} written)."
            f" This check is for the untouched skeleton, so it leaves the stage alone;"
            f" make reset-{stage.number} brings the skeleton back and keeps your files."
        )
    if not found:
        print("skipped: no stage is untouched")
        sys.exit(SKIPPED)
    return found
