"""A server under attack: how it is started, looked at, and asked whether it still serves."""

from __future__ import annotations

import itertools
import os
import resource
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from faults import secure
from faults.crowd import census
from faults.crowd.census import Census, Witness
from faults.child import Child
from faults.crowd.kinds import GET, TARGET, TUNNEL, Kind
from faults.crowd.native import Native
from faults.crowd.served import Served, pin

START_SECONDS = 15.0
NEW_CLIENT_SECONDS = 5.0
IDLE_LOOKS, IDLE_PAUSE = 20, 0.05
POURED, POURED_AT_ONCE = 8 << 20, 24
MESSAGE = b"somebody new\n"


@dataclass
class Server:
    """One process that serves, and what it needs behind it."""

    kind: Kind
    child: Child
    port: int
    witness: Witness | None
    target: Child | None = None
    target_port: int = 0
    crowd_target: Child | None = None  # Where the crowd may say where it wants to go: not to those of the others.
    crowd_port: int = 0

    @property
    def pid(self) -> int:
        return self.child.process.pid

    def census(self, clients: Served | None = None, trims: bool = False) -> Census:
        """A look at it; while it is asked what malloc has given out, its clients stand still."""
        with stopped(clients):
            found = census.look(self.pid)
            if self.witness and self.is_idle() and (answer := self.witness.ask(self.pid, trims)):
                found = census.look(self.pid) if trims else found
                found = replace(found, in_use=answer[0], freed=answer[1])
        return found

    def is_idle(self) -> bool:
        """Whether all its threads wait, and have waited for a moment: then malloc's lock is free."""
        before = -1.0
        for _ in range(IDLE_LOOKS):
            now = census.cpu_seconds(self.pid)
            if now == before:
                return True
            before = now
            time.sleep(IDLE_PAUSE)
        return False

    def limit_descriptors(self, count: int | None) -> None:
        """Lets it have so many descriptors; None is as many as at the start."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (hard if count is None else count, hard))

    def serves_somebody_new(self) -> float | str:
        """The seconds until somebody who comes now has what he came for, or why he has not."""
        begin = time.monotonic()
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), NEW_CLIENT_SECONDS) as one:
                    one.settimeout(NEW_CLIENT_SECONDS)
                    visit(one, self.kind, self.target_port)
                return time.monotonic() - begin
            except (OSError, ValueError) as error:
                # Right after an attack its last connections may still be waiting to be told that there is no room.
                if time.monotonic() - begin > NEW_CLIENT_SECONDS:
                    return f"nobody new is served: {error}"
                time.sleep(0.05)

    def stop(self) -> None:
        """Ends it as one ends a server, and if that does not help by force."""
        for child in filter(None, (self.child, self.target, self.crowd_target)):
            child.signal(signal.SIGTERM)
            if not child.wait(10):
                child.kill()


def visit(one: socket.socket, kind: Kind, target: int) -> None:
    """What somebody new does: an exchange of the server's kind, to the end."""
    if kind.clients == "tls":
        one = secure.client_side().wrap_socket(one)
    if kind.clients == "proxy":
        one.sendall(TUNNEL.replace(TARGET, f"127.0.0.1:{target}").encode())
        expect(one, b"200")
    if kind.clients == "http":
        one.sendall(GET.encode())
        return expect(one, b"200 OK")
    if kind.clients == "chargen":
        return expect(one, b"!\"#$%")
    one.sendall(MESSAGE)
    if kind.clients == "discard":
        one.shutdown(socket.SHUT_WR)
        if one.recv(1):
            raise ValueError("it said something")
        return None
    expect(one, MESSAGE)
    if isinstance(one, ssl.SSLSocket):
        one.unwrap()
    return None


def expect(one: socket.socket, wanted: bytes) -> None:
    got = b""
    while wanted not in got:
        part = one.recv(1 << 14)
        if not part:
            raise ValueError(f"the end came after {got[-60:]!r}")
        got += part


