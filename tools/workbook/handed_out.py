"""What a handout (handout.py) says of what it lacks: later stages, and solutions whose deadline is not over."""

NOTE = "HANDOUT.md"  # lies in the root of a handout and nowhere else


def is_handout(root):
    return (root / NOTE).exists()


def later(what):
    return f"{what} comes after the deadline: {NOTE} says what is here."
