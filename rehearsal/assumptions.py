"""The little language of assumptions: ``NAME=VALUE``.

NAME is a task (``rectify``, ``reinspect.within``, a measure's ``approval.decide``; ``lookback.*`` for a family) or
a group (``enterprise``, ``officers``, ``leaders``). VALUE is ``never``, or ``<outcome>@<when>`` with when = ``due``
(the last day, 10:00 Shanghai) or ``+Nd`` (the N-th day after the task arose, 10:00). A group's outcome is ``act``:
the usual one of each task. What is said of a task goes before what is said of its group; a name may be given twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.actors import Role
from models.batch import Task
from models.caseclocks import ClockRun
from models.caselives import LIVES, base_key
from models.clocks import SHANGHAI
from models.errors import Malformed
from models.labels import Label
from models.measures.clocks import MEASURE_LIVES
from models.rehearsal import Assumed
from rehearsal.measures import LEFT_TO_NAMES, NEXT
from rehearsal.outcomes import ANSWERS
from rehearsal.people import Maker

NEVER = "never"
ACT = "act"
DUE = "due"
MOST_DAYS = 366
_WHEN = re.compile(r"\+(\d{1,3})d")
_AT = time(10, 0)
_BEFORE_THE_END = timedelta(minutes=1)

GROUPS: dict[str, tuple[Role, ...]] = {
    "enterprise": (Role.ENTERPRISE, Role.ASSESSOR),
    "officers": (Role.INSPECTOR, Role.LEGAL_REVIEWER),
    "leaders": (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.GOVERNMENT),
}
"""Group → whose tasks."""

GROUP_LABELS = {
    "enterprise": ("企业", "the enterprise"),
    "officers": ("执法人员", "the officers"),
    "leaders": ("负责人", "the leaders"),
}


LABELS: dict[str, tuple[str, str]] = {
    **{key: (life.zh, life.en) for key, life in LIVES.items()},
    **{key: (life.zh, life.en) for key, life in MEASURE_LIVES.items()},
    NEXT: ("措施的下一步骤", "the next step of each measure"),
}
"""Task → what it is called."""


def name_of(task: Task) -> str:
    """A task's own name: that of ``m2/hearing.request`` is ``hearing.request``."""
    name = base_key(task.clock or task.key)
    return NEXT if name.startswith(NEXT) else name


@dataclass(frozen=True, slots=True)
class Assumption:
    """One parsed assumption; ``days`` is None for the last day, ``outcome`` None for never."""

    name: str
    value: str
    outcome: str | None = None
    days: int | None = None

    @property
    def grouped(self) -> bool:
        return self.name in GROUPS

    def covers(self, task: Task) -> bool:
        """Whether it speaks of ``task``."""
        if self.grouped:
            return Role(task.role) in GROUPS[self.name]
        return name_of(task) in _keys(self.name)

    def maker(self, task: Task) -> Maker | None:
        """How ``task`` would be answered; None: not at all."""
        row = ANSWERS.get(name_of(task))
        if self.outcome is None or not row:
            return None
        if self.grouped:
            return None if name_of(task) in LEFT_TO_NAMES else next(iter(row.values()))
        return row.get(self.outcome)

    def moment(self, clock: ClockRun | None, arose: datetime) -> datetime:
        """When a task that arose then would be answered; it may lie behind us. Without a clock: the next morning."""
        if self.days is None and clock is not None:
            return min(_local(clock.last_day, _AT), clock.due_at - _BEFORE_THE_END)
        return _local(arose.astimezone(SHANGHAI).date() + timedelta(days=self.days or 1), _AT)

    @property
    def _when(self) -> tuple[str, str]:
        if self.days is None:
            return "在最后一日", "on the last day"
        return f"在第{self.days}日", f"{self.days} day{'s' if self.days > 1 else ''} on"

    @property
    def told(self) -> Assumed:
        """It in words."""
        zh, en = _name_label(self.name)
        if self.outcome is None:
            text = Label(zh=f"{zh}：一直无人办理", en=f"{en}: nobody ever acts")
        else:
            when_zh, when_en = self._when
            said = "" if self.grouped else f"（{self.outcome}）"
            text = Label(zh=f"{zh}：{when_zh}办理{said}", en=f"{en}: {self.outcome} {when_en}")
        return Assumed(name=self.name, value=self.value, text=text)


def parse(texts: Iterable[str]) -> tuple[Assumption, ...]:
    """Every assumption; :class:`Malformed` says which is none, and what is possible."""
    return tuple(_parse(text) for text in texts)


def applying(assumptions: Sequence[Assumption], task: Task) -> list[tuple[int, Assumption]]:
    """Those that speak of ``task``, with their numbers: of the task itself, else of its group."""
    covering = [(no, one) for no, one in enumerate(assumptions) if one.covers(task)]
    return [(no, one) for no, one in covering if not one.grouped] or covering


def _parse(text: str) -> Assumption:
    name, _, value = (part.strip() for part in text.partition("="))
    if name not in GROUPS and not _keys(name):
        raise _unknown_name(name)
    if value == NEVER:
        return Assumption(name, value)
    outcome, _, when = value.partition("@")
    known = _outcomes(name)
    match = _WHEN.fullmatch(when)
    due = when == DUE and name != NEXT
    if outcome not in known or not (due or (match and 1 <= int(match[1]) <= MOST_DAYS)):
        raise _unknown_value(name, value, known)
    return Assumption(name, value, outcome, int(match[1]) if match else None)


def _keys(name: str) -> tuple[str, ...]:
    """The tasks a name means."""
    if name.endswith(".*"):
        return tuple(key for key in ANSWERS if key.startswith(name[:-1]))
    return (name,) if name in ANSWERS else ()


def _outcomes(name: str) -> tuple[str, ...]:
    """The outcomes possible for a name; for a family those that all its tasks have."""
    if name in GROUPS:
        return (ACT,)
    first, *others = (ANSWERS[key] for key in _keys(name))
    return tuple(outcome for outcome in first if all(outcome in row for row in others))


def _name_label(name: str) -> tuple[str, str]:
    if name in GROUPS:
        return GROUP_LABELS[name]
    labels = [LABELS[key] for key in _keys(name)]
    return "、".join(zh for zh, _ in labels), ", ".join(en for _, en in labels)


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def _unknown_name(name: str) -> Malformed:
    known = ", ".join((*GROUPS, *ANSWERS))
    return Malformed(
        f"没有可以假定的事项“{name}”；可用：{known}",
        f"nothing called {name!r} can be assumed; possible: {known}",
        rule="rehearsal.name",
        remedy_zh="写成 NAME=VALUE，例如 rectify=complete@due",
        remedy_en="write NAME=VALUE, for example rectify=complete@due",
        names=[*GROUPS, *ANSWERS],
    )


def _unknown_value(name: str, value: str, known: Sequence[str]) -> Malformed:
    due = [f"{outcome}@due" for outcome in known if name != NEXT]
    shapes = ", ".join((NEVER, *due, f"{known[0]}@+5d"))
    return Malformed(
        f"“{name}”不能假定为“{value}”；可用：{shapes}（+N 日，N 为 1 至 {MOST_DAYS}）",
        f"{name} cannot be assumed as {value!r}; possible: {shapes} (+N days, N from 1 to {MOST_DAYS})",
        rule="rehearsal.value",
        remedy_zh="VALUE 为 never，或 结果@时间；时间为 due（最后一日）或 +Nd",
        remedy_en="VALUE is never, or outcome@when; when is due (the last day) or +Nd",
        outcomes=list(known),
    )
