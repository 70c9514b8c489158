"""Telling of days that have passed outside every case: the row remembers it, so each is told of once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, select, update

from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from ledger.tables import notices, self_findings, transfers, users
from models.actors import Role
from models.passeddays import PassedDay, ended_at, told_of_answer_day, told_of_own_day
from models.selfchecks import FindingState

_NOTICES = uuid.UUID("3d0c6b3f-91c4-5a53-8a2c-6f1d1c7c51b7")
_finding, _transfer = self_findings.c, transfers.c


async def tell_passed(session: WriteSession, today: date, at: datetime, most: int) -> int:
    """Tell of up to ``most`` of either kind of day that came before ``today``; how many there were."""
    open_ones = (_finding.state == FindingState.OPEN.value) & (_finding.due_on < today)
    findings = await _taken(session, self_findings, _finding.finding_id, open_ones, at, most)
    unanswered = _transfer.answered_on.is_(None) & (_transfer.answer_by < today)
    letters = await _taken(session, transfers, _transfer.transfer_id, unanswered, at, most)
    wanted = select(users.c.user_id, users.c.role).where(
        users.c.user_id.in_({row.sent_by for row in letters})
    )
    roles = {row.user_id: Role(row.role) for row in await session.execute(wanted)}
    told = [one for row in findings for one in _of_own_day(row, at)]
    told += [one for row in letters for one in _of_answer_day(row, roles, at)]
    if told:
        await session.execute(insert(notices), told)
    return len(findings) + len(letters)


async def _taken(
    session: WriteSession, table: Table, key: Any, passed: ColumnElement[bool], at: datetime, most: int
) -> list[Found]:
    """The rows nobody was told of yet, marked as told; another worker's are passed over."""
    mine = select(key).where(passed, table.c.overdue_told_at.is_(None)).order_by(key).limit(most)
    marked = update(table).where(key.in_(mine.with_for_update(skip_locked=True))).values(overdue_told_at=at)
    return [*await session.execute(marked.returning(*table.c))]


def _of_own_day(row: Found, at: datetime) -> Iterator[Mapping[str, Any]]:
    told = {
        "about_finding_id": row.finding_id,
        "figures": {"title": row.title},
        "due_at": ended_at(row.due_on),
    }
    for role in told_of_own_day():
        yield _notice(PassedDay.OWN, row, row.finding_id, role, None, at) | told


def _of_answer_day(row: Found, roles: Mapping[str, Role], at: datetime) -> Iterator[Mapping[str, Any]]:
    said = {"title": row.title, "to": row.to_department}
    told = {"about_transfer_id": row.transfer_id, "figures": said, "due_at": ended_at(row.answer_by)}
    sender = roles.get(row.sent_by, Role.SECTION_HEAD)  # of somebody unknown here the section heads alone
    for role, person in told_of_answer_day(sender, row.sent_by).items():
        yield _notice(PassedDay.ANSWER, row, row.transfer_id, role, person, at) | told


def _notice(
    kind: PassedDay, row: Found, about: str, role: Role, person: str | None, at: datetime
) -> dict[str, Any]:
    return {
        "notice_id": str(uuid.uuid5(_NOTICES, f"{about}/{role}")),
        "kind": kind.value,
        "seq": 0,
        "district_id": row.district_id,
        "audience_role": role.value,
        "user_id": person,
        "enterprise_id": row.enterprise_id if role is Role.ENTERPRISE else None,
        "at": at,
    }
