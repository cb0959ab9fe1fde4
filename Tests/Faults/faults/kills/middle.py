"""Transfers through forward, and to a server of echoes: programs that outlive the clients that die."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from faults.kills.bench import TRAPS, Bench, Broken, Deviation, End, Made, Program, Reaper, start
from faults.kills.draw import OPTIONS, Draw
from faults.kills.judge import SIGNALS
from faults.kills.network import Network
from faults.kills.peer import Peer, Sender
from faults.kills.streams import Fuse
from faults.kills.wire import Line


class Middle:
    """One such transfer: a client and, behind forward, a target."""

    def __init__(self, bench: Bench, one: Draw, folder: Path) -> None:
        self.bench, self.one, self.folder = bench, one, folder
        self.front, self.behind = (Network("tcp4", folder, bench.shared, one) for _ in range(2))
        self.up, self.down = one.bytes("up"), one.bytes("down")
        self.fuse = Fuse(one.after, holds=one.reader == "stops" and one.victim == "subject")
        self.subject: Program | None = None
        self.found: list[Deviation] = []

    def say(self, kind: str, why: str) -> None:
        self.found.append(Deviation(kind, why))

    def run(self) -> Made:
        try:
            return self.forward() if self.one.kind == "forward" else self.echo()
        finally:
            self.front.close()
            self.behind.close()
            if self.subject:
                self.subject.stop()

    def peer(self, name: str, data: bytes, comes: int, enough: int | None) -> Peer:
        """An end that dies, if it is the one: by what came, or where nothing comes by what it sent."""
        one = self.one
        dies = one.victim == "other" and one.role == name and one.death != "none"
        counts = dies or one.victim == "subject" and name == ("target" if one.up else "client")
        make = Sender if dies and not comes else Peer
        reader = one.reader if dies or one.reader != "stops" else "fast"
        return make(data, reader, one.death if dies else "none", self.fuse if counts else None, one.delay / 1000,
                    enough=enough, ends_early=one.content % 2 == 0)

    def start(self, argv: list[str]) -> Program:
        self.subject = Program(self.bench, self.folder, argv, one=self.one)
        return self.subject

    def finish(self, lives: list[threading.Thread], peers: list[Peer]) -> End:
        """Both ends come to their own, and then the program is told to end."""
        assert self.subject
        reaper = None
        if self.one.victim == "subject" and self.one.death != "none":
            reaper = Reaper(self.one, self.fuse, self.subject)
        for life in lives:
            life.join(self.bench.limit)
        if any(life.is_alive() for life in lives):
            self.say("hang", "an end waits for the other for ever")
            for peer in peers:
                peer.ending.set()
        self.subject.says("closed", 1)
        was_told = not (reaper and reaper.died)
        if was_told:
            self.subject.child.signal(signal.SIGTERM)
        elif self.one.death == "stop-cont":
            reaper.finish()
            self.subject.child.signal(signal.SIGTERM)
        end = self.subject.end("subject", self.bench.limit)
        if reaper:
            reaper.finish()
            end.died = reaper.died
        return end

    def survived(self, end: End) -> None:
        """A server ends well when it is told to."""
        if end.hung:
            self.say("hang", "it did not end when told to")
        elif end.killed_by in TRAPS:
            self.say("trap", f"it was ended by signal {end.killed_by}")
        elif not end.killed_by and end.status not in (0, SIGNALS.get(self.one.death)):
            self.say("status", f"the status is {end.status}")
        if end.words and end.words.broken:
            self.say("bad-json", end.words.broken[:200])

    # MARK: forward

    def forward(self) -> Made:
        one, limit = self.one, self.bench.limit
        target = self.peer("target", self.down, one.up, one.up)
        client = self.peer("client", self.up, one.down, one.down)
        subject = self.start(["forward", *OPTIONS[one.option], "127.0.0.1:0", self.behind.listen()])
        plain = self.front.connect(subject.place(limit), limit)
        lives = [start(lambda: client.serve(plain)), start(lambda: target.serve(self.behind.accept(limit)))]
        end = self.finish(lives, [client, target])
        lines = self.front.lines(), self.behind.lines()
        known = None if lines[0] is None or lines[1] is None else [*lines[0][:1], *lines[1][:1]]
        known = known if known and len(known) == 2 else None
        other = End("target", self.down, bytes(target.got), target.sent, died=target.died, was_reset=target.was_reset)
        return self.made(end, other, known, lambda: self.judge_forward(end, client, target, known))

    def made(self, end: End, other: End, lines: list[Line] | None, judge: Callable[[], None]) -> Made:
        """Judged as often as is wanted, beside what was found while it ran."""
        found = self.found

        def look() -> list[Deviation]:
            self.found = list(found)
            self.survived(end)
            judge()
            return self.found

        assert self.subject
        return Made(end, other, lines, [self.subject.command], look)

    def judge_forward(self, end: End, client: Peer, target: Peer, lines: list[Line] | None) -> None:
        one = self.one
        self.prefix("the target", target, self.up)
        self.prefix("the client", client, self.down)
        if not (client.died or target.died or end.died and one.death != "stop-cont"):
            for name, peer, data in (("target", target, self.up), ("client", client, self.down)):
                if len(peer.got) != len(data):
                    self.say("silent-loss", f"nobody died, and the {name} got {len(peer.got)} of {len(data)} bytes")
        if lines is None or end.died:
            return
        front, behind = lines
        ways = (("client", client, target, front.up, front.down, behind.up, behind.down, "bytes_up"),
                ("target", target, client, behind.down, behind.up, front.down, front.up, "bytes_down"))
        for name, dead, other, given, _, passed, _, figure in ways:
            if dead.died and given.was_reset:
                self.reset_passed_on(name, dead, other, given, passed)
        if closed := end.words.last("closed") if end.words else None:
            self.figures(end, closed, front, behind)
            self.closing(closed, front)

    def reset_passed_on(self, name: str, dead: Peer, other: Peer, given, passed) -> None:
        """What came before a reset goes on to the other side, which then is reset as well."""
        if len(other.got) != given.sent:
            self.say("lost-arrived", f"the {name} gave {given.sent} bytes before its reset, "
                                     f"and {len(other.got)} reached the other side")
        # Where both ways had ended there is nobody left to be told.
        is_done = dead.told_end and dead.saw_end or other.told_end and other.saw_end
        if not other.was_reset and not passed.was_reset and not is_done and dead.sent < len(dead.data):
            self.say("silent-loss", f"the {name} reset its connection, and the other side saw an end like any other")

    def figures(self, end: End, closed: dict, front: Line, behind: Line) -> None:
        """The event of the pair's end."""
        up, down = closed.get("bytes_up", 0), closed.get("bytes_down", 0)
        self.within("bytes_sent", closed["bytes_sent"], down, down)
        self.within("bytes_received", closed["bytes_received"], up, front.up.sent)
        self.within("bytes_up", up, behind.up.sent, front.up.sent)
        self.within("bytes_down", down, front.down.sent, behind.down.sent)
        failed = end.words.last("failed") if end.words else None
        if failed and closed.get("by") == "local":
            self.say("wrong-cause", "a side died, and the connection is told as ended by local")
        if not failed or "bytes_unread" not in failed:
            return
        if behind.down.was_reset and not front.up.was_reset:
            self.cost(failed, up, behind.up.acknowledged, front.up.sent)
        elif front.up.was_reset and not behind.down.was_reset:
            self.cost(failed, down, front.down.acknowledged, behind.down.sent)

    def closing(self, closed: dict, line: Line) -> None:
        """What is said of the connection to the client, as of any other."""
        self.within("bytes_received", closed.get("bytes_received", 0), 0, line.up.sent)
        sent = closed.get("bytes_sent", 0)
        self.within("bytes_sent", sent, line.down.sent, 1 << 60)
        exact = closed.get("by") == "reset" and line.up.was_reset
        for name, least in (("bytes_unacknowledged", sent - line.down.acknowledged),
                            ("bytes_unsent", sent - line.down.sent)):
            if closed.get(name) is not None:
                self.within(name, closed[name], least, least if exact else sent)

    def cost(self, failed: dict, passed: int, acknowledged: int, given: int) -> None:
        """A side was reset: so many bytes for it lie here, and so many it did not acknowledge."""
        # Where nothing had moved for a while before, nothing more can have come since.
        least = given - passed if self.one.reader == "stops" and self.one.death == "reset" else 0
        self.within("bytes_unread", failed["bytes_unread"], least, given - passed)
        unacknowledged = passed - acknowledged
        self.within("bytes_unacknowledged", failed["bytes_unacknowledged"], unacknowledged, unacknowledged)

    def within(self, what: str, told: int, least: int, most: int) -> None:
        if not least <= told <= most:
            self.say("false-figure", f"{what} is told as {told} and is {least} at least, {most} at most")

    def prefix(self, name: str, peer: Peer, data: bytes) -> None:
        if not data.startswith(peer.got):
            self.say("wrong-bytes", f"{name} got {len(peer.got)} bytes that are not the beginning of what was sent")

    # MARK: Echoes

    def echo(self) -> Made:
        one, limit = self.one, self.bench.limit
        client = self.peer("client", self.up, one.up, one.up)
        subject = self.start(["listen", "--serve", "echo", *OPTIONS[one.option], "127.0.0.1:0"])
        plain: socket.socket = self.front.connect(subject.place(limit), limit)
        end = self.finish([start(lambda: client.serve(plain))], [client])
        lines = self.front.lines()
        other = End("client", self.up, bytes(client.got), client.sent, died=client.died)
        return self.made(end, other, lines, lambda: self.judge_echo(end, client, lines))

    def judge_echo(self, end: End, client: Peer, lines: list[Line] | None) -> None:
        self.prefix("the client", client, self.up)
        if not client.died and not end.died and len(client.got) != len(self.up):
            self.say("silent-loss", f"nobody died, and {len(client.got)} of {len(self.up)} bytes came back")
        if lines and end.words and (closed := end.words.last("closed")) and not end.died:
            self.echo_figures(closed, lines[0])

    def echo_figures(self, closed: dict, line: Line) -> None:
        received, sent = closed.get("bytes_received", 0), closed.get("bytes_sent", 0)
        self.within("bytes_received", received, max(sent, line.down.sent), line.up.sent)
        self.within("bytes_sent", sent, line.down.sent, received)
        self.closing(closed, line)


def run(bench: Bench, one: Draw, folder: Path) -> Made:
    try:
        return Middle(bench, one, folder).run()
    except (OSError, TimeoutError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error
