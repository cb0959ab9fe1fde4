"""Datagrams: what a receiver takes, and what a sender gives.

What a receiver takes is measured with a sender that looks into its receive buffer and never overfills it; what is
sent, into a socket that nobody reads.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

from harness.bench import CLOSE, Bench
from harness.children import RunFailed, read_line
from harness.contestants import C_MMSG, IPERF3, NC, NCAT, SOCAT, SOCKCTL, free_port
from harness.proc import cpu_seconds


def measure_udp(bench: Bench) -> None:
    for size in (1, 100, 1400):

        def receive(contestant: str, size: int = size) -> list[float]:
            if contestant == IPERF3:
                return [iperf3_datagrams(bench, size)[1]]
            command, announces = bench.tools.datagram_receiver(contestant)
            with bench.children() as children:
                port = 0 if announces else free_port()
                receiver = children.start(command(port), cpu=bench.server_cpu)
                if announces:
                    port = receiver.listening_port()
                else:
                    receiver.poll(lambda: is_bound(port) or None, "receive")
                counted, count = children.pipe()
                argv = [bench.tools.program("udp_pump"), str(port), str(size), str(bench.sizes.datagrams), "lossless"]
                pump = children.start(argv, stdout=count, cpu=bench.client_cpu)
                line = read_line(counted)
                pump.succeed()
            rate, drops = line.split()
            if int(drops):
                raise RunFailed(f"{drops} datagrams were dropped")
            return [float(rate)]

        def send(contestant: str, size: int = size) -> list[float]:
            if contestant == IPERF3:
                return [iperf3_datagrams(bench, size)[0]]
            count = bench.sizes.datagrams
            with bench.children() as children, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
                sink.bind(("127.0.0.1", 0))
                argv = bench.tools.datagram_sender(contestant, sink.getsockname()[1], size, count)
                stdin = None
                if contestant == SOCAT:
                    stdin, poured = children.pipe()
                    children.start(
                        [bench.tools.program("pour"), str(size * count)], stdout=poured, cpu=bench.server_cpu)
                begin = time.perf_counter()
                children.start(argv, stdin=stdin, cpu=bench.client_cpu).succeed()
                return [count / (time.perf_counter() - begin)]

        peers = [IPERF3] if size >= 16 else []  # Its datagrams have a header of 16 bytes.
        bench.alternate([f"udp-recv-{size}"], [*[SOCKCTL, C_MMSG] * CLOSE, NC, NCAT, SOCAT, *peers], receive)
        bench.alternate([f"udp-send-{size}"], [*[SOCKCTL, C_MMSG] * CLOSE, SOCAT, *peers], send)

    def idle(contestant: str) -> list[float]:
        command, _ = bench.tools.datagram_receiver(contestant)
        with bench.children() as children:
            receiver = children.start(command(0), cpu=bench.server_cpu)
            receiver.listening_port()
            time.sleep(0.1)  # Having said that it listens, it has yet to fall asleep.
            before = cpu_seconds(receiver)
            time.sleep(1)
            return [cpu_seconds(receiver) - before]

    bench.alternate(["udp-idle-cpu"], [SOCKCTL, C_MMSG], idle)


def is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def iperf3_datagrams(bench: Bench, size: int) -> tuple[float, float]:
    """Datagrams per second that iperf3 sends without a limit, and of them those that its server received."""
    path, port = bench.tools.paths[IPERF3], free_port()
    with bench.children() as children:
        server = children.start([path, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], cpu=bench.server_cpu)
        server.wait_until_listening(port)
        report = bench.tools.work / "iperf3.json"
        output = children.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        argv = [path, "-c", "127.0.0.1", "-p", str(port), "-u", "-b", "0", "-l", str(size), "-t", "1", "-J"]
        children.start(argv, stdout=output, cpu=bench.client_cpu).succeed()
    end = json.loads(report.read_text())["end"]
    found = end["sum"]
    sent = found["packets"] / found["seconds"]
    return sent, sent * (1 - found["lost_percent"] / 100)
