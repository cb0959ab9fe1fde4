"""Transfers between dial and listen, or one of them and a peer of this program's own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

from faults.kills.bench import Bench, Broken, End, Made, Program, Reaper, start
from faults.kills.draw import OPTIONS, PROCESS_DEATHS, Draw
from faults.kills.judge import Sides, judge
from faults.kills.network import Network
from faults.kills.peer import Peer, Sender
from faults.kills.streams import Fuse

FRAME = 9000
WAITS = 2.5


def frames(data: bytes) -> bytes:
    """The payload as messages, each with its length before it."""
    parts = [data[at:at + FRAME] for at in range(0, len(data), FRAME)]
    return b"".join(len(part).to_bytes(4) + part for part in parts)


def payload(stream: bytes) -> tuple[bytes, bool]:
    """What messages carry, the last one as far as it goes, and whether it is whole."""
    found, at, is_whole = bytearray(), 0, True
    while at < len(stream):
        length = int.from_bytes(stream[at:at + 4]) if at + 4 <= len(stream) else 0
        found += stream[at + 4:at + 4 + length]
        is_whole = at + 4 + length <= len(stream) and at + 4 <= len(stream)
        at += 4 + length
    return bytes(found), is_whole


class Pair:
    """One such transfer."""

    def __init__(self, bench: Bench, one: Draw, folder: Path) -> None:
        self.bench, self.one, self.folder = bench, one, folder
        self.network = Network("tcp4" if one.kind == "chain" else one.kind, folder, bench.shared, one)
        self.front = Network("tcp4", folder, bench.shared, one)  # Of a chain.
        self.up, self.down = one.bytes("up"), one.bytes("down")
        self.fuse = Fuse(one.after, holds=one.reader == "stops" and one.death in PROCESS_DEATHS)
        self.programs: list[Program] = []
        self.was_waiting = False

    def run(self) -> Made:
        try:
            sides = self.with_python() if self.one.other == "python" else self.with_sockctl()
        finally:
            self.network.close()
            self.front.close()
            for program in self.programs:
                program.stop()
        return Made(sides.subject, sides.other, sides.lines, sides.commands, lambda: judge(self.one, sides),
                    is_own=True)

    # MARK: With a peer of our own

    def peer(self) -> Peer:
        """The other end; the subject is killed by the reaper, not by it."""
        one = self.one
        death = one.death if one.victim == "other" else "none"
        make = Peer if one.up else Sender
        # Who stops does so before its own death only.
        reader = "fast" if one.reader == "stops" and death == "none" else one.reader
        data = frames(self.down) if one.option == "frame" else self.down
        fuse = self.fuse if one.up or one.victim == "other" else None
        return make(data, reader, death, fuse, one.delay / 1000, packets=one.kind == "packet",
                    enough=one.up, ends_early=not one.up or one.content % 2 == 0)

    def with_python(self) -> Sides:
        one, limit = self.one, self.bench.limit
        peer = self.peer()
        if one.role == "dial":
            subject = self.program("dial", self.network.listen())
            connection = self.network.accept(limit)
        else:
            subject = self.program("listen", self.network.anywhere)
            connection = self.network.connect(subject.place(limit), limit)
            # One that is reset before both have agreed is no peer: another one is waited for.
            if one.kind == "tls":
                subject.child.says('"event":"tls"' if subject.is_json else "tls  TLSv", 1, 2)
        reaper = Reaper(one, self.fuse, subject) if one.victim == "subject" and one.death != "none" else None
        life = start(lambda: peer.serve(connection))
        self.see_off(subject, life)
        end = subject.end("subject", limit)
        life.join(2)
        peer.ending.set()
        life.join(limit)
        if reaper:
            reaper.finish()
            end.died, end.died_at = reaper.died, reaper.died_at
        other = End("other", peer.data, bytes(peer.got), peer.sent, died=peer.died, died_at=peer.died_at,
                    was_reset=peer.was_reset, told_end=peer.told_end)
        end.hung = end.hung or self.was_waiting
        sides = Sides(end, other, self.network.lines(), [program.command for program in self.programs])
        if one.option == "frame":
            sides.unwrap = payload
        if one.option == "output" and (self.folder / "copy").exists():
            sides.copy = (self.folder / "copy").read_bytes()
        return sides

    def see_off(self, subject: Program, life: threading.Thread) -> None:
        """A listener that goes on for ever is told to end once its peer is gone, and so is an input that stays open."""
        if self.one.option != "keep" and self.one.source != "open":
            return
        life.join(self.bench.limit)
        if self.one.option == "keep":
            subject.says("closed", 3)
            subject.child.signal(signal.SIGTERM)
        # So long its rules may have it wait for more input.
        self.was_waiting = not subject.wait(WAITS) and self.one.option not in ("half-open", "send-only")
        subject.input.over.set()

    # MARK: With another sockctl

    def with_sockctl(self) -> Sides:
        """The same program at both ends, perhaps with its forward between them."""
        one, limit = self.one, self.bench.limit
        listens = one.role == "listen"
        listener = self.program("listen", self.network.anywhere, is_subject=listens)
        place = listener.place(limit)
        if self.network.is_tcp:
            self.network.tap(int(place.rpartition(":")[2]))
        address = place if self.network.is_tcp else self.network.anywhere
        middle = self.join(address) if one.kind == "chain" else None
        if middle:
            address = middle.place(limit)
            self.front.tap(int(address.rpartition(":")[2]))
        dialler = self.program("dial", address, is_subject=not listens)
        subject, other = (listener, dialler) if listens else (dialler, listener)
        reaper = None
        if one.death != "none":
            victims = {"subject": subject, "other": other, "forward": middle}
            reaper = Reaper(one, self.fuse, victims[one.victim])
        ends = subject.end("subject", limit), other.end("other", limit)
        if reaper:
            reaper.finish()
            victim = ends[1] if one.victim == "other" else ends[0]
            if one.victim != "forward":
                victim.died, victim.died_at = reaper.died, reaper.died_at
        sides = Sides(*ends, self.network.lines(), [program.command for program in self.programs])
        if middle:
            sides.lines, sides.behind = self.front.lines(), sides.lines
            if reaper and one.victim == "forward" and reaper.died:
                sides.middle_died_at = reaper.died_at
        return sides

    def join(self, address: str) -> Program:
        """A forward to the listener."""
        made = Program(self.bench, self.folder, ["forward", "127.0.0.1:0", address], one=self.one)
        self.programs.append(made)
        return made

    def program(self, role: str, address: str, is_subject: bool = True) -> Program:
        one = self.one
        options = [*self.network.options(role), *(OPTIONS[one.option] if is_subject else ())]
        if one.kind == "tls" and one.other == "sockctl":
            options.append("--tls-half-close")
        data = self.up if is_subject else self.down
        # What has arrived is counted where it comes out.
        counts = (one.up == 0) == is_subject
        made = Program(self.bench, self.folder, [role, *options, address], data, one=one,
                       source=one.source, sink=one.sink, fuse=self.fuse if counts else None)
        self.programs.append(made)
        return made


def run(bench: Bench, one: Draw, folder: Path) -> Made:
    try:
        return Pair(bench, one, folder).run()
    except (OSError, TimeoutError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error
