"""In-app notices (站内通知)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from ledger.readers.paging import Found
from ledger.readers.people import departed
from ledger.scope import Scope, words_of
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import case_events, cases, enterprises, notice_reads, notices
from models.actors import Role

_NUMBER = func.coalesce(cases.c.number_key, 0)
_NEWEST = (notices.c.at.desc(), _NUMBER.desc(), notices.c.notice_id.desc())
"""Latest first; of one moment, the latest number."""


def select_notices(
    scope: Scope, *, unread: bool | None = None, among: Sequence[str] | None = None
) -> Select[Any]:
    """Notices for this person (role, and person when one is named), latest first, with ``read_at``; of those ``among``
    alone when given.

    ``entry`` is the data of the entry it tells of, where the asker may know of it. A notice about an enterprise
    (``about_enterprise_id``) has no case and no number; its title is the name. What is about neither tells its ``figures``
    to the very audience it names.
    """
    me, texts = scope.user_id or "", words_of(scope)
    of_case = and_(cases.c.case_id == notices.c.case_id, scope.where(cases))
    about = and_(enterprises.c.enterprise_id == notices.c.about_enterprise_id, scope.where(enterprises))
    told = and_(
        case_events.c.case_id == notices.c.case_id,
        case_events.c.seq == notices.c.seq,
        scope.where(case_events),
    )
    read = and_(notice_reads.c.notice_id == notices.c.notice_id, notice_reads.c.user_id == me)
    wanted = (
        select(
            notices,
            func.coalesce(cases.c.number, "").label("number"),
            func.coalesce(texts.c.title, enterprises.c.name, "").label("title"),
            case_events.c.data.label("entry"),
            notice_reads.c.read_at,
        )
        .select_from(
            notices.outerjoin(cases, of_case)
            .outerjoin(texts, texts.c.case_id == cases.c.case_id)
            .outerjoin(enterprises, about)
            .outerjoin(case_events, told)
            .outerjoin(notice_reads, read)
        )
        .where(scope.where(notices), _to(scope, me))
        .where(
            or_(
                cases.c.case_id.is_not(None),
                enterprises.c.enterprise_id.is_not(None),
                and_(notices.c.case_id.is_(None), notices.c.about_enterprise_id.is_(None)),
            )
        )
        .order_by(*_NEWEST)
    )
    if unread is not None:
        seen = notice_reads.c.read_at
        wanted = wanted.where(seen.is_(None) if unread else seen.is_not(None))
    return wanted if among is None else wanted.where(notices.c.notice_id.in_(among))


def _to(scope: Scope, me: str) -> ColumnElement[bool]:
    """To this person by role, and by name where one is given; to a section head also what went to an inspector who left."""
    mine = and_(
        notices.c.audience_role == scope.role.value,
        or_(notices.c.user_id.is_(None), notices.c.user_id == me),
    )
    if scope.role is not Role.SECTION_HEAD:
        return mine
    left = and_(notices.c.audience_role == Role.INSPECTOR.value, departed(notices.c.user_id, scope))
    return or_(mine, left)


def select_inbox(scope: Scope, *, unread: bool | None = None) -> Select[Any]:
    """:func:`select_notices`, unread ones first."""
    seen = case((notice_reads.c.read_at.is_(None), 0), else_=1)
    return select_notices(scope, unread=unread).order_by(None).order_by(seen, *_NEWEST)


async def find_notice(session: ReadSession, scope: Scope, notice_id: str) -> Found | None:
    """One of this person's notices."""
    wanted = select_notices(scope).where(notices.c.notice_id == notice_id)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def mark_read(session: WriteSession, scope: Scope, notice_ids: Sequence[str]) -> int:
    """Remember that this person has read these notices: how many are theirs; the first time counts, others' notices are
    passed over."""
    mine = (
        select_notices(scope)
        .where(notices.c.notice_id.in_(notice_ids))
        .with_only_columns(notices.c.notice_id)
    )
    found = (await session.scalars(mine.order_by(None))).all()
    if found:
        rows = [{"notice_id": notice_id, "user_id": scope.user_id} for notice_id in found]
        await session.execute(insert(notice_reads).values(rows).on_conflict_do_nothing())
    return len(found)
