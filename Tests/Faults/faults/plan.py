"""Which faults a scenario gets, by what a run without a fault has shown of its calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from faults.calls import BOUNDED, LISTED, MOVING, SHORT, SIGNALLED, errors
from faults.fault import Fault
from faults.scenario import Scenario


def positions(count: int) -> list[int]:
    """The first, the second, the middle and the last, each once."""
    return sorted({1, min(2, count), (count + 1) // 2, count})


def faults(scenario: Scenario, calls: Counter[str]) -> Iterator[Fault]:
    """Every fault of the sweep for one scenario, in a fixed order."""
    for call in sorted(calls):
        if call in LISTED:
            yield from errors_of(call, calls[call])
        if call in MOVING and call not in scenario.whole:
            for first in positions(calls[call]):
                yield Fault(call, SHORT, first, lasting=False)
            yield Fault(call, SHORT, 1, lasting=True)


def errors_of(call: str, count: int) -> Iterator[Fault]:
    for error in errors(call):
        for first in positions(count):
            yield Fault(call, error, first, lasting=False)
            if error != SIGNALLED or call in BOUNDED:
                yield Fault(call, error, first, lasting=True)


def unknown(calls: Counter[str]) -> list[str]:
    """Calls that pass the gate and of which the table knows no errors."""
    return sorted(set(calls) - set(LISTED))
