"""What is compared with what, what must hold, and the table that says whether it does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from harness.chat import C_BROKER, WITHOUT_RULES
from harness.contestants import (
    AB, C_CONNECTS, C_EPOLL, C_MMSG, C_SPLICE, CURL, IPERF3, NC, NCAT, SOCAT, SOCAT_LARGE, SOCKCTL, SOCKCTL_DIAL, WRK,
)
from harness.limits import PLAIN
from harness.measures import Series
from harness.web import LIGHTTPD, NGINX

HEADER = ("measure", "sockctl", "beside", "", "ratio", "target", "")


class Verdict(Enum):
    PASS = "pass"
    MISS = "miss"
    UNKNOWN = "not measured"
    INFORMATION = ""


@dataclass(frozen=True)
class Limit:
    sign: str
    holds: Callable[[float, float], bool]
    value: float

    def text(self, unit: str) -> str:
        return f"{self.sign} {self.value:g}{unit}"


def at_least(value: float) -> Limit:
    return Limit("≥", operator.ge, value)


def at_most(value: float) -> Limit:
    return Limit("≤", operator.le, value)


@dataclass(frozen=True)
class Unit:
    """How a figure is written. The scale is what a value is multiplied by to be in the unit."""

    suffix: str
    decimals: int
    scale: float = 1

    def text(self, value: float) -> str:
        return f"{value * self.scale:,.{self.decimals}f}{self.suffix}"


MILLISECONDS = Unit(" ms", 2, 1000)
MICROSECONDS = Unit(" µs", 2, 1e6)
TIMERS = Unit("", 2)
RATE = Unit(" MiB/s", 0)
CPU = Unit(" s/GB", 3)
PER_SECOND = Unit("/s", 0)
THREADS = Unit("", 0)
MEMORY = Unit(" KiB", 2)
TIMES = Unit("x", 2)


@dataclass(frozen=True)
class Goal:
    """One row: sockctl's figure, somebody else's beside it, and the limit of their ratio or of sockctl's figure."""

    series: str
    title: str
    unit: Unit
    beside: str
    limit: Limit | None = None
    of_ratio: bool = True


GOALS = (
    Goal("start", "start", MILLISECONDS, NCAT, at_most(1)),
    Goal("start", "start", MILLISECONDS, SOCAT, at_most(1)),
    Goal("start", "start", MILLISECONDS, NC, at_most(2)),
    Goal("bulk", "pipe to TCP to pipe", RATE, NC, at_least(1.5)),
    Goal("bulk", "pipe to TCP to pipe", RATE, NCAT, at_least(2.5)),
    Goal("bulk", "pipe to TCP to pipe", RATE, SOCAT, at_least(2.5)),
    Goal("bulk", "pipe to TCP to pipe", RATE, SOCAT_LARGE),
    Goal("bulk", "pipe to TCP to pipe", RATE, C_SPLICE, at_least(0.95)),
    Goal("bulk-cpu", "CPU time for it", CPU, NC, at_most(0.65)),
    Goal("bulk-cpu", "CPU time for it", CPU, C_SPLICE),
    Goal("file", "file to TCP to /dev/null", RATE, NC, at_least(2)),
    Goal("file", "file to TCP to /dev/null", RATE, NCAT),
    Goal("file", "file to TCP to /dev/null", RATE, SOCAT),
    Goal("file", "file to TCP to /dev/null", RATE, SOCAT_LARGE),
    Goal("file", "file to TCP to /dev/null", RATE, IPERF3, at_least(0.95)),
    Goal("file", "file to TCP to /dev/null", RATE, C_SPLICE),
    Goal("echo-1", "echo, 1 connection", PER_SECOND, C_EPOLL, at_least(0.95)),
    Goal("echo-1-one-cpu", "the same, both on one CPU", PER_SECOND, C_EPOLL),
    Goal("echo-100", "echo, 100 connections", PER_SECOND, C_EPOLL, at_least(0.9)),
    Goal("idle-threads", "idle connections: threads", THREADS, C_EPOLL, at_most(1), of_ratio=False),
    Goal("idle-memory", "memory for one of them", MEMORY, C_EPOLL, at_most(3), of_ratio=False),
    Goal("idle-round-trip", "round trip beside them", TIMES, C_EPOLL, at_most(1.2), of_ratio=False),
    Goal("accepts", "accepts", PER_SECOND, C_EPOLL, at_least(0.8)),
    Goal("timeout-cpu", "CPU for an echo with --read-timeout", MICROSECONDS, PLAIN, at_most(1.03)),
    Goal("limits-threads", "connections with limits: threads", THREADS, PLAIN, at_most(1), of_ratio=False),
    Goal("limits-memory", "memory for one of them", MEMORY, PLAIN),
    Goal("limits-timers", "timer calls for one of them", TIMERS, PLAIN, at_most(0.05), of_ratio=False),
    Goal("web-time", "http-serve /time, 64 connections", PER_SECOND, NGINX, at_least(0.9)),
    Goal("web-tail", "its p99 latency over its median", TIMES, NGINX, at_most(3), of_ratio=False),
    Goal("web-small", "http-serve, 1 KiB file", PER_SECOND, NGINX, at_least(1.2)),
    Goal("web-small", "http-serve, 1 KiB file", PER_SECOND, LIGHTTPD),
    Goal("web-large", "http-serve, 256 MiB file to curl", RATE, NGINX, at_least(0.95)),
    Goal("web-large", "http-serve, 256 MiB file to curl", RATE, LIGHTTPD),
    Goal("web-idle", "memory for an idle kept connection", MEMORY, NGINX, at_most(2.5), of_ratio=False),
    Goal("submits", "dial --submit, 64 bytes each", PER_SECOND, "", at_least(100_000), of_ratio=False),
    *(
        Goal(f"udp-{way}-{size}", f"datagrams {title}, {name}", PER_SECOND, beside, limit)
        for way, title, others in (
            ("recv", "received without loss", (NC, NCAT, SOCAT)),
            ("send", "sent", (SOCAT,)),
        )
        for size, name in ((1, "1 byte"), (100, "100 bytes"), (1400, "1,400 bytes"))
        for beside, limit in (
            (C_MMSG, at_least(0.9)),
            *((peer, at_least(1)) for peer in others),
            *([(IPERF3, at_least(1))] if size >= 16 else []),
        )
    ),
    Goal("udp-idle-cpu", "CPU of an idle receiver, 1 s", MILLISECONDS, C_MMSG, at_most(0.01), of_ratio=False),
    Goal("backlog", "fill an accept queue", MILLISECONDS, C_CONNECTS, at_most(1.5)),
    Goal("http-process", "http-get of a small page", MILLISECONDS, CURL, at_most(1)),
    Goal("http-kept", "the next on the same connection", MICROSECONDS, CURL, at_most(0.5)),
    Goal("http-load", "http-get --parallel 50", PER_SECOND, WRK, at_least(0.7)),
    Goal("http-load", "http-get --parallel 50", PER_SECOND, AB),
    Goal("chat-lines", "chat: lines delivered, 100 people", PER_SECOND, NCAT, at_least(3)),
    Goal("chat-line", "broker: a line to 1,000", MILLISECONDS, C_BROKER, at_most(1.25)),
    Goal("chat-flood", "broker: 100 MiB to 9, beside one that never reads", RATE, NCAT, at_least(1), of_ratio=False),
    Goal("chat-memory", "chat: memory of somebody silent", MEMORY, "", at_most(8), of_ratio=False),
    Goal("gates", "accepts with 10,000 rules", PER_SECOND, WITHOUT_RULES, at_least(0.95)),
    Goal("writeblock", "write-block-probe, 1 GiB", RATE, SOCKCTL_DIAL, at_least(0.8)),
)


