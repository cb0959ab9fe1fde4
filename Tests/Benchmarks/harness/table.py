"""A row of what is compared, and the table that says of each whether what must hold does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from harness.bench import Series
from harness.contestants import SOCKCTL

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

    def text(self, unit: Unit) -> str:
        return f"{self.sign} {self.value * unit.scale:g}{unit.suffix}"


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
COUNT = Unit("", 0)
MEMORY = Unit(" KiB", 2)
TIMES = Unit("x", 2)


class Of(Enum):
    """What a limit is about."""

    RATIO = "the two figures' ratio"
    FIGURE = "sockctl's own figure"
    DIFFERENCE = "how much sockctl's figure is above the other"


@dataclass(frozen=True)
class Goal:
    """One row: sockctl's figure, somebody else's beside it, and a limit."""

    series: str
    title: str
    unit: Unit
    beside: str
    limit: Limit | None = None
    of: Of = Of.RATIO


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
    def limited(self) -> float | None:
        """The figure that the limit is about."""
        if self.goal.of is Of.RATIO:
            return self.ratio
        if self.goal.of is Of.FIGURE:
            return self.ours
        return self.ours - self.theirs if self.ours is not None and self.theirs is not None else None

    @property
    def limit(self) -> str:
        limit, unit = self.goal.limit, self.goal.unit
        if limit is None:
            return ""
        if self.goal.of is Of.DIFFERENCE:
            return f"{limit.sign} {self.goal.beside} + {limit.value * unit.scale:g}{unit.suffix}"
        return limit.text(TIMES if self.goal.of is Of.RATIO else unit)

    @property
    def verdict(self) -> Verdict:
        if self.goal.limit is None:
            return Verdict.INFORMATION
        figure = self.limited
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
        ratio = TIMES.text(self.ratio) if goal.of is not Of.FIGURE and self.ratio is not None else ""
        return (
            goal.title,
            self.figure(SOCKCTL),
            goal.beside,
            self.figure(goal.beside),
            ratio,
            self.limit,
            self.verdict.value,
        )


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
