"""The shapes of what administrators and auditors look through; pure, no IO."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from ledger.verify_cases import Finding
from models.actors import RANK_LABELS, Rank, Role
from models.audit import Outcome
from models.instants import Day
from models.labels import Label
from models.organisations import KIND_LABELS, OrganisationKind
from models.words import Readable, Shown
from services.labels import label, role_label
from services.messages import TITLES
from services.named import Id, Named
from services.oversight.wording import FINDINGS, OUTCOMES, OUTSIDE, Pair, action_label
from services.paging import Paged


class PeopleQuery(Paged):
    """Which people; ``q`` is part of a name."""

    q: Annotated[str | None, Field(min_length=1, max_length=100), Shown] = None
    role: Role | None = None
    active: bool | None = None


class AuditQuery(Paged):
    """Which lines of the audit log; the days are those of Shanghai, both included."""

    action: Annotated[str | None, Field(min_length=1, max_length=64), Readable] = None
    outcome: Outcome | None = None
    actor: Id | None = None
    case: Id | None = None
    since: Day | None = None
    until: Day | None = None


class CheckQuery(BaseModel):
    """How many of the cases written last to check."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[int, Field(ge=1, le=200, description="核验多少件 / cases checked")] = 50


CertificateState = Literal["valid", "expiring", "expired"]
CERTIFICATE_LABELS: dict[CertificateState, Pair] = {
    "valid": ("有效", "valid"),
    "expiring": ("即将到期", "expires soon"),
    "expired": ("已过期", "expired"),
}


class PersonRow(BaseModel):
    """Somebody with an account, and what their authority rests on; ``certificate_state`` is how their certificate stands today
    (``expiring`` from the day on which the policy in force first reminds of a deadline), null for one without an end."""

    user_id: str
    name: str
    role: Role
    role_label: Label | None
    rank_label: Label | None
    org: str
    """The organisation of the authority they are of, or the assessor."""
    enterprise: Named | None
    territory: str
    certificate_no: str | None
    certificate_expires: date | None
    certificate_state: CertificateState | None
    certificate_label: Label | None
    active: bool


class OrganisationRow(BaseModel):
    """An organisation, and how many people in office have their account there."""

    org_id: str
    name: str
    kind: str
    kind_label: Label
    parent: str | None
    active: bool
    people: int


class AuditLine(BaseModel):
    """A line of the audit log; ``no`` counts without gaps, ``hash`` chains it to the line before."""

    no: int
    at: datetime
    action: str
    action_label: Label
    outcome: Outcome
    outcome_label: Label
    actor: Named | None
    outside: Label | None
    """Who it was, where nobody with an account."""
    role_label: Label | None
    ip: str
    code: str | None
    code_label: Label | None
    case_id: str | None
    details: dict[str, Any]
    hash: str


class LedgerLine(BaseModel):
    """An entry of a case's ledger with all it says and its place in the chain (UTC instants); people by their ids alone."""

    case_id: str
    number: str
    enterprise_id: str
    order_id: str | None
    inspection_id: str | None
    seq: int
    event: str
    at: datetime
    role: str | None
    actor_id: str | None
    acting_for: str | None
    command_id: str | None
    data: dict[str, Any]
    prev_hash: str
    hash: str


class CheckedCase(BaseModel):
    """A case whose ledger or read model disagrees with itself, from entry ``seq`` on; without ``number`` there is no case."""

    case_id: str
    number: str
    title: str
    kind: str
    kind_label: Label
    seq: int | None
    detail: str


class Check(BaseModel):
    """A check of the ledgers of the cases written last: chain, words and read model."""

    at: datetime
    checked: int
    findings: list[CheckedCase]


def certificate_state(expires: date | None, today: date, soon: int) -> CertificateState | None:
    """How a certificate stands that counts through its last day; ``soon``: within so many days of it."""
    if expires is None:
        return None
    if expires < today:
        return "expired"
    return "expiring" if expires <= today + timedelta(days=soon) else "valid"


def person_row(row: Found, today: date, soon: int) -> PersonRow:
    """An account as it is looked through."""
    state = certificate_state(row.certificate_expires, today, soon) if row.certificate_no else None
    return PersonRow(
        user_id=row.user_id,
        name=row.display_name,
        role=row.role,
        role_label=role_label(row.role),
        rank_label=label(RANK_LABELS[Rank(row.rank)]) if row.rank else None,
        org=row.org_name or row.assessor_name or "",
        enterprise=Named(id=row.enterprise_id, name=row.firm_name or "") if row.enterprise_id else None,
        territory=row.territory_name or "",
        certificate_no=row.certificate_no,
        certificate_expires=row.certificate_expires,
        certificate_state=state,
        certificate_label=label(CERTIFICATE_LABELS[state]) if state else None,
        active=row.active,
    )


def organisation_row(row: Found) -> OrganisationRow:
    """An organisation as it is looked through."""
    return OrganisationRow(
        org_id=row.org_id,
        name=row.name,
        kind=row.kind,
        kind_label=label(KIND_LABELS[OrganisationKind(row.kind)]),
        parent=row.parent_name,
        active=row.active,
        people=row.people,
    )


def audit_line(row: Found) -> AuditLine:
    """A line as it is read."""
    return AuditLine(
        no=row.no,
        at=row.at,
        action=row.action,
        action_label=action_label(row.action),
        outcome=row.outcome,
        outcome_label=label(OUTCOMES[Outcome(row.outcome)]),
        actor=Named(id=row.actor_id, name=row.actor_name or "") if row.actor_id else None,
        outside=next(
            (label(pair) for begun, pair in OUTSIDE.items() if (row.actor_id or "").startswith(begun)), None
        ),
        role_label=role_label(row.role),
        ip=row.ip,
        code=row.code,
        code_label=label(TITLES[row.code]) if row.code in TITLES else None,
        case_id=row.case_id,
        details=row.details,
        hash=row.hash,
    )


def checked_case(case_id: str, wrong: Finding, row: Found | None) -> CheckedCase:
    """What is wrong with a case; ``row`` names it, if it is there."""
    return CheckedCase(
        case_id=case_id,
        number=row.number if row else "",
        title=row.title if row else "",
        kind=wrong.kind,
        kind_label=label(FINDINGS[wrong.kind]),
        seq=wrong.seq,
        detail=wrong.detail,
    )
