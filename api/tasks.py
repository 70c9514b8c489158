"""The worklist (待办): what I must do, next clock first, and with which commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select

from api.deps import ActorDep, ServicesDep
from api.labels import clock_label, command_label, duty_label, grade_label, state_label
from api.paging import Listing, Paged, page_of
from api.problems import responses
from api.schemas import Named
from ledger.readers.paging import Found
from ledger.readers.tasks import Seat, select_tasks
from ledger.sessions import ReadSession, Scope
from ledger.tables import delegations, users
from models.actors import RANK_ORDER, Actor, Rank, Role, reaches
from models.authority import BY_COMMAND
from models.clocks import SHANGHAI
from models.commands import Grade
from models.explain import Label
from models.grants import LEADERS
from models.lifecycle import CaseState

router = APIRouter(tags=["tasks"])

TASK_COMMANDS: dict[str, tuple[str, ...]] = {
    "lead.verify": ("verify", "mark_unfounded"),
    "order.issue": ("issue_order",),
    "order.serve": ("serve_order",),
    "major.determine": ("determine_grade",),
    "regrade.decide": ("decide_regrade",),
    "rectify": ("report_progress", "signal_completion", "request_extension"),
    "plan.file": ("file_plan",),
    "plan.review": ("accept_plan", "return_plan"),
    "major.report_by_enterprise": ("report_major_hazard",),
    "report.acknowledge": ("acknowledge_report",),
    "double_report.congress": ("report_to_congress",),
    "extension.answer": ("grant_extension", "refuse_extension"),
    "pause.review": ("resume",),
    "assessment.file": ("commission_assessment", "file_assessment"),
    "reinspect.within": ("reinspect",),
    "sign_off.decide": ("sign_off", "refuse_sign_off"),
    "lookback.first": ("record_look_back",),
    "lookback.second": ("record_look_back",),
}
"""Clock → the commands that do what it measures."""


class TaskCommand(BaseModel):
    """A command that does the task."""

    command: str
    label: Label


class TaskView(BaseModel):
    """Something I must do (UTC instants). ``acting_for`` names whom I act for when my own rank is not enough:
    send that user id as X-Acting-For."""

    key: str
    label: Label
    case_id: str
    number: str
    title: str
    state: CaseState
    state_label: Label
    grade: Grade | None
    grade_label: Label | None
    enterprise: Named
    duty: Label
    user_id: str | None
    due_at: datetime | None
    last_day: date | None
    overdue: bool
    acting_for: str | None
    commands: list[TaskCommand]


@dataclass(frozen=True, slots=True)
class Principal:
    """A person whose place the asker may take now, by a dated delegation (委托代理)."""

    user_id: str
    rank: Rank | None


@router.get("/tasks", responses=responses())
async def list_tasks(
    query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TaskView]:
    """My worklist: tasks of my role, of my rank and those below, of my person, and of those I may act for."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        principals = await _principals(session, actor, now)
        wanted = select_tasks(scope, seats_of(actor, principals), now=now)
        rows, following = await page_of(services, session, actor, "tasks", wanted, query)
    return Listing(items=[_task(row, actor, principals, now) for row in rows], next=following)


async def _principals(session: ReadSession, actor: Actor, now: datetime) -> tuple[Principal, ...]:
    """Whom the asker acts for: the one they named, or everyone whose delegation is in force."""
    if actor.acting_for is not None:
        return (Principal(actor.acting_for, actor.acting_rank),)
    wanted = (
        select(users.c.user_id, users.c.rank)
        .join_from(delegations, users, delegations.c.from_user_id == users.c.user_id)
        .where(
            delegations.c.to_user_id == actor.user_id,
            delegations.c.starts_at <= now,
            delegations.c.ends_at > now,
            delegations.c.revoked_at.is_(None),
            users.c.active,
            users.c.district_id == actor.district_id,
        )
        .order_by(users.c.user_id)
    )
    rows = await session.execute(wanted)
    return tuple(Principal(row.user_id, Rank(row.rank) if row.rank else None) for row in rows)


def seats_of(actor: Actor, principals: Sequence[Principal]) -> tuple[Seat, ...]:
    """Every chair the asker sits on: their role, every leader rank within reach, and those of their principals."""
    people = (Principal(actor.user_id, actor.rank), *principals)
    seats = [Seat(actor.role.value, person.user_id) for person in people]
    if actor.role is Role.SECTION_HEAD:
        seats += [Seat(Role.INSPECTOR.value, person.user_id) for person in people]
    if actor.role in LEADERS:
        seats += [
            Seat(rank.value, person.user_id)
            for person in people
            for rank in RANK_ORDER
            if reaches(person.rank, rank)
        ]
    return tuple(dict.fromkeys(seats))


def _task(row: Found, actor: Actor, principals: Sequence[Principal], now: datetime) -> TaskView:
    last_day = (row.due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() if row.due_at else None
    return TaskView(
        key=row.key,
        label=clock_label(row.clock or row.key),
        case_id=row.case_id,
        number=row.number,
        title=row.title,
        state=row.state,
        state_label=state_label(row.state),
        grade=row.grade,
        grade_label=grade_label(row.grade),
        enterprise=Named(id=row.case_enterprise_id, name=row.enterprise_name),
        duty=duty_label(row.role, row.rank),
        user_id=row.user_id,
        due_at=row.due_at,
        last_day=last_day,
        overdue=row.due_at is not None and row.due_at <= now,
        acting_for=_acting_for(row, actor, principals),
        commands=[
            TaskCommand(command=name, label=command_label(name))
            for name in commands_for(row.clock or row.key, row.state, actor.role)
        ],
    )


def commands_for(clock: str, state: str, role: Role) -> tuple[str, ...]:
    """The commands of a task that the table has for this role in this state."""
    return tuple(
        name
        for name in TASK_COMMANDS.get(clock, ())
        if CaseState(state) in BY_COMMAND[name].states and role in BY_COMMAND[name].roles
    )


def _acting_for(row: Found, actor: Actor, principals: Sequence[Principal]) -> str | None:
    """Whose place the asker must take for this task, if anyone's."""
    if row.user_id in {person.user_id for person in principals}:
        return str(row.user_id)
    if row.rank is None or reaches(actor.rank, Rank(row.rank)):
        return None
    able = (person.user_id for person in principals if reaches(person.rank, Rank(row.rank)))
    return next(able, None)
