"""A forwarder between a client and a server: bytes, round trips, connections, and what a silent pair holds.

The forwarder has one CPU, everybody else the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from harness.bench import CLOSE, MIB, Bench
from harness.bulk import cpu_for, start_listener
from harness.children import Child, Children, RunFailed
from harness.contestants import C_EPOLL, C_SPLICE, PLAIN, SOCAT, SOCAT_LARGE, SOCKCTL, free_port
from harness.echo import ask_client
from harness.limits import greet
from harness.proc import resident_kib
from harness.web import tool

C_COPY, C_SPLICING, HAPROXY = "C copying forwarder", "C splicing forwarder", "haproxy"

HAPROXY_CONFIGURATION = """
global
  nbthread 1
  maxconn 4000
defaults
  mode tcp
  timeout connect 10s
  timeout client 300s
  timeout server 300s
  option splice-auto
  option clitcpka
listen forward
  bind 127.0.0.1:{port} backlog 4096
  server one 127.0.0.1:{target}
"""


def start_forwarder(
    bench: Bench, children: Children, contestant: str, target: int, options: Sequence[str] = ()
) -> tuple[Child, int]:
    """Joins whoever comes to a port of 127.0.0.1."""
    if contestant in (SOCKCTL, PLAIN):
        argv = [bench.tools.paths[SOCKCTL], "forward", "127.0.0.1:0", f"127.0.0.1:{target}"]
        argv += options if contestant == SOCKCTL else []
    elif contestant in (C_COPY, C_SPLICING):
        argv = [bench.tools.program("epoll_forward"), "copy" if contestant == C_COPY else "splice", str(target)]
    else:
        port = free_port()
        if contestant == HAPROXY:
            configuration = bench.tools.work / "haproxy.cfg"
            configuration.write_text(HAPROXY_CONFIGURATION.format(port=port, target=target))
            argv = [tool(HAPROXY), "-db", "-f", str(configuration)]
        else:
            pieces = ["-b", "131072"] if contestant == SOCAT_LARGE else []
            listening = f"TCP4-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=1024"
            argv = [bench.tools.paths[SOCAT], *pieces, listening, f"TCP4:127.0.0.1:{target}"]
        forwarder = children.start(argv, cpu=bench.server_cpu)
        forwarder.wait_until_listening(port)
        return forwarder, port
    forwarder = children.start(argv, cpu=bench.server_cpu)
    return forwarder, forwarder.listening_port()


def start_echo(bench: Bench, children: Children) -> int:
    """The server behind it."""
    server = children.start(bench.tools.echo_server(C_EPOLL), cpu=bench.client_cpu)
    return server.listening_port()


def measure_forward_bulk(bench: Bench) -> None:
    """C dial < FILE -> TCP -> TOOL -> TCP -> C listen > /dev/null, the file in memory."""
    size = bench.sizes.file_bytes
    ends = bench.tools.pair(C_SPLICE)
    with bench.file_in_memory(size) as file:

        def carry(contestant: str, options: Sequence[str] = ()) -> tuple[float, float]:
            with bench.children() as children:
                sink = children.start(ends.listen(0), cpu=bench.client_cpu)
                forwarder, port = start_forwarder(bench, children, contestant, sink.listening_port(), options)
                source = children.open(file, os.O_RDONLY)
                begin = time.perf_counter()
                children.start(ends.dial(port), stdin=source, cpu=bench.client_cpu)
                sink.succeed()
                elapsed = time.perf_counter() - begin
                forwarder.stop()
                assert forwarder.ended is not None
                # Those that fork have their children's time in it.
                return size / elapsed / MIB, cpu_for(size, forwarder.ended)

        close = [SOCKCTL, C_SPLICING, C_COPY, HAPROXY] * CLOSE
        bench.alternate(["forward-bulk", "forward-bulk-cpu"], [*close, SOCAT, SOCAT_LARGE], carry)
        bench.alternate(
            ["forward-latency0"], [SOCKCTL, PLAIN] * CLOSE, lambda name: carry(name, ["--fault", "latency=0"])[:1])


def measure_forward_echo(bench: Bench) -> None:
    """Round trips of 64 bytes with the C echo server behind the forwarder."""

    def trips(contestant: str, connections: int) -> dict[str, float]:
        with bench.children() as children:
            _, port = start_forwarder(bench, children, contestant, start_echo(bench, children))
            task = ("round-trips", port, connections, bench.sizes.echo_seconds)
            return ask_client(bench, children, task, bench.client_cpu)

    close = [SOCKCTL, C_COPY] * CLOSE
    bench.alternate(["forward-1"], [*close, SOCAT, HAPROXY], lambda name: [trips(name, 1)["median_us"] / 1e6])
    bench.alternate(["forward-100"], [*close, HAPROXY], lambda name: [trips(name, 100)["round_trips_per_second"]])


def measure_forward_accepts(bench: Bench) -> None:
    """Connections opened, ended by the client, passed on, ended by the server, 64 at a time."""

    def run(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_forwarder(bench, children, contestant, start_echo(bench, children))
            task = ("accepts", port, bench.sizes.forwarded, bench.sizes.accepts_at_a_time)
            return [ask_client(bench, children, task, bench.client_cpu)["accepts_per_second"]]

    bench.alternate(["forward-accepts"], [SOCKCTL, HAPROXY, C_COPY] * CLOSE, run)


def measure_forward_idle(bench: Bench) -> None:
    """Pairs that have had one round trip and wait."""
    count = bench.sizes.forwarded_idle

    def run(contestant: str) -> tuple[float, float]:
        with bench.children() as children:
            forwarder, port = start_forwarder(bench, children, contestant, start_echo(bench, children))
            first = [greet(port) for _ in range(100)]
            memory, descriptors = resident_kib(forwarder), descriptor_count(forwarder)
            clients = [greet(port) for _ in range(count)]
            memory = (resident_kib(forwarder) - memory) / count
            descriptors = (descriptor_count(forwarder) - descriptors) / count
            for client in first + clients:
                client.close()
        return memory, descriptors

    bench.alternate(["forward-memory", "forward-descriptors"], [SOCKCTL, HAPROXY], run)


def descriptor_count(child: Child) -> int:
    count = len(os.listdir(f"/proc/{child.pid}/fd"))
    if not count:
        raise RunFailed(f"{child.name} has no descriptors any more: {child.last_words()}")
    return count


def measure_forward(bench: Bench) -> None:
    measure_forward_bulk(bench)
    measure_forward_echo(bench)
    measure_forward_accepts(bench)
    measure_forward_idle(bench)
