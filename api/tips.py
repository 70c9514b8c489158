"""Tips of the public (群众举报) for officers: those that wait, taken up as cases or closed with a reason; who reported."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api import links
from api.deps import ActorDep, ServicesDep, client_ip
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import (
    BadRequest,
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
)
from models.tips import Answer
from services.cases.views import CaseOpening, CaseView
from services.paging import Listing
from services.tips import reads, writes
from services.tips.views import Reporter, TipDetail, TipQuery, TipView

router = APIRouter(tags=["tips"])

_ON_DECISIONS = (*ON_WRITES, BadRequest, NotAuthorised, Conflict, IdempotencyConflict)


@router.get("/tips", responses=responses(NotAuthorised))
async def list_tips(
    query: Annotated[TipQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TipView]:
    """Tips of the district; of those that wait the oldest first."""
    return await reads.list_tips(services, actor, query)


@router.get("/tips/{tip_id}", responses=responses(NotAuthorised))
async def show_tip(tip_id: str, actor: ActorDep, services: ServicesDep) -> TipDetail:
    """One tip with its words and pictures; never who reported."""
    return await reads.show_tip(services, actor, tip_id)


@router.post(
    "/tips/{tip_id}/take",
    status_code=201,
    response_model=CaseView,
    responses=responses(*_ON_DECISIONS, RequirementMissing, LimitExceeded, Pending),
)
async def take_up(tip_id: str, opening: CaseOpening, write: WritingDep) -> Any:
    """Take a tip up: it becomes a case at an enterprise, with its pictures (``source`` is ``tip``)."""
    ask = write.asking("tips.take", tip_id, opening, audited="open")
    return await write.answer(
        ask,
        lambda: writes.take_up(ask, tip_id, opening, ip=write.ip),
        links.case(tip_id),
        created=True,
    )


@router.post("/tips/{tip_id}/close", response_model=TipDetail, responses=responses(*_ON_DECISIONS))
async def close_tip(tip_id: str, body: Answer, write: WritingDep) -> Any:
    """Close a waiting tip with a reason its reporter reads by their code."""
    ask = write.asking("tips.close", tip_id, body)
    return await write.answer(
        ask,
        lambda: writes.close(ask, tip_id, body, ip=write.ip),
        links.tip(tip_id),
    )


@router.post("/tips/{tip_id}/answer", response_model=TipDetail, responses=responses(*_ON_DECISIONS))
async def answer_tip(tip_id: str, body: Answer, write: WritingDep) -> Any:
    """Answer the reporter of a tip that was taken up; the latest answer is the one shown."""
    ask = write.asking("tips.answer", tip_id, body)
    return await write.answer(
        ask,
        lambda: writes.answer(ask, tip_id, body, ip=write.ip),
        links.tip(tip_id),
    )


@router.get("/cases/{case_id}/reporter", responses=responses(Conflict))
async def show_reporter(case_id: str, request: Request, actor: ActorDep, services: ServicesDep) -> Reporter:
    """Who reported, for the named handler of the case alone; each look is recorded."""
    return await reads.show_reporter(services, actor, case_id, ip=client_ip(request))
