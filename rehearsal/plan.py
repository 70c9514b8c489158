"""Who would answer next, and when: the assumptions set against the open tasks of a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models.batch import Task
from models.case import HazardCase
from models.caseclocks import ClockRun, Rules
from models.clocks import SHANGHAI
from models.decisions.measures.time import measure_of_clock, proposal_of_clock
from models.errors import XiaohaoError
from models.snapshot import Case
from models.tasks import tasks_of
from rehearsal.assumptions import Assumption, applying
from rehearsal.measures import next_steps
from rehearsal.people import Act, Maker, Scene, command_of

_AT = time(10, 0)
_TRIED_DAYS = 60
"""How far ahead a refused answer looks for a day on which it would be taken."""
_STILL = timedelta(minutes=1)
"""How long it is still that morning: answers of one moment come one after the other."""
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


class Plan:
    """The assumed answers, each given once for each time its task arises.

    An answer the case refuses is given again on the first later morning on which the case would take it.
    """

    def __init__(self, assumptions: Sequence[Assumption], began_at: datetime) -> None:
        self._assumptions = assumptions
        self._began_at = began_at
        self._given: set[Turn] = set()
        self._refused: dict[Turn, datetime] = {}
        self._seen: dict[tuple[str, datetime], datetime] = {}

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

    def refused(self, planned: Planned, at: datetime) -> None:
        """The case did not take it."""
        self._refused[planned.turn] = at

    def _all(self, case: Case, rules: Rules, now: datetime) -> Iterator[Planned]:
        for task, clock, arose in self._tasks(case, rules, now):
            for number, assumption in applying(self._assumptions, task):
                turn = (task.key, arose, number)
                make = assumption.maker(task)
                if make is None or turn in self._given:
                    continue
                at = max(assumption.moment(clock, max(arose, self._began_at)), now)
                planned = Planned(at, turn, Scene(case=case, rules=rules, task=task, at=at), make)
                again = self._again(planned, now) if turn in self._refused else planned
                if again is not None:
                    yield again

    def _tasks(
        self, case: Case, rules: Rules, now: datetime
    ) -> Iterator[tuple[Task, ClockRun | None, datetime]]:
        """Every open task with its clock and when it arose; and the steps of measures no clock asks for."""
        for task in tasks_of(case, rules):
            clock = case.clocks[task.clock or task.key]
            yield task, clock, _arose(case, clock)
        for task, came in next_steps(case, rules, now):
            yield task, None, self._seen.setdefault((task.key, came), now)

    def _again(self, planned: Planned, now: datetime) -> Planned | None:
        """The refused answer on the first morning on which the case as it stands would take it."""
        scene, first = planned.scene, self._refused[planned.turn].astimezone(SHANGHAI).date()
        for days in range(1, _TRIED_DAYS + 1):
            at = datetime.combine(first + timedelta(days=days), _AT, SHANGHAI)
            if at > now - _STILL and _taken(scene.case, scene.rules, planned.acts(at), at):
                return Planned(max(at, now), planned.turn, scene, planned.make)
        return None


def _arose(case: Case, clock: ClockRun) -> datetime:
    """When a task arose: going up a rank starts its clock anew, but not the task."""
    measure, proposal = measure_of_clock(case, clock.key), proposal_of_clock(case, clock.key)
    if proposal is not None:
        return proposal.raised_at
    if measure is not None and measure.escalated:
        return max(taken.at for taken in measure.done.values())
    return clock.starts_at


def _taken(case: Case, rules: Rules, acts: Sequence[Act], at: datetime) -> bool:
    """Whether the case, as it stands, would take ``acts`` at ``at``."""
    hazard = HazardCase(rules, case)
    try:
        for act in acts:
            hazard.apply(command_of(act, case.case_id, at), at)
    except XiaohaoError:
        return False
    return True
