"""How many programs may run at once here. JOBS=N sets it.

A container may be allowed fewer processors than the machine has, and less memory; a compiler and a
test with AddressSanitizer take up to a GiB each.
"""

import math
import os
import sys
from pathlib import Path

GIB = 2**30


def jobs(root=Path("/"), environment=os.environ):
    """The number for this process; `root` is where /proc and /sys lie."""
    if wanted := environment.get("JOBS"):
        if not wanted.isdecimal() or int(wanted) == 0:
            print(f"JOBS={wanted} is not a number above 0.", file=sys.stderr)
            sys.exit(2)
        return int(wanted)
    processors = [len(os.sched_getaffinity(0))]
    memory = [available(root / "proc/meminfo")]
    top = root / "sys/fs/cgroup"
    limits = [(read(group / "cpu.max"), read(group / "memory.max")) for group in control_groups(root, top)]
    # Version 1 of control groups: a container sees its own at the top.
    limits.append((f"{read(top / 'cpu/cpu.cfs_quota_us')} {read(top / 'cpu/cpu.cfs_period_us')}",
                   read(top / "memory/memory.limit_in_bytes")))  # fmt: skip
    for share, most in limits:  # "150000 100000" is one and a half processors, "max" no limit
        quota, _, period = share.partition(" ")
        if quota.isdecimal():
            processors.append(math.ceil(int(quota) / int(period)))
        if most.isdecimal():
            memory.append(int(most))
    return max(1, min(*processors, min(memory) // GIB))


def control_groups(root, top):
    """The folders of this process's control group (version 2) and of those around it."""
    own = next((line[3:] for line in read(root / "proc/self/cgroup").splitlines() if line.startswith("0::")), "/")
    group = top / own.strip("/")
    return [group, *(parent for parent in group.parents if parent == top or top in parent.parents)]


def available(meminfo):
    """Bytes that can be had without swapping."""
    lines = [line.split() for line in read(meminfo).splitlines()]
    return next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), sys.maxsize)


def read(path):
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def main():
    print(jobs())
