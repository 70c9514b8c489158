"""What administrators and auditors look through: people and organisations both, the audit log and the ledger auditors."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.readers.cases import named
from ledger.readers.entries import select_entries
from ledger.readers.oversight import select_audit, select_organisations, select_people
from ledger.readers.rules import policy_in_force
from ledger.sessions import ReadSession, Scope
from ledger.verify_cases import verify_latest
from models.actors import ROLE_LABELS, Actor, Role
from models.errors import NotAuthorised
from models.instants import day_of, midnight
from services.context import Services
from services.missing import missing
from services.oversight.views import (
    AuditLine,
    AuditQuery,
    Check,
    CheckQuery,
    LedgerLine,
    OrganisationRow,
    PeopleQuery,
    PersonRow,
    audit_line,
    checked_case,
    organisation_row,
    person_row,
)
from services.paging import Listing, Paged, page_of

OVERSEES = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who looks through people and organisations."""
AUDITS = frozenset({Role.AUDITOR})
"""Who reads the audit log and has the ledger checked: not whoever administers what is audited."""


def _only(actor: Actor, roles: frozenset[Role], rule: str) -> None:
    """Raise NotAuthorised for everybody else."""
    if actor.role not in roles:
        zh, en = ("、".join(ROLE_LABELS[one][0] for one in sorted(roles)), ", ".join(sorted(roles)))
        raise NotAuthorised(f"仅{zh}可以查看", f"Only for: {en}", rule=rule)


def check_audits(actor: Actor) -> None:
    """Raise NotAuthorised unless ``actor`` may take out what auditors see."""
    _only(actor, AUDITS, "oversight.dump")


async def list_people(services: Services, actor: Actor, query: PeopleQuery) -> Listing[PersonRow]:
    """The accounts of the district, by role and name. Raises NotAuthorised."""
    _only(actor, OVERSEES, "oversight.people")
    scope, now = Scope.of(actor), services.clock()
    wanted = select_people(scope, search=query.q, role=query.role, active=query.active)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("people"), wanted, query)
        soon = await _soon(session, now)
    return Listing(items=[person_row(row, day_of(now), soon) for row in rows], next=following)


async def show_person(services: Services, actor: Actor, user_id: str) -> PersonRow:
    """One account of the district, as the list shows it. Raises NotAuthorised, NotFound."""
    _only(actor, OVERSEES, "oversight.people")
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        row = (await session.execute(select_people(scope, user_id=user_id))).one_or_none()
        soon = await _soon(session, now)
    if row is None:
        raise missing("account")
    return person_row(row, day_of(now), soon)


async def _soon(session: ReadSession, now: datetime) -> int:
    """How many days before its end a certificate is said to end soon."""
    policy = await policy_in_force(session, now)
    return max(policy.reminders.before_days, default=0)


async def list_organisations(services: Services, actor: Actor, query: Paged) -> Listing[OrganisationRow]:
    """The organisations of the district, by kind and name. Raises NotAuthorised."""
    _only(actor, OVERSEES, "oversight.organisations")
    scope = Scope.of(actor)
    wanted = select_organisations(scope)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, "organisations", wanted, query)
    return Listing(items=[organisation_row(row) for row in rows], next=following)


async def list_entries(services: Services, actor: Actor, query: Paged) -> Listing[LedgerLine]:
    """Every entry of every case's ledger, case by case: what it says, who by id, and its place in the chain. Raises
    NotAuthorised."""
    _only(actor, AUDITS, "oversight.entries")
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, "entries", select_entries(scope), query)
    kept = LedgerLine.model_fields
    return Listing(
        items=[LedgerLine(**{name: getattr(row, name) for name in kept}) for row in rows], next=following
    )


async def list_audit(services: Services, actor: Actor, query: AuditQuery) -> Listing[AuditLine]:
    """The audit log (审计日志) of the district and of no district, newest first. Raises NotAuthorised."""
    _only(actor, AUDITS, "oversight.audit")
    scope = Scope.of(actor)
    wanted = select_audit(
        scope,
        action=query.action,
        outcome=query.outcome,
        actor_id=query.actor,
        case_id=query.case,
        since=midnight(query.since) if query.since else None,
        before=midnight(query.until) + timedelta(days=1) if query.until else None,
    )
    async with services.database.read(scope) as session:
        rows, following = await page_of(services, session, actor, query.view("audit"), wanted, query)
    return Listing(items=[audit_line(row) for row in rows], next=following)


async def check_ledger(services: Services, actor: Actor, query: CheckQuery) -> Check:
    """Check the ledgers of the district's cases written last, now: chain, words and read model. Raises NotAuthorised.

    The whole ledger, with its signatures and its folding, is checked by ``xiaohao verify``.
    """
    _only(actor, AUDITS, "oversight.ledger")
    found = await verify_latest(services.database, actor.district_id or "", query.cases)
    wrong = {case_id: one for case_id, one in found.items() if one is not None}
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        names = await named(session, scope, wrong)
    findings = [checked_case(case_id, one, names.get(case_id)) for case_id, one in wrong.items()]
    return Check(at=services.clock(), checked=len(found), findings=findings)
