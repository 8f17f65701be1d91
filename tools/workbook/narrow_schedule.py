"""A schedule as the explorer prints it has a column for each thread; on 80 columns the thread is named instead.

Where a place would be too long, the function is left out: the file and the line say enough.
"""

import re

COLUMNS = 80
HEAD = re.compile(r" +main(?: {2,}\S+(?: \S+)*)+$")  # "main    receiver 1    receiver 2"
STEP = re.compile(r" *(\d+)([! ]) *(\S.*?)(?: {2,}(\S.*))?$")


def narrowed(lines):
    """The lines of a story, in which each step of a schedule says whose it is: "  24! main      yields  ..."."""
    threads, found = {}, []
    for line in lines:
        if HEAD.match(line):
            threads = {name.start(): name[0] for name in re.finditer(r"\S+(?: \S+)*", line)}
            continue
        step = STEP.match(line) if threads else None
        if step and step.start(3) in threads:
            whose, place = f"{step[1]:>6}{step[2]} {threads[step.start(3)]:10} {step[3]:18}", step[4] or ""
            fits = len(whose) + len(place) < COLUMNS
            line = f"{whose} {place if fits else place.partition(' in ')[0]}".rstrip()
        found.append(line)
    return found
