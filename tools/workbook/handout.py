"""Makes a repository to hand out: tools/workbook handout 03 FOLDER

It has what is committed here of the stages up to this one, and the solutions that they are built on, in a first
commit of its own: so there is nothing else in its history. What shows or needs another solution stays here.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from workbook import given, handed_out, tree
from workbook.tree import ENVIRONMENT, ROOT

# Of the rest of the workbook; files in its root beside these. Stages and solutions are chosen one by one.
KEPT = (".devcontainer/", ".vscode/", "cmake/", "diagrams/", "experiments/", "lib/", "tests/CMakeLists.txt",
        "tests/harness/", "tests/lib/", "tools/")  # fmt: skip
NOT_FOR_LEARNERS = "INSTRUCTORS.md"
WITHOUT_IDENTITY = ("-c", "user.name=Workbook", "-c", "user.email=workbook@localhost")
# Whatever the instructor's own git does at a commit is not for this one.
PLAIN = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "core.autocrlf=false")


@dataclass
class Choice:
    """What is handed out."""

    last: tree.Stage
    stages: list  # up to the last
    solutions: list  # of the stages that these are built on
    all: list  # the stages of the whole workbook

    def has(self, path):
        top, _, rest = path.partition("/")
        if top == "stages":
            return any(rest.startswith(f"{stage.name}/") for stage in self.stages) and not self.comes_later(path)
        if top == "solutions":
            return any(rest.startswith(f"{stage.name}/") for stage in self.solutions)
        if not rest:
            return path != NOT_FOR_LEARNERS
        return path.startswith(KEPT) and not self.comes_later(path)

    def comes_later(self, path):
        """Whether it belongs to a solution that is not handed out."""
        for stage in self.all:
            with_it = [f"stages/{stage.name}/answers.md", *stage.about.get("with_solution", [])]
            if stage not in self.solutions and any(path == own or path.startswith(f"{own}/") for own in with_it):
                return True
        return False


def choose(last):
    stages = tree.stages()
    upto = [stage for stage in stages if stage.number <= last.number]
    needed = {name for stage in upto for name in stage.needs()}
    return Choice(last, upto, [stage for stage in stages if stage.name in needed], stages)


def committed():
    """{path: (content, whether it can be executed)} of all files of the last commit."""
    packed = given.git("archive", "--format=tar", "HEAD")
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        return {member.name: (files.extractfile(member).read(), bool(member.mode & 0o100))
                for member in files.getmembers() if member.isfile()}  # fmt: skip


def need_untouched(choice, files):
    """Ends with a sentence when a stage that is handed out has been worked on: that may be somebody's answer."""
    for stage in choice.stages:
        folder = f"stages/{stage.name}/"
        texts = {path.removeprefix(folder): content.decode(errors="replace")
                 for path, (content, _) in files.items() if path.startswith(folder)}  # fmt: skip
        if not given.Skeleton("HEAD", texts).is_whole():
            tree.die(f"{folder} is not the untouched skeleton in your last commit: it would hand out what somebody has"
                     f" written. make reset-{stage.number} brings the skeleton back; commit that first.", tree.WRONG)  # fmt: skip


def without_lost_links(path, content, files):
    """A text whose links all lead somewhere: of a link to what is not handed out, the words stay."""
    folder = os.path.dirname(path)

    def kept(link):
        target = link[2].partition("#")[0]
        there = os.path.normpath(os.path.join(folder, target))
        found = not target or ":" in target or any(name == there or name.startswith(f"{there}/") for name in files)
        return link[0] if found else link[1]

    return re.sub(r"(?<!!)\[([^\[\]]+)\]\(([^)\s]+)\)", kept, content.decode()).encode()


def note(choice):
    stage = choice.last
    number, folder = stage.number, f"stages/{stage.name}"
    solutions = "".join(f"\n- `solutions/{one.name}`, which your stage is built on or is compared with" for one in choice.solutions)
    return f"""# Stage {number}: {stage.about["title"]}

Your task is in [{folder}/README.md]({folder}/README.md). You write what the TODOs in `{folder}` ask for.
[README.md](README.md) says how to begin; in short:

```console
$ make stage-{number} && ctest -R stage{number}
$ make check-{number}
$ make hint-{number}
```

What is here:

- the stages up to this one, with their tests, their text and their hints{solutions}

What comes after the deadline: the solution of stage {number}, the answers to its exercises, later stages, and all that
shows or needs a solution that is not here. A command that you find in a text, and that needs one, says so.
"""


def write(folder, files):
    for path, (content, executable) in sorted(files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o755 if executable else 0o644)


def commit(folder, message):
    def git(*words):
        # Not in the repository that a hook of git may have started this from.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        run = subprocess.run(["git", *PLAIN, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return run.returncode, (run.stderr.strip() or run.stdout.strip())

    who = () if git("config", "user.email")[0] == 0 else WITHOUT_IDENTITY
    for words in (("init", "-q", "--template=", "-b", "main"), ("add", "--all", "--force"),
                  (*who, "commit", "-q", "-m", message)):  # fmt: skip
        code, said = git(*words)
        if code:
            raise tree.Problem(f"git could not make the repository: {said}")


def hand_out(choice, folder):
    """Makes the repository; nothing is left of one that cannot be finished."""
    files = committed()
    need_untouched(choice, files)
    files = {path: file for path, file in files.items() if choice.has(path)}
    for path in [path for path in files if path.endswith(".md")]:
        files[path] = (without_lost_links(path, files[path][0], files), False)
    files[handed_out.NOTE] = (note(choice).encode(), False)
    try:
        folder.mkdir(parents=True)
        write(folder, files)
        commit(folder, f"Stage {choice.last.number}: {choice.last.about['title']}")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def main():
    if len(sys.argv) != 3:
        tree.die("Name a stage and a new folder: make handout STAGE=03 OUT=../stage-03")
    if handed_out.is_handout(ROOT):
        tree.die("This is a handout already; another one can only be made from the whole workbook.")
    choice, folder = choose(tree.find_stage(sys.argv[1])), Path(sys.argv[2]).expanduser()
    if folder.exists() or folder.is_symlink():
        tree.die(f"{folder} exists already; name a folder that does not.")
    try:
        hand_out(choice, folder)
        changed = given.git("status", "--porcelain", "--untracked-files=no", "--", ".")
    except given.Missing as reason:
        tree.die(f"A handout is made of what is committed, and {reason}.", ENVIRONMENT)
    except OSError as error:
        tree.die(f"{folder} could not be written: {error.strerror}.", ENVIRONMENT)
    solutions = " ".join(f"{stage.number}" for stage in choice.solutions) or "none"
    print(f"{folder} is a repository with one commit: the stages up to {choice.last.number}, and these solutions:"
          f" {solutions}.")  # fmt: skip
    if changed:
        print("What you have changed here and not committed is not in it.")
    print(f"Next: cd {folder} && make check-{choice.last.number}, then push it to where your class can clone it.")
