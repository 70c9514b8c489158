"""One route per command, made from the table of commands: each shows its own body and every answer it may give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel

from api import links
from api.parts import part
from api.problems import ON_WRITES, responses
from api.writing import WritingDep
from models.authority import BY_COMMAND
from models.commands import COMMANDS, Command
from models.errors import (
    BadRequest,
    Conflict,
    DutiesNotSeparated,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    Pending,
    RequirementMissing,
    TransitionNotAllowed,
    XiaohaoError,
)
from services.cases.views import CommandAnswer
from services.cases.writes import body_of, give_command

router = part("commands")

ELSEWHERE = frozenset({"open", "adopt_calendar", "take_step"})
"""Commands with another door: opening has a route of its own, each step of a measure too (:mod:`api.steps`), and the
calendar is adopted by the service itself."""

ANSWERS: tuple[type[XiaohaoError], ...] = (
    *ON_WRITES,
    BadRequest,
    NotAuthorised,
    DutiesNotSeparated,
    TransitionNotAllowed,
    RequirementMissing,
    LimitExceeded,
    Conflict,
    IdempotencyConflict,
    Pending,
)
"""Every refusal a command may meet, besides those any route may answer."""


def _optional(shape: type[BaseModel]) -> bool:
    """Whether a command may come without a body."""
    return not any(field.is_required() for field in shape.model_fields.values())


def _route(name: str, shape: type[BaseModel]) -> Callable[..., Awaitable[Any]]:
    async def give(case_id: str, body: BaseModel, write: WritingDep) -> Any:
        ask = write.asking(name, case_id, body, audited=name)
        return await write.answer(ask, lambda: give_command(ask, case_id, name, body), links.case(case_id))

    default = Body(default_factory=shape) if _optional(shape) else Body()
    give.__annotations__["body"] = Annotated[shape, default]
    return give


def _describe(name: str, kind: type[Command]) -> str:
    grant = BY_COMMAND[name]
    return f"{(kind.__doc__ or '').strip()}\n\n依据 / basis: {grant.basis}"


for _name, _kind in COMMANDS.items():
    if _name in ELSEWHERE:
        continue
    router.add_api_route(
        f"/cases/{{case_id}}/commands/{_name}",
        _route(_name, body_of(_name, _kind)),
        methods=["POST"],
        name=_name,
        operation_id=f"command_{_name}",
        summary=f"{BY_COMMAND[_name].zh} / {BY_COMMAND[_name].en}",
        description=_describe(_name, _kind),
        response_model=CommandAnswer,
        responses=responses(*ANSWERS),
    )
