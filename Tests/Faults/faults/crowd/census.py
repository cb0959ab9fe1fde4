"""What the kernel, and malloc, say of a server: its memory, its descriptors, its children, its processor time."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

TRIM = 1  # The value of the signal that has malloc give back what it can.
ANSWER_SECONDS = 2.0
KINDS = re.compile(r"^(?:(socket|pipe):\[\d+\]|anon_inode:\[?(\w+)\]?)$")


@dataclass(frozen=True)
class Census:
    """One look at a server; sizes are in KiB. What malloc says is not known where nobody asks it."""

    resident: int
    anonymous: int
    descriptors: int
    threads: int
    zombies: int
    kinds: Counter[str]
    in_use: int | None = None
    freed: int | None = None


def look(pid: int) -> Census:
    status = Path(f"/proc/{pid}/status").read_text()
    kinds = descriptor_kinds(pid)
    return Census(
        resident=field(status, "VmRSS"), anonymous=field(status, "RssAnon"), descriptors=kinds.total(),
        threads=field(status, "Threads"), zombies=zombies(pid), kinds=kinds)


def field(status: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE)
    if not found:
        raise ProcessLookupError(f"no {name}: the process has ended")
    return int(found.group(1))


def descriptor_kinds(pid: int) -> Counter[str]:
    """How many descriptors of each kind there are: a difference says what was left open."""
    found: Counter[str] = Counter()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(entry.path)
        except FileNotFoundError:
            continue
        match = KINDS.match(target)
        found[(match.group(1) or match.group(2)) if match else target] += 1
    return found


def zombies(pid: int) -> int:
    """Children that have ended and were never asked how."""
    children = [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return sum(state(child) == "Z" for child in children)


def state(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def cpu_seconds(pid: int) -> float:
    """What its threads have had of the processors, to the nanosecond."""
    spent = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            spent += int((thread / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return spent / 1e9


class Witness:
    """The library in a server that says what malloc has given out (see witness.c); to be asked of an idle one only."""

    def __init__(self, library: str, report: Path) -> None:
        self.report = report
        self.settings = {"LD_PRELOAD": library, "WITNESS_REPORT": str(report)}
        self.number = signal.SIGRTMAX - 1
        self.libc = ctypes.CDLL(None, use_errno=True)

    def ask(self, pid: int, trims: bool = False) -> tuple[int, int] | None:
        """KiB in use, and KiB that are free but malloc's; none if no answer came."""
        before = self.count()
        self.libc.sigqueue(pid, self.number, ctypes.c_void_p(TRIM if trims else 0))
        limit = time.monotonic() + ANSWER_SECONDS
        while self.count() == before:
            if time.monotonic() > limit:
                return None
            time.sleep(0.002)
        _, in_use, freed, *_ = self.report.read_text().split()
        return int(in_use) // 1024, int(freed) // 1024

    def count(self) -> int:
        words = self.report.read_text().split() if self.report.exists() else []
        return int(words[0]) if words else 0
