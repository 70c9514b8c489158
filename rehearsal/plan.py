"""Who would answer next, and when: the assumptions set against the open tasks of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models.caseclocks import Rules
from models.clocks import SHANGHAI
from models.doc import Case
from models.tasks import tasks_of
from rehearsal.assumptions import Assumption, applying
from rehearsal.people import Act, Maker, Scene

_AT = time(10, 0)
Turn = tuple[str, datetime, int]
"""One chance to answer: the task, when it arose, the assumption's number."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An answer to come."""

    at: datetime
    turn: Turn
    scene: Scene
    make: Maker

    def acts(self, at: datetime) -> tuple[Act, ...]:
        """The commands it consists of, given at ``at``."""
        scene = self.scene
        return self.make(Scene(case=scene.case, rules=scene.rules, task=scene.task, at=at))


@dataclass(frozen=True, slots=True)
class _Refused:
    """An answer the case did not take: tried again on a later day, once something else has been answered."""

    at: datetime
    answers: int


class Plan:
    """The assumed answers, each given once for each time its task arises."""

    def __init__(self, assumptions: Sequence[Assumption], began_at: datetime) -> None:
        self._assumptions = assumptions
        self._began_at = began_at
        self._given: set[Turn] = set()
        self._refused: dict[Turn, _Refused] = {}
        self._answers = 0

    @property
    def idle(self) -> bool:
        """Whether nobody ever acts."""
        return all(one.outcome is None for one in self._assumptions)

    def next(self, case: Case, rules: Rules, now: datetime) -> Planned | None:
        """The earliest answer to the tasks open now; one whose moment has passed is due at once."""
        found = [] if self.idle else self._all(case, rules, now)
        return min(found, key=lambda planned: planned.at, default=None)

    def given(self, planned: Planned) -> None:
        """The case took it."""
        self._given.add(planned.turn)
        self._refused.pop(planned.turn, None)
        self._answers += 1

    def refused(self, planned: Planned, at: datetime) -> None:
        """The case did not take it."""
        self._refused[planned.turn] = _Refused(at, self._answers)

    def _all(self, case: Case, rules: Rules, now: datetime) -> list[Planned]:
        found = []
        for task in tasks_of(case, rules):
            clock = case.clocks[task.clock or task.key]
            for number, assumption in applying(self._assumptions, task):
                turn = (task.key, clock.starts_at, number)
                make = assumption.maker(task)
                at = self._moment(turn, assumption.moment(clock, self._began_at))
                if make is not None and at is not None:
                    scene = Scene(case=case, rules=rules, task=task, at=at)
                    found.append(Planned(max(at, now), turn, scene, make))
        return found

    def _moment(self, turn: Turn, wanted: datetime) -> datetime | None:
        """When this turn is taken; None when it was, or while it would be refused as before."""
        if turn in self._given:
            return None
        refused = self._refused.get(turn)
        if refused is None:
            return wanted
        return _morning_after(refused.at) if self._answers > refused.answers else None


def _morning_after(at: datetime) -> datetime:
    day = at.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(day, _AT, SHANGHAI)
