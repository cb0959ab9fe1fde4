"""What the clients of a soak do to servers of bytes: each exchange has a size and an end by chance, and is looked at.

An exchange raises `Wrong` if the server did not do what it should: bytes that differ, an end too early, silence.
"""

from __future__ import annotations

import random
import re
import select
import socket
import ssl
import struct
import time
from dataclasses import dataclass

from faults.secure import client_side

PATIENCE = 15.0
IDLE_LIMIT = 3.0  # Of the servers that have one.
PIECE = 48 * 1024  # What is on its way at once: both kernels have room for it.
POOL = random.Random(3).randbytes(4 << 20)
ENDS = ("orderly", "half", "reset", "away")
LINE = bytes(range(32, 127))
CHARGEN = b"".join((LINE * 2)[at:at + 72] + b"\r\n" for at in range(95)) * 2


class Wrong(Exception):
    """What a server did that it should not, in words."""


@dataclass(frozen=True)
class Place:
    """Where a server is: a port of this machine, or the path of a Unix socket."""

    where: str
    tls: bool = False

    def connect(self) -> socket.socket:
        family = socket.AF_INET if self.where.isdigit() else socket.AF_UNIX
        one = socket.socket(family)
        one.settimeout(PATIENCE)
        one.connect(("127.0.0.1", int(self.where)) if self.where.isdigit() else self.where)
        return SECURED.wrap_socket(one) if self.tls else one


SECURED = client_side()


def size(chance: random.Random, most: int = 1 << 20) -> int:
    """From a byte to `most`, small ones as often as large ones."""
    return int(2 ** chance.uniform(0, most.bit_length() - 1))


def data(chance: random.Random, count: int) -> bytes:
    begin = chance.randrange(len(POOL) - count)
    return POOL[begin:begin + count]


def receive(one: socket.socket, count: int) -> bytes:
    """So many bytes; fewer only at the end."""
    got = bytearray()
    while len(got) < count:
        part = one.recv(min(1 << 16, count - len(got)))
        if not part:
            break
        got += part
    return bytes(got)


def expect(one: socket.socket, wanted: bytes) -> None:
    got = receive(one, len(wanted))
    if got != wanted:
        raise Wrong(f"{len(got)} of {len(wanted)} bytes came" if len(got) < len(wanted) else "the bytes differ")


def expect_end(one: socket.socket) -> None:
    if more := one.recv(1 << 16):
        raise Wrong(f"{len(more)} bytes came where the end should have: {more[:40]!r}")


def reset(one: socket.socket) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def end_writing(one: socket.socket) -> None:
    """A half-close; of TLS too, where the server has said that it will read on."""
    if isinstance(one, ssl.SSLSocket):
        one.unwrap()  # Both ends at once, as nearly all do.
    else:
        one.shutdown(socket.SHUT_WR)


def echo(place: Place, chance: random.Random, is_idle: bool = False, most: int = 1 << 20) -> int:
    """Sends and gets it back."""
    with place.connect() as one:
        return echoed(one, chance, is_idle, most)


def echoed(one: socket.socket, chance: random.Random, is_idle: bool, most: int = 1 << 20) -> int:
    end = "idle" if is_idle else chance.choice(ENDS)
    body = data(chance, size(chance, PIECE if end in ("half", "away") else most))
    if end == "half" and not isinstance(one, ssl.SSLSocket):
        one.sendall(body)
        one.shutdown(socket.SHUT_WR)
        expect(one, body)
        expect_end(one)
        return len(body)
    if end == "away":
        one.sendall(body)
        return len(body)
    # Who resets does so in the middle.
    until = chance.randrange(len(body)) if end == "reset" else len(body)
    for at in range(0, until, PIECE):
        one.sendall(body[at:at + PIECE])
        expect(one, body[at:at + PIECE])
    if end == "reset":
        one.sendall(body[:100])
        reset(one)
    elif is_idle:
        wait_for_limit(one)
    else:
        end_writing(one)
        if not isinstance(one, ssl.SSLSocket):
            expect_end(one)
    return until


def poured(place: Place, chance: random.Random) -> int:
    """Sends much while as much comes back, for which a relay has ways of its own; a third break it off on the way."""
    body, sent, got = data(chance, size(chance, 1 << 21)), 0, bytearray()
    until = chance.randrange(len(body)) if chance.random() < 0.3 else len(body)
    with place.connect() as one:
        one.setblocking(False)
        while len(got) < until:
            readable, writable, _ = select.select([one], [one] if sent < len(body) else [], [], PATIENCE)
            if not readable and not writable:
                raise Wrong(f"silence after {len(got)} of {len(body)} bytes")
            if writable:
                sent += one.send(body[sent:sent + PIECE])
            if readable:
                part = one.recv(1 << 16)
                if not part:
                    raise Wrong(f"the end came after {len(got)} of {len(body)} bytes")
                got += part
        if bytes(got) != body[:len(got)]:
            raise Wrong("the bytes differ")
        if until < len(body):
            reset(one)
    return len(got)


