"""What the clients of a soak do to http-serve: pages, files and parts of them, uploads, and what no request is."""

from __future__ import annotations

import http.client
import random
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from faults.soak.exchanges import PATIENCE, SECURED, Place, Wrong, data, end_writing, reset, size, wait_for_limit

FILES = {"small": 800, "middle": 60_000, "large": 900_000}
UPLOADS = 4  # Names that each client has, over and over.


def make_site(folder: Path) -> None:
    folder.mkdir()
    for name, count in FILES.items():
        (folder / name).write_bytes(content(name))
        assert len(content(name)) == count


def content(name: str) -> bytes:
    return random.Random(name).randbytes(FILES[name])


def visit(place: Place, chance: random.Random, is_idle: bool = False) -> int:
    """A connection, some requests on it, and an end."""
    one = connection(place)
    total = 0
    try:
        for _ in range(chance.randrange(1, 6)):
            total += chance.choice(REQUESTS)(one, chance)
        if is_idle:
            wait_for_limit(one.sock)
        elif chance.random() < 0.2:
            reset(one.sock)
    finally:
        one.close()
    return total


def connection(place: Place) -> http.client.HTTPConnection:
    port = int(place.where)
    if place.tls:
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=SECURED)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)


def ask(
    one: http.client.HTTPConnection, wanted: int, path: str, method: str = "GET", body: bytes | None = None,
    fields: dict[str, str] | None = None, chunked: bool = False,
) -> bytes:
    sent = iter([body]) if chunked and body else body
    one.request(method, path, sent, fields or {}, encode_chunked=chunked and bool(body))
    answer = one.getresponse()
    got = answer.read()
    if answer.status != wanted:
        raise Wrong(f"{method} {path}: {answer.status} instead of {wanted}")
    return got


def page(one: http.client.HTTPConnection, chance: random.Random) -> int:
    path, wanted = chance.choice([("/time", 200), ("/headers", 200), ("/", 200), ("/status/404", 404), ("/no", 404)])
    return len(ask(one, wanted, path))


def some_bytes(one: http.client.HTTPConnection, chance: random.Random) -> int:
    count = size(chance)
    if len(ask(one, 200, f"/bytes/{count}")) != count:
        raise Wrong(f"/bytes/{count} was not so long")
    return count


def file(one: http.client.HTTPConnection, chance: random.Random) -> int:
    name = chance.choice(list(FILES))
    whole = content(name)
    if chance.random() < 0.5:
        got = ask(one, 200, f"/{name}")
    else:
        begin = chance.randrange(len(whole))
        whole = whole[begin:begin + size(chance)]
        got = ask(one, 206, f"/{name}", fields={"Range": f"bytes={begin}-{begin + len(whole) - 1}"})
    if got != whole:
        raise Wrong(f"/{name}: the bytes differ")
    return len(got)


def head(one: http.client.HTTPConnection, chance: random.Random) -> int:
    return len(ask(one, 200, f"/{chance.choice(list(FILES))}", "HEAD"))


def echoed(one: http.client.HTTPConnection, chance: random.Random) -> int:
    body = data(chance, size(chance, 1 << 18))
    if ask(one, 200, "/echo", "POST", body, chunked=chance.random() < 0.5) != body:
        raise Wrong("/echo: the bytes differ")
    return len(body)


def upload(one: http.client.HTTPConnection, chance: random.Random) -> int:
    """A file, over one that is there or not, and a look at it: nobody else has its name."""
    name = f"/up-{threading.get_native_id()}-{chance.randrange(UPLOADS)}"
    body = data(chance, size(chance, 1 << 18))
    one.request("PUT", name, body)
    answer = one.getresponse()
    answer.read()
    if answer.status not in (200, 201, 204):
        raise Wrong(f"PUT: {answer.status}")
    if ask(one, 200, name) != body:
        raise Wrong("what was put there is not there")
    return len(body)


def stream(one: http.client.HTTPConnection, chance: random.Random) -> int:
    return len(ask(one, 200, chance.choice(["/stream/2", "/delay/50ms"])))


REQUESTS: list[Callable[[http.client.HTTPConnection, random.Random], int]] = [
    page, page, some_bytes, file, file, head, echoed, upload, stream]


def rude(place: Place, chance: random.Random) -> int:
    """Somebody who leaves in the middle, of a head, of a body, of an answer, or sends what is no request."""
    with place.connect() as one:
        what = chance.choice([leave_in_head, leave_in_body, leave_in_answer, garbage, half])
        what(one, chance)
    return 0


def leave(one: socket.socket, chance: random.Random) -> None:
    if chance.random() < 0.5:
        reset(one)


def leave_in_head(one: socket.socket, chance: random.Random) -> None:
    one.sendall(b"GET /time HTTP/1.1\r\nHos")
    leave(one, chance)


def leave_in_body(one: socket.socket, chance: random.Random) -> None:
    path, method = chance.choice([(b"/echo", b"POST"), (b"/cut-%d" % threading.get_native_id(), b"PUT")])
    one.sendall(method + b" " + path + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
    one.sendall(data(chance, chance.randrange(1, 99_999)))
    leave(one, chance)


def leave_in_answer(one: socket.socket, chance: random.Random) -> None:
    path = chance.choice([b"/bytes/20M", b"/large", b"/stream/20"])
    one.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    if not one.recv(chance.randrange(1, 1 << 16)):
        raise Wrong(f"{path!r}: no answer")
    leave(one, chance)


def garbage(one: socket.socket, chance: random.Random) -> None:
    one.sendall(chance.choice([b"what\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"]))
    got = one.recv(1 << 16)
    if b" 400 " not in got.split(b"\r\n")[0]:
        raise Wrong(f"what is no request got {got[:40]!r}")


def half(one: socket.socket, _: random.Random) -> None:
    """Whoever ends his side after the request still wants the answer."""
    if isinstance(one, ssl.SSLSocket):
        return
    one.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
    end_writing(one)
    got = 0
    while part := one.recv(1 << 16):
        got += len(part)
    if got < FILES["large"]:
        raise Wrong(f"{got} bytes for a client that had ended its side")
