"""The networks that transfers are made over, and sockets of them."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from faults.kills.bench import endpoint
from faults.kills.draw import Draw
from faults.kills.wire import Line, Wire, records

# Its records are all as much longer than what they carry.
CIPHER = "ECDHE-ECDSA-AES128-GCM-SHA256"
TCP = ("tcp4", "tcp6", "tls")


def make_certificate(shared: Path) -> bool:
    """Whether there is one for localhost now: it takes the command openssl."""
    if not shutil.which("openssl"):
        return False
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-keyout", "key.pem", "-out", "chain.pem"]
    return subprocess.run(command, cwd=shared, capture_output=True, timeout=60, check=False).returncode == 0


class Network:
    """One of them, with a listening socket of this program's own or an address of the program under test."""

    def __init__(self, kind: str, folder: Path, shared: Path, one: Draw) -> None:
        self.kind, self.folder, self.shared, self.one = kind, folder, shared, one
        self.socket: socket.socket | None = None
        self.wire: Wire | None = None

    @property
    def is_tcp(self) -> bool:
        return self.kind in TCP

    @property
    def anywhere(self) -> str:
        """What a listener of the program is given."""
        names = {"tcp4": "127.0.0.1:0", "tls": "127.0.0.1:0", "tcp6": "[::1]:0", "packet": f"unixpacket:{self.path}"}
        return names.get(self.kind, f"unix:{self.path}")

    @property
    def path(self) -> Path:
        return self.folder / "s"

    def listen(self) -> str:
        """Listens, and says what a dial of the program is given."""
        if self.is_tcp:
            family = socket.AF_INET6 if self.kind == "tcp6" else socket.AF_INET
            self.socket = socket.socket(family)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(("::1" if self.kind == "tcp6" else "127.0.0.1", 0))
            host, port = self.socket.getsockname()[:2]
            self.tap(port)
            address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        else:
            self.socket = socket.socket(socket.AF_UNIX, self.type)
            self.socket.bind(str(self.path))
            address = self.anywhere
        self.socket.listen(8)
        return address

    @property
    def type(self) -> int:
        return socket.SOCK_SEQPACKET if self.kind == "packet" else socket.SOCK_STREAM

    def tap(self, port: int) -> None:
        version = 6 if self.kind == "tcp6" else 4
        self.wire = Wire(port, version, keeps_bytes=self.kind == "tls" and self.one.tls == "1.2")

    def accept(self, seconds: float) -> socket.socket:
        assert self.socket
        self.socket.settimeout(seconds)
        one, _ = self.socket.accept()
        one.settimeout(seconds)
        return self.secure(one, is_server=True)

    def connect(self, place: str, seconds: float) -> socket.socket:
        """Dials where the program listens."""
        family, address = endpoint(place)
        if self.is_tcp:
            self.tap(address[1])  # type: ignore[index]
        one = socket.socket(family, self.type)
        one.settimeout(seconds)
        one.connect(address)
        return self.secure(one, is_server=False)

    def secure(self, one: socket.socket, is_server: bool) -> socket.socket:
        if self.kind != "tls":
            return one
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
        if is_server:
            context.load_cert_chain(self.shared / "chain.pem", self.shared / "key.pem")
        else:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if self.one.tls == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(CIPHER)
        return context.wrap_socket(one, server_side=is_server, suppress_ragged_eofs=False)

    def options(self, role: str) -> list[str]:
        """What the program needs to be told."""
        if self.kind != "tls":
            return []
        old = ["--tls-max", "1.2", "--tls-ciphers", CIPHER] if self.one.tls == "1.2" else []
        if role == "dial":
            return [*old, "--tls", "--tls-ca", str(self.shared / "chain.pem"), "--tls-name", "localhost"]
        return [*old, "--tls", "--tls-cert", str(self.shared / "chain.pem"), "--tls-key", str(self.shared / "key.pem")]

    def lines(self) -> list[Line] | None:
        """What went over the wire, in bytes of what was to be sent; none where that is not known."""
        lines = self.wire.lines() if self.wire else None
        if lines is None or self.kind != "tls":
            return lines
        if self.one.tls != "1.2":
            return None
        for line in lines:
            if len(line.up.bytes) < line.up.sent or len(line.down.bytes) < line.down.sent:
                return None
            for way in (line.up, line.down):
                way.acknowledged = records(way.bytes, way.acknowledged)
                way.sent = records(way.bytes, way.sent)
        return lines

    def close(self) -> None:
        if self.socket:
            self.socket.close()
        if self.wire:
            self.wire.close()
