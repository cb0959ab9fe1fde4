"""What the probes cost: backlog-probe beside plain connects, write-block-probe beside `dial` of a file."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from harness.bench import CLOSE, MIB, Bench
from harness.children import RunFailed
from harness.contestants import C_CONNECTS, SOCKCTL, SOCKCTL_DIAL


def measure_backlog(bench: Bench) -> None:
    backlog = min(bench.sizes.backlog, int(Path("/proc/sys/net/core/somaxconn").read_text()))
    room = backlog + 1

    def run(contestant: str) -> list[float]:
        if contestant == SOCKCTL:
            options = ["--backlog", str(backlog), "--dials", str(room)]
            out = output([bench.tools.paths[SOCKCTL], "backlog-probe", *options], bench.client_cpu)
            found = dict(re.findall(r"^(connected|elapsed) +(\S.*)$", out, re.MULTILINE))
            if found["connected"] != str(room):
                raise RunFailed(f"{found['connected']} of {room} dials got in")
            value, unit = found["elapsed"].split()
            return [float(value) * {"s": 1, "ms": 1e-3, "µs": 1e-6}[unit]]
        return [float(output([bench.tools.program("fill_queue"), str(backlog), str(room)], bench.client_cpu))]

    bench.alternate(["backlog"], [SOCKCTL, C_CONNECTS] * CLOSE, run)


def output(command: Sequence[str], cpu: int) -> str:
    """What a command that ends by itself writes, all of it on one CPU."""
    command = ["taskset", "-c", str(cpu), *command]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode:
        raise RunFailed(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr.strip()}")
    return ended.stdout


def measure_writeblock(bench: Bench) -> None:
    """write-block-probe -> TCP -> listen --serve discard, beside dial < FILE to the same."""
    size, chunk = bench.sizes.file_bytes, 1 << 16
    with bench.file_in_memory(size) as file:

        def run(contestant: str) -> tuple[float]:
            path = bench.tools.paths[SOCKCTL]
            with bench.children() as children:
                listen = [path, "listen", "127.0.0.1:0", "--serve", "discard"]
                listener = children.start(listen, cpu=bench.server_cpu)
                address = f"127.0.0.1:{listener.listening_port()}"
                if contestant == SOCKCTL:
                    argv = [path, "write-block-probe", "--chunk", str(chunk), "--writes", str(size // chunk), address]
                else:
                    argv = [path, "dial", address]
                source = children.open(file, os.O_RDONLY)
                begin = time.perf_counter()
                children.start(argv, stdin=source, cpu=bench.client_cpu).succeed()
                elapsed = time.perf_counter() - begin
            return (size / elapsed / MIB,)

        bench.alternate(["writeblock"], [SOCKCTL, SOCKCTL_DIAL] * CLOSE, run)
