"""Shows an exercise of the text and its answer: tools/workbook answer E3.4"""

import re
import sys

from workbook import book, handed_out, tree
from workbook.prose import wrapped


def main():
    if len(sys.argv) != 2:
        tree.die("Name one exercise of the text: make answer E=3.4, or Q=3.4 for a question.")
    asked = sys.argv[1]
    number = re.fullmatch(r"([EQ])(\d+)\.(\d+)", asked)
    chapters = book.chapters()
    chapter = next((chapter for chapter in chapters if number and chapter.number == int(number[2])), None)
    key = (number[1], int(number[3])) if chapter else None
    exercise = chapter.exercises().get(key) if chapter else None
    if exercise is None:
        ranges = [words for known in ([chapter] if chapter else chapters) for words in first_to_last(known)]
        tree.die(f"There is no exercise {asked}; there are: {', '.join(ranges)}")
    answer = chapter.answered().get(key)
    if answer is None and handed_out.is_handout(tree.ROOT):
        tree.die(handed_out.later(f"The answer to {asked}"))
    if answer is None:
        place = chapter.answers.relative_to(tree.ROOT)
        tree.die(f"The answer to {asked} is missing; it should be in {place}.", tree.ENVIRONMENT)
    print(wrapped(exercise), wrapped(answer), sep="\n\n")


def first_to_last(chapter):
    """["E3.1 to E3.9", "Q3.1 to Q3.12"]"""
    exercises = chapter.exercises()
    for kind in "EQ":
        places = [place for this, place in exercises if this == kind]
        if places:
            yield f"{kind}{chapter.number}.{min(places)} to {kind}{chapter.number}.{max(places)}"
