"""Scenarios in which the program is one of its servers, which SIGTERM ends once the clients are done."""

from __future__ import annotations

from functools import partial

from faults import flow, secure
from faults.clients import Client, all_at_once, ask, ask_with_datagrams
from faults.dialling import DATAGRAMS
from faults.listening import ANYWHERE, echoes
from faults.peers import Talker
from faults.run import Run
from faults.scenario import scenario, text

LINE = bytes(range(32, 127))


@scenario("serve-echo")
def serve_echo(run: Run) -> None:
    """A server of echoes with three clients."""
    echoes(run, ["listen", "--serve", "echo", ANYWHERE], 60_000)


@scenario("serve-echo-unix")
def serve_echo_unix(run: Run) -> None:
    """A server of echoes on a Unix socket, whose file is gone at the end."""
    echoes(run, ["listen", "--serve", "echo", f"unix:{run.folder}/s"])


@scenario("serve-echo-epoll")
def serve_echo_epoll(run: Run) -> None:
    """A server of echoes with plain calls and epoll."""
    echoes(run, ["listen", "--serve", "echo", "--io-model", "epoll", ANYWHERE])


@scenario("serve-echo-uring")
def serve_echo_uring(run: Run) -> None:
    """A server of echoes with io_uring."""
    echoes(run, ["listen", "--serve", "echo", "--io-model", "uring", ANYWHERE], 20_000)


@scenario("serve-echo-blocking")
def serve_echo_blocking(run: Run) -> None:
    """A server of echoes with calls that block."""
    echoes(run, ["listen", "--serve", "echo", "--io-model", "blocking", ANYWHERE], 20_000)


@scenario("serve-echo-udp", whole=DATAGRAMS)
def serve_echo_udp(run: Run) -> None:
    """A server that echoes datagrams."""
    run.start(["listen", "-u", "--serve", "echo", ANYWHERE])
    sent = [b"one", b"two", b"three"]
    got = ask_with_datagrams(run.place(), sent)
    run.flows.append(flow.datagrams("to the client", sent, lambda: got))
    run.tell_to_end()


@scenario("serve-echo-tls")
def serve_echo_tls(run: Run) -> None:
    """A server of echoes by TLS, with a certificate that it makes itself."""
    run.start(["listen", "--tls", "--serve", "echo", ANYWHERE])
    place = run.place()
    bodies = [text(run.size(12_000), f"client{number}") for number in range(2)]
    works = [partial(secure.echo, run, place, f"client {number}", body) for number, body in enumerate(bodies)]
    clients = all_at_once(run, works) if place else [Client("nobody")] * 2
    run.flows += [client.flow(body) for body, client in zip(bodies, clients)]
    run.tell_to_end()


@scenario("serve-discard")
def serve_discard(run: Run) -> None:
    """A server that takes everything and says nothing."""
    run.start(["listen", "--serve", "discard", ANYWHERE])
    place = run.place()
    data = text(run.size(100_000), "up")
    works = [partial(ask, run, place, f"client {number}", data) for number in range(3)]
    clients = all_at_once(run, works) if place else []
    for client in clients:
        run.flows.append(client.flow(b""))
    run.tell_to_end()


@scenario("serve-chargen")
def serve_chargen(run: Run) -> None:
    """A server that sends characters without end; each of three clients takes some and leaves."""
    run.start(["listen", "--serve", "chargen", ANYWHERE])
    place = run.place()
    wanted = run.size(30_000)
    works = [
        partial(ask, run, place, f"client {number}", enough=lambda got: len(got) >= wanted, close_writing=False)
        for number in range(3)
    ]
    clients = all_at_once(run, works) if place else [Client("nobody")] * 3
    for client in clients:
        run.flows.append(client.flow(chargen(wanted), lambda got=client.got: bytes(got[:wanted])))
    run.tell_to_end()


def chargen(count: int) -> bytes:
    """The lines of RFC 864."""
    twice = LINE[:95] * 2
    lines = b"".join(twice[at:at + 72] + b"\r\n" for at in range(95))
    return (lines * (count // len(lines) + 1))[:count]


@scenario("serve-time")
def serve_time(run: Run) -> None:
    """A server that says the time to three clients."""
    run.start(["listen", "--serve", "time", ANYWHERE])
    place = run.place()
    works = [partial(ask, run, place, f"client {number}") for number in range(3)]
    clients = all_at_once(run, works) if place else [Client("nobody")] * 3
    for client in clients:
        run.flows.append(client.pattern(rb"\d{4}-\d\d-\d\d.*\n"))
    run.tell_to_end()


@scenario("serve-frames")
def serve_frames(run: Run) -> None:
    """A server that acknowledges packets, whose client is a healthy dial --submit."""
    run.start(["listen", "--serve", "frames", ANYWHERE])
    if place := run.place():
        client, _ = run.healthy(["dial", "--submit", f"127.0.0.1:{place}"], stdin=b"one\ntwo\nthree\n")
        if not client.wait(run.patience):
            run.outcome.stalled.append("the client")
        run.flows.append(flow.pattern(
            "to the client", rb".*acknowledged +3\n.*", lambda: client.said().encode()))
    run.tell_to_end()


@scenario("serve-chat")
def serve_chat(run: Run) -> None:
    """A chat: what one says, two others hear."""
    heard(run, "chat", lambda lines: b"(?s).*" + b".*".join(line.strip() for line in lines) + b".*\n")


@scenario("serve-broker")
def serve_broker(run: Run) -> None:
    """A broker: what one sends, two others get."""
    heard(run, "broker", lambda lines: b"".join(lines))


def heard(run: Run, what: str, wanted) -> None:
    """Two listen while a third speaks and leaves; they go when they have heard the last line."""
    lines = [b"line%d\n" % number for number in range(20)]
    run.outcome.hangs_together = True
    run.start(["listen", "-v", "--serve", what, ANYWHERE])
    place = run.place()

    def hear(name: str) -> Client:
        return ask(run, place, name, enough=lambda got: got.endswith(lines[-1]), close_writing=False)

    def speak() -> Client:
        # What a fault keeps out is not waited for.
        run.child.says("accepted", 2, min(run.left, 1))
        return ask(run, place, "who speaks", b"".join(lines))

    works = [partial(hear, "the first"), partial(hear, "the second"), speak]
    clients = all_at_once(run, works) if place else [Client("nobody")] * 3
    for client in clients[:2]:
        run.flows.append(client.pattern(wanted(lines)))
    run.tell_to_end()


@scenario("serve-proxy")
def serve_proxy(run: Run) -> None:
    """A proxy that one client asks for a tunnel by CONNECT, another by SOCKS5."""
    peer = Talker(run, text(run.size(30_000), "down"))
    run.start(["listen", "--serve", "proxy", "--target-allow", "127.0.0.1", ANYWHERE])
    place = run.place()
    data = text(run.size(30_000), "up")
    asks = {
        "the client of CONNECT": b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % ((peer.address.encode(),) * 2),
        "the client of SOCKS": b"\5\1\0\5\1\0\1\x7f\0\0\1" + peer.port.to_bytes(2, "big"),
    }
    works = [partial(ask, run, place, name, head + data) for name, head in asks.items()]
    clients = all_at_once(run, works) if place else [Client("nobody")] * 2
    heads = [rb"HTTP/1.1 200 .*?\r\n\r\n", rb"\x05\x00\x05\x00\x00.*?"]
    for head, client in zip(heads, clients):
        run.flows.append(client.pattern(head + peer.answer))
    run.flows.append(flow.stream("to the target", data, peer.got))
    run.tell_to_end()


