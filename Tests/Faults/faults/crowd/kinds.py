"""The servers that a crowd is let loose on: how each is started, and what its clients, good and bad, say to it."""

from __future__ import annotations

from dataclasses import dataclass

ANYWHERE = "127.0.0.1:0"
TARGET = "{target}"  # Stands for the address of a server of echoes.
LINE = "x" * 999 + "\n"
GET = "GET /time HTTP/1.1\r\nHost: a\r\n\r\n"
MUCH = "GET /bytes/1M HTTP/1.1\r\nHost: a\r\n\r\n"
TUNNEL = "CONNECT {target} HTTP/1.1\r\nHost: a\r\n\r\n"
LONG_GREETING = "\x05\xff" + "\x01" * 255  # Of SOCKS5, with as many methods as there can be.
RECORD = "\x16\x03\x01"  # The first bytes of a handshake of TLS.
LONG_HEAD = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x" * 5000


@dataclass(frozen=True)
class Kind:
    """One server. The texts are what those say who come and go, who are slow, who never read, and who just stay."""

    argv: tuple[str, ...]
    clients: str
    flood: str = LINE
    slow: str = LINE
    silent: str = LINE
    stay: str = LINE
    sends_on: bool = True  # Those who never read go on sending as long as it is taken.
    control: str = "epoll_echo"  # The least server that could take the same flood.
    is_wrong: bool = False  # It is a C program of ours that is to be found out.

    @property
    def has_target(self) -> bool:
        return self.control == "epoll_forward"

    @property
    def is_tls(self) -> bool:
        return self.clients == "tls"


KINDS = {
    "echo": Kind(("listen", "-k", "--serve", "echo", ANYWHERE), "echo"),
    "discard": Kind(("listen", "-k", "--serve", "discard", ANYWHERE), "discard", sends_on=False),
    "chargen": Kind(("listen", "-k", "--serve", "chargen", ANYWHERE), "chargen", sends_on=False),
    "forward": Kind(("forward", ANYWHERE, TARGET), "echo", control="epoll_forward"),
    "http-serve": Kind(("http-serve", ANYWHERE), "http", flood=GET, slow=LONG_HEAD, silent=MUCH, stay=GET),
    "tls": Kind(("listen", "-k", "--tls", "--serve", "echo", ANYWHERE), "tls", stay=RECORD, control="tls_server"),
    "proxy": Kind(
        ("listen", "--serve", "proxy", "--target-allow", "127.0.0.1", ANYWHERE), "proxy",
        flood=TUNNEL, slow=LONG_GREETING, silent=TUNNEL + LINE, stay=TUNNEL, control="epoll_forward"),
}


def wrong(fault: str) -> Kind:
    """The server of echoes in C that is wrong in one way (see wrong.c)."""
    return Kind((fault,), "echo", is_wrong=True)
