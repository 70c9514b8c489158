"""Deciding tips: taken up as a case, closed with a reason, answered."""

from __future__ import annotations

from ledger import claims, tips
from ledger.sessions import WriteSession
from models.audit import AuditAction
from models.commands import Source
from models.errors import RequirementMissing
from models.tips import Answer, TipState, check_reads_tips, check_taken, check_waits
from services import audit
from services.asking import Asking, Done
from services.cases import writes as cases
from services.cases.reads import show_view
from services.cases.views import CaseOpening, CaseView
from services.missing import missing
from services.tips.reads import show_tip
from services.tips.views import TipDetail


async def take_up(ask: Asking, tip_id: str, opening: CaseOpening, *, ip: str) -> Done[CaseView]:
    """Take a tip up: open the case it becomes, as any lead is opened; its pictures are the case's from then on.

    Sent again under another key after the case was opened, it only records that it was. Raises NotFound, NotAuthorised,
    Conflict for one that was closed, and what an opening raises.
    """
    check_reads_tips(ask.actor)
    if opening.source is not Source.TIP:
        raise RequirementMissing(
            "群众举报按举报立案",
            "A tip is opened as a tip",
            rule="tips.source",
            remedy_zh="来源选择“群众举报”",
            remedy_en="its source is tip",
        )
    async with ask.services.database.read(ask.scope) as session:
        row = await tips.find_tip(session, ask.scope, tip_id)
        if row is None:
            raise missing("tip")
        opened = await tips.has_case(session, ask.scope, tip_id)
    if not opened:
        check_waits(row.state)
        done = await cases.open_case(ask, opening, case_id=tip_id)
    else:
        done = Done(await show_view(ask.services, ask.actor, tip_id), before=True)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await tips.decide(session, ask.scope, tip_id, state=TipState.TAKEN, at=ask.services.clock())
    if fresh:
        await audit.succeeded(ask.services, AuditAction.TAKE_TIP, ask.actor, ip, case_id=tip_id)
    return done


async def close(ask: Asking, tip_id: str, body: Answer, *, ip: str) -> Done[TipDetail]:
    """Close a waiting tip with a reason its reporter reads. Raises NotFound, NotAuthorised, Conflict."""
    fresh = await _decide(ask, tip_id, body, ip, closing=True)
    return Done(await show_tip(ask.services, ask.actor, tip_id), before=not fresh)


async def answer(ask: Asking, tip_id: str, body: Answer, *, ip: str) -> Done[TipDetail]:
    """Answer the reporter of a tip that was taken up; the latest answer is shown. Raises NotFound, NotAuthorised,
    Conflict."""
    fresh = await _decide(ask, tip_id, body, ip, closing=False)
    return Done(await show_tip(ask.services, ask.actor, tip_id), before=not fresh)


async def _decide(ask: Asking, tip_id: str, body: Answer, ip: str, *, closing: bool) -> bool:
    """Write the words down, once a key; it is recorded who did, never what was said."""
    check_reads_tips(ask.actor)
    async with ask.services.database.write(ask.scope) as session:
        row = await tips.find_tip(session, ask.scope, tip_id, lock=True)
        if row is None:
            raise missing("tip")
        if not await claims.claim(session, ask.actor, ask.key, ask.hash):
            return False
        await (_close if closing else _answer)(session, ask, row.tip_id, row.state, body.text)
    action = AuditAction.CLOSE_TIP if closing else AuditAction.ANSWER_TIP
    await audit.succeeded(ask.services, action, ask.actor, ip, case_id=tip_id)
    return True


async def _close(session: WriteSession, ask: Asking, tip_id: str, state: str, text: str) -> None:
    check_waits(state)
    if await tips.has_case(session, ask.scope, tip_id):
        check_waits(TipState.TAKEN)
    now = ask.services.clock()
    await tips.decide(session, ask.scope, tip_id, state=TipState.CLOSED, at=now, answer=text)


async def _answer(session: WriteSession, ask: Asking, tip_id: str, state: str, text: str) -> None:
    check_taken(state)
    await tips.answer(session, ask.scope, tip_id, text, ask.services.clock())
