"""What administrators and auditors look through: people, organisations, the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from ledger.readers.searching import pattern_of
from ledger.scope import Scope
from ledger.tables import audit_log, enterprises, organisations, territories, users

_SHOWN = (
    users.c.user_id,
    users.c.display_name,
    users.c.role,
    users.c.rank,
    users.c.enterprise_id,
    users.c.certificate_no,
    users.c.certificate_expires,
    users.c.active,
)
"""What of an account is shown: never a sign-in name, nor anything of a password."""


def select_people(
    scope: Scope,
    *,
    user_id: str | None = None,
    search: str | None = None,
    role: str | None = None,
    active: bool | None = None,
) -> Select[Any]:
    """The accounts of the district, by role and name, with the organisation, assessor, enterprise and territory they are
    of; ``user_id`` only that one."""
    agency = organisations.alias("agency")
    wanted = (
        select(
            *_SHOWN,
            organisations.c.name.label("org_name"),
            agency.c.name.label("assessor_name"),
            enterprises.c.name.label("firm_name"),
            territories.c.name.label("territory_name"),
        )
        .select_from(
            users.outerjoin(organisations, organisations.c.org_id == users.c.org_id)
            .outerjoin(agency, agency.c.org_id == users.c.assessor_org_id)
            .outerjoin(enterprises, enterprises.c.enterprise_id == users.c.enterprise_id)
            .outerjoin(territories, territories.c.territory_id == users.c.territory_id)
        )
        .where(scope.where(users))
        .order_by(users.c.role, users.c.display_name, users.c.user_id)
    )
    if search:
        wanted = wanted.where(func.lower(users.c.display_name).like(pattern_of(search.lower())))
    wanted = wanted.where(users.c.user_id == user_id) if user_id is not None else wanted
    wanted = wanted.where(users.c.role == role) if role is not None else wanted
    return wanted.where(users.c.active == active) if active is not None else wanted


def select_organisations(scope: Scope) -> Select[Any]:
    """The organisations of the district with how many are in office there, by kind and name."""
    staff = select(func.count()).where(users.c.org_id == organisations.c.org_id, users.c.active)
    parent = organisations.alias("parent")
    return (
        select(
            organisations,
            parent.c.name.label("parent_name"),
            staff.where(scope.where(users)).correlate(organisations).scalar_subquery().label("people"),
        )
        .select_from(organisations.outerjoin(parent, parent.c.org_id == organisations.c.parent_id))
        .where(scope.where(organisations))
        .order_by(organisations.c.kind, organisations.c.name, organisations.c.org_id)
    )


def select_audit(
    scope: Scope,
    *,
    action: str | None = None,
    outcome: str | None = None,
    actor_id: str | None = None,
    case_id: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Select[Any]:
    """The lines of the audit log, newest first; ``since`` included, ``before`` not."""
    line = audit_log.c
    wanted = select(audit_log, users.c.display_name.label("actor_name")).select_from(
        audit_log.outerjoin(users, users.c.user_id == line.actor_id)
    )
    equal = {"action": action, "outcome": outcome, "actor_id": actor_id, "case_id": case_id}
    wanted = wanted.where(*(line[name] == value for name, value in equal.items() if value is not None))
    wanted = wanted.where(line.at >= since) if since is not None else wanted
    wanted = wanted.where(line.at < before) if before is not None else wanted
    return wanted.where(scope.where(audit_log)).order_by(line.at.desc(), line.audit_id.desc())
