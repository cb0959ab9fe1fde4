"""Scenarios of http-serve and http-get."""

from __future__ import annotations

import http.client
import io
import socket
from dataclasses import dataclass
from functools import partial

from faults import flow
from faults.clients import Client, all_at_once, ask
from faults.peers import Listener, readable
from faults.run import Run
from faults.scenario import scenario, text

PAGE = "page.txt"


@dataclass
class Answer:
    """What a client of HTTP got; `told` is whether it can see that it is not all."""

    status: int = 0
    body: bytes = b""
    told: bool = False


class Given:
    """Bytes where the library wants a socket."""

    def __init__(self, got: bytes) -> None:
        self.got = got

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self.got)


def parse(got: bytes) -> Answer:
    """One answer, as a client that knows HTTP sees it."""
    answer = http.client.HTTPResponse(Given(got))  # type: ignore[arg-type]
    try:
        answer.begin()
        return Answer(answer.status, answer.read(), answer.status >= 400)
    except http.client.IncompleteRead as error:
        return Answer(answer.status, error.partial, True)
    except (http.client.HTTPException, OSError, ValueError):
        return Answer(told=True)


def request(path: str, method: str = "GET", body: bytes = b"") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: a\r\n{length}Connection: close\r\n\r\n".encode() + body


def answer_flow(name: str, state: flow.Flow, client: Client) -> flow.Flow:
    state.name, state.told = name, lambda: parse(bytes(client.got)).told
    return state


@scenario("http-serve")
def http_serve(run: Run) -> None:
    """http-serve gives a file, the time, a list of the folder and a byte range, on a connection each."""
    page = text(run.size(150_000), "page")
    folder = run.folder / "site"
    folder.mkdir()
    (folder / PAGE).write_bytes(page)
    run.expected.add("site")
    run.start(["http-serve", "--root", "site", "--grace", "1", "127.0.0.1:0"])
    place = run.place()
    asked = {f"/{PAGE}": None, "/time": rb"\d{4}-.*\n?", "/": rb".*page\.txt.*"}
    works = [partial(ask, run, place, path, request(path), close_writing=False) for path in asked]
    clients = all_at_once(run, works) if place else [Client(path) for path in asked]
    for client, wanted in zip(clients, asked.values()):
        body = partial(lambda one: parse(bytes(one.got)).body if parse(bytes(one.got)).status == 200 else b"", client)
        one = flow.pattern("", wanted, body) if wanted else flow.stream("", page, body)
        run.flows.append(answer_flow(f"of {client.name}", one, client))
    run.tell_to_end()


@scenario("http-upload")
def http_upload(run: Run) -> None:
    """http-serve takes a file with PUT, and leaves no half of one."""
    body = text(run.size(100_000), "upload")
    folder = run.folder / "site"
    folder.mkdir()
    run.expected.add("site")
    run.start(["http-serve", "--root", "site", "--upload", "--grace", "1", "127.0.0.1:0"])
    place = run.place()
    put = request("/new", "PUT", body)
    client = ask(run, place, "the client", put, close_writing=False) if place else Client("the client")

    def stored() -> bytes:
        path = folder / "new"
        return path.read_bytes() if path.exists() else b""

    run.flows.append(answer_flow("to the file", flow.stream("", body, stored), client))
    run.tell_to_end()
    for entry in folder.iterdir():
        if entry.name != "new":
            run.outcome.left.append(f"a file: site/{entry.name}")


class WebServer(Listener):
    """A peer that gives every request the same page and keeps the connection."""

    def __init__(self, run: Run, body: bytes) -> None:
        self.body, self.bodies = body, list[bytes]()
        super().__init__(run, self.answer)
        run.peer_note(f"a web server with a page of {len(body)} bytes")

    def answer(self, one: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(self.body)}\r\n\r\n".encode()
        kept = b""
        with one:
            while readable(self.run, one):
                try:
                    part = one.recv(1 << 16)
                    kept += part
                    if not part:
                        return
                    if (sent := whole_request(kept)) is not None:
                        self.bodies.append(sent)
                        kept = b""
                        one.settimeout(self.run.limit)
                        one.sendall(head + self.body)
                except OSError:
                    return


def whole_request(kept: bytes) -> bytes | None:
    """The body of a request, once all of it is there."""
    head, end, body = kept.partition(b"\r\n\r\n")
    if not end:
        return None
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    return body if len(body) >= int(fields.get(b"content-length", b"0")) else None


def get(run: Run, argv: list[str]) -> tuple[WebServer, bytearray]:
    server = WebServer(run, text(run.size(150_000), "page"))
    got = run.start(["http-get", *argv, f"http://{server.address}/{PAGE}"])
    return server, got


@scenario("http-get")
def http_get(run: Run) -> None:
    """http-get writes a page to standard output."""
    server, got = get(run, [])
    run.flows.append(flow.stream("to standard output", server.body, lambda: got))
    run.end()


@scenario("http-get-file")
def http_get_file(run: Run) -> None:
    """http-get writes a page to a file, and leaves no half of one."""
    server, _ = get(run, ["-o", "page"])
    run.expected.add("page")
    path = run.folder / "page"
    run.flows.append(flow.stream("to the file", server.body, lambda: path.read_bytes() if path.exists() else b""))
    run.end()


@scenario("http-get-continue")
def http_get_continue(run: Run) -> None:
    """http-get asks for what a file lacks of a page of a healthy http-serve."""
    page = text(run.size(100_000), "page")
    folder = run.folder / "site"
    folder.mkdir()
    (folder / PAGE).write_bytes(page)
    run.expected |= {"site", "page"}
    path = run.folder / "page"
    path.write_bytes(page[:len(page) // 3])
    server, _ = run.healthy(["http-serve", "--root", "site", "--grace", "0", "127.0.0.1:0"])
    run.start(["http-get", "-C", "-o", "page", f"http://127.0.0.1:{server.place(run.left)}/{PAGE}"])
    run.flows.append(flow.stream("to the file", page, lambda: path.read_bytes() if path.exists() else b""))
    run.end()


@scenario("http-get-upload")
def http_get_upload(run: Run) -> None:
    """http-get sends a file with PUT."""
    body = text(run.size(100_000), "upload")
    (run.folder / "upload").write_bytes(body)
    run.expected.add("upload")
    server, got = get(run, ["-T", "upload"])
    run.flows.append(flow.stream("to the server", body, lambda: max(server.bodies, key=len, default=b"")))
    run.flows.append(flow.stream("to standard output", server.body, lambda: got))
    run.end()


@scenario("http-get-load")
def http_get_load(run: Run) -> None:
    """http-get makes many requests and measures them."""
    get(run, ["--repeat", "12", "--parallel", "3"])
    run.flows.append(flow.pattern("its summary", rb".*answered +12\n.*", run.said))
    run.end()
