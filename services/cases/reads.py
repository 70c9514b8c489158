"""Cases as their asker sees them: lists, one case, its ledger, its explanation, and what a command made of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from ledger.readers import case_views
from ledger.readers.case import entries_after, find_case, last_events
from ledger.readers.case_lists import list_of
from ledger.readers.case_views import Entry
from ledger.readers.cases import CaseFilters
from ledger.readers.enterprises import called_on_order
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import rules_of
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.explain import Explanation, explain
from models.industries import industry_key
from models.instants import day_of, midnight
from models.sight import Sight, kinds_of, shown_source, sight_of
from models.snapshot import Case
from services.asking import Asking, Done
from services.cases.showing import case_detail, case_view, event_view, names_in, people_named, people_of
from services.cases.views import CaseDetail, CaseQuery, CaseView, CommandAnswer, EventList, EventQuery
from services.context import Services
from services.missing import missing
from services.paging import Listing, page_of

_SORTS = {"next_due_at": "due", "opened_at": "opened", "number": "number", "risk": "risk"}


async def list_cases(services: Services, actor: Actor, query: CaseQuery) -> Listing[CaseView]:
    """The cases the asker sees, next clock first unless ``sort`` says otherwise (a leading ``-`` turns it round)."""
    scope, now = Scope.of(actor), services.clock()
    way = "-" if query.sort.startswith("-") else ""
    sort = way + _SORTS[query.sort.removeprefix("-")]
    filters = filters_of(query, actor, now)
    async with services.database.read(scope) as session:
        wanted = list_of(scope, filters, now=now, sort=sort)
        rows, following = await page_of(services, session, actor, query.view("cases"), wanted, query)
    return Listing(items=[case_view(row, actor.role, now) for row in rows], next=following)


def filters_of(query: CaseQuery, actor: Actor, now: datetime) -> CaseFilters:
    """What a query asks for, for whoever lists or counts."""
    return CaseFilters(
        states=tuple(query.state),
        sources=_sources(actor, query),
        grade=query.grade,
        enterprise_id=query.enterprise,
        territory_id=query.territory,
        industry=industry_key(query.industry) if query.industry else None,
        risk_colour=query.colour,
        team_id=query.team,
        handler_id=query.handler,
        inspection_id=query.inspection,
        order_id=query.order,
        flag=query.flag,
        open=query.open,
        overdue=query.overdue,
        due_before=query.due_before,
        opened_from=midnight(query.opened_from) if query.opened_from else None,
        opened_before=_after(query.opened_to),
        closed_from=midnight(query.closed_from) if query.closed_from else None,
        closed_before=_after(query.closed_to),
        idle_since=midnight(day_of(now) - timedelta(days=query.idle - 1)) if query.idle else None,
        mine=query.mine,
        took_part=query.took_part,
        search=query.q,
    )


def _after(day: date | None) -> datetime | None:
    """The end of a day, which is the beginning of the next."""
    return midnight(day) + timedelta(days=1) if day else None


def _sources(actor: Actor, query: CaseQuery) -> tuple[str, ...] | None:
    """The sources asked for, as far as the asker may learn of them; outside no case is known to come from a visit."""
    if query.inspection and Sight(actor.role).outside:
        return ()
    told = tuple(one.value for one in query.source if shown_source(actor.role, one.value))
    return told if query.source else None


async def show_case(services: Services, actor: Actor, case_id: str) -> CaseDetail:
    """One case: requirements, order, plan, clocks with their basis, counts. Raises NotFound."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await found(session, services, scope, case_id)
        called = await called_on_order(session, scope, row.order_id) if row.order_id else {}
        return case_detail(
            row,
            actor,
            now,
            told=await case_views.told_words(session, scope, case_id),
            words=await case_views.opening_words(session, scope, case_id),
            names=await names_of(session, people_of(Case.model_validate(row.doc))),
            called=called,
            files=await case_views.files_of(session, scope, case_id),
            rules=await rules_of(session, row.policy_version, row.opened_at, now),
        )


