"""Measures (措施): proposing one, each step of its procedure, the answer to a proposal of the ladder, refusal as evidence.

What a step says is a *form*: a few shapes serve all steps of all procedures.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from models.commands.base import Command, EvidenceIds, OptionalText, Part, Service, Text, UserId
from models.measures.kinds import MeasureKind

Officers = Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
Ident = Annotated[str, Field(min_length=1, max_length=64)]
Yuan = Annotated[int, Field(ge=1, le=100_000_000)]
"""Whole yuan (元)."""
Target = Literal["unit", "person"]
Scope = Literal["whole", "part", "equipment"]


class Form(Part):
    """What a step says; ``form`` names the shape."""


class Opinion(Form):
    """A decision with an opinion (审批意见)."""

    form: Literal["opinion"] = "opinion"
    opinion: OptionalText = ""


class Reasoned(Form):
    """A decision that needs its reason (理由)."""

    form: Literal["reasoned"] = "reasoned"
    reason: Text


class Statement(Form):
    """What somebody states or applies for (陈述、申请、报告), with evidence."""

    form: Literal["statement"] = "statement"
    text: Text
    evidence: EvidenceIds = ()


class Defence(Form):
    """Statement and defence (陈述申辩), or its express waiver."""

    form: Literal["defence"] = "defence"
    waived: bool = False
    text: OptionalText = ""
    evidence: EvidenceIds = ()


class Delivery(Form):
    """Service of a document (送达) as a fact."""

    form: Literal["delivery"] = "delivery"
    service: Service


class Record(Form):
    """A record made by two officers (笔录、调查报告)."""

    form: Literal["record"] = "record"
    officers: Officers
    text: Text
    evidence: EvidenceIds = ()


class SiteReview(Form):
    """A site review (现场审查) by two officers: passed or not."""

    form: Literal["site_review"] = "site_review"
    officers: Officers
    passed: bool
    text: Text
    evidence: EvidenceIds = ()


class TalkNotice(Form):
    """Notice of a warning talk (约谈通知书): cause, time, place, attendees, materials; and its service."""

    form: Literal["talk_notice"] = "talk_notice"
    cause: Text
    held_at: AwareDatetime
    place: Text
    attendees: Text
    materials: OptionalText = ""
    service: Service


class Minutes(Form):
    """Minutes of a talk (约谈纪要): who was there, and signed by both sides."""

    form: Literal["minutes"] = "minutes"
    officers: Officers
    held_at: AwareDatetime
    principal_attended: bool
    signed: bool
    text: Text
    evidence: EvidenceIds = ()


class ListingDecision(Form):
    """Listing (挂牌督办): the sponsoring leader (包保领导) and the day the hazard must be gone."""

    form: Literal["listing_decision"] = "listing_decision"
    sponsor_id: UserId
    finish_on: date
    opinion: OptionalText = ""


class SecretsCheck(Form):
    """Secrets check before publication (保密审查)."""

    form: Literal["secrets_check"] = "secrets_check"
    passed: bool
    opinion: Text


class Publication(Form):
    """A publication (公示、公布): where and when."""

    form: Literal["publication"] = "publication"
    channel: Text
    published_at: AwareDatetime
    evidence: EvidenceIds = ()


class SealRecord(Form):
    """Sealing or seizing (查封、扣押): list, on-site record, service of decision and list."""

    form: Literal["seal_record"] = "seal_record"
    officers: Officers
    inventory: Text
    text: Text
    service: Service
    evidence: EvidenceIds = ()


class IntendedPenalty(Form):
    """Notice of intent (告知): facts, reasons, basis and content of the intended decision, and the rights; served."""

    form: Literal["intended_penalty"] = "intended_penalty"
    facts: Text
    basis: Text
    amount: Yuan | None = None
    service: Service


class HearingNotice(Form):
    """Notice of the hearing (听证会通知书): when, where, who presides; served."""

    form: Literal["hearing_notice"] = "hearing_notice"
    held_at: AwareDatetime
    place: Text
    presiding: UserId
    service: Service


class HearingRecord(Form):
    """The hearing as held: record (笔录) and report (听证报告)."""

    form: Literal["hearing_record"] = "hearing_record"
    held_at: AwareDatetime
    record: Text
    report: Text
    evidence: EvidenceIds = ()


class LegalReview(Form):
    """Legal review (法制审核): passed or not, with the opinion."""

    form: Literal["legal_review"] = "legal_review"
    passed: bool
    opinion: Text


class Discussion(Form):
    """Collective discussion of the leaders (集体讨论): who took part, what was concluded."""

    form: Literal["discussion"] = "discussion"
    participants: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=20)]
    held_at: AwareDatetime
    conclusion: Text


class PenaltyDecision(Form):
    """The decision (处罚决定): facts, basis and, for a fine, the amount in whole yuan."""

    form: Literal["penalty_decision"] = "penalty_decision"
    facts: Text
    basis: Text
    amount: Yuan | None = None


class DailyCount(Form):
    """The days a daily fine is counted for (按日计罚天数), both included; the total follows from the daily amount."""

    form: Literal["daily_count"] = "daily_count"
    from_on: date
    until_on: date
    text: Text


class Payment(Form):
    """A payment (缴款): how much, on which day, with the receipt."""

    form: Literal["payment"] = "payment"
    amount: Yuan
    paid_on: date
    evidence: EvidenceIds = ()


class Remedy(Form):
    """Reconsideration or suit (复议、诉讼) as recorded; it stops no safety measure."""

    form: Literal["remedy"] = "remedy"
    way: Literal["reconsideration", "suit"]
    event: Literal["filed", "stayed", "upheld", "annulled", "changed", "withdrawn"]
    on: date
    amount: Yuan | None = None
    """What a fine was changed to, when it was changed."""
    text: Text
    evidence: EvidenceIds = ()


class CutRecord(Form):
    """The power cut as executed (停止供电): when; without notice only in an emergency, with its reason."""

    form: Literal["cut_record"] = "cut_record"
    executed_at: AwareDatetime
    supplier: Text
    emergency: bool = False
    emergency_reason: OptionalText = ""
    evidence: EvidenceIds = ()


class ClosureDecision(Form):
    """The government's decision to close (关闭决定)."""

    form: Literal["closure_decision"] = "closure_decision"
    decision_no: Annotated[str, Field(min_length=1, max_length=100)]
    decided_on: date
    text: OptionalText = ""


