"""Clocks as they run in one case: a started clock, and the table that says where each clock lives and who owns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from models.actors import Role
from models.calendar import WorkingCalendar
from models.clocks import ClockSpec, DayKind, Due, Unit, due, extend, next_digest, next_reminder, resume
from models.lifecycle import CORRECTING, CaseState
from models.measures.clocks import MEASURE_LIVES, MeasureLife, Nature
from models.policy import Policy

S = CaseState


class ClockStatus(StrEnum):
    """What became of a clock; every clock ends exactly once."""

    RUNNING = "running"
    PAUSED = "paused"
    MISSED = "missed"  # fell due and is still owed: digests go out
    MET = "met"
    LATE = "late"  # done after it fell due
    STOPPED = "stopped"  # the case ended or the duty fell away
    EXPIRED = "expired"  # a right, a wait or a term that ran out


ACTIVE = frozenset({ClockStatus.RUNNING, ClockStatus.PAUSED, ClockStatus.MISSED})


class ClockRun(BaseModel):
    """One started clock. All instants UTC; ``due_at`` is the exclusive end of ``last_day`` (Shanghai)."""

    model_config = ConfigDict(frozen=True)

    key: str
    starts_at: datetime
    due_at: datetime
    last_day: date
    n: int
    unit: Unit = Unit.DAYS
    day_kind: DayKind = DayKind.CALENDAR
    provisional: bool = False
    status: ClockStatus = ClockStatus.RUNNING
    next_at: datetime | None = None
    """When the case must look at this clock again: a reminder, the deadline, or a digest."""
    paused_at: datetime | None = None
    rolls: bool = True
    """Whether its last day rolls off holidays; hours run through."""
    added: tuple[tuple[Literal["days", "microseconds"], int], ...] = ()
    """What was added to it, in order: days granted, paused time."""

    @property
    def due(self) -> Due:
        return Due(at=self.due_at, last_day=self.last_day, provisional=self.provisional, rolls=self.rolls)

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    def same_run(self, other: ClockRun) -> bool:
        """Whether ``other`` is this start of the clock at another moment, and not a new start."""
        return (self.starts_at, self.n) == (other.starts_at, other.n)

    def ended(self, at: datetime, *, dropped: bool = False) -> ClockRun:
        """The clock as it ends at ``at``: met, late, or stopped because the duty fell away."""
        late = self.status is ClockStatus.MISSED or (self.status is ClockStatus.RUNNING and at >= self.due_at)
        status = ClockStatus.STOPPED if dropped else ClockStatus.LATE if late else ClockStatus.MET
        return self.model_copy(update={"status": status, "next_at": None, "paused_at": None})


class Rules(BaseModel):
    """The law a case runs under: its policy version and the working calendar it knows. Both travel in history."""

    model_config = ConfigDict(frozen=True)

    policy: Policy
    calendar: WorkingCalendar

    def start(self, key: str, at: datetime, n: int | None = None, now: datetime | None = None) -> ClockRun:
        """Start clock ``key`` at ``at`` (service, expiry, decision…), ``n`` overriding the policy's figure.

        ``now`` is the moment of recording when that is later than ``at``; reminders before it are not sent.
        """
        spec = self.spec(key)
        end = due(spec, at, self.calendar, n)
        return self.rearm(
            ClockRun(
                key=key,
                starts_at=at,
                due_at=end.at,
                last_day=end.last_day,
                provisional=end.provisional,
                n=spec.n if n is None else n,
                unit=spec.unit,
                day_kind=spec.day_kind,
                rolls=end.rolls,
            ),
            max(at, now or at),
        )

    def spec(self, key: str) -> ClockSpec:
        """The policy's row for the clock ``key`` of a case."""
        return self.policy.clock(life_of(key).spec or base_key(key))

    def rearm(self, clock: ClockRun, after: datetime) -> ClockRun:
        """``clock`` with the next instant after ``after`` at which it needs a look."""
        reminders = self.policy.reminders
        if clock.status is ClockStatus.MISSED:
            at = next_digest(
                self.calendar, reminders.digest_first, reminders.digest_every, reminders.at, clock.due, after
            )
        else:
            at = next_reminder(clock.due, self._remind_days(clock.key), reminders.at, after) or clock.due_at
        return clock.model_copy(update={"next_at": at})

    def _remind_days(self, key: str) -> tuple[int, ...]:
        """How many days ahead a clock reminds; nobody is reminded that something may not be done yet."""
        if is_threshold(key) or life_of(key).nature is Nature.WAIT:
            return ()
        own = self.spec(key).remind_days
        return self.policy.reminders.before_days if own is None else own

    def miss(self, clock: ClockRun, at: datetime) -> ClockRun:
        """``clock`` once its deadline has passed: owed still, with the first digest ahead."""
        return self.rearm(clock.model_copy(update={"status": ClockStatus.MISSED}), at)

    def move(self, clock: ClockRun, end: Due, at: datetime, **changes: object) -> ClockRun:
        """``clock`` with another end, running again."""
        update = {
            "due_at": end.at,
            "last_day": end.last_day,
            "provisional": end.provisional,
            "status": ClockStatus.RUNNING,
            "paused_at": None,
            **changes,
        }
        return self.rearm(clock.model_copy(update=update), at)


