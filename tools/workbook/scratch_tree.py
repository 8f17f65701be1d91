"""A copy of the workbook in which answers are tried: changed, built, judged and put back."""

import fcntl
import os
import shutil
import subprocess

from workbook import test_runs, tree
from workbook.tree import ROOT

# Right and wrong answers are tried in the same copies, so they are built once for both.
SCRATCH = ROOT / "build" / "answers"
COPIED = ("lib", "stages", "solutions", "tests", "tools", "cmake", "experiments")


class Broken(Exception):
    """An answer that proves nothing; the message says why."""


class Tree:
    """One copy. Answers are tried in it one after the other, each on untouched solutions."""

    def __init__(self, number, scratch=SCRATCH):
        self.root = scratch / f"copy{number}"
        self.touched = []

    def prepare(self, stages):
        """Brings the copy up to date and builds the untouched solutions."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.claim()
        top = [path.name for path in ROOT.iterdir() if path.is_file()]
        for name in [*COPIED, *top]:
            if (ROOT / name).exists():
                mirror(ROOT / name, self.root / name)
        code, output = self.build(*(f"solution{stage.number}_tests" for stage in stages))
        if code != 0:
            tree.die(f"The solutions do not build in {self.root}:\n{output}", code)

    def claim(self):
        """Keeps another run out of this copy until the end of this one."""
        self.lock = open(f"{self.root}.lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{self.root.relative_to(ROOT)} is in use by another run; waiting until that is over.", flush=True)
            fcntl.flock(self.lock, fcntl.LOCK_EX)

    def build(self, *targets):
        command = [str(self.root / "tools/build.sh"), "dev", *targets]
        environment = {**os.environ, "WORKBOOK_SPLIT_SUITES": "ON"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    def restore(self):
        # A plain copy has a new time, so Ninja builds the file again.
        for name in self.touched:
            shutil.copyfile(ROOT / name, self.root / name)
        self.touched = []

    def apply(self, patch):
        """Changes what the text of a patch changes."""
        self.restore()
        self.touched = [name for name in patch.files if (ROOT / name).exists()]
        run = subprocess.run(
            ["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "--reject-file=-", "--force"],
            cwd=self.root,
            input=patch.text,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            lines = [line for line in run.stdout.splitlines() if "FAILED" in line or "find" in line]
            raise Broken(f"does not apply: {(lines or ['patch gives no reason'])[0].strip()}")

    def lay_over(self, files):
        """Puts other files in place of some: {"solutions/01_single/http.cpp": path of the other}."""
        self.restore()
        self.touched = list(files)
        for name, other in files.items():
            shutil.copyfile(other, self.root / name)

    def tests(self, stage):
        found = test_runs.registered_tests(self.root / "build/dev", rf"^solution{stage.number}\.")
        return {test.short_name: test for test in found}


def mirror(source, copy):
    """Makes `copy` equal to `source`. What is equal keeps its time, so nothing is rebuilt."""
    if source.is_dir():
        copy.mkdir(exist_ok=True)
        names = {path.name for path in source.iterdir() if path.name != "__pycache__"}
        for old in copy.iterdir():
            if old.name not in names:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        for name in names:
            mirror(source / name, copy / name)
    elif not copy.exists() or copy.read_bytes() != source.read_bytes():
        shutil.copyfile(source, copy)
        shutil.copymode(source, copy)


def share_out(answers, workers):
    """Splits the answers evenly; those to one file stay together, so less is built twice."""
    ordered = sorted(answers, key=lambda answer: (answer.stage.name, sorted(answer.files), answer.name))
    size = -(-len(ordered) // workers)
    return [ordered[i : i + size] for i in range(0, len(ordered), size)]
