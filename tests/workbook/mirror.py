#!/usr/bin/env python3
"""Stage and solution mirror each other.

The same code files on both sides; every difference begins at a TODO block of the stage; the TODO numbers
are unique, in working order and the same in hints.md and in the text; none is left in a solution; a
learner writes at most 80 lines and reads at most 400.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import tree  # noqa: E402

WRITE, READ, BLOCK = 80, 400, 4
FIRST_LINE = re.compile(r"\s*// TODO (\d+\.\d+) \(about (\d+) lines?\): \S")


@dataclass
class Block:
    """A TODO block: its comment lines and the stub below them; the solution has code instead."""

    number: str
    claimed: int  # lines, as "(about 8 lines)" says
    place: str
    comment: list
    begin: int
    end: int  # lines [begin, end) of the skeleton
    contract: list  # the doc comments of its further functions


def blocks_of(name, lines):
    """The TODO blocks of a skeleton's file, and what is wrong with them."""
    blocks, problems = [], []
    at = 0
    while at < len(lines):
        if not re.match(r"\s*// TODO\b", lines[at]):
            if "TODO" in lines[at] or re.search(r"\btodo\(", lines[at]):
                problems.append(f"{name}:{at + 1} has a TODO or a todo() outside a TODO block")
            at += 1
            continue
        first = FIRST_LINE.match(lines[at])
        if not first:
            problems.append(f"{name}:{at + 1} must begin like '// TODO 1.2 (about 8 lines): ...'")
        end = at
        while end < len(lines) and re.match(r"\s*//", lines[end]):
            end += 1
        comment = lines[at:end]
        if len(comment) > BLOCK:
            problems.append(f"{name}:{at + 1} has a TODO block of more than {BLOCK} lines")
        if end < len(lines) and re.match(r"\s*(return )?(workbook::)?todo\(", lines[end]):
            while not lines[end].rstrip().endswith(";"):
                end += 1
            end += 1
        elif first:
            end = end_of_functions(lines, end, first[1])
        if first:
            contract = [line for line in lines[at:end] if line.lstrip().startswith("///")]
            blocks.append(Block(first[1], int(first[2]), f"{name}:{at + 1}", comment, at, end, contract))
        at = end
    return blocks, problems


def end_of_functions(lines, begin, number):
    """A block may stand before functions that are nothing but stubs of it: { todo("2.2"); }

    Each of them may have a doc comment of its own; it belongs to what the solution has, too.
    """
    end = at = begin
    while at < len(lines):
        if f'{{ todo("{number}"' in lines[at]:
            end = at + 1
        elif lines[at].endswith("{") and is_stub(lines[at + 1 : at + 3], number):
            at += 2
            end = at + 1
        elif lines[at].strip() and not lines[at].lstrip().startswith("///"):
            break
        at += 1
    return end


def is_stub(body, number):
    """The two lines below the first one of a function: todo("4.2", server); and }"""
    return len(body) == 2 and body[0].lstrip().startswith(f'todo("{number}"') and body[1].strip() == "}"


def compare(name, skeleton, solution, blocks):
    """Walks both files: between the blocks they must be equal. Returns (problems, lines written)."""
    written = {}
    at = 0  # line of the solution
    previous = 0  # line of the skeleton
    for index, block in enumerate([*blocks, None]):
        begin = block.begin if block else len(skeleton)
        between = skeleton[previous:begin]
        if index == 0:
            start = 0
        elif block is None:
            start = max(at, len(solution) - len(between))
        else:
            start = find(between, solution, behind_contract(blocks[index - 1], solution, at))
        ends = block is not None or start + len(between) == len(solution)
        if start is None or not ends or solution[start : start + len(between)] != between:
            return [difference(name, previous, between, solution[start or at :])], written
        if index:
            code = sum(1 for line in solution[at:start] if line.strip())
            written[blocks[index - 1].number] = code - len(blocks[index - 1].contract)
        at = start + len(between)
        previous = block.end if block else previous
    return [], written


def behind_contract(block, lines, start):
    """Where in the solution the last of the block's doc comments is over; the first line if there is none."""
    for line in block.contract:
        start = (find([line], lines, start) or start - 1) + 1
    return start


def find(part, lines, start):
    for at in range(start, len(lines) - len(part) + 1):
        if lines[at : at + len(part)] == part:
            return at
    return None


def difference(name, offset, part, lines):
    """Says at which line of the skeleton the two sides part outside a TODO block."""
    for at, line in enumerate(part):
        if at >= len(lines) or lines[at] != line:
            return f"{name}:{offset + at + 1} differs from the solution, and no TODO block begins there"
    return f"{name}:{offset + 1} differs from the solution outside the TODO blocks"


