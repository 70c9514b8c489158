"""One route per step of the measures' procedures (办理措施步骤), made from the tables: each shows the form it takes.

A step called alike in several procedures is one route; where it takes another form by kind of measure, its body is
either. The body's ``form`` may be left out: the step implies it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import reduce
from operator import or_
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import TypeAdapter, ValidationError

from api import sending
from api.commands import ANSWERS
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.problems import responses
from api.schemas import CommandAnswer
from api.sending import Asking, Builder
from ledger.readers.approvals import measure_of
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from models.commands import Command, TakeStep
from models.commands.measures import AnyForm, Form
from models.errors import NotFound, Pending
from models.measures.kinds import KIND_LABELS, MeasureKind
from models.measures.procedures import PROCEDURES
from models.measures.steps import Step

router = APIRouter(tags=["measures"])

Rows = dict[MeasureKind, Step]
STEPS: dict[str, Rows] = {}
"""Step → its row in each procedure that has it."""
for _kind, _procedure in PROCEDURES.items():
    for _row in _procedure.rows:
        STEPS.setdefault(_row.key, {})[_kind] = _row

_FORM: TypeAdapter[AnyForm] = TypeAdapter(AnyForm)


def measure_not_found() -> NotFound:
    """No such measure, or not for the asker to know of: the same answer."""
    return NotFound("没有这项措施", "There is no such measure", rule="measure.scope")


def forms_of(step: str) -> tuple[type[Form], ...]:
    """The forms a step takes, the usual one first."""
    return tuple(dict.fromkeys(row.form for row in STEPS[step].values()))


def taking(measure_id: str, step: str, form: Form) -> Builder:
    """The command of a step, for a measure the asker may know of."""

    async def build(session: WriteSession, case: Found, ask: Asking) -> Command:
        if await measure_of(session, ask.scope, case.case_id, measure_id) is None:
            raise measure_not_found()
        return TakeStep.model_validate({"measure_id": measure_id, "step": step, "form": form})

    return build


def form_of(kind: MeasureKind, step: str, given: dict[str, Any] | None) -> Form:
    """What was given as the form ``step`` takes in a measure of this ``kind``. Raises ValidationError, KeyError."""
    shape = STEPS[step][kind].form
    return shape.model_validate(given or {})


def _route(step: str, shape: Any, default: Any) -> Callable[..., Awaitable[Any]]:
    async def take(
        case_id: str,
        measure_id: str,
        body: Form,
        actor: ActorDep,
        services: ServicesDep,
        key: IdempotencyKeyDep,
        request: Request,
        response: Response,
    ) -> Any:
        sending.name_for_audit(request, step)
        ask = sending.asking(services, actor, key, f"step.{step}", f"{case_id}/{measure_id}", body)
        try:
            answer, done = await sending.give(ask, case_id, taking(measure_id, step, body))
        except Pending as unsure:
            return sending.pending(request, unsure, f"/api/v1/cases/{case_id}/measures/{measure_id}")
        sending.replayed(response, done)
        return answer

    take.__annotations__["body"] = Annotated[shape, default]
    return take


def _summary(rows: Rows) -> str:
    zh = "、".join(dict.fromkeys(row.zh for row in rows.values()))
    en = ", ".join(dict.fromkeys(row.en for row in rows.values()))
    return f"{zh} / {en}"


def _describe(rows: Rows) -> str:
    lines = [f"- {KIND_LABELS[kind][0]}：{row.zh}。依据 / basis: {row.basis}" for kind, row in rows.items()]
    return "\n".join(lines)


def _empty_form(shapes: tuple[type[Form], ...]) -> type[Form] | None:
    """The form that needs no word, so that the step may come without a body."""
    for shape in shapes:
        if not any(field.is_required() for field in shape.model_fields.values()):
            return shape
    return None


for _step, _rows in STEPS.items():
    _shapes = forms_of(_step)
    _empty = _empty_form(_shapes)
    router.add_api_route(
        f"/cases/{{case_id}}/measures/{{measure_id}}/{_step}",
        _route(_step, reduce(or_, _shapes), Body(default_factory=_empty) if _empty else Body()),
        methods=["POST"],
        name=f"step_{_step}",
        operation_id=f"step_{_step}",
        summary=_summary(_rows),
        description=_describe(_rows),
        response_model=CommandAnswer,
        responses=responses(*ANSWERS),
    )

__all__ = ["STEPS", "ValidationError", "form_of", "forms_of", "measure_not_found", "router", "taking"]
