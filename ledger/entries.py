"""Single entries of the register: found, locked, what depends on one, closed and opened again.

An entry that others are to name is locked for sharing, one that is to be closed for itself: nothing is given to what
closes meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select, update

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import cases, enterprises, organisations, teams, territories, users
from models.entries import Held, Hold, Noun
from models.errors import RequirementMissing

_NAMED = 5
"""How many of what depends on an entry are named."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where entries of a noun are kept: the table, its id, and the column by which other entries name one."""

    table: Table
    key: str
    named: str

    @property
    def id(self) -> ColumnElement[Any]:
        return self.table.c[self.key]

    @property
    def active(self) -> ColumnElement[bool]:
        """Whether an entry is in use."""
        table = self.table
        return table.c.merged_into.is_(None) if table is enterprises else table.c.active


KEPT: Mapping[Noun, Kept] = MappingProxyType(
    {
        Noun.ORGANISATIONS: Kept(organisations, "org_id", "org_id"),
        Noun.TERRITORIES: Kept(territories, "territory_id", "territory_id"),
        Noun.PEOPLE: Kept(users, "user_id", "username"),
        Noun.TEAMS: Kept(teams, "team_id", "team_id"),
        Noun.ENTERPRISES: Kept(enterprises, "enterprise_id", "uscc"),
    }
)
_HOLDS: Mapping[Noun, tuple[tuple[Held, tuple[ColumnElement[Any], ...], ColumnElement[bool]], ...]] = (
    MappingProxyType(
        {
            Noun.ORGANISATIONS: (
                (Held.PEOPLE, (users.c.org_id, users.c.assessor_org_id), users.c.active),
                (Held.ORGANISATIONS, (organisations.c.parent_id,), organisations.c.active),
                (Held.TERRITORIES, (territories.c.org_id,), territories.c.active),
                (Held.ENTERPRISES, (enterprises.c.regulator_org_id,), enterprises.c.merged_into.is_(None)),
                (Held.CASES, (cases.c.assessor_org_id,), cases.c.closed_at.is_(None)),
            ),
            Noun.TERRITORIES: (
                (Held.PEOPLE, (users.c.territory_id,), users.c.active),
                (Held.ENTERPRISES, (enterprises.c.territory_id,), enterprises.c.merged_into.is_(None)),
                (Held.CASES, (cases.c.territory_id,), cases.c.closed_at.is_(None)),
            ),
            Noun.TEAMS: ((Held.ENTERPRISES, (enterprises.c.team_id,), enterprises.c.merged_into.is_(None)),),
        }
    )
)
"""What depends on an entry: the columns that name it, and which of their rows count."""
_CALLED = {users: users.c.display_name, cases: None}
"""What a dependent is called; a case is counted alone."""


async def lock(session: WriteSession, scope: Scope, noun: Noun, entry_id: str) -> Found | None:
    """The row of an entry, for whoever is to change it; None when it is not of this scope."""
    kept = KEPT[noun]
    wanted = select(kept.table).where(kept.id == entry_id, scope.where(kept.table)).with_for_update()
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def named(session: WriteSession, scope: Scope, noun: Noun, name: str) -> tuple[str, bool] | None:
    """The id of an entry by what others name it, and whether it is in use; it is not closed before this transaction ends.

    None when there is no such entry in this scope.
    """
    kept = KEPT[noun]
    wanted = (
        select(kept.id.label("id"), kept.active.label("active"))
        .where(kept.table.c[kept.named] == name, scope.where(kept.table))
        .with_for_update(read=True, of=kept.table)
    )
    row = (await session.execute(wanted)).one_or_none()
    return (row.id, bool(row.active)) if row is not None else None


async def holds(session: ReadSession, scope: Scope, noun: Noun, entry_id: str) -> list[Hold]:
    """What depends on an entry, as far as ``scope`` counts it."""
    found = []
    for what, columns, counts in _HOLDS.get(noun, ()):
        table: Any = columns[0].table
        theirs = (or_(*(column == entry_id for column in columns)), counts, scope.where(table))
        count = await session.scalar(select(func.count()).select_from(table).where(*theirs)) or 0
        called = _CALLED.get(table, table.c.get("name"))
        names: tuple[str, ...] = ()
        if count and called is not None:
            first = select(called).where(*theirs).order_by(called).limit(_NAMED)
            names = tuple((await session.scalars(first)).all())
        if count:
            found.append(Hold(what, count, names))
    return found


async def close(session: WriteSession, noun: Noun, entry_id: str, at: datetime, reason: str) -> None:
    """Close an entry that is locked."""
    kept, said = KEPT[noun], {"active": False, "closed_at": at, "closed_reason": reason}
    await session.execute(update(kept.table).where(kept.id == entry_id).values(**said))


async def reopen(session: WriteSession, noun: Noun, entry_id: str) -> None:
    """Take the closing of a locked entry back."""
    kept, said = KEPT[noun], {"active": True, "closed_at": None, "closed_reason": ""}
    await session.execute(update(kept.table).where(kept.id == entry_id).values(**said))


async def closed_and_named(session: ReadSession, scope: Scope) -> None:
    """Raise RequirementMissing when anything in use names an entry that is closed."""
    for noun in _HOLDS:
        kept = KEPT[noun]
        gone = select(kept.id.label("id"), kept.table.c.name).where(~kept.active, scope.where(kept.table))
        for row in (await session.execute(gone)).all():
            if held := await holds(session, scope, noun, row.id):
                names = "、".join(one for hold in held for one in hold.names)
                raise RequirementMissing(
                    f"{row.name or row.id} 已经关闭，不能再登记到它名下：{names}",
                    f"{row.name or row.id} is closed, nothing is registered with it any more: {names}",
                    rule="register.closed",
                    remedy_zh="换一个在用的机构、属地或小组，或先恢复它",
                    remedy_en="name one that is in use, or open it again first",
                )
