"""Whether samples of memory grow: a slope that no outlier turns, and how far chance alone could have bent it."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

BINS = 60  # The samples are thinned to so many medians: slopes of all pairs are computed, hundreds of times over.
BLOCK = 8  # Neighbours are alike, so chance is tried with blocks of neighbours: an eighth of the time each.
TRIES = 300
ONE_SIDE = 0.01  # So often a series without growth is taken for one with it, in each of some twenty servers.
STEP_KIB = 200  # malloc takes memory in steps of 132 KiB: one of them, with some noise, is no slope.
GROWTH = 1.1  # However it came about, memory at the end is not to be more than this of what it was after the warm-up.


@dataclass(frozen=True)
class Trend:
    """KiB a second, the bounds of what chance could make of it, and the growth over the whole span in KiB."""

    slope: float
    low: float
    high: float
    span: float
    first: float  # The level of the first tenth, and of the last.
    last: float

    @property
    def growth(self) -> float:
        return self.slope * self.span

    @property
    def is_flat(self) -> bool:
        """Zero is within the bounds; or the slope, or what became of it, is less than a step of malloc's."""
        return self.low <= 0 or min(self.growth, self.last - self.first) <= STEP_KIB

    @property
    def is_bounded(self) -> bool:
        return self.last <= GROWTH * self.first + STEP_KIB

    @property
    def least_seen(self) -> float:
        """The growth in KiB that would not have passed: beyond a step, and beyond what chance can do."""
        return max(STEP_KIB, (self.slope - self.low) * self.span)


def trend(times: Sequence[float], values: Sequence[float], seed: int = 1) -> Trend:
    """The slope by Theil and Sen, and bounds by a bootstrap of its residuals in blocks."""
    span = times[-1] - times[0]
    tenth = max(1, len(values) // 10)
    first, last = statistics.median(values[:tenth]), statistics.median(values[-tenth:])
    times, values = thin(times), thin(values)
    slope = theil_sen(times, values)
    middle = statistics.median(value - slope * time for time, value in zip(times, values))
    rests = [value - slope * time - middle for time, value in zip(times, values)]
    chance = random.Random(seed)
    tried = sorted(theil_sen(times, shuffled(rests, chance)) for _ in range(TRIES))
    low, high = tried[int(TRIES * ONE_SIDE)], tried[-1 - int(TRIES * ONE_SIDE)]
    return Trend(slope, slope - high, slope - low, span, first, last)


def thin(values: Sequence[float]) -> list[float]:
    """At most so many medians of neighbours."""
    count = min(BINS, len(values))
    edges = [len(values) * index // count for index in range(count + 1)]
    return [statistics.median(values[begin:end]) for begin, end in zip(edges, edges[1:])]


def theil_sen(times: Sequence[float], values: Sequence[float]) -> float:
    """The median of the slopes of all pairs."""
    slopes = [
        (values[later] - values[earlier]) / (times[later] - times[earlier])
        for later in range(1, len(values)) for earlier in range(later)]
    slopes.sort()
    return slopes[len(slopes) // 2]


def shuffled(rests: Sequence[float], chance: random.Random) -> list[float]:
    """As many residuals, in blocks that begin anywhere: the same noise, without the slope."""
    block = min(BLOCK, len(rests))
    found: list[float] = []
    while len(found) < len(rests):
        begin = chance.randrange(len(rests) - block + 1)
        found += rests[begin:begin + block]
    return found[:len(rests)]


def prove(say) -> bool:
    """Whether series whose growth is known are judged as they should be."""
    chance = random.Random(7)
    times = [5.0 * index for index in range(160)]

    def noise() -> float:
        return chance.choice([0, 0, 0, 4, 8, 64]) + chance.gauss(0, 20)

    drift = 0.0
    walk = []
    for _ in times:
        drift = 0.9 * drift + chance.gauss(0, 40)  # Wanders, and comes back.
        walk.append(4000 + drift)
    series = {
        "flat": ([4000.0 for _ in times], True),
        "noise": ([4000 + noise() for _ in times], True),
        "a wandering level": (walk, True),
        "one step of malloc's": ([4000 + (132 if time > 300 else 0) + noise() for time in times], True),
        "peaks that go away": ([4000 + (3000 if index % 40 < 6 else 0) for index in range(160)], True),
        "a leak of 0.5 KiB a second": ([4000 + 0.5 * time for time in times], False),
        "the same in steps of 132 KiB": ([4000 + 132 * int(0.5 * time / 132) for time in times], False),
        "the same under noise": ([4000 + 0.5 * time + noise() for time in times], False),
        "the same on a wandering level": ([level + 0.5 * time for level, time in zip(walk, times)], False),
    }
    everything = True
    for name, (values, is_flat) in series.items():
        found = trend(times, values)
        is_proved = found.is_flat == is_flat
        everything &= is_proved
        say(f"{'proved' if is_proved else 'NOT PROVED'}: {name}: {found.growth:.0f} KiB "
            f"[{found.low * found.span:.0f}, {found.high * found.span:.0f}] is {'' if found.is_flat else 'not '}flat")
    return everything
