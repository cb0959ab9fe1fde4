"""What is said at the end: the table, notes, and on demand every value as JSON."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

from harness import goals, table
from harness.bench import Bench
from harness.contestants import Tools, versions


def machine(tools: Tools) -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cpu = f"{len(os.sched_getaffinity(0))} CPUs" + (f" ({model.group(1)})" if model else "")
    return f"{cpu}, Linux {platform.release()}; {versions(tools)}"


def write_json(path: Path, bench: Bench) -> None:
    document = {
        "machine": machine(bench.tools),
        "rounds": bench.rounds,
        "sizes": vars(bench.sizes),
        "series": {name: vars(series) for name, series in bench.results.items()},
        "targets": [
            {
                "series": row.goal.series,
                "beside": row.goal.beside,
                "sockctl": row.ours,
                "other": row.theirs,
                "ratio": row.ratio,
                "limit": row.goal.limit and f"{row.goal.limit.sign} {row.goal.limit.value:g}",
                "limit_of": row.goal.of.name.lower(),
                "verdict": row.verdict.name.lower(),
            }
            for row in goals.rows(bench.results)
        ],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def medians(bench: Bench) -> str:
    """What the figures are, in the words that stand above them."""
    return f"Medians of {bench.rounds} rounds on {machine(bench.tools)}"


def report(bench: Bench, quick: bool, remarks: Sequence[str], seconds: float) -> bool:
    """Prints the table; true if all targets are met."""
    rows = goals.rows(bench.results)
    print(f"{medians(bench)}{', quick: not to judge by' if quick else ''}.", end="\n\n")
    print(table.plain_table(rows), end="\n\n")
    for remark in [*remarks, *table.notes(rows)]:
        print(remark)
    judged = [row for row in rows if row.goal.limit]
    met = [row for row in judged if row.verdict is table.Verdict.PASS]
    print(f"{len(met)} of {len(judged)} targets are met ({seconds:.0f} s)")
    return len(met) == len(judged)
