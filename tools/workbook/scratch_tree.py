"""A copy of the workbook in which answers are tried: changed, built, judged and put back."""

import fcntl
import os
import shutil
import subprocess

from workbook import patch_file, test_runs, tree
from workbook.tree import ROOT

# Right and wrong answers are tried in the same copies, so they are built once for both.
SCRATCH = ROOT / "build" / "answers"
COPIED = ("lib", "stages", "solutions", "tests", "tools", "cmake", "experiments")


class Tree:
    """One copy. Answers are tried in it one after the other, each on untouched solutions."""

    def __init__(self, number, scratch=SCRATCH):
        self.root = scratch / f"copy{number}"
        self.touched = []
        self.stages = []
        self.tests = {}  # {"01_single": {"Suite.Name": test}}

    def prepare(self, stages):
        """Brings the copy up to date and builds the untouched solutions."""
        self.bring_up_to_date()
        self.build_suites(stages)

    def bring_up_to_date(self):
        self.root.mkdir(parents=True, exist_ok=True)
        self.claim()
        copy_workbook(self.root)

    def build_suites(self, stages):
        self.stages = stages
        code, output = self.build(*(f"solution{stage.number}_tests" for stage in stages))
        if code != 0:
            tree.die(f"The solutions do not build in {self.root}:\n{output}", code)
        for stage in stages:
            found = test_runs.registered_tests(self.root / "build/dev", rf"^solution{stage.number}\.")
            self.tests[stage.name] = {test.short_name: test for test in found}

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
        environment = {**os.environ, "WORKBOOK_SPLIT_SUITES": "ON", "WORKBOOK_COUNT": ""}  # counted are the answers
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    def restore(self):
        for name in self.touched:
            if (ROOT / name).exists():
                shutil.copyfile(ROOT / name, self.root / name)  # a copy has a new time: Ninja builds it again
            else:
                (self.root / name).unlink(missing_ok=True)
        self.touched = []

    def apply(self, patch):
        """Changes what the text of a patch changes, and nothing else."""
        self.restore()
        self.touched = patch.files
        patch_file.apply(patch, self.root)

    def build_with(self, patch, target):
        """Applies a patch and builds what it touches of a target. Returns what the build prints."""
        self.apply(patch)
        code, output = self.build(target)
        if code != 0:
            raise patch_file.Broken(f"does not compile:\n{output.strip()}")
        return output


def copy_workbook(place):
    """Brings a copy of the workbook up to date."""
    top = [path.name for path in ROOT.iterdir() if path.is_file()]
    for name in [*COPIED, *top]:
        if (ROOT / name).exists():
            mirror(ROOT / name, place / name)


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
