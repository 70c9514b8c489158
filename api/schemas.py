"""The shapes several routes answer with. Instants are UTC; ``last_day`` is the date in Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from models.caseclocks import ClockStatus
from models.commands import Grade, RiskColour, ServiceMethod, Source, StandardRef
from models.explain import Label
from models.explain_measures import MeasureView, ProposalView
from models.lifecycle import CaseState


class Named(BaseModel):
    """Something with a name."""

    id: str
    name: str


class Deadline(BaseModel):
    """The rectification deadline (整改期限): ``due_at`` is the exclusive end of ``last_day`` (Shanghai).

    ``provisional``: it touches a year whose holidays are not published yet. While ``paused`` it does not run.
    """

    due_at: datetime
    last_day: date
    provisional: bool
    paused: bool


class NextClock(BaseModel):
    """The next clock of a case and what it measures."""

    key: str
    label: Label
    due_at: datetime
    last_day: date
    provisional: bool
    overdue: bool


class CaseView(BaseModel):
    """A case in a list. ``overdue``: its rectification deadline has passed, computed at the moment of asking.

    ``source`` is null where the asker may not learn of a tip.
    """

    case_id: str
    number: str
    title: str
    location: str
    source: Source | None
    source_label: Label | None
    state: CaseState
    state_label: Label
    grade: Grade | None
    grade_label: Label | None
    risk_colour: RiskColour | None
    risk_label: Label | None
    enterprise: Named
    territory: Named | None
    industry: str
    team_id: str | None
    handler_id: str | None
    inspection_id: str | None
    order_id: str | None
    order_no: str | None
    opened_at: datetime
    closed_at: datetime | None
    deadline: Deadline | None
    overdue: bool
    next_clock: NextClock | None
    failures: int
    recurrences: int
    policy_version: str
    seq: int


class ItemView(BaseModel):
    """One rectification requirement (整改事项); ``passed`` is null until it was re-inspected."""

    no: int
    text: str
    passed: bool | None


class OrderView(BaseModel):
    """The order to rectify (责令限期整改指令书) as far as this case is concerned."""

    order_id: str
    number: str | None
    officers: list[Named]
    deadline_days: int
    served_at: datetime | None
    served_method: ServiceMethod | None
    served_label: Label | None


class CaseClock(BaseModel):
    """A clock of the case, running or ended, with its basis (依据)."""

    key: str
    label: Label
    status: ClockStatus
    status_label: Label
    starts_at: datetime
    due_at: datetime
    last_day: date
    provisional: bool
    basis: str | None
    klass: str | None
    verified: str | None
    paused_at: datetime | None
    added_days: int
    added_seconds: int


class Counts(BaseModel):
    """How often what happened."""

    events: int
    evidence: int
    submissions: int
    failures: int
    recurrences: int
    extensions: int
    pauses: int
    look_backs: int


class PlanView(BaseModel):
    """Where the treatment plan (治理方案) stands."""

    status: str


class ReportView(BaseModel):
    """The double report (双报告) of a major hazard."""

    reported_at: datetime | None
    acknowledged_at: datetime | None
    congress_on: date | None


class AssessmentView(BaseModel):
    """The assessment (评估) of a major hazard's treatment."""

    org_id: str
    conclusion: str | None


class ExtensionView(BaseModel):
    """An extension asked for and not answered yet (延期申请)."""

    days: int
    requested_at: datetime


class RegradeView(BaseModel):
    """A regrading proposed and not decided yet (等级调整提请)."""

    grade: Grade
    standard: StandardRef | None


class CaseDetail(CaseView):
    """Everything of a case but its ledger and its evidence; of its measures what the asker may know."""

    description: str
    items: list[ItemView]
    order: OrderView | None
    standard: StandardRef | None
    plan: PlanView | None
    report: ReportView | None
    assessment: AssessmentView | None
    extension: ExtensionView | None
    regrade: RegradeView | None
    handler: Named | None
    clocks: list[CaseClock]
    measures: list[MeasureView]
    proposals: list[ProposalView]
    counts: Counts


class MovedClock(BaseModel):
    """A clock as it stands after an event."""

    key: str
    label: Label
    status: ClockStatus
    due_at: datetime
    last_day: date
    provisional: bool


class ActorView(BaseModel):
    """Who acted: the service itself has no name."""

    user_id: str | None
    name: str | None
    role: str | None
    role_label: Label | None
    acting_for: Named | None = None


class EventView(BaseModel):
    """One entry of the ledger with its words; ``hash`` chains it to the entry before.

    ``texts`` are the words of the command, where the asker may read them; ``facts`` the rest of what it said.
    """

    seq: int
    event: str
    label: Label
    at: datetime
    actor: ActorView
    command_id: str | None
    texts: dict[str, Any] | None
    facts: dict[str, Any]
    clocks: list[MovedClock]
    hash: str


class CommandAnswer(BaseModel):
    """A command that took effect: the case after it, the entries it wrote, the last entry's number."""

    case: CaseView
    events: list[EventView]
    seq: int
