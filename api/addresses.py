"""Where I am told outside the house (通知方式): giving an address, confirming it, how soon, taking it away."""

from __future__ import annotations

from typing import Any

from api import links
from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.audit import AuditAction
from models.deliveries import Channel
from models.errors import BadRequest, Conflict, IdempotencyConflict, RequirementMissing
from services.addresses import reads, writes
from services.addresses.views import (
    AddressCode,
    AddressGiven,
    AddressGiving,
    AddressList,
    AddressManner,
    AddressView,
)

router = part("notices")
_ON_WRITES = (*ON_WRITES, BadRequest, Conflict, IdempotencyConflict, RequirementMissing)
_AUDITED = AuditAction.CHANGE_ADDRESS


@router.get("/addresses", responses=responses())
async def list_addresses(actor: ActorDep, services: ServicesDep) -> AddressList:
    """Every channel, and my address by it."""
    return await reads.list_addresses(services, actor)


@router.post("/addresses", status_code=201, response_model=AddressGiven, responses=responses(*_ON_WRITES))
async def give_address(given: AddressGiving, write: WritingDep) -> Any:
    """Name an address; a code goes there, and nothing else before it is confirmed."""
    ask = write.asking("addresses.give", "", given, audited=_AUDITED)
    return await write.answer(
        ask, lambda: writes.give_address(ask, given, ip=write.ip), links.addresses(), created=True
    )


@router.post("/addresses/{channel}/code", response_model=AddressView, responses=responses(*_ON_WRITES))
async def send_code(channel: Channel, write: WritingDep) -> Any:
    """Have another code sent to my address; until it is confirmed nothing else goes there."""
    ask = write.asking("addresses.code", channel, audited=_AUDITED)
    return await write.answer(ask, lambda: writes.send_code(ask, channel, ip=write.ip), links.addresses())


@router.post("/addresses/{channel}/confirm", response_model=AddressView, responses=responses(*_ON_WRITES))
async def confirm_address(channel: Channel, told: AddressCode, write: WritingDep) -> Any:
    """Confirm my address by the code that was sent there."""
    ask = write.asking("addresses.confirm", channel, told, audited=_AUDITED)
    return await write.answer(ask, lambda: writes.confirm(ask, channel, told, ip=write.ip), links.addresses())


@router.post("/addresses/{channel}/manner", response_model=AddressView, responses=responses(*_ON_WRITES))
async def change_manner(channel: Channel, manner: AddressManner, write: WritingDep) -> Any:
    """How soon I am told there, and in which language."""
    ask = write.asking("addresses.manner", channel, manner, audited=_AUDITED)
    return await write.answer(
        ask, lambda: writes.change_manner(ask, channel, manner, ip=write.ip), links.addresses()
    )


@router.post("/addresses/{channel}/remove", response_model=AddressView, responses=responses(*_ON_WRITES))
async def remove_address(channel: Channel, write: WritingDep) -> Any:
    """Take my address away: nothing is sent there any more."""
    ask = write.asking("addresses.remove", channel, audited=_AUDITED)
    return await write.answer(
        ask, lambda: writes.remove_address(ask, channel, ip=write.ip), links.addresses()
    )
