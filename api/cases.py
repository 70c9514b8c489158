"""Cases: opened from a tip, a self-report or a transfer; listed, shown, told as their ledger, explained."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import (
    BadRequest,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
)
from models.explain import Explanation
from services.cases import reads, writes
from services.cases.views import CaseDetail, CaseOpening, CaseQuery, CaseView, EventList, EventQuery
from services.paging import Listing

router = part("cases")


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
async def open_case(opening: CaseOpening, write: WritingDep) -> Any:
    """Open a case from a tip (举报), a self-report (自查自报) or a transfer (移送); it begins as REPORTED.

    The same key again answers the same case (200, Idempotency-Replayed).
    """
    ask = write.asking("open", "", opening, audited="open")
    location = links.case(writes.case_id_of(ask))
    return await write.answer(ask, lambda: writes.open_case(ask, opening), location, created=True)


@router.get("/cases", responses=responses())
async def list_cases(
    query: Annotated[CaseQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[CaseView]:
    """The cases I see, next clock first unless ``sort`` says otherwise (a leading ``-`` turns it round)."""
    return await reads.list_cases(services, actor, query)


@router.get("/cases/{case_id}", responses=responses())
async def show_case(case_id: str, actor: ActorDep, services: ServicesDep) -> CaseDetail:
    """One case: requirements, order, plan, clocks with their basis, counts."""
    return await reads.show_case(services, actor, case_id)


@router.get("/cases/{case_id}/events", responses=responses())
async def list_events(
    case_id: str, query: Annotated[EventQuery, Query()], actor: ActorDep, services: ServicesDep
) -> EventList:
    """The ledger (台账) of a case: every entry I may know of in order, with its words, consequences and hash."""
    return await reads.list_events(services, actor, case_id, query)


@router.get("/cases/{case_id}/explanation", responses=responses())
async def explain_case(case_id: str, actor: ActorDep, services: ServicesDep) -> Explanation:
    """Where the case stands and why, who must act by when, what follows if nobody does, what I may do now."""
    return await reads.explain_case(services, actor, case_id)
