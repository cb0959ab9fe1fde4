"""Transfers one after the other, what came of them, and the smallest of each deviation."""

from __future__ import annotations

import argparse
import shutil
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from faults.kills import again, middle, page, pair
from faults.kills.bench import Bench, Broken, Deviation, Made
from faults.kills.mutants import Mutants
from faults.kills.draw import STREAMS, Draw, draw


@dataclass
class Done:
    """A transfer that was made."""

    one: Draw
    made: Made | None
    found: list[Deviation]

    @property
    def kinds(self) -> set[str]:
        return {deviation.kind for deviation in self.found}

    @property
    def signatures(self) -> set[str]:
        return {deviation.signature for deviation in self.found}


def once(bench: Bench, one: Draw) -> Done:
    folder = bench.folder()
    try:
        made = maker(one)(bench, one, folder)
        return Done(one, made, made.judge())
    except Broken as error:
        return Done(one, None, [Deviation("broken", " ".join(str(error).split())[:300])])
    except Exception:  # Of this program; the other transfers are made all the same.
        return Done(one, None, [Deviation("broken", traceback.format_exc())])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def maker(one: Draw) -> Callable[[Bench, Draw, Path], Made]:
    """Who makes a transfer of that kind."""
    if one.kind in STREAMS:
        return pair.run
    makers = {"reconnect": again.run, "forward": middle.run, "echo": middle.run}
    return makers.get(one.kind, page.run)


def make(bench: Bench, one: Draw) -> Done:
    """A transfer; one that was too slow is made again with more time, for the machine may be busy."""
    done = once(bench, one)
    return once(replace(bench, limit=bench.limit * 2), one) if done.kinds & {"hang", "broken"} else done


class Allowed:
    """The deviations that are known: each line has a kind and a pattern of the transfer, and behind # why."""

    def __init__(self, path: Path) -> None:
        lines = path.read_text().splitlines() if path.exists() else []
        rules = [line.partition(" # ")[0].split() for line in lines if line.strip() and not line.startswith("#")]
        self.rules = [(rule[0], rule[1], " ".join(rule[2:]) or "*") for rule in rules]

    def allows(self, done: Done, deviation: Deviation) -> bool:
        return any(fnmatchcase(deviation.kind, kind) and fnmatchcase(str(done.one), which)
                   and fnmatchcase(deviation.why, why) for kind, which, why in self.rules)


