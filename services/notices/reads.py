"""Notices: the asker's own, unread first, told as far as they may know what happened."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger.readers.approvals import entries_told, measures_in
from ledger.readers.notices import select_inbox
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.caselives import of_case
from models.explain import Label
from models.measures.kinds import MeasureKind
from models.notices import NAMESPACE
from models.sight import MEASURE_EVENTS, kinds_of
from services.context import Services
from services.labels import clock_label, enterprise_event_label, enterprise_task_label, event_label
from services.notices.views import NoticeQuery, NoticeView
from services.paging import Listing, page_of


class Words:
    """What the notices of a page are about: the entries that told, and the kinds of measures by case."""

    def __init__(self, entries: Sequence[Found], kinds: Mapping[str, Mapping[str, MeasureKind]]) -> None:
        self._entries: defaultdict[tuple[str, str, datetime], list[Found]] = defaultdict(list)
        for row in entries:
            self._entries[row.case_id, row.event, row.at].append(row)
        self._kinds = kinds

    def data(self, notice: Found) -> Mapping[str, Any] | None:
        """The data of the entry that gave the notice: its id derives from the entry and the audience."""
        for row in self._entries.get((notice.case_id, notice.kind, notice.at), ()):
            if (
                str(uuid.uuid5(NAMESPACE, f"{row.case_id}/{row.seq}/{notice.audience_role}"))
                == notice.notice_id
            ):
                return dict(row.data)
        return None

    def clock(self, notice: Found) -> Label | None:
        """The name of the notice's clock."""
        if not notice.clock:
            return None
        if notice.case_id is None:
            return enterprise_task_label(notice.clock)
        return clock_label(notice.clock, self._kinds.get(notice.case_id))


async def words_of(session: ReadSession, scope: Scope, rows: Sequence[Found]) -> Words:
    of_measures = sorted({row.case_id for row in rows if row.case_id and row.kind in MEASURE_EVENTS})
    inner = sorted({row.case_id for row in rows if row.case_id and row.clock and not of_case(row.clock)})
    moments = sorted({row.at for row in rows if row.case_id in of_measures})
    entries = await entries_told(session, scope, of_measures, moments) if of_measures else ()
    found = await measures_in(session, scope, inner) if inner else ()
    kinds = {row.case_id: kinds_of(row.measures, row.proposals) for row in found}
    return Words(entries, kinds)


async def list_notices(services: Services, actor: Actor, query: NoticeQuery) -> Listing[NoticeView]:
    """The asker's notices: unread ones first, latest first."""
    scope = Scope.of(actor)
    wanted = select_inbox(scope, unread=query.unread)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("notices"), wanted, query)
        words = await words_of(session, scope, rows)
    return Listing(items=[notice_view(row, words) for row in rows], next=following)


def notice_view(row: Found, words: Words) -> NoticeView:
    """A notice in words."""
    data = words.data(row)
    about = row.case_id is None
    return NoticeView(
        notice_id=row.notice_id,
        kind=row.kind,
        label=enterprise_event_label(row.kind) if about else event_label(row.kind, data),
        case_id=row.case_id,
        enterprise_id=row.about_enterprise_id,
        number=row.number,
        title=row.title,
        measure_id=str(data["measure_id"]) if data and "measure_id" in data else None,
        clock=row.clock,
        clock_label=words.clock(row),
        due_at=row.due_at,
        at=row.at,
        read_at=row.read_at,
    )
