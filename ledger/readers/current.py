"""The rules in force now, for those who live longer than one policy: an enterprise, not a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from ledger.errors import LedgerGap
from ledger.readers.operations import rules_at
from ledger.sessions import ReadSession
from ledger.tables import policies
from models.caseclocks import Rules
from models.clocks import SHANGHAI


async def current_rules(session: ReadSession, at: datetime) -> Rules:
    """The newest policy in force at ``at`` (UTC), else the first to come, with the calendar around that year.

    Raises :class:`LedgerGap` while no policy is stored.
    """
    day = at.astimezone(SHANGHAI).date()
    newest = (policies.c.effective_from.desc(), policies.c.stored_at.desc())
    in_force = select(policies.c.version).where(policies.c.effective_from <= day).order_by(*newest)
    version = await session.scalar(in_force.limit(1))
    if version is None:
        to_come = select(policies.c.version).order_by(policies.c.effective_from, policies.c.stored_at)
        version = await session.scalar(to_come.limit(1))
    if version is None:
        raise LedgerGap("尚无规则版本", "no policy version is stored yet")
    return await rules_at(session, version, at)
