"""What the steps of a penalty say: notice, hearing, review, decision, payment, remedies (告知、听证、决定、缴款、救济)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.bounds import Act, AtMost, Between, Sum, Until
from models.commands.base import EvidenceIds, OptionalText, Part, Service, Text, UserId
from models.commands.form import Form, Yuan
from models.instants import Day, Instant


class IntendedPenalty(Form):
    """Notice of intent (告知): facts, reasons, basis and content of the intended decision, and the rights; served."""

    form: Literal["intended_penalty"] = "intended_penalty"
    facts: Text
    basis: Text
    amount: Yuan | None = None
    base: Yuan | None = None
    """What the amount is a multiple of (计罚基数), where it is another than the proposal says."""
    new_facts: OptionalText = ""
    """What has come to light since, where it is heavier than what a defence answered (新的事实)."""
    service: Service


class HearingNotice(Form):
    """Notice of the hearing (听证会通知书): when, where, who presides; served."""

    form: Literal["hearing_notice"] = "hearing_notice"
    held_at: Annotated[Instant, Between(Act.NEEDED, Until.HORIZON)]
    place: Text
    presiding: UserId
    service: Service


class HearingRecord(Form):
    """The hearing as held: record (笔录) and report (听证报告)."""

    form: Literal["hearing_record"] = "hearing_record"
    held_at: Annotated[Instant, Between(Act.HEARING_PLANNED)]
    record: Text
    report: Text
    evidence: EvidenceIds = ()


class RecusalRequest(Form):
    """A request that somebody withdraw (申请回避): who, and for what interest."""

    form: Literal["recusal_request"] = "recusal_request"
    person: UserId
    text: Text
    evidence: EvidenceIds = ()
    made_on: Annotated[Day | None, Between(Act.NEEDED)] = None


class RecusalDecision(Form):
    """The leader's decision on it (回避决定)."""

    form: Literal["recusal_decision"] = "recusal_decision"
    granted: bool
    reason: Text


class LegalReview(Form):
    """Legal review (法制审核): passed or not, with the opinion."""

    form: Literal["legal_review"] = "legal_review"
    passed: bool
    opinion: Text


class Discussion(Form):
    """Collective discussion of the leaders (集体讨论): who took part, what was concluded."""

    form: Literal["discussion"] = "discussion"
    participants: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=20)]
    held_at: Annotated[Instant, Between(Act.NEEDED)]
    conclusion: Text


class PenaltyDecision(Form):
    """The decision (处罚决定): facts, basis and, for a fine, the amount in whole yuan."""

    form: Literal["penalty_decision"] = "penalty_decision"
    facts: Text
    basis: Text
    amount: Yuan | None = None
    base: Yuan | None = None
    """What the amount is a multiple of (计罚基数), where it is another than was notified."""


class DailyCount(Form):
    """The days a daily fine is counted for (按日计罚天数), both included; the total follows from the daily amount."""

    form: Literal["daily_count"] = "daily_count"
    from_on: Annotated[Day, Between(Act.ORDERED)]
    until_on: Annotated[Day, Between(after="from_on")]
    text: Text


class Payment(Form):
    """A payment (缴款): how much, on which day, with the receipt."""

    form: Literal["payment"] = "payment"
    amount: Annotated[Yuan, AtMost(Sum.LEFT)]
    paid_on: Annotated[Day, Between(Act.DECIDED)]
    evidence: EvidenceIds = ()


class Instalment(Part):
    """One part of a fine paid by instalments (分期): how much by which day."""

    due_on: Annotated[Day, Between(Act.TODAY, Until.HORIZON)]
    amount: Annotated[Yuan, AtMost(Sum.LEFT)]


class Deferral(Form):
    """Payment deferred, or by instalments (暂缓、分期缴纳): until which day at the latest, and why."""

    form: Literal["deferral"] = "deferral"
    until_on: Annotated[Day, Between(Act.TODAY, Until.HORIZON)]
    instalments: Annotated[tuple[Instalment, ...], Field(max_length=60)] = ()
    reason: Text


class Surcharge(Form):
    """A surcharge (加处罚款); its amount follows from the days late."""

    form: Literal["surcharge"] = "surcharge"
    opinion: OptionalText = ""


class Ban(Form):
    """The ban on the principal of a closed enterprise (主要负责人任职禁止): who, and whether for life in the industry."""

    form: Literal["ban"] = "ban"
    principal: Text
    life: bool = False


class Remedy(Form):
    """Reconsideration or suit (复议、诉讼) as recorded; it stops no safety measure.

    An outcome is recorded when it has taken effect (生效): a judgment under appeal is ``filed`` still.
    """

    form: Literal["remedy"] = "remedy"
    way: Literal["reconsideration", "suit"]
    event: Literal["filed", "stayed", "upheld", "annulled", "changed", "unlawful", "void", "withdrawn"]
    on: Annotated[Day, Between(Act.REMEDIED)]
    """The date of the filing or of the outcome (决定、判决之日)."""
    received_on: Annotated[Day | None, Between(after="on")] = None
    """The day the party received the outcome (收到之日); the same day unless given."""
    amount: Annotated[Yuan | None, AtMost(Sum.DECIDED)] = None
    """What a fine was changed to, when it was changed."""
    text: Text
    evidence: EvidenceIds = ()
