"""The measures. Each lets its contestants run in turn, round by round, and notes what was found."""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.children import Child, Children, RunFailed, read_line
from harness.contestants import (
    C_CONNECTS,
    C_EPOLL,
    C_MMSG,
    C_SPLICE,
    IPERF3,
    NC,
    NCAT,
    SOCAT,
    SOCAT_LARGE,
    SOCKCTL,
    SOCKCTL_DIAL,
    Pair,
    Tools,
    free_port,
)

MIB = 1 << 20
GIB = 1 << 30
CLOSE = 3  # How often in a round those run whose target is within a few per cent of each other: single runs vary more.
SPARE_DESCRIPTORS = 100  # What a process of an idle measure needs besides its connections.


@dataclass(frozen=True)
class Sizes:
    start_repetitions: int = 40
    bulk_bytes: int = 4 * GIB
    file_bytes: int = 1 * GIB
    echo_seconds: float = 1.0
    idle_connections: int = 10_000
    accepts: int = 20_000
    datagrams: int = 100_000
    backlog: int = 4096  # Cut to what net.core.somaxconn allows.
    accepts_at_a_time: int = 64  # Fewer than sockctl's backlog: the queue is not what is measured.
    timeout_rounds: int = 500
    limited_connections: int = 5000
    submits: int = 300_000
    web_seconds: int = 3
    web_file: int = 256 * MIB
    http_repetitions: int = 40
    http_requests: int = 2000
    http_seconds: float = 2
    chat_clients: int = 1000
    chat_rounds: int = 200
    chat_bytes: int = 100 * MIB
    gate_rules: int = 10_000

    @classmethod
    def quick(cls) -> Sizes:
        """Enough to see that everything runs, too little to judge by."""
        return cls(
            start_repetitions=5, bulk_bytes=64 * MIB, file_bytes=64 * MIB, echo_seconds=0.2, idle_connections=500,
            accepts=1000, datagrams=5000, backlog=128, timeout_rounds=20, limited_connections=200, submits=2000,
            web_seconds=1, web_file=4 * MIB,
            http_repetitions=5, http_requests=50, http_seconds=1,
            chat_clients=200, chat_rounds=10, chat_bytes=10 * MIB, gate_rules=100,
        )


