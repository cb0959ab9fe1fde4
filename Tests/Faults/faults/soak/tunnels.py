"""What the clients of a soak do to a proxy: tunnels by each of its languages, requests that it passes on, refusals."""

from __future__ import annotations

import random
import socket
import struct

from faults.soak.exchanges import Place, Wrong, echoed, expect, receive, size


def tunnel(place: Place, chance: random.Random, target: Place, is_idle: bool = False) -> int:
    """Through a proxy to a server of echoes, by one of its languages; or to nobody, and the refusal."""
    refused = chance.random() < 0.1
    port = 1 if refused else int(target.where)
    with place.connect() as one:
        chance.choice([by_connect, by_socks4, by_socks5])(one, port, refused)
        return 0 if refused else echoed(one, chance, is_idle)


def by_connect(one: socket.socket, port: int, refused: bool) -> None:
    one.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\n" % port)
    head = b""
    while b"\r\n\r\n" not in head:
        part = one.recv(1)
        if not part:
            break
        head += part
    if (b" 200 " in head) == refused:
        raise Wrong(f"CONNECT: {head[:60]!r}")


def by_socks4(one: socket.socket, port: int, refused: bool) -> None:
    one.sendall(struct.pack(">BBH", 4, 1, port) + b"\x7f\0\0\1me\0")
    answer = receive(one, 8)
    if (answer[1:2] == b"\x5a") == refused:
        raise Wrong(f"SOCKS4: {answer!r}")


def by_socks5(one: socket.socket, port: int, refused: bool) -> None:
    one.sendall(b"\5\1\0")
    expect(one, b"\5\0")
    one.sendall(b"\5\1\0\1\x7f\0\0\1" + struct.pack(">H", port))
    answer = receive(one, 10)
    if (answer[1:2] == b"\0") == refused:
        raise Wrong(f"SOCKS5: {answer!r}")


def through_proxy(place: Place, chance: random.Random, target: Place) -> int:
    """A request in absolute form, which the proxy passes on."""
    count = size(chance)
    with place.connect() as one:
        one.sendall(
            b"GET http://127.0.0.1:%s/bytes/%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            % (target.where.encode(), count))
        got = bytearray()
        while part := one.recv(1 << 16):
            got += part
    if not got.startswith(b"HTTP/1.1 200") or len(got) < count:
        raise Wrong(f"through the proxy came {bytes(got[:60])!r}")
    return count