def fill_pools(server: Server) -> None:
    """Has bytes go both ways through several connections at once, for which a relay takes pipes, and keeps some."""
    threads = [threading.Thread(target=pour_through, args=(server,), daemon=True) for _ in range(POURED_AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(START_SECONDS)


def pour_through(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), START_SECONDS) as one:
        if server.kind.clients == "proxy":
            one.sendall(TUNNEL.replace(TARGET, f"127.0.0.1:{server.target_port}").encode())
            expect(one, b"\r\n\r\n")
        writer = threading.Thread(target=one.sendall, args=(bytes(POURED),), daemon=True)
        writer.start()
        left = POURED
        while left and (part := one.recv(1 << 16)):
            left -= len(part)
            time.sleep(0.0005)  # So that it is in no hurry, and all pipes are in use at once.
        writer.join(START_SECONDS)


@contextmanager
def stopped(clients: Served | None) -> Iterator[None]:
    """Has the clients stand still, who then have nothing on its way to the server."""
    if clients:
        clients.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        if clients:
            clients.process.send_signal(signal.SIGCONT)


@dataclass
class Field:
    """Where servers, their clients and attackers are started: the server on one processor, all others on another."""

    native: Native
    binary: Path
    folder: Path
    is_watched: bool = True  # Servers are asked what malloc has given out.
    trims: bool = False  # Their malloc is told to give back what it can, after each attack.
    settings: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    children: list[Child] = field(default_factory=list)

    def __post_init__(self) -> None:
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpu, self.others_cpu = (cpus[0], cpus[-1]) if len(cpus) > 1 else (None, None)

    def child(self, argv: list[str], cpu: int | None, settings: dict[str, str]) -> Child:
        log = self.folder / f"{next(self.numbers)}.err"
        child = Child(argv, log, self.folder.name, self.folder, settings)
        self.children.append(child)
        pin(child.process.pid, cpu)
        return child

    def end(self) -> None:
        """Ends whoever is left, where something went wrong."""
        for child in self.children:
            if child.running:
                child.kill()

    def helper(self, name: str, *arguments: str, cpu: int | None) -> tuple[Child, int]:
        """A server in C: the target of forwarders, or one that takes an attack beside ours."""
        child = self.child([self.native.path(name), *arguments], cpu, {})
        return child, listening(child)

    def control(self, kind: Kind) -> Server:
        """The least server in C that takes what this kind takes: it echoes, or joins to one that does; with TLS too."""
        target, port = self.helper("epoll_echo", cpu=self.others_cpu) if kind.has_target else (None, 0)
        words = ["copy", str(port)] if target else ["echo", *self.certificate()] if kind.is_tls else []
        child, place = self.helper(kind.control, *words, cpu=self.server_cpu)
        return Server(Kind((), "tls" if kind.is_tls else "echo"), child, place, None, target, port)

    def certificate(self) -> list[str]:
        """The files of one, and of its key."""
        files = [self.folder / name for name in ("chain.pem", "key.pem")]
        if not all(file.exists() for file in files) and not secure.make_certificate(self.folder):
            raise RuntimeError("the command openssl makes the certificate of the control, and there is none")
        return [str(file) for file in files]

    def start(self, kind: Kind) -> Server:
        witness, settings = None, dict(self.settings)
        if self.is_watched:
            witness = Witness(self.native.path("witness.so"), self.folder / f"{next(self.numbers)}.malloc")
            settings |= witness.settings
        target, target_port = self.helper("epoll_echo", cpu=self.others_cpu) if kind.has_target else (None, 0)
        program = self.native.path("wrong") if kind.is_wrong else str(self.binary)
        names_target = TARGET in kind.silent
        crowd_target, crowd_port = self.helper("epoll_echo", cpu=self.others_cpu) if names_target else (None, 0)
        address = f"127.0.0.1:{target_port}"
        argv = [program, *(address if word == TARGET else word for word in kind.argv)]
        child = self.child(argv, self.server_cpu, settings)
        return Server(kind, child, listening(child), witness, target, target_port, crowd_target, crowd_port)

    def clients(self, server: Server, count: int, rate: float) -> Served:
        """Well-behaved ones; a rate of 0 is as fast as they can."""
        argv = [self.native.path("served"), server.kind.clients, str(server.port), str(count), str(rate)]
        if server.kind.clients == "proxy":
            argv.append(str(server.target_port))
        served = Served(argv, self.folder / f"{next(self.numbers)}.served")
        pin(served.process.pid, self.others_cpu)
        return served


def listening(child: Child) -> int:
    place = child.place(START_SECONDS)
    if place is None:
        raise RuntimeError(f"{' '.join(child.argv)} does not listen: {child.said()}")
    return int(place)
