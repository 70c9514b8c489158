"""What the rules may rely on because SQL says so (:class:`models.envelope.Facts`), read with the asker's own eyes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from ledger.readers.case import evidence_digests
from ledger.sessions import ReadSession, Scope
from ledger.tables import organisations, users
from models.actors import Role
from models.clocks import SHANGHAI
from models.commands import Command
from models.envelope import Facts

OFFICER_ROLES = (Role.INSPECTOR.value, Role.SECTION_HEAD.value)
"""Who inspects, re-inspects and handles cases."""


async def facts_for(
    session: ReadSession,
    scope: Scope,
    command: Command,
    *,
    case_id: str | None,
    district_id: str,
    at: datetime,
) -> Facts:
    """The facts ``command`` needs about the people, files and organisations it names; no query for the rest."""
    officers = named(command, "officers")
    files = named(command, "evidence")
    handler = getattr(command, "handler_id", None)
    assessor = getattr(command, "assessor_org_id", None)
    return Facts(
        certified=await certified(session, officers, district_id, at) if officers else (),
        evidence=dict(await evidence_digests(session, scope, case_id, files)) if files and case_id else {},
        handler_ok=await is_officer(session, handler, district_id) if handler else False,
        assessor_ok=await is_assessor(session, assessor, district_id) if assessor else False,
    )


def named(value: Any, field: str) -> tuple[str, ...]:
    """Every id a command names in ``field``, in itself or in its parts (order, service)."""
    found: list[str] = []
    for name in type(value).model_fields:
        inner = getattr(value, name)
        if name == field and isinstance(inner, tuple):
            found += [one for one in inner if isinstance(one, str)]
        elif hasattr(type(inner), "model_fields"):
            found += named(inner, field)
    return tuple(dict.fromkeys(found))


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
    return tuple(sorted((await session.execute(_CERTIFIED, keys)).scalars()))


async def is_officer(session: ReadSession, user_id: str, district_id: str) -> bool:
    """Whether that person is an active inspector or section head of the district."""
    wanted = select(users.c.user_id).where(
        users.c.user_id == user_id,
        users.c.district_id == district_id,
        users.c.active,
        users.c.role.in_(OFFICER_ROLES),
    )
    return await session.scalar(wanted) is not None


async def is_assessor(session: ReadSession, org_id: str, district_id: str) -> bool:
    """Whether that organisation is an active, registered assessor (评估机构) of the district."""
    wanted = select(organisations.c.org_id).where(
        organisations.c.org_id == org_id,
        organisations.c.district_id == district_id,
        organisations.c.kind == "assessor",
        organisations.c.active,
    )
    return await session.scalar(wanted) is not None
