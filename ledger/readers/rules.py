"""Which rules hold: for a case the policy version it was opened under, for everything else the policy in force.

Policy versions never change, so each is read and validated once a pool of connections; the calendar is read each time,
for the State Council's notice of a year may be entered or corrected at any moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, func, select, true

from ledger.driver import fetch
from ledger.errors import LedgerGap
from ledger.sessions import ReadSession
from ledger.tables import calendar_notices, policies
from models.calendar import CalendarYear, WorkingCalendar, calendar_between
from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.instants import day_of
from models.policy import Policy

YEARS_BEFORE, YEARS_AFTER = 1, 3
"""How far a calendar reaches around the moments asked for; later years are plain weekends until they are published."""

_known: WeakKeyDictionary[Engine, dict[str, Policy]] = WeakKeyDictionary()
"""Versions by the pool they were read through: one name may mean two documents in two databases."""


async def policy_of(session: ReadSession, version: str) -> Policy | None:
    """A stored policy version; None when it is not stored."""
    known = _known.setdefault(session.sync_engine, {})
    if version not in known:
        document = await session.scalar(select(policies.c.document).where(policies.c.version == version))
        if document is None:
            return None
        known[version] = Policy.model_validate(document)
    return known[version]


async def policy_in_force(session: ReadSession, at: datetime) -> Policy:
    """The policy new cases are opened under and enterprises go by: the newest in force at ``at`` (UTC), else the first
    to come. Raises :class:`LedgerGap` while none is stored."""
    (row,) = await fetch(session, _VERSION, {"day": day_of(at)})
    return await _stored(session, row.version)


async def _stored(session: ReadSession, version: str | None) -> Policy:
    policy = await policy_of(session, version) if version is not None else None
    if policy is None:
        raise LedgerGap(
            "尚无规则版本",
            "no policy version is stored yet",
            rule="policy.stored",
            remedy_zh="由管理员录入规则（xiaohao migrate 录入随附版本）",
            remedy_en="have the administrator store one (xiaohao migrate stores the packaged one)",
        )
    return policy


_begins, _chosen = policies.c.in_force_from, policies.c.activated_at
_IN_FORCE = (
    select(policies.c.version)
    .where(_begins <= bindparam("day"))
    .order_by(_begins.desc(), _chosen.desc())
    .limit(1)
)
_TO_COME = select(policies.c.version).where(_begins.is_not(None)).order_by(_begins, _chosen.desc()).limit(1)
_VERSION = select(
    func.coalesce(_IN_FORCE.scalar_subquery(), _TO_COME.scalar_subquery()).label("version"),
)
_NOTICES = select(calendar_notices).order_by(calendar_notices.c.year)
_version = _VERSION.subquery()
_RULES = (
    select(_version, calendar_notices)
    .select_from(_version.outerjoin(calendar_notices, true()))
    .order_by(calendar_notices.c.year)
)
"""The version in force beside each of the notices, once without any."""


async def notices_entered(session: ReadSession) -> list[CalendarYear]:
    """The State Council's holiday notices (放假调休安排) that were entered, by year; each confirms its year."""
    return _years(await fetch(session, _NOTICES, {}))


def _years(rows: Sequence[Any]) -> list[CalendarYear]:
    return [_year(row.year, tuple(row.days_off), tuple(row.workdays), row.source) for row in rows if row.year]


@lru_cache(maxsize=256)
def _year(year: int, days_off: tuple[date, ...], workdays: tuple[date, ...], source: str) -> CalendarYear:
    return CalendarYear(year=year, days_off=days_off, workdays=workdays, confirmed=True, source=source)


async def calendar_around(session: ReadSession, *moments: datetime) -> WorkingCalendar:
    """The working calendar around these moments (UTC); notices that were entered win over packaged years."""
    return calendar_of(await notices_entered(session), *moments)


def calendar_of(notices: Sequence[CalendarYear], *moments: datetime) -> WorkingCalendar:
    """:func:`calendar_around` were these the notices entered; of two for one year the later counts."""
    years = [moment.astimezone(SHANGHAI).year for moment in moments]
    return calendar_between(min(years) - YEARS_BEFORE, max(years) + YEARS_AFTER, notices)


async def rules_of(session: ReadSession, version: str, *moments: datetime) -> Rules:
    """The rules a case under policy ``version`` goes by, with the calendar around ``moments`` (its opening, now).

    Raises :class:`LedgerGap` while the version is not stored.
    """
    policy = await policy_of(session, version)
    if policy is None:
        raise LedgerGap(
            f"规则版本 {version} 尚未入库",
            f"policy version {version} is not stored",
            rule="policy.stored",
            version=version,
        )
    return Rules(policy=policy, calendar=await calendar_around(session, *moments))


async def rules_in_force(session: ReadSession, at: datetime) -> Rules:
    """:func:`policy_in_force` with the calendar around ``at``: what an enterprise goes by."""
    rows = await fetch(session, _RULES, {"day": day_of(at)})
    policy = await _stored(session, rows[0].version)
    return Rules(policy=policy, calendar=calendar_of(_years(rows), at))
