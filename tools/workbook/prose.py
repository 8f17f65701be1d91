"""Text on a terminal of 80 columns."""

import re
import textwrap

from workbook.narrow_schedule import COLUMNS, narrowed


def folded(text):
    """What a program says, at most 80 columns wide: a longer line goes on below; what is indented, or is no prose,
    further in. A command ("$ ...") has a backslash where it goes on, so it can still be copied."""
    lines = text.split("\n")
    if max(map(len, lines)) > COLUMNS:
        lines = narrowed(lines)
    return "\n".join(map(folded_line, lines))


def folded_line(line):
    if len(line) <= COLUMNS:
        return line
    own = line[: len(line) - len(line.lstrip())]
    command = line.startswith("$ ") or (own and line.lstrip().startswith("make "))
    further = own if line[0].isalpha() else own + "    "
    parts = textwrap.wrap(line.strip(), COLUMNS - 2 * bool(command), initial_indent=own, subsequent_indent=further,
                          break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return (" \\\n" if command else "\n").join(parts)


def wrapped(text):
    """Markdown, at most 80 columns wide; code (indented, or between ```) and tables stay as they are."""
    parts = re.split(r"(```.*?```)", text, flags=re.S)
    return "".join(part if part.startswith("```") else wrapped_prose(part) for part in parts)


def wrapped_prose(text):
    items = []  # paragraphs, points of a list, rows of a table, and between them ""
    for line in text.split("\n"):
        begins = re.match(r"[-*] |\d+\. |\|", line) or not line.strip()
        if begins or not items or not items[-1] or items[-1].startswith("|"):
            items.append(line)
        else:
            items[-1] += " " + line.strip()
    return "\n".join(item if item.startswith("|") else filled(item) for item in items)


def filled(item):
    indent = re.match(r"[-*] |\d+\. |( {4})?", item)
    if indent[1]:
        return item
    return textwrap.fill(item, COLUMNS, subsequent_indent=" " * len(indent[0]))
