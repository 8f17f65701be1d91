"""Where a submission is built and run: bubblewrap's namespaces, and limits on what it may use.

Inside, the workbook's copy is /workbook, whatever its path outside is. There is nothing else but the system,
read-only, and /tmp; no network but loopback, no capability, no process of others, a cleared environment.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workbook import tree

INSIDE = Path("/workbook")
PATH = "/usr/local/bin:/usr/bin:/bin"
TMP_BYTES = 256 << 20
GUARD = Path(__file__).with_name("guard.py")

# What the compiler, the loader and a name like "localhost" need of /etc.
ETC = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "hosts", "host.conf", "nsswitch.conf")


@dataclass(frozen=True)
class Limits:
    seconds: float
    processes: int = 500  # with threads; whoever has more is ended
    mib: int = 6000  # resident memory; a compiler takes up to one GiB, and there are several
    file_bytes: int = 1 << 30


class Sandbox:
    """Isolation by bubblewrap. Commands come out ready to be started by anybody."""

    parallel = True  # several copies of the workbook at once
    base = "base"

    def seen(self, copy):
        """The path of a copy of the workbook, as what runs in the sandbox sees it."""
        return INSIDE

    def command(self, copy, words, limits, writable=False, environment=()):
        """The words that start `words` in the sandbox, in the copy, of which nothing can be changed unless `writable`."""
        wrapped = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
                   "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--hostname", "grading",
                   *system_mounts(), "--proc", "/proc", "--dev", "/dev",
                   "--size", str(TMP_BYTES), "--tmpfs", "/tmp",
                   "--bind" if writable else "--ro-bind", str(copy), str(INSIDE)]  # fmt: skip
        for name, value in {**base_environment(), **dict(environment)}.items():
            wrapped += ["--setenv", name, value]
        # So high that the guard sees who goes beyond its limit. For root it is none.
        inner = limited(words, limits, f"--nproc={2 * limits.processes}")
        return guarded([*wrapped, "--chdir", str(INSIDE), "--", *inner], limits)


class Trusted:
    """No isolation (TRUSTED=1): for a machine that is thrown away afterwards. The limits stay."""

    parallel = False  # a build folder knows its own path, so all are built in one place
    base = "base-trusted"

    def seen(self, copy):
        return copy

    def command(self, copy, words, limits, writable=False, environment=()):
        settings = {**base_environment(), **dict(environment)}
        return guarded(["env", "-i", f"--chdir={copy}", *(f"{name}={value}" for name, value in settings.items()),
                        *limited(words, limits)], limits)  # fmt: skip


def base_environment():
    return {"PATH": PATH, "HOME": "/tmp", "LANG": "C.UTF-8"}


def system_mounts():
    """The system, read-only: /usr, the names that lead there, and a few files of /etc."""
    mounts = ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/opt", "/opt"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        folder = Path("/", name)
        if folder.is_symlink():
            mounts += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.is_dir():
            mounts += ["--ro-bind", str(folder), str(folder)]
    for name in ETC:
        mounts += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return mounts


def limited(words, limits, *more):
    """With the limits that the kernel keeps for each process."""
    return ["prlimit", f"--fsize={limits.file_bytes}", "--core=0", *more, "--", *words]


def guarded(words, limits):
    return [sys.executable, "-S", str(GUARD), f"{limits.seconds:.0f}", str(limits.processes), str(limits.mib),
            "--", *words]  # fmt: skip


def chosen(trusted):
    """The sandbox of this machine; ends the program with a sentence where there is none."""
    if trusted:
        return Trusted()
    if not shutil.which("bwrap"):
        refuse("bubblewrap is not installed: tools/setup.sh grade installs it")
    words = ["bwrap", "--unshare-all", "--cap-drop", "ALL", *system_mounts(), "--proc", "/proc", "--dev", "/dev", "true"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        refuse(f"bubblewrap cannot isolate here ({run.stderr.strip() or 'it gives no reason'}){advice()}")
    return Sandbox()


def advice():
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if restricted.exists() and restricted.read_text().strip() == "1":
        return ". Ubuntu's AppArmor forbids user namespaces to programs without a profile: give /usr/bin/bwrap one" \
               " that has 'userns,', or grade as root"
    return ". A container must allow user namespaces (docker run --security-opt seccomp=unconfined), or grade outside"


def refuse(reason):
    tree.die(f"Nothing is graded: {reason}. On a machine that is thrown away afterwards: TRUSTED=1.", tree.ENVIRONMENT)