def wait_for_limit(one: socket.socket) -> None:
    """Says nothing until the server has had enough of that."""
    begin = time.monotonic()
    try:
        expect_end(one)
    except ConnectionResetError:
        pass
    if time.monotonic() - begin < IDLE_LIMIT / 2:
        raise Wrong("it ended before its limit of silence")


def discard(place: Place, chance: random.Random) -> int:
    body = data(chance, size(chance))
    with place.connect() as one:
        one.sendall(body)
        end = chance.choice(ENDS)
        if end == "reset":
            reset(one)
        elif end != "away":
            one.shutdown(socket.SHUT_WR)
            expect_end(one)
    return len(body)


def chargen(place: Place, chance: random.Random) -> int:
    wanted = size(chance)
    with place.connect() as one:
        got = receive(one, wanted)
        if len(got) < wanted or not CHARGEN.startswith(got[:len(CHARGEN)]):
            raise Wrong(f"{len(got)} of {wanted} bytes of chargen")
        if chance.random() < 0.5:
            reset(one)
    return wanted


def clock(place: Place, chance: random.Random) -> int:
    with place.connect() as one:
        if chance.random() < 0.2:
            reset(one)
            return 0
        got = receive(one, 100)
    if not re.fullmatch(rb"\d{4}-\d\d-\d\d.*\n", got):
        raise Wrong(f"no time: {got[:60]!r}")
    return len(got)


def room(place: Place, chance: random.Random) -> int:
    """Two listen while a third says a line, again and again, until both have heard it."""
    marker = b"%016x" % chance.getrandbits(64)
    ones = [place.connect() for _ in range(3)]
    try:
        missing = {one: b"" for one in ones[:2]}
        limit = time.monotonic() + PATIENCE
        while missing:
            if time.monotonic() > limit:
                raise Wrong("a line was not heard")
            ones[2].sendall(marker + b"\n")
            for one in list(missing):
                hear(one, missing, marker)
        for one in ones:
            if chance.random() < 0.5:
                reset(one)
    finally:
        for one in ones:
            one.close()
    return len(marker)


def hear(one: socket.socket, missing: dict[socket.socket, bytes], marker: bytes) -> None:
    """A look at what has come; there may be much that is not for us."""
    one.settimeout(0.2)
    try:
        part = one.recv(1 << 16)
        if not part:
            raise Wrong("somebody who listened was ended")
        missing[one] = missing[one][-40:] + part
    except TimeoutError:
        return
    if marker in missing[one]:
        del missing[one]


def frames(place: Place, chance: random.Random) -> int:
    """A connect and some submits, each acknowledged; or something that no packet is, and the end."""
    def packet(command: int, number: int, payload: bytes = b"") -> bytes:
        return struct.pack(">IB", 13 + len(payload), command) + b"%08d" % number + payload

    with place.connect() as one:
        one.sendall(packet(1, 0))
        expect(one, packet(0x81, 0, b"\0"))
        count = chance.randrange(1, 50)
        for number in range(1, count):
            one.sendall(packet(2, number, data(chance, size(chance, 4096))))
            expect(one, packet(0x82, number, b"\0"))
        end = chance.choice([*ENDS, "bad"])
        if end == "bad":
            one.sendall(packet(0x55, 9))
            expect(one, packet(0x82, 9, b"\1"))
        if end == "reset":
            reset(one)
        elif end != "away":
            one.shutdown(socket.SHUT_WR) if end != "bad" else None
            expect_end(one)
    return count * 13


def pipe(place: Place, chance: random.Random) -> int:
    """Some lines for the server's standard output; what its standard input has is let go by."""
    count = size(chance, PIECE)
    with place.connect() as one:
        for at in range(0, count, 1000):
            one.sendall(data(chance, min(1000, count - at)) + b"\n")
        if chance.random() < 0.5:
            reset(one)
    return count


def datagrams(place: Place, chance: random.Random) -> int:
    """A few, each with its echo; one that is lost is sent again, twice."""
    total = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("127.0.0.1", int(place.where)))
        one.settimeout(1)
        for number in range(chance.randrange(1, 10)):
            body = b"%08d" % number + data(chance, size(chance, 8192))
            total += len(body)
            if not any(came_back(one, body) for _ in range(3)):
                raise Wrong("no echo of a datagram, three times")
    return total


def came_back(one: socket.socket, body: bytes) -> bool:
    one.send(body)
    try:
        while one.recv(1 << 16) != body:
            pass
    except TimeoutError:
        return False
    return True
