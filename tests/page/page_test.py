#!/usr/bin/env python3
"""The pages of `make compare` and of a stage's comparison, in a real browser: all of each is visible, and nothing is
wrong with it.

Comparisons with few requests are made as a person makes them. Then the test is tested: pages that are
broken on purpose must not pass. Skipped where Chromium and its driver cannot be installed.
"""

import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]
from workbook import compare_page, tree  # noqa: E402
from webdriver import Browser  # noqa: E402

PROJECTORS = [(1920, 1080), (1600, 900), (1280, 720)]
COMPARE = [sys.executable, "tools/workbook", "compare"]
LOOK = (HERE / "look.js").read_text()
# The whole window shows one timeline after a click on it.
ALONE = """const figure = document.querySelector(':target'), box = figure?.getBoundingClientRect();
return box?.width === innerWidth && box.height === innerHeight
  && figure.querySelector('svg').getBoundingClientRect().width === innerWidth;"""

# what to replace in a sound page, with what, what the test must say
BREAKS = [
    ("</main>", '</main><div style="width:2000px">.</div>', "wider than the window"),
    ("</main>", '</main><div style="height:300px"></div>', "higher than the window"),
    ("</main>", "</main><script>throw new Error('oops')</script>", "oops"),
    ("</main>", "</main><script>console.error('alas')</script>", "alas"),
    ("</main>", '</main><img src="solution01_server.svg" alt="">', "it asks for solution01"),
    ("</style>", "h1 { background: url(http://127.0.0.1:9/a.png) }</style>", "it asks for http"),
    ('data-plot="p90_ms"', "", "the plot p90_ms is missing"),
    ('data-plot="head_of_line"', "", "in the plot head_of_line is missing"),
    ("</style>", "[data-server=naive] { display: none }</style>", "naive in the plot throughput is not visible"),
    ("</style>", "#timeline2 { display: none }</style>", "timeline of naive is not visible"),
    ("</style>", ".measured text { font-size: 24px !important }</style>", "overlap"),
    ("</style>", ".measured text { font-size: 24px !important }</style>", "leaves its svg"),
    ("</style>", ".value { transform: translateX(-60px) }</style>", "lies on a bar or a whisker"),
    ("</style>", "li { font-size: 8px }</style>", "is too small"),
    ("</style>", "li { white-space: nowrap }</style>", "leaves its section"),
    ("</style>", ".server2 rect { width: 3px }</style>", "a wrong length"),
    ("</style>", "figure { position: static !important }</style>", "alone does not fill the window"),
    ("6/6", "5/6", "the head-of-line table shows"),
    ("<li>Threads: ", "<li>Threads are ", "it does not say: Threads: "),
]


def compare(folder, *options):
    """Makes a comparison. Returns its data and the pictures."""
    command = [*COMPARE, "--out", folder, *options, "--repetitions", "2"]
    run = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        tree.die(f"compare ends with code {run.returncode}: {run.stderr}", tree.WRONG)
    wide = [line for line in run.stdout.splitlines() if len(line) > 80 and not line.startswith("Next: ")]
    if wide:
        tree.die(f"compare prints lines that are too wide: {wide}", tree.WRONG)
    data = json.loads((folder / "comparison.json").read_text())
    return data, [path.read_text() for path in sorted(folder.glob("*_server.svg"))]


def check_failures(folder):
    """Servers without any success have no times, in a single run; tables that cannot be written."""
    command = [*COMPARE, "--path", "/nothing", "--clients", "1", "--requests", "1", "--repetitions", "1",
               "--out", folder]  # fmt: skip
    run = subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)
    problems = []
    for words in ("\np99 ms                               -  ", "Each server ran once"):
        if words not in run.stdout:
            problems.append(f"one run without a success does not say '{words}': {run.stdout}{run.stderr}")
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, cwd=tree.ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode != 1 or "No space left on device" not in run.stderr or "Traceback" in run.stderr:
        problems.append(f"compare cannot write, and ends with {run.returncode}: {run.stderr}")
    return problems


