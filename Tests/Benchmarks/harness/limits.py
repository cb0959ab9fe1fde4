"""What limits on peers cost: the same server with time limits and without, and the speed of framed requests."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from harness.bench import Bench
from harness.children import Child, Children, RunFailed, Skipped
from harness.contestants import PLAIN, SOCKCTL
from harness.proc import resident_kib, thread_count

TIMEOUT = ("--read-timeout", "5s")
LIMITS = ("-i", "60s", "--read-timeout", "60s")
MESSAGE = b"the quick brown fox jumps over the lazy dog, and over 64 bytes.."
TIMER_CALLS = "timerfd_create,timerfd_settime,timer_create,timer_settime,setitimer"
TRACED_CONNECTIONS = 200
SUBMIT_LINE = b"x" * 64 + b"\n"


def start_server(
    bench: Bench, children: Children, options: Sequence[str], serve: str = "echo", before: Sequence[str] = ()
) -> tuple[Child, int]:
    argv = [*before, bench.tools.paths[SOCKCTL], "listen", "127.0.0.1:0", "--serve", serve, *options]
    server = children.start(argv, cpu=bench.server_cpu)
    return server, server.listening_port()


def greet(port: int) -> socket.socket:
    """A connection that has had one echo: only then is it certain that it was accepted."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    exchange(connection)
    return connection


def exchange(connection: socket.socket) -> None:
    connection.sendall(MESSAGE)
    receive_all(connection)


def receive_all(connection: socket.socket) -> None:
    count = 0
    while count < len(MESSAGE):
        part = connection.recv(len(MESSAGE) - count)
        if not part:
            raise RunFailed("the server ended the connection")
        count += len(part)


def measure_timeout(bench: Bench) -> None:
    """The server's CPU time for a round trip on one of 100 connections, all of them counted from start to end."""
    rounds, connections = bench.sizes.timeout_rounds, 100

    def run(contestant: str) -> list[float]:
        with bench.children() as children:
            server, port = start_server(bench, children, TIMEOUT if contestant == SOCKCTL else ())
            clients = [greet(port) for _ in range(connections)]
            for _ in range(rounds):
                for client in clients:
                    client.sendall(MESSAGE)
                for client in clients:
                    receive_all(client)
            for client in clients:
                client.close()
            server.stop()
            assert server.ended is not None
        return [server.ended.cpu_seconds / (connections * (rounds + 1))]

    bench.alternate(["timeout-cpu"], [SOCKCTL, PLAIN] * 3, run)


def measure_limits(bench: Bench) -> None:
    """Idle connections with limits on their silence: threads, memory, and the system calls that set timers."""
    count = bench.sizes.limited_connections

    def run(contestant: str) -> list[float]:
        options = LIMITS if contestant == SOCKCTL else ()
        with bench.children() as children:
            server, port = start_server(bench, children, options)
            first = greet(port)
            before = resident_kib(server)
            clients = [greet(port) for _ in range(count)]
            memory, threads = (resident_kib(server) - before) / count, thread_count(server)
            for client in [first, *clients]:
                client.close()
        return [threads, memory]

    bench.alternate(["limits-threads", "limits-memory"], [SOCKCTL, PLAIN], run)
    bench.alternate(["limits-timers"], [SOCKCTL, PLAIN], lambda name: [timer_calls(bench, name)])


def timer_calls(bench: Bench, contestant: str) -> float:
    strace = shutil.which("strace")
    if strace is None:
        raise Skipped("skipped: strace is not installed")
    report = bench.tools.work / "timers.txt"
    tracer = [strace, "-f", "-c", "-o", str(report), "-e", f"trace={TIMER_CALLS}"]
    with bench.children() as children:
        server, port = start_server(bench, children, LIMITS if contestant == SOCKCTL else (), before=tracer)
        clients = [greet(port) for _ in range(TRACED_CONNECTIONS)]
        for client in clients:
            client.close()
        # A signal to strace would only make it let go of the server.
        traced = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for pid in traced:
            os.kill(int(pid), signal.SIGTERM)
        server.wait()
    # Without a single call strace writes a table without rows, or nothing.
    calls = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) .*\b(?:timer\w+|setitimer)$", report.read_text(), re.MULTILINE)
    return sum(map(int, calls)) / TRACED_CONNECTIONS


def measure_submits(bench: Bench) -> None:
    """Lines of 64 bytes through one connection of the framed protocol, each acknowledged."""
    count = bench.sizes.submits
    lines = bench.tools.work / "submits.txt"
    lines.write_bytes(SUBMIT_LINE * count)

    def run(_: str) -> list[float]:
        with bench.children() as children:
            _, port = start_server(bench, children, (), serve="frames")
            source = children.open(Path(lines), os.O_RDONLY)
            begin = time.perf_counter()
            argv = [bench.tools.paths[SOCKCTL], "dial", "--submit", "--quiet", f"127.0.0.1:{port}"]
            children.start(argv, stdin=source, cpu=bench.client_cpu).succeed()
            return [count / (time.perf_counter() - begin)]

    bench.alternate(["submits"], [SOCKCTL], run)
    lines.unlink()
