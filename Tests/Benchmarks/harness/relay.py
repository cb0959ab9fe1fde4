"""The relay where it has more to do: both ways at once, and with options for which the bytes must be looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass

from harness.bench import CLOSE, MIB, Bench
from harness.bulk import carry, start_listener
from harness.children import RunFailed, read_line
from harness.contestants import C_SPLICE, SOCAT_LARGE, SOCKCTL

LINE = 100  # Bytes of a line, its newline among them.


@dataclass(frozen=True)
class Copying:
    """Options for which a relay must have the bytes in its hands."""

    both: tuple[str, ...] = ()
    listening: tuple[str, ...] = ()
    line: int | None = None  # How long the lines are that are sent, if it must be lines.
    share: float = 1  # Of the bytes: less where there is much to do for each.


COPYING = {
    "copying-x": Copying(both=("-x", "/dev/null"), share=1 / 8),
    "copying-o": Copying(listening=("-o", "/dev/null")),
    "copying-rate": Copying(both=("--rate", "10G"), share=1 / 8),  # More than there is: it never holds anything back.
    "copying-v": Copying(both=("-v",)),
    "copying-frame": Copying(both=("--frame", "line"), line=LINE),
}


def measure_both(bench: Bench) -> None:
    """pour | TOOL | drain at both ends of one connection; the listening side with its pipes has one CPU, and so on."""
    size = bench.sizes.both_bytes

    def run(contestant: str) -> list[float]:
        pair = bench.tools.duplex(contestant)
        with bench.children() as children:

            def pour(cpu: int) -> int:
                source, poured = children.pipe()
                children.start([bench.tools.program("pour"), str(size)], stdout=poured, cpu=cpu)
                return source

            def drain(cpu: int) -> tuple[int, int]:
                drained, sink = children.pipe()
                counted, count = children.pipe()
                children.start([bench.tools.program("drain")], stdin=drained, stdout=count, cpu=cpu)
                return sink, counted

            sink, at_listener = drain(bench.server_cpu)
            listener, port = start_listener(bench, children, pair, sink, pour(bench.server_cpu))
            sink, at_dialler = drain(bench.client_cpu)
            begin = time.perf_counter()
            dial = children.start(pair.dial(port), stdin=pour(bench.client_cpu), stdout=sink, cpu=bench.client_cpu)
            for counted in (at_listener, at_dialler):
                if (arrived := int(read_line(counted) or 0)) != size:
                    raise RunFailed(f"{arrived} of {size} bytes arrived")
            elapsed = time.perf_counter() - begin
            dial.succeed()
            listener.succeed()
        return [2 * size / elapsed / MIB]

    bench.alternate(["both"], [SOCKCTL, C_SPLICE] * CLOSE, run)


def measure_copying(bench: Bench) -> None:
    for name, task in COPYING.items():

        def run(contestant: str, task: Copying = task) -> list[float]:
            size = int(bench.sizes.copied_bytes * task.share)
            size -= size % (task.line or 1)
            sockctl = bench.tools.sockctl_pair([*task.both, *task.listening], task.both)
            pair = sockctl if contestant == SOCKCTL else bench.tools.pair(contestant)
            return [carry(bench, pair, size, task.line)[0]]

        bench.alternate([name], [SOCKCTL, SOCAT_LARGE] * CLOSE, run)