def extreme(data):
    """Other data of the same form: long numbers, a server without any success, and failures in words."""
    data = copy.deepcopy(data)
    for part in data["parts"]:
        for row in part["rows"]:
            for quantity in part["quantities"]:
                if row[quantity] is None:
                    continue
                whole = quantity in ("throughput", "peak_threads", "context_switches")
                median, most = (1234567.89, 1234567.89) if whole else (9999.94, 10000)
                row[quantity].update(least=0, median=median, most=most)
        first = part["rows"][0]
        first["throughput"].update(least=0, median=0, most=0)
        for quantity in part["quantities"]:
            if quantity.endswith("_ms") or quantity in ("cpu_us", "calls"):
                first[quantity] = None
        failures = [f"{row['server']}: not all of 1500000 requests were ok: 123456 timed out, 12345 reset, 1 truncated."
                    " Its other numbers are about the rest." for row in part["rows"]]  # fmt: skip
        part["conclusions"][:0] = failures
    if data["head_of_line"]:
        data["head_of_line"][1]["answered"] = 3
    return data


def with_another(data, pictures):
    """The same of one server more."""
    data = copy.deepcopy(data)
    (part,) = data["parts"]
    first = part["rows"][0]["server"]
    part["rows"].append({**part["rows"][0], "server": "another"})
    data["head_of_line"] += [{**count, "server": "another"} for count in data["head_of_line"] if count["server"] == first]
    return data, [*pictures, pictures[0]]


def look(browser, path, data):
    """Opens the page and a timeline of it, if it has some. Returns what is wrong."""
    browser.open(path.as_uri())
    problems = browser.run(LOOK, data)
    if data["head_of_line"]:
        browser.open(path.as_uri() + "#timeline1")
        if not browser.run(ALONE):
            problems.append("a timeline alone does not fill the window")
    return browser.console() + problems


def check_breaks(browser, folder, sound, data):
    problems = []
    for old, new, words in BREAKS:
        path = folder / "broken.html"
        path.write_text(sound.replace(old, new, 1), encoding="utf-8")
        said = look(browser, path, data)
        if not any(words in problem for problem in said):
            problems.append(f"the test overlooks {old!r} -> {new!r}; it says {said}")
    return problems


def main():
    if subprocess.run(["tools/setup.sh", "browser"], cwd=tree.ROOT, check=False).returncode != 0:
        print("skipped: chromium and chromedriver are not installed")
        sys.exit(tree.SKIPPED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, pictures = compare(folder, "--clients", "5", "--requests", "10")
        stage = next(stage for stage in tree.stages() if stage.server.get("rivals"))
        rivals, _ = compare(folder / "rivals", "--stage", stage.number, "--seconds", "1", "--requests", "10")
        hard_rivals = folder / "extreme_rivals.html"
        hard_rivals.write_text(compare_page.page(extreme(rivals), ()), encoding="utf-8")
        hard = folder / "extreme.html"
        hard.write_text(compare_page.page(extreme(data), pictures), encoding="utf-8")
        more = folder / "more.html"
        data_of_more, pictures_of_more = with_another(data, pictures)
        more.write_text(compare_page.page(data_of_more, pictures_of_more), encoding="utf-8")
        pages = [("", folder / "index.html", data), (" with extreme data", hard, extreme(data)),
                 (" with another server", more, data_of_more),
                 (" of rivals", folder / "rivals" / "index.html", rivals),
                 (" of rivals, with extreme data", hard_rivals, extreme(rivals))]  # fmt: skip
        problems = check_failures(folder / "failures")
        with Browser(folder / "profile") as browser:
            for size in PROJECTORS:
                browser.resize(*size)
                for kind, path, shown in pages:
                    problems += [f"{size[0]}x{size[1]}{kind}: {said}" for said in look(browser, path, shown)]
            if not problems:  # a broken page tells nothing when the sound one fails
                sound = (folder / "index.html").read_text(encoding="utf-8")
                problems = check_breaks(browser, folder, sound, data)
    tree.report("page", problems, f"{len(pages)} pages in {len(PROJECTORS)} windows and {len(BREAKS)} broken ones")


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        tree.die(f"page: the browser does not work: {error}", tree.WRONG)
