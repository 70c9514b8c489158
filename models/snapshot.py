"""The case as data (案件): the one snapshot that history folds to, continue-as-new carries and SQL shows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.caseclocks import ClockRun, ClockStatus, active_of, next_look
from models.commands import Grade, RiskColour, ServiceMethod, Source, StandardRef
from models.lifecycle import FINAL, CaseState
from models.measures.snapshot import Measure, Proposal, RefusalFact
from models.takeover import Flag

Persons = tuple[str, ...]
"""User ids of everyone an act counts for: the hand that signed and the person acted for."""


class Frozen(BaseModel):
    """Base of the parts of a case: replaced, never changed in place."""

    model_config = ConfigDict(frozen=True)


class Item(Frozen):
    """One rectification requirement (整改事项) and its last finding."""

    no: int
    passed: bool | None = None


class Served(Frozen):
    """Service of the order (送达)."""

    at: datetime
    method: ServiceMethod


class OrderFacts(Frozen):
    """The order this case stands under (责令限期整改指令书)."""

    order_id: str
    officers: Persons
    deadline_days: int
    issued_on: date
    """The Shanghai date on the order; it cannot have been served before."""
    served: Served | None = None


class OldLedger(Frozen):
    """What an old ledger (历史台账) said of the case, and by which row of which import it was taken over."""

    job_id: str
    row: int
    ordered_on: date | None = None
    deadline: date | None = None
    """The last day of the deadline, as the row says it or counted from its days."""
    completed_on: date | None = None
    flags: tuple[Flag, ...] = ()
    at: datetime
    """When it was taken over."""


class PlanFacts(Frozen):
    """The treatment plan (治理方案)."""

    status: Literal["filed", "accepted", "returned"]
    filed_by: Persons


class DoubleReport(Frozen):
    """The double report (双报告): to the department, acknowledged; and to the staff congress."""

    reported_at: datetime | None = None
    acknowledged_at: datetime | None = None
    congress_on: date | None = None


class Assessment(Frozen):
    """Third-party assessment (第三方评估)."""

    org_id: str
    conclusion: Literal["effective", "not_effective"] | None = None


class Reinspection(Frozen):
    """The last re-inspection (复查), and what it replaced: with this a slip is taken back while nothing has followed it."""

    at: datetime
    state: CaseState
    items: tuple[Item, ...]
    reinspected_by: Persons
    passed_at: datetime | None
    failures: int
    failed_at: datetime | None
    unmet: int
    deadline_days: int | None
    assessment: Assessment | None
    clocks: dict[str, ClockRun] = {}
    begun: tuple[str, ...] = ()
    """The clocks that had not run before it."""


REPLACED = tuple(Reinspection.model_fields.keys() - {"at", "state", "clocks", "begun"})
"""Fields of a case that a re-inspection replaces."""


class ExtensionRequest(Frozen):
    """An extension asked for and not answered yet (延期申请)."""

    days: int
    requested_at: datetime
    by: Persons


class RegradeProposal(Frozen):
    """A regrading proposed and not decided yet (等级调整提请)."""

    grade: Grade
    standard: StandardRef | None
    by: Persons


class Case(BaseModel):
    """Everything the rules need to know of one hazard case. Ids only; the words are in SQL."""

    case_id: str
    district_id: str
    territory_id: str
    enterprise_id: str
    industry: str
    source: Source
    deaths: bool = False
    verified_by: Persons = ()
    signed_by: Persons = ()
    """The leader who signed what was verified on a report."""
    inspection_id: str | None = None
    found_at: datetime | None = None
    """When the inspection that found it began; what is done about it is not older."""
    taken_over: OldLedger | None = None
    policy_version: str
    policy_digest: str
    opened_at: datetime
    """For a row of an old ledger, the day it was found."""
    opened_by: Persons
    handler_id: str | None = None
    team_id: str | None = None
    risk_colour: RiskColour | None = None

    state: CaseState
    came_from: CaseState | None = None
    """Where the last move led out of."""
    overdue_from: CaseState | None = None
    """Where the case stood when its deadline passed."""
    grade: Grade | None = None
    standard: StandardRef | None = None
    suspected_by: Persons = ()
    regrade: RegradeProposal | None = None
    items: tuple[Item, ...]

    order: OrderFacts | None = None
    orders: int = 0
    plan: PlanFacts | None = None
    report: DoubleReport = DoubleReport()
    assessment: Assessment | None = None
    submitted_at: datetime | None = None
    submissions: int = 0
    reinspected_by: Persons = ()
    reinspection: Reinspection | None = None
    """The last re-inspection, while nothing has moved the case since."""
    passed_at: datetime | None = None
    """When the correction was accepted (复查合格), while it stands."""
    failures: int = 0
    failed_at: datetime | None = None
    """When the correction was last found wanting: a failed re-inspection, a refused sign-off, a recurrence."""
    unmet: int = 0
    """Deadlines missed and re-inspections failed since the hazard was found, or found again."""
    recurrences: int = 0
    recurred_at: datetime | None = None
    look_backs: int = 0
    signed_off_at: datetime | None = None
    deadline_days: int | None = None
    """The days given for the rectification last, by the order or after a failure; what policy allows may be less."""
    extension: ExtensionRequest | None = None
    extensions: int = 0
    granted: int | None = None
    """The days of the last extension granted under the present deadline."""
    pauses: int = 0

    measures: tuple[Measure, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    refusals: tuple[RefusalFact, ...] = ()

    clocks: dict[str, ClockRun] = {}
    entries: dict[str, int] = {}
    """What a correction may be about → the last entry that said it."""
    seq: int = 0
    last_event: str = "opened"
    last_at: datetime
    closed_at: datetime | None = None
    stated: bool = False
    """Whether the facts the enterprise is told of (认定的事实) are written: a lead's words are not those."""
    told_seq: int | None = None
    """The entry by which the enterprise was first told officially; what came before it stays inside."""
    told_at: datetime | None = None

    # -- what the read model filters by; derived, kept here so that SQL and snapshot cannot disagree
    order_id: str | None = None
    officers: Persons = ()
    assessor_org_id: str | None = None
    rectify_due_at: datetime | None = None
    next_due_at: datetime | None = None
    next_clock: str | None = None

    @property
    def major(self) -> bool:
        return self.grade is Grade.MAJOR

    @property
    def unsigned(self) -> bool:
        """Whether a leader must sign before anything is ordered on the report (《安全生产法》第七十三条)."""
        return self.source is Source.TIP and not self.signed_by

    @property
    def final(self) -> bool:
        return self.state in FINAL

    @property
    def over(self) -> bool:
        """Whether nothing is left to do: the hazard's life has ended, and every measure with it."""
        waits = any(measure.open for measure in self.measures) or any(c.active for c in self.clocks.values())
        return self.final and not waits

    def measure(self, measure_id: str) -> Measure | None:
        """The measure of that id."""
        return next((one for one in self.measures if one.measure_id == measure_id), None)

    def proposal(self, key: str) -> Proposal | None:
        """The ladder's proposal of that key."""
        return next((one for one in self.proposals if one.key == key), None)

    @property
    def acted_openly(self) -> bool:
        """Whether the enterprise has been told officially: it reported the hazard, was served, or put it right."""
        known = self.under_order or any(measure.known for measure in self.measures)
        known = known or (self.taken_over is not None and self.taken_over.completed_on is not None)
        return known or self.source is Source.SELF_REPORT or self.submitted_at is not None

    @property
    def under_order(self) -> bool:
        """Whether an order was served, here or as the old ledger says; after a recurrence it is another one."""
        if self.order is not None:
            return self.order.served is not None
        old = self.taken_over
        return old is not None and old.deadline is not None and not self.recurrences

    @property
    def overdue_there(self) -> bool:
        """Whether the deadline missed is one of the old ledger that had passed when the case was taken over: the ladder
        waits for what is found here."""
        old, clock = self.taken_over, self.clocks.get("rectify")
        return bool(old and clock and clock.due_at <= old.at and clock.last_day == old.deadline)

    @property
    def plan_accepted(self) -> bool:
        return self.plan is not None and self.plan.status == "accepted"

    @property
    def failed_items(self) -> tuple[int, ...]:
        return tuple(item.no for item in self.items if item.passed is False)

    def active(self, key: str) -> ClockRun | None:
        """The clock ``key`` if it is running, standing still or missed."""
        clock = self.clocks.get(key)
        return clock if clock is not None and clock.active else None

    @property
    def paused(self) -> bool:
        clock = self.clocks.get("rectify")
        return clock is not None and clock.status is ClockStatus.PAUSED

    @property
    def standing(self) -> bool:
        """Whether the deadline stands still: paused, or held until the office decides."""
        clock = self.clocks.get("rectify")
        return clock is not None and clock.standing

    def active_clocks(self) -> tuple[ClockRun, ...]:
        """Running, standing and missed clocks, next deadline first."""
        return active_of(self.clocks)

    @property
    def wakes_at(self) -> datetime | None:
        """The next instant at which something falls due; None when nothing can."""
        return next_look(self.clocks)

    def derive(self) -> None:
        """Set the derived fields from the others."""
        rectify = self.clocks.get("rectify")
        self.rectify_due_at = rectify.due_at if rectify and rectify.active and not rectify.standing else None
        first = next((c for c in self.active_clocks() if not c.standing), None)
        self.next_due_at = first.due_at if first else None
        self.next_clock = first.key if first else None
        self.order_id = self.order.order_id if self.order else None
        self.officers = self.order.officers if self.order else ()
        self.assessor_org_id = self.assessment.org_id if self.assessment else None
        self.closed_at = (self.closed_at or self.last_at) if self.final else None
        if self.told_seq is None and self.acted_openly:
            self.told_seq, self.told_at = self.seq, self.last_at
