"""Commands: what a person asks of a case, as typed messages. Imperative names; one class each.

Free text (:data:`Text`) never travels to Temporal: :func:`models.signing.seal` replaces it by its digest, and an
empty text stays empty, so that guards see whether a part was given without seeing what it says.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class TextMark:
    """Marks a field as free text whose words stay in SQL."""


_MARK = TextMark()
Text = Annotated[str, Field(min_length=1, max_length=4000), _MARK]
"""Required free text."""
OptionalText = Annotated[str, Field(max_length=4000), _MARK]
"""Free text that may be empty; a guard decides whether it may stay so."""
Title = Annotated[str, Field(min_length=2, max_length=200), _MARK]
UserId = Annotated[str, Field(min_length=1, max_length=64)]
EvidenceIds = Annotated[tuple[str, ...], Field(max_length=50)]


class Grade(StrEnum):
    """Grade of a hazard (隐患等级)."""

    GENERAL = "general"
    MAJOR = "major"


class Source(StrEnum):
    """Where a case comes from (线索来源)."""

    INSPECTION = "inspection"
    TIP = "tip"
    SELF_REPORT = "self_report"
    TRANSFER = "transfer"


class RiskColour(StrEnum):
    """Risk colour (红橙黄蓝): priority and warning only, never a grade."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class ServiceMethod(StrEnum):
    """Ways of serving a document (送达方式, 《民事诉讼法》第八十八条至第九十五条)."""

    IN_PERSON = "in_person"
    WITNESSED_LEAVE = "witnessed_leave"
    POST = "post"
    ELECTRONIC = "electronic"
    PUBLIC_NOTICE = "public_notice"


class Part(BaseModel):
    """A part of a command."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Command(Part):
    """Base of all commands; ``name`` is the word in the URL."""

    name: ClassVar[str] = ""


class StandardRef(Part):
    """The clause a major grade stands on (判定标准条款): standard, its version, clause number."""

    standard_id: Annotated[str, Field(min_length=1, max_length=64)]
    version: Annotated[str, Field(min_length=1, max_length=64)]
    clause: Annotated[str, Field(min_length=1, max_length=64)]


class Service(Part):
    """Service of a document (送达) as a fact; the clocks start here, never at issue."""

    served_at: AwareDatetime
    method: ServiceMethod = ServiceMethod.IN_PERSON
    witnesses: Annotated[tuple[UserId, ...], Field(max_length=4)] = ()
    evidence: EvidenceIds = ()


class Order(Part):
    """The order to rectify by a deadline (责令限期整改指令书) as far as one case is concerned."""

    order_id: Annotated[str, Field(min_length=1, max_length=64)]
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    deadline_days: Annotated[int, Field(ge=1, le=3650)]
    issued_on: date | None = None


class Requirement(Part):
    """One thing the enterprise must put right (整改要求)."""

    text: Text


class OpenCase(Command):
    """Open a hazard case (立案); what the API knows of the enterprise is filled in by the API, not by the asker."""

    name: ClassVar[str] = "open"
    case_id: str
    district_id: str
    territory_id: str
    enterprise_id: str
    industry: str
    source: Source
    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Requirement, ...], Field(min_length=1, max_length=30)]
    risk_colour: RiskColour | None = None
    suspected_major: StandardRef | None = None
    inspection_id: str | None = None
    order: Order | None = None
    service: Service | None = None
    fixed_on_spot: bool = False
    handler_id: UserId | None = None
    team_id: str | None = None
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


class TransferCase(Command):
    """Hand the case to the department in charge (移送有管辖权的部门)."""

    name: ClassVar[str] = "transfer"
    to_department: Text
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
    """Issue an order for a case that has none yet, or that recurred (下达责令限期整改指令书)."""

    name: ClassVar[str] = "issue_order"
    order: Order


class ServeOrder(Command):
    """Record the service of the order (送达)."""

    name: ClassVar[str] = "serve_order"
    service: Service


class ReportMajorHazard(Command):
    """The enterprise's report of a major hazard to the department (重大隐患报告); three parts."""

    name: ClassVar[str] = "report_major_hazard"
    present_state: OptionalText = ""
    harm_and_difficulty: OptionalText = ""
    treatment: OptionalText = ""


class AcknowledgeReport(Command):
    """The department acknowledges the report (部门签收双报告)."""

    name: ClassVar[str] = "acknowledge_report"


class ReportToCongress(Command):
    """Proof that the staff congress was told (向职工（代表）大会报告)."""

    name: ClassVar[str] = "report_to_congress"
    held_on: date
    evidence: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]


class FilePlan(Command):
    """File the treatment plan (治理方案) with the five-in-place (五到位); a blank part is refused by name."""

    name: ClassVar[str] = "file_plan"
    goals: OptionalText = ""
    responsibility: OptionalText = ""
    measures: OptionalText = ""
    funds: OptionalText = ""
    time_limit: OptionalText = ""
    contingency: OptionalText = ""


