"""People as rules and pages need them: names, certificates, offices, and whom somebody may act for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, any_, bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from ledger.driver import fetch
from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import cases, delegations, organisations, users
from models.actors import BUREAU_ROLES, Role
from models.clocks import SHANGHAI

OFFICER_ROLES = (Role.INSPECTOR.value, Role.SECTION_HEAD.value)
"""Who inspects, re-inspects and handles cases."""
OFFICIAL_ROLES = tuple(role.value for role in (*BUREAU_ROLES, Role.GOVERNMENT, Role.COMMITTEE))


_NAMED = select(users.c.user_id, users.c.display_name).where(
    users.c.user_id == any_(bindparam("known", type_=ARRAY(Text)))
)


async def names_of(session: ReadSession, ids: Iterable[str | None]) -> dict[str, str]:
    """Display names by user id, of those the asker may know."""
    known = sorted({one for one in ids if one})
    if not known:
        return {}
    return {row.user_id: row.display_name for row in await fetch(session, _NAMED, {"known": known})}


_CERTIFIED = select(users.c.user_id).where(
    users.c.user_id == any_(bindparam("officers", type_=ARRAY(Text))),
    users.c.district_id == bindparam("district_id"),
    users.c.active,
    users.c.role.in_(OFFICER_ROLES),
    users.c.certificate_no.is_not(None),
    users.c.certificate_no != "",
    users.c.certificate_expires.is_(None) | (users.c.certificate_expires >= bindparam("today")),
)


async def certified(
    session: ReadSession, officers: Iterable[str], district_id: str, at: datetime
) -> tuple[str, ...]:
    """Those of ``officers`` who hold a valid certificate (执法证) in the district at ``at``.

    A certificate counts through its last day in Shanghai; without an end it counts.
    """
    keys = {
        "officers": list(officers),
        "district_id": district_id,
        "today": at.astimezone(SHANGHAI).date(),
    }
    return tuple(sorted(row.user_id for row in await fetch(session, _CERTIFIED, keys)))


async def is_officer(session: ReadSession, user_id: str, district_id: str) -> bool:
    """Whether that person is an active inspector or section head of the district."""
    wanted = select(users.c.user_id).where(
        users.c.user_id == user_id,
        users.c.district_id == district_id,
        users.c.active,
        users.c.role.in_(OFFICER_ROLES),
    )
    return await session.scalar(wanted) is not None


async def officials(session: ReadSession, persons: Iterable[str], district_id: str) -> dict[str, str]:
    """User id → role of those of ``persons`` who are active officials of the district."""
    wanted = select(users.c.user_id, users.c.role).where(
        users.c.user_id.in_(list(persons)),
        users.c.district_id == district_id,
        users.c.active,
        users.c.role.in_(OFFICIAL_ROLES),
    )
    return {row.user_id: row.role for row in await session.execute(wanted)}


def departed(user_id: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    """Whether ``user_id`` is somebody of the district whose account has ended (离岗人员)."""
    gone = select(users.c.user_id).where(~users.c.active, users.c.district_id == scope.district_id)
    return user_id.in_(gone)


async def is_assessor(session: ReadSession, org_id: str, district_id: str) -> bool:
    """Whether that organisation is an active, registered assessor (评估机构) of the district."""
    wanted = select(organisations.c.org_id).where(
        organisations.c.org_id == org_id,
        organisations.c.district_id == district_id,
        organisations.c.kind == "assessor",
        organisations.c.active,
    )
    return await session.scalar(wanted) is not None


_AT = bindparam("at", type_=delegations.c.ends_at.type)
_PRINCIPALS = (
    select(users.c.user_id, users.c.rank)
    .distinct()
    .join_from(delegations, users, delegations.c.from_user_id == users.c.user_id)
    .where(
        delegations.c.to_user_id == bindparam("to"),
        delegations.c.starts_at <= _AT,
        delegations.c.ends_at > _AT,
        or_(delegations.c.revoked_at.is_(None), delegations.c.revoked_at > _AT),
        users.c.active,
        users.c.district_id == bindparam("district_id"),
    )
    .order_by(users.c.user_id)
)


async def principals_of(
    session: ReadSession, user_id: str, district_id: str | None, at: datetime
) -> Sequence[Found]:
    """Whom ``user_id`` may act for at ``at`` by a dated delegation (委托代理): ``user_id`` and ``rank`` of active
    people of the district, in order of id."""
    keys = {"to": user_id, "district_id": district_id, "at": at}
    found: Sequence[Found] = await fetch(session, _PRINCIPALS, keys)
    return found


async def officials_of(
    session: ReadSession, district_id: str, only: Sequence[str] | None = None
) -> Sequence[Found]:
    """The active officials of the district with their office, by role and name; ``only`` those ids where given."""
    wanted = (
        select(
            users.c.user_id,
            users.c.display_name,
            users.c.role,
            users.c.rank,
            users.c.certificate_no,
            users.c.certificate_expires,
            organisations.c.name.label("org_name"),
        )
        .select_from(users.outerjoin(organisations, organisations.c.org_id == users.c.org_id))
        .where(users.c.district_id == district_id, users.c.active, users.c.role.in_(OFFICIAL_ROLES))
        .order_by(users.c.role, users.c.display_name, users.c.user_id)
    )
    if only is not None:
        wanted = wanted.where(users.c.user_id.in_(only))
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


def select_handlers(scope: Scope) -> Select[Any]:
    """Whose work there is in the district, by name: officers in office, and those who left and still handle an open
    case (``active`` false)."""
    left = exists().where(
        cases.c.handler_id == users.c.user_id, cases.c.closed_at.is_(None), scope.where(cases)
    )
    return (
        select(
            users.c.user_id,
            users.c.display_name,
            users.c.active,
            users.c.certificate_no,
            organisations.c.name.label("org_name"),
        )
        .select_from(users.outerjoin(organisations, organisations.c.org_id == users.c.org_id))
        .where(
            users.c.district_id == scope.district_id,
            users.c.role.in_(OFFICER_ROLES),
            or_(users.c.active, left),
        )
        .order_by(users.c.active.desc(), users.c.display_name, users.c.user_id)
    )


async def assessors_of(session: ReadSession, district_id: str) -> Sequence[Found]:
    """The active, registered assessors (评估机构) of the district, by name."""
    wanted = (
        select(organisations.c.org_id, organisations.c.name)
        .where(
            organisations.c.district_id == district_id,
            organisations.c.kind == "assessor",
            organisations.c.active,
        )
        .order_by(organisations.c.name, organisations.c.org_id)
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found
