"""The table of what came of the runs, and the smallest example of each deviation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from faults.oracle import GOOD
from faults.pool import Done, Job, Tally


class Allowed:
    """The deviations that are known: each line has a kind, a scenario and a fault, with * for any text, and why."""

    def __init__(self, path: Path) -> None:
        self.rules: list[tuple[str, str, str]] = []
        lines = path.read_text().splitlines() if path.exists() else []
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            rule, separator, reason = line.partition(" # ")
            words = rule.split()
            if len(words) != 3 or not separator or not reason.strip():
                raise ValueError(f"{path}: a line is `KIND SCENARIO FAULT # REASON`, which this is not: {line}")
            self.rules.append((words[0], words[1], words[2]))

    def allows(self, kind: str, job: Job) -> bool:
        words = (kind.replace(" ", "-"), job.scenario, str(job.fault))
        return any(all(map(fnmatchcase, words, rule)) for rule in self.rules)


def simplicity(done: Done) -> tuple:
    """What makes an example small: one fault rather than a lasting one, an early call, a short command line."""
    fault = done.job.fault
    assert fault
    return (fault.lasting, fault.first, len(done.outcome.command), str(done.job))


def reproduction(done: Done) -> str:
    """The run as one types it."""
    return f"SOCKCTL_FAULT={done.job.fault} {done.outcome.command}"


def report(tally: Tally, allowed: Allowed, everything: bool = False) -> bool:
    """Prints the table; true if there is no deviation that is not allowed."""
    groups: dict[str, list[Done]] = defaultdict(list)
    known = [done for done in tally.deviations if allowed.allows(done.verdict.kind, done.job)]
    for done in tally.deviations:
        if not allowed.allows(done.verdict.kind, done.job):
            groups[done.verdict.kind].append(done)
    print(f"\n{tally.runs} runs in {tally.seconds:.0f} s")
    for kind in GOOD:
        print(f"  {tally.kinds[kind]:6}  {kind}")
    print(f"  {len(known):6}  allowed deviations")
    for kind, found in sorted(groups.items()):
        print(f"  {len(found):6}  {kind}")
    for kind, found in sorted(groups.items()):
        describe(kind, found, everything)
    return not groups


def describe(kind: str, found: Sequence[Done], everything: bool) -> None:
    """The smallest example in full, and which others there are."""
    smallest = min(found, key=simplicity)
    print(f"\n{kind}: {len(found)}, such as")
    print(f"  {reproduction(smallest)}")
    for peer in smallest.outcome.peers:
        print(f"    with {peer}")
    print(f"    {' '.join(smallest.verdict.why.split())}")
    print(f"    again: sweep --repeat '{smallest.job}'")
    if everything:
        for done in sorted(found, key=simplicity):
            print(f"    {done.job}: {done.verdict.why}")
