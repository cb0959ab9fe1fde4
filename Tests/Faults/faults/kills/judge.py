"""What must hold of a transfer, whoever died and when.

What came out is the beginning of what went in. Who survives ends in time, with a status that is documented and the
words that go with it. What it says of its bytes is true to the byte: the reference is the wire, where every
acknowledgement can be seen, the peer's own count, and how much was taken of standard input. Nothing that is lost is
unsaid. What the peer's kernel has acknowledged and its program then never reads is no loss that TCP can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from faults.kills.bench import TRAPS, Deviation, End
from faults.kills.draw import Draw
from faults.kills.wire import Line, Way

NOTICED = 0.4  # Within so many seconds a reset is noticed.
SIGNALS = {"term": 143, "int": 130}


@dataclass
class Sides:
    """Both ends of a transfer that is over, and what went over the wire."""

    subject: End
    other: End
    lines: list[Line] | None
    commands: list[str] = field(default_factory=list)
    unwrap: Callable[[bytes], tuple[bytes, bool]] | None = None
    copy: bytes | None = None
    # Of a chain: what went over the listener's wire, and when what stands between the two died.
    behind: list[Line] | None = None
    middle_died_at: float = float("inf")


class Judge:
    """Looks at one end; `out` is the wire's way from it, `back` the way to it; None where that is not known."""

    def __init__(self, one: Draw, end: End, other: End, out: Way | None, back: Way | None, sides: Sides) -> None:
        self.one, self.end, self.other, self.out, self.back = one, end, other, out, back
        self.unwrap = sides.unwrap if end is sides.subject else None
        self.sides = sides
        self.found: list[Deviation] = []
        words = end.words
        self.closed = words.last("closed") if words else None
        self.is_subject = end is sides.subject
        self.option = one.option if self.is_subject else "plain"
        self.dropped = self.all_dropped(words.all("input-dropped")) if words else None

    def all_dropped(self, events: list[dict]) -> dict | None:
        """A listener that stays open tells of each peer what it did not take, and of what there was nobody for."""
        if self.option != "keep":
            return events[-1] if events else None
        of_peers = [event for event in events if "connection" in event]
        of_nobody = [event for event in events if "connection" not in event]
        if not events:
            return None
        total: dict = {"bytes_unsent": sum(event["bytes_unsent"] for event in events)}
        total["bytes_sent"] = max(event["bytes_sent"] for event in of_nobody or of_peers)
        # Of a Unix socket's bytes nobody knows which were read.
        if all("bytes" in event for event in events) and self.one.kind not in ("unix", "packet"):
            total["bytes"] = sum(event["bytes"] for event in events)
        return total

    def say(self, kind: str, why: str) -> None:
        self.found.append(Deviation(kind, f"{self.end.name}: {why}"))

    def equal(self, what: str, told: int | None, truth: int) -> None:
        if told is not None and told != truth:
            self.say("false-figure", f"{what} is told as {told} and is {truth}")

    def within(self, what: str, told: int | None, least: int, most: int) -> None:
        if told is not None and not least <= told <= most:
            self.say("false-figure", f"{what} is told as {told} and is {least} at least, {most} at most")

    # MARK: All of it

    def look(self) -> list[Deviation]:
        end = self.end
        self.prefix()
        if not end.is_program:
            return self.found
        if end.hung:
            self.say("hang", "it did not end in time")
            return self.found
        if end.killed_by in TRAPS:
            self.say("trap", f"it was ended by signal {end.killed_by}")
        if end.killed_by:
            return self.found
        if end.words and end.words.broken:
            self.say("bad-json", f"a line is no object: {end.words.broken[:200]}")
        self.status()
        self.sending()
        self.receiving()
        return self.found

    def prefix(self) -> None:
        end, other = self.end, self.other
        sent = self.unwrap(other.data)[0] if self.unwrap else other.data
        if not sent.startswith(end.got):
            at = next((i for i, pair in enumerate(zip(end.got, sent)) if pair[0] != pair[1]), len(sent))
            self.say("wrong-bytes", f"what came out differs from what was sent from byte {at} of {len(end.got)} on")
        # Who is killed may have given one of them and not the other; who was told to end says what the output did not take.
        copy = self.sides.copy if self.is_subject and not end.killed_by else None
        if copy is not None and not (copy.startswith(end.got) and len(copy) <= len(end.got) + self.ungiven()):
            self.say("wrong-bytes", f"the copy has {len(copy)} bytes, the output {len(end.got)}")

    def ungiven(self) -> int:
        """How much of what was read is told as not written."""
        return (self.end.words.last("output-dropped") or {}).get("bytes", 0) if self.end.words else 0

    # MARK: The status and its words

    @property
    def was_told_to_end(self) -> bool:
        return self.end.died and self.one.death in SIGNALS

    @property
    def other_died_first(self) -> bool:
        death = self.other.died_at if self.other.died else float("inf")
        return min(death, self.sides.middle_died_at) < self.end.ended_at

    def status(self) -> None:
        status, words = self.end.status, self.end.words
        assert words
        expected = {0, 74}
        if self.was_told_to_end:
            # It may have been at its end already, or its peer.
            expected = {SIGNALS[self.one.death], *({0} if self.is_whole() else ()), *self.failed_before()}
        if self.option == "keep":
            # Told to end twice, by its killer and at the end, it ends at once.
            expected = {0, *SIGNALS.values()} if self.was_told_to_end else {0}
        if self.option == "idle":
            expected |= {75}
        if not self.knows_arrival():
            expected |= {65}
        elif self.unwrap and not self.was_told_to_end and not self.unwrap(self.arrived_bytes())[1]:
            is_cut = self.one.kind == "tls" or self.one.death == "reset" and self.back
            expected = {74} if is_cut else {65}
        if status not in expected:
            self.say("status", f"the status is {status}, and not one of {sorted(expected)}")
        if status not in (0, 130, 143) and not words.all("failed"):
            self.say("no-sentence", f"the status is {status}, and no error is told")
        by = (self.closed or {}).get("by", "peer")
        if status == 74 and self.other_died_first and by not in ("peer", "reset"):
            self.say("wrong-cause", f"the peer died, and the connection is told as ended by {by}")
        if status == 0 and self.reset_long_ago() and self.option != "keep":
            self.say("reset-unseen", "it went on long after the peer had reset the connection, and the status is 0")
        if status == 0 and words.all("failed") and self.option != "keep":
            self.say("status", "an error is told, and the status is 0")
        if status == 74 and self.end.taken and not self.dropped and not self.unwrap:
            self.say("no-report", "it failed, and nothing is said of what it had sent")
        if self.must_fail() and status == 0 and self.option != "keep":
            self.say("silent-loss", "the peer reset the connection before it had sent everything, and the status is 0")

    def reset_long_ago(self) -> bool:
        is_reset = self.back is not None and self.back.was_reset and self.other.died and self.one.kind != "chain"
        return is_reset and self.end.ended_at - self.other.died_at > NOTICED

    def is_whole(self) -> bool:
        end, other = self.end, self.other
        return len(other.got) == len(end.data) and (len(end.got) == len(other.data) or self.unwrap is not None)

    def failed_before(self) -> set[int]:
        """The status of an end that came before the signal."""
        assert self.end.words
        return {74} if self.end.words.all("failed") and self.end.ended_at - self.end.died_at < 0.05 else set()

    def must_fail(self) -> bool:
        """Whether it saw a reset of a connection on which the peer had more to say."""
        if not self.other_died_first or self.back is None or not self.back.was_reset or self.option == "send-only":
            return False
        # After an end nothing more is to be expected, whatever comes then.
        return not self.back.ended and self.other.sent is not None and self.other.sent < len(self.other.data)

    def arrived_bytes(self) -> bytes:
        sent = self.other.sent if self.back is None else self.back.sent
        return self.other.data[:sent if sent is not None else None]

    # MARK: What it sent

    def sending(self) -> None:
        end, closed, dropped = self.end, self.closed, self.dropped
        arrived = len(self.other.got)
        if end.taken is not None and arrived > end.taken:
            self.say("wrong-bytes", f"{arrived} bytes arrived, and {end.taken} were taken")
        if closed:
            self.closing(closed)
        if dropped:
            self.dropping(dropped, arrived)
        self.unsaid(arrived)

    def is_frozen(self) -> bool:
        """After a reset no acknowledgement changes anything any more: figures are exact."""
        is_reset = self.end.status == 74 if self.closed is None else self.closed.get("by") == "reset"
        return is_reset and self.back is not None and self.back.was_reset

    def closing(self, closed: dict) -> None:
        """The figures of the event `closed`."""
        sent, out = closed.get("bytes_sent", 0), self.out
        least = len(self.other.got)
        self.within("bytes_sent", sent, least, self.end.taken or 0)
        if out is None:
            if closed.get("bytes_unacknowledged") is not None and self.one.kind in ("unix", "packet"):
                self.say("false-figure", "bytes_unacknowledged is told of a network that has no acknowledgements")
            return
        least, unsent = sent - out.acknowledged, sent - out.sent
        self.within("bytes_unacknowledged", closed.get("bytes_unacknowledged"), least,
                    least if self.is_frozen() else sent)
        self.within("bytes_unsent", closed.get("bytes_unsent"), unsent, unsent if self.is_frozen() else sent)

    @property
    def due(self) -> int:
        """Of a file all was to be sent, and of anything else what was taken of it."""
        is_whole = self.one.source == "file" and self.option != "keep"
        return len(self.end.data) if is_whole else self.end.taken or 0

    def dropping(self, dropped: dict, arrived: int) -> None:
        """The figures of the sentence on what a failure cost."""
        end, out = self.end, self.out
        total, lost, unsent = (dropped.get(name) for name in ("bytes_sent", "bytes", "bytes_unsent"))
        self.equal("of standard input", total, self.due)
        if total is None:
            return
        if unsent is not None and arrived > total - unsent:
            self.say("false-figure", f"{unsent} of {total} bytes 'cannot have arrived', and {arrived} did")
        if out is None:
            # What is with the peer's kernel is not lost for that this side was told to end.
            is_known = self.one.kind in ("unix", "packet") and not self.was_told_to_end
            if lost is not None and is_known and lost != total - arrived:
                self.say("false-figure", f"{lost} of {total} bytes are told as lost, and {total - arrived} are")
            if self.closed and self.one.kind != "tls":
                self.equal("what cannot have arrived", unsent, total - self.closed["bytes_sent"])
            return
        least = total - out.acknowledged
        if self.is_frozen():
            self.equal("what was not acknowledged", lost, least)
            self.equal("what cannot have arrived", unsent, total - out.sent)
        elif self.was_told_to_end:
            # What the kernel has is not lost for that: it goes on.
            self.within("what was not sent", lost, total - (self.closed or dropped)["bytes_sent"], total)
        else:
            self.within("what was not acknowledged", lost, least, total)
            self.within("what cannot have arrived", unsent, 0, total - arrived)

    def unsaid(self, arrived: int) -> None:
        """Bytes that were taken and did not arrive, of which nothing is said."""
        end, words = self.end, self.end.words
        assert words
        taken = end.taken or 0
        if self.option == "keep" and self.closed:
            told = (self.dropped or {}).get("bytes_unsent", 0)
            if self.closed["bytes_sent"] + told < taken:
                self.say("silent-loss", f"{taken} bytes were taken of standard input, and {told} are told as dropped")
        if self.option == "keep" or self.dropped:
            return
        sent = (self.closed or {}).get("bytes_sent")
        # A peer that ends well has what it wanted of a file.
        if sent is not None and self.due > sent and (self.one.source != "file" or self.was_told_to_end):
            self.say("silent-loss", f"{self.due} bytes of standard input were due, {sent} were sent, the rest is unsaid")
        if arrived >= taken or not self.other_died_first or self.was_told_to_end:
            return
        if end.status == 0 and self.is_known_lost(taken):
            self.say("silent-loss", f"{taken} bytes were taken, {arrived} arrived, and nothing is said")
        if end.status not in (0, 65, 75) and sent:
            self.say("silent-loss", f"it failed, {taken} bytes were taken, {arrived} arrived, and that is not told")

    def is_known_lost(self, taken: int) -> bool:
        """Whether this side's kernel knows that they did not arrive, or can know."""
        if self.out is not None and self.back is not None:
            return self.back.was_reset and self.out.acknowledged < taken
        # A Unix socket's bytes are with the peer at once: who only sends may have left before it died.
        if self.option == "send-only":
            return False
        # Of a program that was killed it is not known what it had read and not yet written.
        return self.one.kind in ("unix", "packet") and not self.other.is_program and not self.other.told_end

    # MARK: What it received

    def receiving(self) -> None:
        end, closed = self.end, self.closed
        if self.option == "send-only":
            return
        if closed and not self.unwrap:
            # Who is told to end may have read what it had not written yet, and says how much.
            self.equal("bytes_received", closed.get("bytes_received", 0), len(end.got) + self.ungiven())
        if self.was_told_to_end or end.status == 75:
            return
        if self.unwrap and self.knows_arrival():
            self.equal_arrival(len(self.unwrap(self.arrived_bytes())[0]))
        elif self.back is not None:
            self.equal_arrival(self.back.sent)
        elif self.other.sent is not None and self.one.kind in ("unix", "packet"):
            self.equal_arrival(self.other.sent)

    def knows_arrival(self) -> bool:
        """Of what TCP was given some may have been dropped with a reset: then the wire alone knows."""
        return self.back is not None or self.one.kind in ("unix", "packet") or self.one.death != "reset"

    def equal_arrival(self, arrived: int) -> None:
        # A busy machine's wire may have missed something: what came out was sent, or it would be another deviation.
        if len(self.end.got) < arrived:
            self.say("lost-arrived", f"{arrived} bytes arrived, and {len(self.end.got)} came out")


def judge(one: Draw, sides: Sides) -> list[Deviation]:
    """What does not hold of it."""
    subject, other = sides.subject, sides.other
    front, behind = sides.lines, sides.behind if one.kind == "chain" else sides.lines
    dials = (front[-1].up, front[-1].down) if front else (None, None)
    listens = (behind[-1].down, behind[-1].up) if behind else (None, None)
    ways = (dials, listens) if one.role == "dial" else (listens, dials)
    return Judge(one, subject, other, *ways[0], sides).look() + Judge(one, other, subject, *ways[1], sides).look()
