"""Marking notices read."""

from __future__ import annotations

from ledger import claims
from ledger.readers.notices import find_notice, mark_read
from services.asking import Asking, Done
from services.missing import missing
from services.notices.reads import kinds_in
from services.notices.views import NoticesRead, NoticesSeen, NoticeView, notice_view


async def read_notice(ask: Asking, notice_id: str) -> Done[NoticeView]:
    """Mark one of the asker's notices read; the first time counts. Raises NotFound, IdempotencyConflict."""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        await mark_read(session, ask.scope, [notice_id])
        row = await find_notice(session, ask.scope, notice_id)
        if row is None:
            raise missing("notice")
        view = notice_view(row, await kinds_in(session, ask.scope, [row]))
    return Done(view, before=not fresh)


async def read_notices(ask: Asking, seen: NoticesSeen) -> Done[NoticesRead]:
    """Mark several of the asker's notices read; others' are passed over. Raises IdempotencyConflict."""
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        read = await mark_read(session, ask.scope, seen.notice_ids)
    return Done(NoticesRead(read=read), before=not fresh)
