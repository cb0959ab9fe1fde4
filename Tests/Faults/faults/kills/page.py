"""Transfers by HTTP, each way, of which one side dies in the middle."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path

from faults.kills.bench import TRAPS, Bench, Broken, Deviation, End, Made, Program, Reaper, start
from faults.kills.draw import Draw
from faults.kills.judge import SIGNALS
from faults.kills.network import Network
from faults.kills.peer import Peer, Sender
from faults.kills.streams import Fuse
from faults.kills.wire import Line

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def head_and_body(message: bytes) -> tuple[bytes, bytes]:
    head, end, body = message.partition(b"\r\n\r\n")
    return head + end, body


class Taker(Peer):
    """A server of uploads: it answers once it has all of the content."""

    def may_end(self) -> bool:
        head, body = head_and_body(bytes(self.got[:4096]))
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        if not head.endswith(b"\r\n\r\n"):
            return False
        if b"expect" in fields and not self.data and not body:
            self.data = b"HTTP/1.1 100 Continue\r\n\r\n"
        if len(self.got) - len(head) >= int(fields.get(b"content-length", 0)) and not self.data.endswith(CREATED):
            self.data += CREATED
        return self.data.endswith(CREATED) and self.sent >= len(self.data)


class Page:
    """One such transfer."""

    def __init__(self, bench: Bench, one: Draw, folder: Path) -> None:
        self.bench, self.one, self.folder = bench, one, folder
        self.network = Network("tcp4", folder, bench.shared, one)
        self.body = one.bytes("down" if one.kind in ("http-get", "serve-get") else "up")
        self.fuse = Fuse(one.after, holds=one.reader == "stops" and one.victim == "subject")
        self.subject: Program | None = None
        self.reaper: Reaper | None = None
        self.found: list[Deviation] = []
        self.site = folder / "site"

    def say(self, kind: str, why: str) -> None:
        self.found.append(Deviation(kind, why))

    def run(self) -> Made:
        ways = {"http-get": self.get, "http-put": self.put, "serve-get": self.give, "serve-put": self.take}
        try:
            return ways[self.one.kind]()
        finally:
            self.network.close()
            if self.subject:
                self.subject.stop()

    @property
    def death(self) -> str:
        return self.one.death if self.one.victim == "other" else "none"

    def start(self, argv: list[str], counts: bool = False) -> Program:
        self.subject = Program(self.bench, self.folder, argv, one=self.one, fuse=self.fuse if counts else None)
        if self.one.victim == "subject" and self.one.death != "none":
            self.reaper = Reaper(self.one, self.fuse, self.subject)
        return self.subject

    def end(self, life, peer: Peer, is_server: bool) -> End:
        """Waits for both."""
        assert self.subject
        life.join(self.bench.limit) if is_server else self.subject.wait(self.bench.limit)
        if is_server and self.subject.watcher.is_alive():
            self.subject.says("closed", 1)
            if not (self.reaper and self.reaper.died and self.one.death != "stop-cont"):
                self.subject.child.signal(signal.SIGTERM)
        end = self.subject.end("subject", self.bench.limit)
        life.join(2)
        peer.ending.set()
        life.join()
        if self.reaper:
            self.reaper.finish()
            end.died = self.reaper.died
        return end

    def survived(self, end: End) -> None:
        if end.hung:
            self.say("hang", "it did not end in time")
        if end.killed_by in TRAPS:
            self.say("trap", f"it was ended by signal {end.killed_by}")
        if end.words and end.words.broken:
            self.say("bad-json", end.words.broken[:200])

    def made(self, end: End, peer: Peer, lines: list[Line] | None, judge: Callable[[], None]) -> Made:
        """Judged as often as is wanted."""
        def look() -> list[Deviation]:
            self.found = []
            self.survived(end)
            judge()
            return self.found

        assert self.subject
        other = End("other", peer.data, bytes(peer.got), peer.sent, died=peer.died, was_reset=peer.was_reset)
        return Made(end, other, lines, [self.subject.command], look)

    def status(self, end: End, is_whole: bool) -> None:
        """A client that got, or gave, all of it ends with 0; any other says so."""
        if end.killed_by or end.hung:
            return
        signalled = SIGNALS.get(self.one.death) if end.died else None
        if end.status not in ((0, signalled) if is_whole else (74, signalled)):
            self.say("status" if end.status else "silent-loss",
                     f"the status is {end.status}, and the transfer {'is whole' if is_whole else 'was cut off'}")
        if end.status == 74 and end.words and not end.words.all("failed"):
            self.say("no-sentence", "the status is 74, and no error is told")

    # MARK: The client

    def get(self) -> Made:
        """http-get, to standard output or a file."""
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n".encode()
        own = Fuse(self.one.after + len(head)) if self.death != "none" else None
        peer = Sender(head + self.body, "fast", self.death, own, self.one.delay / 1000, ends_early=True)
        file = ["-o", "body"] if self.one.sink == "file" else []
        address = self.network.listen()
        subject = self.start(["http-get", *file, f"http://{address}/x"], counts=not file)
        connection = self.network.accept(self.bench.limit)
        request = self.request(connection)
        life = start(lambda: peer.serve(connection))
        end = self.end(life, peer, is_server=False)
        lines = self.network.lines()
        path = self.folder / "body"
        if file:
            end.got = path.read_bytes() if path.exists() else b""
        return self.made(end, peer, lines, lambda: self.judge_get(end, lines, len(head), bool(request)))

    def judge_get(self, end: End, lines: list[Line] | None, head: int, was_asked: bool) -> None:
        out, file = end.got, self.one.sink == "file"
        if not self.body.startswith(out):
            self.say("wrong-bytes", f"{len(out)} bytes came out that are not the beginning of the page")
        if lines and not end.died and not end.killed_by and was_asked:
            arrived = max(0, lines[0].down.sent - head)
            if arrived != len(out):
                self.say("lost-arrived", f"{arrived} bytes of the body arrived, {len(out)} came out")
            self.status(end, arrived == len(self.body) and (bool(self.body) or lines[0].down.sent >= head))
        if end.words and (partial := end.words.last("partial")):
            if (partial["bytes"], partial["length"]) != (len(out), len(self.body)):
                self.say("false-figure", f"{partial['bytes']} of {partial['length']} bytes are told to be in the file, "
                                         f"and there are {len(out)} of {len(self.body)}")
        elif end.words and end.words.is_json and file and end.status == 74 and 0 < len(out) < len(self.body):
            self.say("no-report", "half a file is left, and nothing is said of it")
        exchange = end.words.last("exchange") if end.words else None
        if exchange and exchange["bytes"] != len(out) and not end.died:
            self.say("false-figure", f"the exchange's bytes are told as {exchange['bytes']} and are {len(out)}")

    def request(self, one: socket.socket) -> bytes:
        """The request's head, which comes at once."""
        got = b""
        while b"\r\n\r\n" not in got and (part := one.recv(4096)):
            got += part
        return got

    def put(self) -> Made:
        """http-get that sends a file."""
        (self.folder / "upload").write_bytes(self.body)
        peer = Taker(b"", self.one.reader if self.death != "none" else "fast", self.death, self.fuse,
                     self.one.delay / 1000)
        address = self.network.listen()
        self.start(["http-get", "-T", "upload", f"http://{address}/x"])
        connection = self.network.accept(self.bench.limit)
        life = start(lambda: peer.serve(connection))
        end = self.end(life, peer, is_server=False)
        return self.made(end, peer, self.network.lines(), lambda: self.judge_put(end, peer))

    def judge_put(self, end: End, peer: Peer) -> None:
        got = head_and_body(bytes(peer.got))[1]
        if not self.body.startswith(got):
            self.say("wrong-bytes", f"{len(got)} bytes arrived that are not the beginning of the file")
        if not end.died:
            self.status(end, peer.data.endswith(CREATED) and peer.sent >= len(peer.data))

    # MARK: The server

    def serve(self) -> socket.socket:
        self.site.mkdir(exist_ok=True)
        subject = self.start(["http-serve", "--root", "site", "--upload", "--grace", "1", "127.0.0.1:0"])
        return self.network.connect(subject.place(self.bench.limit), self.bench.limit)

    def served(self, end: End) -> None:
        expected = {0, SIGNALS.get(self.one.death, 0)} if end.died else {0}
        if not end.killed_by and not end.hung and end.status not in expected:
            self.say("status", f"the server's status is {end.status}")

    def give(self) -> Made:
        """http-serve, of which a client wants a file."""
        self.site.mkdir()
        (self.site / "page").write_bytes(self.body)
        connection = self.serve()
        peer = Peer(b"GET /page HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                    self.one.reader if self.death != "none" else "fast", self.death, self.fuse, self.one.delay / 1000)
        peer.enough = 1 << 60
        life = start(lambda: peer.serve(connection))
        end = self.end(life, peer, is_server=True)
        lines = self.network.lines()
        return self.made(end, peer, lines, lambda: self.judge_give(end, peer, lines))

    def judge_give(self, end: End, peer: Peer, lines: list[Line] | None) -> None:
        self.served(end)
        head, got = head_and_body(bytes(peer.got))
        if not self.body.startswith(got):
            self.say("wrong-bytes", f"{len(got)} bytes arrived that are not the beginning of the page")
        if not peer.died and not end.died and got != self.body:
            self.say("silent-loss", f"nobody died, and the client got {len(got)} of {len(self.body)} bytes")
        answered = end.words.last("answered") if end.words else None
        if answered and lines and head.endswith(b"\r\n\r\n") and not end.died:
            least = max(0, lines[0].down.sent - len(head))
            if not least <= answered["bytes_sent"] <= len(self.body):
                self.say("false-figure", f"bytes_sent is told as {answered['bytes_sent']}, and is {least} to "
                                         f"{len(self.body)}")
            if answered["bytes_sent"] < len(self.body) and not answered.get("is_cut_off"):
                self.say("silent-loss", "an answer was broken off, and nothing is said of it")
        self.closing(end, lines)

    def closing(self, end: End, lines: list[Line] | None) -> None:
        """What is said of the connection, heads and all."""
        closed = end.words.last("closed") if end.words else None
        if not closed or not lines or end.died:
            return
        line = lines[0]
        if not closed["bytes_received"] <= line.up.sent:
            self.say("false-figure", f"bytes_received is told as {closed['bytes_received']}, and {line.up.sent} came")
        sent = closed["bytes_sent"]
        if not sent >= line.down.sent:
            self.say("false-figure", f"bytes_sent is told as {sent}, and {line.down.sent} were")
        exact = closed["by"] == "reset" and line.up.was_reset
        for name, least in (("bytes_unacknowledged", sent - line.down.acknowledged),
                            ("bytes_unsent", sent - line.down.sent)):
            if not least <= closed[name] <= (least if exact else sent):
                more = "" if exact else " or more"
                self.say("false-figure", f"{name} is told as {closed[name]}, and is {least}{more}")

    def take(self) -> Made:
        """http-serve, to which a client brings a file."""
        head = f"PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n".encode()
        self.fuse.after += len(head)
        connection = self.serve()
        peer = Sender(head + self.body, "fast", self.death, self.fuse, self.one.delay / 1000)
        peer.enough = 1 << 60
        life = start(lambda: peer.serve(connection))
        end = self.end(life, peer, is_server=True)
        lines = self.network.lines()
        names = [entry.name for entry in self.site.iterdir()]
        stored = (self.site / "new").read_bytes() if "new" in names else None
        return self.made(end, peer, lines, lambda: self.judge_take(end, peer, lines, len(head), names, stored))

    def judge_take(self, end: End, peer: Peer, lines: list[Line] | None, head: int, names: list[str],
                   stored: bytes | None) -> None:
        self.served(end)
        if names not in ([], ["new"]):
            self.say("left-behind", f"the folder has {names}")
        if stored is not None and stored != self.body:
            self.say("wrong-bytes", f"a file of {len(stored)} bytes is there, of {len(self.body)} that were sent")
        answer = bytes(peer.got)
        if answer.startswith(b"HTTP/1.1 201") != (stored is not None) and not (peer.died or end.died):
            self.say("silent-loss", f"the answer is {answer[:30]!r}, and the file is {names or 'missing'}")
        answered = end.words.last("answered") if end.words else None
        if answered and lines and not end.died:
            arrived = max(0, lines[0].up.sent - head)
            if answered["bytes_received"] != arrived:
                told = answered["bytes_received"]
                self.say("false-figure", f"bytes_received is told as {told}, and {arrived} arrived")
        self.closing(end, lines)


def run(bench: Bench, one: Draw, folder: Path) -> Made:
    try:
        return Page(bench, one, folder).run()
    except (OSError, TimeoutError) as error:
        raise Broken(f"{type(error).__name__}: {error}") from error
