"""What all transfers share, and one end of a transfer as it is known afterwards."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from faults.child import Child
from faults.kills.draw import Draw
from faults.kills.streams import Fuse, Input, Output
from faults.kills.wire import Line
from faults.kills.words import Words

TRAPS = (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGSEGV)


@dataclass
class Deviation:
    kind: str
    why: str

    @property
    def signature(self) -> str:
        """What it has in common with others like it: everything but the numbers."""
        return f"{self.kind}: {re.sub(r'[0-9]+', 'N', self.why)[:160]}"


@dataclass
class End:
    """One end of a transfer, once it is over."""

    name: str
    data: bytes  # What it had to send.
    got: bytes = b""  # What came out of it, or was read by it.
    sent: int | None = None  # What its kernel took, where it is known at first hand.
    taken: int | None = None  # What was taken of its standard input.
    status: int | None = None
    killed_by: int | None = None
    hung: bool = False
    words: Words | None = None
    died: bool = False
    died_at: float = float("inf")
    ended_at: float = float("inf")
    was_reset: bool = False
    told_end: bool = False  # It had said that no more comes, before it died.

    @property
    def is_program(self) -> bool:
        return self.words is not None


@dataclass
class Made:
    """A transfer that is over; it can be judged again, by other reports."""

    subject: End
    other: End
    lines: list[Line] | None
    commands: list[str]
    judge: Callable[[], list[Deviation]]
    is_own: bool = False  # Judged by these two ends, and nothing else.


@dataclass
class Bench:
    """The program under test, and where it is run."""

    binary: Path
    work: Path
    shared: Path
    limit: float
    numbers: count = field(default_factory=count)
    keeps: bool = False

    def folder(self) -> Path:
        folder = self.work / str(next(self.numbers))
        folder.mkdir()
        return folder


class Program:
    """sockctl, with its standard streams."""

    def __init__(self, bench: Bench, folder: Path, argv: Sequence[str], data: bytes = b"", *, one: Draw,
                 source: str = "pipe", sink: str = "pipe", fuse: Fuse | None = None) -> None:
        self.data, self.is_json = data, one.speech == "json"
        self.argv = [argv[0], "--json" if self.is_json else "-v", *argv[1:]]
        self.input = Input(data, source, folder / f"input{next(bench.numbers)}")
        self.output = Output(sink, folder / f"output{next(bench.numbers)}", fuse)
        self.ended_at = float("inf")
        log = folder / f"said{next(bench.numbers)}"
        self.child = Child([str(bench.binary), *self.argv], log, folder.name, folder, {},
                           stdin=self.input.descriptor, stdout=self.output.descriptor)
        self.output.given_away()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def watch(self) -> None:
        self.child.process.wait()
        self.ended_at = time.monotonic()

    @property
    def command(self) -> str:
        return shlex.join(["sockctl", *self.argv])

    def place(self, seconds: float) -> str:
        """Where it listens."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and self.child.process.poll() is None:
            said = Words.parse(self.child.said(), self.is_json)
            if self.is_json and (event := said.last("listening")):
                return str(event["local"])
            if not self.is_json and (found := self.child.place(0.001)):
                return found
            time.sleep(0.002)
        raise Broken(f"it does not listen: {self.child.said()}")

    def says(self, event: str, seconds: float) -> bool:
        words = f'"event":"{event}"' if self.is_json else f"{event} "
        return self.child.says(words, 1, seconds)

    def end(self, name: str, seconds: float) -> End:
        """Waits for its end, and says what it was."""
        hung = not self.wait(seconds)
        if hung:
            self.child.kill()
        self.watcher.join()
        end = End(name, self.data, taken=self.input.finish(), got=self.output.finish(), hung=hung)
        end.status, end.killed_by, end.ended_at = self.child.status, self.child.killed_by, self.ended_at
        end.words = Words.parse(self.child.said(), self.is_json)
        return end

    def wait(self, seconds: float) -> bool:
        self.watcher.join(seconds)
        return not self.watcher.is_alive()

    def stop(self) -> None:
        """Ends it whatever it does."""
        if self.watcher.is_alive():
            self.child.kill()


class Broken(Exception):
    """The transfer could not be made as it was drawn; not the program's fault until it is looked at."""


STOPPED = 0.25  # So long a process is stopped.


class Reaper:
    """Does to a process what was drawn, once the fuse has burnt."""

    def __init__(self, one: Draw, fuse: Fuse, victim: Program) -> None:
        self.died = False
        self.died_at = float("inf")
        self.one, self.fuse, self.victim = one, fuse, victim
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.reap, daemon=True)
        self.thread.start()

    def reap(self) -> None:
        try:
            self.wait_and_kill()
        finally:
            self.fuse.done.set()

    def finish(self) -> None:
        """Whom the moment has not come for lives; what was begun is finished."""
        self.over.set()
        self.thread.join()

    def wait_and_kill(self) -> None:
        while not self.fuse.burnt.wait(0.02):
            if self.over.is_set() or not self.victim.watcher.is_alive():
                return
        time.sleep(self.one.delay / 1000)
        if not self.victim.watcher.is_alive():
            return
        self.died, self.died_at = True, time.monotonic()
        first, last = {
            "kill": (signal.SIGKILL, None), "term": (signal.SIGTERM, None), "int": (signal.SIGINT, None),
            "stop-cont": (signal.SIGSTOP, signal.SIGCONT), "stop-kill": (signal.SIGSTOP, signal.SIGKILL),
        }[self.one.death]
        self.victim.child.signal(first)
        if last:
            self.fuse.done.set()
            time.sleep(STOPPED)
            self.died_at = time.monotonic()
            self.victim.child.signal(last)


def endpoint(place: str) -> tuple[socket.AddressFamily, object]:
    """An address as sockctl writes it, for Python."""
    if "/" in place:
        return socket.AF_UNIX, place.split(":", 1)[-1] if ":" in place else place
    host, _, port = place.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    return (socket.AF_INET6 if ":" in host else socket.AF_INET), (host, int(port))


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
