"""Shows the learner's stage next to the solution, without suite, text and hints: tools/workbook diff 01 [1.2]

With a TODO, only what the solution writes there, and what the learner has in its place.
"""

import difflib
import sys

from workbook import given, tree
from workbook.todo_places import lines_of_todo
from workbook.tree import paint

WIDEST = 100  # columns
CONTEXT = 3  # lines around a difference
COLOURS = {"-": "red", "+": "green", "@": "dim"}


def main():
    if len(sys.argv) not in (2, 3):
        tree.die("Usage: tools/workbook diff 01 [1.2]")
    stage = tree.find_stage(sys.argv[1])
    todo = sys.argv[2] if len(sys.argv) == 3 else None
    known = [one.number for one in stage.todos()]
    if todo and todo not in known:
        tree.die(f"Stage {stage.number} has no TODO {todo}; it has: {', '.join(known)}")
    tree.need_solution(stage)
    try:
        lines = [line for name in both_sides(stage) for line in differences(stage, name, todo)]
    except given.Missing as reason:
        tree.die(f"Where TODO {todo} begins and ends is known from the skeleton in git, and {reason}.", tree.ENVIRONMENT)
    print("\n".join(map(shown, lines)) if lines else "identical")


def both_sides(stage):
    return sorted({name for folder in (stage.folder, stage.solution) for name in stage.code_files(folder)})


def differences(stage, name, todo):
    """The lines of a unified diff of one file; of one TODO only the differences in what the solution writes there."""
    mine, theirs = stage.folder / name, stage.solution / name
    for path, other in ((mine, theirs), (theirs, mine)):
        if not other.exists():
            return [f"Only in {path.relative_to(tree.ROOT)}"] if not todo else []
    places = lines_of_todo(stage, name, todo) if todo else None
    if todo and not places:
        return []
    own, solution = tree.read_source(mine).splitlines(), tree.read_source(theirs).splitlines()
    found = [f"--- {mine.relative_to(tree.ROOT)}", f"+++ {theirs.relative_to(tree.ROOT)}"]
    matcher = difflib.SequenceMatcher(None, own, solution, autojunk=False)
    groups = matcher.get_grouped_opcodes(CONTEXT) if places is None else alone(matcher.get_opcodes(), places)
    for group in groups:
        found += hunk(group, own, solution)
    return found if len(found) > 2 else []


def alone(codes, places):
    """Each difference that lies in one of these ranges of the solution's lines, with the equal lines around it."""
    for before, code, after in zip([None, *codes], codes, [*codes[1:], None]):
        if code[0] != "equal" and any(touches(code, *lines) for lines in places):
            yield [*equal_lines(before, -CONTEXT), code, *equal_lines(after, CONTEXT)]


def touches(code, first, last):
    """Whether they have lines in common; what the learner alone has touches the edge, too."""
    _, _, _, begin, end = code
    return first <= begin <= last if begin == end else begin < last and end > first


def equal_lines(code, most):
    """So many lines of a part in which both are equal: the first ones, or with a minus the last ones."""
    if code is None:
        return []
    kind, begin, end, other_begin, other_end = code
    lines = min(abs(most), end - begin)
    if most < 0:
        return [(kind, end - lines, end, other_end - lines, other_end)]
    return [(kind, begin, begin + lines, other_begin, other_begin + lines)]


def hunk(group, own, solution):
    first, last = group[0], group[-1]
    lines = [f"@@ -{place(first[1], last[2])} +{place(first[3], last[4])} @@"]
    for kind, begin, end, other_begin, other_end in group:
        if kind == "equal":
            lines += [f" {line}" for line in own[begin:end]]
        else:
            lines += [f"-{line}" for line in own[begin:end]] + [f"+{line}" for line in solution[other_begin:other_end]]
    return lines


def place(begin, end):
    """As diff -u counts: the first line and how many; of none, the line before."""
    return f"{begin + 1 if end > begin else begin},{end - begin}"


def shown(line):
    """A line as wide as it may be; what is longer goes on below, behind the same sign."""
    parts = []
    while len(line) > WIDEST:
        blank = line.rfind(" ", WIDEST // 2, WIDEST)
        cut = blank if blank > 0 else WIDEST
        parts.append(line[:cut])
        line = f"{line[0]}    {line[cut:].lstrip()}"
    whole = "\n".join([*parts, line])
    return paint(COLOURS[whole[0]], whole) if whole[:1] in COLOURS else whole
