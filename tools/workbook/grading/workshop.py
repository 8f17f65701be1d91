"""The workbook's copies in which submissions are built.

One is the base: the library, the harness and the suite of the stage, built once a batch on the solution and on
the skeleton. A submission gets a copy of the base, so that only what depends on its files is built again.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time

from workbook import patch_file, running, scratch_tree, test_runs, tree
from workbook.grading.guard import AT_LIMIT
from workbook.grading.sandbox import Limits
from workbook.tree import JOBS, ROOT

SCRATCH = ROOT / "build" / "grade"
BASE_SECONDS = 3600  # it is the instructor's own code: only what hangs is ended
SAID = 1 << 16  # bytes of what a build says that are kept


class NotBuilt(Exception):
    """Why there is nothing to judge; `late` if the compiler did not come to an end."""

    def __init__(self, reason, late=False):
        super().__init__(reason)
        self.late = late


class Workshop:
    """The base, and how copies of it are made and built. Used by one process at a time."""

    def __init__(self, stage, sandbox, scratch=SCRATCH):
        self.stage = stage
        self.sandbox = sandbox
        self.scratch = scratch
        self.base = scratch / sandbox.base  # a build folder knows its path, so each kind has its own
        self.tests = {}  # "Suite.Name": how the solution's is started, seen from inside

    def prepare(self):
        """Brings the base up to date and builds it. Ends the program when the instructor's code does not build."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.claim()
        for old in self.scratch.glob("copy*"):
            shutil.rmtree(old)
        place = self.base_in_use()
        if place != self.base and self.base.exists():
            put_back(self.base, place)
        place.mkdir(exist_ok=True)
        scratch_tree.copy_workbook(place)
        number = self.stage.number
        if not (place / "build/dev/build.ninja").exists():
            self.must(place, ["cmake", "--preset", "dev"])
        self.must(place, build_words(JOBS, f"solution{number}_tests", f"stage{number}_tests"))
        listing = self.sandbox.command(place, ["ctest", "--test-dir", "build/dev", "-R", rf"^solution{number}\.",
                                               "--show-only=json-v1"], Limits(BASE_SECONDS))  # fmt: skip
        self.tests = {test.short_name: test for test in test_runs.listed_tests(listing, place)}
        if not self.tests:
            tree.die(f"CTest knows no test of stage {number}; is its CMakeLists.txt in order?", tree.ENVIRONMENT)
        if place != self.base:
            put_back(place, self.base)

    def claim(self):
        self.lock = open(self.scratch / "lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tree.die(f"{self.scratch.relative_to(ROOT)} is in use by another make grade; wait until that is over.",
                     tree.ENVIRONMENT)  # fmt: skip

    def must(self, place, words):
        code, said = self.run(place, words, BASE_SECONDS)
        if code != 0:
            said = complaint(said, self.sandbox.seen(place))
            tree.die(f"The workbook itself does not build here:\n{said}", tree.ENVIRONMENT)

    def run(self, place, words, seconds, environment=()):
        """Runs `words` in the copy, which they may change. (exit code, what they said)."""
        command = self.sandbox.command(place, words, Limits(seconds), True, environment)
        with tempfile.TemporaryFile(dir=self.scratch) as said:  # no pipe: an orphan could hold its other end
            process = running.start(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            code = process.wait()
            running.finished(process)
            said.seek(max(0, said.seek(0, os.SEEK_END) - SAID))
            return code, said.read().decode(errors="replace")

    def place(self, name):
        """The folder for a copy. Without a sandbox all are built in one place, one after the other."""
        return self.scratch / (name if self.sandbox.parallel else "copy")

    def base_in_use(self):
        """Where the base is built, and where its programs run."""
        return self.place(self.base.name)

    def new_copy(self, name):
        """A fresh copy of the base, without what is not to be found in it: the solutions to this stage and the later
        ones, as sources, objects and programs."""
        place = self.place(name)
        put_back(self.base, place)
        build = place / "build/dev"
        kept_back = [place / "tests" / kind for kind in patch_file.HEADERS]
        for later in tree.stages():
            if later.number >= self.stage.number:
                kept_back += [place / "solutions" / later.name, *build.glob(f"*/solution{later.number}*"),
                              *build.glob(f"libsolution{later.number}*")]  # fmt: skip
        for path in kept_back:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return place

    def build(self, place, files, seconds, jobs):
        """Puts the files into the stage of the copy, with new times, and builds its suite. Raises NotBuilt."""
        folder = place / "stages" / self.stage.name
        for name, content in files.items():
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_bytes(content)
        begin = time.monotonic()
        code, said = self.run(place, build_words(jobs, f"stage{self.stage.number}_tests"), seconds,
                              {"WORKBOOK_GRADING": "1"})  # fmt: skip
        if "No space left on device" in said or last_line(said).startswith("bwrap: "):
            raise OSError(last_line(said))
        if code == AT_LIMIT:
            raise NotBuilt(f"The build was ended: {last_line(said)}", time.monotonic() - begin >= seconds)
        if code != 0:
            raise NotBuilt(complaint(said, self.sandbox.seen(place)))

    def commands(self, place, side, names, limits):
        """{name: test} of a copy, each in a sandbox of its own, started as CTest starts the solution's."""
        found = {}
        for name in names:
            test = self.tests[name]
            *launcher, program, option = test.command
            folder, _, file = program.rpartition("/")
            words = [*launcher, f"{folder}/{file.replace('solution', side, 1)}"]
            command = self.sandbox.command(place, words, limits)
            found[name] = test_runs.Test(f"{side}{self.stage.number}.{name}", [*command, option], {}, "/", test.limit)
        return found


def build_words(jobs, *targets):
    return ["cmake", "--build", "build/dev", "-j", str(jobs), "--target", *targets]


def put_back(source, place):
    """Makes `place` a copy of `source`; times stay, or everything would be built again."""
    if place.exists():
        shutil.rmtree(place)
    run = subprocess.run(["cp", "-a", "--reflink=auto", source, place], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise OSError(run.stderr.strip().splitlines()[-1])


def last_line(text):
    return (text.strip().splitlines() or ["it gives no reason"])[-1]


def complaint(said, inside):
    """The first error in the compiler's words, with the paths of the workbook."""
    lines = said.replace(f"{inside}/", "").replace("../../", "").splitlines()
    lines = [line for line in lines if not line.startswith(("ninja: ", "FAILED: ", "["))]
    first = next((i for i, line in enumerate(lines) if "error:" in line or "undefined reference" in line), None)
    shown = lines[first : first + 8] if first is not None else lines[-8:]
    return "\n".join(line[:300] for line in shown)