@dataclass(frozen=True, slots=True)
class Life:
    """Where a clock lives and whose duty it measures.

    Leaving ``states`` ends the clock: met by one of the events ``met_by``, else because the duty fell away
    (decisions may end it sooner). ``owner`` must act; ``told`` hears of it when it is missed. ``spec`` names the
    policy clock if it differs.
    """

    zh: str
    en: str
    states: tuple[CaseState, ...]
    owner: Role
    told: tuple[Role, ...] = (Role.SECTION_HEAD,)
    spec: str | None = None
    met_by: tuple[str, ...] = ()
    nature: Nature = Nature.DUTY


OWED = (*CORRECTING, S.OVERDUE)
UNSERVED = (S.RECORDED, S.RECURRED, S.DETERMINING)
ASSESSED = (S.SUBMITTED, S.ASSESSING)
HEAD_1 = Role.SECTION_HEAD
HEAD_2 = (Role.DEPUTY_HEAD,)
OFFICER = (Role.INSPECTOR,)
WIDE = (Role.INSPECTOR, Role.SECTION_HEAD, Role.TERRITORY)

LIVES: dict[str, Life] = {
    "lead.verify": Life(
        "线索核查", "verify the lead", (S.REPORTED,), Role.INSPECTOR, met_by=("verified", "found_unfounded")
    ),
    "order.issue": Life("下达责令整改指令", "issue the order", (S.RECORDED, S.RECURRED), Role.INSPECTOR),
    "order.serve": Life(
        "送达责令整改指令", "serve the order", UNSERVED, Role.INSPECTOR, met_by=("order_served",)
    ),
    "major.determine": Life(
        "重大隐患判定",
        "determine the grade",
        (S.DETERMINING,),
        HEAD_1,
        HEAD_2,
        met_by=("graded", "graded_under_order"),
    ),
    "regrade.decide": Life("审批等级调整", "decide the regrading", OWED, HEAD_1, HEAD_2, "major.determine"),
    "rectify": Life(
        "整改期限",
        "rectification deadline",
        OWED,
        Role.ENTERPRISE,
        WIDE,
        met_by=("completion_signalled", "reinspection_passed"),
    ),
    "plan.file": Life("报送治理方案", "file the treatment plan", OWED, Role.ENTERPRISE, OFFICER),
    "plan.review": Life("审核治理方案", "review the treatment plan", OWED, HEAD_1, HEAD_2),
    "major.report_by_enterprise": Life(
        "重大隐患报告", "report the major hazard", OWED, Role.ENTERPRISE, OFFICER
    ),
    "report.acknowledge": Life("签收重大隐患报告", "acknowledge the report", OWED, Role.INSPECTOR),
    "double_report.congress": Life(
        "向职工大会报告", "report to the staff congress", OWED, Role.ENTERPRISE, OFFICER
    ),
    "extension.answer": Life("答复延期申请", "answer the extension request", OWED, HEAD_1, HEAD_2),
    "pause.review": Life("中止计时复核", "review the pause", CORRECTING, HEAD_1, HEAD_2),
    "assessment.file": Life("治理效果评估", "assess the treatment", ASSESSED, Role.ENTERPRISE, OFFICER),
    "reinspect.within": Life(
        "整改复查",
        "re-inspect",
        (*ASSESSED, S.OVERDUE),
        Role.INSPECTOR,
        met_by=("reinspection_passed", "reinspection_failed"),
    ),
    "sign_off.decide": Life(
        "销号审批",
        "decide the sign-off",
        (S.SIGNING_OFF,),
        HEAD_1,
        (*HEAD_2, Role.HEAD),
        met_by=("signed_off", "sign_off_refused"),
    ),
    "lookback.first": Life("第一次回头看", "first look-back", (S.SIGNED_OFF,), Role.INSPECTOR),
    "lookback.second": Life("第二次回头看", "second look-back", (S.SIGNED_OFF,), Role.INSPECTOR),
}
"""Every clock of the rectification machine (整改时钟)."""

LOOK_BACKS = ("lookback.first", "lookback.second")

LADDER = "ladder/"
"""Prefix of the thresholds of the escalation ladder: instants at which the service proposes something."""


def base_key(key: str) -> str:
    """The policy's key of a clock; a measure's or a proposal's clock carries its number before it."""
    return key.rpartition("/")[2]


def of_case(key: str) -> bool:
    """Whether the clock belongs to the rectification, not to a measure, a proposal or the ladder."""
    return "/" not in key


def is_threshold(key: str) -> bool:
    """Whether the clock is a threshold of the ladder."""
    return key.startswith(LADDER)


def life_of(key: str) -> Life | MeasureLife:
    """Where the clock ``key`` lives and whose it is."""
    return LIVES[key] if of_case(key) else MEASURE_LIVES[base_key(key)]


def paused_for(clock: ClockRun, at: datetime) -> timedelta:
    """How long ``clock`` has stood still at ``at``."""
    return at - clock.paused_at if clock.paused_at else timedelta()


def lengthened(end: Due, clock: ClockRun, calendar: WorkingCalendar) -> Due:
    """``end`` with everything that was added to ``clock``, in the order it was."""
    for kind, amount in clock.added:
        end = (
            extend(end, amount, calendar)
            if kind == "days"
            else resume(end, timedelta(microseconds=amount), calendar)
        )
    return end
