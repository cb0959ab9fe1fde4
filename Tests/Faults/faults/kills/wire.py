"""What went over the loopback device, as a packet socket sees it: the one who knows what was sent and acknowledged.

Neither end's word is taken for it. It needs the right to open such a socket (CAP_NET_RAW); without it, and where the
kernel says that packets were missed, nothing is said, and only what holds without it is checked.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from dataclasses import dataclass, field

SOL_PACKET, STATISTICS, IGNORE_OUTGOING, ALL = 263, 6, 23, 3
ATTACH_FILTER, BUFFER_FORCE = 26, 33
MASK = 0xFFFFFFFF
FIN, SYN, RST, ACK = 1, 2, 4, 16
HEADS = 128  # Of each packet, where its bytes are not wanted.


@dataclass
class Way:
    """One direction of a connection; all counts are of bytes from its first."""

    start: int = 0
    sent: int = 0  # The last byte that was ever put on the wire.
    acknowledged: int = 0  # Of them, by the other side before it reset the connection.
    was_reset: bool = False  # By who sends this way.
    ended: bool = False
    bytes: bytearray = field(default_factory=bytearray)
    early: dict[int, bytes] = field(default_factory=dict)

    def put(self, at: int, payload: bytes) -> None:
        """Keeps bytes, in their order; processors that send at once overtake each other."""
        if at > len(self.bytes):
            self.early[at] = payload
            return
        self.bytes += payload[len(self.bytes) - at:]
        while (first := min(self.early, default=len(self.bytes) + 1)) <= len(self.bytes):
            later = self.early.pop(first)
            self.bytes += later[len(self.bytes) - first:]


@dataclass
class Line:
    """A connection, seen from who dialled."""

    port: int
    up: Way = field(default_factory=Way)
    down: Way = field(default_factory=Way)


class Wire:
    """Everything that goes to or from a port, from now on."""

    def __init__(self, port: int, version: int = 4, keeps_bytes: bool = False) -> None:
        # Somebody else's socket of the other version may have the same port.
        self.port, self.version = port, version
        self.tap: socket.socket | None = None
        try:
            self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        except PermissionError:
            return
        self.tap.setsockopt(SOL_PACKET, IGNORE_OUTGOING, 1)
        self.tap.setsockopt(socket.SOL_SOCKET, BUFFER_FORCE, 96 << 20)
        attach(self.tap, port, 0xFFFF if keeps_bytes else HEADS)
        self.tap.bind(("lo", ALL))
        self.tap.setblocking(False)

    def lines(self) -> list[Line] | None:
        """The connections in the order in which they were dialled; none if that is not known."""
        if self.tap is None:
            return None
        found: dict[int, Line] = {}
        while True:
            try:
                packet = self.tap.recv(1 << 17)
            except BlockingIOError:
                break
            if packet[0] >> 4 == self.version:
                take(packet, self.port, found)
        _, missed = struct.unpack("II", self.tap.getsockopt(SOL_PACKET, STATISTICS, 8))
        self.close()
        return None if missed else list(found.values())

    def close(self) -> None:
        if self.tap:
            self.tap.close()
            self.tap = None


def take(packet: bytes, port: int, found: dict[int, Line]) -> None:
    """Adds what one packet says."""
    if packet[0] >> 4 == 4:
        begin, length = (packet[0] & 15) * 4, int.from_bytes(packet[2:4])
    else:
        begin, length = 40, 40 + int.from_bytes(packet[4:6])
    source, target, sequence, acknowledged, words, flags = struct.unpack_from("!HHIIBB", packet, begin)
    head = begin + (words >> 4) * 4
    client = source if target == port else target
    is_new = flags & SYN and not flags & ACK
    if is_new:
        found.pop(client, None)
    line = found.setdefault(client, Line(client))
    way, back = (line.up, line.down) if target == port else (line.down, line.up)
    if flags & SYN:
        way.start = sequence + 1
    elif flags & RST:
        way.was_reset = True
    else:
        at = (sequence - way.start) & MASK
        if length > head and at < 1 << 31:
            way.sent = max(way.sent, at + length - head)
            way.put(at, packet[head:length])
        way.ended = way.ended or bool(flags & FIN)
        reached = (acknowledged - back.start) & MASK
        if flags & ACK and not way.was_reset and reached < 1 << 31:
            back.acknowledged = max(back.acknowledged, min(reached, back.sent))


def attach(tap: socket.socket, port: int, room: int) -> None:
    """Has the kernel drop what is not TCP of that port, and cut the rest: a classic filter, from the IP head on."""
    load, half, index, length, jump, give = 0x30, 0x28, 0x48, 0xB1, 0x15, 0x06
    program = [
        (load, 0, 0, 0), (0x54, 0, 0, 0xF0), (jump, 0, 7, 0x40),
        (load, 0, 0, 9), (jump, 0, 12, 6), (length, 0, 0, 0),
        (index, 0, 0, 0), (jump, 8, 0, port), (index, 0, 0, 2), (jump, 6, 7, port),
        (load, 0, 0, 6), (jump, 0, 5, 6), (half, 0, 0, 40), (jump, 2, 0, port), (half, 0, 0, 42), (jump, 0, 1, port),
        (give, 0, 0, room), (give, 0, 0, 0),
    ]
    code = b"".join(struct.pack("HBBI", *one) for one in program)
    kept = ctypes.create_string_buffer(code)
    tap.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(kept)))


def records(sent: bytes, upto: int, overhead: int = 24) -> int:
    """How much payload of TLS 1.2 stands in the records that end at or before a byte of the stream."""
    at, found = 0, 0
    while at + 5 <= upto:
        length = int.from_bytes(sent[at + 3:at + 5])
        if at + 5 + length > upto:
            break
        if sent[at] == 23:
            found += length - overhead
        at += 5 + length
    return found
