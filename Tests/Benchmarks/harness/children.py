"""Child processes: started with the descriptors they need, waited for with a limit, never left behind."""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar

Found = TypeVar("Found")

READY_SECONDS = 15.0
END_SECONDS = 120.0
LISTENING = re.compile(r"listening\b.*?127\.0\.0\.1:(\d+)")


class RunFailed(Exception):
    """A run that gave no figure, with the reason as the table shows it."""


class Skipped(RunFailed):
    """A run that cannot be made here: `what: why`."""


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it had used."""

    status: int
    cpu_seconds: float


@dataclass
class Child:
    name: str
    pid: int
    log: Path
    ended: Ended | None = field(default=None)

    def wait(self, seconds: float = END_SECONDS) -> Ended:
        """Waits for the end; a process that does not come to it within the limit has failed."""
        if self.ended is None:
            process = os.pidfd_open(self.pid)
            try:
                if not readable(process, seconds):
                    raise RunFailed(f"{self.name} had not ended after {seconds:.0f} s")
            finally:
                os.close(process)
            self.reap()
        assert self.ended is not None
        return self.ended

    def succeed(self) -> Ended:
        """Waits for an end without an error."""
        ended = self.wait()
        if ended.status != 0:
            raise RunFailed(f"{self.name} ended with {ended.status}: {self.last_words()}")
        return ended

    def stop(self) -> None:
        """Ends the process if it still runs: first asked to, then made to."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.ended is not None:
                return
            os.kill(self.pid, number)
            try:
                self.wait(seconds=2.0)
            except RunFailed:
                continue

    def running(self) -> bool:
        if self.ended is None and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            self.reap()
        return self.ended is None

    def reap(self) -> None:
        _, status, usage = os.wait4(self.pid, 0)
        self.ended = Ended(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"

    def listening_port(self) -> int:
        """The port in the `listening` line of a program that chose it itself."""
        found = self.poll(lambda: LISTENING.search(self.log.read_text(errors="replace")), "say where it listens")
        return int(found.group(1))

    def wait_until_listening(self, port: int) -> None:
        """For programs that do not say when they are ready. To try a connection would use up their only accept."""
        self.poll(lambda: is_listening(port), f"listen on port {port}")

    def poll(self, condition: Callable[[], Found | None], purpose: str) -> Found:
        """Looks every millisecond for something that nobody announces."""
        limit = time.monotonic() + READY_SECONDS
        while time.monotonic() < limit:
            if found := condition():
                return found
            if not self.running():
                raise RunFailed(f"{self.name} did not {purpose}: {self.last_words()}")
            time.sleep(0.001)
        raise RunFailed(f"{self.name} did not {purpose} within {READY_SECONDS:.0f} s")


class Children:
    """The processes of one run. Leaving the `with` block ends those that still run and closes what is open."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: list[Child] = []
        self.descriptors: set[int] = set()

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in list(self.descriptors):
            self.close(descriptor)
        for child in self.children:
            child.stop()

    def pipe(self) -> tuple[int, int]:
        ends = os.pipe()
        self.descriptors.update(ends)
        return ends

    def open(self, path: Path | str, flags: int) -> int:
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
        self.descriptors.add(descriptor)
        return descriptor

    def close(self, descriptor: int) -> None:
        self.descriptors.discard(descriptor)
        os.close(descriptor)

    def start(
        self, argv: Sequence[str], stdin: int | None = None, stdout: int | None = None, cpu: int | None = None
    ) -> Child:
        """Starts a program. The descriptors given become the child's alone; None is /dev/null.

        Standard error goes to a file: read for the `listening` line, quoted when the program fails.
        """
        name = Path(argv[0]).name
        log = self.logs / f"{len(self.children)}-{name}.log"
        source = self.open("/dev/null", os.O_RDONLY) if stdin is None else stdin
        sink = self.open("/dev/null", os.O_WRONLY) if stdout is None else stdout
        errors = self.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        actions = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, sink, 1), (os.POSIX_SPAWN_DUP2, errors, 2)]
        allowed = os.sched_getaffinity(0)
        try:
            if cpu is not None:
                os.sched_setaffinity(0, {cpu})  # The child inherits it.
            pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
        finally:
            os.sched_setaffinity(0, allowed)
        for descriptor in (source, sink, errors):
            self.close(descriptor)
        child = Child(name, pid, log)
        self.children.append(child)
        return child


def readable(descriptor: int, seconds: float) -> bool:
    """Whether there is something to read, or the end, within the time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def read_line(descriptor: int, seconds: float = END_SECONDS) -> str:
    """One line from a program that has been asked for one; at its end, what there is."""
    line = b""
    while not line.endswith(b"\n"):
        if not readable(descriptor, seconds):
            raise RunFailed(f"no answer within {seconds:.0f} s")
        byte = os.read(descriptor, 1)
        if not byte:
            break
        line += byte
    return line.decode(errors="replace").strip()


def is_listening(port: int) -> bool:
    """Whether a TCP socket of this machine is in the state LISTEN on the port."""
    wanted = re.compile(rf"^ *\d+: [0-9A-F]+:{port:04X} [0-9A-F:]+ 0A ", re.MULTILINE)
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    return any(table.exists() and wanted.search(table.read_text()) for table in tables)
