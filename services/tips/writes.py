"""Deciding tips: taken up as a case, closed with a reason, answered."""

from __future__ import annotations

from ledger import claims, tips, transfers
from ledger.readers.paging import Found
from ledger.readers.rules import policy_in_force
from ledger.sessions import WriteSession
from models.audit import AuditAction
from models.commands import Source
from models.errors import RequirementMissing
from models.instants import day_of
from models.tips import (
    Answer,
    RewardProposal,
    Sorting,
    TipState,
    check_anothers,
    check_handler,
    check_ours,
    check_passes_on,
    check_reads_tips,
    check_rewardable,
    check_taken,
    check_waits,
    reward_of,
)
from models.transfers import TransferLetter, check_asked
from services import audit
from services.asking import Asking, Done, derived_id
from services.cases import writes as cases
from services.cases.reads import show_view
from services.cases.views import CaseOpening, CaseView
from services.missing import missing
from services.tips.reads import show_tip
from services.tips.views import TipDetail


async def take_up(ask: Asking, tip_id: str, opening: CaseOpening, *, ip: str) -> Done[CaseView]:
    """Take a tip up: it becomes a case at an enterprise, with its pictures (``source`` is ``tip``).

    Sent again under another key after the case was opened, it only records that it was.

    Raises NotFound, NotAuthorised, Conflict for one that was closed, and what an opening raises.
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
        check_ours(row.matter)
        done = await cases.open_case(ask, opening, case_id=tip_id)
    else:
        done = Done(await show_view(ask.services, ask.actor, tip_id), before=True)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await tips.decide(session, ask.scope, tip_id, state=TipState.TAKEN, at=ask.services.clock())
    if fresh:
        await audit.succeeded(ask.services, AuditAction.TAKE_TIP, ask.actor, ip, case_id=tip_id)
    return done


async def close(ask: Asking, tip_id: str, body: Answer, *, ip: str) -> Done[TipDetail]:
    """Close a waiting tip with a reason its reporter reads by their code. Raises NotFound, NotAuthorised, Conflict."""
    fresh = await _decide(ask, tip_id, body, ip, closing=True)
    return Done(await show_tip(ask.services, ask.actor, tip_id), before=not fresh)


async def answer(ask: Asking, tip_id: str, body: Answer, *, ip: str) -> Done[TipDetail]:
    """Answer the reporter of a tip that was taken up; the latest answer is the one shown. Raises NotFound,
    NotAuthorised, Conflict."""
    fresh = await _decide(ask, tip_id, body, ip, closing=False)
    return Done(await show_tip(ask.services, ask.actor, tip_id), before=not fresh)


async def sort(ask: Asking, tip_id: str, body: Sorting, *, ip: str) -> Done[TipDetail]:
    """Say what a waiting tip is about, and who deals with it. Raises NotFound, NotAuthorised, Conflict,
    RequirementMissing."""
    check_reads_tips(ask.actor)
    handler = body.handler_id or ask.actor.user_id
    async with ask.services.database.write(ask.scope) as session:
        row = await _held(session, ask, tip_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_waits(row.state)
            check_passes_on(ask.actor, row.handler_id)
            if handler != ask.actor.user_id:
                check_handler(await tips.role_in_office(session, ask.scope, handler))
            await tips.put_down(session, ask.scope, tip_id, matter=body.matter, handler_id=handler)
    return await _done(ask, tip_id, AuditAction.SORT_TIP, ip, fresh)


async def transfer(ask: Asking, tip_id: str, body: TransferLetter, *, ip: str) -> Done[TipDetail]:
    """Hand a tip of another department's to it, and ask for its answer by a day; its reporter reads to whom. Raises
    NotFound, NotAuthorised, Conflict, LimitExceeded."""
    check_reads_tips(ask.actor)
    now = ask.services.clock()
    told = f"您反映的问题属于{body.to_department}职责，已移送该部门处理。{body.reason}"
    async with ask.services.database.write(ask.scope) as session:
        row = await _held(session, ask, tip_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_waits(row.state)
            check_anothers(row.matter)
            check_asked(body.answer_by, day_of(now))
            await tips.decide(
                session, ask.scope, tip_id, state=TipState.TRANSFERRED, at=now, answer=told[:2000]
            )
            sent = derived_id(ask.command_id, "transfer")
            about = {"case_id": tip_id, "about": "tip", "title": row.title}
            await transfers.add(session, ask.scope, sent, about, body.model_dump(), now)
    return await _done(ask, tip_id, AuditAction.TRANSFER, ip, fresh)


async def propose_reward(ask: Asking, tip_id: str, body: RewardProposal, *, ip: str) -> Done[TipDetail]:
    """Propose a reward (奖励建议) for a tip that proved true, as the policy reckons it from the fine; it is approved and
    paid elsewhere, and the latest proposal stands. Raises NotFound, NotAuthorised, Conflict."""
    check_reads_tips(ask.actor)
    now = ask.services.clock()
    async with ask.services.database.write(ask.scope) as session:
        row = await _held(session, ask, tip_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_rewardable(row.state, row.case_state)
            amount = reward_of(await policy_in_force(session, now), body.fine)
            told = {"reward": amount, "reward_fine": body.fine, "reward_reason": body.reason}
            by = {"reward_at": now, "reward_by": ask.actor.user_id}
            await tips.put_down(session, ask.scope, tip_id, **told, **by)
    return await _done(ask, tip_id, AuditAction.PROPOSE_REWARD, ip, fresh)


async def _held(session: WriteSession, ask: Asking, tip_id: str) -> Found:
    """The tip, held until the write ends. Raises NotFound."""
    row = await tips.find_tip(session, ask.scope, tip_id, lock=True)
    if row is None:
        raise missing("tip")
    return row


async def _done(ask: Asking, tip_id: str, action: AuditAction, ip: str, fresh: bool) -> Done[TipDetail]:
    if fresh:
        await audit.succeeded(ask.services, action, ask.actor, ip, case_id=tip_id)
    return Done(await show_tip(ask.services, ask.actor, tip_id), before=not fresh)


async def _decide(ask: Asking, tip_id: str, body: Answer, ip: str, *, closing: bool) -> bool:
    """Write the words down, once a key; it is recorded who did, never what was said."""
    check_reads_tips(ask.actor)
    async with ask.services.database.write(ask.scope) as session:
        row = await _held(session, ask, tip_id)
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
