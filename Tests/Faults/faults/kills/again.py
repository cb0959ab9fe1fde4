"""A dial with --reconnect, whose connections die one after the other until one is let live."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from faults.kills.bench import TRAPS, Bench, Broken, Deviation, End, Made, Program, Reaper
from faults.kills.draw import OPTIONS, Draw
from faults.kills.network import Network
from faults.kills.peer import Peer, Sender
from faults.kills.streams import Fuse
from faults.kills.wire import Line


class Again:
    """One such transfer; `role` is the network, `rounds` how many connections die after `after` bytes each."""

    def __init__(self, bench: Bench, one: Draw, folder: Path) -> None:
        self.bench, self.one, self.folder = bench, one, folder
        self.network = Network(one.role, folder, bench.shared, one)
        self.up, self.down = one.bytes("up"), one.bytes("down")
        self.arrived: list[bytes] = []  # On each connection.
        self.over = threading.Event()
        self.programs: list[Program] = []

    def run(self) -> Made:
        try:
            end = self.with_python() if self.one.other == "python" else self.with_sockctl()
            lines = self.network.lines()
        finally:
            self.over.set()
            self.network.close()
            for program in self.programs:
                program.stop()
        # What was refused at once is no connection.
        lines = None if lines is None else [line for line in lines if line.down.start]
        other = End("other", self.down, b"".join(self.arrived))
        return Made(end, other, lines, [program.command for program in self.programs],
                    lambda: Accounts(self.one, end, self.arrived, self.down, lines).look())

    def dial(self, address: str) -> Program:
        options = ["--reconnect", "--retry-delay", "10ms", *OPTIONS[self.one.option], *self.network.options("dial")]
        if self.network.kind == "tls":
            options.append("--tls-half-close")
        subject = Program(self.bench, self.folder, ["dial", *options, address], self.up, one=self.one,
                          source=self.one.source)
        self.programs.append(subject)
        return subject

    # MARK: To a peer of our own

    def with_python(self) -> End:
        subject = self.dial(self.network.listen())
        lives: list[threading.Thread] = []
        acceptor = threading.Thread(target=self.accept, args=(lives,), daemon=True)
        acceptor.start()
        end = subject.end("subject", self.bench.limit)
        self.over.set()
        acceptor.join()
        for life in lives:
            life.join(self.bench.limit)
        self.arrived = [bytes(peer.got) for peer in self.peers]
        return end

    def accept(self, lives: list[threading.Thread]) -> None:
        self.peers: list[Peer] = []
        assert self.network.socket
        while not self.over.is_set():
            try:
                # Long enough not to be in the way of TLS, which has the same limit.
                self.network.socket.settimeout(0.05)
                connection, _ = self.network.socket.accept()
            except TimeoutError:
                continue
            peer = self.peer(len(self.peers) < self.one.rounds)
            self.peers.append(peer)
            lives.append(threading.Thread(target=self.live, args=(peer, connection), daemon=True))
            lives[-1].start()

    def live(self, peer: Peer, connection: socket.socket) -> None:
        connection.settimeout(self.bench.limit)
        try:
            secured = self.network.secure(connection, is_server=True)
        except OSError:
            connection.close()
            return
        peer.serve(secured)

    def peer(self, is_to_die: bool) -> Peer:
        one = self.one
        if not is_to_die:
            return Peer(self.down, "fast", ends_early=False)
        make = Peer if one.up else Sender
        return make(self.down, one.reader, one.death, Fuse(one.after), one.delay / 1000)

    # MARK: To listeners that are killed

    def with_sockctl(self) -> End:
        first = self.listen(self.network.anywhere)
        place = first.place(self.bench.limit)
        if self.network.is_tcp:
            self.network.tap(int(place.rpartition(":")[2]))
        address = place if self.network.is_tcp else self.network.anywhere
        subject = self.dial(address)
        listeners = threading.Thread(target=self.replace, args=(first, address, subject), daemon=True)
        listeners.start()
        end = subject.end("subject", self.bench.limit)
        self.over.set()
        listeners.join(self.bench.limit)
        if self.failure or listeners.is_alive() and not end.hung:
            raise Broken(f"the listeners: {self.failure or 'they do not end'}")
        return end

    def replace(self, listener: Program, address: str, subject: Program) -> None:
        """Kills one listener after the other, and begins the next at once."""
        ends = []
        self.failure: Exception | None = None
        try:
            self.replace_all(listener, address, subject, ends)
            # The last one lives as long as it is needed.
            self.over.wait()
            over = [one.end("listener", 2) for one in ends]
            # The last one may have come too late to be dialled.
            self.arrived = [end.got for end in over if end.words and "accepted" in end.words.text]
        except Exception as error:  # It is told by whoever waits for this thread.
            self.failure = error

    def replace_all(self, listener: Program, address: str, subject: Program, ends: list[Program]) -> None:
        for left in reversed(range(self.one.rounds)):
            Reaper(self.one, self.fuse, listener)
            while not listener.wait(0.05) and not self.over.is_set():
                pass
            ends.append(listener)
            if not subject.watcher.is_alive() or self.over.is_set():
                break
            listener = self.listen(address, is_to_die=left > 0)
        else:
            ends.append(listener)

    def listen(self, address: str, is_to_die: bool = True) -> Program:
        self.fuse = Fuse(self.one.after, holds=is_to_die and self.one.reader == "stops")
        options = self.network.options("listen")
        if self.network.kind == "tls":
            options.append("--tls-half-close")
        made = Program(self.bench, self.folder, ["listen", "--input-grace", "100ms", *options, address], self.down,
                       one=self.one, source="open", fuse=self.fuse)
        self.programs.append(made)
        return made


class Accounts:
    """What was told of each connection that was lost, beside what arrived on it.

    What arrived over all of them is the input, less exactly what is told as lost: each connection begins where the one
    before was told to have ended, and of that one all but what is told arrived.
    """

    def __init__(self, one: Draw, end: End, arrived: list[bytes], down: bytes, lines: list[Line] | None) -> None:
        self.one, self.end, self.arrived, self.down, self.lines = one, end, arrived, down, lines
        self.found: list[Deviation] = []
        # Connections to which nothing came and of which nothing was told, as one that was given up at once.
        if lines is not None and len(lines) != len(arrived):
            self.lines = None

    @property
    def is_text(self) -> bool:
        return self.one.speech == "text"

    def say(self, kind: str, why: str) -> None:
        self.found.append(Deviation(kind, why))

    def look(self) -> list[Deviation]:
        end = self.end
        assert end.words
        if end.hung:
            self.say("hang", "it did not end in time")
        if end.killed_by in TRAPS:
            self.say("trap", f"it was ended by signal {end.killed_by}")
        if end.words.broken:
            self.say("bad-json", end.words.broken[:200])
        if self.found:
            return self.found
        if end.status != 0:
            self.say("status", f"the status is {end.status}, although the last connection was let live")
        self.forget_undialled()
        lost, begin = end.words.all("disconnected"), 0
        if end.status == 0 and len(lost) != len(self.arrived) - 1:
            self.say("no-report", f"{len(self.arrived)} connections, and {len(lost)} are told as lost")
            return self.found
        for number, (event, got) in enumerate(zip(lost, self.arrived)):
            self.one_lost(number, event, got, begin)
            begin += event["bytes_sent"]
        if end.status == 0:
            self.last(begin)
        self.output()
        return self.found

    def forget_undialled(self) -> None:
        """A connection that was reset before the dial had looked never stood, as it is told."""
        assert self.end.words
        failed = [event for event in self.end.words.all("retrying") if event.get("error", {}).get("operation") == "dial"
                  and event["error"]["code"] == "ECONNRESET"]
        if self.is_text:
            failed = [{}] * self.end.words.text.count("after the connection was made")
        for _ in failed:
            at = next((i for i, got in enumerate(self.arrived)
                       if not got and (self.lines is None or not self.lines[i].up.sent)), None)
            if at is not None:
                del self.arrived[at]
                if self.lines is not None:
                    del self.lines[at]

    def one_lost(self, number: int, event: dict, got: bytes, begin: int) -> None:
        """What is told of a connection, and what came of it."""
        name, sent = f"connection {number + 1}", event["bytes_sent"]
        if self.end.data[begin:begin + len(got)] != got:
            self.say("wrong-bytes", f"{name}: what arrived is not the input from byte {begin} on")
        if len(got) > sent:
            self.say("false-figure", f"{name}: {sent} bytes are told as sent, and {len(got)} arrived")
        risk, more = event.get("bytes_at_risk"), event.get("bytes_perhaps_unread")
        if risk is None:
            return
        if more is not None and more != sent - risk:
            self.say("false-figure", f"{name}: {more} are told as perhaps unread, of {sent - risk} acknowledged")
        # What a program that was killed had read, and not yet written, nobody knows.
        is_known = self.one.other == "python" and more is not None
        if is_known and sent - risk - more > len(got):
            unsaid = sent - risk - more - len(got)
            self.say("false-figure", f"{name}: of {sent} bytes {risk} are told as at risk and at most {more} as "
                                     f"unread, and {len(got)} arrived: {unsaid} are lost unsaid")
        if self.lines is None:
            return
        line = self.lines[number]
        truth = sent - line.up.acknowledged
        most = truth if line.down.was_reset and event.get("by", "reset") == "reset" else sent
        if not truth <= risk <= most:
            self.say("false-figure", f"{name}: {risk} of {sent} bytes are told as at risk, it is {truth} to {most}")

    def last(self, begin: int) -> None:
        """The connection that lived has all the rest."""
        rest = self.end.data[begin:]
        if self.arrived and self.arrived[-1] != rest:
            got = self.arrived[-1]
            kind = "silent-loss" if rest.startswith(got) else "wrong-bytes"
            self.say(kind, f"{len(rest)} bytes from {begin} on were left for the last connection, {len(got)} arrived")

    def output(self) -> None:
        """What came out is what the connections brought, each from its first byte."""
        if self.lines is None:
            return
        wanted = b"".join(self.down[:line.down.sent] for line in self.lines)
        if wanted != self.end.got:
            self.say("lost-arrived", f"{len(wanted)} bytes came over all connections, {len(self.end.got)} came out")


def run(bench: Bench, one: Draw, folder: Path) -> Made:
    try:
        return Again(bench, one, folder).run()
    except (OSError, TimeoutError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error