class Sequence:
    """All that are asked for."""

    def __init__(self, bench: Bench, arguments: argparse.Namespace, allowed: Allowed) -> None:
        self.bench, self.arguments, self.allowed = bench, arguments, allowed
        self.mutants = Mutants()
        self.counts: Counter[str] = Counter()
        self.deviations: Counter[str] = Counter()
        self.known = self.runs = self.without_wire = 0
        self.lock, self.over = threading.Lock(), threading.Event()

    def run(self) -> int:
        arguments, begin = self.arguments, time.monotonic()
        waiting = iter(range(arguments.first, arguments.first + arguments.runs))

        def work() -> None:
            while not self.over.is_set() and (not arguments.seconds or time.monotonic() - begin < arguments.seconds):
                with self.lock:
                    number = next(waiting, None)
                if number is None:
                    return
                self.take(number, make(self.bench, draw(arguments.seed, number, arguments.only)))

        with ThreadPoolExecutor(arguments.jobs) as pool:
            futures = [pool.submit(work) for _ in range(arguments.jobs)]
            try:
                for future in futures:
                    future.result()
            except KeyboardInterrupt:  # What there is until then is told.
                self.over.set()
        self.report(time.monotonic() - begin)
        return 1 if self.deviations else 0

    def take(self, number: int, done: Done) -> None:
        new = [one for one in done.found if not self.allowed.allows(done, one)]
        with self.lock:
            self.runs += 1
            self.known += len(done.found) - len(new)
            self.counts[f"{done.one.kind}: {done.one.death} of {done.one.victim}"] += 1
            self.without_wire += bool(done.made and done.made.lines is None and done.one.kind.startswith("tcp"))
            for one in new:
                self.deviations[one.signature] += 1
        if new:
            self.tell(number, done, new)
        elif self.arguments.mutate and done.made and not done.found:
            with self.lock:
                self.mutants.try_all(done.made)
        if self.runs % 100 == 0:
            print(f"... {self.runs} transfers, {sum(self.deviations.values())} deviations", flush=True)

    def tell(self, number: int, done: Done, new: list[Deviation]) -> None:
        """The deviation, and the command that makes the smallest transfer that still has it."""
        word = f"{self.arguments.seed}:{number}"
        if self.arguments.only:
            word = str(done.one)
        print(f"{word} {done.one}")
        for one in new:
            print(f"  {one.kind}: {one.why}")
        # The first few of a kind are enough.
        is_new = self.deviations[new[0].signature] <= FEW and not self.arguments.no_shrink
        least = shrink(self.bench, done, new[0].signature) if is_new else done
        change = "" if least is done else f"{least.one}"
        print(f"  repeat: Tests/Faults/kills --repeat '{change or word}'", flush=True)

    def report(self, seconds: float) -> None:
        rate = self.runs / max(seconds, 0.001)
        print(f"{self.runs} transfers in {seconds:.0f} s, {rate:.1f} a second; without the wire: {self.without_wire}")
        for name, count in sorted(self.counts.items()):
            print(f"  {count:6} {name}")
        self.mutants.report()
        print(f"known deviations: {self.known}; others: {sum(self.deviations.values())}")
        for signature, count in self.deviations.most_common():
            print(f"  {count:6} {signature}")


SIMPLER = ("speech=json", "option=plain", "delay=0", "reader=fast", "reader=stops", "sink=pipe", "source=pipe",
           "other=python", "kind=tcp4", "down=0", "rounds=1", "after=0")
SIZES = (1, 10, 1000, 10_000, 100_000, 1_000_000)
PATIENCE = 30.0
FEW = 2


def shrink(bench: Bench, done: Done, signature: str) -> Done:
    """The simplest transfer found that has the same deviation, twice out of twice."""
    least, end = done, time.monotonic() + PATIENCE
    for text in (*SIMPLER, *(f"{name}={size}" for name in ("up", "down", "after") for size in SIZES)):
        if time.monotonic() > end:
            break
        name = text.partition("=")[0]
        one = least.one.changed(text)
        if one == least.one or name in ("up", "down", "after") and getattr(one, name) >= getattr(least.one, name):
            continue
        if one.kind != least.one.kind and least.one.kind not in STREAMS:
            continue
        again = once(bench, one)
        if signature in again.signatures and signature in once(bench, one).signatures:
            least = again
    return least


def repeat(bench: Bench, text: str) -> int:
    """One transfer, and everything that is known of it."""
    first, _, changes = text.partition(",")
    if ":" in first:
        seed, _, number = first.partition(":")
        one = draw(int(seed), int(number), None).changed(changes)
    else:
        one = Draw().changed(text)
    done = once(bench, one)
    print(one)
    if done.made:
        show(done.made)
    for deviation in done.found:
        print(f"{deviation.kind}: {deviation.why}")
    print("deviations" if done.found else "as it must be")
    return 1 if done.found else 0


def show(made: Made) -> None:
    print("\n".join(f"  {command}" for command in made.commands))
    for end in (made.subject, made.other):
        print(f"{end.name}: had {len(end.data)} bytes to send, taken {end.taken}, sent {end.sent}, got {len(end.got)}, "
              f"status {end.status}, died {end.died}, was reset {end.was_reset}")
        if end.words:
            print(end.words.text)
    for line in made.lines or []:
        for name, way in (("up", line.up), ("down", line.down)):
            print(f"on the wire {name}: sent {way.sent}, acknowledged {way.acknowledged}, reset {way.was_reset}")