@dataclass
class Series:
    """One kind of figure: for each contestant a value a round, or the reason why there is none."""

    values: dict[str, list[float]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def median(self, contestant: str) -> float | None:
        values = self.values.get(contestant)
        return statistics.median(values) if values and contestant not in self.problems else None


@dataclass
class Bench:
    tools: Tools
    sizes: Sizes
    rounds: int
    results: dict[str, Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cpus = sorted(os.sched_getaffinity(0))
        # The listening side has one CPU and the dialling side, with the source or the load, another: where the
        # scheduler chooses, it moves them together and apart, and one program differs from itself by half.
        self.server_cpu, self.client_cpu = cpus[0], cpus[-1]

    def children(self) -> Children:
        logs = self.tools.work / "logs"
        logs.mkdir(exist_ok=True)
        return Children(logs)

    def alternate(
        self, names: Sequence[str], contestants: Sequence[str], run: Callable[[str], Sequence[float]]
    ) -> None:
        """Runs all contestants in every round, each round beginning with another one; `run` gives a value a name.

        A contestant may be listed more than once: then it has so many runs in a round.
        """
        series = [self.results.setdefault(name, Series()) for name in names]
        problems = {name: reason for name in contestants if (reason := self.tools.reason(name))}
        for turn in range(self.rounds):
            for offset in range(len(contestants)):
                contestant = contestants[(turn + offset) % len(contestants)]
                if contestant in problems:
                    continue
                say(f"{names[0]}: round {turn + 1} of {self.rounds}, {contestant}")
                try:
                    values = run(contestant)
                except RunFailed as failure:
                    problems[contestant] = f"failed: {failure}"
                    continue
                for one, value in zip(series, values, strict=True):
                    one.values.setdefault(contestant, []).append(value)
        for one in series:
            one.problems.update(problems)


def say(text: str) -> None:
    """Progress, where somebody may be watching: one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


# Start


def measure_start(bench: Bench) -> None:
    arguments = {SOCKCTL: "--version", NCAT: "--version", SOCAT: "-V", NC: "-h"}

    def run(contestant: str) -> list[float]:
        argv = [bench.tools.paths[contestant], arguments[contestant]]
        return [statistics.median(start_seconds(argv) for _ in range(bench.sizes.start_repetitions))]

    bench.alternate(["start"], list(arguments), run)


def start_seconds(argv: Sequence[str]) -> float:
    """From the order to start a program to its end, its output going nowhere."""
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    elapsed = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status) not in (0, 1):  # nc.openbsd's help is an error to it.
        raise RunFailed(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return elapsed


# Bulk


def start_listener(bench: Bench, children: Children, pair: Pair, stdout: int | None) -> tuple[Child, int]:
    port = 0 if pair.announces else free_port()
    listener = children.start(pair.listen(port), stdout=stdout, cpu=bench.server_cpu)
    if pair.announces:
        port = listener.listening_port()
    else:
        listener.wait_until_listening(port)
    return listener, port


def measure_bulk(bench: Bench) -> None:
    """pour | TOOL dial -> TCP -> TOOL listen | drain."""
    size = bench.sizes.bulk_bytes

    def run(contestant: str) -> tuple[float, float]:
        pair = bench.tools.pair(contestant)
        with bench.children() as children:
            received, output = children.pipe()
            counted, count = children.pipe()
            listener, port = start_listener(bench, children, pair, output)
            drain = children.start([bench.tools.program("drain")], stdin=received, stdout=count, cpu=bench.server_cpu)
            input_, poured = children.pipe()
            begin = time.perf_counter()
            children.start([bench.tools.program("pour"), str(size)], stdout=poured, cpu=bench.client_cpu)
            dial = children.start(pair.dial(port), stdin=input_, cpu=bench.client_cpu)
            drain.succeed()
            elapsed = time.perf_counter() - begin
            arrived = int(read_line(counted))
            if arrived != size:
                raise RunFailed(f"{arrived} of {size} bytes arrived")
            cpu = dial.succeed().cpu_seconds + listener.succeed().cpu_seconds
        return size / elapsed / MIB, cpu / (size / 1e9)

    bench.alternate(["bulk", "bulk-cpu"], [*[SOCKCTL, C_SPLICE] * CLOSE, NC, NCAT, SOCAT, SOCAT_LARGE], run)


def measure_file(bench: Bench) -> None:
    """TOOL dial < FILE -> TCP -> TOOL listen > /dev/null, the file in memory."""
    size = bench.sizes.file_bytes
    memory = Path("/dev/shm")
    with tempfile.NamedTemporaryFile(dir=memory if memory.is_dir() else bench.tools.work) as file:
        block = os.urandom(MIB)
        for _ in range(size // MIB):
            file.write(block)
        file.flush()

        def run(contestant: str) -> tuple[float]:
            if contestant == IPERF3:
                return (iperf3_rate(bench, size),)
            pair = bench.tools.pair(contestant)
            with bench.children() as children:
                listener, port = start_listener(bench, children, pair, None)
                source = children.open(file.name, os.O_RDONLY)
                begin = time.perf_counter()
                dial = children.start(pair.dial(port), stdin=source, cpu=bench.client_cpu)
                listener.succeed()
                elapsed = time.perf_counter() - begin
                dial.succeed()
            return (size / elapsed / MIB,)

        close = [SOCKCTL, C_SPLICE, IPERF3, NC] * CLOSE
        bench.alternate(["file"], [*close, NCAT, SOCAT, SOCAT_LARGE], run)


def iperf3_rate(bench: Bench, size: int) -> float:
    """One stream of as many bytes, from memory, by iperf3's own stop-watch: its greeting is not counted."""
    path, port = bench.tools.paths[IPERF3], free_port()
    with bench.children() as children:
        server = children.start([path, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], cpu=bench.server_cpu)
        server.wait_until_listening(port)
        report = bench.tools.work / "iperf3.json"
        output = children.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        argv = [path, "-c", "127.0.0.1", "-p", str(port), "-n", str(size), "-J"]
        children.start(argv, stdout=output, cpu=bench.client_cpu).succeed()
    return json.loads(report.read_text())["end"]["sum_received"]["bits_per_second"] / 8 / MIB


# Echo: where the server's own cost of a round trip matters, client and server share a CPU: then no wake-up of a
# sleeping one hides it.


def start_echo_server(bench: Bench, children: Children, contestant: str) -> tuple[Child, int]:
    server = children.start(bench.tools.echo_server(contestant), cpu=bench.server_cpu)
    return server, server.listening_port()


def ask_client(bench: Bench, children: Children, arguments: Sequence[object], cpu: int) -> dict[str, float]:
    answered, answer = children.pipe()
    argv = [bench.tools.program("echo_client"), *(str(argument) for argument in arguments)]
    client = children.start(argv, stdout=answer, cpu=cpu)
    line = read_line(answered)
    client.succeed()
    return json.loads(line)


def measure_echo(bench: Bench) -> None:
    cases = (
        ("echo-1", 1, bench.client_cpu),
        ("echo-100", 100, bench.client_cpu),
        ("echo-1-one-cpu", 1, bench.server_cpu),
    )
    for name, connections, cpu in cases:

        def run(contestant: str, connections: int = connections, cpu: int = cpu) -> list[float]:
            with bench.children() as children:
                _, port = start_echo_server(bench, children, contestant)
                task = ("round-trips", port, connections, bench.sizes.echo_seconds)
                return [ask_client(bench, children, task, cpu)["round_trips_per_second"]]

        bench.alternate([name], [SOCKCTL, C_EPOLL] * CLOSE, run)


def measure_idle(bench: Bench) -> None:
    count = bench.sizes.idle_connections

    def run(contestant: str) -> tuple[float, float, float]:
        with bench.children() as children:
            server, port = start_echo_server(bench, children, contestant)
            asked, question = children.pipe()
            answered, answer = children.pipe()
            task = ("idle", port, count, bench.sizes.echo_seconds)
            argv = [bench.tools.program("echo_client"), *map(str, task)]
            client = children.start(argv, stdin=asked, stdout=answer, cpu=bench.server_cpu)
            alone = median_latency(client, answered)
            before = resident_kib(server)
            os.write(question, b"\n")
            if not read_line(answered):
                raise RunFailed(f"{count} connections could not be opened: {client.last_words()}")
            after, threads = resident_kib(server), thread_count(server)
            os.write(question, b"\n")
            beside = median_latency(client, answered)
            client.succeed()
        return threads, (after - before) / count, beside / alone

    bench.alternate(["idle-threads", "idle-memory", "idle-round-trip"], [SOCKCTL, C_EPOLL], run)


def median_latency(client: Child, answered: int) -> float:
    line = read_line(answered)
    if not line:
        raise RunFailed(f"no answer from the client: {client.last_words()}")
    return json.loads(line)["median_us"]


def resident_kib(child: Child) -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{child.pid}/status").read_text(), re.MULTILINE)
    if not found:
        raise RunFailed(f"{child.name} has no memory any more: {child.last_words()}")
    return float(found.group(1))


def thread_count(child: Child) -> float:
    return float(len(os.listdir(f"/proc/{child.pid}/task")))


def measure_accepts(bench: Bench) -> None:
    def run(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_echo_server(bench, children, contestant)
            task = ("accepts", port, bench.sizes.accepts, bench.sizes.accepts_at_a_time)
            return [ask_client(bench, children, task, bench.client_cpu)["accepts_per_second"]]

    bench.alternate(["accepts"], [SOCKCTL, C_EPOLL] * CLOSE, run)


# Datagrams: what a receiver takes is measured with a sender that looks into its receive buffer and never overfills it;
# what is sent, into a socket that nobody reads.


def measure_udp(bench: Bench) -> None:
    for size in (1, 100, 1400):

        def receive(contestant: str, size: int = size) -> list[float]:
            if contestant == IPERF3:
                return [iperf3_datagrams(bench, size)[1]]
            command, announces = bench.tools.datagram_receiver(contestant)
            with bench.children() as children:
                port = 0 if announces else free_port()
                receiver = children.start(command(port), cpu=bench.server_cpu)
                if announces:
                    port = receiver.listening_port()
                else:
                    receiver.poll(lambda: is_bound(port) or None, "receive")
                counted, count = children.pipe()
                argv = [bench.tools.program("udp_pump"), str(port), str(size), str(bench.sizes.datagrams), "lossless"]
                pump = children.start(argv, stdout=count, cpu=bench.client_cpu)
                line = read_line(counted)
                pump.succeed()
            rate, drops = line.split()
            if int(drops):
                raise RunFailed(f"{drops} datagrams were dropped")
            return [float(rate)]

        def send(contestant: str, size: int = size) -> list[float]:
            if contestant == IPERF3:
                return [iperf3_datagrams(bench, size)[0]]
            count = bench.sizes.datagrams
            with bench.children() as children, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
                sink.bind(("127.0.0.1", 0))
                argv = bench.tools.datagram_sender(contestant, sink.getsockname()[1], size, count)
                stdin = None
                if contestant == SOCAT:
                    stdin, poured = children.pipe()
                    children.start(
                        [bench.tools.program("pour"), str(size * count)], stdout=poured, cpu=bench.server_cpu)
                begin = time.perf_counter()
                children.start(argv, stdin=stdin, cpu=bench.client_cpu).succeed()
                return [count / (time.perf_counter() - begin)]

        peers = [IPERF3] if size >= 16 else []  # Its datagrams have a header of 16 bytes.
        bench.alternate([f"udp-recv-{size}"], [*[SOCKCTL, C_MMSG] * CLOSE, NC, NCAT, SOCAT, *peers], receive)
        bench.alternate([f"udp-send-{size}"], [*[SOCKCTL, C_MMSG] * CLOSE, SOCAT, *peers], send)

    def idle(contestant: str) -> list[float]:
        command, _ = bench.tools.datagram_receiver(contestant)
        with bench.children() as children:
            receiver = children.start(command(0), cpu=bench.server_cpu)
            receiver.listening_port()
            before = cpu_seconds(receiver)
            time.sleep(1)
            return [cpu_seconds(receiver) - before]

    bench.alternate(["udp-idle-cpu"], [SOCKCTL, C_MMSG], idle)


def cpu_seconds(child: Child) -> float:
    return int(Path(f"/proc/{child.pid}/schedstat").read_text().split()[0]) / 1e9


def is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def iperf3_datagrams(bench: Bench, size: int) -> tuple[float, float]:
    """Datagrams per second that iperf3 sends without a limit, and of them those that its server received."""
    path, port = bench.tools.paths[IPERF3], free_port()
    with bench.children() as children:
        server = children.start([path, "-s", "-1", "-B", "127.0.0.1", "-p", str(port)], cpu=bench.server_cpu)
        server.wait_until_listening(port)
        report = bench.tools.work / "iperf3.json"
        output = children.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        argv = [path, "-c", "127.0.0.1", "-p", str(port), "-u", "-b", "0", "-l", str(size), "-t", "1", "-J"]
        children.start(argv, stdout=output, cpu=bench.client_cpu).succeed()
    end = json.loads(report.read_text())["end"]
    found = end["sum"]
    sent = found["packets"] / found["seconds"]
    return sent, sent * (1 - found["lost_percent"] / 100)


# Backlog


def measure_backlog(bench: Bench) -> None:
    backlog = min(bench.sizes.backlog, int(Path("/proc/sys/net/core/somaxconn").read_text()))
    room = backlog + 1

    def run(contestant: str) -> list[float]:
        if contestant == SOCKCTL:
            options = ["--backlog", str(backlog), "--dials", str(room)]
            out = output([bench.tools.paths[SOCKCTL], "backlog-probe", *options], bench.client_cpu)
            found = dict(re.findall(r"^(connected|elapsed) +(\S.*)$", out, re.MULTILINE))
            if found["connected"] != str(room):
                raise RunFailed(f"{found['connected']} of {room} dials got in")
            value, unit = found["elapsed"].split()
            return [float(value) * {"s": 1, "ms": 1e-3, "µs": 1e-6}[unit]]
        return [float(output([bench.tools.program("fill_queue"), str(backlog), str(room)], bench.client_cpu))]

    bench.alternate(["backlog"], [SOCKCTL, C_CONNECTS] * CLOSE, run)


def output(command: Sequence[str], cpu: int) -> str:
    """What a command that ends by itself writes, all of it on one CPU."""
    command = ["taskset", "-c", str(cpu), *command]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode:
        raise RunFailed(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr.strip()}")
    return ended.stdout


# The probe: what it costs to be told of each write.


def measure_writeblock(bench: Bench) -> None:
    """write-block-probe -> TCP -> listen --serve discard, beside dial < FILE to the same."""
    size, chunk = bench.sizes.file_bytes, 1 << 16
    memory = Path("/dev/shm")
    with tempfile.NamedTemporaryFile(dir=memory if memory.is_dir() else bench.tools.work) as file:
        block = os.urandom(MIB)
        for _ in range(size // MIB):
            file.write(block)
        file.flush()

        def run(contestant: str) -> tuple[float]:
            path = bench.tools.paths[SOCKCTL]
            with bench.children() as children:
                listen = [path, "listen", "127.0.0.1:0", "--serve", "discard"]
                listener = children.start(listen, cpu=bench.server_cpu)
                address = f"127.0.0.1:{listener.listening_port()}"
                if contestant == SOCKCTL:
                    argv = [path, "write-block-probe", "--chunk", str(chunk), "--writes", str(size // chunk), address]
                else:
                    argv = [path, "dial", address]
                source = children.open(file.name, os.O_RDONLY)
                begin = time.perf_counter()
                children.start(argv, stdin=source, cpu=bench.client_cpu).succeed()
                elapsed = time.perf_counter() - begin
            return (size / elapsed / MIB,)

        bench.alternate(["writeblock"], [SOCKCTL, SOCKCTL_DIAL] * CLOSE, run)


SECTIONS: dict[str, Callable[[Bench], None]] = {
    "start": measure_start,
    "bulk": measure_bulk,
    "file": measure_file,
    "echo": measure_echo,
    "idle": measure_idle,
    "accepts": measure_accepts,
    "udp": measure_udp,
    "backlog": measure_backlog,
    "writeblock": measure_writeblock,
}
