"""What a run has to hold, and what it is called if it does not."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from faults.errnos import names_fault
from faults.fault import Fault
from faults.flow import State
from faults.run import ACCEPTS, Outcome

SURVIVED = "survived"
WITH_A_SENTENCE = "ended with a sentence"
TOLD = "went on and told"
NOT_MET = "survived, fault not met"
GOOD = (SURVIVED, WITH_A_SENTENCE, TOLD, NOT_MET)
CRASHES = {signal.SIGILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP, signal.SIGBUS, signal.SIGFPE}
STATUSES = {0, 1, *range(64, 79), 126, 127, *range(129, 193)}
SENTENCE = re.compile(r"^sockctl: \S", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """The class that a run falls into, and in a few words why."""

    kind: str
    why: str = ""

    @property
    def is_good(self) -> bool:
        return self.kind in GOOD


def judge(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> Verdict:
    """The first thing that does not hold, the worst first, or what kind of good end it was."""
    if outcome.killed_by in CRASHES:
        return Verdict("crash", signal.Signals(outcome.killed_by).name)
    if outcome.hung:
        return Verdict("hang", outcome.hung)
    for judgement in (of_bytes, of_status, of_what_is_left):
        if found := judgement(outcome, fault, texts):
            return found
    return good(outcome, fault, texts)


def good(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> Verdict:
    if outcome.status:
        return Verdict(WITH_A_SENTENCE)
    if is_told(outcome, fault, texts):
        return Verdict(TOLD)
    return Verdict(SURVIVED if fault is None or outcome.met(fault) else NOT_MET)


def of_bytes(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> Verdict | None:
    """Whether what came out is what went in, and whether somebody was told of what is missing."""
    for name, state, detail, _told in outcome.flows:
        if state is State.WRONG:
            return Verdict("wrong bytes", f"{name}: {detail}")
    if fault and fault.error == "EPIPE" and fault.call in ("write", "splice"):
        return None  # A reader of standard output that has gone is a quiet end.
    cut = [(name, detail) for name, state, detail, told in outcome.flows if state is State.CUT and not told]
    if cut and not outcome.status and not is_told(outcome, fault, texts):
        kind = "stall" if outcome.stalled else "silent loss"
        return Verdict(kind, "; ".join(f"{name}: {detail}" for name, detail in cut))
    missing = [(name, detail) for name, state, detail, _ in outcome.flows if state is State.CUT]
    if fault and fault.is_short and (outcome.status or missing):
        return Verdict("short count", f"status {outcome.status}; " + "; ".join(map(": ".join, missing)))
    if outcome.stalled and not waits_rightly(outcome, fault, texts):
        return Verdict("stall", ", ".join(outcome.stalled) + " waited in vain")
    return None


def is_told(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> bool:
    """Whether standard error has a sentence, or a report of an attempt that failed and is made again."""
    text = texts.get(fault.error) if fault else None
    return bool(SENTENCE.search(outcome.said) or (text and text in outcome.said))


def waits_rightly(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> bool:
    """Where accepting fails for good, or clients need each other, they wait, and the server has said why."""
    by_rule = outcome.hangs_together or (fault and fault.lasting and fault.call in ACCEPTS)
    return bool(by_rule and is_told(outcome, fault, texts))


def of_status(outcome: Outcome, fault: Fault | None, texts: Mapping[str, str]) -> Verdict | None:
    """Whether the status is one that is documented, and comes with a sentence that names what failed."""
    status = outcome.status
    if status not in STATUSES:
        return Verdict("status", f"{status} is not documented")
    if not status or (outcome.was_told and status == 128 + signal.SIGTERM):
        return None
    if status == 1 and outcome.result:
        return None
    if not SENTENCE.search(outcome.said):
        return Verdict("no sentence", f"status {status} and: {outcome.said.strip()[-120:]!r}")
    if fault and not fault.is_short and not names_fault(outcome.said, fault.call, texts.get(fault.error)):
        return Verdict("vague sentence", f"status {status} and: {outcome.said.strip()[-160:]!r}")
    return None


def of_what_is_left(outcome: Outcome, _: Fault | None, __: Mapping[str, str]) -> Verdict | None:
    if not outcome.left:
        return None
    kind = "flags changed" if all("flags" in one for one in outcome.left) else "left behind"
    return Verdict(kind, "; ".join(outcome.left))
