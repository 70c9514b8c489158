"""What decisions share: their context, the registry, and the guards several of them need."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from models.actors import Actor
from models.bounds import bounded
from models.calendar import WorkingCalendar
from models.caseclocks import ClockRun, ClockStatus, Rules
from models.commands import Command
from models.decisions.acts import Standing, frame
from models.envelope import Facts
from models.errors import LimitExceeded, Malformed, RequirementMissing
from models.events import Event
from models.policy import Policy
from models.snapshot import Case, Persons

TWO_OFFICERS = "《安全生产法》第六十七条、《行政处罚法》第四十二条"


class Vouched(Protocol):
    """Who asks, when (UTC), and what the API vouches for; whatever rules it is under."""

    @property
    def actor(self) -> Actor: ...
    @property
    def at(self) -> datetime: ...
    @property
    def facts(self) -> Facts: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when (UTC), under which rules, and what the API vouches for."""

    actor: Actor
    at: datetime
    rules: Rules
    facts: Facts

    @property
    def by(self) -> Persons:
        return tuple(sorted(self.actor.persons))

    def start(self, key: str, starts_at: datetime | None = None, n: int | None = None) -> ClockRun:
        """Start a clock, now or at the given instant."""
        return self.rules.start(key, starts_at or self.at, n, self.at)

    def end(self, case: Case, *keys: str, dropped: bool = False) -> tuple[ClockRun, ...]:
        """The active ones of ``keys``, ended now."""
        found = (case.active(key) for key in keys)
        return tuple(clock.ended(self.at, dropped=dropped) for clock in found if clock)


Decision = Callable[[Case, Any, Context], list[Event]]
DECISIONS: dict[str, Decision] = {}
"""Command name → decision."""

AVAILABLE: dict[str, Callable[[Case, Context], None]] = {}
"""Command name → guard that needs no content; raises the refusal. Also decides which buttons are shown."""

C = TypeVar("C", bound=Command)


def decides(
    kind: type[C], *, bounds: bool = True
) -> Callable[[Callable[[Case, C, Context], list[Event]]], Callable[[Case, C, Context], list[Event]]]:
    """Register the decision of a command, which sees it within its bounds; or, without, holds it against them itself."""

    def register(
        decision: Callable[[Case, C, Context], list[Event]],
    ) -> Callable[[Case, C, Context], list[Event]]:
        def decided(case: Case, command: C, ctx: Context) -> list[Event]:
            given, noted = bounded(command, frame(Standing(command, ctx, case)))
            return noting(decision(case, given, ctx), noted)

        DECISIONS[kind.name] = decided if bounds else decision
        return decision

    return register


X = TypeVar("X", bound=BaseModel)


def noting(events: list[X], noted: Mapping[str, str]) -> list[X]:
    """``events``, the first of which notes what was taken as now (设备时间略有超前，按当前时间计)."""
    return [events[0].model_copy(update={"taken_as_now": noted}), *events[1:]] if noted else events


def available(
    kind: type[Command],
) -> Callable[[Callable[[Case, Context], None]], Callable[[Case, Context], None]]:
    """Register the content-free guard of a command; it runs before the decision."""

    def register(guard: Callable[[Case, Context], None]) -> Callable[[Case, Context], None]:
        AVAILABLE[kind.name] = guard
        return guard

    return register


def require(ok: object, zh: str, en: str, **more: Any) -> None:
    """Raise :class:`RequirementMissing` unless ``ok``."""
    if not ok:
        raise RequirementMissing(zh, en, **more)


def all_certified(named: Iterable[str], certified: Container[str]) -> None:
    """Whoever is named as an officer holds a valid certificate (持有效执法证). Raises RequirementMissing."""
    without = [user for user in named if user not in certified]
    require(
        not without,
        "有执法人员没有本辖区有效执法证件",
        "an officer named has no valid certificate in this district",
        rule="officers.certified",
        article=TWO_OFFICERS,
        remedy_zh="更换为持有效执法证的人员",
        remedy_en="name officers whose certificates are valid",
        officers=without,
    )


