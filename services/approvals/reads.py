"""The approvals inbox (审批收件箱): what waits for the asker's decision, theirs and of those they act for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from ledger.readers.approvals import (
    OF_CASE,
    OF_ENTERPRISE,
    turns,
)
from ledger.readers.deciding import docs_of, entries_of_measures, evidence_of, last_entries, newest_of
from ledger.readers.enterprise_files import newest_enterprise_entries, standings_of
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.readers.rules import rules_in_force, rules_of
from ledger.sessions import ReadSession, Scope
from models.actors import Actor
from models.caselives import LIVES, of_case
from models.snapshot import Case
from services.approvals.items import Material, case_item, enterprise_item
from services.approvals.views import Approval, ApprovalQuery
from services.context import Services
from services.enterprises.standings import standing_seen
from services.paging import Listing, page_of
from services.tasks.delegated import Seated, seated

ASKING_EVENTS = tuple(sorted({life.asked_by for life in LIVES.values() if life.asked_by}))
"""Entries of a case that ask for a decision."""
_HISTORY = 6
_NO_NEWS = ("reminded", "digested", "clocks_rederived")


async def list_approvals(services: Services, actor: Actor, query: ApprovalQuery) -> Listing[Approval]:
    """What waits for the asker's decision, overdue first: who asks what, on which facts, evidence and law, and what
    follows each answer."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        who = await seated(session, actor, now)
        seats, ranks = (who.own_seats, who.own_ranks) if query.own else (who.seats, who.ranks)
        wanted = turns(scope, seats, ranks, now=now, decisions=True, handler_id=query.handler)
        rows, following = await page_of(services, session, actor, query.view("approvals"), wanted, query)
        found = await material(session, scope, rows, who, now)
    items = (
        case_item(row, who, found, now) if row.subject == OF_CASE else enterprise_item(row, who, found, now)
        for row in rows
    )
    return Listing(items=[item for item in items if item is not None], next=following)


async def material(
    session: ReadSession, scope: Scope, rows: Sequence[Found], who: Seated, now: datetime
) -> Material:
    """Everything a page of approvals shows, a few statements for all of them."""
    found = Material()
    await _of_cases(session, scope, [row for row in rows if row.subject == OF_CASE], found, now)
    await _of_enterprises(
        session, scope, [row for row in rows if row.subject == OF_ENTERPRISE], found, who, now
    )
    entries = [*(one for some in found.history.values() for one in some), *found.requests.values()]
    people = [one.actor_id for one in entries]
    people += [
        one for case in found.cases.values() for m in case.measures for one in (*m.proposed_by, *m.officers)
    ]
    found.names = await names_of(session, people)
    return found


async def _of_cases(
    session: ReadSession, scope: Scope, rows: Sequence[Found], found: Material, now: datetime
) -> None:
    ids = sorted({row.subject_id for row in rows})
    if not ids:
        return
    docs = await docs_of(session, scope, ids)
    versions = {
        version: await rules_of(session, version, now)
        for version in {row.policy_version for row in docs.values()}
    }
    found.cases = {case_id: Case.model_validate(row.doc) for case_id, row in docs.items()}
    found.rules = {case_id: versions[row.policy_version] for case_id, row in docs.items()}
    found.history = _by_case(await last_entries(session, scope, ids, _HISTORY, without=_NO_NEWS))
    asking = await newest_of(session, scope, ids, ASKING_EVENTS)
    found.requests = {(row.case_id, row.event): row for row in asking}
    inner = sorted({row.subject_id for row in rows if not of_case(row.clock or row.key)})
    if inner:
        found.measure_entries = _by_case(await entries_of_measures(session, scope, inner))
    found.evidence = _by_case(await evidence_of(session, scope, ids))


async def _of_enterprises(
    session: ReadSession, scope: Scope, rows: Sequence[Found], found: Material, who: Seated, now: datetime
) -> None:
    if not rows:
        return
    found.policy = await rules_in_force(session, now)
    ids = sorted({row.subject_id for row in rows})
    firms = {row.enterprise_id: row for row in await standings_of(session, scope, ids)}
    for row in rows:
        actor = who.actor_for(row)
        found.standings[row.subject_id] = standing_seen(firms.get(row.subject_id), actor, found.policy, now)
    entries = await newest_enterprise_entries(session, scope, ids, _HISTORY)
    found.history |= _grouped(entries, "enterprise_id")


def _by_case(rows: Sequence[Found]) -> dict[str, list[Found]]:
    return _grouped(rows, "case_id")


def _grouped(rows: Sequence[Found], name: str) -> dict[str, list[Found]]:
    grouped: dict[str, list[Found]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, name)].append(row)
    return dict(grouped)
