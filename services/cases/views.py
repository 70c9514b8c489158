"""The shapes of cases. Instants are UTC; ``last_day`` is the date in Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.caseclocks import ClockStatus
from models.commands import (
    Grade,
    OptionalText,
    RiskColour,
    ServiceMethod,
    Source,
    StandardRef,
    Text,
    Title,
)
from models.explain import Label
from models.explain_measures import MeasureView, ProposalView
from models.instants import Day, Instant
from models.lifecycle import CaseState
from models.takeover import Flag
from models.words import Shown
from services.named import Id, Named
from services.paging import Limit, Paged

Sort = Literal["next_due_at", "-next_due_at", "opened_at", "-opened_at", "number", "-number", "risk", "-risk"]
NotStated = Literal["none"]
NotMajor = Literal["not_major"]
AnyFlag = Literal["any"]


class CaseOpening(BaseModel):
    """A hazard somebody reports (线索). District, territory, industry and liaison group follow from the enterprise;
    policy and calendar are the ones in force."""

    model_config = ConfigDict(extra="forbid")

    source: Literal[Source.TIP, Source.SELF_REPORT, Source.TRANSFER]
    enterprise_id: Id
    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    risk_colour: RiskColour | None = None
    deaths: bool = False
    """A tip that speaks of deaths (涉及人员死亡): the government has it verified."""


class CaseQuery(Paged):
    """Which cases, in which order; several values of ``state`` or ``source`` mean any of them.

    ``none`` for a territory, an industry or a colour asks for the cases that have none.
    """

    state: Annotated[tuple[CaseState, ...], Field(max_length=20)] = ()
    grade: Annotated[
        Grade | NotMajor | None,
        Field(description="等级；not_major 为一般隐患 / grade; general or never determined"),
    ] = None
    source: Annotated[tuple[Source, ...], Field(max_length=5)] = ()
    enterprise: Id | None = None
    territory: Id | None = None
    industry: Id | None = None
    colour: Annotated[RiskColour | NotStated | None, Field(description="风险颜色 / risk colour")] = None
    flag: Annotated[
        Flag | AnyFlag | None,
        Field(description="历史台账存疑；any 为任一 / what is doubtful about an old ledger's row"),
    ] = None
    team: Id | None = None
    handler: Id | None = None
    inspection: Id | None = None
    order: Id | None = None
    open: Annotated[bool | None, Field(description="未办结 / not in a final state")] = None
    overdue: Annotated[bool | None, Field(description="整改期限已过 / the deadline has passed, now")] = None
    due_before: Annotated[Instant | None, Field(description="下一时限早于 / next clock before")] = None
    opened_from: Annotated[Day | None, Field(description="立案不早于 / opened on this day or later")] = None
    opened_to: Annotated[Day | None, Field(description="立案不晚于 / opened on this day or earlier")] = None
    closed_from: Annotated[Day | None, Field(description="办结不早于 / closed on this day or later")] = None
    closed_to: Annotated[Day | None, Field(description="办结不晚于 / closed on this day or earlier")] = None
    idle: Annotated[
        int | None,
        Field(ge=1, le=3650, description="至少这么多天无人办理 / nobody did anything for so many days"),
    ] = None
    mine: Annotated[
        bool, Field(description="我承办、下达或立案 / mine to handle, ordered or opened by me")
    ] = False
    took_part: Annotated[bool, Field(description="我办理过 / I gave a command in it")] = False
    q: Annotated[
        str | None, Field(min_length=1, max_length=100, description="关键词 / words in it"), Shown
    ] = None
    sort: Sort = "next_due_at"


class EventQuery(BaseModel):
    """A page of the ledger: ``after`` is the last ``seq`` seen."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 100
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Deadline(BaseModel):
    """The rectification deadline (整改期限): ``due_at`` is the exclusive end of ``last_day`` (Shanghai).

    ``provisional``: it touches a year whose holidays are not published yet. While ``paused`` it does not run: it was
    paused, or the office has not decided.
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
    """A case in a list. ``overdue``: its rectification deadline has passed, computed at the moment of asking; ``flags`` is
    what is doubtful about a row of an old ledger, for officials.

    For whoever stands outside the authority a case begins when its enterprise was first told of it: ``opened_at`` and
    ``seq`` count from there, ``source`` is null unless the enterprise reported it, ``inspection_id`` is null.
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
    flags: list[Flag]
    flag_labels: list[Label]
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


class StatedView(BaseModel):
    """The facts as the parties read them (认定的事实); null until an officer has stated those of a lead."""

    title: str
    description: str
    location: str


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


class CaseCounts(BaseModel):
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


class TakenOverView(BaseModel):
    """What the old ledger said (历史台账), for officials: file and row, its own number and paper, its days."""

    import_id: str
    origin: str
    ordered_on: date | None
    deadline: date | None
    completed_on: date | None
    at: datetime


class CaseDetail(CaseView):
    """Everything of a case but its ledger and its evidence; of its measures what the asker may know."""

    description: str
    stated: StatedView | None
    taken_over: TakenOverView | None
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
    counts: CaseCounts


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


class EventList(BaseModel):
    """A page of a case's ledger in order; ``next`` is the last ``seq`` when there is more, else null."""

    items: list[EventView]
    next: int | None = None
