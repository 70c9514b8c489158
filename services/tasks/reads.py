"""The worklist (待办): what the asker must do about cases and enterprises, next clock first; and what they have done."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.readers.approvals import OF_CASE, turns
from ledger.readers.deciding import measures_in
from ledger.readers.keeping import kept
from ledger.readers.paging import Found
from ledger.readers.tasks import select_done, select_done_to_enterprises
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.caselives import of_case
from services.context import Services
from services.paging import Listing, page_of
from services.tasks.delegated import seated
from services.tasks.possible import possible_now
from services.tasks.views import DoneQuery, DoneView, Inner, TaskQuery, TaskView, done_view, task_view


async def list_tasks(services: Services, actor: Actor, query: TaskQuery) -> Listing[TaskView]:
    """The asker's worklist: tasks of their role, of their rank and those below, of their person, and of those they may
    act for.

    ``acting_for`` names whom they act for when their own rank is not enough: send that user id as X-Acting-For.
    """
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        who = await seated(session, actor, now)
        wanted = turns(scope, who.seats, who.ranks, now=now, handler_id=query.handler)
        rows, following = await page_of(services, session, actor, query.view("tasks"), wanted, query)
        inner = await _measures(session, scope, rows)
        possible = await possible_now(session, scope, rows, who, now)
    return Listing(items=[task_view(row, who, inner, possible, now) for row in rows], next=following)


async def list_done(services: Services, actor: Actor, query: DoneQuery) -> Listing[DoneView]:
    """What the asker has done (已办): their commands that took effect, newest first; to cases, or to enterprises as a
    whole."""
    scope = Scope.of(actor)
    wanted = kept(select_done if query.to == "cases" else select_done_to_enterprises, scope)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("done"), wanted, query)
    return Listing(items=[done_view(row) for row in rows], next=following)


async def _measures(session: ReadSession, scope: Scope, rows: Sequence[Found]) -> Inner:
    """The measures and proposals of the cases whose tasks are about one."""
    wanted = {row.subject_id for row in rows if row.subject == OF_CASE and not of_case(row.clock or row.key)}
    found = await measures_in(session, scope, sorted(wanted)) if wanted else ()
    return {row.case_id: (row.measures or [], row.proposals or []) for row in found}
