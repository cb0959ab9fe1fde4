"""What the kernel says of a process that runs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from harness.children import Child, RunFailed


def resident_kib(child: Child) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{child.pid}/status").read_text(), re.MULTILINE)
    if not found:
        raise RunFailed(f"{child.name} has no memory any more: {child.last_words()}")
    return float(found.group(1))


def thread_count(child: Child) -> float:
    return float(len(os.listdir(f"/proc/{child.pid}/task")))


def cpu_seconds(child: Child) -> float:
    """What its threads have had of the processors, to the nanosecond."""
    threads = Path(f"/proc/{child.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
