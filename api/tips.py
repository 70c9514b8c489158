"""Tips of the public (群众举报) for officers: those that wait, taken up as cases or closed with a reason; who reported."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request

from api import links
from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
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
from models.tips import Answer, Call, RewardProposal, Sorting
from models.transfers import TransferLetter
from services.asking import derived_id
from services.cases.views import CaseOpening, CaseView
from services.paging import Listing
from services.tips import reads, registering, writes
from services.tips.views import AlikeView, Registered, Reporter, TipDetail, TipQuery, TipView

router = part("tips")

_ON_DECISIONS = (*ON_WRITES, BadRequest, NotAuthorised, Conflict, IdempotencyConflict)


@router.get("/tips", responses=responses(NotAuthorised))
async def list_tips(
    query: Annotated[TipQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TipView]:
    """Tips of the district; of those that wait the oldest first."""
    return await reads.list_tips(services, actor, query)


@router.post(
    "/tips",
    status_code=201,
    response_model=Registered,
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, IdempotencyConflict, LimitExceeded),
)
async def register_tip(call: Call, write: WritingDep) -> Any:
    """Write down a tip that was called in to 12350, written, brought or handed down; who called is sealed, and the
    follow-up code is for the caller."""
    ask = write.asking("tips.register", "", call, audited="register_tip")
    where = links.tip(derived_id(ask.command_id, "tip"))
    return await write.answer(ask, lambda: registering.register(ask, call, ip=write.ip), where, created=True)


@router.get("/tips/{tip_id}/alike", responses=responses(NotAuthorised))
async def list_alike(tip_id: str, actor: ActorDep, services: ServicesDep) -> list[AlikeView]:
    """Tips and cases that may be about the same thing, the likeliest first; nothing is merged by itself."""
    return await reads.alike(services, actor, tip_id)


@router.get("/cases/{case_id}/alike", responses=responses(NotAuthorised))
async def list_alike_of_case(case_id: str, actor: ActorDep, services: ServicesDep) -> list[AlikeView]:
    """Tips and other cases that may be about the same thing as a case; nothing is merged by itself."""
    return await reads.alike_of_case(services, actor, case_id)


@router.post(
    "/tips/{tip_id}/sort",
    response_model=TipDetail,
    responses=responses(*_ON_DECISIONS, RequirementMissing),
)
async def sort_tip(tip_id: str, body: Sorting, write: WritingDep) -> Any:
    """Say what a waiting tip is about, and who deals with it."""
    ask = write.asking("tips.sort", tip_id, body, audited="sort_tip")
    return await write.answer(ask, lambda: writes.sort(ask, tip_id, body, ip=write.ip), links.tip(tip_id))


@router.post(
    "/tips/{tip_id}/transfer",
    response_model=TipDetail,
    responses=responses(*_ON_DECISIONS, LimitExceeded),
)
async def transfer_tip(tip_id: str, body: TransferLetter, write: WritingDep) -> Any:
    """Hand a tip of another department's to it, and ask for its answer by a day."""
    ask = write.asking("tips.transfer", tip_id, body, audited="transfer_to_department")
    return await write.answer(ask, lambda: writes.transfer(ask, tip_id, body, ip=write.ip), links.tip(tip_id))


@router.post("/tips/{tip_id}/reward", response_model=TipDetail, responses=responses(*_ON_DECISIONS))
async def propose_reward(tip_id: str, body: RewardProposal, write: WritingDep) -> Any:
    """Propose a reward for a tip that proved true; it is approved and paid elsewhere."""
    ask = write.asking("tips.reward", tip_id, body, audited="propose_reward")
    work = writes.propose_reward
    return await write.answer(ask, lambda: work(ask, tip_id, body, ip=write.ip), links.tip(tip_id))


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
