"""Round trips of 64 bytes with an echo server: it does the least that a server does, so that what it costs shows.

Where that is what matters, client and server share a CPU: then no wake-up of a sleeping one hides it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from harness.bench import CLOSE, Bench
from harness.children import Child, Children, read_line
from harness.contestants import C_BLOCKING, C_EPOLL, PLAIN, SOCKCTL

BUSY = ("--busy-poll", "50us")


def start_echo_server(
    bench: Bench, children: Children, contestant: str, options: Sequence[str] = ()
) -> tuple[Child, int]:
    server = children.start([*bench.tools.echo_server(contestant), *options], cpu=bench.server_cpu)
    return server, server.listening_port()


def ask_client(bench: Bench, children: Children, arguments: Sequence[object], cpu: int) -> dict[str, float]:
    answered, answer = children.pipe()
    argv = [bench.tools.program("echo_client"), *(str(argument) for argument in arguments)]
    client = children.start(argv, stdout=answer, cpu=cpu)
    line = read_line(answered)
    client.succeed()
    return json.loads(line)


def measure_echo(bench: Bench) -> None:
    cases = (
        ("echo-1", 1, bench.client_cpu),
        ("echo-100", 100, bench.client_cpu),
        ("echo-1-one-cpu", 1, bench.server_cpu),
        ("echo-100-one-cpu", 100, bench.server_cpu),
    )
    for name, connections, cpu in cases:

        def run(contestant: str, connections: int = connections, cpu: int = cpu) -> list[float]:
            with bench.children() as children:
                _, port = start_echo_server(bench, children, contestant)
                task = ("round-trips", port, connections, bench.sizes.echo_seconds)
                return [ask_client(bench, children, task, cpu)["round_trips_per_second"]]

        bench.alternate([name], [SOCKCTL, C_EPOLL] * CLOSE, run)


def measure_active(bench: Bench) -> None:
    """As measure_echo, with so many connections that most of a round trip is waiting for the others."""
    for title, connections in zip(("1000", "10000"), bench.sizes.active_connections, strict=True):

        def run(contestant: str, connections: int = connections) -> tuple[float, float]:
            with bench.children() as children:
                _, port = start_echo_server(bench, children, contestant)
                task = ("round-trips", port, connections, bench.sizes.active_seconds)
                found = ask_client(bench, children, task, bench.client_cpu)
                return found["round_trips_per_second"], found["p99_us"] / 1e6

        names = [f"active-{title}", f"active-{title}-p99"]
        bench.alternate(names, [SOCKCTL, C_EPOLL] * 2, run)


def measure_busy(bench: Bench) -> None:
    """A server that looks for events for a moment before it sleeps.

    Of two programs that both have to be woken, to wake one of them no more is half the way: so on two CPUs the client
    looks as long, whoever the server is, and once it sleeps at once, to compare. Elsewhere it always does.
    """
    options = {SOCKCTL: BUSY}
    cases = (
        ("busy-1", 1, bench.client_cpu, C_EPOLL, 50),
        ("busy-1-alone", 1, bench.client_cpu, C_EPOLL, 0),
        ("busy-1-one-cpu", 1, bench.server_cpu, C_EPOLL, 0),
        ("busy-100", 100, bench.client_cpu, PLAIN, 0),
    )
    for name, connections, cpu, beside, spin in cases:

        def run(
            contestant: str, connections: int = connections, cpu: int = cpu, spin: int = spin
        ) -> tuple[float, float]:
            with bench.children() as children:
                server, port = start_echo_server(bench, children, contestant, options.get(contestant, ()))
                task = ("round-trips", port, connections, bench.sizes.echo_seconds, spin)
                found = ask_client(bench, children, task, cpu)
                server.stop()
                assert server.ended is not None
            return found["round_trips_per_second"], server.ended.cpu_seconds / found["all_round_trips"]

        bench.alternate([name, f"{name}-cpu"], [SOCKCTL, beside] * CLOSE, run)


def measure_client(bench: Bench) -> None:
    """One byte, its echo, the next, with the C server; from the order to start the client to its end."""
    count = bench.sizes.asked

    def commands(contestant: str, port: int) -> list[str]:
        if contestant == SOCKCTL:
            options = ["--send", "x", "--count", str(count), "--quiet"]
            return [bench.tools.paths[SOCKCTL], "dial", *options, f"127.0.0.1:{port}"]
        return [bench.tools.program("ask"), str(port), str(count)]

    for name, cpu in (("client", bench.client_cpu), ("client-one-cpu", bench.server_cpu)):

        def run(contestant: str, cpu: int = cpu) -> list[float]:
            with bench.children() as children:
                _, port = start_echo_server(bench, children, C_EPOLL)
                begin = time.perf_counter()
                children.start(commands(contestant, port), cpu=cpu).succeed()
                return [count / (time.perf_counter() - begin)]

        bench.alternate([name], [SOCKCTL, C_BLOCKING] * CLOSE, run)


def measure_accepts(bench: Bench) -> None:
    def run(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_echo_server(bench, children, contestant)
            task = ("accepts", port, bench.sizes.accepts, bench.sizes.accepts_at_a_time)
            return [ask_client(bench, children, task, bench.client_cpu)["accepts_per_second"]]

    bench.alternate(["accepts"], [SOCKCTL, C_EPOLL] * CLOSE, run)
