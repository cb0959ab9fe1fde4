"""Clients of a server that do what its clients do (served.c), and what rate they had in a span of time."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 20.0


@dataclass(frozen=True)
class Rate:
    """How it went in a span of time."""

    per_second: float
    slowest: float  # Seconds that one time took, of those that were done.
    waiting: int  # The most that waited for longer than a second at once.
    lost: int  # Whom the server has ended, since the start.
    cpu: float  # The share of a processor that the clients took.


class Served:
    """The process of the clients; leaving the `with` block ends it."""

    def __init__(self, argv: list[str], log: Path) -> None:
        self.log = log
        self.name = " ".join(argv)
        with log.open("wb") as output, log.with_suffix(".err").open("wb") as errors:
            self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=output, stderr=errors)
        self.wait_for_first()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def failure(self) -> str:
        """What the clients said when they gave up; nothing while they go on."""
        if self.process.poll() is None:
            return ""
        return self.log.with_suffix(".err").read_text().strip() or f"the clients ended: {self.process.returncode}"

    def wait_for_first(self) -> None:
        limit = time.monotonic() + READY_SECONDS
        while not self.lines():
            if self.failure or time.monotonic() > limit:
                raise RuntimeError(f"{self.name}: {self.failure or 'nobody is served'}")
            time.sleep(0.05)

    def lines(self) -> list[dict[str, float]]:
        whole = self.log.read_bytes().rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def rate(self, begin: float, end: float) -> Rate:
        """The rate between two moments of the monotonic clock, which these lines are of too."""
        lines = self.lines()
        inside = [line for line in lines if begin <= line["time"] <= end]
        if len(inside) < 2:  # They have ended, or had no turn of the processor: nobody was served then.
            return Rate(0, end - begin, 0, int(lines[-1]["lost"]), 0)
        first, last = inside[0], inside[-1]
        span = end - begin if self.failure else last["time"] - first["time"]
        return Rate(
            per_second=(last["done"] - first["done"]) / span,
            slowest=max(line["slowest"] for line in inside[1:]),
            waiting=int(max(line["waiting"] for line in inside)),
            lost=int(last["lost"]),
            cpu=(last["cpu"] - first["cpu"]) / span)


def pin(pid: int, cpu: int | None) -> None:
    """Has a process, and the threads that it starts, run on one processor; where there is but one, on that."""
    if cpu is not None:
        os.sched_setaffinity(pid, {cpu})
