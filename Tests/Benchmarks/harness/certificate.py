"""The certificate of the servers that are measured, and whom those who dial them trust for it."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.children import RunFailed, Skipped
from harness.contestants import OPENSSL

# Of our own: what stands in the machine's openssl.cnf would be added to it.
CONFIGURATION = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
subjectAltName = DNS:localhost, IP:127.0.0.1
"""
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
SYSTEM_STORE = Path("/etc/ssl/certs/ca-certificates.crt")
PEM_END = "-----END CERTIFICATE-----\n"


@dataclass(frozen=True)
class Certificate:
    """An ECDSA certificate for localhost and 127.0.0.1, its key, and the one that signed it."""

    chain: str
    key: str
    authority: str

    @property
    def server(self) -> list[str]:
        """The options of sockctl's servers."""
        return ["--tls", "--tls-cert", self.chain, "--tls-key", self.key]

    @property
    def nginx(self) -> str:
        """What a `listen` of nginx ends with."""
        return f" ssl; ssl_certificate {self.chain}; ssl_certificate_key {self.key}; ssl_protocols TLSv1.3"


@functools.cache
def certificate(work: Path) -> Certificate:
    """Made anew by each run, so that it is never too old."""
    folder = fresh_folder(work / "tls")
    (folder / "openssl.cnf").write_text(CONFIGURATION)
    settings = ["-config", "openssl.cnf"]
    openssl(
        folder, ["req", "-x509", *settings, "-extensions", "authority", *NEW_KEY, "-days", "30"],
        ["-subj", "/CN=sockctl benchmark", "-keyout", "authority-key.pem", "-out", "authority.pem"],
    )
    openssl(
        folder, ["req", *settings, *NEW_KEY],
        ["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem"],
    )
    openssl(
        folder, ["x509", "-req", "-in", "request.pem", "-CA", "authority.pem", "-CAkey", "authority-key.pem"],
        ["-set_serial", "2", "-days", "30", "-extfile", "openssl.cnf", "-extensions", "server", "-out", "chain.pem"],
    )
    return Certificate(*(str(folder / f"{name}.pem") for name in ("chain", "key", "authority")))


@functools.cache
def store(work: Path) -> tuple[str, str]:
    """The machine's store with our authority in it, as a file and as the folder in which OpenSSL looks up by name.

    These are the two forms in which a system has its store, and a program reads one of them without being told to.
    """
    if not SYSTEM_STORE.exists():
        raise Skipped("skipped: ca-certificates is not installed")
    authority = Path(certificate(work).authority).read_text()
    text = SYSTEM_STORE.read_text() + authority
    bundle, folder = work / "tls" / "store.pem", fresh_folder(work / "tls" / "store")
    bundle.write_text(text)
    for number, one in enumerate(text.split(PEM_END)[:-1]):
        (folder / f"{number}.pem").write_text(one + PEM_END)
    openssl(folder, ["rehash", "."])
    return str(bundle), str(folder)


def fresh_folder(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def openssl(folder: Path, *arguments: Sequence[str]) -> None:
    path = shutil.which(OPENSSL)
    if path is None:
        raise Skipped("skipped: openssl is not installed")
    command = [path, *(word for words in arguments for word in words)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode:
        raise RunFailed(f"openssl {command[1]}: {ended.stderr.strip()[-200:]}")
