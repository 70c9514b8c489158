"""Policy versions and the working calendar as the ledger keeps them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database, ReadSession
from ledger.tables import calendar_notices, policies
from models.calendar import CalendarYear, WorkingCalendar, calendar_between
from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.errors import EngineUnavailable
from models.policy import Policy
from policies import load_default

YEARS_BEFORE, YEARS_AFTER = 1, 3
"""How far the calendar a case is opened with reaches; later years are plain weekends until they are published."""

_known: dict[str, Policy] = {}
_packed: dict[str, dict[str, Any]] = {}


async def policy_of(session: ReadSession, version: str) -> Policy | None:
    """A stored policy version; versions never change, so each is read once."""
    if version not in _known:
        document = await session.scalar(select(policies.c.document).where(policies.c.version == version))
        if document is None:
            return None
        _known[version] = Policy.model_validate(document)
    return _known[version]


def packed(policy: Policy) -> dict[str, Any]:
    """The policy as it travels with a command; packing one costs milliseconds, so each version is packed once."""
    if policy.version not in _packed:
        _packed[policy.version] = policy.model_dump(mode="json", exclude_defaults=True)
    return _packed[policy.version]


async def current_version(session: ReadSession, today: date) -> str | None:
    """The newest stored version in force on the Shanghai date ``today``."""
    newest = (policies.c.effective_from.desc(), policies.c.stored_at.desc())
    in_force = select(policies.c.version).where(policies.c.effective_from <= today)
    found: str | None = await session.scalar(in_force.order_by(*newest).limit(1))
    return found


async def current_policy(database: Database, session: ReadSession, at: datetime) -> Policy:
    """The policy new cases are opened under; the packaged default, stored first, when none is in force yet."""
    version = await current_version(session, at.astimezone(SHANGHAI).date())
    found = await policy_of(session, version) if version else None
    return found or await _store_default(database)


async def _store_default(database: Database) -> Policy:
    policy = load_default()
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, policy)
    return policy


async def calendar_at(session: ReadSession, at: datetime) -> WorkingCalendar:
    """The working calendar around ``at``; the State Council's notices that were entered win."""
    year = at.astimezone(SHANGHAI).year
    rows = await session.execute(select(calendar_notices).order_by(calendar_notices.c.year))
    notices = [
        CalendarYear(
            year=row.year,
            days_off=tuple(row.days_off),
            workdays=tuple(row.workdays),
            confirmed=True,
            source=row.source,
        )
        for row in rows
    ]
    return calendar_between(year - YEARS_BEFORE, year + YEARS_AFTER, notices)


async def rules_of(session: ReadSession, version: str, at: datetime) -> Rules:
    """The rules a case under policy ``version`` is explained by. Raises EngineUnavailable without that version."""
    policy = await policy_of(session, version)
    if policy is None:
        raise EngineUnavailable(
            f"政策版本 {version} 尚未入库", f"Policy version {version} is not stored", rule="policy.stored"
        )
    return Rules(policy=policy, calendar=await calendar_at(session, at))


async def rules_or_none(session: ReadSession, version: str, at: datetime) -> Rules | None:
    """:func:`rules_of`; None without that version."""
    known = await policy_of(session, version)
    return Rules(policy=known, calendar=await calendar_at(session, at)) if known else None


async def policy_in_force(session: ReadSession, at: datetime) -> Policy:
    """The policy in force at ``at``; the packaged default when none is stored yet."""
    version = await current_version(session, at.astimezone(SHANGHAI).date())
    found = await policy_of(session, version) if version else None
    return found or load_default()