def check(stage):
    where = f"stages/{stage.name}"
    names = stage.code_files()
    others = stage.code_files(stage.solution)
    problems = [f"{where}/{name} is only in the stage" for name in names if name not in others]
    problems += [f"solutions/{stage.name}/{name} is only in the solution" for name in others if name not in names]
    problems += [f"solutions/{stage.name}/{path.name} does not belong to a solution"
                 for path in stage.solution.iterdir() if path.name not in others]  # fmt: skip

    suites = {test.split(".")[0] for test in stage.suite()}
    blocks, written, read = [], {}, 0
    for name in [name for name in names if name in others]:
        skeleton = (stage.folder / name).read_text().splitlines()
        solution = (stage.solution / name).read_text().splitlines()
        read += sum(1 for line in skeleton if line.strip())
        for at, line in enumerate(solution, 1):
            if re.search(r"\bTODO\b|\btodo\(", line):
                problems.append(f"solutions/{stage.name}/{name}:{at} still has a TODO")
        found, wrong = blocks_of(f"{where}/{name}", skeleton)
        differs, lines = compare(f"{where}/{name}", skeleton, solution, found)
        problems += wrong + differs
        blocks += found
        written.update(lines)
        numbers = [sort_key(block.number) for block in found]
        if numbers != sorted(numbers):
            problems.append(f"{where}/{name} has its TODOs out of working order")
    problems += check_numbers(stage, blocks, suites) + check_text(stage, blocks)
    return problems + check_sizes(stage, blocks, written, read)


def check_numbers(stage, blocks, suites):
    problems = []
    numbers = [block.number for block in blocks]
    expected = [f"{int(stage.number)}.{i + 1}" for i in range(len(set(numbers)))]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        problems.append(f"TODO {number} stands {numbers.count(number)} times in stages/{stage.name}")
    if sorted(set(numbers), key=sort_key) != expected:
        problems.append(f"the TODOs of stages/{stage.name} are {numbers}, not {expected}")
    hints = stage.todos()
    if [todo.number for todo in hints] != expected:
        problems.append(f"stages/{stage.name}/hints.md lists {[t.number for t in hints]}, not {expected}")
    for todo in hints:
        if list(todo.rungs) != list(tree.RUNGS) or not all(t.strip() for t in todo.rungs.values()):
            problems.append(f"hints.md, TODO {todo.number}: it needs {', '.join(tree.RUNGS)}, in this order")
    for number in [number for number in expected if number not in stage.stubs()]:
        problems.append(f"TODO {number} of stages/{stage.name} has no todo(\"{number}\") stub")
    for block in blocks:
        for suite in re.findall(r"\b([A-Z]\w+)\.(?:\*|[A-Z]\w+)", " ".join(block.comment)):
            if suite not in suites:
                problems.append(f"{block.place} names the tests {suite}.*, which do not exist")
    return problems


def check_text(stage, blocks):
    """The table of TODOs in the text: | 1.1 `parse_request` | `stages/...` | 20 | tests |"""
    own = rf"({int(stage.number)}\.\d+)"
    said = {block.number: (block.place.split(":")[0], block.claimed) for block in blocks}
    problems, tabled = [], set()
    for path in tree.texts(stage.root):
        name, text = path.relative_to(stage.root), tree.read(path)
        rows = re.findall(rf"^\| *{own}\b[^|]*\| *`([^`]+)` *\| *(\d+) *\|", text, re.M)
        for number, file, lines in rows:
            if number in said and said[number] != (file, int(lines)):
                there = "{}, {} lines".format(*said[number])
                problems.append(f"{name} says TODO {number}: {file}, {lines} lines; it is {there}")
        here = {number for number, _, _ in rows}
        mentioned = set(re.findall(rf"\bTODO {own}", text)) | here
        problems += [f"{name} names TODO {n}, which is none" for n in sorted(mentioned - set(said))]
        tabled |= here
    problems += [f"the text has no table row for TODO {n}" for n in sorted(set(said) - tabled)]
    return problems


def check_sizes(stage, blocks, written, read):
    problems = []
    for block in blocks:
        lines = written.get(block.number)
        if lines is not None and abs(lines - block.claimed) > max(4, block.claimed // 2):
            problems.append(f"{block.place} says about {block.claimed} lines; the solution has {lines}")
    total = sum(written.values())
    if total > WRITE:
        problems.append(f"a learner writes {total} lines in stages/{stage.name}; at most {WRITE}")
    if read > READ:
        problems.append(f"a learner reads {read} lines in stages/{stage.name}; at most {READ}")
    return problems


def sort_key(number):
    return tuple(int(part) for part in number.split("."))


def main():
    stages = tree.untouched_stages()
    problems = [problem for stage in stages for problem in check(stage)]
    tree.report("mirror", problems, f"{len(stages)} stages against their solutions")


if __name__ == "__main__":
    main()
