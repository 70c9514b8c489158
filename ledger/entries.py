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

from sqlalchemy import ColumnElement, Table, exists, func, or_, select, update

from ledger.readers.paging import Found
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import (
    cases,
    double_reports,
    enterprise_events,
    enterprise_inbox,
    enterprises,
    import_rows,
    inspections,
    orders,
    organisations,
    self_checks,
    self_findings,
    teams,
    territories,
    users,
)
from models.entries import ONCE, Held, Hold, Noun
from models.errors import RequirementMissing
from models.industries import industry_words
from models.searching import searched

_COLUMNS = {"parent": "parent_id"}
"""Field → column, where they are not called the same."""
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
            Noun.ENTERPRISES: ((Held.PEOPLE, (users.c.enterprise_id,), users.c.active),),
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


async def has_namesake(
    session: ReadSession, scope: Scope, noun: Noun, row: Mapping[str, Any], entry_id: str
) -> bool:
    """Whether another entry in use says the same as ``row`` where no two may."""
    kept = KEPT[noun]
    columns = [_COLUMNS.get(field, field) for field in ONCE.get(noun, ())]
    same = [kept.table.c[one].is_not_distinct_from(row[one]) for one in columns]
    wanted = select(kept.id).where(*same, kept.id != entry_id, kept.active, scope.where(kept.table))
    return bool(same) and bool(await session.scalar(select(wanted.exists())))


async def id_of(session: ReadSession, scope: Scope, noun: Noun, name: str) -> str | None:
    """The id of an entry by what others name it; None when it is not of this scope."""
    kept = KEPT[noun]
    named_so = (kept.table.c[kept.named] == name, scope.where(kept.table))
    found: str | None = await session.scalar(select(kept.id).where(*named_so))
    return found


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


async def on_record(session: ReadSession, scope: Scope, enterprise_id: str) -> bool:
    """Whether anything happened to an enterprise: a case, a visit, an order, a line of its ledger, a row of an old one; or
    whether it wrote anything of its own checks down."""
    waits = import_rows.c.state.in_(("waiting", "taken"))
    of_it = (cases, inspections, orders, enterprise_events, enterprise_inbox, import_rows)
    for table in (*of_it, self_checks, self_findings, double_reports):
        theirs = (table.c.enterprise_id == enterprise_id, scope.where(table))
        counts = (*theirs, waits) if table is import_rows else theirs
        if await session.scalar(select(exists().where(*counts))):
            return True
    return False


async def merge(session: WriteSession, merged: Found, survivor: Found, at: datetime, reason: str) -> None:
    """Point an enterprise's entry to the one that stays, and give that one its accounts, its names, and what it lacks."""
    filled = {column: getattr(merged, column) for column in lacking(merged, survivor)}
    former = dict.fromkeys((*survivor.former_names, *merged.former_names, merged.name))
    names = [one for one in former if one and one != survivor.name]
    kept = survivor._asdict() | filled
    shown = (
        kept["name"],
        kept["uscc"],
        kept["address"],
        *industry_words(kept["industry"]),
        *names,
        merged.uscc,
    )
    stays = {**filled, "former_names": names, "search_text": searched(*shown)}
    gone = {"merged_into": survivor.enterprise_id, "merged_at": at, "merged_reason": reason}
    for firm, values in ((merged, gone), (survivor, stays)):
        mine = enterprises.c.enterprise_id == firm.enterprise_id
        await session.execute(update(enterprises).where(mine).values(**values))
    theirs = users.c.enterprise_id == merged.enterprise_id
    await session.execute(update(users).where(theirs).values(enterprise_id=survivor.enterprise_id))


_FILLED = (
    *("regulator_org_id", "team_id", "address", "legal_representative", "contact_phone", "industry"),
    *("latitude", "longitude"),
)


def lacking(merged: Found, survivor: Found) -> list[str]:
    """The columns of the entry that stays which the merged one fills."""
    empty = (None, "")
    return [
        column
        for column in _FILLED
        if getattr(survivor, column) in empty and getattr(merged, column) not in empty
    ]


async def accounts_of_enterprise(session: ReadSession, scope: Scope, enterprise_id: str) -> list[str]:
    """The names of those in office who sign in for an enterprise."""
    theirs = (users.c.enterprise_id == enterprise_id, users.c.active, scope.where(users))
    wanted = select(users.c.display_name).where(*theirs).order_by(users.c.display_name)
    return list((await session.scalars(wanted)).all())
