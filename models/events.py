"""Events: what happened to a case, in the past tense. Each one knows how it changes the snapshot, and nothing else does.

An event carries every consequence (dates, clocks, persons), so that folding needs neither policy nor calendar.
``trigger`` names the move of the lifecycle table; events outside the table leave the state alone.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal

from models.batch import LedgerEntry
from models.caseclocks import ClockRun
from models.commands import Grade, RiskColour, ServiceMethod, Source, StandardRef
from models.doc import (
    Assessment,
    Case,
    DoubleReport,
    ExtensionRequest,
    Frozen,
    Item,
    OrderFacts,
    Persons,
    PlanFacts,
    RegradeProposal,
    Served,
)
from models.lifecycle import TRIGGERS, CaseState, Lifecycle


class Event(Frozen):
    """Base of all events; ``clocks`` are the clocks as they stand after it (started, moved or ended)."""

    type: ClassVar[str]
    clocks: tuple[ClockRun, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        """Change the draft ``case``; nested values are replaced, never mutated."""


class Opened(Event):
    type = "opened"
    district_id: str
    territory_id: str
    enterprise_id: str
    industry: str
    source: Source
    inspection_id: str | None = None
    policy_version: str
    policy_digest: str
    by: Persons
    handler_id: str | None = None
    team_id: str | None = None
    risk_colour: RiskColour | None = None
    items: int
    state: CaseState


class Verified(Event):
    type = "verified"
    officers: Persons
    evidence: tuple[str, ...] = ()


class FoundUnfounded(Event):
    type = "found_unfounded"
    officers: Persons
    evidence: tuple[str, ...] = ()


class Transferred(Event):
    type = "transferred"
    by: Persons


class MajorSuspected(Event):
    type = "major_suspected"
    standard: StandardRef
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.suspected_by = self.by
        case.standard = self.standard


class Graded(Event):
    type = "graded"
    grade: Grade
    standard: StandardRef | None = None
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.grade = self.grade
        case.standard = self.standard
        case.suspected_by = ()


class GradedUnderOrder(Graded):
    type = "graded_under_order"


class RegradeProposed(Event):
    type = "regrade_proposed"
    grade: Grade
    standard: StandardRef | None = None
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.regrade = RegradeProposal(grade=self.grade, standard=self.standard, by=self.by)


class Regraded(Event):
    type = "regraded"
    grade: Grade
    standard: StandardRef | None = None
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.grade = self.grade
        case.standard = self.standard
        case.regrade = None


class RegradeRefused(Event):
    type = "regrade_refused"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.regrade = None


class OrderIssued(Event):
    type = "order_issued"
    order_id: str
    officers: Persons
    deadline_days: int

    def change(self, case: Case, at: datetime) -> None:
        case.order = OrderFacts(
            order_id=self.order_id, officers=self.officers, deadline_days=self.deadline_days
        )
        case.orders += 1


class ServiceRecorded(Event):
    """The order was served while the grade is still being determined."""

    type = "service_recorded"
    served_at: datetime
    method: ServiceMethod

    def change(self, case: Case, at: datetime) -> None:
        if case.order is not None:
            served = Served(at=self.served_at, method=self.method)
            case.order = case.order.model_copy(update={"served": served})


class OrderServed(ServiceRecorded):
    type = "order_served"


class FixedOnSpot(Event):
    type = "fixed_on_spot"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.submitted_at = at


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


class LateExtensionGranted(ExtensionGranted):
    """Asked in time, granted after the old deadline: the case is no longer overdue."""

    type = "late_extension_granted"


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
    added_seconds: int
    by: Persons


class CompletionSignalled(Event):
    type = "completion_signalled"
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.submitted_at = at
        case.submissions += 1
        case.extension = None
        case.regrade = None
        case.assessment = None


class AssessmentCommissioned(Event):
    type = "assessment_commissioned"
    org_id: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.assessment = Assessment(org_id=self.org_id)


class AssessmentFiled(Event):
    type = "assessment_filed"
    conclusion: Literal["effective", "not_effective"]
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        if case.assessment is not None:
            case.assessment = case.assessment.model_copy(update={"conclusion": self.conclusion})


class DeadlinePassed(Event):
    type = "deadline_passed"


class Reinspected(Event):
    """Base of the two outcomes of a re-inspection."""

    officers: Persons
    passed: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        found = {**dict.fromkeys(self.passed, True), **dict.fromkeys(self.failed, False)}
        case.items = tuple(Item(no=i.no, passed=found.get(i.no, i.passed)) for i in case.items)
        case.reinspected_by = self.officers


class ReinspectionPassed(Reinspected):
    type = "reinspection_passed"

    def change(self, case: Case, at: datetime) -> None:
        super().change(case, at)
        case.extension = None
        case.regrade = None


class ReinspectionFailed(Reinspected):
    type = "reinspection_failed"
    deadline_days: int

    def change(self, case: Case, at: datetime) -> None:
        super().change(case, at)
        case.failures += 1
        case.assessment = None
        case.extension = None


class SignedOff(Event):
    type = "signed_off"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.signed_off_at = at
        case.look_backs = 0


class SignOffRefused(Event):
    type = "sign_off_refused"
    by: Persons
    failed: tuple[int, ...]
    deadline_days: int

    def change(self, case: Case, at: datetime) -> None:
        case.items = tuple(
            Item(no=i.no, passed=False if i.no in self.failed else i.passed) for i in case.items
        )
        case.failures += 1
        case.assessment = None


class LookBackPassed(Event):
    type = "look_back_passed"
    officers: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.look_backs += 1


class LookBackCompleted(LookBackPassed):
    type = "look_back_completed"


class Recurred(Event):
    type = "recurred"
    officers: Persons
    failed: tuple[int, ...]
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.items = tuple(
            Item(no=i.no, passed=False if i.no in self.failed else i.passed) for i in case.items
        )
        case.recurrences += 1
        case.signed_off_at = None
        case.order = None
        case.plan = None
        case.report = DoubleReport()
        case.assessment = None
        case.extensions = 0
        case.pauses = 0


class HandlerAssigned(Event):
    type = "handler_assigned"
    handler_id: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.handler_id = self.handler_id


class Voided(Event):
    type = "voided"
    by: Persons


class EnterpriseClosed(Event):
    type = "enterprise_closed"
    decided_on: date
    by: Persons


class PolicyAdopted(Event):
    type = "policy_adopted"
    policy_version: str
    policy_digest: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.policy_version = self.policy_version
        case.policy_digest = self.policy_digest


class ClocksRederived(Event):
    """A year's calendar was published: provisional deadlines were derived anew."""

    type = "clocks_rederived"
    years: tuple[int, ...]
    moved: tuple[str, ...] = ()


