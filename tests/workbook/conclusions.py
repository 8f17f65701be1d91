#!/usr/bin/env python3
"""What make compare concludes: it follows from the numbers, and these checks notice when it does not."""

import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from workbook import compare, conclusions, tree  # noqa: E402

P99 = "99 % of the requests took at most"
ONCE = "Each server ran once: the differences may be chance. Repeat it."

# Mistakes in conclusions.py that these checks must notice: what to replace, with what.
MISTAKES = [
    ("!= wanted", "== ''"),  # compares rows of whatever treatment
    ("{run['plan']}, {times}", "{times}"),  # does not look at the load
    ("treatment(run, len(of_one))", "treatment(run, len(servers[first['server']]))"),  # nor at the repetitions
    ('one["least"] <= other["most"] and other["least"] <= one["most"]', 'one["median"] == other["median"]'),
    ('if rows[0]["repetitions"] < 2', "if not rows"),  # one run is enough
    ("sorted(known, key=lambda row: -row[quantity][\"median\"])", "known"),  # prints the ranking that was expected
    ("if failed:", "if failed == ['all']:"),  # failures are not told
    ("if overlap(first[quantity]", "if overlap(others[max(others.index(row) - 1, 0)][quantity]"),  # the one before
    ('if "latency_ns" in run', "if True"),  # takes times that do not exist for granted
    ("(len(ranked) - 1) // 2", "len(ranked) // 2"),  # the upper one of two
    ("zip(mine, theirs)", "zip(mine, reversed(theirs))"),  # pairs of different rounds
    ("if len(pairs) < 2", "if not pairs"),  # one round is enough for a ratio
]  # fmt: skip


def run_of(server, throughput=1000, p99=None, **others):
    """A run of 100 requests that were all ok, as the load generator reports it and compare.py adds to it."""
    run = {"server": server, "plan": "10 clients x 10 requests of /fast", "throughput": throughput, "outcomes": {"ok": 100, "http error": 0, "timed out": 0},
           "peak_threads": 1, "peak_rss_mib": 4, "context_switches": 200}  # fmt: skip
    if p99:
        run["latency_ns"] = {"p50": p99, "p90": p99, "p99": p99, "max": p99}
    return {**run, **others}


def unanswered(server):
    return run_of(server, outcomes={"ok": 0, "http error": 0, "timed out": 100})


def about(module, runs, what):
    """The conclusion that begins with `what`."""
    said = module.of_rows(module.compare(runs))
    return next((sentence for sentence in said if sentence.startswith(what)), "nothing is said about it")


def alternating(**throughputs):
    """The runs of several servers, in turns."""
    return [run_of(server, value) for values in zip(*throughputs.values())
            for server, value in zip(throughputs, values)]  # fmt: skip


THROUGHPUTS = [
    # A conclusion that does not change when the ranking changes is a literal, no result.
    ({"A": (1000, 1100), "B": (400, 500)}, "A (1000 requests/s), more than B (400 requests/s)"),
    ({"A": (400, 500), "B": (1000, 1100)}, "B (1000 requests/s), more than A (400 requests/s)"),
    ({"A": (50, 50), "B": (7.5, 7.5)}, "A (50 requests/s), more than B (7.5 requests/s)"),
    # Two runs differ always: servers whose spreads overlap have not been told apart.
    ({"A": (1100, 900), "B": (950, 800)}, "A (900 requests/s), about the same as B (800 requests/s)"),
    # To be about the same is not handed on: each is compared with the first.
    ({"A": (4000, 6000), "B": (1500, 4500), "C": (1000, 2000)},
     "A (4000 requests/s), about the same as B (1500 requests/s), more than C (1000 requests/s)"),
    ({"A": (4000, 6000), "B": (1500, 2500), "C": (1000, 2000)},
     "A (4000 requests/s), more than B (1500 requests/s) and C (1000 requests/s); B, about the same as C"),
    ({"A": (4000, 6000), "B": (2500, 3000), "C": (1000, 2000)},
     "A (4000 requests/s), more than B (2500 requests/s) and C (1000 requests/s); B, more than C"),
]  # fmt: skip


