"""What a program under test reads and writes: so that it is known how much it has taken, and what came out."""

from __future__ import annotations

import array
import fcntl
import os
import select
import termios
import threading
import time
from pathlib import Path

PIECE = 1 << 16
TICK = 0.02
HELD = 3.0
SLOWLY = 0.002  # A pause between two pieces.


class Fuse:
    """Burns when so many bytes have passed whoever counts them, who may be held there until the death is done."""

    def __init__(self, after: int, holds: bool = False) -> None:
        self.after, self.holds = after, holds
        self.burnt, self.done = threading.Event(), threading.Event()

    def note(self, count: int) -> None:
        if count < self.after:
            return
        self.burnt.set()
        if self.holds:
            self.done.wait(HELD)
            self.done.set()


class Input:
    """Standard input: a pipe that a thread fills, or a file."""

    def __init__(self, data: bytes, kind: str, path: Path) -> None:
        self.data, self.kind = data, kind
        self.given = 0
        self.over = threading.Event()
        self.thread: threading.Thread | None = None
        if kind == "file":
            path.write_bytes(data)
            self.descriptor = os.open(path, os.O_RDONLY)
            return
        self.descriptor, self.end = os.pipe()
        os.set_blocking(self.end, False)
        self.thread = threading.Thread(target=self.fill, daemon=True)
        self.thread.start()

    def fill(self) -> None:
        view = memoryview(self.data)
        while view and not self.over.is_set():
            if not select.select([], [self.end], [], TICK)[1]:
                continue
            if self.kind == "slow":
                time.sleep(SLOWLY)
            gone = os.write(self.end, view[:PIECE if self.kind == "slow" else 4 * PIECE])
            view = view[gone:]
            self.given += gone
        if self.kind == "open":
            self.over.wait()
        os.close(self.end)

    def finish(self) -> int:
        """Ends it, and says how many bytes of it were taken."""
        self.over.set()
        if self.thread is None:
            taken = os.lseek(self.descriptor, 0, os.SEEK_CUR)
        else:
            self.thread.join()
            left = array.array("i", [0])
            fcntl.ioctl(self.descriptor, termios.FIONREAD, left)
            taken = self.given - left[0]
        os.close(self.descriptor)
        return taken


class Output:
    """Standard output: a pipe that a thread drains, or a file."""

    def __init__(self, kind: str, path: Path, fuse: Fuse | None = None) -> None:
        self.kind, self.fuse = kind, fuse
        self.got = bytearray()
        self.over = threading.Event()
        self.path = path
        if kind == "file":
            self.descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self.thread = threading.Thread(target=self.watch, daemon=True)
        else:
            self.end, self.descriptor = os.pipe()
            self.thread = threading.Thread(target=self.drain, daemon=True)
        self.thread.start()

    def given_away(self) -> None:
        """The program has it: it ends with the program."""
        os.close(self.descriptor)

    def drain(self) -> None:
        while part := os.read(self.end, PIECE):
            self.got += part
            if self.fuse:
                self.fuse.note(len(self.got))
            if self.kind == "slow":
                time.sleep(SLOWLY)
        os.close(self.end)

    def watch(self) -> None:
        while self.fuse and not self.over.wait(SLOWLY) and not self.fuse.burnt.is_set():
            if reached := self.path.stat().st_size:
                self.fuse.note(reached)

    def finish(self) -> bytes:
        self.over.set()
        self.thread.join()
        return self.path.read_bytes() if self.kind == "file" else bytes(self.got)
