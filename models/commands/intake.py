"""From a first word to a served order."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from models.bounds import Act, Between, Until
from models.commands.base import (
    Addressee,
    Command,
    EvidenceIds,
    Grade,
    Ident,
    OptionalText,
    Order,
    Part,
    Requirement,
    RiskColour,
    Service,
    Source,
    StandardRef,
    StatedFacts,
    Text,
    Title,
    UserId,
)
from models.instants import Day, Instant
from models.takeover import MOST_DAYS, Flag
from models.words import Seen


class TakenOver(Part):
    """A row of an old ledger (历史台账): where it stood there, by its own days; who vouches for it opens the case."""

    job_id: Ident
    row: Annotated[int, Field(ge=1)]
    ordered_on: Annotated[Day | None, Between(Act.FOUND)] = None
    deadline: Annotated[Day | None, Between(Act.FOUND, Until.HORIZON)] = None
    """The last day as the row says it; it is never derived anew."""
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    """The deadline where the row gives days instead: counted as any other."""
    completed_on: Annotated[Day | None, Between(Act.FOUND)] = None
    """When it was corrected there; such a case has ended."""
    flags: Annotated[tuple[Flag, ...], Field(max_length=20)] = ()
    origin: OptionalText = ""
    """File, sheet and row; the number and the paper of the old ledger; its remark."""


class OpenCase(Command):
    """Open a hazard case (立案); what the API knows of the enterprise is filled in by the API, not by the asker."""

    name: ClassVar[str] = "open"
    case_id: Ident
    district_id: Ident
    territory_id: Ident
    enterprise_id: Ident
    industry: Annotated[str, Seen] = ""
    """As the register names it; empty when the register names none."""
    source: Source
    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Requirement, ...], Field(min_length=1, max_length=30)]
    risk_colour: RiskColour | None = None
    suspected_major: StandardRef | None = None
    deaths: bool = False
    """A report that speaks of deaths (涉及人员死亡): the government has it verified."""
    inspection_id: Ident | None = None
    found_at: Annotated[Instant | None, Between()] = None
    """When the inspection that found it began: its papers bear that day, however late it is recorded."""
    order: Order | None = None
    service: Service | None = None
    fixed_on_spot: bool = False
    taken_over: TakenOver | None = None
    handler_id: UserId | None = None
    team_id: Ident | None = None
    evidence: EvidenceIds = ()
    policy: dict[str, Any]
    calendar: dict[str, Any]


class Verify(Command):
    """Two officers verified a lead on the spot (核查属实)."""

    name: ClassVar[str] = "verify"
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    findings: Text
    evidence: EvidenceIds = ()


class MarkUnfounded(Command):
    """Two officers found no hazard (核查不属实)."""

    name: ClassVar[str] = "mark_unfounded"
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    findings: Text
    evidence: EvidenceIds = ()


class GovernmentVerify(Command):
    """What the government found about a report that speaks of deaths (政府组织核查处理)."""

    name: ClassVar[str] = "government_verify"
    founded: bool
    findings: Text
    evidence: EvidenceIds = ()


class SignLead(Command):
    """A leader signs what was verified on a report, before anything is ordered on it (负责人签字)."""

    name: ClassVar[str] = "sign_lead"
    opinion: OptionalText = ""


class TransferCase(Command):
    """Hand the case to the department in charge (移送有管辖权的部门)."""

    name: ClassVar[str] = "transfer"
    to_department: Addressee
    reason: Text


class SuspectMajor(Command):
    """Submit a hazard for determination as major (提请判定重大隐患)."""

    name: ClassVar[str] = "suspect_major"
    standard: StandardRef
    reason: Text


class DetermineGrade(Command):
    """Determine the grade (判定等级); ``major`` needs the clause and its version."""

    name: ClassVar[str] = "determine_grade"
    grade: Grade
    standard: StandardRef | None = None
    reason: Text


class ProposeRegrade(Command):
    """Propose another grade (提请调整等级)."""

    name: ClassVar[str] = "propose_regrade"
    grade: Grade
    standard: StandardRef | None = None
    reason: Text


class DecideRegrade(Command):
    """Approve or refuse the proposed grade (审批等级调整)."""

    name: ClassVar[str] = "decide_regrade"
    approve: bool
    reason: Text


class IssueOrder(Command):
    """Issue an order for a case that has none yet, or that recurred (下达责令限期整改指令书).

    ``stated`` is what the parties read; a case that came from a tip or another department needs it.
    """

    name: ClassVar[str] = "issue_order"
    order: Order
    stated: StatedFacts | None = None


class ServeOrder(Command):
    """Record the service of the order (送达)."""

    name: ClassVar[str] = "serve_order"
    service: Service
