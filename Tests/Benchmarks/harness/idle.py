"""Connections that wait: what they hold, and that nothing is done for them."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path

from harness.bench import Bench
from harness.children import Child, RunFailed, Skipped, read_line
from harness.contestants import C_EPOLL, SOCKCTL
from harness.echo import start_echo_server
from harness.proc import cpu_seconds, resident_kib, thread_count


def measure_idle(bench: Bench) -> None:
    count = bench.sizes.idle_connections

    def run(contestant: str) -> tuple[float, float, float]:
        with bench.children() as children:
            server, port = start_echo_server(bench, children, contestant)
            asked, question = children.pipe()
            answered, answer = children.pipe()
            task = ("idle", port, count, bench.sizes.echo_seconds)
            argv = [bench.tools.program("echo_client"), *map(str, task)]
            client = children.start(argv, stdin=asked, stdout=answer, cpu=bench.server_cpu)
            alone = median_latency(client, answered)
            before = resident_kib(server)
            os.write(question, b"\n")
            if not read_line(answered):
                raise RunFailed(f"{count} connections could not be opened: {client.last_words()}")
            after, threads = resident_kib(server), thread_count(server)
            os.write(question, b"\n")
            beside = median_latency(client, answered)
            client.succeed()
        return threads, (after - before) / count, beside / alone

    bench.alternate(["idle-threads", "idle-memory", "idle-round-trip"], [SOCKCTL, C_EPOLL], run)


def median_latency(client: Child, answered: int) -> float:
    line = read_line(answered)
    if not line:
        raise RunFailed(f"no answer from the client: {client.last_words()}")
    return json.loads(line)["median_us"]


def measure_quiet(bench: Bench) -> None:
    """System calls and CPU time of a server whose connections are all silent; one call would be one too many."""

    def run(contestant: str) -> tuple[float, float]:
        strace = shutil.which("strace")
        if strace is None:
            raise Skipped("skipped: strace is not installed")
        calls = bench.tools.work / "quiet.txt"
        with bench.children() as children:
            server, port = start_echo_server(bench, children, contestant)
            asked, question = children.pipe()
            answered, answer = children.pipe()
            task = ("idle", port, bench.sizes.quiet_connections, 0.01)
            argv = [bench.tools.program("echo_client"), *map(str, task)]
            client = children.start(argv, stdin=asked, stdout=answer, cpu=bench.client_cpu)
            median_latency(client, answered)
            os.write(question, b"\n")
            if not read_line(answered):
                raise RunFailed(f"the connections could not be opened: {client.last_words()}")
            argv = [strace, "-f", "-ttt", "-o", str(calls), "-p", str(server.pid)]
            tracer = children.start(argv, cpu=bench.client_cpu)
            tracer.poll(lambda: "attached" in tracer.log.read_text(errors="replace"), "attach")
            time.sleep(0.25)  # To be traced interrupts a call that waits, which is then made again.
            begin, before = time.time(), cpu_seconds(server)
            time.sleep(bench.sizes.quiet_seconds)
            end, after = time.time(), cpu_seconds(server)
            tracer.stop()
        return count_calls(calls, begin, end), after - before

    bench.alternate(["quiet-calls", "quiet-cpu"], [SOCKCTL, C_EPOLL], run, rounds=1)


def count_calls(trace: Path, begin: float, end: float) -> float:
    times = re.findall(r"^\d+ +(\d+\.\d+) ", trace.read_text(errors="replace"), re.MULTILINE)
    return float(sum(begin <= float(time) < end for time in times))