AnyForm = Annotated[
    Opinion
    | Reasoned
    | Statement
    | Defence
    | Delivery
    | Record
    | SiteReview
    | TalkNotice
    | Minutes
    | ListingDecision
    | SecretsCheck
    | Publication
    | SealRecord
    | IntendedPenalty
    | HearingNotice
    | HearingRecord
    | LegalReview
    | Discussion
    | PenaltyDecision
    | DailyCount
    | Payment
    | Remedy
    | CutRecord
    | ClosureDecision,
    Field(discriminator="form"),
]


class Proof(Part):
    """Evidence for one condition, with words."""

    text: Text
    evidence: EvidenceIds = ()


class PowerConditions(Part):
    """The two conditions of a power cut that only evidence shows (《安全生产法》第七十条): danger, and a safe cut."""

    danger: Proof
    assured: Proof


class ProposeMeasure(Command):
    """Propose a measure (提请采取措施), or act first where the law says so (现场处理、紧急查封)."""

    name: ClassVar[str] = "propose_measure"
    measure_id: Ident
    kind: MeasureKind
    cause: Text
    evidence: EvidenceIds = ()
    officers: Annotated[tuple[UserId, ...], Field(max_length=6)] = ()
    target: Target = "unit"
    amount: Yuan | None = None
    scope: Scope | None = None
    object: OptionalText = ""
    """What exactly is stopped, sealed or cut."""
    inventory: OptionalText = ""
    """The list and on-site record (清单、现场笔录) of an urgent seal or seizure."""
    ground: Annotated[str, Field(max_length=64)] | None = None
    urgent: bool = False
    service: Service | None = None
    conditions: PowerConditions | None = None
    proposal: Annotated[str, Field(max_length=100)] | None = None
    """The ladder's proposal this answers."""


class TakeStep(Command):
    """Take a step of a measure's procedure (办理措施步骤)."""

    name: ClassVar[str] = "take_step"
    measure_id: Ident
    step: Annotated[str, Field(min_length=1, max_length=64)]
    form: AnyForm


class CloseProposal(Command):
    """Close a proposal of the ladder without taking the measure (不采纳升级建议), with the reason."""

    name: ClassVar[str] = "close_proposal"
    proposal: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Text


class RecordRefusal(Command):
    """Record, by two officers, that the enterprise refuses to comply (拒不执行) with an order or a stop served on it."""

    name: ClassVar[str] = "record_refusal"
    subject: Ident = "order"
    """``order``, or the id of the measure refused."""
    officers: Officers
    text: Text
    evidence: EvidenceIds = ()
