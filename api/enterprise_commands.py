"""Commands to an enterprise as a whole (accidents, the flag "closure should be requested", early removal), and how it stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from api import intake, sending
from api.commands import ANSWERS
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.facts import facts_for
from api.labels import enterprise_event_label
from api.openings import enterprise_not_found
from api.problems import responses
from api.sending import Asking
from api.standings import standing_told
from ledger.readers.enterprise_files import enterprise_entries_after, find_enterprise_command, standing_of
from ledger.readers.paging import Found
from ledger.sessions import SYSTEM_SCOPE, ReadSession, Scope, WriteSession
from ledger.tables import cases
from models.enterprise.commands import (
    ENTERPRISE_COMMANDS,
    AnswerClosureFlag,
    EnterpriseCommand,
)
from models.enterprise.envelope import EnterpriseEnvelope
from models.enterprise.grants import ASKERS, CLOSURE_ARTICLE, GRANT_OF
from models.enterprise.standing import Standing
from models.envelope import seal
from models.errors import Pending, RequirementMissing
from models.explain import Label
from models.sight import words_stay_inside

router = APIRouter(tags=["enterprises"])


class EnterpriseEventView(BaseModel):
    """One entry of an enterprise's ledger."""

    seq: int
    event: str
    label: Label
    at: datetime


class EnterpriseAnswer(BaseModel):
    """A command that took effect: how the enterprise stands after it, and the entries it wrote."""

    standing: Standing
    events: list[EnterpriseEventView]
    seq: int


@router.get("/enterprises/{enterprise_id}/standing", responses=responses())
async def show_standing(enterprise_id: str, actor: ActorDep, services: ServicesDep) -> Standing:
    """How an enterprise stands and why: its status, what counts against it until when, its bad-faith entry, what I may
    do. The enterprise itself is not shown what officials only weigh."""
    async with services.database.read(Scope.of(actor)) as session:
        return await standing_told(services.database, session, actor, enterprise_id, services.clock())


def _route(name: str, shape: type[EnterpriseCommand]) -> Callable[..., Awaitable[Any]]:
    async def give(
        enterprise_id: str,
        body: EnterpriseCommand,
        actor: ActorDep,
        services: ServicesDep,
        key: IdempotencyKeyDep,
        request: Request,
        response: Response,
    ) -> Any:
        sending.name_for_audit(request, name)
        ask = sending.asking(services, actor, key, f"enterprise.{name}", enterprise_id, body)
        try:
            done = await _give(ask, enterprise_id, body)
        except Pending as unsure:
            return sending.pending(request, unsure, f"/api/v1/enterprises/{enterprise_id}/standing")
        sending.replayed(response, done)
        return await _answer(ask, enterprise_id)

    give.__annotations__["body"] = Annotated[shape, Body()]
    return give


async def _give(ask: Asking, enterprise_id: str, command: EnterpriseCommand) -> bool:
    """Give the command; True when it had taken effect before. Raises NotFound, IdempotencyConflict, the refusal."""
    services = ask.services
    async with services.database.read(SYSTEM_SCOPE) as unseen:
        entry = await find_enterprise_command(unseen, SYSTEM_SCOPE, ask.command_id)
    async with services.database.write(ask.scope) as session:
        if entry is not None:
            await sending.replay(session, ask, entry.enterprise_id == enterprise_id)
            return True
        envelope = await _prepared(session, ask, enterprise_id, command)
    await sending.send(ask, ask.command_id, lambda: services.gateway.command_enterprise(envelope))
    return False


async def _prepared(
    session: WriteSession, ask: Asking, enterprise_id: str, command: EnterpriseCommand
) -> EnterpriseEnvelope:
    """The envelope, unsigned; its words are kept and the key is claimed."""
    now = ask.services.clock()
    row = await standing_of(session, ask.scope, enterprise_id)
    if row is None or ask.actor.role not in ASKERS:
        raise enterprise_not_found()
    if isinstance(command, AnswerClosureFlag) and command.case_id is not None:
        await _own_case(session, ask, enterprise_id, command.case_id)
    payload, texts = seal(command)
    envelope = EnterpriseEnvelope(
        command_id=ask.command_id,
        enterprise_id=enterprise_id,
        district_id=row.district_id,
        command=command.name,
        payload=payload,
        actor=ask.actor,
        facts=await facts_for(session, ask.scope, command, case_id=None, district_id=row.district_id, at=now),
        issued_at=now,
        seen=row.seq or 0,
    )
    inside = words_stay_inside(command)
    words = intake.Words(ask.command_id, None, row.district_id, texts, internal=inside)
    await intake.claim(session, ask.actor, ask.key, ask.hash, words)
    return envelope


async def _own_case(session: ReadSession, ask: Asking, enterprise_id: str, case_id: str) -> None:
    """Raise unless the case is one of the enterprise's that the asker sees."""
    wanted = select(cases.c.case_id).where(
        cases.c.case_id == case_id, cases.c.enterprise_id == enterprise_id, ask.scope.where(cases)
    )
    if await session.scalar(wanted) is None:
        raise RequirementMissing(
            "指明的案件不是该企业的案件",
            "the case named is not one of this enterprise",
            rule="closure.flag.case",
            article=CLOSURE_ARTICLE,
            remedy_zh="选择该企业的在办案件",
            remedy_en="name an open case of this enterprise",
        )


async def _answer(ask: Asking, enterprise_id: str) -> EnterpriseAnswer:
    """How the enterprise stands after the command, and the entries it wrote: the asker reads their own write."""
    services = ask.services
    async with services.database.read(SYSTEM_SCOPE) as unseen:
        first: Found | None = await find_enterprise_command(unseen, SYSTEM_SCOPE, ask.command_id)
        after = await enterprise_entries_after(unseen, enterprise_id, first.seq - 1) if first else []
    own = [one for one in after if first and one.at == first.at and one.command_id in (None, ask.command_id)]
    async with services.database.read(ask.scope) as session:
        standing = await standing_told(services.database, session, ask.actor, enterprise_id, services.clock())
    return EnterpriseAnswer(
        standing=standing,
        events=[
            EnterpriseEventView(
                seq=one.seq, event=one.event, label=enterprise_event_label(one.event), at=one.at
            )
            for one in own
        ],
        seq=own[-1].seq if own else standing.seq,
    )


for _name, _kind in ENTERPRISE_COMMANDS.items():
    _grant = GRANT_OF[_name]
    router.add_api_route(
        f"/enterprises/{{enterprise_id}}/commands/{_name}",
        _route(_name, _kind),
        methods=["POST"],
        name=f"enterprise_{_name}",
        operation_id=f"enterprise_{_name}",
        summary=f"{_grant.zh} / {_grant.en}",
        description=f"{(_kind.__doc__ or '').strip()}\n\n依据 / basis: {_grant.basis}",
        response_model=EnterpriseAnswer,
        responses=responses(*ANSWERS),
    )
