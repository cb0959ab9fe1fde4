"""The C programs of a crowd, for which Python is too slow: compiled when they are needed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
BASELINE = HERE.parent.parent.parent / "Benchmarks" / "baseline"
FLAGS = ("-std=c17", "-O2", "-Wall", "-Wextra", f"-I{BASELINE}")
TLS = ("-DWITH_TLS", "-lssl", "-lcrypto")


class Native:
    """Where the programs are, and whether they know TLS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.has_tls = has_header("openssl/ssl.h")
        tls = TLS if self.has_tls else ()
        for source in (HERE / "flood.c", HERE / "wrong.c"):
            self.compile(source, source.stem)
        for source in (BASELINE / "epoll_echo.c", BASELINE / "epoll_forward.c"):
            self.compile(source, source.stem, "-include", str(HERE / "turns.h"))
        if self.has_tls:
            self.compile(BASELINE / "tls_server.c", "tls_server", "-include", str(HERE / "turns.h"), *TLS)
        for source in (HERE / "hold.c", HERE / "served.c"):
            self.compile(source, source.stem, *tls)
        self.compile(HERE / "witness.c", "witness.so", "-shared", "-fPIC")

    def compile(self, source: Path, name: str, *more: str) -> None:
        command = ["cc", *FLAGS, "-o", str(self.folder / name), str(source), *more]
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"{source.name} could not be compiled: {error}") from None

    def path(self, name: str) -> str:
        return str(self.folder / name)


def has_header(name: str) -> bool:
    command = ["cc", "-E", "-x", "c", "-include", name, "/dev/null"]
    return shutil.which("cc") is not None and not subprocess.run(command, capture_output=True, check=False).returncode
