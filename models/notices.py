"""Notices (通知): whom an event tells; at most one per audience for one waking, so an outage ends in no burst."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from models.actors import Role
from models.batch import LedgerEntry, Notice, Task
from models.caseclocks import ClockStatus, Rules
from models.caselives import LIVES, life_of
from models.events import Event, MeasureStep
from models.measures.procedures import PROCEDURES
from models.sight import may_be_told
from models.snapshot import Case
from models.tasks import is_task, task_of

NAMESPACE = uuid.UUID("6a1f9a3c-8f0e-5c5b-9c43-2f1b7a1e7d10")
"""Makes notice ids from the ledger entry and the audience: the same projection twice tells once."""

R = Role

TOLD: dict[str, tuple[Role, ...]] = {
    "opened": (R.INSPECTOR, R.TERRITORY),
    "found_unfounded": (R.TERRITORY,),
    "transferred": (R.INSPECTOR, R.TERRITORY),
    "service_recorded": (R.ENTERPRISE, R.TERRITORY),
    "order_served": (R.ENTERPRISE, R.TERRITORY),
    "graded": (R.INSPECTOR,),
    "graded_under_order": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "regraded": (R.ENTERPRISE, R.INSPECTOR),
    "regrade_refused": (R.INSPECTOR,),
    "major_reported": (R.INSPECTOR,),
    "report_acknowledged": (R.ENTERPRISE,),
    "plan_filed": (R.INSPECTOR,),
    "plan_accepted": (R.ENTERPRISE,),
    "plan_returned": (R.ENTERPRISE,),
    "extension_requested": (R.INSPECTOR,),
    "extension_granted": (R.ENTERPRISE, R.INSPECTOR),
    "deadline_held": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD),
    "deadline_rederived": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "extension_refused": (R.ENTERPRISE, R.INSPECTOR),
    "clock_paused": (R.ENTERPRISE, R.INSPECTOR),
    "clock_resumed": (R.ENTERPRISE, R.INSPECTOR),
    "completion_signalled": (R.INSPECTOR,),
    "assessment_commissioned": (R.ASSESSOR, R.INSPECTOR),
    "assessment_filed": (R.ENTERPRISE, R.INSPECTOR),
    "reinspection_passed": (R.ENTERPRISE,),
    "reinspection_failed": (R.ENTERPRISE, R.SECTION_HEAD, R.TERRITORY),
    "signed_off": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "sign_off_refused": (R.ENTERPRISE, R.INSPECTOR),
    "look_back_completed": (R.ENTERPRISE, R.INSPECTOR),
    "recurred": (R.ENTERPRISE, R.SECTION_HEAD, R.TERRITORY),
    "handler_assigned": (R.INSPECTOR,),
    "voided": (R.ENTERPRISE, R.INSPECTOR, R.TERRITORY),
    "enterprise_closed": (R.INSPECTOR,),
    "deadline_passed": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "measure_proposed": (R.INSPECTOR, R.ENTERPRISE, R.TERRITORY),
    "measure_lapsed": (R.HEAD, R.DEPUTY_HEAD, R.SECTION_HEAD, R.INSPECTOR, R.ENTERPRISE),
    "windows_closed": (R.INSPECTOR,),
    "proposal_closed": (R.INSPECTOR,),
    "proposal_lapsed": (R.INSPECTOR,),
    "service_corrected": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "overdue_withdrawn": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "completion_withdrawn": (R.INSPECTOR, R.SECTION_HEAD),
    "extension_withdrawn": (R.INSPECTOR, R.SECTION_HEAD),
    "plan_withdrawn": (R.INSPECTOR, R.SECTION_HEAD),
    "regrade_withdrawn": (R.INSPECTOR, R.SECTION_HEAD),
    "refusal_withdrawn": (R.SECTION_HEAD, R.DEPUTY_HEAD),
    "overdue_withdrawn_unbegun": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "days_corrected": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "reinspection_withdrawn": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "reinspection_withdrawn_overdue": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "reinspection_withdrawn_assessing": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.TERRITORY),
    "step_withdrawn": (R.ENTERPRISE, R.INSPECTOR, R.SECTION_HEAD, R.DEPUTY_HEAD, R.HEAD),
    "measure_service_corrected": (R.INSPECTOR, R.ENTERPRISE),
    "refusal_recorded": (R.SECTION_HEAD, R.DEPUTY_HEAD),
}
"""Event → who is told."""

TURN = {
    life.asked_by: key for key, life in LIVES.items() if life.asked_by and life.asked_by != "clock_paused"
}
"""Event → the clock of whoever must decide now; told by rank, as the task is. Whoever paused a clock knows of it."""

BY_MEASURE = frozenset(
    {
        "measure_proposed",
        "measure_step",
        "approval_escalated",
        "proposal_raised",
        "proposal_escalated",
        "lift_due",
        "windows_closed",
    }
)
"""Events of measures and proposals: whoever owns a clock they begin is told, by rank where the task is."""

BY_CLOCK = {"clocks_missed": True, "digested": True, "reminded": False, "clocks_rederived": False}
"""Events of clocks: the owner of each is always told; whether those above are told too."""


def notices_for(
    case: Case, entries: Sequence[LedgerEntry], events: Sequence[Event], rules: Rules
) -> tuple[Notice, ...]:
    """The notices of one application; the first (gravest) event speaks for an audience."""
    told: dict[str, Notice] = {}
    for entry, event in zip(entries, events, strict=True):
        for turn in _audience(case, event, rules):
            if may_be_told(case, event, Role(turn.role), turn.clock):
                told.setdefault(turn.role, _notice(case, entry, turn))
    return tuple(told.values())


def _audience(case: Case, event: Event, rules: Rules) -> Iterator[Task]:
    """Whom ``event`` tells, as the task it puts before them; ``clock`` is what it is about."""
    keys = tuple(getattr(event, "keys", ())) or tuple(getattr(event, "moved", ()))
    if event.type in BY_CLOCK:
        yield from (task_of(case, case.clocks[key], rules) for key in keys)
        above = keys if BY_CLOCK[event.type] else ()
        yield from (_told(role, key) for key in above for role in life_of(key).told)
        return
    begun = [
        task_of(case, case.clocks[clock.key], rules)
        for clock in event.clocks
        if clock.status is ClockStatus.RUNNING and is_task(clock)
    ]
    if event.type in BY_MEASURE:
        yield from begun
    if isinstance(event, MeasureStep):
        yield from (_told(role, "") for role in PROCEDURES[event.kind].steps[event.step].told)
        return
    key = TURN.get(event.type)
    if key is not None and key in case.clocks:
        yield task_of(case, case.clocks[key], rules)
    yield from (_told(role, _about(case, event, role, begun)) for role in TOLD.get(event.type, ()))


def _about(case: Case, event: Event, role: Role, begun: Sequence[Task]) -> str:
    """The clock a role is told of with ``event``: what it has to do from now on, else the deadline for rectification while that
    is to be kept. A measure has clocks of its own."""
    if event.type in BY_MEASURE:
        return ""
    own = (task.clock for task in begun if task.role == role and case.active(task.clock or ""))
    return next(own, None) or ("rectify" if case.active("rectify") else "")


def _told(role: Role, clock: str) -> Task:
    return Task(key=clock, role=role.value, clock=clock or None)


def _notice(case: Case, entry: LedgerEntry, turn: Task) -> Notice:
    clock = case.clocks.get(turn.clock or "")
    role = Role(turn.role)
    return Notice(
        notice_id=str(uuid.uuid5(NAMESPACE, f"{entry.case_id}/{entry.seq}/{turn.role}")),
        seq=entry.seq,
        kind=entry.event,
        audience_role=turn.role,
        rank=turn.rank,
        user_id=case.handler_id if role is R.INSPECTOR else None,
        enterprise_id=case.enterprise_id if role is R.ENTERPRISE else None,
        territory_id=case.territory_id if role is R.TERRITORY else None,
        clock=turn.clock if clock else None,
        due_at=clock.due_at if clock else None,
        at=entry.at,
    )
