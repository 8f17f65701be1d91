"""Shows what the scenes of a stage print: who did which job when, or tables that compare.

    tools/workbook scene timelines NN [--side stage]   the same jobs, in several ways, as timelines
    tools/workbook scene tables NN [--side stage]      what the stage compares

Which programs they are stands in the stage's stage.json.
"""

import argparse
import json
import string
import subprocess
import sys
from pathlib import Path

from workbook import plot, test_runs, timeline, tree
from workbook.canvas import need_folder
from workbook.prose import wrapped
from workbook.timeline import COLUMNS, Row, Segment, Timeline
from workbook.tree import Problem

OUT = {"timelines": Path("build/demo"), "tables": Path("build/compare")}
COMMAND = {"timelines": "demo", "tables": "compare"}  # what a person types: make demo-05


def play(program):
    """What a scene prints; a Problem when it can't be played."""
    try:
        run = subprocess.run([program], capture_output=True, text=True, check=False)
    except OSError as error:
        raise Problem(f"cannot run {program}: {error.strerror}.") from error
    if run.returncode != 0:
        last_words = (run.stderr.strip().splitlines() or ["no word"])[-1].strip()
        raise Problem(f"{program.name} ended with code {run.returncode}: {last_words}")
    try:
        return json.loads(run.stdout)
    except ValueError:
        raise Problem(f"{program.name} does not print what it has to show.") from None


def letters(jobs):
    """{(owner, place): its letter}, in the order of the lists; for more jobs than letters the alphabet repeats."""
    order = sorted({(job["owner"], job["place"]) for job in jobs})
    return {job: string.ascii_lowercase[number % 26] for number, job in enumerate(order)}


def timeline_of(run, workers, length=0):
    """A row for each worker; a stolen job has a capital letter, and the colour of the worker whose it was."""
    names = letters(run["jobs"])
    rows = []
    for worker in range(workers):
        mine = sorted((job for job in run["jobs"] if job["worker"] == worker), key=lambda job: job["begin"])
        segments = [segment_of(job, names) for job in mine]
        stolen = sum(segment.kind == "stolen" for segment in segments)
        said = f"{sum(s.end - s.begin for s in segments):.2f} s of work, {stolen} stolen"
        rows.append(Row(f"worker {worker + 1}", segments, said))
    return Timeline(run["name"], rows, length)


def segment_of(job, names):
    stolen = job["worker"] != job["owner"]
    name = names[job["owner"], job["place"]]
    return Segment("stolen" if stolen else "own", job["begin"], job["end"], job["owner"] + 1,
                   name.upper() if stolen else name)  # fmt: skip


def end(run):
    return max((job["end"] for job in run["jobs"]), default=0)


def steals(run):
    return sum(job["worker"] != job["owner"] for job in run["jobs"])


def conclusion(runs):
    """How long each took, and with how many steals."""
    told = [f"{run['name']}: {end(run):.2f} s" + (f", {steals(run)} stolen" if steals(run) else "") for run in runs]
    return "The last job ended with " + "; ".join(told) + "."


def show_timelines(played, out):
    runs = played["runs"]
    longest = max(map(end, runs))
    pictures = []
    for run in runs:
        picture = timeline_of(run, played["workers"], longest)
        print(f"\n{timeline.to_text(picture)}", end="")
        pictures.append(out / f"{run['name'].replace(',', '').replace(' ', '_')}.svg")
        timeline.draw(picture).write(pictures[-1])
    print(f"\n{wrapped(conclusion(runs))}\n\nPictures:" + "".join(f"\n  {path}" for path in pictures))


def table(shown):
    """At most 80 columns wide; the first column is a name, the others are numbers."""
    columns, rows = shown["columns"], shown["rows"]
    first = max(len(row[0]) for row in rows) + 2
    width = min(12, (COLUMNS - first) // max(len(columns) - 1, 1))
    lines = [f"{row[0]:{first}}" + "".join(f"{cell:>{width}}" for cell in row[1:]) for row in [columns, *rows]]
    return "\n".join(lines)


def bars_of(shown, unit):
    """A bar as long as each p99, and a line from the median to the highest; None for a table without them."""
    if not {"p50", "p99", "max"} <= set(shown["columns"]):
        return None
    title, _, rest = shown["title"].partition(", ")
    canvas = plot.picture(title, f"{rest}; p99 {unit}, line from p50 to max")
    cells = [dict(zip(shown["columns"], row, strict=True)) for row in shown["rows"]]
    rows = [(row[""], tuple(float(row[name]) for name in ("p50", "p99", "max")), number)
            for number, row in enumerate(cells)]  # fmt: skip
    plot.bars(canvas, rows, 1)
    return canvas


def show_tables(played, out):
    said = [f"{wrapped(shown['title'])}\n\n{table(shown)}" for shown in played["tables"]]
    print(f"All times {played['unit']}.\n\n" + "\n\n".join(said))
    path = out / "tables.json"
    path.write_text(json.dumps(played["tables"], indent=1) + "\n", encoding="utf-8")
    print(f"\nThe numbers: {path}")
    drawn = {number: bars_of(shown, played["unit"]) for number, shown in enumerate(played["tables"], 1)}
    for number, canvas in drawn.items():
        if canvas:
            canvas.write(out / f"table_{number}.svg")
            print(f"Table {number} as a picture: {out / f'table_{number}.svg'}")


def show(what, side, stage):
    """Plays the scene of a stage, and shows it; a sentence on stderr and an exit code if that is not possible."""
    name = f"{side}{stage.number}_{stage.about['scenes'][what]}"
    program = test_runs.released(name) / name
    try:
        need_folder(OUT[what])
        (show_timelines if what == "timelines" else show_tables)(play(program), OUT[what])
    except Problem as problem:
        print(f"\n{wrapped(str(problem))}", file=sys.stderr)
        if side == "stage":
            print(f"Next: make check-{stage.number}", file=sys.stderr)
        sys.exit(tree.WRONG)
    again = f"make {COMMAND[what]}-{stage.number}"
    print(f"Next: compare with the solution: {again}" if side == "stage" else f"Next: try your own: {again} MINE=1")


def main():
    parser = argparse.ArgumentParser(description="Shows what the scenes of a stage print.")
    parser.add_argument("what", choices=list(OUT))
    parser.add_argument("number", metavar="NN")
    parser.add_argument("--side", choices=("stage", "solution"), default="solution")
    options = parser.parse_args()
    stage = tree.find_stage(options.number)
    if options.what not in stage.about.get("scenes", {}):
        has = [f"make {COMMAND[options.what]}-{one.number}" for one in tree.stages()
               if options.what in one.about.get("scenes", {})]  # fmt: skip
        tree.die(f"Stage {stage.number} has nothing of its own to {COMMAND[options.what]}; try {', '.join(has)}.")
    show(options.what, options.side, stage)
