"""The clients of a soak: a few processes of many threads, which choose by chance what to do next, and to whom."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from faults.soak.exchanges import Wrong
from faults.soak.soaked import Soaked

KEPT = 5  # So many failures of a server are kept in words.
REPORT_SECONDS = 1.0


@dataclass
class Done:
    """What came of all exchanges so far, by server."""

    exchanges: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, other: Done) -> None:
        self.exchanges += other.exchanges
        self.bytes += other.bytes
        self.failures += other.failures
        for name, words in other.words.items():
            self.words[name] = (self.words[name] + words)[:KEPT]


class Crew:
    """Processes that work until they are told to stop; `collect` gives what they have done so far."""

    def __init__(self, servers: Sequence[Soaked], processes: int, threads: int, rate: float, seed: int) -> None:
        context = multiprocessing.get_context("fork")
        self.done = Done()
        self.stopping = context.Event()
        self.members = []
        for number in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            chance = random.Random(f"{seed}-{number}")
            pause = processes * threads / rate
            process = context.Process(
                target=work, args=(servers, threads, pause, chance, self.stopping, theirs), daemon=True)
            process.start()
            theirs.close()
            self.members.append((process, ours))

    def collect(self) -> Done:
        for _, pipe in self.members:
            try:
                while pipe.poll():
                    self.done.add(pipe.recv())
            except EOFError:
                continue
        return self.done

    def stop(self, seconds: float) -> Done:
        """Has everybody finish what is under way."""
        self.stopping.set()
        limit = time.monotonic() + seconds
        while any(process.is_alive() for process, _ in self.members) and time.monotonic() < limit:
            self.collect()
            time.sleep(0.05)
        for process, _ in self.members:
            if process.is_alive():
                process.kill()
                self.done.failures["the crew"] += 1
                self.done.words["the crew"].append("a client did not come to an end")
            process.join()
        return self.collect()


def work(
    servers: Sequence[Soaked], threads: int, pause: float, chance: random.Random, stopping, pipe: Connection
) -> None:
    """One process: its threads, and once a second what they have done."""
    done, lock = Done(), threading.Lock()

    def one(chance: random.Random) -> None:
        while not stopping.is_set():
            begin = time.monotonic()
            exchange(chance.choice(servers), chance, done, lock)
            rest = chance.expovariate(1 / pause) - (time.monotonic() - begin)
            if rest > 0:
                stopping.wait(rest)

    crew = [threading.Thread(target=one, args=(random.Random(chance.random()),), daemon=True) for _ in range(threads)]
    for member in crew:
        member.start()
    while any(member.is_alive() for member in crew):
        crew[0].join(REPORT_SECONDS)
        with lock:
            pipe.send(done)
            for part in (done.exchanges, done.bytes, done.failures, done.words):
                part.clear()


def exchange(server: Soaked, chance: random.Random, done: Done, lock: threading.Lock) -> None:
    """One of a server's exchanges; whatever went wrong is the server's failure."""
    problem, count = "", 0
    what = chance.choice(server.exchanges)
    try:
        count = what(chance)
    except Wrong as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 (A client that was cut off says so in many ways.)
        problem = f"{type(error).__name__}: {error}"
    with lock:
        done.exchanges[server.name] += 1
        done.bytes[server.name] += count
        if problem:
            done.failures[server.name] += 1
            name = what.func.__name__ if hasattr(what, "func") else str(what)
            done.words[server.name] = [*done.words[server.name], f"{name}: {problem}"][:KEPT]
