"""What sockctl said, as objects or as sentences, brought to the same names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

DROPPED = re.compile(
    r"^(?:(?P<bytes>\d+) of (?P<sent>\d+) bytes of standard input (?P<what>cannot have arrived|were not acknowledged"
    r"(?: in time)?)(?:; (?P<unsent>\d+) of them cannot have arrived)?"
    r"(?P<rest>; whether the peer read the others is not known)?"
    r"|all (?P<all>\d+) bytes sent were acknowledged; whether the peer read them is not known"
    r"|whether the peer read the (?P<unknown>\d+) bytes sent is not known)(?P<open>; standard input had not ended)?$",
    re.MULTILINE)
LOST = re.compile(
    r"^disconnected from .*\n(?:(?P<account>.*bytes? (?:sent|kept).*)\n)?", re.MULTILINE)
RISK = re.compile(r"(\d+) of (\d+) bytes sent may be lost")
ALL = re.compile(r"all (\d+) bytes sent were acknowledged")
UNKNOWN = re.compile(r"whether the peer read the (\d+) bytes sent is not known")
MORE = re.compile(r"at most (\d+) more were acknowledged and perhaps never read")
KEPT = re.compile(r"(\d+) bytes? kept for the next connection")


@dataclass
class Words:
    """The reports of one program."""

    text: str
    is_json: bool
    events: list[dict[str, Any]] = field(default_factory=list)
    broken: str = ""

    @classmethod
    def parse(cls, text: str, is_json: bool) -> Words:
        words = cls(text, is_json)
        if not is_json:
            words.events = [*map(dropped, DROPPED.finditer(text)), *map(disconnected, LOST.finditer(text))]
            if "sockctl: " in text:
                words.events.append({"event": "failed"})
            if "standard input had not" in text and "the peer had ended;" in text:
                words.events.append({"event": "input-unfinished"})
            return words
        for line in text.splitlines():
            try:
                words.events.append(json.loads(line))
            except ValueError:
                if not line.startswith("sockctl: warning"):
                    words.broken = line
        return words

    def all(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("event") == name]

    def last(self, name: str) -> dict[str, Any] | None:
        return (self.all(name) or [None])[-1]


def dropped(found: re.Match[str]) -> dict[str, Any]:
    """The figures of the sentence on a failure."""
    event: dict[str, Any] = {"event": "input-dropped"}
    if found["unknown"]:
        return event | {"bytes_sent": int(found["unknown"])}
    if found["all"]:
        return event | {"bytes": 0, "bytes_sent": int(found["all"]), "bytes_unsent": 0}
    lost = int(found["bytes"])
    unsent = lost if found["what"] == "cannot have arrived" else int(found["unsent"] or 0)
    if found["rest"]:
        return event | {"bytes_sent": int(found["sent"]), "bytes_unsent": lost}
    event |= {"bytes": lost, "bytes_sent": int(found["sent"])}
    # After a time-out the part is not told.
    return event if "in time" in found["what"] else event | {"bytes_unsent": unsent}


def disconnected(found: re.Match[str]) -> dict[str, Any]:
    """The figures of the sentence on a connection that is dialled again."""
    event: dict[str, Any] = {"event": "disconnected", "bytes_kept": 0, "bytes_sent": 0}
    account = found["account"] or ""
    if risk := RISK.search(account):
        event |= {"bytes_at_risk": int(risk[1]), "bytes_sent": int(risk[2]), "bytes_perhaps_unread": 0}
    elif all_of := ALL.search(account):
        event |= {"bytes_at_risk": 0, "bytes_sent": int(all_of[1])}
    elif unknown := UNKNOWN.search(account):
        event |= {"bytes_sent": int(unknown[1])}
    if more := MORE.search(account):
        event["bytes_perhaps_unread"] = int(more[1])
    if kept := KEPT.search(account):
        event["bytes_kept"] = int(kept[1])
    return event
