"""Corrections (更正): new entries that name the entry they correct; nothing already written is changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from models.commands import ServiceMethod
from models.events.base import Event
from models.events.measures import MeasureEvent
from models.snapshot import REPLACED, Case, Persons, Served


class Amended(Event):
    """Base of a correction: which entry it corrects, and who did."""

    corrects: int
    by: Persons
    instrument: str | None = None
    """The document that tells the party (更正通知书), where what is corrected had reached it."""
    open: bool = False


class ServiceCorrected(Amended):
    """The order was served at another time than recorded (更正送达时间)."""

    type = "service_corrected"
    served_at: datetime
    method: ServiceMethod
    announced_at: datetime | None = None
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        if case.order is not None:
            served = Served(at=self.served_at, method=self.method)
            case.order = case.order.model_copy(update={"served": served})


class OverdueWithdrawn(Event):
    """The deadline, derived anew, has not passed after all (撤销逾期认定)."""

    type = "overdue_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.unmet -= 1


class OverdueWithdrawnUnbegun(OverdueWithdrawn):
    """The same of a hazard on which no work had been reported yet."""

    type = "overdue_withdrawn_unbegun"


class DaysCorrected(Amended):
    """The days of the deadline, or of an extension, were others than recorded (更正期限)."""

    type = "days_corrected"
    what: Literal["deadline", "grant"]
    days: int
    before: date
    last_day: date

    def change(self, case: Case, at: datetime) -> None:
        if self.what == "deadline":
            case.deadline_days = self.days
        else:
            case.granted = self.days


class ReinspectionWithdrawn(Amended):
    """The result of a re-inspection was recorded by mistake (撤回复查结论)."""

    type = "reinspection_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        last = case.reinspection
        if last is None:
            raise ValueError("no re-inspection can be taken back")
        for name in REPLACED:
            setattr(case, name, getattr(last, name))


class ReinspectionWithdrawnOverdue(ReinspectionWithdrawn):
    type = "reinspection_withdrawn_overdue"


class ReinspectionWithdrawnAssessing(ReinspectionWithdrawn):
    type = "reinspection_withdrawn_assessing"


class CompletionWithdrawn(Amended):
    """The enterprise takes back that it is done (撤回整改完成报告)."""

    type = "completion_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.submitted_at = None
        case.submissions -= 1
        case.assessment = None


class ExtensionWithdrawn(Amended):
    type = "extension_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.extension = None


class PlanWithdrawn(Amended):
    type = "plan_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.plan = None


class RegradeWithdrawn(Amended):
    type = "regrade_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.regrade = None


class RefusalWithdrawn(Amended):
    """A refusal to comply was recorded by mistake (撤回拒不执行登记)."""

    type = "refusal_withdrawn"

    def change(self, case: Case, at: datetime) -> None:
        case.refusals = case.refusals[:-1]


class MeasureServiceCorrected(MeasureEvent):
    """A document of a measure was served at another time than recorded (更正送达时间)."""

    type = "measure_service_corrected"
    corrects: int
    by: Persons
    step: str
    served_at: datetime
    method: ServiceMethod
    instrument: str | None = None
    open: bool = False

    def change(self, case: Case, at: datetime) -> None:
        measure = self.found(case)
        taken = measure.done[self.step]
        told = {"served_at": self.served_at.isoformat(), "method": self.method.value}
        amended = taken.model_copy(update={"facts": {**taken.facts, **told}, "seq": case.seq + 1})
        self.replaced(case, done={**measure.done, self.step: amended})


class StepWithdrawn(MeasureEvent):
    """A step of a measure was recorded by mistake, and nothing has followed it (撤回措施步骤)."""

    type = "step_withdrawn"
    corrects: int
    by: Persons
    step: str
    bearing: str | None = None
    instrument: str | None = None
    open: bool = False
    facts: dict[str, Any] = Field(default_factory=dict)

    def change(self, case: Case, at: datetime) -> None:
        last = self.found(case).last
        if last is None:
            raise ValueError(f"nothing of measure {self.measure_id} can be taken back")
        case.measures = tuple(
            last.measure if one.measure_id == self.measure_id else one for one in case.measures
        )


SUBJECTS: dict[str, str] = {
    "service_recorded": "service",
    "order_served": "service",
    "service_corrected": "service",
    "completion_signalled": "completion",
    "extension_requested": "extension",
    "plan_filed": "plan",
    "regrade_proposed": "regrade",
    "refusal_recorded": "refusal",
    "reinspection_passed": "reinspection",
    "reinspection_failed": "reinspection",
    "extension_granted": "grant",
    "order_issued": "deadline",
}
"""Event → what a correction calls it; the case remembers the last entry of each."""
