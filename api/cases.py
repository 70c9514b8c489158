"""Cases: opened from a tip, a self-report or a transfer; listed, shown, told as their ledger, explained."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import case_rows, intake, policy_rows, sending
from api.deps import ActorDep, IdempotencyKeyDep, Services, ServicesDep
from api.envelopes import Sealed, derived_id, sealed
from api.openings import grounds_for
from api.paging import Limit, Listing, Paged, page_of
from api.problems import ON_WRITES, responses
from api.schemas import CaseDetail, CaseView, EventView
from api.sending import Asking
from api.views import case_detail, case_view, event_view, people_named, people_of
from ledger.readers.case import find_case, last_events, select_events
from ledger.readers.cases import CaseFilters
from ledger.readers.paging import Found
from ledger.sessions import ReadSession, Scope
from ledger.tables import case_events, cases
from models.actors import Actor
from models.commands import Grade, OptionalText, RiskColour, Source, Text, Title
from models.envelope import Facts
from models.errors import (
    BadRequest,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
)
from models.explain import Explanation, explain
from models.lifecycle import CaseState
from models.sight import Sight, kinds_of, sees_tips, sight_of
from models.snapshot import Case

router = APIRouter(tags=["cases"])

Id = Annotated[str, Field(min_length=1, max_length=64)]
Sort = Literal["next_due_at", "-next_due_at", "opened_at", "-opened_at", "number", "-number", "risk", "-risk"]
_SORTS = {"next_due_at": "due", "opened_at": "opened", "number": "number", "risk": "risk"}


class CaseOpening(BaseModel):
    """A hazard somebody reports (线索). District, territory, industry and liaison group follow from the enterprise;
    policy and calendar are the ones in force."""

    model_config = ConfigDict(extra="forbid")

    source: Literal[Source.TIP, Source.SELF_REPORT, Source.TRANSFER]
    enterprise_id: Id
    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    risk_colour: RiskColour | None = None


class CaseQuery(Paged):
    """Which cases, in which order; several values of ``state`` or ``source`` mean any of them."""

    state: Annotated[tuple[CaseState, ...], Field(max_length=20)] = ()
    grade: Grade | None = None
    source: Annotated[tuple[Source, ...], Field(max_length=4)] = ()
    enterprise: Id | None = None
    territory: Id | None = None
    industry: Id | None = None
    team: Id | None = None
    inspection: Id | None = None
    order: Id | None = None
    open: Annotated[bool | None, Field(description="未办结 / not in a final state")] = None
    overdue: Annotated[bool | None, Field(description="整改期限已过 / the deadline has passed, now")] = None
    due_before: Annotated[AwareDatetime | None, Field(description="下一时限早于 / next clock before")] = None
    mine: Annotated[
        bool, Field(description="我承办、下达或立案 / mine to handle, ordered or opened by me")
    ] = False
    q: Annotated[str | None, Field(min_length=1, max_length=100, description="关键词 / words in it")] = None
    sort: Sort = "next_due_at"


class EventQuery(BaseModel):
    """A page of the ledger: ``after`` is the last ``seq`` seen."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 100
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class EventList(BaseModel):
    """A page of a case's ledger in order; ``next`` is the last ``seq`` when there is more, else null."""

    items: list[EventView]
    next: int | None = None


@router.post(
    "/cases",
    status_code=201,
    response_model=CaseView,
    responses=responses(
        *ON_WRITES,
        BadRequest,
        NotAuthorised,
        RequirementMissing,
        LimitExceeded,
        IdempotencyConflict,
        Pending,
    ),
)
async def open_case(
    opening: CaseOpening,
    actor: ActorDep,
    services: ServicesDep,
    key: IdempotencyKeyDep,
    request: Request,
    response: Response,
) -> Any:
    """Open a case from a tip (举报), a self-report (自查自报) or a transfer (移送); it begins as REPORTED.

    The same key again answers the same case (200, Idempotency-Replayed).
    """
    sending.name_for_audit(request, "open")
    ask = sending.asking(services, actor, key, "open", "", opening)
    case_id = derived_id(ask.command_id, "case")
    location = f"/api/v1/cases/{case_id}"
    try:
        done = await _open(ask, case_id, opening)
    except Pending as unsure:
        return sending.pending(request, unsure, location)
    sending.replayed(response, done)
    response.headers["Location"] = location
    return await sending.view(ask, case_id)


