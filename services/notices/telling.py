"""What somebody is told outside the house: their notices as their own console shows them at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.credentials import by_user_id
from ledger.readers.notices import select_notices
from ledger.sessions import Database, Scope
from models.deliveries import Line
from services.notices.reads import kinds_in
from services.notices.views import NoticeView, notice_view


async def lines_for(
    database: Database, user_id: str, notice_ids: Sequence[str], now: datetime
) -> Sequence[Line] | None:
    """The unread ones of these notices, with the eyes of the person they are for; None when nobody has that account."""
    account = await by_user_id(database, user_id, now)
    if account is None:
        return None
    scope = Scope.of(account.actor)
    wanted = select_notices(scope, unread=True, among=notice_ids)
    async with database.read(scope) as session:
        rows = (await session.execute(wanted)).all()
        kinds = await kinds_in(session, scope, rows)
    return [line_of(notice_view(row, kinds)) for row in rows]


def line_of(one: NoticeView) -> Line:
    """A notice as a message says it."""
    return Line(
        notice_id=one.notice_id,
        kind=one.kind,
        label=one.label,
        number=one.number,
        title=one.title,
        clock=one.clock_label,
        due_at=one.due_at,
        at=one.at,
        path=path_of(one),
    )


def path_of(one: NoticeView) -> str:
    """Where the console shows what it is about; of an old ledger, each reader what they may see of it."""
    if one.import_id:
        return "/notices"
    if one.finding_id:
        return f"/selfchecks/findings/{one.finding_id}"
    if one.transfer_id:
        return "/transfers?state=overdue"
    measure = f"/measures/{one.measure_id}" if one.measure_id else ""
    return f"/cases/{one.case_id}{measure}" if one.case_id else f"/enterprises/{one.enterprise_id}"
