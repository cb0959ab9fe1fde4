"""What all measures share: sizes, rounds in which contestants take turns, and the figures that were found."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.children import Children, RunFailed, Skipped
from harness.contestants import Tools

MIB = 1 << 20
GIB = 1 << 30
CLOSE = 3  # How often in a round those run whose target is within a few per cent of each other: single runs vary more.
SPARE_DESCRIPTORS = 100  # What a process of an idle measure needs besides its connections.


@dataclass(frozen=True)
class Sizes:
    start_repetitions: int = 40
    bulk_bytes: int = 4 * GIB
    file_bytes: int = 1 * GIB
    both_bytes: int = 1 * GIB  # Each way.
    copied_bytes: int = 1 * GIB
    echo_seconds: float = 1.0
    active_connections: tuple[int, int] = (1000, 10_000)
    active_seconds: float = 2.0
    quiet_connections: int = 1000
    quiet_seconds: float = 10.0
    asked: int = 20_000
    idle_connections: int = 10_000
    accepts: int = 20_000
    datagrams: int = 100_000
    backlog: int = 4096  # Cut to what net.core.somaxconn allows.
    accepts_at_a_time: int = 64  # Fewer than sockctl's backlog: the queue is not what is measured.
    timeout_rounds: int = 500
    limited_connections: int = 5000
    submits: int = 300_000
    web_seconds: int = 3
    web_file: int = 256 * MIB
    http_repetitions: int = 40
    http_requests: int = 2000
    http_seconds: float = 2
    chat_clients: int = 1000
    chat_rounds: int = 200
    chat_bytes: int = 100 * MIB
    gate_rules: int = 10_000
    programs: int = 2000
    cat_bytes: int = 512 * MIB
    forwarded: int = 10_000
    forwarded_idle: int = 2000
    tls_bytes: int = 1 * GIB
    tls_handshakes: int = 2000  # Full ones; twice as many are resumed.
    tls_idle: int = 2000

    @classmethod
    def quick(cls) -> Sizes:
        """Enough to see that everything runs, too little to judge by."""
        return cls(
            start_repetitions=5, bulk_bytes=64 * MIB, file_bytes=64 * MIB, both_bytes=32 * MIB, copied_bytes=32 * MIB,
            echo_seconds=0.2, active_connections=(50, 200), active_seconds=0.2, quiet_connections=50,
            quiet_seconds=0.5, asked=500, idle_connections=500,
            accepts=1000, datagrams=5000, backlog=128, timeout_rounds=20, limited_connections=200, submits=2000,
            web_seconds=1, web_file=4 * MIB,
            http_repetitions=5, http_requests=50, http_seconds=1,
            chat_clients=200, chat_rounds=10, chat_bytes=10 * MIB, gate_rules=100,
            programs=80, cat_bytes=16 * MIB, forwarded=500, forwarded_idle=100,
            tls_bytes=16 * MIB, tls_handshakes=100, tls_idle=50,
        )

    @property
    def most_connections(self) -> int:
        return max(self.idle_connections, self.limited_connections, *self.active_connections)

    def cut(self, connections: int) -> Sizes:
        """The same with at most so many connections at once."""
        few, many = (min(one, connections) for one in self.active_connections)
        return replace(
            self,
            idle_connections=min(self.idle_connections, connections),
            limited_connections=min(self.limited_connections, connections),
            active_connections=(few, many),
        )


@dataclass
class Series:
    """One kind of figure: for each contestant a value a round, or the reason why there is none."""

    values: dict[str, list[float]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def median(self, contestant: str) -> float | None:
        values = self.values.get(contestant)
        return statistics.median(values) if values and contestant not in self.problems else None


@dataclass
class Bench:
    tools: Tools
    sizes: Sizes
    rounds: int
    results: dict[str, Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cpus = sorted(os.sched_getaffinity(0))
        # The listening side has one CPU and the dialling side, with the source or the load, another: where the
        # scheduler chooses, it moves them together and apart, and one program differs from itself by half.
        self.server_cpu, self.client_cpu = cpus[0], cpus[-1]

    def children(self) -> Children:
        logs = self.tools.work / "logs"
        logs.mkdir(exist_ok=True)
        return Children(logs)

    @contextmanager
    def file_in_memory(self, size: int) -> Iterator[str]:
        """A file of random bytes, in memory where there is a place for it; gives its name."""
        memory = Path("/dev/shm")
        with tempfile.NamedTemporaryFile(dir=memory if memory.is_dir() else self.tools.work) as file:
            block = os.urandom(MIB)
            for _ in range(size // MIB):
                file.write(block)
            file.flush()
            yield file.name

    def alternate(
        self,
        names: Sequence[str],
        contestants: Sequence[str],
        run: Callable[[str], Sequence[float]],
        rounds: int | None = None,
    ) -> None:
        """Runs all contestants in every round, each round beginning with another one; `run` gives a value a name.

        A contestant may be listed more than once: then it has so many runs in a round.
        """
        rounds = rounds or self.rounds
        series = [self.results.setdefault(name, Series()) for name in names]
        problems = {name: reason for name in contestants if (reason := self.tools.reason(name))}
        for turn in range(rounds):
            for offset in range(len(contestants)):
                contestant = contestants[(turn + offset) % len(contestants)]
                if contestant in problems:
                    continue
                say(f"{names[0]}: round {turn + 1} of {rounds}, {contestant}")
                try:
                    values = run(contestant)
                except RunFailed as failure:
                    problems[contestant] = str(failure) if isinstance(failure, Skipped) else f"failed: {failure}"
                    continue
                for one, value in zip(series, values, strict=True):
                    one.values.setdefault(contestant, []).append(value)
        for one in series:
            one.problems.update(problems)


def say(text: str) -> None:
    """Progress, where somebody may be watching: one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
