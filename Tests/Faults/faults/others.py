"""Scenarios of forward, the probes and the lab."""

from __future__ import annotations

from faults import flow
from faults.clients import Client, ask, ask_with_datagrams, crowd
from faults.dialling import DATAGRAMS
from faults.peers import Datagrams, Echo, Talker
from faults.run import Run
from faults.scenario import scenario, text


@scenario("forward")
def forward(run: Run) -> None:
    """forward joins two clients to a target that echoes."""
    peer = Echo(run)
    forwarded(run, ["forward", "127.0.0.1:0", peer.address])


@scenario("forward-copies")
def forward_copies(run: Run) -> None:
    """forward keeps a record and a dump of what it forwards."""
    peer = Echo(run)
    run.expected |= {"record", "dump"}
    forwarded(run, ["forward", "--record", "record", "-x", "dump", "127.0.0.1:0", peer.address], 20_000)


@scenario("forward-fault")
def forward_fault(run: Run) -> None:
    """forward delays what it forwards."""
    peer = Echo(run)
    forwarded(run, ["forward", "--fault", "latency=10ms", "127.0.0.1:0", peer.address], 20_000)


@scenario("forward-unix")
def forward_unix(run: Run) -> None:
    """forward joins a client of TCP to a Unix socket."""
    Echo(run, run.folder / "target")
    forwarded(run, ["forward", "127.0.0.1:0", f"unix:{run.folder}/target"])


def forwarded(run: Run, argv: list[str], size: int = 60_000) -> None:
    crowd(run, argv, 2, size)


@scenario("forward-balance")
def forward_balance(run: Run) -> None:
    """forward has two targets, of which the first does not answer."""
    peer = Talker(run, text(run.size(5_000), "down"))
    run.start(["forward", "127.0.0.1:0", "127.0.0.1:1", "--target", peer.address])
    place = run.place()
    data = text(run.size(5_000), "up")
    client = ask(run, place, "the client", data) if place else Client("the client")
    run.flows.append(client.flow(peer.answer))
    run.flows.append(flow.stream("to the target", data, peer.got))
    run.tell_to_end()


@scenario("forward-udp", whole=DATAGRAMS)
def forward_udp(run: Run) -> None:
    """forward carries datagrams there and back."""
    peer = Datagrams(run, lambda message: b"answer to " + message)
    run.start(["forward", "-u", "127.0.0.1:0", peer.address])
    sent = [b"one", b"two", b"three"]
    got = ask_with_datagrams(run.place(), sent)
    run.flows.append(flow.datagrams("to the client", [b"answer to " + one for one in sent], lambda: got))
    run.tell_to_end()


@scenario("backlog-probe")
def backlog_probe(run: Run) -> None:
    """backlog-probe fills the queue of a listener of its own."""
    got = run.start(["backlog-probe", "--backlog", "2", "--dials", "4", "-w", "300ms"])
    run.flows.append(flow.pattern("to standard output", rb".*dial.*\n", lambda: got))
    run.end()


@scenario("write-block-probe")
def write_block_probe(run: Run) -> None:
    """write-block-probe writes until a write finds no room, and then its peer reads."""
    argv = ["write-block-probe", "-O", "8K", "-I", "8K", "--chunk", "4K", "--writes", "8", "--duration", "2"]
    got = run.start([*argv, "--then", "drain"])
    run.flows.append(flow.pattern("to standard output", rb".*\n", lambda: got))
    run.end()


@scenario("write-block-kill")
def write_block_kill(run: Run) -> None:
    """write-block-probe has its peer killed, which is a process of its own."""
    got = run.start(["write-block-probe", "-O", "8K", "-I", "8K", "--chunk", "64K", "--then", "kill"])
    run.flows.append(flow.pattern("to standard output", rb".*\n", lambda: got))
    run.end()


@scenario("lab")
def lab(run: Run) -> None:
    """lab runs an experiment and proves what it shows."""
    got = run.start(["lab", "--check", "time-server"])
    run.result = lambda: bytes(got)
    run.flows.append(flow.pattern("to standard output", rb".*\n", lambda: got))
    run.end()
