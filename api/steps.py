"""One route per step of the measures' procedures (办理措施步骤), made from the tables: each shows the form it takes.

A step called alike in several procedures is one route; where it takes another form by kind of measure, its body is
either. The body's ``form`` may be left out: the step implies it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import reduce
from operator import or_
from typing import Annotated, Any

from fastapi import Body

from api import links
from api.commands import ANSWERS
from api.parts import part
from api.problems import responses
from api.writing import WritingDep
from models.commands.measures import Form
from models.measures.kinds import KIND_LABELS
from services.cases.views import CommandAnswer
from services.measures.writes import STEPS, Rows, forms_of, take_step

router = part("measures")


def _route(step: str, shape: Any, default: Any) -> Callable[..., Awaitable[Any]]:
    async def take(case_id: str, measure_id: str, body: Form, write: WritingDep) -> Any:
        ask = write.asking(f"step.{step}", f"{case_id}/{measure_id}", body, audited=step)
        return await write.answer(
            ask,
            lambda: take_step(ask, case_id, measure_id, step, body),
            links.measure(case_id, measure_id),
        )

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
