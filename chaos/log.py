"""The client log: what was asked and what was answered, on disk before anything follows from it.

One JSON object a line. ``sent`` stands there before the request leaves, ``done`` before the client goes on. Times are
seconds of one clock that never goes back.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACKED, REFUSED, UNKNOWN = "acked", "refused", "unknown"
"""Answers to a command: it took effect; it did not; nobody said."""


class ClientLog:
    """Append-only and fsynced line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.acks = 0

    def write(self, kind: str, **told: Any) -> float:
        """Write one record; its time."""
        at = time.monotonic()
        line = json.dumps({"kind": kind, "at": at, **told}, ensure_ascii=False, separators=(",", ":"))
        os.write(self._file, line.encode() + b"\n")
        os.fsync(self._file)
        if kind == "done" and told["status"] == ACKED:
            self.acks += 1
        return at

    def close(self) -> None:
        """No more records."""
        os.close(self._file)


@dataclass(frozen=True, slots=True)
class Sent:
    """One command of the log. ``first`` and ``last`` are the entries it was told it wrote; None when not told."""

    key: str
    actor: str
    case: str
    command: str
    sent_at: float
    command_id: str
    part: int | None = None
    status: str = UNKNOWN
    acked_at: float | None = None
    http: int | None = None
    code: str = ""
    first: int | None = None
    last: int | None = None
    events: tuple[str, ...] = ()
    attempts: int = 0
    expected: bool = True
    outside: bool = False
    """Whether the asker counts a case's entries from when they were told of it, as the API numbers them for outsiders."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One ``kill -9``; ``back_at`` when the supervisor had started the part again."""

    part: str
    at: float


def records(path: Path) -> list[dict[str, Any]]:
    """Every record of a log."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
