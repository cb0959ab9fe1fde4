"""Scenarios of udp-send and udp-recv."""

from __future__ import annotations

import socket

from faults import flow
from faults.clients import ask_with_datagrams
from faults.peers import Datagrams
from faults.run import Run
from faults.scenario import messages, scenario

# Each read of theirs is one datagram; standard input and output are streams and may be short.
SOCKETS = "recv send"


@scenario("udp-send", whole=SOCKETS)
def udp_send(run: Run) -> None:
    """udp-send sends each line of standard input."""
    peer = Datagrams(run)
    lines = messages(40, "line")
    run.start(["udp-send", peer.address], stdin=b"".join(lines))
    run.flows.append(flow.datagrams("to the peer", lines, lambda: peer.messages))
    run.end()


@scenario("udp-send-wait", whole=SOCKETS)
def udp_send_wait(run: Run) -> None:
    """udp-send waits for the answers to what it sends."""
    peer = Datagrams(run, lambda message: b"answer to " + message)
    got = run.start(["udp-send", "-w", "1", peer.address, "one", "two", "three"])
    run.flows.append(flow.datagrams("to the peer", [b"one", b"two", b"three"], lambda: peer.messages))
    run.flows.append(flow.pattern("to standard output", rb".*3 .*", lambda: got))
    run.end()


@scenario("udp-send-unix", whole=SOCKETS)
def udp_send_unix(run: Run) -> None:
    """udp-send sends to a Unix socket, from one whose file is gone at the end."""
    peer = Datagrams(run, lambda message: b"answer to " + message, run.folder / "s")
    run.start(["udp-send", "-w", "1", "-s", f"{run.folder}/own", "unix:s", "one", "two"])
    run.flows.append(flow.datagrams("to the peer", [b"one", b"two"], lambda: peer.messages))
    run.end()


def receive(run: Run, argv: list[str], answered: bool = False) -> None:
    """The program takes five datagrams and ends."""
    sent = messages(5, "up")
    got = run.start(argv)
    answers = ask_with_datagrams(run.place(), sent, 0.5, answered)
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    if answered:
        run.flows.append(flow.datagrams("to the sender", sent, lambda: answers))
    run.end()


@scenario("udp-recv", whole=SOCKETS)
def udp_recv(run: Run) -> None:
    """udp-recv takes five datagrams."""
    receive(run, ["udp-recv", "--count", "5", "-w", "2", "127.0.0.1:0"])


@scenario("udp-recv-reply", whole=SOCKETS)
def udp_recv_reply(run: Run) -> None:
    """udp-recv answers each datagram with itself, and keeps copies."""
    run.expected |= {"copy", "dump"}
    receive(run, ["udp-recv", "--reply", "echo", "-o", "copy", "-x", "dump", "--count", "5", "-w", "2",
                  "127.0.0.1:0"], answered=True)


@scenario("udp-recv-unix", whole=SOCKETS)
def udp_recv_unix(run: Run) -> None:
    """udp-recv takes datagrams of a Unix socket, whose file is gone at the end."""
    sent = messages(5, "up")
    got = run.start(["udp-recv", "--count", "5", "-w", "2", f"unix:{run.folder}/s"])
    if place := run.place():
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
            one.settimeout(run.patience)
            for message in sent:
                try:
                    one.sendto(message, place.removeprefix("unixgram:").removeprefix("unix:"))
                except OSError:
                    break
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    run.end()


@scenario("udp-send-tls", whole=SOCKETS)
def udp_send_tls(run: Run) -> None:
    """udp-send speaks DTLS with a healthy udp-recv."""
    server, got = run.healthy(["udp-recv", "--tls", "--count", "3", "-w", "5", "127.0.0.1:0"], ends=True)
    sent = messages(3, "line")
    run.start(["udp-send", "--tls", "--tls-insecure", f"127.0.0.1:{server.place(run.left)}"], stdin=b"".join(sent))
    run.flows.append(flow.pieces("to the peer", sent, lambda: got))
    run.end()


@scenario("udp-recv-tls", whole=SOCKETS)
def udp_recv_tls(run: Run) -> None:
    """udp-recv speaks DTLS with a healthy udp-send."""
    sent = messages(3, "line")
    got = run.start(["udp-recv", "--tls", "--count", "3", "-w", "3", "127.0.0.1:0"])
    if place := run.place():
        sender, _ = run.healthy(
            ["udp-send", "--tls", "--tls-insecure", "--tls-handshake-timeout", "3", f"127.0.0.1:{place}"],
            stdin=b"".join(sent))
        sender.wait(run.patience)
    run.flows.append(flow.pieces("to standard output", sent, lambda: got))
    run.end()
