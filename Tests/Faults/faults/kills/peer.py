"""An end of this program's own: a socket that counts what it reads and writes, and dies at the byte it is told to."""

from __future__ import annotations

import array
import fcntl
import select
import socket
import ssl
import struct
import termios
import threading
import time

from faults.kills.streams import PIECE, SLOWLY, TICK, Fuse

STILL = 0.06  # So long nothing may arrive until a connection counts as stuck: longer than a delayed acknowledgement.
MOST = 1.0
PACKET = 1 << 20


def waiting(one: socket.socket) -> int:
    """How much of it lies unread in the kernel."""
    count = array.array("i", [0])
    try:
        fcntl.ioctl(one.fileno(), termios.FIONREAD, count)
    except OSError:
        return 0
    return count[0]


class Peer:
    """Sends and reads on one connection at once, until it dies, or both ways have ended."""

    def __init__(self, data: bytes, reader: str = "fast", death: str = "none", fuse: Fuse | None = None,
                 delay: float = 0, packets: bool = False, enough: int | None = None, ends_early: bool = False) -> None:
        self.data, self.reader, self.death, self.delay = data, reader, death, delay
        self.fuse = fuse or Fuse(1 << 60)
        self.packets = packets
        self.enough = enough  # What there is to come: after that it ends, whether it was told of the end or not.
        self.ends_early = ends_early  # Its way ends as soon as all is sent.
        self.got = bytearray()
        self.sent = 0
        self.unread = 0  # At its death.
        self.died = self.was_reset = self.saw_end = False
        self.told_end = False
        self.died_at = float("inf")
        self.ending = threading.Event()

    def serve(self, one: socket.socket) -> None:
        """Its whole life on a connection."""
        try:
            one.setblocking(False)
            self.converse(one)
        except ssl.SSLError:
            pass
        except OSError:  # Reset, or not connected any more.
            self.was_reset = True
        finally:
            one.close()

    def converse(self, one: socket.socket) -> None:
        self.fuse.note(len(self.got))
        while not self.ending.is_set():
            if self.is_to_die(one):
                self.die(one)
                return
            if self.sent >= len(self.data) and not self.told_end and self.may_end():
                self.end(one)
            if self.saw_end and self.told_end:
                return
            self.step(one)

    def may_end(self) -> bool:
        has_all = self.enough is not None and len(self.got) >= self.enough
        return self.ends_early and bool(self.data) or self.saw_end or has_all

    def step(self, one: socket.socket) -> None:
        """One read and one write, of what can be done."""
        room = self.room()
        reads = [one] if room > 0 and not self.saw_end else []
        writes = [one] if self.sent < len(self.data) else []
        pending = isinstance(one, ssl.SSLSocket) and reads and one.pending()
        ready = select.select(reads, writes, [], 0 if pending else TICK if reads or writes else 0)
        if ready[0] or pending:
            self.read(one, room)
        if ready[1]:
            self.write(one)
        if not reads and not writes:
            time.sleep(SLOWLY)

    def room(self) -> int:
        """How much is read next: who is to stop, or to die at a byte, reads no byte more."""
        if self.packets:
            return 0 if self.reader == "stops" and self.fuse.burnt.is_set() else PACKET
        if self.death in ("none", "half") and self.reader != "stops":
            return PIECE
        if self.data and self.fuse.after <= 0:
            return 0
        return min(PIECE, max(0, self.fuse.after - len(self.got)))

    def read(self, one: socket.socket, room: int) -> None:
        try:
            part = one.recv(min(room, 16_384) if self.reader == "slow" and not self.packets else room)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        if not part:
            self.saw_end = True
            return
        self.got += part
        self.fuse.note(len(self.got))
        if self.reader == "slow":
            time.sleep(SLOWLY)

    def write(self, one: socket.socket) -> None:
        try:
            room = 20_000 if self.packets else 4 * PIECE
            self.sent += one.send(self.data[self.sent:self.sent + room])
        except (BlockingIOError, ssl.SSLWantWriteError):
            return
        self.note_sent()

    def note_sent(self) -> None:
        """Who only sends dies by what it has sent."""

    def end(self, one: socket.socket) -> None:
        """Says that no more comes; with TLS that is the end of all."""
        self.told_end = True
        if not isinstance(one, ssl.SSLSocket):
            one.shutdown(socket.SHUT_WR)
            return
        self.saw_end = True
        try:
            one.unwrap()
        except (BlockingIOError, ssl.SSLWantReadError):
            pass

    # MARK: Death

    def is_to_die(self, one: socket.socket) -> bool:
        if self.death == "none" or self.died and self.death == "half" or not self.fuse.burnt.is_set():
            return False
        if self.reader == "stops":
            self.wait_until_still(one)
        if self.delay:
            time.sleep(self.delay)
        return True

    def wait_until_still(self, one: socket.socket) -> None:
        """Until nothing arrives any more, and everything that has is acknowledged."""
        begin = last = time.monotonic()
        count = waiting(one)
        while time.monotonic() - last < STILL and time.monotonic() - begin < MOST:
            time.sleep(SLOWLY)
            if (now := waiting(one)) != count:
                count, last = now, time.monotonic()

    def die(self, one: socket.socket) -> None:
        self.died, self.died_at = True, time.monotonic()
        self.unread = waiting(one)
        if self.death == "half" and not isinstance(one, ssl.SSLSocket):
            if not self.told_end:
                self.end(one)
                self.data = self.data[:self.sent]
            self.death, self.reader = "none", "fast"
            self.converse(one)
            return
        if self.death == "reset" and one.family != socket.AF_UNIX:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Sender(Peer):
    """One to which nothing comes: its death is counted by what it has sent."""

    def note_sent(self) -> None:
        self.fuse.note(self.sent)

    def write(self, one: socket.socket) -> None:
        kept, whole = self.data, self.data
        if self.death not in ("none", "half"):
            self.data = whole[:self.fuse.after] if self.fuse.after < len(whole) else whole
        try:
            super().write(one)
        finally:
            self.data = kept

    def room(self) -> int:
        return PACKET if self.packets else PIECE
