"""Whether this machine allows what a measurement needs: descriptors, threads. Linux only.

Each check ends the program with one sentence, which names the limit and the remedy.
"""

import os
import re
import resource
from pathlib import Path

from workbook.tree import Problem

SPARE = 64  # descriptors, threads, mappings that a process needs beside those of its clients
MOST_CLIENTS = 25_000


def number_of_clients(text):
    clients = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= clients <= MOST_CLIENTS:
        raise Problem(f"The number of clients must be from 1 to {MOST_CLIENTS}, not '{text}': one client address"
                      " has about 28000 ports.")
    return clients


def raise_descriptor_limit(clients):
    """For this process, and for the programs that it starts, which inherit it."""
    needed = clients + SPARE
    need = "connection needs" if clients == 1 else "connections need"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise Problem(f"{clients} {need} {needed} file descriptors, and at most {hard} are allowed here"
                      f" (ulimit -Hn): raise that limit{or_try(hard - SPARE)}.")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def check_threads(clients):
    """For a generator with a thread for each client, beside a server that may have one, too."""
    needed = 2 * (clients + SPARE)
    for name, allowed, in_use, remedy in thread_limits():
        if allowed - in_use < needed:
            who = "1 client" if clients == 1 else f"{clients} clients"
            fits = or_try((allowed - in_use) // 2 - SPARE)
            raise Problem(f"{who} and a server with a thread for each are up to {needed} threads, too"
                          f" many for {name}, which is {allowed} ({in_use} in use): {remedy}{fits}.")


def that_fit(clients, threads):
    """As many of these silent clients as this machine allows, and what allows no more: "" if all fit.

    A connection is a descriptor of this process, and one of the server; with `threads` it is a thread there, too.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limits = [("ulimit -Hn", hard, 0, "raise it")] if hard != resource.RLIM_INFINITY else []
    most, limit = clients, ""
    for name, allowed, in_use, remedy in [*limits, *(thread_limits() if threads else ())]:
        for_each = 2 if name.startswith("vm.") else 1  # mappings: a stack and its guard page
        fit = max((allowed - in_use) // for_each - SPARE, 1)
        if fit < most:
            most, limit = fit, f"{name} is {allowed}: {remedy}"
    return most, limit


def or_try(clients):
    """The other remedy, if any number of clients fits."""
    return f", or try CLIENTS={clients}" if clients >= 1 else ""


def thread_limits():
    """(name, how many it allows, how many of them are in use, how to raise it) of each limit."""
    running = int(Path("/proc/loadavg").read_text().split()[3].split("/")[1])
    for name in ("pid_max", "threads-max"):
        allowed = number_in(f"/proc/sys/kernel/{name}")
        yield f"kernel.{name}", allowed, running, f"raise it (sudo sysctl kernel.{name}=200000)"
    # A stack and the guard page below it are two mappings of a process; server and generator are two.
    mappings = number_in("/proc/sys/vm/max_map_count")
    name = "vm.max_map_count"
    yield f"{name} of each process", mappings, 0, f"raise it (sudo sysctl {name}=200000)"
    allowed, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if os.geteuid() != 0 and allowed != resource.RLIM_INFINITY:  # it does not bind root
        yield "ulimit -u", allowed, threads_of_user(os.getuid()), "raise it (ulimit -u, limits.conf)"
    for group in control_groups():
        if (group / "pids.max").exists() and (allowed := number_in(group / "pids.max")) is not None:
            in_use = number_in(group / "pids.current")
            remedy = "raise it (TasksMax= of systemd, --pids-limit of Docker)"
            yield f"{group}/pids.max", allowed, in_use, remedy


def number_in(path):
    """The number in a file; None for "max", which is no limit."""
    text = Path(path).read_text().strip()
    return int(text) if text.isdigit() else None


def threads_of_user(user):
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        if re.search(rf"^Uid:\s+{user}\s", text, re.M):
            count += int(re.search(r"^Threads:\s+(\d+)", text, re.M)[1])
    return count


def control_groups():
    """The control groups that count our threads: our own, and those that it lies in."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, name = line.split(":", 2)  # 0::/user.slice or, version 1, 8:pids:/
        if controllers and "pids" not in controllers.split(","):
            continue
        mount = Path("/sys/fs/cgroup/pids" if controllers else "/sys/fs/cgroup")
        group = mount / name.lstrip("/")
        yield from [group, *group.parents][: len(group.parts) - len(mount.parts) + 1]
