"""What an enterprise writes of its own checks: a check, a finding, what was done about it, and reporting it."""

from __future__ import annotations

from ledger import claims, evidence, selfchecks, tips
from ledger.tables import self_checks, self_findings
from models.actors import Actor
from models.audit import AuditAction
from models.commands import Source
from models.errors import RequirementMissing
from models.instants import day_of
from models.selfchecks import (
    FindingState,
    OwnCheck,
    Rectified,
    SelfCheck,
    SelfFinding,
    check_act,
    check_another,
    check_due,
    check_lines,
    check_not_ahead,
    check_own,
    check_stays_inside,
)
from services import audit
from services.asking import Asking, Done, derived_id, request_hash
from services.cases import writes as cases
from services.cases.reads import show_view
from services.cases.views import CaseOpening, CaseView
from services.context import Services
from services.evidence.writes import Said, row_of, there
from services.selfchecks.holding import CHECK, FINDING
from services.selfchecks.reads import own_lines, show_finding
from services.selfchecks.views import CheckView, FindingDetail
from storage.vault import Kept


async def record_check(ask: Asking, body: SelfCheck, *, ip: str) -> Done[CheckView]:
    """Record a check of the asker's own enterprise: every line of its checklist as it is worded now, once. Raises
    NotAuthorised, Conflict, LimitExceeded."""
    check_own(ask.actor)
    now, check_id = ask.services.clock(), derived_id(ask.command_id, "check")
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            firm, known = await own_lines(ask.services, session, ask.actor)
            check_lines(body.lines, known)
            check_not_ahead(body.checked_on, day_of(now), "checked_on")
            said = {one.key: one.result for one in body.lines}
            lines = [{**one._asdict(), "result": said[one.key]} for one in known]
            told = body.model_dump(include={"checked_on", "person_name", "note"})
            by = {"recorded_at": now, "recorded_by": ask.actor.user_id}
            row = {"check_id": check_id, "lines": lines, **told, **by}
            await selfchecks.add(session, self_checks, firm, row)
    return await CHECK.done(ask, check_id, ip, fresh)


async def record_finding(ask: Asking, body: SelfFinding, *, ip: str) -> Done[FindingDetail]:
    """Record something the asker's own enterprise found, and the day by which it means to have put it right. Raises
    NotAuthorised, LimitExceeded."""
    check_own(ask.actor)
    now, finding_id = ask.services.clock(), derived_id(ask.command_id, "finding")
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            firm, _ = await own_lines(ask.services, session, ask.actor)
            check_not_ahead(body.found_on, day_of(now), "found_on")
            check_due(body.finish_on, body.found_on)
            by = {"recorded_at": now, "recorded_by": ask.actor.user_id, "state": FindingState.OPEN}
            told = body.model_dump(exclude={"finish_on"}) | {"due_on": body.finish_on}
            row = {"finding_id": finding_id, **told, **by}
            await selfchecks.add(session, self_findings, firm, row)
    return await FINDING.done(ask, finding_id, ip, fresh)


async def rectify(ask: Asking, finding_id: str, body: Rectified, *, ip: str) -> Done[FindingDetail]:
    """Say what was done about a finding, and who did it. Raises NotFound, NotAuthorised, Conflict."""
    async with ask.services.database.write(ask.scope) as session:
        row = await FINDING.held(session, ask, finding_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_act("rectify", row.state)
            told = {"rectified_text": body.text, "rectified_name": body.person_name}
            at = {"rectified_at": ask.services.clock(), "state": FindingState.RECTIFIED}
            await selfchecks.change(session, ask.scope, self_findings, finding_id, **told, **at)
    return await FINDING.done(ask, finding_id, ip, fresh)


async def check(ask: Asking, finding_id: str, body: OwnCheck, *, ip: str) -> Done[FindingDetail]:
    """The enterprise's own manager finds it gone, or sends it back; what may be a major hazard is never closed like
    this. Raises NotFound, NotAuthorised, Conflict."""
    async with ask.services.database.write(ask.scope) as session:
        row = await FINDING.held(session, ask, finding_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_act("check", row.state)
            check_another(body.manager_name, row.rectified_name)
            if body.passed:
                check_stays_inside(row.maybe_major)
            told = {"checked_text": body.text, "manager_name": body.manager_name}
            at = {"checked_at": ask.services.clock(), "returns": row.returns + (not body.passed)}
            state = FindingState.CHECKED if body.passed else FindingState.OPEN
            await selfchecks.change(session, ask.scope, self_findings, finding_id, state=state, **told, **at)
    return await FINDING.done(ask, finding_id, ip, fresh)


async def report(ask: Asking, finding_id: str, opening: CaseOpening, *, ip: str) -> Done[CaseView]:
    """Report a finding (自报) to the bureau: it becomes a case with its pictures (``source`` is ``self_report``).

    Sent again under another key it only records that it was.

    Raises NotFound, NotAuthorised, Conflict, RequirementMissing, and what an opening raises.
    """
    async with ask.services.database.write(ask.scope) as session:
        row = await FINDING.held(session, ask, finding_id)
        opened = await tips.has_case(session, ask.scope, finding_id)
    if opening.source is not Source.SELF_REPORT:
        raise RequirementMissing(
            "自查发现的隐患按企业自报立案",
            "What an enterprise found itself is reported by itself",
            rule="selfchecks.source",
            remedy_zh="来源选择“企业自报”",
            remedy_en="its source is self_report",
        )
    if opened:
        done = Done(await show_view(ask.services, ask.actor, finding_id), before=True)
    else:
        check_act("report", row.state)
        done = await cases.open_case(ask, opening, case_id=finding_id)
    if row.state != FindingState.REPORTED:
        async with ask.services.database.write(ask.scope) as session:
            at = {"state": FindingState.REPORTED, "reported_at": ask.services.clock()}
            await selfchecks.change(session, ask.scope, self_findings, finding_id, **at)
        await audit.succeeded(ask.services, AuditAction.SELF_CHECK, ask.actor, ip, case_id=finding_id)
    return done


async def attach(
    services: Services, actor: Actor, finding_id: str, kept: Kept, said: Said, key: str
) -> FindingDetail:
    """Add a kept picture to a finding that is not reported yet; once it is, pictures are added to its case.

    Raises NotFound, NotAuthorised, Conflict, IdempotencyConflict.
    """
    check_own(actor)
    found = await show_finding(services, actor, finding_id)
    check_act("report", found.state)
    row = row_of(kept, finding_id, actor.district_id or "", actor, said, key)
    row |= {"uploaded_at": services.clock(), "audience": "parties", "claimed": None}
    same = request_hash("selfchecks.photo", finding_id, {"sha256": kept.sha256, "shows": said.shows})
    await evidence.add(
        services.database, actor, row, "", key=key, request_hash=same, there=lambda: there(services, kept)
    )
    return await show_finding(services, actor, finding_id)
