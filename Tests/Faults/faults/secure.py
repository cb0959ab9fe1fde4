"""A certificate that is made once for a sweep, and peers that speak TLS."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

from faults import peers
from faults.clients import Client
from faults.run import Run


def make_certificate(shared: Path) -> bool:
    """Whether there is one now: it takes the command openssl."""
    if not shutil.which("openssl"):
        return False
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "chain.pem"]
    return subprocess.run(command, cwd=shared, capture_output=True, timeout=60, check=False).returncode == 0


def server_side(run: Run) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(run.shared / "chain.pem", run.shared / "key.pem")
    return context


def client_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Talker(peers.Talker):
    """A peer that answers by TLS, sends what it has and takes what comes, to the other side's end."""

    def talk(self, one: socket.socket) -> None:
        got = bytearray()
        self.all.append(got)
        one.settimeout(self.run.limit)
        try:
            with server_side(self.run).wrap_socket(one, server_side=True) as secured:
                secured.sendall(self.answer)
                while part := secured.recv(1 << 14):
                    got += part
                secured.unwrap()
        except (OSError, ValueError):
            pass


def echo(run: Run, place: str, name: str, data: bytes) -> Client:
    """Sends everything to a server of echoes and reads as much."""
    client = Client(name)
    try:
        with socket.create_connection(("127.0.0.1", int(place)), timeout=run.patience) as plain:
            with client_side().wrap_socket(plain) as one:
                for at in range(0, len(data), 4000):
                    one.sendall(data[at:at + 4000])
                    while len(client.got) < min(at + 4000, len(data)) and (part := one.recv(1 << 14)):
                        client.got += part
                one.unwrap()
    except (OSError, ValueError) as error:
        client.failed = str(error)
        if "timed out" in client.failed:
            run.outcome.stalled.append(name)
    return client
