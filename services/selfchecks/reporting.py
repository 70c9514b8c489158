"""The quarterly double report: made from the figures, confirmed by the principal, told to the staff congress."""

from __future__ import annotations

from ledger import claims, selfchecks
from ledger.readers.paging import Found
from ledger.readers.rules import rules_in_force
from ledger.tables import double_reports
from models.doublereports import (
    Confirmation,
    Congress,
    Counted,
    Quarter,
    ReportState,
    check_congress,
    check_over,
    check_state,
    due_on,
    figures,
    report_state,
)
from models.instants import day_of
from models.selfchecks import check_own
from services.asking import Asking, Done, derived_id
from services.selfchecks.holding import REPORT
from services.selfchecks.reads import own_lines
from services.selfchecks.views import DoubleReportView


async def make(ask: Asking, period: Quarter, *, ip: str) -> Done[DoubleReportView]:
    """Make the report of a quarter that is over from the checks and findings of the asker's own enterprise; a draft is
    counted anew. Raises NotAuthorised, LimitExceeded, Conflict for one that is confirmed."""
    check_own(ask.actor)
    now, firm_id = ask.services.clock(), ask.actor.enterprise_id or ""
    report_id = derived_id(firm_id, "double report", period.year, period.quarter)
    async with ask.services.database.write(ask.scope) as session:
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_over(period, day_of(now))
            firm, _ = await own_lines(ask.services, session, ask.actor)
            checks, rows = await selfchecks.counted(session, ask.scope, period.first, period.after)
            found = [Counted(found_on=row.found_on, due_on=row.due_on, state=row.state) for row in rows]
            rules = await rules_in_force(session, now)
            counted = figures(period, checks, found, day_of(now)).model_dump()
            by = {"figures": counted, "made_at": now, "made_by": ask.actor.user_id}
            due = due_on(period, rules.policy, rules.calendar)
            row = {"report_id": report_id, **period.model_dump(), "due_on": due, **by}
            await selfchecks.add(session, double_reports, firm, row)
            check_state(_state(await REPORT.held(session, ask, report_id)), ReportState.DRAFT)
            await selfchecks.change(session, ask.scope, double_reports, report_id, **by)
    return await REPORT.done(ask, report_id, ip, fresh)


async def confirm(ask: Asking, report_id: str, body: Confirmation, *, ip: str) -> Done[DoubleReportView]:
    """The principal confirms the figures: with it the department has the report. Raises NotFound, NotAuthorised,
    Conflict."""
    async with ask.services.database.write(ask.scope) as session:
        row = await REPORT.held(session, ask, report_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_state(_state(row), ReportState.DRAFT)
            at = {"confirmed_at": ask.services.clock(), "confirmed_by": ask.actor.user_id}
            told = {"principal": body.principal, **at}
            await selfchecks.change(session, ask.scope, double_reports, report_id, **told)
    return await REPORT.done(ask, report_id, ip, fresh)


async def tell(ask: Asking, report_id: str, body: Congress, *, ip: str) -> Done[DoubleReportView]:
    """The staff congress was told, and on which day. Raises NotFound, NotAuthorised, Conflict, LimitExceeded."""
    now = ask.services.clock()
    async with ask.services.database.write(ask.scope) as session:
        row = await REPORT.held(session, ask, report_id)
        fresh = await claims.claim(session, ask.actor, ask.key, ask.hash)
        if fresh:
            check_state(_state(row), ReportState.CONFIRMED)
            check_congress(body.held_on, Quarter(year=row.year, quarter=row.quarter), day_of(now))
            told = {"held_on": body.held_on, "congress_note": body.note, "told_at": now}
            await selfchecks.change(session, ask.scope, double_reports, report_id, **told)
    return await REPORT.done(ask, report_id, ip, fresh)


def _state(row: Found) -> ReportState:
    return report_state(row.confirmed_at is not None, row.held_on is not None)
