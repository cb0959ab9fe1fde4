"""What one transfer is: drawn at random from a seed and a number, so that the two words repeat it."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace

STREAMS = ("tcp4", "tcp6", "unix", "packet", "tls", "chain")
JOINED = ("forward", "echo", "http-get", "http-put", "serve-get", "serve-put")
KINDS = (*STREAMS, "reconnect", *JOINED)

# Options that change the way of the bytes through the program, and not what arrives.
OPTIONS: dict[str, tuple[str, ...]] = {
    "plain": (),
    "copy": ("-x", "/dev/null"),
    "rate": ("--rate", "6M"),
    "half-open": ("--half-open",),
    "no-shutdown": ("--no-shutdown",),
    "send-only": ("--send-only",),
    "recv-only": ("--recv-only",),
    "small-buffers": ("-O", "8K", "-I", "8K"),
    "small-pieces": ("--write-size", "3000", "--read-size", "700"),
    "delayed": ("--write-size", "3000", "--write-delay", "300us"),
    "slow-rate": ("--rate", "300K"),
    "output": ("-o", "copy"),
    "idle": ("-i", "300ms"),
    "keep": ("-k",),
    "readers": ("--readers", "3"),
    "frame": ("--frame", "length:4", "--separator", ""),
    "spin": ("--io-model", "spin"),
    "epoll": ("--io-model", "epoll"),
    "uring": ("--io-model", "uring"),
    "blocking": ("--io-model", "blocking"),
    "latency": ("--fault", "latency=2ms"),
    "slice": ("--fault", "slice=5000/1ms"),
}
LISTENS_ONLY = ("keep", "readers")
PROCESS_DEATHS = ("kill", "stop-cont", "stop-kill", "term", "int")
SOCKET_DEATHS = ("reset", "close", "half")


@dataclass(frozen=True)
class Draw:
    """One transfer between the subject, which is sockctl, and another, and how one of them dies, or what joins them."""

    kind: str = "tcp4"
    role: str = "dial"  # Of the subject: dial or listen.
    other: str = "python"  # Who is at the other end: python, a peer of this program's own, or sockctl.
    up: int = 0  # How many bytes the subject sends.
    down: int = 0  # How many the other one sends.
    source: str = "pipe"  # Standard input: pipe, file, slow, or open, a pipe that does not end.
    sink: str = "pipe"  # Standard output: pipe, file or slow.
    option: str = "plain"
    reader: str = "fast"  # How the peer reads: fast, slow, or stops, at the moment before its death.
    death: str = "none"
    victim: str = "other"
    after: int = 0  # How many bytes have arrived by then.
    delay: int = 0  # And how many milliseconds later.
    speech: str = "json"
    rounds: int = 1  # With reconnect: how many connections die.
    tls: str = "1.2"
    content: int = 1  # The seed of the bytes.

    def __str__(self) -> str:
        plain = Draw()
        return ",".join(f"{one.name}={getattr(self, one.name)}" for one in fields(self)
                        if getattr(self, one.name) != getattr(plain, one.name)) or "kind=tcp4"

    def changed(self, text: str) -> Draw:
        """With fields of the text, `size=100,kind=tls`, in place of its own."""
        types = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        pairs = [pair.split("=", 1) for pair in text.split(",") if pair]
        return replace(self, **{name: types[name](value) for name, value in pairs})  # type: ignore[arg-type]

    def bytes(self, which: str) -> bytes:
        """What is sent that way."""
        size = self.up if which == "up" else self.down
        return random.Random(f"{self.content} {which}").randbytes(size)


def draw(seed: int, number: int, only: list[str] | None) -> Draw:
    """The transfer with that number."""
    dice = random.Random(f"{seed}:{number}")
    weights = [4, 2, 3, 1, 3, 1, 4, 3, 1, 1, 1, 1, 1]
    kind = dice.choices(KINDS, weights)[0]
    if only:
        kind = only[number % len(only)]
    make = draw_stream if kind in STREAMS else draw_reconnect if kind == "reconnect" else draw_joined
    return replace(make(dice, kind), content=dice.randrange(1 << 30))


def size(dice: random.Random) -> int:
    """Mostly small, now and then more than all buffers hold."""
    most = dice.choices([0, 1, 300, 20_000, 200_000, 900_000, 5_000_000], [1, 1, 3, 5, 6, 6, 3])[0]
    return dice.randint(min(most, 1), most)


def ways(dice: random.Random) -> tuple[int, int]:
    up, down = size(dice), size(dice)
    way = dice.choice(["up", "up", "down", "both"])
    return (up, 0) if way == "up" else (0, down) if way == "down" else (up, down)


def draw_stream(dice: random.Random, kind: str) -> Draw:
    up, down = ways(dice)
    other = "sockctl" if kind == "chain" else dice.choices(["python", "sockctl"], [3, 1])[0]
    victim = dice.choices(["other", "subject"], [3, 1])[0]
    if kind == "chain" and dice.random() < 0.5:
        victim = "forward"
    role = dice.choice(["dial", "listen"])
    deaths = PROCESS_DEATHS if other == "sockctl" or victim == "subject" else SOCKET_DEATHS
    one = Draw(
        kind=kind, role=role, other=other, up=up, down=down, victim=victim,
        source=dice.choices(["pipe", "file", "slow", "open"], [4, 4, 1, 1 if other == "python" else 0])[0],
        sink=dice.choices(["pipe", "file", "slow"], [4, 2, 1])[0],
        option=dice.choice(options_of_streams(role, other, up, down, kind)),
        reader=dice.choice(["fast", "fast", "slow", "stops"]),
        death="none" if dice.random() < 0.04 else dice.choice(deaths),
        speech=dice.choice(["json", "json", "json", "text"]),
        tls=dice.choice(["1.2", "1.2", "1.3"]))
    if victim == "forward" and one.death in ("term", "int"):
        one = replace(one, death="kill")
    if one.death in PROCESS_DEATHS:
        one = replace(one, reader=dice.choice(["stops", "stops", "fast"]), sink=dice.choice(["pipe", "pipe", "file"]))
        one = larger(dice, one)
    return moment(dice, one, one.up or one.down)


def larger(dice: random.Random, one: Draw) -> Draw:
    """Mostly more than a pipe and the kernel's buffers hold: a process that has given all of it is not caught alive."""
    if dice.random() < 0.4:
        return one
    large = dice.randint(1_300_000, 5_000_000)
    return replace(one, up=large) if one.up else replace(one, down=large)


