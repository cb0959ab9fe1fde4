"""What is compared with what, and what must hold."""

from __future__ import annotations

from harness.bench import Series
from harness.chat import C_BROKER, WITHOUT_RULES
from harness.contestants import (
    AB, C_BLOCKING, C_CONNECTS, C_EPOLL, C_MMSG, C_SCAN, C_SPLICE, C_TLS_PAIR, C_TLS_SERVER, CURL, IPERF3, NC, NCAT,
    NMAP, OPENSSL, PLAIN, SOCAT, SOCAT_LARGE, SOCKCTL, SOCKCTL_DIAL, WRK,
)
from harness.forward import C_COPY, C_SPLICING, HAPROXY
from harness.relay import LINE
from harness.table import (
    COUNT, CPU, MEMORY, MICROSECONDS, MILLISECONDS, PER_SECOND, RATE, TIMERS, TIMES, Goal, Of, Row, at_least, at_most,
)
from harness.web import LIGHTTPD, NGINX

GOALS = (
    Goal("start", "start", MILLISECONDS, NCAT, at_most(1)),
    Goal("start", "start", MILLISECONDS, SOCAT, at_most(1)),
    Goal("start", "start", MILLISECONDS, NC, at_most(2)),
    Goal("bulk", "pipe to TCP to pipe", RATE, NC, at_least(2)),
    Goal("bulk", "pipe to TCP to pipe", RATE, NCAT, at_least(2.5)),
    Goal("bulk", "pipe to TCP to pipe", RATE, SOCAT, at_least(2.5)),
    Goal("bulk", "pipe to TCP to pipe", RATE, SOCAT_LARGE),
    Goal("bulk", "pipe to TCP to pipe", RATE, C_SPLICE, at_least(1)),
    Goal("bulk-cpu", "CPU time for it", CPU, NC, at_most(0.65)),
    Goal("bulk-cpu", "CPU time for it", CPU, C_SPLICE, at_most(1.1)),
    Goal("file", "file to TCP to /dev/null", RATE, NC, at_least(2)),
    Goal("file", "file to TCP to /dev/null", RATE, NCAT),
    Goal("file", "file to TCP to /dev/null", RATE, SOCAT),
    Goal("file", "file to TCP to /dev/null", RATE, SOCAT_LARGE),
    Goal("file", "file to TCP to /dev/null", RATE, IPERF3, at_least(1)),
    Goal("file", "file to TCP to /dev/null", RATE, C_SPLICE, at_least(1)),
    Goal("file-cpu", "CPU time for it", CPU, IPERF3),
    Goal("file-cpu", "CPU time for it", CPU, C_SPLICE, at_most(1.1)),
    Goal("disk", "TCP to a file on a disk", RATE, C_SPLICE, at_least(0.95)),
    Goal("both", "pipes to TCP to pipes, both ways at once", RATE, C_SPLICE, at_least(0.95)),
    *(
        Goal(f"copying-{name}", f"pipe to TCP to pipe, {title}", RATE, SOCAT_LARGE, at_least(1))
        for name, title in (
            ("x", "-x /dev/null"),
            ("o", "-o /dev/null"),
            ("rate", "--rate 10G"),
            ("v", "-v"),
            ("frame", f"--frame line, of {LINE} bytes"),
        )
    ),
    Goal("echo-1", "echo, 1 connection", PER_SECOND, C_EPOLL, at_least(0.97)),
    Goal("echo-1-one-cpu", "the same, both on one CPU", PER_SECOND, C_EPOLL, at_least(0.95)),
    Goal("echo-100", "echo, 100 connections", PER_SECOND, C_EPOLL, at_least(0.95)),
    Goal("echo-100-one-cpu", "the same, both on one CPU", PER_SECOND, C_EPOLL, at_least(0.95)),
    *(
        goal
        for series, title in (("1000", "1,000"), ("10000", "10,000"))
        for goal in (
            Goal(f"active-{series}", f"echo, {title} connections", PER_SECOND, C_EPOLL, at_least(0.9)),
            Goal(f"active-{series}-p99", "p99 of their round trips", MILLISECONDS, C_EPOLL, at_most(1.2)),
        )
    ),
    Goal("busy-1", "echo, 1 connection, --busy-poll 50us", PER_SECOND, C_EPOLL, at_least(2.5)),
    Goal("busy-1-cpu", "the server's CPU for a round trip", MICROSECONDS, C_EPOLL, at_most(1)),
    Goal("busy-1-alone", "the same, with a client that sleeps", PER_SECOND, C_EPOLL),
    Goal("busy-1-one-cpu", "the same, both on one CPU", PER_SECOND, C_EPOLL, at_least(0.95)),
    Goal("busy-100", "echo, 100 connections, --busy-poll 50us", PER_SECOND, PLAIN, at_least(0.98)),
    Goal("busy-100-cpu", "the server's CPU for a round trip", MICROSECONDS, PLAIN),
    Goal("client", "dial --send --count, round trips", PER_SECOND, C_BLOCKING, at_least(1)),
    Goal("client-one-cpu", "the same, both on one CPU", PER_SECOND, C_BLOCKING, at_least(1)),
    Goal("idle-threads", "idle connections: threads", COUNT, C_EPOLL, at_most(1), Of.FIGURE),
    Goal("idle-memory", "memory for one of them", MEMORY, C_EPOLL, at_most(2.5), Of.FIGURE),
    Goal("idle-round-trip", "round trip beside them", TIMES, C_EPOLL, at_most(1.2), Of.FIGURE),
    Goal("quiet-calls", "system calls of 1,000 idle connections", COUNT, C_EPOLL, at_most(0), Of.FIGURE),
    Goal("quiet-cpu", "CPU of them, in 10 s", MILLISECONDS, C_EPOLL, at_most(0), Of.FIGURE),
    Goal("accepts", "accepts", PER_SECOND, C_EPOLL, at_least(1.1)),
    Goal("timeout-cpu", "CPU for an echo with --read-timeout", MICROSECONDS, PLAIN, at_most(1.03)),
    Goal("limits-threads", "connections with limits: threads", COUNT, PLAIN, at_most(1), Of.FIGURE),
    Goal("limits-memory", "memory for one of them", MEMORY, PLAIN, at_most(3.2), Of.FIGURE),
    Goal("limits-timers", "timer calls for one of them", TIMERS, PLAIN, at_most(0.05), Of.FIGURE),
    Goal("web-time", "http-serve /time, 64 connections", PER_SECOND, NGINX, at_least(0.9)),
    Goal("web-tail", "its p99 latency over its median", TIMES, NGINX, at_most(3), Of.FIGURE),
    Goal("web-small", "http-serve, 1 KiB file", PER_SECOND, NGINX, at_least(1.2)),
    Goal("web-small", "http-serve, 1 KiB file", PER_SECOND, LIGHTTPD),
    Goal("web-large", "http-serve, 256 MiB file to curl", RATE, NGINX, at_least(0.95)),
    Goal("web-large", "http-serve, 256 MiB file to curl", RATE, LIGHTTPD),
    Goal("web-idle", "memory for an idle kept connection", MEMORY, NGINX, at_most(2.5), Of.FIGURE),
    Goal("submits", "dial --submit, 64 bytes each", PER_SECOND, "", at_least(100_000), Of.FIGURE),
    *(
        Goal(f"udp-{way}-{size}", f"datagrams {title}, {name}", PER_SECOND, beside, limit)
        for way, title, others in (
            ("recv", "received without loss", (NC, NCAT, SOCAT)),
            ("send", "sent", (SOCAT,)),
        )
        for size, name in ((1, "1 byte"), (100, "100 bytes"), (1400, "1,400 bytes"))
        for beside, limit in (
            (C_MMSG, at_least(0.9)),
            *((peer, at_least(1)) for peer in others),
            *([(IPERF3, at_least(1))] if size >= 16 else []),
        )
    ),
    Goal("udp-idle-cpu", "CPU of an idle receiver, 1 s", MILLISECONDS, C_MMSG, at_most(1e-5), Of.FIGURE),
    Goal("backlog", "fill an accept queue", MILLISECONDS, C_CONNECTS, at_most(1.5)),
    Goal("http-process", "http-get of a small page", MILLISECONDS, CURL, at_most(1)),
    Goal("http-kept", "the next on the same connection", MICROSECONDS, CURL, at_most(0.5)),
    Goal("http-load", "http-get --parallel 50", PER_SECOND, WRK, at_least(0.7)),
    Goal("http-load", "http-get --parallel 50", PER_SECOND, AB),
    Goal("scan", "dial -z, 65,535 ports", MILLISECONDS, C_SCAN, at_most(1.2)),
    Goal("scan", "dial -z, 65,535 ports", MILLISECONDS, NMAP, at_most(1)),
    Goal("scan", "dial -z, 65,535 ports", MILLISECONDS, NC, at_most(1)),
    Goal("scan-silent", "dial -z of a silent host, over its least time", TIMES, "", at_most(1.3), Of.FIGURE),
    Goal("chat-lines", "chat: lines delivered, 100 people", PER_SECOND, NCAT, at_least(3)),
    Goal("chat-line", "broker: a line to 1,000", MILLISECONDS, C_BROKER, at_most(1.25)),
    Goal("chat-flood", "broker: 100 MiB to 9, beside one that never reads", RATE, NCAT, at_least(1), Of.FIGURE),
    Goal("chat-memory", "chat: memory of somebody silent", MEMORY, "", at_most(8), Of.FIGURE),
    Goal("exec-true", "listen -e true, connections", PER_SECOND, SOCAT, at_least(1.6)),
    Goal("exec-true", "listen -e true, connections", PER_SECOND, NCAT),
    Goal("exec-cat", "listen -e cat, there and back", RATE, SOCAT, at_least(1.5)),
    Goal("exec-cat", "listen -e cat, there and back", RATE, SOCAT_LARGE),
    Goal("gates", "accepts with 10,000 rules", PER_SECOND, WITHOUT_RULES, at_least(0.95)),
    Goal("forward-bulk", "forward, 1 GiB", RATE, C_SPLICING, at_least(0.95)),
    Goal("forward-bulk", "forward, 1 GiB", RATE, C_COPY, at_least(0.95)),
    Goal("forward-bulk", "forward, 1 GiB", RATE, HAPROXY, at_least(1.2)),
    Goal("forward-bulk", "forward, 1 GiB", RATE, SOCAT, at_least(1.8)),
    Goal("forward-bulk", "forward, 1 GiB", RATE, SOCAT_LARGE),
    Goal("forward-bulk-cpu", "CPU time for it", CPU, C_SPLICING, at_most(1.15)),
    Goal("forward-latency0", "forward --fault latency=0, 1 GiB", RATE, PLAIN, at_least(0.97)),
    Goal("forward-1", "forward, a round trip of 64 bytes", MICROSECONDS, C_COPY, at_most(5e-6), Of.DIFFERENCE),
    Goal("forward-1", "forward, a round trip of 64 bytes", MICROSECONDS, HAPROXY),
    Goal("forward-1", "forward, a round trip of 64 bytes", MICROSECONDS, SOCAT),
    Goal("forward-100", "forward, round trips on 100 connections", PER_SECOND, C_COPY, at_least(0.95)),
    Goal("forward-100", "forward, round trips on 100 connections", PER_SECOND, HAPROXY),
    Goal("forward-accepts", "forward, connections", PER_SECOND, HAPROXY, at_least(0.8)),
    Goal("forward-accepts", "forward, connections", PER_SECOND, C_COPY),
    Goal("forward-memory", "forward, memory for an idle pair", MEMORY, HAPROXY, at_most(4), Of.FIGURE),
    Goal("forward-descriptors", "forward, descriptors for an idle pair", COUNT, HAPROXY, at_most(2), Of.FIGURE),
    Goal("tls-bulk", "TLS, 1 GiB from a file to /dev/null", RATE, C_TLS_PAIR, at_least(0.9)),
    *(
        Goal("tls-bulk", "TLS, 1 GiB from a file to /dev/null", RATE, peer, at_least(1))
        for peer in (NCAT, SOCAT, SOCAT_LARGE, OPENSSL)
    ),
    Goal("tls-bulk-cpu", "CPU time for it", CPU, C_TLS_PAIR),
    *(
        goal
        for series, title in (("tls-full", "TLS handshakes"), ("tls-resumed", "TLS handshakes, resumed"))
        for goal in (
            Goal(series, f"{title}, both on one CPU", PER_SECOND, C_TLS_SERVER, at_least(0.85)),
            Goal(f"{series}-cpu", "the server's CPU for one", MICROSECONDS, C_TLS_SERVER),
        )
    ),
    Goal("tls-get", "http-get of https://, one authority trusted", MILLISECONDS, CURL),
    Goal("tls-get-store", "the same, a system's store trusted", MILLISECONDS, CURL, at_most(0.5)),
    Goal("tls-idle", "memory for an idle TLS connection", MEMORY, C_TLS_SERVER, at_most(20), Of.FIGURE),
    Goal("tls-web", "http-serve --tls /time, 64 connections", PER_SECOND, NGINX, at_least(0.7)),
    Goal("writeblock", "write-block-probe, 1 GiB", RATE, SOCKCTL_DIAL, at_least(0.8)),
)


def rows(results: dict[str, Series]) -> list[Row]:
    """The rows of the measures that were made."""
    return [Row(goal, results[goal.series]) for goal in GOALS if goal.series in results]
