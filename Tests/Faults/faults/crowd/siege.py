"""A server, those whom it serves already, and one attack after the other: what was measured, and what must hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from faults.crowd import census
from faults.crowd.attacks import ATTACKS, SPARE, Attacked, Scale, carry_out, flood, flood_command, text
from faults.crowd.besieged import Field, Server, fill_pools
from faults.crowd.census import Census
from faults.crowd.kinds import Kind
from faults.crowd.served import Rate, Served

GOES_ON = 0.8  # The share of their rate with which those already served must go on.
RETURNS = 1.1  # Memory afterwards, over memory before.
SLACK_KIB = 2048  # Of what malloc has given out: a pool of buffers is 1 MiB, and tables keep the room for 4,096 peers.
PREMISE = 0.8  # The share of an attack that must have come about for its checks to mean anything.
SPINS = 0.25  # The share of a processor that a server may spend on knocks that it cannot answer.
TIMER = Counter(timerfd=1)  # A server has one from the first time that it has to wait for long.
WARM_UP_RATE, WARM_UP_SECONDS = 500, 2


@dataclass(frozen=True)
class Check:
    name: str
    holds: bool
    detail: str


@dataclass
class Finding:
    """One attack on one server."""

    kind: str
    attack: str
    figures: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def check(self, name: str, holds: bool, detail: str) -> None:
        self.checks.append(Check(name, holds, detail))

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]


def besiege(place: Field, name: str, kind: Kind, scale: Scale, attacks: list[str]) -> list[Finding]:
    """All attacks on one server. Each is judged by what the server was before the first of them."""
    server = place.start(kind)
    try:
        warm_up(place, server)
        with place.clients(server, scale.clients, scale.rate) as clients:
            time.sleep(1)
            before = server.census(clients)
            found = []
            for attack in attacks:
                found.append(one_attack(place, server, clients, Finding(name, attack), before, scale))
                if not server.child.running or clients.failure:
                    break
            return found
    finally:
        server.stop()


def warm_up(place: Field, server: Server) -> None:
    """Visitors of the same kind, a few: what is paid once for the first of them is not the crowd's."""
    command = flood_command(place, server.port, WARM_UP_RATE, WARM_UP_SECONDS, text(server, server.kind.flood))
    carry_out(place, server, [command])
    if server.kind.has_target:
        fill_pools(server)
    for _ in range(3):
        if isinstance(problem := server.serves_somebody_new(), str):
            raise RuntimeError(problem)


def one_attack(
    place: Field, server: Server, clients: Served, finding: Finding, before: Census, scale: Scale
) -> Finding:
    quiet_begin = time.monotonic()
    time.sleep(scale.quiet_seconds)
    quiet = clients.rate(quiet_begin, time.monotonic())
    attacked = ATTACKS[finding.attack](place, server, scale)
    under = clients.rate(attacked.begin, attacked.end)
    judge_rate(finding, clients, quiet, under)
    judge_premise(finding, attacked, before, scale, server.kind.has_target)
    if not server.child.running:
        finding.check("alive", False, f"it ended: {server.child.said()[-300:]}")
        return finding
    newcomer = server.serves_somebody_new()
    finding.check("newcomer", not isinstance(newcomer, str), spell(newcomer))
    if place.trims:
        server.census(clients, trims=True)
    judge_return(finding, before, *settle(server, clients, before, scale))
    finding.figures |= {"served cpu": f"{under.cpu:.2f}"}
    return finding


def spell(newcomer: float | str) -> str:
    return newcomer if isinstance(newcomer, str) else f"{newcomer * 1000:.0f} ms"


def judge_rate(finding: Finding, clients: Served, quiet: Rate, under: Rate) -> None:
    ratio = share(under.per_second, quiet.per_second)
    finding.figures |= {
        "quiet/s": f"{quiet.per_second:,.0f}", "under/s": f"{under.per_second:,.0f}", "ratio": f"{ratio:.2f}",
        "slowest": f"{under.slowest * 1000:.0f} ms"}
    finding.check("rate", ratio >= GOES_ON, f"{ratio:.2f} of their rate; at least {GOES_ON} is wanted")
    ended = under.lost - quiet.lost
    finding.check("kept", ended == 0 and not clients.failure, clients.failure or f"{ended} of the served were ended")
    finding.check("nobody waits", under.waiting == 0, f"{under.waiting} waited for over a second")


def judge_premise(
        finding: Finding, attacked: Attacked, before: Census, scale: Scale, has_target: bool) -> None:
    """Whether the attack was one, and what it took; a server that has room left was not out of descriptors."""
    finding.figures |= {
        "attack": describe(finding.attack, attacked), "server cpu": f"{attacked.server_cpu:.2f}",
        "attack cpu": f"{attacked.attackers_cpu:.2f}"}
    if finding.attack == "descriptors":
        wanted = before.descriptors + SPARE - 4
        # Where one client needs several, it is cut off when there is one for it and none for its target.
        is_out = attacked.descriptors >= wanted or has_target and attacked.total("cut") > 0
        finding.check("came about", is_out, f"{attacked.descriptors} of {wanted} descriptors")
        finding.check("rests", attacked.server_cpu <= SPINS, f"it took {attacked.server_cpu:.2f} of a processor")
    elif finding.attack != "flood":
        opened = attacked.total("opened")
        wanted = scale.fillers if finding.attack == "full" else scale.holders
        finding.check("came about", opened >= PREMISE * wanted, f"{opened:.0f} of {wanted} came")
    else:
        finding.check("came about", attacked.opened_per_second > 1000, f"{attacked.opened_per_second:,.0f} a second")


