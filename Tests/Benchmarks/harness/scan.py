"""dial -z beside a C loop over epoll, nmap and nc: all ports of this machine, and a host that answers nothing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from harness.bench import CLOSE, Bench
from harness.children import RunFailed
from harness.contestants import C_SCAN, NC, NMAP, SOCKCTL

PORTS = "1-65535"
WINDOW = 256
# A network of its own, with a cable that nobody is at the other end of: who is called there never answers.
SILENCE = (
    "ip link add near type veth peer name far && ip link set far up && ip link set near up && "
    "ip address add 10.9.9.1/24 dev near && ip neighbour add 10.9.9.9 lladdr 02:00:00:00:00:09 dev near && exec"
)
SILENT_HOST = "10.9.9.9"
SILENT_PORTS = 2560
PATIENCE = 0.3  # Seconds for each attempt there.


def command(bench: Bench, contestant: str) -> list[str]:
    if contestant == C_SCAN:
        return [bench.tools.program("scan_ports"), "1", "65535", str(WINDOW)]
    path = bench.tools.paths[contestant]
    if contestant == NMAP:
        return [path, "-n", "-Pn", "-sT", "-p", PORTS, "127.0.0.1"]
    if contestant == NC:
        return [path, "-z", "127.0.0.1", PORTS]
    return [path, "dial", "-z", "--quiet", "--parallel", str(WINDOW), "127.0.0.1", PORTS]


def seconds(bench: Bench, argv: Sequence[str]) -> float:
    """From the order to start a scan to its end; that nothing is open, 1, is an end like any other."""
    with bench.children() as children:
        begin = time.perf_counter()
        child = children.start(argv, stdout=children.open(Path(os.devnull), os.O_WRONLY), cpu=bench.client_cpu)
        child.wait()
        elapsed = time.perf_counter() - begin
    assert child.ended is not None
    if child.ended.status not in (0, 1):
        raise RunFailed(f"status {child.ended.status}")
    return elapsed


def measure_scan(bench: Bench) -> None:
    bench.alternate(
        ["scan"], [*[SOCKCTL, C_SCAN] * CLOSE, NMAP, NC], lambda name: [seconds(bench, command(bench, name))]
    )
    bench.alternate(["scan-silent"], [SOCKCTL], lambda _: [silent_scan(bench)])


def silent_scan(bench: Bench) -> float:
    """How often the time that the attempts need in any case a scan takes, where each of them has all its time."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        raise RunFailed("skipped: unshare or ip is not installed")
    scan = (
        f"{bench.tools.paths[SOCKCTL]} dial -z --quiet --parallel {WINDOW} -w {round(PATIENCE * 1000)}ms "
        f"{SILENT_HOST} 1-{SILENT_PORTS}"
    )
    return seconds(bench, [unshare, "-rn", "sh", "-c", f"{SILENCE} {scan}"]) / (PATIENCE * SILENT_PORTS / WINDOW)
