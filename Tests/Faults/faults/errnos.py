"""How the program says each error, so that a report can be held against the error that it was given."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r'\((E[A-Z0-9]+), "\1", "([^"]+)"\)')

# What the program calls a call where that is not the kernel's own name for it.
OTHER_NAMES = {
    "accept4": ("accept",),
    "epoll_create1": ("epoll",),
    "eventfd2": ("eventfd",),
    "newfstatat": ("stat",),
    "openat": ("open",),
    "openat2": ("open",),
    "pipe2": ("pipe",),
    "posix_spawn": ("start",),
    "pread64": ("read",),
    "readlinkat": ("open",),
    "renameat2": ("rename",),
    "signalfd4": ("signalfd",),
}


def texts(source: Path) -> dict[str, str]:
    """The texts by the errors' names, as they stand in Errno.swift."""
    return dict(ROW.findall(source.read_text()))


def names_fault(said: str, call: str, text: str | None) -> bool:
    """Whether what was said tells of the fault, by its call's name or by its error's text."""
    names = (call, *OTHER_NAMES.get(call, ()))
    return bool(text and text in said) or any(re.search(rf"\b{name}\b", said) for name in names)
