"""One run of one scenario: its folder, the program under the fault, its peers, and what came of them."""

from __future__ import annotations

import fcntl
import os
import shlex
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faults import flow
from faults.child import Child, marked
from faults.fault import Fault
from faults.flow import Flow

ACCEPTS = ("accept", "accept4")
END_GRACE = 2.0  # How long a server may still take once it is told to end by a second signal, and peers to be done.


@dataclass
class Outcome:
    """What is known of a run once it is over; the oracle judges by it."""

    status: int | None = None
    killed_by: int | None = None
    said: str = ""
    hung: str = ""  # What had not ended in time, in words.
    stalled: list[str] = field(default_factory=list)  # Clients that waited for their whole time.
    was_told: bool = False  # It was sent SIGTERM, being a server or having nobody left to wait for.
    result: bytes = b""  # What a command says by status 1 and its own output, as lab and dial -z do.
    hangs_together: bool = False  # Its clients wait for each other: where one is told of an error, others may wait.
    flows: list[tuple[str, flow.State, str, bool]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    command: str = ""
    peers: list[str] = field(default_factory=list)

    def met(self, fault: Fault | None) -> bool:
        return fault is not None and self.calls[fault.call] >= fault.first


class Run:
    """What a scenario is given: it starts the program and its peers, and says what has to come out."""

    def __init__(self, binary: Path, folder: Path, shared: Path, fault: Fault | None, limit: float) -> None:
        self.binary, self.folder, self.shared, self.fault, self.limit = binary, folder, shared, fault, limit
        self.mark = folder.name + f"-{os.getpid()}"
        self.begin = time.monotonic()
        self.over = threading.Event()
        self.outcome = Outcome()
        self.child: Child | None = None
        self.others: list[tuple[Child, bool]] = []
        self.threads: list[threading.Thread] = []
        self.flows: list[Flow] = []
        self.result: Callable[[], bytes] = bytes
        self.expected = {"log", "fault.err"}
        self.kept: list[tuple[str, int, int]] = []  # Ends of pipes that the program was given, with their flags.
        self.cleanups: list[Callable[[], None]] = []
        folder.mkdir(parents=True)

    @property
    def left(self) -> float:
        """The seconds that are left of the run's time."""
        return self.begin + self.limit - time.monotonic()

    @property
    def patience(self) -> float:
        """How long a client waits for an answer, so that there is time left to end the server."""
        if self.fault and self.fault.lasting and self.fault.call in ACCEPTS:
            return 0.5  # Nobody will be accepted.
        return max(self.left - self.limit * 0.4, 0.05)

    def size(self, count: int) -> int:
        """How many bytes to move: fewer where each call is to move one."""
        return min(count, 1200) if self.fault and self.fault.is_short and self.fault.lasting else count

    def thread(self, work: Callable[[], None]) -> None:
        started = threading.Thread(target=work, daemon=True)
        self.threads.append(started)
        started.start()

    def start(
        self, argv: Sequence[str], stdin: bytes | Path | None = None, stdout: bool = True,
    ) -> bytearray:
        """Starts the program under the fault; the array gets what it writes to standard output."""
        settings = {"SOCKCTL_FAULT_LOG": str(self.folder / "log")}
        if self.fault:
            settings["SOCKCTL_FAULT"] = str(self.fault)
        got = bytearray()
        source = self.source(stdin)
        sink = self.sink(got) if stdout else None
        command = [str(self.binary), *argv]
        self.outcome.command = shlex.join(["sockctl", *argv])
        self.child = Child(
            command, self.folder / "fault.err", self.mark, self.folder, settings, stdin=source, stdout=sink)
        return got

    def source(self, stdin: bytes | Path | None) -> int | None:
        """What the program reads: nothing, a file, or a pipe into which a thread writes."""
        if stdin is None:
            return None
        if isinstance(stdin, Path):
            descriptor = os.open(stdin, os.O_RDONLY)
        else:
            descriptor, end = os.pipe()
            self.thread(lambda: feed(end, stdin))
        return self.keep("standard input", descriptor)

    def sink(self, got: bytearray) -> int:
        end, descriptor = os.pipe()
        self.thread(lambda: drain(end, got))
        return self.keep("standard output", descriptor)

    def keep(self, name: str, descriptor: int) -> int:
        """The description is shared with the program, so that what it changes of the flags is seen here."""
        self.kept.append((name, descriptor, fcntl.fcntl(descriptor, fcntl.F_GETFL)))
        return descriptor

    def healthy(
        self, argv: Sequence[str], stdin: bytes | None = None, ends: bool = False
    ) -> tuple[Child, bytearray]:
        """Starts a peer: the same program, without a fault. One that ends by itself is given time for that."""
        got = bytearray()
        read, write = os.pipe()
        self.thread(lambda: drain(read, got))
        source = None
        if stdin is not None:
            source, end = os.pipe()
            self.thread(lambda: feed(end, stdin))
        log = self.folder / f"peer{len(self.others)}.err"
        self.expected.add(log.name)
        self.outcome.peers.append(shlex.join(["sockctl", *argv]))
        child = Child([str(self.binary), *argv], log, self.mark, self.folder, {}, stdin=source, stdout=write)
        os.close(write)
        if source is not None:
            os.close(source)
        self.others.append((child, ends))
        return child, got

    def peer_note(self, text: str) -> None:
        """Says in words how a peer was made that is not a program."""
        self.outcome.peers.append(text)

    def said(self) -> bytes:
        """What the program has written to standard error, its summary included."""
        assert self.child
        return self.child.said().encode()

    def place(self) -> str | None:
        """Where the program under the fault listens."""
        assert self.child
        return self.child.place(self.left)

    def end(self) -> None:
        """Waits for the program to end by itself; what has not, in time, hung."""
        assert self.child
        if self.child.wait(self.left):
            return
        self.outcome.hung = "it did not end by itself"
        self.stop()

    def tell_to_end(self) -> None:
        """Sends a server SIGTERM, for its clients are done, and waits for its end."""
        assert self.child
        if not self.child.running:
            return
        self.outcome.was_told = True
        self.child.signal(signal.SIGTERM)
        if not self.child.wait(max(self.left, END_GRACE)):
            self.outcome.hung = "it did not end when told to by SIGTERM"
            self.stop()

    def stop(self) -> None:
        """Ends the program by force, having asked first, so that a report of it says what it was about."""
        assert self.child
        self.child.signal(signal.SIGTERM)
        if not self.child.wait(0.5):
            self.child.kill()

    def finish(self) -> Outcome:
        """Ends the peers, looks at what is left, and says what there is to judge by."""
        child = self.child
        assert child
        if child.running:
            self.end()
        self.release()
        self.over.set()
        for other, ends in self.others:
            if ends:
                other.wait(END_GRACE / 2)
            other.signal(signal.SIGTERM)
            if not other.wait(END_GRACE):
                other.kill()
        for thread in self.threads:
            thread.join(END_GRACE)
        self.find_children()
        self.find_files()
        for cleanup in self.cleanups:
            cleanup()
        self.describe(child)
        return self.outcome

    def describe(self, child: Child) -> None:
        found = self.outcome
        found.status, found.killed_by, found.said = child.status, child.killed_by, child.said()
        found.flows = [(one.name, one.state(), one.detail(), one.told()) for one in self.flows]
        found.result = self.result()
        log = self.folder / "log"
        found.calls = Counter(log.read_text().split()) if log.exists() else Counter()
        found.seconds = time.monotonic() - self.begin

    def release(self) -> None:
        """Looks at the flags of what the program was given, and lets go of it, which ends who feeds and drains it."""
        for name, descriptor, before in self.kept:
            after = fcntl.fcntl(descriptor, fcntl.F_GETFL)
            if after != before:
                self.outcome.left.append(f"the flags of {name} are {after:#o} and were {before:#o}")
            os.close(descriptor)
        self.kept.clear()

    def find_children(self) -> None:
        """Whoever carries the run's mark and is still there after a moment was left behind; it is ended here."""
        limit = time.monotonic() + 1
        while (found := marked(self.mark)) and time.monotonic() < limit:
            time.sleep(0.01)
        for pid, command in found.items():
            self.outcome.left.append(f"a process: {command}")
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def find_files(self) -> None:
        for entry in sorted(self.folder.iterdir()):
            if entry.name not in self.expected:
                self.outcome.left.append(f"a file: {entry.name}")


def feed(end: int, data: bytes) -> None:
    """Writes everything into a pipe and ends it, or as much as anybody reads."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(end, view):]
    except BrokenPipeError:
        pass
    finally:
        os.close(end)


def drain(end: int, got: bytearray) -> None:
    """Reads a pipe to its end."""
    while part := os.read(end, 1 << 16):
        got += part
    os.close(end)
