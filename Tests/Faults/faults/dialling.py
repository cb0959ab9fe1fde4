"""Scenarios in which the program dials."""

from __future__ import annotations

from faults import flow, secure
from faults.peers import Datagrams, Echo, Packets, Talker
from faults.run import Run
from faults.scenario import messages, scenario, text

DATAGRAMS = "recv send read write splice tee sendfile"


def exchange(run: Run, argv: list[str], peer: Talker, data: bytes, by_file: bool = False) -> None:
    """The program sends from standard input to the peer, and receives to standard output, until both have ended."""
    source = None
    if by_file:
        source = run.folder / "input"
        source.write_bytes(data)
        run.expected.add("input")
    got = run.start(argv, stdin=source or data)
    run.flows.append(flow.stream("to the peer", data, peer.got))
    run.flows.append(flow.stream("to standard output", peer.answer, lambda: got))
    run.end()


@scenario("dial-pipe")
def dial_pipe(run: Run) -> None:
    """dial joins pipes and a connection, both ways at once."""
    peer = Talker(run, text(run.size(90_000), "down"))
    exchange(run, ["dial", peer.address], peer, text(run.size(150_000), "up"))


@scenario("dial-file")
def dial_file(run: Run) -> None:
    """dial sends a file."""
    peer = Talker(run, text(run.size(3_000), "down"))
    exchange(run, ["dial", peer.address], peer, text(run.size(150_000), "up"), by_file=True)


@scenario("dial-receive")
def dial_receive(run: Run) -> None:
    """dial receives, and has nothing to send."""
    peer = Talker(run, text(run.size(300_000), "down"))
    got = run.start(["dial", "--recv-only", peer.address])
    run.flows.append(flow.stream("to standard output", peer.answer, lambda: got))
    run.end()


@scenario("dial-send-only")
def dial_send_only(run: Run) -> None:
    """dial sends a pipe and drops what it is sent."""
    peer = Talker(run, text(run.size(3_000), "down"))
    data = text(run.size(150_000), "up")
    run.start(["dial", "--send-only", peer.address], stdin=data)
    run.flows.append(flow.stream("to the peer", data, peer.got))
    run.end()


@scenario("dial-copies")
def dial_copies(run: Run) -> None:
    """dial writes what it receives to a file, and a dump of both directions to another."""
    peer = Talker(run, text(run.size(60_000), "down"))
    run.expected |= {"copy", "dump"}
    copy = run.folder / "copy"
    run.flows.append(flow.stream(
        "to the file of -o", peer.answer, lambda: copy.read_bytes() if copy.exists() else b""))
    run.flows.append(flow.pattern("to the file of -x", rb"([<>0-9a-f].*\n)+", lambda: dump_of(run)))
    exchange(run, ["dial", "-x", "dump", "-o", "copy", peer.address], peer, text(run.size(60_000), "up"))


def dump_of(run: Run) -> bytes:
    path = run.folder / "dump"
    return path.read_bytes() if path.exists() else b""


@scenario("dial-rate")
def dial_rate(run: Run) -> None:
    """dial moves bytes at a rate."""
    peer = Talker(run, text(run.size(30_000), "down"))
    exchange(run, ["dial", "--rate", "200K", peer.address], peer, text(run.size(30_000), "up"))


@scenario("dial-lines")
def dial_lines(run: Run) -> None:
    """dial exchanges lines as messages."""
    peer = Talker(run, text(run.size(20_000), "down"))
    exchange(run, ["dial", "--frame", "line", peer.address], peer, text(run.size(20_000), "up"))


@scenario("dial-crlf")
def dial_crlf(run: Run) -> None:
    """dial writes line ends as CR LF."""
    peer = Talker(run)
    data = text(run.size(20_000), "up")
    run.start(["dial", "-C", peer.address], stdin=data)
    run.flows.append(flow.stream("to the peer", data.replace(b"\n", b"\r\n"), peer.got))
    run.end()


@scenario("dial-first-line")
def dial_first_line(run: Run) -> None:
    """dial prints the first line that comes."""
    peer = Talker(run, text(run.size(20_000), "down"))
    got = run.start(["dial", "--first-line", peer.address])
    run.flows.append(flow.stream("to standard output", peer.answer.split(b"\n")[0] + b"\n", lambda: got))
    run.end()


@scenario("dial-exec")
def dial_exec(run: Run) -> None:
    """dial joins a program to the peer, which gets back what it sends."""
    peer = Talker(run, text(run.size(60_000), "down"))
    run.start(["dial", peer.address, "-e", "--", "cat"])
    run.flows.append(flow.stream("to the peer", peer.answer, peer.got))
    run.end()


@scenario("dial-round-trips")
def dial_round_trips(run: Run) -> None:
    """dial measures round trips."""
    peer = Echo(run)
    got = run.start(["dial", "--send", "ping\\n", "--count", "5", peer.address])
    run.flows.append(flow.stream("to standard output", b"ping\n" * 5, lambda: got))
    run.end()


