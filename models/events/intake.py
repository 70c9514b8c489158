"""From the first word of a hazard to a served order: opening, verification, grading, order, service."""

from __future__ import annotations

from datetime import date, datetime

from models.commands import Grade, RiskColour, ServiceMethod, Source, StandardRef
from models.events.base import Event
from models.instants import midnight
from models.lifecycle import CaseState
from models.snapshot import Case, Item, OldLedger, OrderFacts, Persons, RegradeProposal, Served


class Opened(Event):
    type = "opened"
    district_id: str
    territory_id: str
    enterprise_id: str
    industry: str
    source: Source
    inspection_id: str | None = None
    found_at: datetime | None = None
    policy_version: str
    policy_digest: str
    by: Persons
    handler_id: str | None = None
    team_id: str | None = None
    risk_colour: RiskColour | None = None
    items: int
    deaths: bool = False
    taken_over: OldLedger | None = None
    state: CaseState


class Verified(Event):
    type = "verified"
    officers: Persons
    evidence: tuple[str, ...] = ()

    def change(self, case: Case, at: datetime) -> None:
        case.verified_by = self.officers


class LeadSigned(Event):
    """A leader signed what was verified on a report (负责人签字, 《安全生产法》第七十三条)."""

    type = "lead_signed"
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.signed_by = self.by


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
        case.regrade = None


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
    issued_on: date
    items: int | None = None
    """How many requirements the order states, where it states them itself."""

    def change(self, case: Case, at: datetime) -> None:
        case.order = OrderFacts(
            order_id=self.order_id,
            officers=self.officers,
            deadline_days=self.deadline_days,
            issued_on=self.issued_on,
        )
        case.deadline_days = self.deadline_days
        case.orders += 1
        if self.items is not None:
            case.items = tuple(Item(no=no) for no in range(1, self.items + 1))
            case.stated = True


class ServiceRecorded(Event):
    """The order was served while the grade is still being determined."""

    type = "service_recorded"
    served_at: datetime
    """When it is deemed served: the deadline runs from here."""
    method: ServiceMethod
    announced_at: datetime | None = None
    """When it was published, where it was served by public notice."""
    evidence: tuple[str, ...] = ()

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


class OrderTakenOver(Event):
    """The order and its deadline, as the old ledger says: no paper of this service, no number of its own."""

    type = "order_taken_over"
    days: int

    def change(self, case: Case, at: datetime) -> None:
        case.deadline_days = self.days


class OverdueTakenOver(Event):
    """The deadline of the old ledger had passed when it was taken over. That it was not kept is for a re-inspection here
    to find: no deadline missed is counted, and the ladder proposes nothing on it."""

    type = "overdue_taken_over"

    def change(self, case: Case, at: datetime) -> None:
        case.overdue_from = case.came_from


class ClosureTakenOver(Event):
    """Corrected and closed in the old ledger on that day: history, not a case to drive."""

    type = "closure_taken_over"
    completed_on: date

    def change(self, case: Case, at: datetime) -> None:
        case.signed_off_at = case.closed_at = midnight(self.completed_on)