class AcceptPlan(Command):
    """Accept the plan (审核通过治理方案)."""

    name: ClassVar[str] = "accept_plan"
    opinion: OptionalText = ""


class ReturnPlan(Command):
    """Return the plan (退回治理方案)."""

    name: ClassVar[str] = "return_plan"
    reason: Text


class ReportProgress(Command):
    """Report progress (报告整改进展); the first report says that rectification has begun."""

    name: ClassVar[str] = "report_progress"
    text: Text
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    evidence: EvidenceIds = ()


class RequestExtension(Command):
    """Ask for more time (申请延期) before the deadline, with reason and interim measures."""

    name: ClassVar[str] = "request_extension"
    days: Annotated[int, Field(ge=1, le=3650)]
    reason: Text
    interim_measures: Text


class GrantExtension(Command):
    """Grant an extension (批准延期) of a number of calendar days."""

    name: ClassVar[str] = "grant_extension"
    days: Annotated[int, Field(ge=1, le=3650)]
    opinion: OptionalText = ""


class RefuseExtension(Command):
    """Refuse an extension with reasons (不予延期)."""

    name: ClassVar[str] = "refuse_extension"
    reason: Text


class PauseClock(Command):
    """Pause the rectification deadline (中止计时): the authority waits on something outside the enterprise."""

    name: ClassVar[str] = "pause"
    ground: Literal["appraisal", "other_authority", "force_majeure"]
    reason: Text


class ResumeClock(Command):
    """Resume the paused deadline (恢复计时); exactly the paused time is added."""

    name: ClassVar[str] = "resume"
    reason: OptionalText = ""


class SignalCompletion(Command):
    """The enterprise signals completion (报告整改完成) with evidence."""

    name: ClassVar[str] = "signal_completion"
    text: Text
    evidence: EvidenceIds = ()


class CommissionAssessment(Command):
    """Name the assessor (委托评估) of a major hazard's treatment; the enterprise chooses freely."""

    name: ClassVar[str] = "commission_assessment"
    assessor_org_id: Annotated[str, Field(min_length=1, max_length=64)]
    independence_declared: bool = False


class FileAssessment(Command):
    """The assessor's report (评估报告): evidence for the officers, never the decision."""

    name: ClassVar[str] = "file_assessment"
    conclusion: Literal["effective", "not_effective"]
    text: Text
    evidence: EvidenceIds = ()


class ItemFinding(Part):
    """Whether one requirement is met (逐项复查意见)."""

    no: Annotated[int, Field(ge=1, le=30)]
    passed: bool
    note: OptionalText = ""


class Reinspect(Command):
    """Re-inspect (整改复查): a finding for every item; a failed one needs a new deadline."""

    name: ClassVar[str] = "reinspect"
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    findings: Annotated[tuple[ItemFinding, ...], Field(min_length=1, max_length=30)]
    new_deadline_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    opinion: OptionalText = ""
    evidence: EvidenceIds = ()


class SignOff(Command):
    """Strike the hazard off the ledger (销号)."""

    name: ClassVar[str] = "sign_off"
    opinion: OptionalText = ""


class RefuseSignOff(Command):
    """Refuse the sign-off (不予销号): items fail again and get a new deadline."""

    name: ClassVar[str] = "refuse_sign_off"
    items: Annotated[tuple[Annotated[int, Field(ge=1, le=30)], ...], Field(min_length=1, max_length=30)]
    new_deadline_days: Annotated[int, Field(ge=1, le=3650)]
    reason: Text


class RecordLookBack(Command):
    """Record a look-back check (回头看): has the hazard come back?"""

    name: ClassVar[str] = "record_look_back"
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    recurred: bool
    items: Annotated[tuple[Annotated[int, Field(ge=1, le=30)], ...], Field(max_length=30)] = ()
    text: Text
    evidence: EvidenceIds = ()


class AssignHandler(Command):
    """Assign the case to a person (交办)."""

    name: ClassVar[str] = "assign_handler"
    handler_id: UserId
    reason: OptionalText = ""


class VoidCase(Command):
    """Void a wrongly opened case (作废); its number is never used again."""

    name: ClassVar[str] = "void"
    reason: Text


class CloseWithEnterprise(Command):
    """Government closed the enterprise (政府决定关闭): the case ends with it."""

    name: ClassVar[str] = "close_with_enterprise"
    decision_no: Text
    decided_on: date


class AdoptPolicy(Command):
    """Adopt a newer policy version for this case (适用新版规则); running clocks keep their dates."""

    name: ClassVar[str] = "adopt_policy"
    policy: dict[str, Any]
    reason: Text


class AdoptCalendar(Command):
    """The State Council published a year's holidays: derive provisional deadlines anew (重新推算)."""

    name: ClassVar[str] = "adopt_calendar"
    calendar: dict[str, Any]


def _all(kind: type[Command]) -> dict[str, type[Command]]:
    return {sub.name: sub for sub in kind.__subclasses__()}


COMMANDS: dict[str, type[Command]] = _all(Command)
"""Command name → class."""
