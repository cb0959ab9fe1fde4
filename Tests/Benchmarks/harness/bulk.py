"""Many bytes one way through TCP on loopback, the same tool at both ends."""

from __future__ import annotations

import json
import os
import time

from harness.bench import CLOSE, MIB, Bench
from harness.children import Child, Children, Ended, RunFailed, read_line
from harness.contestants import C_SPLICE, IPERF3, NC, NCAT, SOCAT, SOCAT_LARGE, SOCKCTL, Pair, free_port


def start_listener(
    bench: Bench, children: Children, pair: Pair, stdout: int | None, stdin: int | None = None
) -> tuple[Child, int]:
    port = 0 if pair.announces else free_port()
    listener = children.start(pair.listen(port), stdin=stdin, stdout=stdout, cpu=bench.server_cpu)
    if pair.announces:
        port = listener.listening_port()
    else:
        listener.wait_until_listening(port)
    return listener, port


def carry(bench: Bench, pair: Pair, size: int, line: int | None = None) -> tuple[float, float]:
    """pour | TOOL dial -> TCP -> TOOL listen | drain: MiB a second, and the CPU seconds of both ends for a GB."""
    lines = [] if line is None else [str(line)]
    with bench.children() as children:
        received, output = children.pipe()
        counted, count = children.pipe()
        listener, port = start_listener(bench, children, pair, output)
        drain = children.start([bench.tools.program("drain")], stdin=received, stdout=count, cpu=bench.server_cpu)
        input_, poured = children.pipe()
        begin = time.perf_counter()
        children.start([bench.tools.program("pour"), str(size), *lines], stdout=poured, cpu=bench.client_cpu)
        dial = children.start(pair.dial(port), stdin=input_, cpu=bench.client_cpu)
        drain.succeed()
        elapsed = time.perf_counter() - begin
        arrived = int(read_line(counted))
        if arrived != size:
            raise RunFailed(f"{arrived} of {size} bytes arrived")
        return size / elapsed / MIB, cpu_for(size, dial.succeed(), listener.succeed())


def cpu_for(size: int, *ended: Ended) -> float:
    """CPU seconds for each GB."""
    return sum(one.cpu_seconds for one in ended) / (size / 1e9)


def measure_bulk(bench: Bench) -> None:
    size = bench.sizes.bulk_bytes

    def run(contestant: str) -> tuple[float, float]:
        return carry(bench, bench.tools.pair(contestant), size)

    bench.alternate(["bulk", "bulk-cpu"], [*[SOCKCTL, C_SPLICE] * CLOSE, NC, NCAT, SOCAT, SOCAT_LARGE], run)


def measure_file(bench: Bench) -> None:
    """TOOL dial < FILE -> TCP -> TOOL listen > /dev/null, the file in memory."""
    size = bench.sizes.file_bytes
    with bench.file_in_memory(size) as file:

        def run(contestant: str) -> tuple[float, float]:
            if contestant == IPERF3:
                return iperf3(bench, size)
            pair = bench.tools.pair(contestant)
            with bench.children() as children:
                listener, port = start_listener(bench, children, pair, None)
                source = children.open(file, os.O_RDONLY)
                begin = time.perf_counter()
                dial = children.start(pair.dial(port), stdin=source, cpu=bench.client_cpu)
                received = listener.succeed()
                elapsed = time.perf_counter() - begin
                return size / elapsed / MIB, cpu_for(size, dial.succeed(), received)

        close = [SOCKCTL, C_SPLICE, IPERF3, NC] * CLOSE
        bench.alternate(["file", "file-cpu"], [*close, NCAT, SOCAT, SOCAT_LARGE], run)


def iperf3(bench: Bench, size: int) -> tuple[float, float]:
    """One stream of as many bytes, from memory, by iperf3's own stop-watch: its greeting is not counted."""
    path, port = bench.tools.paths[IPERF3], free_port()
    with bench.children() as children:
        server = children.start([path, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], cpu=bench.server_cpu)
        server.wait_until_listening(port)
        report = bench.tools.work / "iperf3.json"
        output = children.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        argv = [path, "-c", "127.0.0.1", "-p", str(port), "-n", str(size), "-J"]
        client = children.start(argv, stdout=output, cpu=bench.client_cpu)
        cpu = cpu_for(size, client.succeed(), server.succeed())
    return json.loads(report.read_text())["end"]["sum_received"]["bits_per_second"] / 8 / MIB, cpu


def measure_disk(bench: Bench) -> None:
    """C dial < FILE -> TCP -> TOOL listen > FILE: from memory, by the same sender, to a new file on a disk.

    What the kernel writes to the disk after the receiver has ended is not counted: nobody waits for it.
    """
    size = bench.sizes.file_bytes
    target = bench.tools.work / "received"
    sender = bench.tools.pair(C_SPLICE)
    with bench.file_in_memory(size) as file:

        def run(contestant: str) -> list[float]:
            os.sync()  # So that nothing older is written meanwhile.
            with bench.children() as children:
                output = children.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                listener, port = start_listener(bench, children, bench.tools.pair(contestant), output)
                source = children.open(file, os.O_RDONLY)
                begin = time.perf_counter()
                children.start(sender.dial(port), stdin=source, cpu=bench.client_cpu)
                listener.succeed()
                elapsed = time.perf_counter() - begin
            arrived = target.stat().st_size
            target.unlink()
            if arrived != size:
                raise RunFailed(f"{arrived} of {size} bytes arrived")
            return [size / elapsed / MIB]

        bench.alternate(["disk"], [SOCKCTL, C_SPLICE] * CLOSE, run)
