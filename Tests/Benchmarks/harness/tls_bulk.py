"""Many bytes one way through one TLS connection on loopback, the same tool at both ends."""

from __future__ import annotations

import os
import time

from harness.bench import CLOSE, MIB, Bench
from harness.bulk import cpu_for, start_listener
from harness.certificate import certificate
from harness.children import Children, Ended, RunFailed
from harness.contestants import C_TLS_PAIR, NCAT, OPENSSL, SOCAT, SOCAT_LARGE, SOCKCTL, Pair

FIRST_BYTES = 16 * MIB


def tls_pair(bench: Bench, contestant: str) -> Pair:
    """As each tool verifies by itself: sockctl, socat and the C programs do, ncat and openssl do not."""
    chosen = certificate(bench.tools.work)
    chain, key, authority = chosen.chain, chosen.key, chosen.authority
    if contestant == SOCKCTL:  # The end of standard input is told only if one asks for it.
        dialling = ["--tls", "--tls-ca", authority, "--tls-half-close"]
        return bench.tools.sockctl_pair(chosen.server, dialling)
    if contestant == C_TLS_PAIR:
        pair = bench.tools.program("tls_pair")
        return Pair(lambda _: [pair, "listen", chain, key], lambda port: [pair, "dial", authority, str(port)], True)
    path = bench.tools.paths[SOCAT if contestant == SOCAT_LARGE else contestant]
    if contestant == NCAT:  # With --send-only it never reads the server's tickets, and its close is a reset.
        return Pair(
            lambda port: [path, "-l", "--ssl", "--ssl-cert", chain, "--ssl-key", key, "127.0.0.1", str(port)],
            lambda port: [path, "--ssl", "127.0.0.1", str(port)],
            False,
        )
    if contestant == OPENSSL:  # -nocommands: else a line that begins with Q is the end, one with R a new handshake.
        server = ["-quiet", "-naccept", "1", "-cert", chain, "-key", key]
        return Pair(
            lambda port: [path, "s_server", *server, "-accept", f"127.0.0.1:{port}"],
            lambda port: [path, "s_client", "-quiet", "-nocommands", "-no_ign_eof", "-connect", f"127.0.0.1:{port}"],
            False,
        )
    size = ["-b", "131072"] if contestant == SOCAT_LARGE else []
    server = f"cert={chain},key={key},verify=0"  # Of the client: else it wants a certificate of that, too.
    return Pair(
        lambda port: [path, *size, "-u", f"OPENSSL-LISTEN:{port},bind=127.0.0.1,reuseaddr,{server}", "STDOUT"],
        lambda port: [path, *size, "-u", "STDIN", f"OPENSSL:127.0.0.1:{port},cafile={authority}"],
        False,
    )


def send(
    bench: Bench, children: Children, contestant: str, file: str, output: int | None
) -> tuple[float, Ended, Ended]:
    """TOOL dial < FILE -> TLS -> TOOL listen: how long it took, and how both ends ended."""
    pair = tls_pair(bench, contestant)
    # Once its standard input has ended, s_server looks at it all the time and ncat's server tells its client to end.
    silence = children.pipe()[0] if contestant in (NCAT, OPENSSL) else None
    listener, port = start_listener(bench, children, pair, output, silence)
    source = children.open(file, os.O_RDONLY)
    begin = time.perf_counter()
    dial = children.start(pair.dial(port), stdin=source, cpu=bench.client_cpu)
    received = listener.succeed()
    return time.perf_counter() - begin, dial.succeed(), received


def must_arrive(bench: Bench, contestant: str) -> None:
    """Nobody counts what goes to /dev/null, and not every tool sends all of its input: so this is tried first."""
    target = bench.tools.work / "received"
    with bench.file_in_memory(FIRST_BYTES) as file, bench.children() as children:
        output = children.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        send(bench, children, contestant, file, output)
        arrived = target.stat().st_size
        target.unlink()
    if arrived != FIRST_BYTES:
        raise RunFailed(f"{arrived} of {FIRST_BYTES} bytes arrived")


def measure_tls_bulk(bench: Bench) -> None:
    """TOOL dial < FILE -> TLS -> TOOL listen > /dev/null, the file in memory."""
    size = bench.sizes.tls_bytes
    tried: set[str] = set()
    with bench.file_in_memory(size) as file:

        def run(contestant: str) -> tuple[float, float]:
            if contestant not in tried:
                must_arrive(bench, contestant)
                tried.add(contestant)
            with bench.children() as children:
                elapsed, *ended = send(bench, children, contestant, file, None)
            return size / elapsed / MIB, cpu_for(size, *ended)

        close = [SOCKCTL, C_TLS_PAIR] * CLOSE
        bench.alternate(["tls-bulk", "tls-bulk-cpu"], [*close, NCAT, SOCAT, SOCAT_LARGE, OPENSSL], run)