class ClocksMissed(Event):
    type = "clocks_missed"
    keys: tuple[str, ...]


class Reminded(Event):
    type = "reminded"
    keys: tuple[str, ...]


class Digested(Event):
    type = "digested"
    keys: tuple[str, ...]


def _all(kind: type[Event]) -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for sub in kind.__subclasses__():
        if "type" in vars(sub):
            found[sub.type] = sub
        found |= _all(sub)
    return found


EVENTS: dict[str, type[Event]] = _all(Event)
"""Event type → class."""


def open_case(case_id: str, event: Opened, at: datetime) -> Case:
    """The snapshot right after ``opened``."""
    shared = set(Opened.model_fields) & set(Case.model_fields) - {"items", "clocks"}
    case = Case(
        case_id=case_id,
        opened_at=at,
        opened_by=event.by,
        last_at=at,
        items=tuple(Item(no=no) for no in range(1, event.items + 1)),
        clocks={clock.key: clock for clock in event.clocks},
        seq=1,
        **{name: getattr(event, name) for name in shared},
    )
    case.derive()
    return case


def evolve(case: Case, event: Event, at: datetime, lifecycle: Lifecycle) -> Case:
    """The next snapshot; ``case`` itself stays as it was. ``lifecycle`` must stand in ``case.state``."""
    new = case.model_copy()
    if event.type in TRIGGERS:
        new.state = lifecycle.fire(event.type)
    event.change(new, at)
    if event.clocks:
        new.clocks = {**new.clocks, **{clock.key: clock for clock in event.clocks}}
    new.seq = case.seq + 1
    new.last_event = event.type
    new.last_at = at
    new.derive()
    return new


def event_data(event: Event) -> dict[str, Any]:
    """The event as ledger data; defaults are left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def event_of(entry: LedgerEntry) -> Event:
    """The typed event of a ledger entry."""
    return EVENTS[entry.event].model_validate(entry.data)


def fold(entries: list[LedgerEntry]) -> Case:
    """Re-create a case from its ledger entries, in order of ``seq`` from 1."""
    first = event_of(entries[0])
    if not isinstance(first, Opened):
        raise ValueError(f"ledger of {entries[0].case_id} does not begin with 'opened'")
    case = open_case(entries[0].case_id, first, entries[0].at)
    lifecycle = Lifecycle(case.state)
    for entry in entries[1:]:
        case = evolve(case, event_of(entry), entry.at, lifecycle)
    return case
