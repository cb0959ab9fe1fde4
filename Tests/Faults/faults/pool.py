"""Runs one after the other in several workers, each in a folder of its own."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from faults.fault import Fault
from faults.oracle import Verdict, judge
from faults.run import Outcome, Run
from faults.scenario import SCENARIOS

SLOW = ("hang", "stall")  # What a busy machine can make of a good run: these are run again with more time.


@dataclass(frozen=True)
class Job:
    scenario: str
    fault: Fault | None = None

    def __str__(self) -> str:
        return f"{self.scenario} {self.fault}"


@dataclass
class Done:
    job: Job
    verdict: Verdict
    outcome: Outcome


@dataclass
class Bench:
    """What all runs share."""

    binary: Path
    work: Path
    shared: Path
    texts: Mapping[str, str]
    limit: float
    numbers: count = field(default_factory=count)
    known: Callable[[str, Job], bool] = lambda _kind, _job: False

    def run(self, job: Job) -> Done:
        """One run; one that was too slow is run again with twice the time before it is said to hang."""
        done = self.once(job, self.limit)
        if done.verdict.kind not in SLOW or self.known(done.verdict.kind, job):
            return done
        return self.once(job, self.limit * 2)

    def once(self, job: Job, limit: float) -> Done:
        folder = self.work / f"{next(self.numbers)}"
        run = Run(self.binary, folder, self.shared, job.fault, limit)
        try:
            SCENARIOS[job.scenario].body(run)
            outcome = run.finish()
        finally:
            run.over.set()
            if run.child and run.child.running:
                run.child.kill()
            shutil.rmtree(folder, ignore_errors=True)
        return Done(job, judge(outcome, job.fault, self.texts), outcome)


@dataclass
class Tally:
    """What came of all runs so far."""

    kinds: Counter[str] = field(default_factory=Counter)
    deviations: list[Done] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0

    def add(self, done: Done) -> None:
        self.runs += 1
        self.kinds[done.verdict.kind] += 1
        if not done.verdict.is_good:
            self.deviations.append(done)


def sweep(
    bench: Bench, jobs: Sequence[Job], workers: int, until: float | None, tell: Callable[[Tally, Done], None]
) -> Tally:
    """Makes the runs, as many as there is time for."""
    tally, lock, begin = Tally(), threading.Lock(), time.monotonic()
    waiting = iter(jobs)

    def work() -> None:
        while until is None or time.monotonic() < until:
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            done = bench.run(job)
            with lock:
                tally.add(done)
                tally.seconds = time.monotonic() - begin
                tell(tally, done)

    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work) for _ in range(workers)]:
            future.result()
    return tally


def shuffled(jobs: Iterable[Job], seed: int) -> list[Job]:
    order = list(jobs)
    random.Random(seed).shuffle(order)
    return order
