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
from ledger.tables import case_tasks, delegations, users
from models.actors import RANK_ORDER, ROLE_OF_RANK, Actor, Rank, Role, reaches
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
class Person:
    """Somebody whose tasks count: the asker, or one they may act for by a dated delegation (委托代理)."""

    user_id: str
    role: Role
    rank: Rank | None

    @property
    def ranks(self) -> tuple[Rank, ...]:
        """The leader ranks within reach, on this person's side of the line between bureau and government."""
        side = LEADERS if self.role in LEADERS else (self.role,)
        return tuple(rank for rank in RANK_ORDER if ROLE_OF_RANK[rank] in side and reaches(self.rank, rank))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles whose tasks this person may do."""
        also = (Role.INSPECTOR,) if self.role is Role.SECTION_HEAD else ()
        return tuple(dict.fromkeys((self.role, *also, *(ROLE_OF_RANK[rank] for rank in self.ranks))))

    def sits(self, row: Found) -> bool:
        """Whether a task is addressed to this person."""
        named = row.user_id in (None, self.user_id)
        return named and row.role in self.roles and (row.rank is None or row.rank in self.ranks)


@router.get("/tasks", responses=responses())
async def list_tasks(
    query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TaskView]:
    """My worklist: tasks of my role, of my rank and those below, of my person, and of those I may act for."""
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        people = (Person(actor.user_id, actor.role, actor.rank), *await _principals(session, actor, now))
        seats = [Seat(role.value, person.user_id) for person in people for role in person.roles]
        ranks = {rank.value for person in people for rank in person.ranks}
        reachable = case_tasks.c.rank.is_(None) | case_tasks.c.rank.in_(sorted(ranks))
        wanted = select_tasks(scope, seats, now=now).where(reachable)
        rows, following = await page_of(services, session, actor, "tasks", wanted, query)
    return Listing(items=[_task(row, people, now) for row in rows], next=following)


async def _principals(session: ReadSession, actor: Actor, now: datetime) -> tuple[Person, ...]:
    """Whom the asker acts for: the one they named, or everyone whose delegation is in force."""
    if actor.acting_for is not None:
        return (Person(actor.acting_for, actor.effective_role, actor.acting_rank),)
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
    return tuple(_principal(row.user_id, Rank(row.rank) if row.rank else None, actor) for row in rows)


def _principal(user_id: str, rank: Rank | None, actor: Actor) -> Person:
    acting = actor.model_copy(update={"acting_for": user_id, "acting_rank": rank})
    return Person(user_id, acting.effective_role, rank)


def _task(row: Found, people: Sequence[Person], now: datetime) -> TaskView:
    last_day = (row.due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() if row.due_at else None
    doer = next((person for person in people if person.sits(row)), people[0])
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
        acting_for=doer.user_id if doer is not people[0] else None,
        commands=[
            TaskCommand(command=name, label=command_label(name))
            for name in commands_for(row.clock or row.key, row.state, doer.role)
        ],
    )


def commands_for(clock: str, state: str, role: Role) -> tuple[str, ...]:
    """The commands of a task that the table has for this role in this state."""
    return tuple(
        name
        for name in TASK_COMMANDS.get(clock, ())
        if CaseState(state) in BY_COMMAND[name].states and role in BY_COMMAND[name].roles
    )
