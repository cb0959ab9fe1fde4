"""What goes in at one end and what comes out at the other, and how the two compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

Bytes = bytes | bytearray


class State(Enum):
    WHOLE = "all of it came"
    CUT = "the rest is missing"
    WRONG = "it is not what went in"


@dataclass
class Flow:
    """One direction. `told` says that whoever receives it knows by itself that it is cut, as a client of HTTP does."""

    name: str
    state: Callable[[], State]
    detail: Callable[[], str]
    told: Callable[[], bool] = lambda: False


def stream(name: str, sent: Bytes, got: Callable[[], Bytes], told: Callable[[], bool] = lambda: False) -> Flow:
    """Bytes in order: what came has to be the beginning of what went in."""

    def state() -> State:
        came = bytes(got())
        return State.WHOLE if came == sent else State.CUT if sent.startswith(came) else State.WRONG

    def detail() -> str:
        came = bytes(got())
        same = next((at for at, (one, other) in enumerate(zip(came, sent)) if one != other), min(len(came), len(sent)))
        return f"{len(came)} of {len(sent)} bytes, the first {same} as sent"

    return Flow(name, state, detail, told)


def pattern(name: str, wanted: bytes, got: Callable[[], Bytes], told: Callable[[], bool] = lambda: False) -> Flow:
    """Text that nobody knows beforehand, as the time is: it has to match, and to be cut is to be empty or shorter."""
    expression = re.compile(wanted, re.DOTALL)

    def state() -> State:
        return State.WHOLE if expression.fullmatch(bytes(got())) else State.CUT

    return Flow(name, state, lambda: f"{bytes(got())[-60:]!r} for {wanted[:60]!r}", told)


def datagrams(name: str, sent: Sequence[bytes], got: Callable[[], Sequence[bytes]]) -> Flow:
    """Whole messages: those that came have to be among those that were sent, in their order."""

    def state() -> State:
        came = list(got())
        if came == list(sent):
            return State.WHOLE
        rest = iter(sent)
        return State.CUT if all(any(one == other for other in rest) for one in came) else State.WRONG

    return Flow(name, state, lambda: f"{len(list(got()))} of {len(sent)} messages")


def pieces(name: str, sent: Sequence[bytes], got: Callable[[], Bytes]) -> Flow:
    """Messages that come out as one stream: what came has to be some of them, in their order."""

    def state() -> State:
        came = bytes(got())
        if came == b"".join(sent):
            return State.WHOLE
        return State.CUT if is_subsequence(came, sent) else State.WRONG

    return Flow(name, state, lambda: f"{len(bytes(got()))} of {sum(map(len, sent))} bytes")


def is_subsequence(came: bytes, sent: Sequence[bytes]) -> bool:
    """Whether bytes are some of the messages in their order, the last perhaps cut."""
    for one in sent:
        if came.startswith(one):
            came = came[len(one):]
        elif came and one.startswith(came):
            return True
    return not came
