"""How much waits for somebody: what every page shows around its own matter, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from ledger.driver import fetch
from ledger.readers.approvals import select_turns
from ledger.readers.notices import select_inbox
from ledger.readers.paging import counting
from ledger.readers.tasks import Seat, unnamed
from ledger.scope import Scope
from ledger.sessions import ReadSession
from ledger.tables import users

_WHENEVER = datetime.min.replace(tzinfo=UTC)
"""What is overdue now makes no difference to how many there are."""


async def waiting(
    session: ReadSession,
    scope: Scope,
    seats: Sequence[Seat],
    ranks: Sequence[str],
    most: int,
    acting_for: str | None = None,
) -> Any:
    """How many ``tasks`` wait on these seats, how many ``approvals``, and how many notices are ``unread``, each up to
    ``most``; and what the asker is called, and whom they act for (``name``, ``principal``)."""
    chairs, people = unnamed(seats)
    wanted = _waiting(scope.kind(), chairs, tuple(ranks), most)
    (row,) = await fetch(session, wanted, {**scope.ids(), **people, "acting_for": acting_for})
    return row


@lru_cache(maxsize=256)
def _waiting(scope: Scope, seats: tuple[Seat, ...], ranks: tuple[str, ...], most: int) -> Select[Any]:
    """Built once for all of a kind: to put it together takes longer than the answer."""
    tasks, approvals = (
        counting(select_turns(scope, seats, ranks, now=_WHENEVER, decisions=one), most)
        for one in (False, True)
    )
    shown = {
        "tasks": tasks,
        "approvals": approvals,
        "unread": counting(select_inbox(scope, unread=True), most),
        "name": _called(scope.user_id),
        "principal": _called(bindparam("acting_for")),
    }
    return select(*(one.scalar_subquery().label(name) for name, one in shown.items()))


def _called(user_id: Any) -> Select[Any]:
    return select(users.c.display_name).where(users.c.user_id == user_id)
