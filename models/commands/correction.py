"""The correction period (整改期)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.bounds import Act, Between
from models.commands.base import Command, EvidenceIds, Ident, OptionalText, Text
from models.instants import Day


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
    held_on: Annotated[Day, Between(Act.FOUND)]
    evidence: Annotated[tuple[Ident, ...], Field(min_length=1, max_length=50)]


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
