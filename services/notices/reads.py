"""Notices: the asker's own, unread first, told as far as they may know what happened."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.readers.deciding import measures_in
from ledger.readers.keeping import kept
from ledger.readers.notices import select_inbox
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.caselives import of_case
from models.sight import kinds_of
from services.context import Services
from services.notices.views import KindsByCase, NoticeQuery, NoticeView, notice_view
from services.paging import Listing, page_of


async def kinds_in(session: ReadSession, scope: Scope, rows: Sequence[Found]) -> KindsByCase:
    """What the notices' clocks of measures are of."""
    inner = sorted({row.case_id for row in rows if row.case_id and row.clock and not of_case(row.clock)})
    found = await measures_in(session, scope, inner) if inner else ()
    return {row.case_id: kinds_of(row.measures, row.proposals) for row in found}


async def list_notices(services: Services, actor: Actor, query: NoticeQuery) -> Listing[NoticeView]:
    """The asker's notices: unread ones first, latest first."""
    scope = Scope.of(actor)
    wanted = kept(select_inbox, scope, unread=query.unread)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("notices"), wanted, query)
        kinds = await kinds_in(session, scope, rows)
    return Listing(items=[notice_view(row, kinds) for row in rows], next=following)
