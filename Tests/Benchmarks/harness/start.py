"""How long sockctl and its peers take from the order to start to the end."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence

from harness.bench import Bench
from harness.children import RunFailed
from harness.contestants import NC, NCAT, SOCAT, SOCKCTL


def measure_start(bench: Bench) -> None:
    arguments = {SOCKCTL: "--version", NCAT: "--version", SOCAT: "-V", NC: "-h"}

    def run(contestant: str) -> list[float]:
        argv = [bench.tools.paths[contestant], arguments[contestant]]
        return [statistics.median(start_seconds(argv) for _ in range(bench.sizes.start_repetitions))]

    bench.alternate(["start"], list(arguments), run)


def start_seconds(argv: Sequence[str]) -> float:
    """From the order to start a program to its end, its output going nowhere."""
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    elapsed = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # nc.openbsd's help is an error to it.
        raise RunFailed(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return elapsed
