"""Chats and brokers: what one says goes to all the others."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence

from harness.children import Child, Children, RunFailed, read_line
from harness.contestants import NCAT, SOCKCTL, free_port
from harness.measures import CLOSE, MIB, Bench, resident_kib

C_BROKER = "C epoll broker"
WITHOUT_RULES = "without rules"
SPEAKERS = 100
FLOOD_READERS = 9


def start_room(bench: Bench, children: Children, contestant: str, manner: str) -> tuple[Child, int]:
    """A chat or a broker; ncat's takes 100 clients unless it is told otherwise."""
    if contestant == C_BROKER:
        server = children.start([bench.tools.program("epoll_broker")], cpu=bench.server_cpu)
        return server, server.listening_port()
    if contestant == SOCKCTL:
        argv = [bench.tools.paths[SOCKCTL], "listen", "127.0.0.1:0", "--serve", manner]
        server = children.start(argv, cpu=bench.server_cpu)
        return server, server.listening_port()
    port = free_port()
    argv = [bench.tools.paths[NCAT], "-l", f"--{manner}", "-m", "500", "127.0.0.1", str(port)]
    server = children.start(argv, cpu=bench.server_cpu)
    server.wait_until_listening(port)
    return server, port


def ask_people(bench: Bench, children: Children, task: Sequence[object]) -> dict[str, float]:
    answered, answer = children.pipe()
    argv = [bench.tools.program("chat_client"), *map(str, task)]
    client = children.start(argv, stdout=answer, cpu=bench.client_cpu)
    line = read_line(answered)
    client.succeed()
    return json.loads(line)


def measure_chat(bench: Bench) -> None:
    sizes = bench.sizes

    def lines(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_room(bench, children, contestant, "chat")
            task = ("rounds", port, SPEAKERS, sizes.chat_rounds, SPEAKERS)
            return [ask_people(bench, children, task)["lines_per_second"]]

    def one_line(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_room(bench, children, contestant, "broker")
            task = ("rounds", port, sizes.chat_clients + 1, sizes.chat_rounds, 1)
            return [ask_people(bench, children, task)["median_us"] / 1e6]

    def flood(contestant: str) -> list[float]:
        with bench.children() as children:
            _, port = start_room(bench, children, contestant, "broker")
            task = ("flood", port, FLOOD_READERS, sizes.chat_bytes)
            return [sizes.chat_bytes / ask_people(bench, children, task)["seconds"] / MIB]

    def memory(contestant: str) -> list[float]:
        with bench.children() as children:
            server, port = start_room(bench, children, contestant, "chat")
            people = [join(port)]
            before = resident_kib(server)
            people += [join(port) for _ in range(sizes.chat_clients)]
            after = resident_kib(server)
            for one in people:
                one.close()
            return [(after - before) / sizes.chat_clients]

    bench.alternate(["chat-lines"], [SOCKCTL, NCAT], lines)
    bench.alternate(["chat-line"], [SOCKCTL, C_BROKER] * CLOSE, one_line)
    bench.alternate(["chat-flood"], [SOCKCTL, NCAT], flood)
    bench.alternate(["chat-memory"], [SOCKCTL], memory)


def join(port: int) -> socket.socket:
    """Somebody who has been greeted."""
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    if not one.recv(1 << 16):
        raise RunFailed("the server ended the connection")
    return one


def measure_gates(bench: Bench) -> None:
    """Connections opened and closed, with so many rules to look each peer up in, and without any."""
    rules = bench.tools.work / "allowed.txt"
    count = bench.sizes.gate_rules - 1
    networks = [f"10.{number >> 8 & 255}.{number & 255}.{number >> 15 & 254}/31" for number in range(count)]
    rules.write_text("\n".join([*networks, "127.0.0.0/8"]) + "\n")

    def run(contestant: str) -> list[float]:
        options = ["--allow-file", str(rules)] if contestant == SOCKCTL else []
        with bench.children() as children:
            argv = [bench.tools.paths[SOCKCTL], "listen", "127.0.0.1:0", "--serve", "echo", *options]
            server = children.start(argv, cpu=bench.server_cpu)
            task = ("accepts", server.listening_port(), bench.sizes.accepts, bench.sizes.accepts_at_a_time)
            answered, answer = children.pipe()
            client = children.start(
                [bench.tools.program("echo_client"), *map(str, task)], stdout=answer, cpu=bench.client_cpu)
            line = read_line(answered)
            client.succeed()
            return [json.loads(line)["accepts_per_second"]]

    bench.alternate(["gates"], [SOCKCTL, WITHOUT_RULES] * CLOSE, run)
    os.unlink(rules)

