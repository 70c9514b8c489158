"""What a command asks for may have been done before: its refusal then says by whom, and when."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.readers.case import last_of
from models.decisions.grading import graded_before
from models.errors import TransitionNotAllowed
from models.instants import day_of
from services.asking import Asking

_DONE_BY: Mapping[str, tuple[str, ...]] = {"determine_grade": ("graded", "graded_under_order", "regraded")}
"""Command → the entries after which the case has what it asks for."""


async def done_before(
    ask: Asking, case_id: str, command: str, refusal: TransitionNotAllowed
) -> TransitionNotAllowed:
    """The refusal of a case that has moved on, in the words of what moved it where the ledger knows."""
    events = _DONE_BY.get(command)
    if events is None:
        return refusal
    async with ask.services.database.read(ask.scope) as session:
        entry = await last_of(session, ask.scope, case_id, events)
    if entry is None:
        return refusal
    return graded_before(entry.data["grade"], entry.actor_called or entry.actor_id, day_of(entry.at))