def moment(dice: random.Random, one: Draw, whole: int) -> Draw:
    """Somewhere in the transfer, its beginning and its end more often than the rest; sometimes a little later."""
    after = dice.choice([0, whole, dice.randint(0, whole), dice.randint(0, whole), dice.randint(0, whole)])
    return replace(one, after=after, delay=dice.choice([0, 0, 0, 0, 1, 7, 60]))


def options_of_streams(role: str, other: str, up: int, down: int, kind: str) -> list[str]:
    """Those of `dial` and `listen` that mean something there."""
    found = {"plain", "delayed", "copy", "rate", "half-open", "small-buffers", "small-pieces", "output", "idle"}
    if role == "listen":
        found |= {"readers"} if other == "sockctl" else {"keep", "readers"}
    if not down:
        found.add("send-only")
    # Two that only listen to each other wait for ever.
    if not up and other == "python":
        found.add("recv-only")
    if not up and other == "python" and kind != "packet":
        found.add("frame")
    if kind == "packet":
        found -= {"small-pieces", "readers", "keep"}
    if kind == "tls":
        found -= {"readers"}
    return ["plain", "plain", *sorted(found)]


def draw_reconnect(dice: random.Random, kind: str) -> Draw:
    """A dial that comes back after each death; which network it is stands in `option`'s place among the first."""
    other = dice.choices(["python", "sockctl"], [3, 1])[0]
    up = size(dice)
    one = Draw(
        kind=kind, other=other, up=up, down=dice.choice([0, 0, size(dice)]),
        source=dice.choices(["pipe", "file", "slow"], [4, 4, 1])[0],
        option=dice.choice(["plain", "plain", "copy", "rate", "small-buffers", "small-pieces", "delayed"]),
        reader=dice.choice(["fast", "slow", "stops", "stops"]),
        death="kill" if other == "sockctl" else dice.choice(SOCKET_DEATHS),
        speech=dice.choice(["json", "json", "json", "text"]), rounds=dice.randint(1, 4),
        role=dice.choice(["tcp4", "tcp4", "tcp6", "unix", "tls"]), tls=dice.choice(["1.2", "1.3"]))
    if one.death == "kill":
        one = replace(larger(dice, one), reader=dice.choice(["stops", "fast"]))
    return moment(dice, one, one.up // (one.rounds + 1))


def draw_joined(dice: random.Random, kind: str) -> Draw:
    up, down = ways(dice) if kind == "forward" else (size(dice), 0)
    if kind in ("http-get", "serve-get"):
        up, down = 0, up
    option = {"forward": ["plain", "plain", "copy", "latency", "slice", "rate"],
              "echo": ["plain", "epoll", "uring", "blocking"]}.get(kind, ["plain"])
    victim = dice.choices(["other", "subject"], [3, 1])[0]
    one = Draw(
        kind=kind, role=dice.choice(["client", "target"]), up=up, down=down, victim=victim,
        source=dice.choice(["pipe", "file"]), sink=dice.choice(["pipe", "file"]), option=dice.choice(option),
        reader=dice.choice(["fast", "fast", "slow", "stops"]),
        death=dice.choice(["kill", "term", "stop-cont"] if victim == "subject" else ["reset", "close"]))
    if victim == "subject":
        one = larger(dice, one)
    return moment(dice, one, one.up or one.down)