async def found(session: ReadSession, services: Services, scope: Scope, case_id: str) -> Found:
    """The case with its snapshot and its words. Raises NotFound."""
    row = await case_views.detail_of(session, scope, case_id, services.clock())
    if row is None:
        raise missing("case")
    return row


async def list_events(services: Services, actor: Actor, case_id: str, query: EventQuery) -> EventList:
    """The ledger (台账) of a case: every entry the asker may know of in order, with words, consequences and hash.

    Raises NotFound.
    """
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        case = await find_case(session, scope, case_id, now=now)
        if case is None:
            raise missing("case")
        measures, proposals = case.doc.get("measures"), case.doc.get("proposals")
        sight = sight_of(actor.role, measures, case.told_seq, case.told_at)
        rows = await entries_after(session, scope, case_id, sight.seq(query.after), query.limit + 1)
        names = await names_of(session, people_named(rows))
        files = await case_views.files_seen(session, scope, case_id) if sight.outside else None
    shown, kinds = rows[: query.limit], kinds_of(measures, proposals)
    return EventList(
        items=[event_view(row, sight, kinds, names, files) for row in shown if sight.tells(row)],
        next=sight.number(shown[-1].seq) if len(rows) > query.limit else None,
    )


async def explain_case(services: Services, actor: Actor, case_id: str) -> Explanation:
    """Where the case stands and why, who must act by when, what follows if nobody does, what the asker may do now.

    Raises NotFound.
    """
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await found(session, services, scope, case_id)
        rules = await rules_of(session, row.policy_version, row.opened_at, now)
        recent = await last_events(session, scope, case_id) if Sight(actor.role).outside else ()
    return explain(Case.model_validate(row.doc), rules, actor, now, recent)


async def show_view(services: Services, actor: Actor, case_id: str) -> CaseView:
    """The case as a list shows it. Raises NotFound."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await case_views.view_of(session, scope, case_id, now)
    if row is None:
        raise missing("case")
    return case_view(row, actor.role, now)


async def after_opening(ask: Asking, case_id: str) -> Done[CaseView]:
    """:func:`show_view` of a case just opened, for the asker who is told of it now; as :func:`after_command`."""
    scope, now = ask.scope, ask.services.clock()
    async with ask.services.database.apart(scope, lasting=False) as session:
        row = await case_views.view_told(session, scope, ask.key, case_id, now)
        if row is None:
            raise missing("case")
    before = bool(row.told_before)
    return Done(case_view(row, ask.actor.role, now), before=before, first=not before)


async def after_command(ask: Asking, case_id: str, *, telling: bool) -> Done[CommandAnswer]:
    """The case after a command and the entries it wrote: the asker reads their own write, and when they are to be told of
    it now (``telling``) learns whether somebody was before. Raises NotFound."""
    services, scope, now = ask.services, ask.scope, ask.services.clock()
    if telling:
        async with services.database.apart(scope, lasting=False) as session:
            found = await case_views.told(session, scope, ask.key, case_id, ask.command_id, now)
            if found is None:  # nobody is told of it, then
                raise missing("case")
    else:
        async with services.database.read(scope) as reading:
            found = await case_views.written(reading, scope, case_id, ask.command_id, now)
    if found is None:
        raise missing("case")
    before = bool(found[0].told_before) if telling else False
    return Done(_answer(ask.actor, *found, now), before=before, first=telling and not before)


def _answer(actor: Actor, row: Found, entries: Sequence[Entry], now: datetime) -> CommandAnswer:
    sight = sight_of(actor.role, row.measures, row.told_seq, row.told_at)
    kinds, names = kinds_of(row.measures, row.proposals), names_in(entries)
    return CommandAnswer(
        case=case_view(row, actor.role, now),
        events=[event_view(one, sight, kinds, names) for one in entries if sight.tells(one)],
        seq=sight.number(entries[-1].seq if entries else row.seq),
    )
