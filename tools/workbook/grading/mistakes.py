"""Names the likely mistake of a submission by its signature in the kill table: a known mistake fails in the same
test, in words that match the same Hint (tests/wrong_answers)."""

import re

from workbook import patch_file

MOST = 3  # mistakes that are named


def known(stage):
    """[(test, Hint, Mistake)] of the wrong answers to a stage."""
    patches = [patch_file.read_patch(path) for path in patch_file.find_patches("wrong_answers", stage)]
    return [(patch.headers["Killed-by"], patch.headers["Hint"], patch.headers["Mistake"]) for patch in patches]


def likely(table, failures):
    """The known mistakes that the first of the failing tests, [(name, story)], looks like; "" if none does.

    Some mistakes fail alike, so there may be several.
    """
    for name, story in failures:
        fitting = {mistake: None for test, hint, mistake in table if test == name and re.search(hint, story)}
        if fitting:
            return "; or: ".join(list(fitting)[:MOST])
    return ""
