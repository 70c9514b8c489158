"""What was handed to other departments (移送其他部门), and whether they answered."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.errors import BadRequest, Conflict, IdempotencyConflict, LimitExceeded, NotAuthorised
from models.transfers import TransferAnswer, TransferLetter
from services.asking import derived_id
from services.paging import Listing
from services.transfers import reads, writes
from services.transfers.views import TransferQuery, TransferView

router = part("tips")

_ON_WRITES = (*ON_WRITES, BadRequest, NotAuthorised, Conflict, IdempotencyConflict, LimitExceeded)


@router.get("/transfers", responses=responses(NotAuthorised))
async def list_transfers(
    query: Annotated[TransferQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TransferView]:
    """What was handed to other departments; of what is unanswered the most urgent first (``state=overdue``)."""
    return await reads.list_transfers(services, actor, query)


@router.get("/transfers/{transfer_id}", responses=responses(NotAuthorised))
async def show_transfer(transfer_id: str, actor: ActorDep, services: ServicesDep) -> TransferView:
    """One transfer with its answer."""
    return await reads.show_transfer(services, actor, transfer_id)


@router.post(
    "/cases/{case_id}/transfers",
    status_code=201,
    response_model=TransferView,
    responses=responses(*_ON_WRITES),
)
async def record_transfer(case_id: str, body: TransferLetter, write: WritingDep) -> Any:
    """Record the letter by which a transferred case went out, and by when its answer is asked for."""
    ask = write.asking("transfers.record", case_id, body, audited="transfer_to_department")
    where = links.transfer(derived_id(ask.command_id, "transfer"))
    work = writes.record
    return await write.answer(ask, lambda: work(ask, case_id, body, ip=write.ip), where, created=True)


@router.post("/transfers/{transfer_id}/answer", response_model=TransferView, responses=responses(*_ON_WRITES))
async def record_answer(transfer_id: str, body: TransferAnswer, write: WritingDep) -> Any:
    """Record what the department answered."""
    ask = write.asking("transfers.answer", transfer_id, body, audited="transfer_to_department")
    work = writes.answered
    return await write.answer(
        ask, lambda: work(ask, transfer_id, body, ip=write.ip), links.transfer(transfer_id)
    )
