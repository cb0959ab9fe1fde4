"""Healthy peers for the program to dial: threads with sockets, which end once the run is over."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from faults.run import Run

TICK = 0.02  # How often it is looked whether the run is over.
LAST = 1.0  # How long bytes are still taken that were on their way when the program ended.


def readable(run: Run, one: socket.socket) -> bool:
    """Waits until there is something to read; false if the run was over first."""
    while True:
        over = run.over.is_set()
        if select.select([one], [], [], 0 if over else TICK)[0]:
            return True
        if over:
            return False


def read_all(run: Run, one: socket.socket, got: bytearray) -> None:
    """Reads to the end, or until nothing comes any more after the run."""
    end = None
    while True:
        if run.over.is_set():
            end = end or time.monotonic() + LAST
            if time.monotonic() > end:
                return
        if not select.select([one], [], [], TICK)[0]:
            continue
        try:
            part = one.recv(1 << 16)
        except OSError:
            return
        if not part:
            return
        got += part


def write_all(run: Run, one: socket.socket, data: bytes) -> None:
    """Writes everything and says that this was all; whoever has gone away gets no more."""
    try:
        one.settimeout(run.limit + LAST)
        one.sendall(data)
        one.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def converse(run: Run, one: socket.socket, answer: bytes, got: bytearray) -> None:
    """Both directions at once, and then the end."""
    with one:
        writer = threading.Thread(target=write_all, args=(run, one, answer), daemon=True)
        writer.start()
        read_all(run, one, got)
        if run.over.is_set():
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        writer.join(run.limit)


class Listener:
    """A socket that accepts for the whole of a run; each connection is served by a thread of its own."""

    def __init__(self, run: Run, serve: Callable[[socket.socket], None], path: Path | None = None,
                 kind: int = socket.SOCK_STREAM) -> None:
        family = socket.AF_INET if path is None else socket.AF_UNIX
        self.run, self.serve = run, serve
        self.socket = socket.socket(family, kind)
        if path is None:
            self.socket.bind(("127.0.0.1", 0))
            self.port = self.socket.getsockname()[1]
        else:
            self.socket.bind(str(path))
            run.expected.add(path.name)
        self.socket.listen(16)
        run.thread(self.accept)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def accept(self) -> None:
        workers = []
        with self.socket:
            while readable(self.run, self.socket):
                one, _ = self.socket.accept()
                workers.append(threading.Thread(target=self.serve, args=(one,), daemon=True))
                workers[-1].start()
        for worker in workers:
            worker.join(self.run.limit)


class Talker(Listener):
    """A peer that sends its answer and takes what comes, on any number of connections; `got` is the last one's."""

    def __init__(self, run: Run, answer: bytes = b"", path: Path | None = None) -> None:
        self.answer = answer
        self.all: list[bytearray] = []
        super().__init__(run, self.talk, path)
        run.peer_note(f"a peer that sends {len(answer)} bytes, half-closes and reads to the end")

    def talk(self, one: socket.socket) -> None:
        got = bytearray()
        self.all.append(got)
        converse(self.run, one, self.answer, got)

    def got(self) -> bytes:
        """What the connection that brought most has brought: some may have come to nothing."""
        return bytes(max(self.all, key=len, default=b""))


class Echo(Listener):
    """A peer that sends back what comes."""

    def __init__(self, run: Run, path: Path | None = None) -> None:
        super().__init__(run, self.echo, path)
        run.peer_note("a peer that echoes")

    def echo(self, one: socket.socket) -> None:
        with one:
            while readable(self.run, one):
                try:
                    part = one.recv(1 << 16)
                    if not part:
                        return
                    one.sendall(part)
                except OSError:
                    return


class Packets(Listener):
    """A Unix socket of whole messages: it takes them until the end, then sends its own, and ends."""

    def __init__(self, run: Run, path: Path, answers: list[bytes]) -> None:
        self.answers, self.messages = answers, list[bytes]()
        super().__init__(run, self.talk, path, socket.SOCK_SEQPACKET)
        run.peer_note("a unixpacket peer that sends messages and takes messages")

    def talk(self, one: socket.socket) -> None:
        with one:
            try:
                for answer in self.answers:
                    one.send(answer)
                one.shutdown(socket.SHUT_WR)
                while readable(self.run, one) and (message := one.recv(1 << 16)):
                    self.messages.append(message)
            except OSError:
                return


class Datagrams:
    """A socket of datagrams that keeps what comes, and answers each with what `answer` makes of it."""

    def __init__(self, run: Run, answer: Callable[[bytes], bytes] | None = None, path: Path | None = None) -> None:
        self.run, self.answer, self.messages = run, answer, list[bytes]()
        self.socket = socket.socket(socket.AF_INET if path is None else socket.AF_UNIX, socket.SOCK_DGRAM)
        if path is None:
            self.socket.bind(("127.0.0.1", 0))
            self.port = self.socket.getsockname()[1]
        else:
            self.socket.bind(str(path))
            run.expected.add(path.name)
        run.thread(self.receive)
        run.peer_note("a peer that takes datagrams" + (" and answers each" if answer else ""))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def receive(self) -> None:
        with self.socket:
            while readable(self.run, self.socket):
                message, sender = self.socket.recvfrom(1 << 16)
                self.messages.append(message)
                if self.answer and sender:
                    try:
                        self.socket.sendto(self.answer(message), sender)
                    except OSError:
                        continue
