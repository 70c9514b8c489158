"""Tasks as their doer sees them, from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from ledger.readers.approvals import OF_CASE
from ledger.readers.paging import Found
from models.actors import Role
from models.caselives import base_key
from models.clocks import SHANGHAI
from models.commands import Grade
from models.enterprise.clocks import answers_to
from models.enterprise.grants import GRANT_OF
from models.enterprise.snapshot import STATUS_LABELS, Status
from models.explain import Label
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind
from models.measures.snapshot import Measure
from models.sight import kinds_of
from services.labels import (
    clock_label,
    command_label,
    duty_label,
    enterprise_command_label,
    enterprise_event_label,
    enterprise_task_label,
    event_label,
    grade_label,
    kind_label,
    label,
    state_label,
)
from services.named import Id, Named
from services.paging import Paged
from services.tasks.commands import steps_for
from services.tasks.delegated import Seated
from services.tasks.possible import Possible

Inner = Mapping[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]
"""Case → its measures and proposals as the snapshot has them."""


class TaskQuery(Paged):
    """Of whose cases."""

    handler: Annotated[Id | None, Field(description="案件的承办人 / handler of the case")] = None


class TaskCommand(BaseModel):
    """A command that does the task."""

    command: str
    label: Label


class TaskStep(BaseModel):
    """A step of the measure's procedure that does the task, or brings it on."""

    step: str
    label: Label


class TaskMeasure(BaseModel):
    """The measure a task is about."""

    measure_id: str
    kind: MeasureKind
    label: Label
    steps: list[TaskStep]


class TaskView(BaseModel):
    """Something I must do (UTC instants), about a case or about an enterprise as a whole (``case_id`` null).

    ``acting_for`` names whom I act for when my own rank is not enough.
    """

    key: str
    label: Label
    case_id: str | None
    number: str
    title: str
    state: CaseState | None
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
    measure: TaskMeasure | None = None
    proposal: str | None = None
    """Key of the ladder's proposal the task is to answer."""


class DoneQuery(Paged):
    """Done to what: to cases, or to enterprises as a whole."""

    to: Literal["cases", "enterprises"] = "cases"


class DoneView(BaseModel):
    """Something I did (已办; UTC) to a case, or to an enterprise as a whole (``case_id`` null): the entry of the ledger,
    and how that one stands now. ``acting_for`` is on whose behalf."""

    event: str
    label: Label
    at: datetime
    acting_for: Named | None
    case_id: str | None
    number: str
    title: str
    state: CaseState | Status
    state_label: Label
    enterprise: Named
    measure_id: str | None


def done_view(row: Found) -> DoneView:
    """An entry as whoever made it sees it."""
    principal = Named(id=row.acting_for, name=row.principal_called or "") if row.acting_for else None
    firm = row.case_id is None
    return DoneView(
        event=row.event,
        label=enterprise_event_label(row.event) if firm else event_label(row.event, row.data),
        at=row.at,
        acting_for=principal,
        case_id=row.case_id,
        number=row.number,
        title=row.title,
        state=Status(row.state) if firm else CaseState(row.state),
        state_label=label(STATUS_LABELS[Status(row.state)]) if firm else state_label(row.state),
        enterprise=Named(id=row.enterprise_id, name=row.enterprise_name),
        measure_id=row.data.get("measure_id"),
    )


def last_day_of(due_at: datetime | None) -> date | None:
    """The last Shanghai day before an exclusive end."""
    return (due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date() if due_at else None


def task_view(row: Found, who: Seated, inner: Inner, possible: Possible, now: datetime) -> TaskView:
    """A task as its doer sees it, with the commands that are ``possible``."""
    shared: dict[str, Any] = {
        "key": row.key,
        "number": row.number,
        "title": row.title,
        "enterprise": Named(id=row.of_enterprise_id, name=row.enterprise_name),
        "duty": duty_label(row.role, row.rank),
        "user_id": row.user_id,
        "due_at": row.due_at,
        "last_day": last_day_of(row.due_at),
        "overdue": row.due_at is not None and row.due_at <= now,
        "acting_for": who.acting(row),
    }
    role = who.doer(row).role
    if row.subject != OF_CASE:
        return _of_enterprise(row, role, shared)
    return _of_case(row, role, inner, possible[row.subject_id, row.key], shared)


def _of_case(
    row: Found, role: Role, inner: Inner, names: Sequence[str], shared: Mapping[str, Any]
) -> TaskView:
    clock = row.clock or row.key
    measures, proposals = inner.get(row.subject_id, ([], []))
    measure = next((one for one in measures if clock == f"m{one['no']}/{base_key(clock)}"), None)
    proposal = next((one for one in proposals if clock == f"p{one['no']}/{base_key(clock)}"), None)
    return TaskView(
        **shared,
        label=clock_label(clock, kinds_of(measures, proposals)),
        case_id=row.subject_id,
        state=row.state,
        state_label=state_label(row.state),
        grade=row.grade,
        grade_label=grade_label(row.grade),
        commands=[TaskCommand(command=name, label=command_label(name)) for name in names],
        measure=_measure(Measure.model_validate(measure), base_key(clock), role) if measure else None,
        proposal=proposal["key"] if proposal else None,
    )


def _of_enterprise(row: Found, role: Role, shared: Mapping[str, Any]) -> TaskView:
    names = answers_to(row.clock)
    return TaskView(
        **shared,
        label=enterprise_task_label(row.clock or row.key),
        case_id=None,
        state=None,
        state_label=label(STATUS_LABELS[Status(row.state)]),
        grade=None,
        grade_label=None,
        commands=[
            TaskCommand(command=name, label=enterprise_command_label(name))
            for name in names
            if role in GRANT_OF[name].roles
        ],
    )


def _measure(measure: Measure, clock: str, role: Role) -> TaskMeasure:
    return TaskMeasure(
        measure_id=measure.measure_id,
        kind=measure.kind,
        label=kind_label(measure.kind),
        steps=[
            TaskStep(step=row.key, label=Label(zh=row.zh, en=row.en))
            for row in steps_for(measure, clock, role)
        ],
    )
