"""Which open cases a year's holiday notice can touch, and how far the batch that tells them has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, or_, select, true

from ledger.readers.paging import Found
from ledger.sessions import ReadSession
from ledger.tables import case_clocks, cases, enterprises


async def cases_reaching(
    session: ReadSession, district_id: str | None, since: date, after: str, limit: int
) -> Sequence[Found]:
    """At most ``limit`` open cases beyond the id ``after`` with a deadline that is provisional or lies on ``since`` or
    later; of every district when none is named. In order of id, with snapshot and the enterprise's name."""
    reaching = exists().where(
        case_clocks.c.case_id == cases.c.case_id,
        or_(case_clocks.c.provisional, case_clocks.c.last_day >= since),
    )
    wanted = (
        select(
            cases.c.case_id,
            cases.c.number,
            cases.c.policy_version,
            cases.c.opened_at,
            cases.c.doc,
            cases.c.enterprise_id,
            enterprises.c.name.label("enterprise"),
        )
        .join_from(cases, enterprises, enterprises.c.enterprise_id == cases.c.enterprise_id)
        .where(
            cases.c.closed_at.is_(None),
            cases.c.case_id > after,
            cases.c.district_id == district_id if district_id is not None else true(),
            reaching,
        )
        .order_by(cases.c.case_id)
        .limit(limit)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
