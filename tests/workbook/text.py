#!/usr/bin/env python3
"""The text matches the tree: commands, test names, paths, links and C++ snippets; exercises have answers.

Commands are the lines that begin with `$ ` in ```console blocks, and `make ...` in backticks.
A ```cpp block whose first line is `// from lib/net/unique_fd.hpp` must stand in that file.
"""

import functools
import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import book, tree  # noqa: E402

TOP = ("lib", "stages", "solutions", "tests", "tools", "cmake", "diagrams", "experiments")
MOST_WORDS = 5500  # of a text: what one sitting of reading beside the code bears
PLACEHOLDER = re.compile(r"NN|N\.M|\.\.\.|…|<|\{")


class Text:
    """One Markdown file, taken apart."""

    def __init__(self, path, root):
        self.name = str(path.relative_to(root))
        self.folder = path.parent
        self.root = root
        self.blocks = []  # (language, lines)
        prose = []
        block = None
        for line in path.read_text().splitlines():
            if fence := re.match(r"\s*```(\w*)", line):
                if block is None:
                    block = (fence[1], [])
                else:
                    self.blocks.append(block)
                    block = None
            elif block is not None:
                block[1].append(line)
            else:
                prose.append(line)
        self.prose = "\n".join(prose)

    def code(self):
        return re.findall(r"`([^`\n]+)`", self.prose)

    def links(self):
        """Where it leads: [this](there), <img src="there">, and [that] with a line `[that]: there`."""
        link = r"\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"|^\[[^\]]+\]: *(\S+)"
        return ["".join(found) for found in re.findall(link, self.prose, re.M)]

    def commands(self):
        for language, lines in self.blocks:
            if language in ("console", "sh", "bash"):
                for line in lines:
                    if line.lstrip().startswith("$ "):
                        yield from parts(line.lstrip()[2:])
        for code in self.code():
            if code.startswith(("make ", "ctest ")):
                yield from parts(code)


def parts(line):
    """The single commands of a shell line."""
    for part in re.split(r"&&|\|\||[;|&]", re.sub(r"\s#.*", "", line)):
        if part.strip():
            yield part.strip()


def check_command(command, root):
    if PLACEHOLDER.search(command):
        return []
    try:
        words = shlex.split(command)
    except ValueError:
        return [f"`{command}` is no shell command"]
    while words and re.match(r"\w+=|sudo$|time$", words[0]):
        words.pop(0)
    if not words:
        return []
    if words[0] == "make":
        targets = [word for word in words[1:] if "=" not in word and not word.startswith("-")]
        return [f"`{command}`: {sentence}" for t in targets if (sentence := make_knows(t, root))]
    if words[0] == "ctest":
        return check_ctest(command, words, root)
    program = re.match(r"(?:\./)?build/\w+/bin/(?:(?:stage|solution)(\d\d)_)?", words[0])
    if program:
        number = program[1]
        if number and not any(s.number == number for s in tree.stages(root)):
            return [f"`{command}`: there is no stage {number}"]
        words.pop(0)
    paths = [word.removeprefix("./") for word in words]
    return [f"`{command}`: {p} does not exist" for p in paths if in_tree(p) and not exists(p, root)]


@functools.cache
def make_knows(target, root):
    """Empty when `make target` can start, else why not."""
    number = re.search(r"-(\d+)\b", target)
    if number and not any(stage.number == number[1] for stage in tree.stages(root)):
        return f"there is no stage {number[1]}"
    run = subprocess.run(
        ["make", "--dry-run", target], cwd=root, capture_output=True, text=True, check=False
    )
    return "" if run.returncode == 0 else run.stderr.strip().splitlines()[-1]


def check_ctest(command, words, root):
    if "-R" not in words[:-1]:
        return []
    pattern = words[words.index("-R") + 1]
    for stage in tree.stages(root):
        for test in stage.suite():
            names = [f"{side}{stage.number}.{test}" for side in ("stage", "solution", "mine")]
            if any(re.search(pattern, name) for name in names):
                return []
    return [f"`{command}` selects no test"]


def in_tree(word):
    return word.split("/")[0] in TOP and "/" in word


def exists(word, root):
    word = word.rstrip("/.,:")
    if re.search(r":\d+$", word):
        word = word.rsplit(":", 1)[0]
    return any(root.glob(word)) if "*" in word or "?" in word else (root / word).exists()


def check_code(code, root, suites):
    """A path or a test name in backticks."""
    if PLACEHOLDER.search(code) or " " in code:
        return []
    if in_tree(code) and not exists(code, root):
        return [f"`{code}` does not exist"]
    test = re.fullmatch(r"(?:(?:stage|solution)(\d\d)\.)?([A-Z]\w+)\.(\*|[A-Z]\w+)", code)
    if test and not any(matches(test, name, number) for number, name in suites):
        return [f"`{code}` is no test"]
    return []


