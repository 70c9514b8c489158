"""Comparing a rehearsal with what really happened: (Shanghai day, event) in order, and who was told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.actors import ROLE_LABELS, Role
from models.batch import LedgerEntry
from models.rehearsal import HappeningKind, Rehearsal
from rehearsal.telling import keys_of
from tests.builders import SHANGHAI

Line = tuple[str, str, tuple[str, ...]]
BESIDE = {HappeningKind.STATE, HappeningKind.NOTICE, HappeningKind.REFUSED_ANSWER}
"""Happenings that are not entries of the ledger."""


def day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def told_lines(told: Rehearsal) -> list[Line]:
    """What the rehearsal says the ledger would hold; several clocks missed at once are one entry."""
    lines: list[Line] = []
    for happening in (one for day_ in told.days for one in day_.happenings if one.kind not in BESIDE):
        line = (day(happening.at), str(happening.event), happening.keys)
        missed = happening.event == "clocks_missed" and lines and lines[-1][:2] == line[:2]
        if missed:
            lines[-1] = (*line[:2], (*lines[-1][2], *line[2]))
        else:
            lines.append(line)
    return lines


def real_lines(entries: Iterable[Any], after: int) -> list[Line]:
    """What the ledger holds beyond ``after``."""
    return [
        (
            day(entry.at),
            entry.event,
            keys_of(LedgerEntry.model_validate(dict(_fields(entry)))),
        )
        for entry in entries
        if entry.seq > after
    ]


def _fields(entry: Any) -> Iterable[tuple[str, Any]]:
    return ((name, getattr(entry, name)) for name in ("case_id", "seq", "event", "at", "data"))


def audiences(told: Rehearsal) -> list[tuple[str, str, tuple[str, ...]]]:
    """(day, event, roles told) for every sending of the rehearsal."""
    sent = {HappeningKind.NOTICE, HappeningKind.REMINDED, HappeningKind.DIGEST}
    return [
        (day(one.at), str(one.event), tuple(sorted(label.zh for label in one.to)))
        for day_ in told.days
        for one in day_.happenings
        if one.kind in sent and one.to
    ]


def role_zh(role: str) -> str:
    return ROLE_LABELS[Role(role)][0]
