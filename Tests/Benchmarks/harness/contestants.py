"""Who takes part: sockctl, the peers that are installed, and the C programs of `baseline/`."""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SOCKCTL = "sockctl"
NC, NCAT, SOCAT, SOCAT_LARGE, IPERF3 = "nc.openbsd", "ncat", "socat", "socat -b 131072", "iperf3"
C_SPLICE, C_EPOLL, C_MMSG, C_CONNECTS = "C splice pair", "C epoll server", "C mmsg pair", "C connects"
C_BLOCKING = "C blocking client"
C_SCAN, NMAP = "C epoll scan", "nmap"
C_TLS_PAIR, C_TLS_SERVER, OPENSSL = "C TLS pair", "C TLS server", "openssl"
SOCKCTL_DIAL = "sockctl dial"
PLAIN = "without it"  # sockctl without the option that is measured.
CURL, WRK, AB = "curl", "wrk", "ab"
PROGRAMS = (
    "pour", "drain", "splice_pair", "epoll_echo", "echo_client", "ask", "udp_drain", "udp_pump", "fill_queue",
    "scan_ports", "epoll_broker", "chat_client", "epoll_forward",
)
TLS_PROGRAMS = ("tls_pair", "tls_server", "tls_client")
VERSION = re.compile(r"(?:\(Debian patchlevel |[Vv]ersion |Version |iperf |curl |OpenSSL |debian/)([\d.][\w.-]*)")
C_FLAGS = ("-std=c17", "-O2", "-Wall", "-Wextra", "-pthread")


@dataclass(frozen=True)
class Pair:
    """A tool as the two ends of a transfer: the listening end writes what comes to its standard output."""

    listen: Callable[[int], list[str]]
    dial: Callable[[int], list[str]]
    announces: bool  # It listens on a port of its own choice and says which.


@dataclass(frozen=True)
class Tools:
    """Where everything is. What is not in `paths` is in `missing`, with the reason."""

    work: Path
    paths: dict[str, str]
    missing: dict[str, str]

    def program(self, name: str) -> str:
        return str(self.work / "bin" / name)

    def reason(self, contestant: str) -> str | None:
        """Why a contestant can't take part, if so."""
        return self.missing.get(SOCAT if contestant == SOCAT_LARGE else contestant)

    def pair(self, contestant: str) -> Pair:
        """The fastest form of each tool's own defaults: one way only where it can be told so."""
        path = self.paths.get(SOCAT if contestant == SOCAT_LARGE else contestant, "")
        if contestant == SOCKCTL:
            return self.sockctl_pair()
        if contestant == C_SPLICE:
            pair = self.program("splice_pair")
            return Pair(lambda _: [pair, "listen"], lambda port: [pair, "dial", str(port)], True)
        if contestant == NC:  # -N: without it the end of standard input is never told to the other side.
            return Pair(
                lambda port: [path, "-l", "127.0.0.1", str(port)],
                lambda port: [path, "-N", "127.0.0.1", str(port)],
                False,
            )
        if contestant == NCAT:
            return Pair(
                lambda port: [path, "-l", "--recv-only", "127.0.0.1", str(port)],
                lambda port: [path, "--send-only", "127.0.0.1", str(port)],
                False,
            )
        size = ["-b", "131072"] if contestant == SOCAT_LARGE else []
        return Pair(
            lambda port: [path, *size, "-u", f"TCP4-LISTEN:{port},bind=127.0.0.1,reuseaddr", "STDOUT"],
            lambda port: [path, *size, "-u", "STDIN", f"TCP4:127.0.0.1:{port}"],
            False,
        )

    def sockctl_pair(self, listening: Sequence[str] = (), dialling: Sequence[str] = ()) -> Pair:
        """sockctl with options for each of the two ends."""
        path = self.paths.get(SOCKCTL, "")
        return Pair(
            lambda _: [path, "listen", *listening, "127.0.0.1:0"],
            lambda port: [path, "dial", *dialling, f"127.0.0.1:{port}"],
            True,
        )

    def duplex(self, contestant: str) -> Pair:
        """Two ends that send what comes to their standard input and write what comes from the other."""
        if contestant == SOCKCTL:
            return self.sockctl_pair()
        pair = self.program("splice_pair")
        return Pair(lambda _: [pair, "join"], lambda port: [pair, "join", str(port)], True)

    def datagram_receiver(self, contestant: str) -> tuple[Callable[[int], list[str]], bool]:
        """How a contestant writes the datagrams that come to a port to standard output, and whether it says which port."""
        path = self.paths.get(contestant, "")
        if contestant == SOCKCTL:
            return lambda _: [path, "udp-recv", "127.0.0.1:0"], True
        if contestant == C_MMSG:
            return lambda _: [self.program("udp_drain")], True
        if contestant == NC:
            return lambda port: [path, "-u", "-l", "127.0.0.1", str(port)], False
        if contestant == NCAT:
            return lambda port: [path, "-u", "-l", "--recv-only", "127.0.0.1", str(port)], False
        return lambda port: [path, "-u", f"UDP4-RECV:{port},bind=127.0.0.1", "STDOUT"], False

    def datagram_sender(self, contestant: str, port: int, size: int, count: int) -> list[str]:
        """A command that sends so many datagrams; socat cuts its standard input into them."""
        path = self.paths.get(contestant, "")
        if contestant == SOCKCTL:
            options = ["--unconnected", "--quiet", "--size", str(size), "--count", str(count)]
            return [path, "udp-send", *options, f"127.0.0.1:{port}"]
        if contestant == C_MMSG:
            return [self.program("udp_pump"), str(port), str(size), str(count)]
        return [path, "-b", str(size), "-u", "STDIN", f"UDP4:127.0.0.1:{port}"]

    def echo_server(self, contestant: str) -> list[str]:
        if contestant in (SOCKCTL, PLAIN):
            return [self.paths[SOCKCTL], "listen", "127.0.0.1:0", "--serve", "echo", "-k"]
        return [self.program("epoll_echo")]


