"""Whether the judge can fail: each report of a transfer that was as it must be is altered, and is to be refused."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator

from faults.kills.bench import Made

FIGURES = {
    "closed": ("bytes_sent", "bytes_received", "bytes_unacknowledged", "bytes_unsent", "bytes_up", "bytes_down"),
    "input-dropped": ("bytes", "bytes_sent", "bytes_unsent"),
    "output-dropped": ("bytes",),
    "disconnected": ("bytes_sent", "bytes_at_risk", "bytes_perhaps_unread"),
    "failed": ("bytes_unread", "bytes_unacknowledged"),
    "exchange": ("bytes",),
    "partial": ("bytes",),
    "answered": ("bytes_received", "bytes_sent"),
}


class Mutants:
    """How many were made, and how many were refused."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def try_all(self, made: Made) -> None:
        for name, alter, restore in mutations(made):
            alter()
            try:
                is_refused = bool(made.judge())
            except (KeyError, TypeError):
                is_refused = True
            finally:
                restore()
            self.made[name] += 1
            self.refused[name] += is_refused

    def report(self) -> None:
        for name, count in sorted(self.made.items()):
            print(f"  altered: {name:40} {count:6} times, refused {self.refused[name]:6}")


def mutations(made: Made) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    end = made.subject
    if end.words is None or end.killed_by:
        return
    events, text = end.words.events, end.words.text

    def put(new: list[dict]) -> Callable[[], None]:
        def work() -> None:
            end.words.events = new  # type: ignore[union-attr]
        return work

    for at, event in enumerate(events):
        for figure in FIGURES.get(event.get("event", ""), ()):
            if not isinstance(event.get(figure), int):
                continue
            for step in (1, -1):
                new = copy.deepcopy(events)
                new[at][figure] += step
                yield f"{event['event']}.{figure} {step:+}", put(new), put(events)
    for name in ("failed", "input-dropped", "output-dropped", "disconnected"):
        if any(event.get("event") == name for event in events):
            yield f"without {name}", put([event for event in events if event.get("event") != name]), put(events)
    yield from attributes(made)
    assert text == end.words.text


def attributes(made: Made) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    end, other = made.subject, made.other

    def set_to(which: object, name: str, value: object) -> Callable[[], None]:
        return lambda: setattr(which, name, value)

    yield "the status is 69", set_to(end, "status", 69), set_to(end, "status", end.status)
    if end.status:
        yield f"the status is 0, not {end.status}", set_to(end, "status", 0), set_to(end, "status", end.status)
    if end.got:
        less, wrong = end.got[:-1], end.got[:-1] + bytes([end.got[-1] ^ 1])
        yield "a byte less came out", set_to(end, "got", less), set_to(end, "got", end.got)
        yield "a byte came out wrong", set_to(end, "got", wrong), set_to(end, "got", end.got)
    # Of some the peer is judged itself, which this is only a copy of.
    if other.got and made.is_own:
        wrong = bytes([other.got[0] ^ 1]) + other.got[1:]
        yield "a byte arrived wrong", set_to(other, "got", wrong), set_to(other, "got", other.got)
    yield "it hung", set_to(end, "hung", True), set_to(end, "hung", end.hung)
    yield "it trapped", set_to(end, "killed_by", 4), set_to(end, "killed_by", end.killed_by)
