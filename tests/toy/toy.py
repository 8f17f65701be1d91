"""The small workbook of this folder, copied somewhere, with the real tools; and its commands."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

TOP = ("Makefile", "CMakePresets.json", "CTestTestfile.cmake", ".gitattributes", ".gitignore")
PATIENCE = 900  # seconds until a command counts as stuck, on a machine with much else to do


class Toy:
    def __init__(self, folder):
        self.root = Path(folder)
        ignore = shutil.ignore_patterns("__pycache__", "toy.py")
        shutil.copytree(ROOT / "tests" / "toy", self.root, ignore=ignore)
        shutil.copytree(ROOT / "cmake", self.root / "cmake")
        shutil.copytree(ROOT / "tools", self.root / "tools", ignore=ignore)
        for name in TOP:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, self.root)

    def write(self, name, old, new):
        path = self.root / name
        text = path.read_text()
        assert old in text, f"{name} has no {old}"
        path.write_text(text.replace(old, new))

    def answer(self, number, code):
        """Writes `code` where the stub of a TODO stands."""
        self.write("stages/01_toy/twice.cpp", f'todo("{number}", number);', code)

    def start(self, *words, **environment):
        """A command, as typed in the workbook, in a session of its own."""
        # Inside of another make, this one would say "make[1]".
        ours = {k: v for k, v in os.environ.items()
                if k not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS", "WORKBOOK_COUNT", "WORKBOOK_STRICT")}  # fmt: skip
        return subprocess.Popen(
            words, cwd=self.root, env={**ours, "JOBS": "2", **environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def type(self, *words, patience=PATIENCE, **environment):
        """Returns (exit code, output) of a command."""
        process = self.start(*words, **environment)
        try:
            output, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "none, it does not end", process.communicate()[0]
        return process.returncode, output

    def git(self, *words):
        who = ["-c", "user.name=Toy", "-c", "user.email=toy@example.org"]
        subprocess.run(["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True)

    def commit(self, message):
        self.git("add", "-A", ".")
        self.git("commit", "-q", "-m", message)


def until(condition):
    """Waits until it holds; False when it does not for too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def expect(what, given, code, *words):
    """Problems with the (exit code, output) of a command: the code, and words that it must say, in
    any line break; code None means that it fails."""
    got, output = given
    flat = " ".join(output.split())
    problems = []
    if got != code and not (code is None and got not in (0, "none, it does not end")):
        problems.append(f"{what} exits with {got}")
    problems += [f"{what} does not say '{word}'" for word in words if word not in flat]
    if "Traceback" in output:
        problems.append(f"{what} ends with a traceback")
    return [f"{problem}; it says: {output}" for problem in problems]
