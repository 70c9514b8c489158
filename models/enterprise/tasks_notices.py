"""Who must act on an enterprise (待办), and whom an event tells (通知)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from models.actors import RANK_ORDER, ROLE_OF_RANK, Rank, Role
from models.batch import Notice, Task
from models.caseclocks import ClockRun, Rules
from models.enterprise.batch import EnterpriseEntry
from models.enterprise.clocks import ENTERPRISE_LIVES, FLAG, decider
from models.enterprise.events import EnterpriseEvent
from models.enterprise.snapshot import Enterprise
from models.notices import NAMESPACE

R = Role
ESCALATED = "closure.flag.escalated"
"""Key of the task an unanswered flag puts before the government."""

TOLD: dict[str, tuple[Role, ...]] = {
    "closure_flagged": (R.SECTION_HEAD,),
    "closure_flag_dropped": (R.HEAD,),
    "closure_flag_answered": (R.SECTION_HEAD, R.INSPECTOR),
    "bad_faith_expired": (R.ENTERPRISE, R.SECTION_HEAD),
    "removal_refused": (R.ENTERPRISE, R.SECTION_HEAD),
    "removed_early": (R.ENTERPRISE, R.SECTION_HEAD),
    "bad_faith_annulled": (R.ENTERPRISE, R.SECTION_HEAD),
    "accident_recorded": (R.ENTERPRISE, R.SECTION_HEAD, R.HEAD),
    "accepted_after_accident": (R.ENTERPRISE, R.SECTION_HEAD, R.INSPECTOR),
    "closed_by_government": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.HEAD),
    "closure_annulled": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.HEAD),
}
"""Event → who is told. What a case has told already is not told again."""

TURN = {life.asked_by: key for key, life in ENTERPRISE_LIVES.items() if life.asked_by}
"""Event → the clock of whoever must decide now; told by rank, as the task is."""

BY_CLOCK = {"closure_flag_escalated": True, "clocks_missed": True, "digested": True, "reminded": False}
"""Events of clocks: the owner of each is always told; whether those above are told too."""


def tasks_of(entity: Enterprise, rules: Rules) -> tuple[Task, ...]:
    """Every open task of the enterprise, next clock first; an acceptance that production waits for has no clock."""
    due = [task_of(clock, rules) for clock in entity.active_clocks() if ENTERPRISE_LIVES[clock.key].task]
    flag, clock = entity.open_flag, entity.active(FLAG)
    if flag is not None and flag.escalated and clock is not None:
        due.append(_above(clock, rules))
    rank = rules.policy.rank("accident.accept")
    waiting = () if entity.closed else entity.waiting_accidents
    accepts = (
        Task(key=f"accident/{one.no}", role=ROLE_OF_RANK[rank].value, rank=rank.value) for one in waiting
    )
    return (*due, *accepts)


def task_of(clock: ClockRun, rules: Rules) -> Task:
    """The task a clock stands for."""
    rank = decider(clock.key, rules.policy)
    role = ROLE_OF_RANK[rank] if rank else ENTERPRISE_LIVES[clock.key].owner
    return _task(clock.key, clock, role, rank)


def _above(clock: ClockRun, rules: Rules) -> Task:
    """The same matter, before the government's rank: one above who should have answered, at least its lowest."""
    owner = rules.policy.rank("closure.flag")
    place = max(RANK_ORDER.index(owner) + 1, RANK_ORDER.index(Rank.DISTRICT_DEPUTY))
    rank = RANK_ORDER[min(place, len(RANK_ORDER) - 1)]
    return _task(ESCALATED, clock, ROLE_OF_RANK[rank], rank)


def _task(key: str, clock: ClockRun, role: Role, rank: Rank | None) -> Task:
    return Task(
        key=key, role=role.value, rank=rank.value if rank else None, due_at=clock.due_at, clock=clock.key
    )


def notices_for(
    entity: Enterprise, entries: Sequence[EnterpriseEntry], events: Sequence[EnterpriseEvent], rules: Rules
) -> tuple[Notice, ...]:
    """The notices of one application; the first (gravest) event speaks for an audience."""
    told: dict[str, Notice] = {}
    for entry, event in zip(entries, events, strict=True):
        for turn in _audience(entity, event, rules):
            told.setdefault(turn.role, _notice(entity, entry, turn))
    return tuple(told.values())


def _audience(entity: Enterprise, event: EnterpriseEvent, rules: Rules) -> Iterator[Task]:
    if event.type in BY_CLOCK:
        clocks = [entity.clocks[key] for key in getattr(event, "keys", ())]
        yield from (task_of(clock, rules) for clock in clocks)
        if BY_CLOCK[event.type]:
            yield from (turn for clock in clocks for turn in _told_of(clock, rules))
        return
    key = TURN.get(event.type)
    if key is not None and key in entity.clocks:
        yield task_of(entity.clocks[key], rules)
    yield from (Task(key="", role=role.value) for role in TOLD.get(event.type, ()))


def _told_of(clock: ClockRun, rules: Rules) -> Iterator[Task]:
    if clock.key == FLAG:
        yield _above(clock, rules)
        return
    yield from (_task(clock.key, clock, role, None) for role in ENTERPRISE_LIVES[clock.key].told)


def _notice(entity: Enterprise, entry: EnterpriseEntry, turn: Task) -> Notice:
    return Notice(
        notice_id=str(uuid.uuid5(NAMESPACE, f"enterprise/{entry.enterprise_id}/{entry.seq}/{turn.role}")),
        seq=entry.seq,
        kind=entry.event,
        audience_role=turn.role,
        rank=turn.rank,
        enterprise_id=entity.enterprise_id if turn.role == Role.ENTERPRISE.value else None,
        clock=turn.clock,
        due_at=turn.due_at,
        at=entry.at,
    )
