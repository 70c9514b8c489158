"""Measures (措施): proposing one, each step of its procedure, the answer to a proposal of the ladder, refusal as evidence.

What a step says is a *form*: a few shapes serve all steps of all procedures.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.bounds import Act, Between, Until
from models.commands.base import (
    Addressee,
    Command,
    EvidenceIds,
    Ident,
    OptionalText,
    Part,
    Service,
    Text,
    UserId,
)
from models.commands.form import Form as Form
from models.commands.form import Officers, Scope, Target, Yuan
from models.commands.penalties import Ban as Ban
from models.commands.penalties import DailyCount as DailyCount
from models.commands.penalties import Deferral as Deferral
from models.commands.penalties import Discussion as Discussion
from models.commands.penalties import HearingNotice as HearingNotice
from models.commands.penalties import HearingRecord as HearingRecord
from models.commands.penalties import IntendedPenalty as IntendedPenalty
from models.commands.penalties import LegalReview as LegalReview
from models.commands.penalties import Payment as Payment
from models.commands.penalties import PenaltyDecision as PenaltyDecision
from models.commands.penalties import RecusalDecision as RecusalDecision
from models.commands.penalties import RecusalRequest as RecusalRequest
from models.commands.penalties import Remedy as Remedy
from models.commands.penalties import Surcharge as Surcharge
from models.instants import Day, Instant
from models.measures.kinds import MeasureKind
from models.words import Readable

Supply = Literal["power", "explosives"]


class Opinion(Form):
    """A decision with an opinion (审批意见)."""

    form: Literal["opinion"] = "opinion"
    opinion: OptionalText = ""


class Reasoned(Form):
    """A decision that needs its reason (理由)."""

    form: Literal["reasoned"] = "reasoned"
    reason: Text


class Statement(Form):
    """What somebody states or applies for (陈述、申请、报告), with evidence; what came on paper, with its day."""

    form: Literal["statement"] = "statement"
    text: Text
    evidence: EvidenceIds = ()
    made_on: Annotated[Day | None, Between(Act.NEEDED)] = None
    """The day it was made, when it came on paper and an officer records it (书面提出之日)."""


class Reply(Form):
    """What another authority answered (公安机关的通知书、复议决定): when it was received; the days run from there."""

    form: Literal["reply"] = "reply"
    received_on: Annotated[Day, Between(Act.ASKED)]
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
    held_at: Annotated[Instant, Between(Act.NEEDED, Until.HORIZON)]
    place: Text
    attendees: Text
    materials: OptionalText = ""
    service: Service


class Minutes(Form):
    """Minutes of a talk (约谈纪要): who was there, and signed by both sides."""

    form: Literal["minutes"] = "minutes"
    officers: Officers
    held_at: Annotated[Instant, Between(Act.TALK_PLANNED)]
    principal_attended: bool
    signed: bool
    text: Text
    evidence: EvidenceIds = ()


class ListingDecision(Form):
    """Listing (挂牌督办): the sponsoring leader (包保领导) and the day the hazard must be gone."""

    form: Literal["listing_decision"] = "listing_decision"
    sponsor_id: UserId
    finish_on: Annotated[Day, Between(Act.TODAY, Until.HORIZON)]
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
    published_at: Annotated[Instant, Between(Act.NEEDED)]
    evidence: EvidenceIds = ()


class SealRecord(Form):
    """Sealing or seizing (查封、扣押): list, on-site record, service of decision and list."""

    form: Literal["seal_record"] = "seal_record"
    officers: Officers
    inventory: Text
    text: Text
    service: Service
    evidence: EvidenceIds = ()


class AppraisalPeriod(Form):
    """Tests or an appraisal of what is sealed (检测、检验、检疫、技术鉴定): their period, told to the party in writing."""

    form: Literal["appraisal_period"] = "appraisal_period"
    from_on: Annotated[Day, Between(until=Until.HORIZON)]
    until_on: Annotated[Day, Between(until=Until.HORIZON)]
    text: Text
    service: Service


class AppraisalEnd(Form):
    """The end of the tests (检测、鉴定结束): the day of their result."""

    form: Literal["appraisal_end"] = "appraisal_end"
    ended_on: Annotated[Day, Between()]
    text: Text
    evidence: EvidenceIds = ()


class SupplierNotice(Form):
    """The written notice to whoever supplies (通知有关单位停止供应): to whom, and its service."""

    form: Literal["supplier_notice"] = "supplier_notice"
    supplier: Addressee
    service: Service


class CutRecord(Form):
    """The supply as cut (停止供电、停止供应民用爆炸物品): when; power without notice only in an emergency, with its reason."""

    form: Literal["cut_record"] = "cut_record"
    executed_at: Annotated[Instant, Between(Act.APPROVED)]
    emergency: bool = False
    emergency_reason: OptionalText = ""
    evidence: EvidenceIds = ()


class ClosureDecision(Form):
    """The government's decision to close (关闭决定)."""

    form: Literal["closure_decision"] = "closure_decision"
    decision_no: Annotated[str, Field(min_length=1, max_length=100), Readable]
    decided_on: Annotated[Day, Between(Act.NEEDED)]
    text: OptionalText = ""


AnyForm = Annotated[
    Opinion
    | Reasoned
    | Statement
    | Reply
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
    | AppraisalPeriod
    | AppraisalEnd
    | SupplierNotice
    | IntendedPenalty
    | HearingNotice
    | HearingRecord
    | RecusalRequest
    | RecusalDecision
    | LegalReview
    | Discussion
    | PenaltyDecision
    | Ban
    | DailyCount
    | Deferral
    | Surcharge
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
    article: Annotated[str, Readable, Field(min_length=1, max_length=32)] | None = None
    """The penalty article as the policy lists it (罚则条款), such as ``99.overdue``; of a hazard not removed unless given."""
    base: Yuan | None = None
    """What the fine is a multiple of (计罚基数): unlawful income, last year's income, the first paragraph's fine; where the
    article fines so."""
    new_violation: OptionalText = ""
    """What a penalty of this kind was not decided for in this case before (新的违法行为)."""
    scope: Scope | None = None
    object: OptionalText = ""
    """What exactly is stopped, sealed or cut."""
    inventory: OptionalText = ""
    """The list and on-site record (清单、现场笔录) of an urgent seal or seizure."""
    ground: Annotated[str, Field(max_length=64), Readable] | None = None
    industry: Annotated[str, Field(max_length=64), Readable] | None = None
    """The industry (行业领域) on which a bad-faith listing stands, from its closed list."""
    urgent: bool = False
    service: Service | None = None
    supply: Supply = "power"
    """What is no longer supplied (停止供电、停止供应民用爆炸物品)."""
    conditions: PowerConditions | None = None
    proposal: Annotated[str, Field(max_length=100), Readable] | None = None
    """The ladder's proposal this answers."""


class TakeStep(Command):
    """Take a step of a measure's procedure (办理措施步骤)."""

    name: ClassVar[str] = "take_step"
    measure_id: Ident
    step: Ident
    form: AnyForm


class CloseProposal(Command):
    """Close a proposal of the ladder without taking the measure (不采纳升级建议), with the reason."""

    name: ClassVar[str] = "close_proposal"
    proposal: Annotated[str, Field(min_length=1, max_length=100), Readable]
    reason: Text


class RecordRefusal(Command):
    """Record, by two officers, that the enterprise refuses to comply (拒不执行) with an order or a stop served on it."""

    name: ClassVar[str] = "record_refusal"
    subject: Ident = "order"
    """``order``, or the id of the measure refused."""
    officers: Officers
    text: Text
    evidence: EvidenceIds = ()
