"""Names the likely mistake of a submission by its signature in the kill table: a known mistake fails in the same
test, in words that match the same Hint (tests/wrong_answers)."""

import re

from workbook import patch_file


def known(stage):
    """[(test, Hint, Mistake)] of the wrong answers to a stage."""
    patches = [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", stage)]
    return [(patch.headers["Killed-by"], patch.headers["Hint"], patch.headers["Mistake"]) for patch in patches]


def likely(table, failures):
    """The known mistake that most of the failing tests, [(name, story)], look like; "" if none does.

    Of those with the same number, the one with the more particular Hint.
    """
    counts = {}
    for name, story in failures:
        for test, hint, mistake in table:
            if test == name and re.search(hint, story):
                count, length = counts.get(mistake, (0, 0))
                counts[mistake] = (count + 1, max(length, len(hint)))
    return max(counts, key=counts.get) if counts else ""
