"""The table of scenarios, and the bytes that they move."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from faults.run import Run

Body = Callable[[Run], None]


@dataclass(frozen=True)
class Scenario:
    """What is done, and the calls that must move all they are asked to, for their descriptors hold whole messages."""

    name: str
    body: Body
    whole: frozenset[str]

    @property
    def purpose(self) -> str:
        return (self.body.__doc__ or "").strip().splitlines()[0]


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, whole: str = "") -> Callable[[Body], Body]:
    """Puts a function into the table. `whole` names the calls that get no short counts."""

    def register(body: Body) -> Body:
        SCENARIOS[name] = Scenario(name, body, frozenset(whole.split()))
        return body

    return register


def text(count: int, name: str) -> bytes:
    """So many bytes of numbered lines that differ from each other, so that a byte out of place is seen."""
    lines = []
    size = 0
    while size < count:
        line = f"{name} {len(lines):06} {hashlib.md5(f'{name}{len(lines)}'.encode()).hexdigest()}\n".encode()
        lines.append(line)
        size += len(line)
    whole = b"".join(lines)[:count]
    return whole[:-1] + b"\n" if whole else whole


def messages(count: int, name: str) -> list[bytes]:
    """Lines of which each is to be one message."""
    return [f"{name} {number:03}\n".encode() for number in range(count)]
