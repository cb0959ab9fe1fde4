"""What a hostile crowd does to a server: floods, slow senders, those who never read, those who take all descriptors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faults.crowd import census
from faults.crowd.besieged import Field, Server
from faults.crowd.kinds import TARGET
from faults.crowd.served import pin

ROOM = 0.7  # The share of the kernel's memory for TCP that a crowd fills.
SPARE = 64  # How many descriptors a server may still open when they are cut.
BLOCKS = 60  # What is sent at once of what is said over and over, where there is to be much of it.
KNOCKS = 200  # So many come and go a second while there is no descriptor for them.


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    flood_rate: float = 20_000
    flood_seconds: float = 60
    holders: int = 2000
    fillers: int = 40
    hold_seconds: float = 40
    exhausted_seconds: float = 20
    quiet_seconds: float = 8
    greedy_seconds: float = 10
    settle_seconds: float = 45  # A pair whose target takes nothing is given half a minute, and some more.
    clients: int = 16
    rate: float = 2000

    @classmethod
    def quick(cls) -> Scale:
        """Enough to see that everything runs, and to find what is wrong at once."""
        return cls(
            flood_seconds=5, holders=400, fillers=10, hold_seconds=5, exhausted_seconds=4, quiet_seconds=2,
            greedy_seconds=2)


@dataclass(frozen=True)
class Attacked:
    """One attack, once it is over."""

    begin: float
    end: float
    said: list[dict[str, float]]  # What the attackers say of themselves.
    server_cpu: float  # The share of a processor that the server took.
    descriptors: int  # The most that were seen.

    @property
    def attackers_cpu(self) -> float:
        return sum(one["cpu_seconds"] for one in self.said) / (self.end - self.begin)

    def total(self, name: str) -> float:
        return sum(one.get(name, 0) for one in self.said)

    @property
    def opened_per_second(self) -> float:
        return self.total("opened") / (self.end - self.begin)


def carry_out(field: Field, server: Server, commands: list[list[str]]) -> Attacked:
    """Runs the attackers to their end, and looks at the server meanwhile."""
    begin, cpu, most = time.monotonic(), census.cpu_seconds(server.pid), 0
    attackers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    for attacker in attackers:
        pin(attacker.pid, field.others_cpu)
    try:
        while any(attacker.poll() is None for attacker in attackers):
            most = max(most, census.descriptor_kinds(server.pid).total())
            time.sleep(0.2)
        end, spent = time.monotonic(), census.cpu_seconds(server.pid) - cpu
        said = [json.loads(attacker.communicate()[0]) for attacker in attackers]
    finally:
        for attacker in attackers:
            attacker.kill()
            attacker.wait()
    return Attacked(begin, end, said, spent / (end - begin), most)


def text(server: Server, words: str) -> str:
    return words.replace(TARGET, f"127.0.0.1:{server.crowd_port}")


def flood_command(field: Field, port: int, rate: float, seconds: float, words: str) -> list[str]:
    return [field.native.path("flood"), str(port), str(rate), str(seconds), words]


def hold_command(field: Field, server: Server, mode: str, count: int, seconds: float, words: str) -> list[str]:
    most = str(room_of_kernel() // count)
    return [field.native.path("hold"), mode, str(server.port), str(count), str(seconds), most, text(server, words)]


def room_of_kernel() -> int:
    """What all connections of the machine may hold before its kernel is short of memory for them, with some room.

    From there on it drops what comes for any of them, and those who are served by a server in C wait for twenty seconds as
    those of any other do: that would be an attack on the kernel, and no server can do anything about it.
    """
    limits = Path("/proc/sys/net/ipv4/tcp_mem")  # Of the machine: not to be seen in another network namespace.
    if not limits.exists():
        return sys.maxsize
    under_pressure = int(limits.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return int(under_pressure * ROOM)


def flood(field: Field, server: Server, scale: Scale) -> Attacked:
    """Connects and closes, as many a second as the machine can, up to the rate."""
    words = text(server, server.kind.flood)
    return carry_out(field, server, [flood_command(field, server.port, scale.flood_rate, scale.flood_seconds, words)])


def slow(field: Field, server: Server, scale: Scale) -> Attacked:
    """Clients that send a byte a second."""
    command = hold_command(field, server, "slow", scale.holders, scale.hold_seconds, server.kind.slow)
    return carry_out(field, server, [command + tls(server)])


def silent(field: Field, server: Server, scale: Scale) -> Attacked:
    """Clients that never read what the server has for them."""
    mode = "silent" if server.kind.sends_on else "crowd"
    command = hold_command(field, server, mode, scale.holders, scale.hold_seconds, server.kind.silent)
    return carry_out(field, server, [command + tls(server)])


def full(field: Field, server: Server, scale: Scale) -> Attacked:
    """A few who never read and go on sending, until the server and the kernel hold all that they will, or may."""
    mode = "full" if server.kind.sends_on else "crowd"
    command = hold_command(field, server, mode, scale.fillers, scale.hold_seconds, BLOCKS * server.kind.silent)
    return carry_out(field, server, [command + tls(server)])


def descriptors(field: Field, server: Server, scale: Scale) -> Attacked:
    """Clients that take all descriptors that the server may have, while others knock."""
    limit = census.descriptor_kinds(server.pid).total() + SPARE
    crowd = hold_command(field, server, "crowd", 4 * SPARE, scale.exhausted_seconds, server.kind.stay)
    knocks = flood_command(field, server.port, KNOCKS, scale.exhausted_seconds, text(server, server.kind.flood))
    server.limit_descriptors(limit)
    try:
        found = carry_out(field, server, [crowd, knocks])
    finally:
        if server.child.running:
            server.limit_descriptors(None)
    return found


def tls(server: Server) -> list[str]:
    return ["tls"] if server.kind.is_tls else []


ATTACKS: dict[str, Callable[[Field, Server, Scale], Attacked]] = {
    "flood": flood, "slow": slow, "silent": silent, "full": full, "descriptors": descriptors}
