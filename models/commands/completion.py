"""Completion, assessment, re-inspection, sign-off and look-back."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.commands.base import Command, EvidenceIds, Ident, OptionalText, Part, Text, UserId


class SignalCompletion(Command):
    """The enterprise signals completion (报告整改完成) with evidence."""

    name: ClassVar[str] = "signal_completion"
    text: Text
    evidence: EvidenceIds = ()


class CommissionAssessment(Command):
    """Name the assessor (委托评估) of a major hazard's treatment; the enterprise chooses freely."""

    name: ClassVar[str] = "commission_assessment"
    assessor_org_id: Ident
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
