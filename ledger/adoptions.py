"""A newer policy version on its way to open cases: chosen, taken a few at a time by any worker, each settled once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from ledger.readers.paging import Found, Wanted
from ledger.scope import Scope
from ledger.sessions import ReadSession, WriteSession
from ledger.tables import cases, enterprises, policy_adoption_cases, policy_adoptions, users
from models.policyadoption import AdoptionState

_ITEMS = policy_adoption_cases
_WAITING = _ITEMS.c.state == AdoptionState.WAITING


def candidates(
    scope: Scope, version: str, *, among: Collection[str] | None = None, under: str | None = None
) -> ColumnElement[bool]:
    """Open cases of the asker that do not go by ``version`` yet: all, those ``among``, or those ``under`` another."""
    return and_(
        scope.where(cases),
        cases.c.closed_at.is_(None),
        cases.c.policy_version != version,
        cases.c.case_id.in_(among) if among is not None else literal(True),
        cases.c.policy_version == under if under is not None else literal(True),
    )


def select_candidates(which: ColumnElement[bool]) -> Wanted:
    """Those cases, by id, with the enterprise's name; for a person's eyes."""
    wanted = select(
        cases.c.case_id,
        cases.c.number,
        cases.c.policy_version,
        cases.c.opened_at,
        cases.c.state,
        func.coalesce(enterprises.c.name, "").label("enterprise"),
    )
    joined = wanted.outerjoin_from(cases, enterprises, enterprises.c.enterprise_id == cases.c.enterprise_id)
    return joined.where(which).order_by(cases.c.case_id)


async def candidates_after(
    session: ReadSession, which: ColumnElement[bool], after: str, limit: int
) -> Sequence[Found]:
    """At most ``limit`` of those cases beyond the id ``after``, with their snapshots."""
    wanted = select_candidates(which).add_columns(cases.c.doc).where(cases.c.case_id > after).limit(limit)
    found: Sequence[Found] = (await session.execute(wanted)).all()
    return found


async def versions_under(session: ReadSession, which: ColumnElement[bool]) -> Sequence[Found]:
    """The versions those cases go by (``version``), and how many by each (``cases``)."""
    count = func.count().label("cases")
    wanted = select(cases.c.policy_version.label("version"), count).where(which)
    grouped = wanted.group_by(cases.c.policy_version).order_by(cases.c.policy_version)
    found: Sequence[Found] = (await session.execute(grouped)).all()
    return found


async def begin(
    session: WriteSession,
    scope: Scope,
    which: ColumnElement[bool],
    *,
    adoption_id: str,
    version: str,
    reason: str,
    by: str,
    at: datetime,
) -> int:
    """Let the workers adopt ``version`` for those cases; how many. A case that waits for a version already is left out."""
    row = {"adoption_id": adoption_id, "district_id": scope.district_id, "version": version}
    await session.execute(
        insert(policy_adoptions).values(**row, reason=reason, requested_by=by, requested_at=at)
    )
    names = ("adoption_id", "case_id", "district_id", "number", "state")
    chosen = select(
        literal(adoption_id),
        cases.c.case_id,
        cases.c.district_id,
        cases.c.number,
        literal(AdoptionState.WAITING.value),
    ).where(which)
    kept = insert(_ITEMS).from_select(names, chosen).on_conflict_do_nothing().returning(_ITEMS.c.case_id)
    return len((await session.execute(kept)).all())


# -- carrying it out (projector) -------------------------------------------------------------------
async def take(session: WriteSession, at: datetime, until: datetime, limit: int) -> Sequence[Found]:
    """At most ``limit`` cases whose turn it is, in hand ``until`` then; with version, reason, who asked for it."""
    keys = {"at": at, "until": until, "most": limit}
    found: Sequence[Found] = (await session.execute(_TAKE, keys)).all()
    return found


def _take() -> Select[Any]:
    free = or_(_ITEMS.c.leased_until.is_(None), _ITEMS.c.leased_until < bindparam("at"))
    turn = (
        select(_ITEMS.c.adoption_id, _ITEMS.c.case_id)
        .join(policy_adoptions, policy_adoptions.c.adoption_id == _ITEMS.c.adoption_id)
        .where(_WAITING, free)
        .order_by(policy_adoptions.c.requested_at, _ITEMS.c.number)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=_ITEMS)
        .cte("turn")
    )
    taken = (
        update(_ITEMS)
        .where(_ITEMS.c.adoption_id == turn.c.adoption_id, _ITEMS.c.case_id == turn.c.case_id)
        .values(leased_until=bindparam("until"), attempts=_ITEMS.c.attempts + 1)
        .returning(*_ITEMS.c)
        .cte("taken")
    )
    return select(
        taken, policy_adoptions.c.version, policy_adoptions.c.reason, policy_adoptions.c.requested_by
    ).join(policy_adoptions, policy_adoptions.c.adoption_id == taken.c.adoption_id)


_TAKE = _take()
"""Built once: it is asked every few seconds, and building it costs more than running it."""


async def asker_row(session: ReadSession, user_id: str) -> Found | None:
    """The person in office who asked for it, as they are registered now."""
    wanted = select(users).where(users.c.user_id == user_id, users.c.active)
    found: Found | None = (await session.execute(wanted)).one_or_none()
    return found


async def settle(
    session: WriteSession, item: Found, state: AdoptionState, at: datetime, zh: str = "", en: str = ""
) -> None:
    """What became of a case; settled once."""
    mine = (_ITEMS.c.adoption_id == item.adoption_id, _ITEMS.c.case_id == item.case_id, _WAITING)
    values = {"state": state, "settled_at": at, "leased_until": None, "zh": zh, "en": en}
    await session.execute(update(_ITEMS).where(*mine).values(**values))


async def let_go(session: WriteSession, item: Found, until: datetime, *, counts: bool) -> None:
    """Another attempt, not before ``until``; whether this one counted as one."""
    mine = (_ITEMS.c.adoption_id == item.adoption_id, _ITEMS.c.case_id == item.case_id, _WAITING)
    values = {"leased_until": until, "attempts": item.attempts if counts else item.attempts - 1}
    await session.execute(update(_ITEMS).where(*mine).values(**values))


async def has_ended(session: ReadSession, case_id: str) -> bool:
    """Whether the case has ended."""
    wanted = select(cases.c.case_id).where(cases.c.case_id == case_id, cases.c.closed_at.is_not(None))
    return await session.scalar(wanted) is not None


async def finish(session: WriteSession, at: datetime) -> None:
    """Adoptions with no case left to wait for are done."""
    left = select(_ITEMS.c.case_id).where(_ITEMS.c.adoption_id == policy_adoptions.c.adoption_id, _WAITING)
    over = update(policy_adoptions).where(policy_adoptions.c.finished_at.is_(None), ~left.exists())
    await session.execute(over.values(finished_at=at))


# -- following it ----------------------------------------------------------------------------------
def select_adoptions(scope: Scope, version: str, only: str | None = None) -> Wanted:
    """The adoptions of a version in the asker's district, the latest first, with who asked for each."""
    wanted = select(policy_adoptions, func.coalesce(users.c.display_name, "").label("by_name"))
    joined = wanted.outerjoin_from(
        policy_adoptions, users, users.c.user_id == policy_adoptions.c.requested_by
    )
    mine = joined.where(scope.where(policy_adoptions), policy_adoptions.c.version == version)
    if only is not None:
        mine = mine.where(policy_adoptions.c.adoption_id == only)
    return mine.order_by(policy_adoptions.c.requested_at.desc(), policy_adoptions.c.adoption_id.desc())


async def counted(session: ReadSession, scope: Scope, ids: Collection[str]) -> dict[str, dict[str, int]]:
    """Adoption → state → cases."""
    wanted = select(_ITEMS.c.adoption_id, _ITEMS.c.state, func.count().label("cases"))
    grouped = wanted.where(scope.where(_ITEMS), _ITEMS.c.adoption_id.in_(ids))
    found: dict[str, dict[str, int]] = {one: {} for one in ids}
    for row in await session.execute(grouped.group_by(_ITEMS.c.adoption_id, _ITEMS.c.state)):
        found[row.adoption_id][row.state] = row.cases
    return found


async def refusals(session: ReadSession, scope: Scope, ids: Collection[str], limit: int) -> Sequence[Found]:
    """At most ``limit`` cases that did not take it, by number."""
    refused = _ITEMS.c.state == AdoptionState.REFUSED
    wanted = select(_ITEMS).where(scope.where(_ITEMS), _ITEMS.c.adoption_id.in_(ids), refused)
    found: Sequence[Found] = (await session.execute(wanted.order_by(_ITEMS.c.number).limit(limit))).all()
    return found
