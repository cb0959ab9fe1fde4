"""The runs whose instructions are counted. What is done often is counted a piece: starting the program is not in it.

The other side of a connection is a plain program or this one. Nothing here may depend on how fast it is: a request is
sent when the answer to the one before has come, and a piece of data when the program sleeps and waits for it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from harness.callgrind import Counted
from harness.children import Children, RunFailed, readable
from harness.contestants import C_EPOLL, SOCKCTL, Tools, free_port

MESSAGE = b"the quick brown fox jumps over the lazy dog, and over 64 bytes.."
PIECE = (b"a" * 63 + b"\n") * 256  # 16 KiB: one segment, and less than a pipe holds.
PATIENCE = 30.0
REQUEST = b"GET /time HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass(frozen=True)
class Lab:
    tools: Tools

    def children(self) -> Children:
        logs = self.tools.work / "logs"
        logs.mkdir(exist_ok=True)
        return Children(logs)

    @property
    def sockctl(self) -> str:
        return self.tools.paths[SOCKCTL]

    # From start to end.

    def start(self, *arguments: str) -> float:
        with self.children() as children:
            return Counted.start(children, [self.sockctl, *arguments]).instructions()

    # Servers, asked by a client that blocks.

    def server(self, argv: Sequence[str], ask: Callable[[int, int], None], times: int) -> float:
        """A server that was asked so often."""
        with self.children() as children:
            server = Counted.start(children, argv)
            ask(server.child.listening_port(), times)
            return server.instructions(end=True)

    def echo(self, contestant: str, ask: Callable[[int, int], None]) -> Callable[[int], float]:
        return lambda times: self.server(self.tools.echo_server(contestant), ask, times)

    def pages(self, times: int) -> float:
        return self.server([self.sockctl, "http-serve", "127.0.0.1:0"], ask_for_pages, times)

    def forwards(self, ours: bool, ask: Callable[[int, int], None]) -> Callable[[int], float]:
        """A forwarder before the C server: this one, or the C one that copies."""

        def run(times: int) -> float:
            with self.children() as children:
                target = str(children.start(self.tools.echo_server(C_EPOLL)).listening_port())
                argv = [self.tools.program("epoll_forward"), "copy", target]
                if ours:
                    argv = [self.sockctl, "forward", "127.0.0.1:0", f"127.0.0.1:{target}"]
                forwarder = Counted.start(children, argv)
                ask(forwarder.child.listening_port(), times)
                return forwarder.instructions(end=True)

        return run

    # A client, answered by the C server.

    def asks(self, times: int) -> float:
        with self.children() as children:
            server = children.start(self.tools.echo_server(C_EPOLL))
            options = ["--send", "x", "--count", str(times), "--quiet"]
            argv = [self.sockctl, "dial", *options, f"127.0.0.1:{server.listening_port()}"]
            return Counted.start(children, argv).instructions()

    # The relay: piece by piece, each sent when the one before has come out.

    def receives(self, *options: str) -> Callable[[int], float]:
        """TCP to a pipe."""

        def run(pieces: int) -> float:
            with self.children() as children:
                received, output = children.pipe()
                argv = [self.sockctl, "listen", *options, "127.0.0.1:0"]
                listen = Counted.start(children, argv, stdout=output)
                with dial(listen.child.listening_port()) as peer:
                    for _ in range(pieces):
                        listen.rest()
                        peer.sendall(PIECE)
                        read_whole(received)
                return listen.instructions()

        return run

    def sends(self, *options: str) -> Callable[[int], float]:
        """A pipe to TCP."""

        def run(pieces: int) -> float:
            with self.children() as children, socket.create_server(("127.0.0.1", 0)) as listener:
                listener.settimeout(PATIENCE)
                input_, source = children.pipe()
                argv = [self.sockctl, "dial", *options, f"127.0.0.1:{listener.getsockname()[1]}"]
                client = Counted.start(children, argv, stdin=input_)
                with listener.accept()[0] as peer:
                    peer.settimeout(PATIENCE)
                    for _ in range(pieces):
                        client.rest()
                        os.write(source, PIECE)
                        if peer.recv(len(PIECE), socket.MSG_WAITALL) != PIECE:
                            raise RunFailed("what came differs from what was sent")
                    children.close(source)
                return client.instructions()

        return run


def read_whole(pipe: int) -> None:
    left = len(PIECE)
    while left > 0:
        if not readable(pipe, PATIENCE):
            raise RunFailed(f"{left} bytes did not come")
        count = len(os.read(pipe, left))
        if count == 0:
            raise RunFailed("it ended too early")
        left -= count


def ask_on(connections: int) -> Callable[[int, int], None]:
    """Round trips on so many connections: all are asked, then all are heard."""

    def ask(port: int, times: int) -> None:
        with ExitStack() as stack:
            clients = [stack.enter_context(dial(port)) for _ in range(connections)]
            for _ in range(times // connections):
                for client in clients:
                    client.sendall(MESSAGE)
                for client in clients:
                    if client.recv(len(MESSAGE), socket.MSG_WAITALL) != MESSAGE:
                        raise RunFailed("the echo differs from what was sent")

    return ask


def come_and_go(port: int, times: int) -> None:
    """Connections that are ended at once, one after the other."""
    for _ in range(times):
        with dial(port) as client:
            client.shutdown(socket.SHUT_WR)
            if client.recv(1):
                raise RunFailed("expected the server's end")


def ask_for_pages(port: int, times: int) -> None:
    with dial(port) as client:
        for _ in range(times):
            client.sendall(REQUEST)
            if not client.recv(4096).startswith(b"HTTP/1.1 200"):
                raise RunFailed("the answer was none")


def dial(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def slope(run: Callable[[int], float], few: int, many: int) -> Callable[[], float]:
    """What one more costs."""
    return lambda: (run(many) - run(few)) / (many - few)


@dataclass(frozen=True)
class Case:
    count: Callable[[], float]
    beside: str = ""  # The case that is the same in C.
    most: float = 0  # So many times the instructions of that are what we ask of ourselves.
    is_ours: bool = True
    runs: int = 2  # The smallest count is taken: a wake-up more is chance.


def cases(tools: Tools) -> dict[str, Case]:
    lab = Lab(tools)

    def echo(contestant: str, ask: Callable[[int, int], None], few: int = 1000) -> Callable[[], float]:
        return slope(lab.echo(contestant, ask), few, 3 * few)

    def forward(ours: bool, ask: Callable[[int, int], None], few: int = 500) -> Callable[[], float]:
        return slope(lab.forwards(ours, ask), few, 3 * few)

    return {
        "start: --version": Case(lambda: lab.start("--version")),
        "start: dial, refused": Case(lambda: lab.start("dial", f"127.0.0.1:{free_port()}")),
        "echo: a round trip": Case(echo(SOCKCTL, ask_on(1)), "C echo: a round trip", 2.5),
        "C echo: a round trip": Case(echo(C_EPOLL, ask_on(1)), is_ours=False),
        "echo: one of 100 connections": Case(echo(SOCKCTL, ask_on(100)), "C echo: one of 100 connections", 2.5),
        "C echo: one of 100 connections": Case(echo(C_EPOLL, ask_on(100)), is_ours=False),
        "echo: come and go": Case(echo(SOCKCTL, come_and_go, 200), "C echo: come and go", runs=6),
        "C echo: come and go": Case(echo(C_EPOLL, come_and_go, 200), is_ours=False),
        "forward: a round trip": Case(forward(True, ask_on(1)), "C forward: a round trip"),
        "C forward: a round trip": Case(forward(False, ask_on(1)), is_ours=False),
        "forward: one of 100 connections": Case(forward(True, ask_on(100)), "C forward: one of 100 connections"),
        "C forward: one of 100 connections": Case(forward(False, ask_on(100)), is_ours=False),
        "forward: come and go": Case(forward(True, come_and_go, 100), "C forward: come and go", runs=6),
        "C forward: come and go": Case(forward(False, come_and_go, 100), is_ours=False),
        "dial --send: a round trip": Case(slope(lab.asks, 1000, 3000)),
        "http-serve: a request": Case(slope(lab.pages, 500, 1500)),
        "relay: TCP to pipe": Case(slope(lab.receives(), 200, 600)),
        "relay: pipe to TCP": Case(slope(lab.sends(), 200, 600)),
        "relay: pipe to TCP, -v": Case(slope(lab.sends("-v"), 200, 600)),
        "relay: TCP to pipe, -o": Case(slope(lab.receives("-o", "/dev/null"), 200, 600)),
        "relay: pipe to TCP, --frame line": Case(slope(lab.sends("--frame", "line"), 20, 60)),
        "relay: TCP to pipe, --frame line": Case(slope(lab.receives("--frame", "line"), 20, 60)),
        "relay: TCP to pipe, -x": Case(slope(lab.receives("-x", "/dev/null"), 20, 60)),
    }