def describe(attack: str, attacked: Attacked) -> str:
    if attack == "flood":
        lost = attacked.total("given_up") + attacked.total("refused")
        return f"{attacked.opened_per_second:,.0f}/s opened" + (f", {lost:,.0f} in vain" if lost else "")
    held = attacked.said[0]
    cut = f", {held['cut']:,.0f} cut off" if held["cut"] else ""
    return f"{held['stayed']:,.0f} stayed{cut}, at most {attacked.descriptors:,} fds"


def settle(server: Server, clients: Served, before: Census, scale: Scale) -> tuple[Census, float]:
    """Waits until the server is as it was before, or for as long as it may take, and looks."""
    begin = time.monotonic()
    while True:
        now = census.look(server.pid)
        is_back = not now.kinds - before.kinds - TIMER and now.resident <= RETURNS * before.resident
        if is_back or time.monotonic() - begin > scale.settle_seconds:
            return server.census(clients), time.monotonic() - begin
        time.sleep(0.1)


def judge_return(finding: Finding, before: Census, after: Census, seconds: float) -> None:
    finding.figures |= {
        "resident": f"{before.resident:,} -> {after.resident:,} KiB", "settled": f"{seconds:.1f} s",
        "anonymous": f"{before.anonymous:,} -> {after.anonymous:,} KiB"}
    ratio = after.resident / before.resident
    finding.check("memory", ratio <= RETURNS, f"{ratio:.2f} of before; at most {RETURNS} is wanted")
    if before.in_use is not None and after.in_use is not None:
        finding.figures |= {"in use": f"{before.in_use:,} -> {after.in_use:,} KiB", "free": f"{after.freed:,} KiB"}
        most = RETURNS * before.in_use + SLACK_KIB
        finding.check("in use", after.in_use <= most, f"{after.in_use} KiB given out; {before.in_use} before")
    more = after.kinds - before.kinds - TIMER
    # There may be fewer, of a pool that is not full again.
    finding.check(
        "descriptors", not more,
        f"{before.descriptors} before, {after.descriptors} now; more: {spell_kinds(more)}")
    finding.check("children", after.zombies == 0, f"{after.zombies} that ended were never asked how")
    finding.figures["fds"] = f"{before.descriptors} -> {after.descriptors}"


def spell_kinds(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in kinds.items()) or "none"


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0


@dataclass(frozen=True)
class Greed:
    """What clients had that want all that they can get: in quiet, and under a flood of their server."""

    quiet: Rate
    under: Rate
    attacked: Attacked
    failure: str

    @property
    def ratio(self) -> float:
        return share(self.under.per_second, self.quiet.per_second)


def compete(place: Field, name: str, kind: Kind, scale: Scale) -> Finding:
    """Clients that want all that they can get, under a flood of their server, of another beside it, and of one in C.

    The plain ratio says mostly what a flood takes of this machine. So there are two controls with the least server that
    can have the same flood, in C and on the same processor. `in C` is what clients keep who are that server's own: like
    for like where messages are small. `elsewhere` is the rate over that of the same clients while the flood is the
    other server's: like for like where it is the clients' processor that limits them. What is lost beyond both is ours.
    """
    finding = Finding(name, "greedy")
    more = Scale(flood_rate=scale.flood_rate, flood_seconds=scale.greedy_seconds)
    with running(place.start(kind)) as server:
        warm_up(place, server)
        with place.clients(server, scale.clients, 0) as clients:
            ours = greed(place, server, clients, more)
            beside = flood_beside(place, server, clients, ours.attacked, more)
    alike = Scale(flood_rate=ours.attacked.opened_per_second, flood_seconds=scale.greedy_seconds)
    with running(place.control(kind)) as control, place.clients(control, scale.clients, 0) as clients:
        theirs = greed(place, control, clients, alike)
    fair, elsewhere = share(ours.ratio, theirs.ratio), share(ours.under.per_second, beside.per_second)
    finding.figures |= {
        "quiet/s": f"{ours.quiet.per_second:,.0f}", "under/s": f"{ours.under.per_second:,.0f}",
        "ratio": f"{ours.ratio:.2f}", "in C": f"{theirs.ratio:.2f}", "fair": f"{fair:.2f}",
        "elsewhere": f"{elsewhere:.2f}", "slowest": f"{ours.under.slowest * 1000:.0f} ms",
        "attack": describe("flood", ours.attacked), "server cpu": f"{ours.attacked.server_cpu:.2f}",
        "attack cpu": f"{ours.attacked.attackers_cpu:.2f}", "served cpu": f"{ours.under.cpu:.2f}"}
    finding.check("rate", max(fair, elsewhere) >= GOES_ON, f"{fair:.2f} and {elsewhere:.2f} of what the controls keep")
    finding.check("kept", ours.under.lost == 0 and not ours.failure, ours.failure or f"{ours.under.lost} were ended")
    opened = theirs.attacked.opened_per_second
    finding.check("came about", opened >= PREMISE * alike.flood_rate, f"{opened:,.0f} a second in C")
    return finding


@contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


def greed(place: Field, server: Server, clients: Served, scale: Scale) -> Greed:
    time.sleep(1)
    begin = time.monotonic()
    time.sleep(scale.flood_seconds)
    quiet = clients.rate(begin, time.monotonic())
    attacked = flood(place, server, scale)
    under = clients.rate(attacked.begin, attacked.end)
    time.sleep(1)
    return Greed(quiet, under, attacked, clients.failure)


def flood_beside(place: Field, server: Server, clients: Served, ours: Attacked, scale: Scale) -> Rate:
    """The rate of the clients while the flood that their server had goes to the one in C, on the same processor."""
    with running(place.control(server.kind)) as control:
        words = text(server, server.kind.flood)
        command = flood_command(place, control.port, ours.opened_per_second, scale.flood_seconds, words)
        attacked = carry_out(place, server, [command])
    return clients.rate(attacked.begin, attacked.end)
