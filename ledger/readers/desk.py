"""How much waits for somebody: what every page shows around its own matter, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from ledger.driver import fetch
from ledger.readers.approvals import select_turns
from ledger.readers.notices import select_inbox
from ledger.readers.paging import counting
from ledger.readers.tasks import Seat, unnamed
from ledger.scope import Scope
from ledger.sessions import ReadSession

_WHENEVER = datetime.min.replace(tzinfo=UTC)
"""What is overdue now makes no difference to how many there are."""


async def waiting(
    session: ReadSession, scope: Scope, seats: Sequence[Seat], ranks: Sequence[str], most: int
) -> Any:
    """How many ``tasks`` wait on these seats, how many ``approvals``, and how many notices are ``unread``; each up to
    ``most``."""
    chairs, people = unnamed(seats)
    wanted = _waiting(scope.kind(), chairs, tuple(ranks), most)
    (row,) = await fetch(session, wanted, {**scope.ids(), **people})
    return row


@lru_cache(maxsize=256)
def _waiting(scope: Scope, seats: tuple[Seat, ...], ranks: tuple[str, ...], most: int) -> Select[Any]:
    """Built once for all of a kind: to put it together takes longer than the answer."""
    tasks, approvals = (
        counting(select_turns(scope, seats, ranks, now=_WHENEVER, decisions=one), most)
        for one in (False, True)
    )
    counts = {
        "tasks": tasks,
        "approvals": approvals,
        "unread": counting(select_inbox(scope, unread=True), most),
    }
    return select(*(one.scalar_subquery().label(name) for name, one in counts.items()))