def two_officers(officers: Iterable[str], ctx: Vouched) -> Persons:
    """At least two different officers, each with a valid certificate, the asker among them (两名以上执法人员)."""
    named = tuple(sorted(set(officers)))
    require(
        len(named) >= 2,
        "执法检查须有两名以上执法人员",
        "at least two different officers are needed",
        rule="officers.two",
        article=TWO_OFFICERS,
        remedy_zh="补充另一名持证执法人员",
        remedy_en="name a second certified officer",
    )
    all_certified(named, ctx.facts.certified)
    require(
        ctx.actor.user_id in named,
        "办理人须是参加检查的执法人员之一",
        "whoever records it must be one of the officers who were there",
        rule="officers.present",
        article=TWO_OFFICERS,
        remedy_zh="由参加检查的执法人员录入",
        remedy_en="let one of the officers who were there record it",
    )
    return named


def deadline_cap(case: Case, rules: Rules, *, again: bool = False) -> int:
    """The longest deadline policy allows a hazard of this grade, in days (整改期限上限); ``again`` after a failure."""
    caps = rules.policy.caps
    if case.major or case.suspected_by:
        return caps.major_deadline_max_days
    return caps.reinspect_deadline_max_days if again else caps.deadline_max_days


def within_deadline_cap(case: Case, days: int, ctx: Context, *, again: bool = False) -> int:
    """``days`` if policy allows a deadline that long."""
    cap = deadline_cap(case, ctx.rules, again=again)
    if days > cap:
        raise LimitExceeded(
            f"整改期限最长{cap}日，提交的是{days}日",
            f"the longest deadline is {cap} days, {days} were given",
            rule="deadline.max",
            article=ctx.rules.policy.clock("general.deadline.max").basis,
            remedy_zh=f"改为不超过{cap}日；确需更长的，到期前依法办理延期",
            remedy_en=f"give at most {cap} days; extend later if there is cause",
            cap=cap,
        )
    return days


def policy_from(data: dict[str, Any]) -> Policy:
    """The policy a command carries; :class:`Malformed` when it is none."""
    try:
        return Policy.model_validate(data)
    except ValueError as error:
        raise _not_readable("政策参数", "policy") from error


def calendar_from(data: dict[str, Any]) -> WorkingCalendar:
    """The working calendar a command carries; :class:`Malformed` when it is none."""
    try:
        return _calendar(json.dumps(data, sort_keys=True))
    except ValueError as error:
        raise _not_readable("工作日历", "calendar") from error


@lru_cache(maxsize=64)
def _calendar(text: str) -> WorkingCalendar:
    """Many cases carry the same text: read it once."""
    return WorkingCalendar.model_validate_json(text)


def _not_readable(zh: str, en: str) -> Malformed:
    return Malformed(f"随附的{zh}无法读取", f"the {en} given cannot be read", rule=f"command.{en}")


def known_evidence(ids: Iterable[str], ctx: Context) -> tuple[str, ...]:
    """``id@sha256`` for evidence (证据) that belongs to this case, or to a case of this enterprise."""
    named = tuple(dict.fromkeys(ids))
    foreign = [one for one in named if one not in ctx.facts.evidence]
    require(
        not foreign,
        "引用的证据不属于本案（本企业的案件）或不存在",
        "evidence named does not belong to this case, or to a case of this enterprise",
        rule="evidence.own",
        remedy_zh="先将证据上传到本案",
        remedy_en="upload it to this case first",
        evidence=foreign,
    )
    return tuple(f"{one}@{ctx.facts.evidence[one]}" for one in named)


def known_items(case: Case, numbers: Iterable[int]) -> tuple[int, ...]:
    """``numbers`` if each is an item of this case."""
    named = tuple(sorted(set(numbers)))
    unknown = sorted(set(named) - {item.no for item in case.items})
    require(
        not unknown,
        f"本案没有第{'、'.join(map(str, unknown))}项整改要求",
        f"this case has no item {unknown}",
        rule="items.known",
        items=unknown,
    )
    return named


def not_paused(case: Case) -> None:
    """Refuse while the deadline is paused."""
    clock = case.clocks.get("rectify")
    require(
        clock is None or clock.status is not ClockStatus.PAUSED,
        "整改期限正处于中止状态",
        "the deadline is paused",
        rule="pause.running",
        remedy_zh="先恢复计时",
        remedy_en="resume the deadline first",
    )
