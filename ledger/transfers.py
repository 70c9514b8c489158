"""What was handed to other departments, and what they answered, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import transfers


async def add(
    session: WriteSession,
    scope: Scope,
    transfer_id: str,
    about: Mapping[str, str],
    told: Mapping[str, Any],
    at: datetime,
) -> None:
    """Keep a letter to another department: what it is ``about``, and what was ``told``."""
    sent = {"sent_at": at, "sent_by": scope.user_id, "district_id": scope.district_id}
    await session.execute(insert(transfers).values(transfer_id=transfer_id, **about, **told, **sent))


def listed(
    scope: Scope, *, answered: bool | None, due_before: date | None, case_id: str | None = None
) -> Select[Any]:
    """The transfers of the district: those still to be answered by the day asked for, the others the latest first."""
    wanted = select(transfers).where(scope.where(transfers))
    if case_id is not None:
        wanted = wanted.where(transfers.c.case_id == case_id)
    if answered is not None:
        none = transfers.c.answered_on.is_(None)
        wanted = wanted.where(~none if answered else none)
    if due_before is not None:
        wanted = wanted.where(transfers.c.answer_by < due_before)
    if answered is False:
        return wanted.order_by(transfers.c.answer_by, transfers.c.transfer_id)
    return wanted.order_by(transfers.c.sent_at.desc(), transfers.c.transfer_id.desc())


async def find(session: ReadSession, scope: Scope, transfer_id: str) -> Found | None:
    """One transfer of the district."""
    wanted = select(transfers).where(transfers.c.transfer_id == transfer_id, scope.where(transfers))
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def answered(
    session: WriteSession, scope: Scope, transfer_id: str, *, on: date, text: str, at: datetime
) -> bool:
    """Record the answer of the department; False when one is there already."""
    open_ = (
        transfers.c.transfer_id == transfer_id,
        transfers.c.answered_on.is_(None),
        scope.where(transfers),
    )
    told = {"answer": text, "answered_on": on, "recorded_at": at, "recorded_by": scope.user_id}
    done = update(transfers).where(*open_).values(**told).returning(transfers.c.transfer_id)
    return await session.scalar(done) is not None
