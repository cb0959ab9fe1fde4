"""The servers of a soak, all at once, and what is done to each."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from faults.soak import exchanges, tunnels, web_exchanges
from faults.child import Child
from faults.soak.exchanges import IDLE_LIMIT, PIECE, Place

ANYWHERE = "127.0.0.1:0"
IDLE = ("-i", f"{IDLE_LIMIT:g}s")
START_SECONDS = 20.0
SMALL = 1 << 14

Exchange = Callable[[random.Random], int]


@dataclass
class Soaked:
    """One server; `exchanges` is filled once it is known where all of them are."""

    name: str
    argv: list[str]
    make: Callable[[dict[str, Place], Place], list[Exchange]]
    tls: bool = False
    child: Child | None = None
    place: Place | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)  # Descriptors that are its standard input while it runs.

    @property
    def keeps(self) -> Counter[str]:
        """What it may have opened for good: a timer, once it had to wait, and a relay its pool of eight pipes."""
        is_relay = self.name.startswith("forward") or self.name in ("proxy", "exec", "pipe")
        return Counter(timerfd=1, pipe=16 if is_relay else 0)

    @property
    def pid(self) -> int:
        assert self.child
        return self.child.process.pid

    def start(self, binary: str, folder: Path, places: dict[str, Place]) -> None:
        argv = [binary, *(word.format(**{name: place.where for name, place in places.items()}) for word in self.argv)]
        stdin = None
        if self.name == "pipe":
            stdin, end = os.pipe()
            self.inputs = [end]
        self.child = Child(argv, folder / f"{self.name}.err", folder.name, folder, {}, stdin=stdin)
        if stdin is not None:
            os.close(stdin)
        where = self.child.place(START_SECONDS)
        if where is None:
            raise RuntimeError(f"{self.name} does not listen: {self.child.said()}")
        self.place = Place(where if where.isdigit() else str(folder / where.removeprefix("unix:")), self.tls)

    def stop(self) -> int | None:
        """Its status, after the order to finish; none if it had to be killed."""
        assert self.child
        for end in self.inputs:
            os.close(end)
        self.child.signal(signal.SIGTERM)
        if not self.child.wait(15):
            self.child.kill()
            return None
        return self.child.status


def plain(exchange: Callable[[Place, random.Random], int]) -> Callable[[dict[str, Place], Place], list[Exchange]]:
    return lambda _places, own: [partial(exchange, own)]


def echoes(
    idles: bool = True, most: int = 1 << 20
) -> Callable[[dict[str, Place], Place], list[Exchange]]:
    """Of the exchanges one in forty waits until the server has had enough, and some are long, both ways at once."""

    def make(_places: dict[str, Place], own: Place) -> list[Exchange]:
        often = partial(exchanges.echo, own, most=most)
        long = often if own.tls or most < 1 << 20 else partial(exchanges.poured, own)
        return [often] * 36 + [long] * 3 + [partial(exchanges.echo, own, is_idle=True) if idles else often]

    return make


def pages(_places: dict[str, Place], own: Place) -> list[Exchange]:
    often = [partial(web_exchanges.visit, own), partial(web_exchanges.rude, own)] * 20
    return [*often, partial(web_exchanges.visit, own, is_idle=True)]


def tunnelled(places: dict[str, Place], own: Place) -> list[Exchange]:
    through = [partial(tunnels.tunnel, own, target=places["echo"])] * 30
    idle = partial(tunnels.tunnel, own, target=places["echo"], is_idle=True)
    return [*through, idle, *[partial(tunnels.through_proxy, own, target=places["http"])] * 9]


def servers(has_tls: bool) -> list[Soaked]:
    """All services, forward of each network, a proxy and HTTP; forwarders and tunnels end at other servers of these."""
    listen, local = ["listen", "-k"], "127.0.0.1:{echo}"
    site = ["--root", "site", "--upload", "--overwrite", "--idle-timeout", f"{IDLE_LIMIT:g}s", ANYWHERE]
    found = [
        Soaked("echo", [*listen, "--serve", "echo", *IDLE, ANYWHERE], echoes()),
        Soaked("echo_unix", [*listen, "--serve", "echo", *IDLE, "unix:echo.sock"], echoes()),
        Soaked("echo_udp", ["listen", "-u", "--serve", "echo", ANYWHERE], plain(exchanges.datagrams)),
        Soaked("echo_epoll", [*listen, "--serve", "echo", "--io-model", "epoll", ANYWHERE], echoes(False)),
        Soaked("discard", [*listen, "--serve", "discard", ANYWHERE], plain(exchanges.discard)),
        Soaked("chargen", [*listen, "--serve", "chargen", ANYWHERE], plain(exchanges.chargen)),
        Soaked("time", [*listen, "--serve", "time", ANYWHERE], plain(exchanges.clock)),
        Soaked("chat", [*listen, "--serve", "chat", ANYWHERE], plain(exchanges.room)),
        Soaked("broker", [*listen, "--serve", "broker", ANYWHERE], plain(exchanges.room)),
        Soaked("frames", [*listen, "--serve", "frames", ANYWHERE], plain(exchanges.frames)),
        Soaked("pipe", [*listen, ANYWHERE], plain(exchanges.pipe)),
        Soaked("exec", [*listen, *IDLE, ANYWHERE, "-e", "--", "/bin/cat"], echoes(most=PIECE)),
        Soaked("http", ["http-serve", *site], pages),
        Soaked("proxy", ["listen", "--serve", "proxy", "--target-allow", "127.0.0.1", *IDLE, ANYWHERE], tunnelled),
        Soaked("forward", ["forward", *IDLE, ANYWHERE, local], echoes()),
        Soaked("forward_unix", ["forward", *IDLE, "unix:forward.sock", "unix:echo.sock"], echoes()),
        Soaked("forward_udp", ["forward", "-u", "-i", "1s", ANYWHERE, "127.0.0.1:{echo_udp}"],
               plain(exchanges.datagrams)),
        Soaked("forward_late", ["forward", *IDLE, "--fault", "latency=3ms", ANYWHERE, local], echoes(most=SMALL)),
    ]
    if has_tls:
        found += [
            Soaked("echo_tls", [*listen, "--tls", "--serve", "echo", *IDLE, ANYWHERE], echoes(), tls=True),
            Soaked("https", ["http-serve", "--tls", *site], pages, tls=True),
            Soaked("forward_tls", ["forward", "--tls-accept", *IDLE, ANYWHERE, local], echoes(), tls=True),
        ]
    return found


def wrong(program: str, fault: str) -> Soaked:
    """A server that is wrong on purpose (see wrong.c), with clients that it has nothing else to do wrong to."""
    return Soaked(f"wrong_{fault}", [program, fault], echoes(idles=False, most=SMALL))
