"""Who must act (待办): every running clock that is somebody's duty or right is somebody's task."""

from __future__ import annotations

from models.actors import ROLE_OF_RANK, Rank, Role
from models.authority import BY_COMMAND, needed_rank
from models.batch import Task
from models.caseclocks import ClockRun, Rules
from models.caselives import LIVES, base_key, is_threshold, life_of, of_case
from models.decisions.measures.time import measure_of_clock, proposal_of_clock
from models.enterprise.clocks import ENTERPRISE_LIVES
from models.lifecycle import CaseState
from models.measures.clocks import MEASURE_LIVES
from models.measures.escalation import approval_key, asked, ranks_up
from models.snapshot import Case

DECISIONS: tuple[str, ...] = tuple(
    key for lives in (LIVES, MEASURE_LIVES, ENTERPRISE_LIVES) for key, life in lives.items() if life.decision
)
"""Clocks that wait for somebody's decision by rank or role; so does an acceptance after an accident, without one."""


def owner_of(case: Case, clock: ClockRun) -> Role:
    """Whose turn it is; a commissioned assessment is the assessor's, a report of deaths the government's."""
    if clock.key == "lead.verify" and case.deaths:
        return Role.GOVERNMENT
    if clock.key == "assessment.file" and case.state is CaseState.ASSESSING:
        return Role.ASSESSOR
    return life_of(clock.key).owner


def task_of(case: Case, clock: ClockRun, rules: Rules) -> Task:
    """The task a clock stands for; the highest of them when it has gone up the ranks."""
    return tasks_of_clock(case, clock, rules)[-1]


def tasks_of_clock(case: Case, clock: ClockRun, rules: Rules) -> tuple[Task, ...]:
    """The tasks a clock stands for, one for each before whom it has come."""
    duties = enumerate(duties_of(case, clock, rules))
    return tuple(_task(case, clock, role, rank, n) for n, (role, rank) in duties)


def duties_of(case: Case, clock: ClockRun, rules: Rules) -> tuple[tuple[Role, Rank | None], ...]:
    """Before whom a clock has come, in order: one, or one for each rank it has gone up."""
    proposal = proposal_of_clock(case, clock.key)
    if proposal is not None:
        return tuple((role, None) for role in asked(proposal))
    rank = rank_of(case, clock, rules)
    if rank is None:
        return ((owner_of(case, clock), None),)
    measure = measure_of_clock(case, clock.key)
    ranks = ranks_up(rank, measure.escalated if measure and base_key(clock.key) == "approval.decide" else 0)
    return tuple((ROLE_OF_RANK[one], one) for one in ranks)


def rank_of(case: Case, clock: ClockRun, rules: Rules) -> Rank | None:
    """The rank whose decision ``clock`` waits for; None when it is nobody's by rank."""
    if of_case(clock.key):
        return needed_rank(BY_COMMAND[LIVES[clock.key].answers[0]], case, rules)
    measure = measure_of_clock(case, clock.key)
    key = approval_key(measure, base_key(clock.key)) if measure else None
    return rules.policy.rank(key) if key else None


def _task(case: Case, clock: ClockRun, role: Role, rank: Rank | None, n: int) -> Task:
    return Task(
        key=clock.key if n == 0 else f"{clock.key}^{n}",
        role=role.value,
        rank=rank.value if rank else None,
        user_id=case.handler_id if role is Role.INSPECTOR else None,
        enterprise_id=case.enterprise_id if role is Role.ENTERPRISE else None,
        assessor_org_id=case.assessor_org_id if role is Role.ASSESSOR else None,
        due_at=clock.due_at,
        clock=clock.key,
    )


def is_task(clock: ClockRun) -> bool:
    """Whether a clock is anybody's turn: a deadline that stands still, a wait and a threshold are nobody's."""
    if clock.standing or is_threshold(clock.key):
        return False
    return life_of(clock.key).task


def tasks_of(case: Case, rules: Rules) -> tuple[Task, ...]:
    """Every open task of the case, next clock first."""
    turns = [clock for clock in case.active_clocks() if is_task(clock)]
    return tuple(task for clock in turns for task in tasks_of_clock(case, clock, rules))
