"""Who must act (待办): every running clock is somebody's task."""

from __future__ import annotations

from models.actors import ROLE_OF_RANK, Role
from models.authority import BY_COMMAND, needed_rank
from models.batch import Task
from models.caseclocks import LIVES, ClockRun, ClockStatus, Rules
from models.doc import Case
from models.lifecycle import CaseState

APPROVED_BY: dict[str, str] = {
    "major.determine": "determine_grade",
    "regrade.decide": "decide_regrade",
    "plan.review": "accept_plan",
    "extension.answer": "grant_extension",
    "pause.review": "resume",
    "sign_off.decide": "sign_off",
}
"""Clock → the command whose rank owns it."""


def owner_of(case: Case, clock: ClockRun) -> Role:
    """Whose turn it is; a commissioned assessment is the assessor's."""
    if clock.key == "assessment.file" and case.state is CaseState.ASSESSING:
        return Role.ASSESSOR
    return LIVES[clock.key].owner


def task_of(case: Case, clock: ClockRun, rules: Rules) -> Task:
    """The task a clock stands for."""
    role = owner_of(case, clock)
    command = APPROVED_BY.get(clock.key)
    rank = needed_rank(BY_COMMAND[command], case, rules) if command else None
    return Task(
        key=clock.key,
        role=role.value if rank is None else ROLE_OF_RANK[rank].value,
        rank=rank.value if rank else None,
        user_id=case.handler_id if role is Role.INSPECTOR else None,
        enterprise_id=case.enterprise_id if role is Role.ENTERPRISE else None,
        assessor_org_id=case.assessor_org_id if role is Role.ASSESSOR else None,
        due_at=clock.due_at,
        clock=clock.key,
    )


def tasks_of(case: Case, rules: Rules) -> tuple[Task, ...]:
    """Every open task of the case, next clock first; a paused deadline is nobody's turn."""
    turns = [c for c in case.active_clocks() if c.status is not ClockStatus.PAUSED]
    return tuple(task_of(case, clock, rules) for clock in turns)
