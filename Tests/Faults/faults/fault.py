"""A fault as the environment gives it to the program: which call, which error, which of its calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from faults.calls import SHORT

FORM = re.compile(r"([a-z0-9_]+):([A-Z0-9]+|short):(\d+)(\+?)")


@dataclass(frozen=True)
class Fault:
    call: str
    error: str
    first: int
    lasting: bool

    @classmethod
    def parse(cls, text: str) -> Fault:
        found = FORM.fullmatch(text)
        if not found:
            raise ValueError(f"no fault: {text} (it is CALL:ERRNO:N or CALL:ERRNO:N+)")
        return cls(found[1], found[2], int(found[3]), bool(found[4]))

    @property
    def is_short(self) -> bool:
        return self.error == SHORT

    def __str__(self) -> str:
        return f"{self.call}:{self.error}:{self.first}{'+' if self.lasting else ''}"
