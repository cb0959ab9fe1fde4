"""Where the figures are kept: all of them beside the benchmarks, those that a user asks for in the README."""

from __future__ import annotations

import re
from pathlib import Path

from harness import goals
from harness.bench import Series
from harness.contestants import NC, NCAT, SOCAT, SOCAT_LARGE, SOCKCTL
from harness.table import markdown_table, notes

BLOCK = re.compile(r"(<!-- benchmarks -->\n).*?(\n<!-- /benchmarks -->)", re.DOTALL)

PEERS = (NC, NCAT, SOCAT)

OVERVIEW = {
    "start": "start",
    "bulk": "pipe to TCP to pipe",
    "bulk-cpu": "CPU time for that",
    "file": "file to TCP to /dev/null",
    "echo-100": "echo on 100 connections",
    "idle-memory": "memory of an idle connection",
    "accepts": "accepts",
    "udp-recv-100": "datagrams of 100 bytes received",
    "udp-send-100": "datagrams of 100 bytes sent",
    "submits": "requests of `dial --submit`",
    "http-process": "`http-get` of a small page",
    "http-load": "`http-get --parallel 50`",
    "scan": "65,535 ports scanned",
    "forward-bulk": "1 GiB through `forward`",
    "forward-accepts": "connections through it",
    "tls-bulk": "1 GiB over TLS",
    "tls-full": "TLS handshakes",
    "tls-get-store": "`http-get` of a small page by https",
}


def overview(results: dict[str, Series]) -> str:
    """A row a measure, with a column for each of the programs that people would use instead."""
    table = {name: [row for row in goals.rows(results) if row.goal.series == name] for name in OVERVIEW}
    lines = [["", SOCKCTL, *PEERS, "others"], ["---", *["---:"] * (1 + len(PEERS)), "---"]]
    for name, title in OVERVIEW.items():
        if rows := table[name]:
            figures = {row.goal.beside: row.figure(row.goal.beside) for row in rows}
            others = [f"{other} {figures[other]}" for other in figures if other not in ("", *PEERS, SOCAT_LARGE)]
            peers = [figures.get(peer, "") for peer in PEERS]
            lines.append([title, rows[0].figure(SOCKCTL), *peers, ", ".join(others)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


ABOUT = """\
Written by `Tests/Benchmarks/compare --record`; `compare` itself says what each measure is. Figures differ between
machines, and on a virtual one from day to day: compare only those of one run. "Target" is what we ask of ourselves."""

DATAGRAMS = """\
The sender of the datagrams has the kernel cut them (UDP_SEGMENT), and `udp-recv` takes them from the kernel joined
(UDP_GRO). A sender of single datagrams is itself the limit, and most receivers are then alike."""


LATER = "Measured later than the rows above, which no longer count where they are of the same name."


def record(root: Path, described: str, results: dict[str, Series]) -> None:
    """Writes the tables where they are kept."""
    table = goals.rows(results)
    parts = [
        "# What was measured",
        ABOUT,
        described,
        markdown_table(table),
        DATAGRAMS,
        *notes(table),
    ]
    (root / "Tests/Benchmarks/RESULTS.md").write_text("\n\n".join(parts) + "\n")
    readme = root / "README.md"
    block = f"{described}\n\n{overview(results)}"
    readme.write_text(BLOCK.sub(lambda match: match[1] + block + match[2], readme.read_text()))


def record_part(root: Path, described: str, results: dict[str, Series], sections: list[str]) -> None:
    """Writes what was measured without the rest: a table of its own at the end, and its rows of the README."""
    table = goals.rows(results)
    title = f"## {', '.join(sections)}, measured alone"
    path = root / "Tests/Benchmarks/RESULTS.md"
    kept = [part.rstrip() for part in re.split(r"\n(?=## )", path.read_text()) if not part.startswith(title)]
    path.write_text("\n\n".join([*kept, title, LATER, described, markdown_table(table), *notes(table)]) + "\n")
    readme = root / "README.md"
    fresh = overview(results).splitlines()[2:]
    readme.write_text(BLOCK.sub(lambda match: match[1] + with_rows(match[0], fresh) + match[2], readme.read_text()))


def with_rows(block: str, fresh: list[str]) -> str:
    """The overview with these rows in place of those of their names, in its own order."""
    head, rows = [], {}
    for line in [*block.splitlines()[1:-1], *fresh]:
        name = line.split("|")[1].strip() if line.startswith("|") else ""
        if name in OVERVIEW.values():
            rows[name] = line
        else:
            head.append(line)
    return "\n".join([*head, *(rows[name] for name in OVERVIEW.values() if name in rows)])
