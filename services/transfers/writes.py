"""Recording the letter of a case that was transferred, and what another department answered."""

from __future__ import annotations

from ledger import claims, transfers
from models.audit import AuditAction
from models.instants import day_of
from models.tips import check_reads_tips
from models.transfers import (
    TransferAnswer,
    TransferLetter,
    check_answered,
    check_asked,
    check_case_transferred,
    check_unanswered,
)
from services import audit
from services.asking import Asking, Done, derived_id
from services.cases.reads import show_view
from services.missing import missing
from services.transfers.reads import show_transfer
from services.transfers.views import TransferView


async def record(ask: Asking, case_id: str, body: TransferLetter, *, ip: str) -> Done[TransferView]:
    """Record the letter by which a transferred case went out, and by when its answer is asked for. Raises NotFound,
    NotAuthorised, Conflict, LimitExceeded."""
    check_reads_tips(ask.actor)
    now, sent = ask.services.clock(), derived_id(ask.command_id, "transfer")
    case = await show_view(ask.services, ask.actor, case_id)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_case_transferred(case.state)
            check_asked(body.answer_by, day_of(now))
            about = {"case_id": case_id, "about": "case", "title": case.title or case.number}
            await transfers.add(session, ask.scope, sent, about, body.model_dump(), now)
    return await _done(ask, sent, case_id, ip, fresh)


async def answered(ask: Asking, transfer_id: str, body: TransferAnswer, *, ip: str) -> Done[TransferView]:
    """Record what the department answered. Raises NotFound, NotAuthorised, Conflict, LimitExceeded."""
    check_reads_tips(ask.actor)
    now = ask.services.clock()
    async with ask.services.database.write(ask.scope) as session:
        row = await transfers.find(session, ask.scope, transfer_id)
        if row is None:
            raise missing("transfer")
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_unanswered(row.answered_on)
            check_answered(body.answered_on, day_of(row.sent_at), day_of(now))
            on, text = body.answered_on, body.text
            if not await transfers.answered(session, ask.scope, transfer_id, on=on, text=text, at=now):
                check_unanswered(body.answered_on)
    return await _done(ask, transfer_id, row.case_id, ip, fresh)


async def _done(ask: Asking, transfer_id: str, case_id: str, ip: str, fresh: bool) -> Done[TransferView]:
    if fresh:
        await audit.succeeded(ask.services, AuditAction.TRANSFER, ask.actor, ip, case_id=case_id)
    return Done(await show_transfer(ask.services, ask.actor, transfer_id), before=not fresh)
