"""The correction period (整改期): double report, plan, progress, extension, pause."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from models.events.base import Event
from models.snapshot import Case, ExtensionRequest, Persons, PlanFacts


class MajorReported(Event):
    type = "major_reported"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.report = case.report.model_copy(update={"reported_at": at, "acknowledged_at": None})


class ReportAcknowledged(Event):
    type = "report_acknowledged"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.report = case.report.model_copy(update={"acknowledged_at": at})


class CongressReported(Event):
    type = "congress_reported"
    held_on: date
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.report = case.report.model_copy(update={"congress_on": self.held_on})


class PlanFiled(Event):
    type = "plan_filed"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.plan = PlanFacts(status="filed", filed_by=self.by)


class PlanAccepted(Event):
    type = "plan_accepted"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        if case.plan is not None:
            case.plan = case.plan.model_copy(update={"status": "accepted"})


class PlanReturned(Event):
    type = "plan_returned"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        if case.plan is not None:
            case.plan = case.plan.model_copy(update={"status": "returned"})


class PlanDropped(Event):
    """The hazard is no longer major, so a plan still under review is not needed."""

    type = "plan_dropped"

    def change(self, case: Case, at: datetime) -> None:
        case.plan = None


class RectificationBegun(Event):
    type = "rectification_begun"
    percent: int = 0
    evidence: tuple[str, ...] = ()


class ProgressReported(Event):
    type = "progress_reported"
    percent: int = 0
    evidence: tuple[str, ...] = ()


class ExtensionRequested(Event):
    type = "extension_requested"
    days: int
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.extension = ExtensionRequest(days=self.days, requested_at=at, by=self.by)


class ExtensionGranted(Event):
    type = "extension_granted"
    days: int
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.extension = None
        case.extensions += 1
        case.granted = self.days


class DeadlineHeld(Event):
    """The deadline came while an extension asked for in time was unanswered: it waits for the answer (待答复)."""

    type = "deadline_held"


class DeadlineRederived(Event):
    """Something the deadline was derived from has changed, and so has the deadline (重新核定整改期限)."""

    type = "deadline_rederived"
    cause: Literal["grade"]
    days: int
    before: date
    """The last day before it."""
    last_day: date


class ExtensionRefused(Event):
    type = "extension_refused"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.extension = None


class ClockPaused(Event):
    type = "clock_paused"
    ground: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.pauses += 1


class ClockResumed(Event):
    type = "clock_resumed"
    added_days: int
    by: Persons
