"""Policy versions (规则版本): which there are, and from when on one is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from ledger.readers.paging import Found, Wanted
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import policies

_SHOWN = (
    policies.c.version,
    policies.c.effective_from,
    policies.c.stored_at,
    policies.c.stored_by,
    policies.c.in_force_from,
    policies.c.activated_by,
    policies.c.activated_at,
)


def select_versions() -> Wanted:
    """Every version, the last stored first; without the documents."""
    return select(*_SHOWN).order_by(policies.c.stored_at.desc(), policies.c.version.desc())


async def version_row(session: ReadSession, version: str) -> Found | None:
    """One version, without its document."""
    wanted = select(*_SHOWN).where(policies.c.version == version)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def activated(session: ReadSession) -> Sequence[Found]:
    """The versions that are in force, were, or will be; the one that begins last first."""
    begins = policies.c.in_force_from
    wanted = (
        select(*_SHOWN).where(begins.is_not(None)).order_by(begins.desc(), policies.c.activated_at.desc())
    )
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def activate(session: WriteSession, version: str, day: date, by: str, at: datetime) -> None:
    """New cases are opened under ``version`` from ``day`` (Shanghai) on."""
    values = {"in_force_from": day, "activated_by": by, "activated_at": at}
    await session.execute(update(policies).where(policies.c.version == version).values(**values))
