"""Corrections (更正): new entries that name the entry they correct; nothing already written is changed."""

from __future__ import annotations

from datetime import datetime

from models.commands import ServiceMethod
from models.events.base import Event
from models.events.measures import MeasureEvent
from models.snapshot import Case, Persons, Served


class Amended(Event):
    """Base of a correction: which entry it corrects, and who did."""

    corrects: int
    by: Persons


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
    open: bool = False

    def change(self, case: Case, at: datetime) -> None:
        measure = self.found(case)
        taken = measure.done[self.step]
        told = {"served_at": self.served_at.isoformat(), "method": self.method.value}
        amended = taken.model_copy(update={"facts": {**taken.facts, **told}, "seq": case.seq + 1})
        self.replaced(case, done={**measure.done, self.step: amended})


SUBJECTS: dict[str, str] = {
    "service_recorded": "service",
    "order_served": "service",
    "service_corrected": "service",
    "completion_signalled": "completion",
    "extension_requested": "extension",
    "plan_filed": "plan",
    "regrade_proposed": "regrade",
    "refusal_recorded": "refusal",
}
"""Event → what a correction calls it; the case remembers the last entry of each."""
