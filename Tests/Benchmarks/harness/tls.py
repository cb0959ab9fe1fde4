"""TLS: bytes, handshakes, a page that is fetched, connections that wait, and a server of pages.

The C programs use the same libssl: what is measured is what is around it.
"""

from __future__ import annotations

import json
import socket
import ssl
import statistics
from collections.abc import Sequence

from harness.bench import CLOSE, Bench
from harness.certificate import certificate, store
from harness.children import Child, Children, Skipped, read_line
from harness.contestants import C_TLS_SERVER, CURL, SOCKCTL
from harness.http_get import nginx, seconds
from harness.limits import exchange
from harness.proc import resident_kib
from harness.tls_bulk import measure_tls_bulk
from harness.web import NGINX, load, server

AT_A_TIME = 8


def start_tls_server(bench: Bench, children: Children, contestant: str, manner: str) -> tuple[Child, int]:
    """Serves `echo` or `discard`."""
    chosen = certificate(bench.tools.work)
    if contestant == SOCKCTL:
        argv = [bench.tools.paths[SOCKCTL], "listen", "-k", *chosen.server, "--serve", manner, "127.0.0.1:0"]
    else:
        argv = [bench.tools.program("tls_server"), manner, chosen.chain, chosen.key]
    started = children.start(argv, cpu=bench.server_cpu)
    return started, started.listening_port()


def measure_handshakes(bench: Bench) -> None:
    """Connections opened, shaken hands on, ended by the client and closed, several at a time.

    Client and server share a CPU: the client has as much to compute, and would else be what is measured.
    """
    for name, manner, count in (
        ("tls-full", "full", bench.sizes.tls_handshakes),
        ("tls-resumed", "resumed", 2 * bench.sizes.tls_handshakes),
    ):

        def run(contestant: str, manner: str = manner, count: int = count) -> tuple[float, float]:
            if reason := bench.tools.reason(C_TLS_SERVER):  # The client is one of the C programs, too.
                raise Skipped(reason)
            with bench.children() as children:
                started, port = start_tls_server(bench, children, contestant, "discard")
                task = (manner, port, count, AT_A_TIME)
                found = ask_tls_client(bench, children, task)
                started.stop()
                assert started.ended is not None
            return found["handshakes_per_second"], started.ended.cpu_seconds / found["all_handshakes"]

        bench.alternate([name, f"{name}-cpu"], [SOCKCTL, C_TLS_SERVER] * CLOSE, run)


def ask_tls_client(bench: Bench, children: Children, task: Sequence[object]) -> dict[str, float]:
    answered, answer = children.pipe()
    argv = [bench.tools.program("tls_client"), *map(str, task)]
    client = children.start(argv, stdout=answer, cpu=bench.server_cpu)
    line = read_line(answered)
    client.succeed()
    return json.loads(line)


def measure_tls_get(bench: Bench) -> None:
    """A small page of nginx's by https://, verified, as a process of its own.

    One authority is trusted, or all of a system's: those curl reads from a file and sockctl looks up in a folder, as
    they do without being told to.
    """

    def run(contestant: str, *, whole: bool) -> list[float]:
        with bench.children() as children:
            chosen = certificate(bench.tools.work)
            trusted = store(bench.tools.work)[0 if contestant == CURL else 1] if whole else chosen.authority
            path = bench.tools.paths[contestant]
            argv = [path, "-s", "-f", "--cacert"] if contestant == CURL else [path, "http-get", "--tls-ca"]
            with nginx(bench, children, chosen) as url:
                argv += [trusted, url]
                times = (seconds(children, argv, bench.client_cpu) for _ in range(bench.sizes.http_repetitions))
                return [statistics.median(times)]

    bench.alternate(["tls-get"], [SOCKCTL, CURL], lambda name: run(name, whole=False))
    bench.alternate(["tls-get-store"], [SOCKCTL, CURL], lambda name: run(name, whole=True))


def measure_tls_idle(bench: Bench) -> None:
    """Connections that have had one round trip and wait."""
    count = bench.sizes.tls_idle

    def run(contestant: str) -> list[float]:
        context = ssl.create_default_context(cafile=certificate(bench.tools.work).authority)
        with bench.children() as children:
            started, port = start_tls_server(bench, children, contestant, "echo")
            first = [greet(context, port) for _ in range(100)]
            before = resident_kib(started)
            clients = [greet(context, port) for _ in range(count)]
            memory = (resident_kib(started) - before) / count
            for client in first + clients:
                client.close()
        return [memory]

    bench.alternate(["tls-idle"], [SOCKCTL, C_TLS_SERVER], run)


def greet(context: ssl.SSLContext, port: int) -> socket.socket:
    """A verified connection that has had one echo."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection = context.wrap_socket(plain, server_hostname="localhost")
    exchange(connection)
    return connection


def measure_tls_web(bench: Bench) -> None:
    """A small answer that is made, by https://, on 64 kept connections."""

    def ask(contestant: str) -> list[float]:
        with server(bench, contestant, secured=certificate(bench.tools.work)) as (_, _, place):
            return [load(bench, f"https://{place}/time")[0]]

    bench.alternate(["tls-web"], [SOCKCTL, NGINX] * CLOSE, ask)


def measure_tls(bench: Bench) -> None:
    measure_tls_bulk(bench)
    measure_handshakes(bench)
    measure_tls_get(bench)
    measure_tls_idle(bench)
    measure_tls_web(bench)
