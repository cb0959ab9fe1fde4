"""Scenarios in which the program listens for one peer, or joins peers to standard input and output or to programs."""

from __future__ import annotations

import socket

from faults import flow
from faults.clients import Client, ask, connect, crowd
from faults.dialling import DATAGRAMS
from faults.run import ACCEPTS, Run
from faults.scenario import messages, scenario, text

ANYWHERE = "127.0.0.1:0"


def pair(run: Run, argv: list[str], size: int = 60_000, kind: int = socket.SOCK_STREAM) -> None:
    """The program takes one client, sends it standard input and writes what it sends to standard output."""
    down, up = text(run.size(size), "down"), text(run.size(size), "up")
    got = run.start(argv, stdin=down)
    place = run.place()
    client = ask(run, place, "the client", up, kind=kind) if place else Client("the client")
    run.flows.append(client.flow(down))
    run.flows.append(flow.stream("to standard output", up, lambda: got))
    finish_listener(run)


def finish_listener(run: Run) -> None:
    """Its client is done, and so has it to be; where nobody could be accepted it still waits, and is told to end."""
    assert run.child
    if waits_for_peers(run) and not run.child.wait(0.2):
        run.tell_to_end()
    else:
        run.end()


def waits_for_peers(run: Run) -> bool:
    """Whether accepting fails for good, or has cost the one client: the program is right to wait for another."""
    lasting = bool(run.fault and run.fault.lasting and run.fault.call in ACCEPTS)
    return lasting or b"retrying in" in run.said()


@scenario("listen-pipe")
def listen_pipe(run: Run) -> None:
    """listen joins one client to pipes."""
    pair(run, ["listen", ANYWHERE])


@scenario("listen-copies")
def listen_copies(run: Run) -> None:
    """listen writes what it receives to a file too, and a dump to another."""
    run.expected |= {"copy", "dump"}
    copy = run.folder / "copy"
    run.flows.append(flow.stream(
        "to the file of -o", text(run.size(40_000), "up"), lambda: copy.read_bytes() if copy.exists() else b""))
    pair(run, ["listen", "-o", "copy", "-x", "dump", ANYWHERE], 40_000)


@scenario("listen-unix")
def listen_unix(run: Run) -> None:
    """listen takes a client of a Unix socket, whose file is gone at the end."""
    pair(run, ["listen", f"unix:{run.folder}/s"])


@scenario("listen-unixpacket", whole=DATAGRAMS)
def listen_unixpacket(run: Run) -> None:
    """listen exchanges packets by a Unix socket."""
    sent = messages(20, "up")
    got = run.start(["listen", "--recv-only", f"unixpacket:{run.folder}/s"])
    if place := run.place():
        send_packets(run, place.removeprefix("unixpacket:"), sent)
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    finish_listener(run)


def send_packets(run: Run, place: str, packets: list[bytes], kind: int = socket.SOCK_SEQPACKET) -> None:
    try:
        with connect(run, place, kind) as one:
            for packet in packets:
                one.send(packet)
    except OSError:
        return


@scenario("listen-unixgram", whole=DATAGRAMS)
def listen_unixgram(run: Run) -> None:
    """listen takes datagrams of a Unix socket."""
    sent = messages(5, "up")
    got = run.start(["listen", "--recv-only", "--count", "5", "--max-time", "5", f"unixgram:{run.folder}/s"])
    if place := run.place():
        send_packets(run, place.removeprefix("unixgram:"), sent, socket.SOCK_DGRAM)
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    run.end()


@scenario("listen-udp", whole=DATAGRAMS)
def listen_udp(run: Run) -> None:
    """listen takes datagrams, and ends when it has enough of them."""
    sent = messages(5, "up")
    got = run.start(["listen", "-u", "--recv-only", "--count", "5", "--max-time", "5", ANYWHERE])
    if place := run.place():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            for packet in sent:
                one.sendto(packet, ("127.0.0.1", int(place)))
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    run.end()


@scenario("listen-keep")
def listen_keep(run: Run) -> None:
    """listen -k joins three clients to standard output, one after the other."""
    bodies = [text(run.size(8_000), f"client{number}") for number in range(3)]
    got = run.start(["listen", "-k", "--recv-only", ANYWHERE])
    if place := run.place():
        for number, body in enumerate(bodies):
            ask(run, place, f"client {number}", body)
    run.flows.append(flow.pieces("to standard output", bodies, lambda: got))
    run.tell_to_end()


@scenario("listen-exec")
def listen_exec(run: Run) -> None:
    """listen -k -e gives each of three clients a cat of its own."""
    echoes(run, ["listen", "-k", ANYWHERE, "-e", "--", "cat"])


@scenario("listen-shell")
def listen_shell(run: Run) -> None:
    """listen -c gives its client what a line of the shell writes to both outputs."""
    got = run.start(["listen", ANYWHERE, "-c", "echo first; cat; echo last; echo aside >&2"])
    place = run.place()
    data = text(run.size(9_000), "up")
    client = ask(run, place, "the client", data) if place else Client("the client")
    run.flows.append(client.flow(b"first\n" + data + b"last\n"))
    run.flows.append(flow.stream("to standard output", b"", lambda: got))
    finish_listener(run)


@scenario("listen-pty")
def listen_pty(run: Run) -> None:
    """listen --pty gives its client a program on a terminal."""
    run.start(["listen", "--pty", ANYWHERE, "-c", "echo first; echo last"])
    place = run.place()
    client = ask(run, place, "the client", b"", close_writing=False) if place else Client("the client")
    run.flows.append(client.flow(b"first\r\nlast\r\n"))
    finish_listener(run)


def echoes(run: Run, argv: list[str], size: int = 40_000) -> None:
    """Three clients at once, each of which is to get back what it sends."""
    crowd(run, argv, 3, size)


@scenario("nc-listen")
def nc_listen(run: Run) -> None:
    """nc listens."""
    pair(run, ["nc", "-v", "-l", "127.0.0.1", "0"])
