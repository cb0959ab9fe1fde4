"""Programs behind a listener: how many connections a second start one, and how fast bytes pass through `cat`."""

from __future__ import annotations

import socket
import threading
import time

from harness.bench import CLOSE, MIB, Bench
from harness.children import Child, Children, RunFailed, read_line
from harness.contestants import C_SPLICE, NCAT, SOCAT, SOCAT_LARGE, SOCKCTL, free_port

AT_A_TIME = 8


def start_server(bench: Bench, children: Children, contestant: str, program: str) -> tuple[Child, int]:
    """A program for each peer, one after the other and several at once."""
    if contestant == SOCKCTL:
        argv = [bench.tools.paths[SOCKCTL], "listen", "-k", "127.0.0.1:0", "-e", "--", program]
        server = children.start(argv)
        return server, server.listening_port()
    port = free_port()
    if contestant == NCAT:
        argv = [bench.tools.paths[NCAT], "-l", "-k", "-m", "500", "-e", program, "127.0.0.1", str(port)]
    else:
        pieces = ["-b", "131072"] if contestant == SOCAT_LARGE else []
        listening = f"TCP4-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=128"
        argv = [bench.tools.paths[SOCAT], *pieces, listening, f"EXEC:{program}"]
    server = children.start(argv)
    server.wait_until_listening(port)
    return server, port


def measure_programs(bench: Bench) -> None:
    bench.alternate(["exec-true"], [SOCKCTL, SOCAT, NCAT] * CLOSE, lambda name: [starts(bench, name)])
    bench.alternate(["exec-cat"], [SOCKCTL, SOCAT, SOCAT_LARGE] * CLOSE, lambda name: [through_cat(bench, name)])


def starts(bench: Bench, contestant: str) -> float:
    """Connections a second that get a program of their own and see its end, several at a time."""
    count = bench.sizes.programs // AT_A_TIME
    failures: list[str] = []
    with bench.children() as children:
        _, port = start_server(bench, children, contestant, "/bin/true")

        def knock() -> None:
            try:
                for _ in range(count):
                    with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
                        if peer.recv(1):
                            failures.append("it said something")
            except OSError as error:
                failures.append(str(error))

        callers = [threading.Thread(target=knock) for _ in range(AT_A_TIME)]
        begin = time.perf_counter()
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        elapsed = time.perf_counter() - begin
    if failures:
        raise RunFailed(failures[0])
    return count * AT_A_TIME / elapsed


def through_cat(bench: Bench, contestant: str) -> float:
    """pour | C join -> TCP -> TOOL, cat -> TCP -> C join | drain: MiB a second, there and back."""
    size = bench.sizes.cat_bytes
    with bench.children() as children:
        _, port = start_server(bench, children, contestant, "/bin/cat")
        source, poured = children.pipe()
        drained, sink = children.pipe()
        counted, count = children.pipe()
        children.start([bench.tools.program("drain")], stdin=drained, stdout=count, cpu=bench.client_cpu)
        begin = time.perf_counter()
        children.start([bench.tools.program("pour"), str(size)], stdout=poured, cpu=bench.client_cpu)
        dial = bench.tools.duplex(C_SPLICE).dial(port)
        children.start(dial, stdin=source, stdout=sink, cpu=bench.client_cpu)
        arrived = int(read_line(counted) or 0)
        elapsed = time.perf_counter() - begin
    if arrived != size:
        raise RunFailed(f"{arrived} of {size} bytes came back")
    return size / elapsed / MIB
