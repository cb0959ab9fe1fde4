"""User-space instructions of a program, counted by valgrind: they do not depend on what else the machine does."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.children import Child, Children, RunFailed

ENDS_WITHIN = 60.0
# The C library's plainest loops: which others it takes depends on the processor, and one that repeats an instruction
# for each byte (ERMS, FSRM) is counted a byte.
PLAIN_LOOPS = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-ERMS,-FSRM"
COUNTED = re.compile(r"I +refs: +([\d,]+)")


@dataclass(frozen=True)
class Counted:
    """A program that runs under callgrind."""

    child: Child

    @classmethod
    def start(
        cls, children: Children, argv: Sequence[str], stdin: int | None = None, stdout: int | None = None
    ) -> Counted:
        env, valgrind = shutil.which("env"), shutil.which("valgrind")
        if env is None or valgrind is None:
            raise RunFailed("valgrind is not installed")
        command = [env, PLAIN_LOOPS, valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *argv]
        return cls(children.start(command, stdin=stdin, stdout=stdout))

    def rest(self) -> None:
        """Waits until it sleeps. What is sent before that may spare it a wait, or not: here it never does."""
        seen, limit = 0, time.monotonic() + ENDS_WITHIN
        while seen < 2:
            state = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()[0]
            seen = seen + 1 if state == "S" else 0
            if state == "Z" or time.monotonic() > limit:
                raise RunFailed(f"it does not come to rest: {self.child.last_words()}")

    def instructions(self, end: bool = False) -> int:
        """The count at its end, which it comes to itself or is asked for."""
        if end:
            os.kill(self.child.pid, signal.SIGTERM)
        self.child.wait(ENDS_WITHIN)
        found = COUNTED.search(self.child.log.read_text(errors="replace"))
        if not found:
            raise RunFailed(f"valgrind gave no count: {self.child.last_words()}")
        return int(found.group(1).replace(",", ""))
