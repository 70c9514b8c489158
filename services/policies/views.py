"""The shapes of a policy: every clock, cap and rank with its basis and how far its source was checked."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from models.actors import RANK_LABELS, ROLE_LABELS, Rank, Role
from models.calendar import CalendarYear, WorkingCalendar
from models.clocks import KLASS_LABELS, VERIFIED_LABELS, DayKind, Unit
from models.explain import Label
from models.industries import industries_of
from models.measures.kinds import MeasureKind
from models.policy import Policy
from models.policy.ladder import LadderRule
from models.policy.values import Caps, Clause, Figure, Numbering, Reminders, Standard
from services.labels import kind_label, label

_SATURDAY = 5


class Sourced(BaseModel):
    """A value with its source: class S is statutory (法定) and locked; ``verified`` is how far it was checked."""

    key: str
    label: Label
    basis: str
    klass: str
    class_label: Label
    verified: str
    verified_label: Label


class PolicyClock(Sourced):
    """A time limit; ``remind_days`` null means the policy's usual reminders.

    ``rolls`` says whether a last day on a holiday rolls forward (末日遇节假日顺延); null for hours and working days, whose
    last day is no holiday's.
    """

    length: Label
    n: int
    unit: Unit
    day_kind: DayKind
    rolls: bool | None
    remind_days: list[int] | None


class PolicyFigure(Sourced):
    """A figure that is no duration."""

    value: int | str


class PolicyRank(Sourced):
    """The rank that decides a matter (审批权限)."""

    rank: Rank
    rank_label: Label


class PolicyRung(Sourced):
    """A rung of the escalation ladder (升级阶梯): on which fact the service proposes which measure to whom."""

    when: str
    at_least: int
    grade: str | None
    propose: MeasureKind
    propose_label: Label
    role: Role
    role_label: Label


class ClauseView(Clause):
    """A clause of a standard, and the industries it is first for."""

    industries: tuple[str, ...]


class StandardView(Standard):
    """A standard for major hazards, and the industries it is first for."""

    industries: tuple[str, ...]
    clauses: tuple[ClauseView, ...] = ()


class PolicyView(BaseModel):
    """One version of the policy."""

    version: str
    digest: str
    effective_from: date
    district: str
    sources: list[str]
    clocks: list[PolicyClock]
    figures: list[PolicyFigure]
    ranks: list[PolicyRank]
    caps: Caps
    reminders: Reminders
    numbering: Numbering
    standards: list[StandardView]
    ladder: list[PolicyRung]


class YearView(BaseModel):
    """One year's days off and make-up workdays (放假调休安排); unless ``confirmed`` the festivals are a guess, and what
    falls due in it is provisional (暂定)."""

    year: int
    confirmed: bool
    source: str
    days_off: list[date]
    """Weekdays off."""
    workdays: list[date]
    """Weekend days worked."""


class CalendarView(BaseModel):
    """The working calendar as clocks go by it now."""

    years: list[YearView]


def calendar_view(calendar: WorkingCalendar) -> CalendarView:
    """The calendar as doors show it."""
    return CalendarView(years=[year_view(one) for one in calendar.years])


def year_view(one: CalendarYear) -> YearView:
    """A year as doors show it."""
    return YearView(
        year=one.year,
        confirmed=one.confirmed,
        source=one.source,
        days_off=[day for day in one.days_off if day.weekday() < _SATURDAY],
        workdays=list(one.workdays),
    )


def policy_view(policy: Policy) -> PolicyView:
    """A policy as doors show it."""
    return PolicyView(
        version=policy.version,
        digest=policy.digest(),
        effective_from=policy.effective_from,
        district=policy.district,
        sources=list(policy.sources),
        clocks=[
            PolicyClock(
                **_sourced(key, spec.zh, spec.en, spec.basis, spec.klass, spec.verified).model_dump(),
                length=label(spec.length()),
                n=spec.n,
                unit=spec.unit,
                day_kind=spec.day_kind,
                rolls=spec.rolls if spec.meets_holidays else None,
                remind_days=list(spec.remind_days) if spec.remind_days is not None else None,
            )
            for key, spec in policy.clocks.items()
        ],
        figures=[
            PolicyFigure(**_of_figure(key, figure).model_dump(), value=figure.value)
            for key, figure in policy.figures.items()
        ],
        ranks=[
            PolicyRank(
                **_of_figure(key, figure).model_dump(),
                rank=policy.rank(key),
                rank_label=label(RANK_LABELS[policy.rank(key)]),
            )
            for key, figure in policy.approvals.items()
        ],
        caps=policy.caps,
        reminders=policy.reminders,
        numbering=policy.numbering,
        standards=[_standard(one) for one in policy.standards],
        ladder=[_rung(rule) for rule in policy.ladder],
    )


def _standard(one: Standard) -> StandardView:
    clauses = tuple(
        ClauseView(**clause.model_dump(), industries=industries_of(one.field, clause.no))
        for clause in one.clauses
    )
    told = one.model_dump(exclude={"clauses"})
    return StandardView(**told, clauses=clauses, industries=industries_of(one.field))


def _rung(rule: LadderRule) -> PolicyRung:
    return PolicyRung(
        **_sourced(rule.key, rule.zh, rule.en, rule.basis, rule.klass, rule.verified).model_dump(),
        when=rule.when,
        at_least=rule.at_least,
        grade=rule.grade,
        propose=MeasureKind(rule.propose),
        propose_label=kind_label(rule.propose),
        role=rule.role,
        role_label=label(ROLE_LABELS[rule.role]),
    )


def _of_figure(key: str, figure: Figure) -> Sourced:
    return _sourced(key, figure.zh, figure.en, figure.basis, figure.klass, figure.verified)


def _sourced(key: str, zh: str, en: str, basis: str, klass: str, verified: str) -> Sourced:
    return Sourced(
        key=key,
        label=Label(zh=zh, en=en),
        basis=basis,
        klass=klass,
        class_label=label(KLASS_LABELS[klass]),
        verified=verified,
        verified_label=label(VERIFIED_LABELS[verified]),
    )
