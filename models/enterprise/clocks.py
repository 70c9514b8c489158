"""The clocks of an enterprise: where each lives, whose duty it measures, and how one is started and moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.actors import Rank, Role
from models.caseclocks import ClockRun, ClockStatus, Rules
from models.clocks import SHANGHAI, ClockSpec, Due, due, next_digest, next_reminder
from models.enterprise.grants import GRANT_OF
from models.enterprise.windows import last_day_of
from models.lives import Life, Nature
from models.policy import Policy

FLAG = "closure.flag.answer"
REMOVAL = "removal.decide"
TERM = "badfaith.term"
EARLY = "badfaith.early_removal"


@dataclass(frozen=True, slots=True)
class EnterpriseLife(Life):
    """A clock of an enterprise; ``shown`` to the enterprise itself, too."""

    shown: bool = True


ENTERPRISE_LIVES: dict[str, EnterpriseLife] = {
    FLAG: EnterpriseLife(
        "答复“应当提请关闭”提示",
        "answer the flag “closure should be requested”",
        Role.HEAD,
        (Role.GOVERNMENT,),
        answers=("answer_closure_flag",),
        decision=True,
        asked_by="closure_flagged",
        shown=False,
    ),
    REMOVAL: EnterpriseLife(
        "审批提前移出严重失信名单",
        "decide the early removal from the bad-faith list",
        Role.HEAD,
        answers=("decide_removal",),
        decision=True,
        asked_by="removal_requested",
    ),
    TERM: EnterpriseLife(
        "严重失信名单期限",
        "term of the bad-faith listing",
        Role.SECTION_HEAD,
        (),
        Nature.TERM,
        aside=True,
    ),
}
"""Every clock an enterprise can have; the case's clocks are not among them."""


def answers_to(key: str | None) -> tuple[str, ...]:
    """The commands that answer the clock ``key``; an acceptance after an accident is waited for without one."""
    return ENTERPRISE_LIVES[key].answers if key else ("accept_after_accident",)


def decider(key: str, policy: Policy) -> Rank | None:
    """The rank whose decision the clock ``key`` waits for; None for a term, which nobody answers."""
    rank = next((GRANT_OF[command].rank for command in answers_to(key)), None)
    return policy.rank(rank) if rank else None


def started(key: str, at: datetime, rules: Rules) -> ClockRun:
    """Clock ``key`` started at ``at``."""
    spec = rules.policy.clock(key)
    return rearmed(_run(key, spec, at, due(spec, at, rules.calendar)), rules, at)


def term(key: str, began_on: date, rules: Rules, now: datetime) -> ClockRun:
    """A term that began on the Shanghai date ``began_on``: it ends with its last day, holiday or not."""
    spec = rules.policy.clock(key)
    last = last_day_of(spec, began_on)
    end = Due(at=midnight(last + timedelta(days=1)), last_day=last, rolls=False)
    return rearmed(_run(key, spec, midnight(began_on), end), rules, now)


def rearmed(clock: ClockRun, rules: Rules, after: datetime) -> ClockRun:
    """``clock`` with the next instant after ``after`` at which it needs a look."""
    reminders = rules.policy.reminders
    if ENTERPRISE_LIVES[clock.key].nature is Nature.TERM:
        at = clock.due_at
    elif clock.status is ClockStatus.MISSED:
        first, every = reminders.digest_first, reminders.digest_every
        at = next_digest(rules.calendar, first, every, reminders.at, clock.due, after)
    else:
        days = rules.policy.clock(clock.key).remind_days
        days = reminders.before_days if days is None else days
        at = next_reminder(clock.due, days, reminders.at, after) or clock.due_at
    return clock.model_copy(update={"next_at": at})


def missed(clock: ClockRun, rules: Rules, at: datetime) -> ClockRun:
    """``clock`` once its deadline has passed: owed still, with the first digest ahead."""
    return rearmed(clock.model_copy(update={"status": ClockStatus.MISSED}), rules, at)


def rederived(clock: ClockRun, rules: Rules, at: datetime) -> ClockRun:
    """``clock`` counted again on a newer calendar; one that people relied on is never moved earlier."""
    if clock.status is not ClockStatus.RUNNING or ENTERPRISE_LIVES[clock.key].nature is Nature.TERM:
        return clock
    as_started = {"unit": clock.unit, "day_kind": clock.day_kind, "rolls": clock.rolls}
    spec = rules.policy.clock(clock.key).model_copy(update=as_started)
    end = due(spec, clock.starts_at, rules.calendar, clock.n)
    if end == clock.due or (end.at < clock.due_at and not clock.provisional):
        return clock
    update = {"due_at": end.at, "last_day": end.last_day, "provisional": end.provisional}
    return rearmed(clock.model_copy(update=update), rules, at)


def midnight(day: date) -> datetime:
    """The Shanghai beginning of ``day``, as UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def shanghai_day(at: datetime) -> date:
    """The Shanghai date of an instant."""
    return at.astimezone(SHANGHAI).date()


def _run(key: str, spec: ClockSpec, at: datetime, end: Due) -> ClockRun:
    return ClockRun(
        key=key,
        starts_at=at,
        due_at=end.at,
        last_day=end.last_day,
        provisional=end.provisional,
        n=spec.n,
        unit=spec.unit,
        day_kind=spec.day_kind,
        rolls=end.rolls,
    )
