"""What a comparison of servers shows, in sentences that are computed from its numbers: other numbers, other
sentences. Two servers are called different only if their spreads do not overlap, and if there are spreads:
of one run each, nothing is concluded.
"""

import math
from itertools import groupby

# The quantities of a row, of which those with a title here are ranked: (title, unit).
QUANTITIES = {
    "throughput": ("Throughput", " requests/s"),
    "cpu_us": ("Processor time of a request", " µs"),
    "calls": ("System calls of a request", ""),
    "p50_ms": None,
    "p90_ms": None,
    "p99_ms": ("99 % of the requests took at most", " ms"),
    "max_ms": None,
    "peak_threads": ("Threads", ""),
    "peak_rss_mib": ("Memory", " MiB"),
    "context_switches": ("Context switches", " in a run"),
}


def spread(values):
    """The middle of several values, the lower one of two, and how far they lie apart."""
    ranked = sorted(values)
    return {"median": ranked[(len(ranked) - 1) // 2], "least": ranked[0], "most": ranked[-1]}


def values_of(runs, quantity):
    if quantity.endswith("_ms"):  # a run without any success has no times
        return [run["latency_ns"][quantity[:-3]] / 1e6 for run in runs if "latency_ns" in run]
    return [run[quantity] for run in runs if run.get(quantity) is not None]


def treatment(run, times):
    return f"{run['plan']}, {times} times"


def compare(runs):
    """A row for each server, in the order in which the servers appear: {"server", "outcomes", quantity: spread}.

    A run is what the load generator reports, and "server", "plan" and what the server has used. What was not
    measured is None. ValueError if the servers were not all treated alike: another plan or number of repetitions.
    """
    servers = {}
    for run in runs:
        servers.setdefault(run["server"], []).append(run)
    first = runs[0]
    wanted = treatment(first, len(servers[first["server"]]))
    rows = []
    for server, of_one in servers.items():
        for run in of_one:
            if (found := treatment(run, len(of_one))) != wanted:
                raise ValueError(f"{first['server']} had {wanted}, and {server} had {found}: that is not a comparison")
        row = {"server": server, "repetitions": len(of_one)}
        row["outcomes"] = {name: sum(run["outcomes"][name] for run in of_one) for name in first["outcomes"]}
        for quantity in QUANTITIES:
            values = values_of(of_one, quantity)
            row[quantity] = spread(values) if values else None
        rows.append(row)
    return rows


def of_counts(table):
    """Who answers beside slow requests, a sentence for each server."""
    return [f"{server} answers {answered_by(list(counts))}."
            for server, counts in groupby(table, key=lambda count: count["server"])]  # fmt: skip


def answered_by(counts):
    """"6 of 6 with 0 to 3 slow requests inside, 0 of 6 with 4"."""
    parts = []
    for answered, alike in groupby(counts, key=lambda count: count["answered"]):
        first, *others = alike
        text = f"{answered} of {first['fast']} with {first['slow']}"
        if others:
            text += f" to {others[-1]['slow']}"
        parts.append(text if parts else text + " slow requests inside")
    return ", ".join(parts)


def of_rows(rows, quantities=tuple(QUANTITIES)):
    """Whether requests failed, who is faster, and what the servers used; the rows come from compare()."""
    sentences = []
    for row in rows:
        failed = [f"{count} {name}" for name, count in row["outcomes"].items() if count and name != "ok"]
        if failed:
            asked = sum(row["outcomes"].values())
            sentences.append(f"{row['server']}: not all of {asked} requests were ok: {', '.join(failed)}."
                             " Its other numbers are about the rest.")  # fmt: skip
    if rows[0]["repetitions"] < 2:
        return [*sentences, "Each server ran once: the differences may be chance. Repeat it."]
    for quantity in quantities:
        known = [row for row in rows if row[quantity]]
        if QUANTITIES[quantity] and known:
            title, unit = QUANTITIES[quantity]
            ranks = sorted(known, key=lambda row: -row[quantity]["median"])
            sentences.append(f"{title}: {compared(ranks, quantity, lambda row: with_number(row, quantity, unit))}.")
    return sentences


def of_pairs(runs, server, other):
    """What `server` has done and used beside `other`, round by round; nothing without both, or after one round."""
    mine, theirs = ([run for run in runs if run["server"] == name] for name in (server, other))
    pairs = [(one, another) for one, another in zip(mine, theirs) if one["cpu_us"] and another["cpu_us"]]
    if len(pairs) < 2:
        return []
    times = lambda quantity: "{median:.2f} ({least:.2f}-{most:.2f})".format(  # noqa: E731
        **spread([one[quantity] / another[quantity] for one, another in pairs]))  # fmt: skip
    return [f"In the same round, {server} has answered {times('throughput')} times the requests of {other}, and spent"
            f" {times('cpu_us')} times its processor time on each."]  # fmt: skip


def with_number(row, quantity, unit):
    """"naive (400 requests/s)"."""
    median = row[quantity]["median"]
    whole = median >= 100 or median == math.floor(median)
    return f"{row['server']} ({median:.{0 if whole else 1}f}{unit})"


def overlap(one, other):
    return one["least"] <= other["most"] and other["least"] <= one["most"]


def compared(ranks, quantity, name):
    """Compares the first with all others, and then those that are below it with each other.

    Only with the first: of three servers each may be about the same as the next, and the first more than the
    last. `name` says how a server is called.
    """
    first, *others = ranks
    same = [row for row in others if overlap(first[quantity], row[quantity])]
    less = [row for row in others if not overlap(first[quantity], row[quantity])]
    text = name(first)
    if same:
        text += f", about the same as {listed(map(name, same))}"
    if less:
        text += f", more than {listed(map(name, less))}"
    return text if len(less) < 2 else f"{text}; {compared(less, quantity, lambda row: row['server'])}"


def listed(names):
    """"A", "A and B", "A, B and C"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