@scenario("dial-name")
def dial_name(run: Run) -> None:
    """dial connects by a name, of whose addresses the first refuses."""
    peer = Talker(run, text(run.size(3_000), "down"))
    argv = ["dial", "--resolve", "fault.test=127.0.0.2,127.0.0.1", "fault.test", str(peer.port)]
    exchange(run, argv, peer, text(run.size(3_000), "up"))


@scenario("dial-submit")
def dial_submit(run: Run) -> None:
    """dial submits packets to a server of frames."""
    server, _ = run.healthy(["listen", "--serve", "frames", "127.0.0.1:0"])
    lines = messages(100, "packet")
    run.start(["dial", "--submit", f"127.0.0.1:{server.place(run.left)}"], stdin=b"".join(lines))
    run.flows.append(flow.pattern("its summary", rb".*acknowledged +100\n.*", run.said))
    run.end()


@scenario("dial-proxy")
def dial_proxy(run: Run) -> None:
    """dial reaches its peer through a proxy."""
    peer = Talker(run, text(run.size(30_000), "down"))
    proxy, _ = run.healthy(["listen", "--serve", "proxy", "--target-allow", "127.0.0.1", "127.0.0.1:0"])
    argv = ["dial", "--proxy", f"socks5://127.0.0.1:{proxy.place(run.left)}", peer.address]
    exchange(run, argv, peer, text(run.size(30_000), "up"))


@scenario("dial-scan")
def dial_scan(run: Run) -> None:
    """dial looks which ports are open."""
    peers = [Talker(run) for _ in range(3)]
    closed = 1
    ports = ",".join(str(port) for port in [closed, *(peer.port for peer in peers)])
    got = run.start(["dial", "-z", "127.0.0.1", ports])
    run.result = run.said
    seen = flow.pattern(
        "to standard output", b"".join(rb"(?=.*:%d open)" % peer.port for peer in peers) + b".*", lambda: got)
    seen.told = lambda: b"refused" in run.said() or b"filtered" in run.said()
    run.flows.append(seen)
    run.end()


@scenario("dial-udp", whole=DATAGRAMS)
def dial_udp(run: Run) -> None:
    """dial sends a datagram, and prints the answers to it."""
    peer = Datagrams(run, lambda message: b"answer to " + message)
    sent = b"one datagram\n"
    got = run.start(["dial", "-u", "--count", "1", "-w", "2", "--max-time", "4", peer.address], stdin=sent)
    run.flows.append(flow.datagrams("to the peer", [sent], lambda: peer.messages))
    run.flows.append(flow.stream("to standard output", b"answer to " + sent, lambda: got))
    run.end()


@scenario("dial-unix")
def dial_unix(run: Run) -> None:
    """dial talks to a Unix socket."""
    peer = Talker(run, text(run.size(60_000), "down"), run.folder / "s")
    exchange(run, ["dial", "unix:s"], peer, text(run.size(60_000), "up"))


@scenario("dial-unixpacket", whole=DATAGRAMS)
def dial_unixpacket(run: Run) -> None:
    """dial exchanges packets with a Unix socket."""
    answers = messages(20, "down")
    peer = Packets(run, run.folder / "s", answers)
    data = text(3_000, "up")
    got = run.start(["dial", "--write-size", "1000", "unixpacket:s"], stdin=data)
    run.flows.append(flow.stream("to the peer", data, lambda: b"".join(peer.messages)))
    run.flows.append(flow.pieces("to standard output", answers, lambda: got))
    run.end()


@scenario("dial-unixgram", whole=DATAGRAMS)
def dial_unixgram(run: Run) -> None:
    """dial exchanges datagrams with a Unix socket."""
    peer = Datagrams(run, lambda message: b"answer to " + message, run.folder / "s")
    sent = b"one datagram\n"
    got = run.start(["dial", "--count", "1", "--max-time", "4", "unixgram:s"], stdin=sent)
    run.flows.append(flow.datagrams("to the peer", [sent], lambda: peer.messages))
    run.flows.append(flow.stream("to standard output", b"answer to " + sent, lambda: got))
    run.end()


@scenario("dial-tls")
def dial_tls(run: Run) -> None:
    """dial speaks TLS."""
    peer = secure.Talker(run, text(run.size(60_000), "down"))
    argv = ["dial", "--tls", "--tls-insecure", "--tls-half-close", peer.address]
    exchange(run, argv, peer, text(run.size(60_000), "up"))


@scenario("nc-dial")
def nc_dial(run: Run) -> None:
    """nc dials."""
    peer = Talker(run, text(run.size(30_000), "down"))
    exchange(run, ["nc", "-N", "127.0.0.1", str(peer.port)], peer, text(run.size(30_000), "up"))