def matches(test, name, number):
    suite, case = name.split(".")
    return test[1] in (None, number) and test[2] == suite and test[3] in ("*", case)


def check_link(link, text):
    if re.match(r"\w+:", link):
        return []
    path, _, anchor = link.partition("#")
    target = text.folder / path if path else text.root / text.name
    if not target.exists():
        return [f"the link to {link} leads nowhere"]
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return [f"the link to {link} leads to no heading"]
    return []


@functools.cache
def anchors(path):
    """The anchors of a Markdown file, as GitHub makes them from its headings."""
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*)", path.read_text(), re.M):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(words.replace(" ", "-"))
    found |= set(re.findall(r'<a (?:id|name)="([^"]+)"', path.read_text()))
    return found


def check_snippet(lines, root):
    first = re.match(r"\s*// from (\S+)", lines[0]) if lines else None
    if not first:
        return []
    path = root / first[1]
    if not path.is_file():
        return [f"a snippet is from {first[1]}, which does not exist"]
    source = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    at = 0
    for part in split_at_gaps(lines[1:]):
        at = next((i for i in range(at, len(source)) if source[i : i + len(part)] == part), None)
        if at is None:
            return [f"the snippet from {first[1]} is not in it, from '{part[0]}' on"]
        at += len(part)
    return []


def split_at_gaps(lines):
    """`// ...` in a snippet stands for lines that are left out."""
    found = [[]]
    for line in (line.strip() for line in lines if line.strip()):
        if line in ("// ...", "// …"):
            found.append([])
        else:
            found[-1].append(line)
    return [part for part in found if part]


def texts(root):
    """Every text: that of the workbook, and what else is written for readers."""
    return sorted(path for pattern in ("*.md", "diagrams/*.md", "experiments/*.md", "stages/*/*.md")
                  for path in root.glob(pattern) if path.name != "notes.md")  # fmt: skip


def check(path, root):
    text = Text(path, root)
    suites = [(stage.number, name) for stage in tree.stages(root) for name in stage.suite()]
    suites += [("", name) for file in (root / "tests").rglob("*_test.cpp")
               for name in tree.parse_suite(file.read_text())]  # fmt: skip
    problems = []
    for command in text.commands():
        problems += check_command(command, root)
    for code in text.code():
        problems += check_code(code, root, suites)
    for link in text.links():
        problems += check_link(link, text)
    for language, lines in text.blocks:
        if language == "cpp":
            problems += check_snippet(lines, root)
    return [f"{text.name}: {problem}" for problem in problems]


def check_exercises(chapter):
    """They are numbered in the order of the text, and each has its answer, in that order, in another file."""
    asked, answered = list(chapter.exercises()), list(chapter.answered())
    problems = []
    for kind in "EQ":
        numbers = [number for this, number in asked if this == kind]
        expected = list(range(1, len(numbers) + 1))
        if numbers != expected:
            problems.append(f"{chapter.title}: its {kind} are numbered {numbers}, not {expected}")
    names = {key: f"{key[0]}{chapter.number}.{key[1]}" for key in asked + answered}
    problems += [f"{names[key]} has no answer" for key in asked if key not in answered]
    problems += [f"{names[key]} is answered and not asked" for key in answered if key not in asked]
    if answered != sorted(answered):
        problems.append(f"{chapter.title}: the answers stand in another order than their numbers")
    problems += [f"{path.name} of {chapter.title} unfolds an answer under its question"
                 for path in chapter.texts if "<details>" in tree.read(path)]  # fmt: skip
    words = [len(tree.read(path).split()) for path in chapter.texts]
    problems += [f"{path.name} of {chapter.title} has {count} words; it may have {MOST_WORDS}"
                 for path, count in zip(chapter.texts, words) if count > MOST_WORDS]  # fmt: skip
    return problems


def check_minutes(stage):
    """The sections of its text take as long together as its stage.json says."""
    path = stage.folder / "README.md"
    minutes = [int(number) for number in re.findall(r"^\*(\d+) minutes\*$", tree.read(path), re.M)] if path.exists() else []
    said = stage.about["minutes"]
    return [f"the sections of stage {stage.number} take {sum(minutes)} minutes; stage.json says {said}"] if sum(minutes) != said else []


def check_all(root):
    """Every text; and a reader finds that of each stage."""
    problems = [problem for path in texts(root) for problem in check(path, root)]
    problems += [problem for stage in tree.stages(root) for problem in check_minutes(stage)]
    problems += [problem for chapter in book.chapters(root) for problem in check_exercises(chapter)]
    links = {link.partition("#")[0] for path in root.glob("*.md") for link in Text(path, root).links()}
    names = sorted(str(path.relative_to(root)) for path in root.glob("stages/*/README.md"))
    return problems + [f"no link in the root leads to {name}" for name in names if name not in links]


def main():
    paths, problems = texts(tree.ROOT), check_all(tree.ROOT)
    tree.report("text", problems, f"{len(paths)} texts")


if __name__ == "__main__":
    main()