@dataclass(frozen=True)
class Row:
    goal: Goal
    series: Series

    @property
    def ours(self) -> float | None:
        return self.series.median(SOCKCTL)

    @property
    def theirs(self) -> float | None:
        return self.series.median(self.goal.beside)

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.ours is not None and self.theirs else None

    @property
    def verdict(self) -> Verdict:
        if self.goal.limit is None:
            return Verdict.INFORMATION
        figure = self.ratio if self.goal.of_ratio else self.ours
        if figure is None:
            return Verdict.UNKNOWN
        return Verdict.PASS if self.goal.limit.holds(figure, self.goal.limit.value) else Verdict.MISS

    def figure(self, contestant: str) -> str:
        """A contestant's median, or in a word why there is none: the notes under the table say more."""
        if not contestant:
            return ""
        if (value := self.series.median(contestant)) is not None:
            return self.goal.unit.text(value)
        return self.series.problems.get(contestant, "not measured").partition(":")[0]

    def problems(self) -> list[str]:
        found = self.series.problems
        return [f"{name}: {found[name]}" for name in (SOCKCTL, self.goal.beside) if name in found]

    def cells(self) -> tuple[str, ...]:
        goal = self.goal
        ratio = TIMES.text(self.ratio) if goal.of_ratio and self.ratio is not None else ""
        suffix = "x" if goal.of_ratio else goal.unit.suffix
        return (
            goal.title,
            self.figure(SOCKCTL),
            goal.beside,
            self.figure(goal.beside),
            ratio,
            goal.limit.text(suffix) if goal.limit else "",
            self.verdict.value,
        )


def rows(results: dict[str, Series]) -> list[Row]:
    """The rows of the measures that were made."""
    return [Row(goal, results[goal.series]) for goal in GOALS if goal.series in results]


def plain_table(table: Sequence[Row]) -> str:
    cells = [HEADER, *(row.cells() for row in table)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    return "\n".join("  ".join(align(line, widths)).rstrip() for line in cells)


def align(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Names to the left, figures to the right."""
    return [
        cell.rjust(width) if column in (1, 3, 4) else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def markdown_table(table: Sequence[Row]) -> str:
    lines = [HEADER, ("---", "---:", "---", "---:", "---:", "---", "---"), *(row.cells() for row in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def notes(table: Sequence[Row]) -> list[str]:
    """Why figures are not there, each reason once."""
    return list(dict.fromkeys(problem for row in table for problem in row.problems()))
