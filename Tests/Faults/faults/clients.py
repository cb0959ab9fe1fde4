"""Clients of a server that is under a fault: each has a limit, and says what it got and whether it waited in vain."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from faults.flow import Flow, pattern, stream
from faults.run import Run
from faults.scenario import text


@dataclass
class Client:
    """One connection to the server, what it was sent, and whether the server ended it."""

    name: str
    got: bytearray = field(default_factory=bytearray)
    ended: bool = False
    failed: str = ""

    @property
    def was_reset(self) -> bool:
        """Whether it was told, as TCP does it, that what it got may not be all."""
        return "reset" in self.failed

    def flow(self, sent: bytes, got: Callable[[], bytes] | None = None) -> Flow:
        """What the server is to send to it."""
        return stream(f"to {self.name}", sent, got or (lambda: self.got), lambda: self.was_reset)

    def pattern(self, wanted: bytes) -> Flow:
        return pattern(f"to {self.name}", wanted, lambda: self.got, lambda: self.was_reset)


def connect(run: Run, place: str, kind: int = socket.SOCK_STREAM) -> socket.socket:
    """A connection to a port of this machine, or to a Unix socket's path."""
    family = socket.AF_INET if place.isdigit() else socket.AF_UNIX
    one = socket.socket(family, kind)
    one.settimeout(run.patience)
    one.connect(("127.0.0.1", int(place)) if place.isdigit() else place.removeprefix("unix:"))
    return one


def ask(
    run: Run, place: str, name: str, send: bytes = b"", enough: Callable[[bytes], bool] | None = None,
    close_writing: bool = True, kind: int = socket.SOCK_STREAM,
) -> Client:
    """Sends everything while it reads to the end, or until there is enough."""
    client = Client(name)
    try:
        with connect(run, place, kind) as one:
            writer = threading.Thread(target=write, args=(one, send, close_writing), daemon=True)
            writer.start()
            listen(run, one, client, enough)
            if not client.ended:  # The server has gone, or the client: who writes is not to wait for it.
                one.shutdown(socket.SHUT_RDWR)
            writer.join(run.limit)
    except OSError as error:
        client.failed = client.failed or str(error)
    if waited_in_vain(client):
        run.outcome.stalled.append(name)
    return client


def waited_in_vain(client: Client) -> bool:
    return "timed out" in client.failed


def listen(run: Run, one: socket.socket, client: Client, enough: Callable[[bytes], bool] | None) -> None:
    limit = time.monotonic() + run.patience
    while not (enough and enough(bytes(client.got))):
        one.settimeout(max(limit - time.monotonic(), 0.001))
        try:
            part = one.recv(1 << 16)
        except OSError as error:
            client.failed = str(error)
            return
        if not part:
            client.ended = True
            return
        client.got += part


def write(one: socket.socket, data: bytes, close_writing: bool) -> None:
    try:
        one.sendall(data)
        if close_writing:
            one.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def all_at_once(run: Run, works: list[Callable[[], Client]]) -> list[Client]:
    """Several clients side by side, in the order in which they were given."""
    found: list[Client] = [Client("nobody") for _ in works]

    def one(number: int) -> None:
        found[number] = works[number]()

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(run.limit)
    return found


def ask_with_datagrams(
    place: str | None, sent: list[bytes], patience: float = 1, answered: bool = True
) -> list[bytes]:
    """Sends datagrams to a port of this machine, one after the other, and gives those that came back."""
    got: list[bytes] = []
    if not place:
        return got
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("127.0.0.1", int(place)))
        one.settimeout(patience)
        for message in sent:
            try:
                one.send(message)
                if answered:
                    got.append(one.recv(1 << 16))
            except OSError:
                continue
    return got


def crowd(run: Run, argv: list[str], count: int, size: int) -> None:
    """So many clients of a server at once, each of which is to get back what it sends."""
    run.start(argv)
    place = run.place()
    bodies = [text(run.size(size), f"client{number}") for number in range(count)]
    works = [partial(ask, run, place, f"client {number}", body) for number, body in enumerate(bodies)]
    clients = all_at_once(run, works) if place else [Client("nobody")] * count
    run.flows += [client.flow(body) for body, client in zip(bodies, clients)]
    run.tell_to_end()
