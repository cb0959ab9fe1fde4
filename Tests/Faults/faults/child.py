"""One process: started in a session of its own, waited for with a limit, never left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LISTENING = re.compile(r"[Ll]istening on (?:.*?(?:127\.0\.0\.1|localhost)[: ](\d+)|(\S+))")
MARK = "SOCKCTL_SWEEP_RUN"


class Child:
    """A program whose standard error goes to a file, from which its `listening on` line is learned."""

    def __init__(
        self, argv: Sequence[str], log: Path, mark: str, folder: Path, settings: Mapping[str, str],
        stdin: int | None = None, stdout: int | None = None,
    ) -> None:
        self.argv, self.log = list(argv), log
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=subprocess.DEVNULL if stdout is None else stdout,
                stderr=errors,
                cwd=folder,
                env={**os.environ, **settings, MARK: mark, "LC_ALL": "C"},
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def status(self) -> int | None:
        """The status as a shell has it: 128 and the signal's number for one that a signal ended."""
        code = self.process.poll()
        return 128 - code if code is not None and code < 0 else code

    @property
    def killed_by(self) -> int | None:
        """The signal that ended the process, if one did."""
        code = self.process.poll()
        return -code if code is not None and code < 0 else None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self, seconds: float) -> bool:
        """Whether the process has ended within the time."""
        try:
            self.process.wait(max(seconds, 0.001))
        except subprocess.TimeoutExpired:
            return False
        return True

    def says(self, words: str, count: int, seconds: float) -> bool:
        """Whether it comes to say something so many times within the time."""
        limit = time.monotonic() + seconds
        while self.said().count(words) < count:
            if not self.running or time.monotonic() > limit:
                return False
            time.sleep(0.002)
        return True

    def place(self, seconds: float) -> str | None:
        """The port or path in the `listening on` line; none if the process ended, or the time passed, without one."""
        limit = time.monotonic() + seconds
        while True:
            running = self.running
            if found := LISTENING.search(self.said()):
                return found.group(1) or found.group(2)
            if not running or time.monotonic() > limit:
                return None
            time.sleep(0.002)

    def signal(self, number: int) -> None:
        if self.running:
            self.process.send_signal(number)

    def kill(self) -> None:
        """Ends the process and all that it started and that is still in its session's group."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def marked(mark: str) -> dict[int, str]:
    """The processes of this machine that carry the mark of a run, with the command line of each."""
    wanted = f"{MARK}={mark}".encode() + b"\0"
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            if wanted in Path(entry.path, "environ").read_bytes() and not ended(entry.path):
                found[int(entry.name)] = Path(entry.path, "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def ended(entry: str) -> bool:
    """Whether a process is a zombie, which is whoever has yet to wait for it's to clear away."""
    return Path(entry, "stat").read_bytes().rpartition(b")")[2].split()[0] in (b"Z", b"X")
