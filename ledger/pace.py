"""Whether commands come in right now: what can wait gives way to them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from ledger.sessions import ReadSession
from ledger.tables import case_events


async def written_within(session: ReadSession, span: timedelta) -> bool:
    """Whether anything was written down in the ledger of any case within the last ``span``."""
    last = select(func.max(case_events.c.recorded_at)).scalar_subquery()
    return bool(await session.scalar(select(last > func.now() - span)))
