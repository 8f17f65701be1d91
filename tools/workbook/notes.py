"""Makes notes.md, a file for predictions and numbers that git ignores, or says where it is."""

import re

from workbook import book, tree

NOTES = tree.ROOT / "notes.md"
HEAD = """# My notes

Your predictions and your numbers: git ignores this file, and no command changes it. Write a prediction down
before you run anything.
"""


def main():
    if NOTES.exists():
        print("Your notes are in notes.md. They stay as they are; for a fresh file, move this one away first.")
        return
    texts = [tree.read(path) for chapter in book.chapters() for path in chapter.texts]
    NOTES.write_text(HEAD + "".join(predictions(text) for text in texts), encoding="utf-8")
    print("notes.md is ready: it has what the text asks you to predict. git ignores it.")


def predictions(text):
    """The sections of a text that are called "Predict", each under the heading that it belongs to."""
    title = re.search(r"^# (.*)", text, re.M)
    found, above = [], ""
    for heading, body in re.findall(r"^(#{2,5} .*)\n((?:(?!#{1,5} ).*\n?)*)", text, re.M):
        if re.fullmatch(r"#+ Predict", heading):
            found.append(f"\n### {above}\n\n{body.strip()}\n")
        elif heading.startswith(("## ", "### ")):
            above = heading.lstrip("# ")
    return f"\n## {title[1]}\n" + "".join(found) if title and found else ""
