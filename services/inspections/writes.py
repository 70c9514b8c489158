"""Recording an inspection (检查): one visit, its findings, one order, a case for each finding."""

from __future__ import annotations

from ledger import claims
from ledger.readers.enterprises import find_inspection
from ledger.sessions import ReadSession
from models.errors import XiaohaoError
from models.inspection import InspectionEnvelope, InspectionReply
from services.asking import Asking, Done
from services.cases import giving
from services.inspections.reads import cases_opened, show_inspection
from services.inspections.views import InspectionDetail
from services.inspections.visits import Visit, inspection_id_of, prepare


async def record_inspection(ask: Asking, visit: Visit) -> Done[InspectionDetail]:
    """Record an inspection: every finding becomes a numbered case, and all with a deadline share one order.

    Without findings the clean visit is recorded. A finding without ``deadline_days`` gets the policy's default; one
    fixed on the spot (当场整改) gets no order and goes straight to re-inspection. A ``guidance`` visit (服务督导) records
    hazards but cannot produce an order. The same key again answers the same inspection.

    Raises NotFound, IdempotencyConflict and the refusals of an inspection.
    """
    inspection_id = inspection_id_of(ask)
    before = await _record(ask, visit, inspection_id)
    return Done(await show_inspection(ask.services, ask.actor, inspection_id), before)


async def _record(ask: Asking, visit: Visit, inspection_id: str) -> bool:
    """Record the visit; True when it had been recorded before."""
    async with ask.services.database.write(ask.scope) as session:
        if await _complete(session, ask, visit, inspection_id):
            await claims.claim(session, ask.actor, ask.key, ask.hash)
            return True
        ready = await prepare(session, ask, visit)
        await claims.claim(session, ask.actor, ask.key, ask.hash, *ready.words)
    ids = (words.command_id for words in ready.words)

    async def done() -> bool:
        async with ask.services.database.read(ask.scope) as again:
            return await _complete(again, ask, visit, inspection_id)

    await giving.send(ask, lambda: _inspect(ask, visit, ready.envelope), *ids, done=done)
    return False


async def _inspect(ask: Asking, visit: Visit, envelope: InspectionEnvelope) -> InspectionReply:
    """Send the inspection; a refusal of one finding names it by its number on paper and its title."""
    try:
        return await ask.services.gateway.inspect(envelope)
    except XiaohaoError as refusal:
        number = refusal.details.get("finding")
        if number is not None:
            title = refusal.details["title"] = visit.findings[number - 1].title
            refusal.zh = f"第 {number} 项问题“{title}”：{refusal.zh}"
            refusal.en = f"finding {number} “{title}”: {refusal.en}"
        raise


async def _complete(session: ReadSession, ask: Asking, visit: Visit, inspection_id: str) -> bool:
    """Whether the visit and every one of its cases are in the ledger."""
    if await find_inspection(session, ask.scope, inspection_id) is None:
        return False
    return len(await cases_opened(session, ask.scope, ask.services, inspection_id)) == len(visit.findings)