def free_port() -> int:
    """A port for a peer that cannot choose one and say which: below the range from which connections take theirs."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def gather(root: Path, work: Path, sockctl: str | None) -> Tools:
    """Finds the peers, compiles the C programs, and builds sockctl unless a binary is given."""
    paths: dict[str, str] = {}
    missing: dict[str, str] = {}
    for name in (NC, NCAT, SOCAT, IPERF3, CURL, WRK, AB, NMAP, OPENSSL):
        if path := find_openbsd_netcat() if name == NC else shutil.which(name):
            paths[name] = path
        else:
            missing[name] = "skipped: not installed"
    compile_baseline(work, PROGRAMS)
    if has_header("openssl/ssl.h"):
        compile_baseline(work, TLS_PROGRAMS, ["-lssl", "-lcrypto"])
    else:
        missing.update(dict.fromkeys((C_TLS_PAIR, C_TLS_SERVER), "skipped: libssl-dev is not installed"))
    binary = Path(sockctl).resolve() if sockctl else build_sockctl(root)
    if binary and binary.is_file():
        paths[SOCKCTL] = str(binary)
    else:
        missing[SOCKCTL] = "not built"
    return Tools(work, paths, missing)


def find_openbsd_netcat() -> str | None:
    """Where it is the only netcat it is called nc; but so are others."""
    if path := shutil.which(NC):
        return path
    path = shutil.which("nc")
    return path if path and "OpenBSD" in output_of([path, "-h"]) else None


def has_header(name: str) -> bool:
    command = ["cc", "-E", "-x", "c", "-include", name, "/dev/null"]
    return shutil.which("cc") is not None and not subprocess.run(command, capture_output=True, check=False).returncode


def compile_baseline(work: Path, programs: Sequence[str], libraries: Sequence[str] = ()) -> None:
    sources = Path(__file__).resolve().parent.parent / "baseline"
    (work / "bin").mkdir(parents=True, exist_ok=True)
    for program in programs:
        target = str(work / "bin" / program)
        try:
            command = ["cc", *C_FLAGS, "-o", target, str(sources / f"{program}.c"), *libraries]
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"compare: the C baseline could not be compiled: {error}")


def build_sockctl(root: Path) -> Path | None:
    """The release build as it is installed: the standard library linked statically."""
    command = ["swift", "build", "-c", "release", "--disable-local-rpath", "--product", "sockctl"]
    print("building sockctl ...", file=sys.stderr)
    try:
        subprocess.run(command, cwd=root, check=True, stdout=sys.stderr)
        place = subprocess.run([*command, "--show-bin-path"], cwd=root, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"sockctl could not be built: {error}", file=sys.stderr)
        return None
    return Path(place.stdout.strip()) / "sockctl"


def versions(tools: Tools) -> str:
    """The versions of the peers, since a table is worth nothing without them."""
    questions = {
        NC: ["-h"], NCAT: ["--version"], SOCAT: ["-V"], IPERF3: ["--version"], CURL: ["--version"], WRK: ["-v"],
        AB: ["-V"], NMAP: ["--version"], OPENSSL: ["version"],
    }
    found = []
    for name, arguments in questions.items():
        if name in tools.paths:
            match = VERSION.search(output_of([tools.paths[name], *arguments]))
            found.append(f"{name} {match.group(1)}" if match else name)
    return ", ".join(found)


def output_of(command: list[str]) -> str:
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10, check=False
    )
    return result.stdout.decode(errors="replace")