async def _open(ask: Asking, case_id: str, opening: CaseOpening) -> bool:
    """Open the case; True when it had been opened before."""
    async with ask.services.database.write(ask.scope) as session:
        if await sending.already(session, ask, case_id):
            return True
        ready, district_id = await _sealed_opening(session, ask, case_id, opening)
        words = intake.Words(ask.command_id, case_id, district_id, ready.texts)
        await intake.claim(session, ask.actor, ask.key, ask.hash, words)
    await sending.send(ask, ask.command_id, lambda: ask.services.gateway.open(ready.envelope))
    return False


async def _sealed_opening(
    session: ReadSession, ask: Asking, case_id: str, opening: CaseOpening
) -> tuple[Sealed, str]:
    now = ask.services.clock()
    grounds = await grounds_for(ask.services.database, session, ask.scope, opening.enterprise_id, now)
    command = grounds.opening(
        case_id,
        opening.source,
        opening.requirements,
        title=opening.title,
        description=opening.description,
        location=opening.location,
        risk_colour=opening.risk_colour,
    )
    ready = sealed(
        command, command_id=ask.command_id, case_id=case_id, actor=ask.actor, facts=Facts(), now=now
    )
    return ready, grounds.enterprise.district_id


@router.get("/cases", responses=responses())
async def list_cases(
    query: Annotated[CaseQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[CaseView]:
    """The cases I see, next clock first unless ``sort`` says otherwise (a leading ``-`` turns it round)."""
    scope, now = Scope.of(actor), services.clock()
    filters = CaseFilters(
        states=tuple(query.state),
        grade=query.grade,
        enterprise_id=query.enterprise,
        territory_id=query.territory,
        industry=query.industry,
        team_id=query.team,
        inspection_id=query.inspection,
        order_id=query.order,
        open=query.open,
        overdue=query.overdue,
        due_before=query.due_before,
        mine=query.mine,
        search=query.q,
    )
    way = "-" if query.sort.startswith("-") else ""
    wanted = case_rows.listed(scope, filters, now=now, sort=way + _SORTS[query.sort.removeprefix("-")])
    if query.source:
        wanted = wanted.where(cases.c.source.in_(_sources(actor, query.source)))
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("cases"), wanted, query)
    return Listing(items=[case_view(row, actor.role, now) for row in rows], next=following)


def _sources(actor: Actor, wanted: tuple[Source, ...]) -> list[str]:
    """The sources asked for, as far as the asker may learn of them."""
    told = sees_tips(actor.role)
    return [source.value for source in wanted if told or source is not Source.TIP]


@router.get("/cases/{case_id}", responses=responses())
async def show_case(case_id: str, actor: ActorDep, services: ServicesDep) -> CaseDetail:
    """One case: requirements, order, plan, clocks with their basis, counts."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await _found(session, services, scope, case_id)
        return case_detail(
            row,
            actor,
            now,
            words=await case_rows.opening_words(session, scope, case_id),
            names=await case_rows.names_of(session, people_of(Case.model_validate(row.doc))),
            files=await case_rows.files_of(session, scope, case_id),
            rules=await policy_rows.rules_or_none(session, row.policy_version, now),
        )


async def _found(session: ReadSession, services: Services, scope: Scope, case_id: str) -> Found:
    row = await case_rows.detail_of(session, scope, case_id, services.clock())
    if row is None:
        raise case_rows.not_found()
    return row


@router.get("/cases/{case_id}/events", responses=responses())
async def list_events(
    case_id: str, query: Annotated[EventQuery, Query()], actor: ActorDep, services: ServicesDep
) -> EventList:
    """The ledger (台账) of a case: every entry I may know of in order, with its words, consequences and hash."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        case = await find_case(session, scope, case_id, now=now)
        if case is None:
            raise case_rows.not_found()
        wanted = select_events(scope, case_id).where(case_events.c.seq > query.after).limit(query.limit + 1)
        rows = list((await session.execute(wanted)).all())
        names = await case_rows.names_of(session, people_named(rows))
    shown = rows[: query.limit]
    measures, proposals = case.doc.get("measures"), case.doc.get("proposals")
    sight, kinds = sight_of(actor.role, measures), kinds_of(measures, proposals)
    return EventList(
        items=[event_view(row, sight, kinds, names) for row in shown if sight.tells(row)],
        next=shown[-1].seq if len(rows) > query.limit else None,
    )


@router.get("/cases/{case_id}/explanation", responses=responses())
async def explain_case(case_id: str, actor: ActorDep, services: ServicesDep) -> Explanation:
    """Where the case stands and why, who must act by when, what follows if nobody does, what I may do now."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = await _found(session, services, scope, case_id)
        rules = await policy_rows.rules_of(session, row.policy_version, now)
        recent = await last_events(session, scope, case_id) if Sight(actor.role).outside else ()
    return explain(Case.model_validate(row.doc), rules, actor, now, recent)
