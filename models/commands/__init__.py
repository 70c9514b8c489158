"""Commands: what a person asks of a case, as typed messages. Imperative names; one class each.

Free text (:data:`Text`) never travels to Temporal: :func:`models.signing.seal` replaces it by its digest, and an
empty text stays empty, so that guards see whether a part was given without seeing what it says.
"""

from __future__ import annotations

from models.commands.base import (
    Command,
    EvidenceIds,
    Grade,
    OptionalText,
    Order,
    Part,
    Requirement,
    RiskColour,
    Service,
    ServiceMethod,
    Source,
    StandardRef,
    StatedFacts,
    Text,
    TextMark,
    Title,
    UserId,
)
from models.commands.completion import (
    CommissionAssessment,
    FileAssessment,
    ItemFinding,
    RecordLookBack,
    RefuseSignOff,
    Reinspect,
    SignalCompletion,
    SignOff,
)
from models.commands.correction import (
    AcceptPlan,
    AcknowledgeReport,
    FilePlan,
    GrantExtension,
    PauseClock,
    RefuseExtension,
    ReportMajorHazard,
    ReportProgress,
    ReportToCongress,
    RequestExtension,
    ResumeClock,
    ReturnPlan,
)
from models.commands.intake import (
    DecideRegrade,
    DetermineGrade,
    GovernmentVerify,
    IssueOrder,
    MarkUnfounded,
    OpenCase,
    ProposeRegrade,
    ServeOrder,
    SignLead,
    SuspectMajor,
    TakenOver,
    TransferCase,
    Verify,
)
from models.commands.measures import (
    CloseProposal,
    ProposeMeasure,
    RecordRefusal,
    TakeStep,
)
from models.commands.upkeep import (
    AdoptCalendar,
    AdoptPolicy,
    AssignHandler,
    CloseWithEnterprise,
    Correct,
    VoidCase,
)

__all__ = [
    "COMMANDS",
    "AcceptPlan",
    "AcknowledgeReport",
    "AdoptCalendar",
    "AdoptPolicy",
    "AssignHandler",
    "CloseProposal",
    "CloseWithEnterprise",
    "Command",
    "CommissionAssessment",
    "Correct",
    "DecideRegrade",
    "DetermineGrade",
    "EvidenceIds",
    "FileAssessment",
    "FilePlan",
    "GovernmentVerify",
    "Grade",
    "GrantExtension",
    "IssueOrder",
    "ItemFinding",
    "MarkUnfounded",
    "OpenCase",
    "OptionalText",
    "Order",
    "Part",
    "PauseClock",
    "ProposeMeasure",
    "ProposeRegrade",
    "RecordLookBack",
    "RecordRefusal",
    "RefuseExtension",
    "RefuseSignOff",
    "Reinspect",
    "ReportMajorHazard",
    "ReportProgress",
    "ReportToCongress",
    "RequestExtension",
    "Requirement",
    "ResumeClock",
    "ReturnPlan",
    "RiskColour",
    "ServeOrder",
    "Service",
    "ServiceMethod",
    "SignLead",
    "SignOff",
    "SignalCompletion",
    "Source",
    "StandardRef",
    "StatedFacts",
    "SuspectMajor",
    "TakeStep",
    "TakenOver",
    "Text",
    "TextMark",
    "Title",
    "TransferCase",
    "UserId",
    "Verify",
    "VoidCase",
]


def _all(kind: type[Command]) -> dict[str, type[Command]]:
    return {sub.name: sub for sub in kind.__subclasses__()}


COMMANDS: dict[str, type[Command]] = _all(Command)
"""Command name → class."""