def check(module):
    """What is wrong with what `module` concludes."""
    problems = []

    def expect(what, found, expected):
        if found != expected:
            problems.append(f"{what}: {found!r}, and not {expected!r}")

    for throughputs, expected in THROUGHPUTS:
        expect(throughputs, about(module, alternating(**throughputs), "Throughput"), f"Throughput: {expected}.")
    once = [run_of("A", 1000, 1), run_of("B", 400, 1)]
    expect("one run each", module.of_rows(module.compare(once)), [ONCE])
    # A server that answers nothing is not the quickest: there is no time to compare.
    known = run_of("A", p99=5_000_000)
    expect("times", about(module, [known, unanswered("B"), known, unanswered("B")], P99), f"{P99}: A (5 ms).")
    silent = 2 * [unanswered("A"), unanswered("B")]
    expect("no times", about(module, silent, P99), "nothing is said about it")
    # Rows that differ in more than the server cannot be compared.
    other = run_of("B", plan="10 clients x 10 requests of /")
    expect("another plan", refusal(module, [run_of("A"), other]), "that is not a comparison")
    expect("other repetitions", refusal(module, [run_of("A"), run_of("B"), run_of("B")]), "that is not a comparison")
    expect("equal plans", refusal(module, [run_of("A"), run_of("B")]), "no complaint")
    # Failures come first: a server that refuses everything is fast.
    failing = run_of("A", outcomes={"ok": 70, "http error": 30, "timed out": 0})
    expect("failures", module.of_rows(module.compare([failing]))[0],
           "A: not all of 100 requests were ok: 30 http error. Its other numbers are about the rest.")  # fmt: skip
    # Pairs are those of one round: the ratio of the medians would be another.
    paired = [run_of(name, throughput, cpu_us=time)
              for name, throughput, time in (("A", 100, 9), ("B", 50, 10), ("B", 300, 20), ("A", 300, 10))]  # fmt: skip
    expect("pairs", module.of_pairs(paired, "A", "B"),
           ["In the same round, A has answered 1.00 (1.00-2.00) times the requests of B, and spent 0.50 (0.50-0.90)"
            " times its processor time on each."])  # fmt: skip
    expect("one round", module.of_pairs(paired[:2], "A", "B"), [])
    expect("nobody else", module.of_pairs(paired, "A", "C"), [])
    counts = [{"server": server, "slow": slow, "fast": 6, "answered": answered}
              for server, slow, answered in (("pool", 0, 6), ("pool", 1, 6), ("pool", 2, 0), ("naive", 0, 6))]  # fmt: skip
    expect("counts", module.of_counts(counts),
           ["pool answers 6 of 6 with 0 to 1 slow requests inside, 0 of 6 with 2.",
            "naive answers 6 of 6 with 0 slow requests inside."])  # fmt: skip
    return problems


def refusal(module, runs):
    try:
        module.compare(runs)
        return "no complaint"
    except ValueError as error:
        return str(error).rpartition(": ")[2]


def check_mistakes():
    """Each of them must be noticed."""
    source = Path(conclusions.__file__).read_text(encoding="utf-8")
    problems = []
    for right, wrong in MISTAKES:
        if source.count(right) != 1:
            problems.append(f"conclusions.py has {right!r} {source.count(right)} times")
            continue
        changed = types.ModuleType("changed")
        exec(source.replace(right, wrong), changed.__dict__)  # our own file
        try:
            noticed = check(changed)
        except Exception as error:  # noqa: BLE001  it does not even come to an end
            noticed = [error]
        if not noticed:
            problems.append(f"{right!r} -> {wrong!r} is not noticed")
    return problems


def check_tables():
    """80 columns for three servers, and for more; no time is a dash."""
    counts = [{"server": f"server {n}", "slow": slow, "fast": 6, "answered": 6}
              for n in range(5) for slow in range(5)]  # fmt: skip
    runs = [run_of(f"server {n}", 1000 + n, n and 1_000_000 * n) for n in range(5)]
    texts = [compare.counted_table(counts), compare.measured_table(compare.part_of(2 * runs, compare.OF_ALL))]
    problems = [f"a line of a comparison has {len(line)} columns: {line}"
                for text in texts for line in text.splitlines() if len(line) > 80]  # fmt: skip
    for words in ("answered of      0     1     2     3     4  slow requests are inside\nserver 0       6/6   6/6",
                  "p99 ms                               -     1.00 (1.00-1.00)",
                  "\nok                             200/200", "               server 3             server 4\n"):  # fmt: skip
        if not any(words in text for text in texts):
            problems.append(f"the tables do not say {words!r}: {''.join(texts)}")
    return problems


def main():
    problems = check(conclusions) + check_mistakes() + check_tables()
    tree.report("conclusions", problems, f"conclusions, tables and {len(MISTAKES)} mistakes")


if __name__ == "__main__":
    main()
