"""One route per command, made from the table of commands: each shows its own body and every answer it may give."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Annotated, Any

from fastapi import Body
from pydantic import BaseModel

from api.parts import part
from models.authority import BY_COMMAND
from models.commands import COMMANDS
from models.errors import (
    Conflict,
    DutiesNotSeparated,
    LimitExceeded,
    Pending,
    RequirementMissing,
    TransitionNotAllowed,
    XiaohaoError,
)
from services.cases.writes import body_of, give_command

router = part("commands")

ELSEWHERE = frozenset({"open", "adopt_calendar", "take_step"})
"""Commands with another door: opening has a route of its own, each step of a measure too (:mod:`api.steps`), and the
calendar is adopted by the service itself."""

MAY_REFUSE: tuple[type[XiaohaoError], ...] = (
    DutiesNotSeparated,
    TransitionNotAllowed,
    RequirementMissing,
    LimitExceeded,
    Conflict,
    Pending,
)
"""Every refusal a command may meet, besides those of any write."""


def said_in(shapes: Iterable[type[BaseModel]]) -> Any:
    """A body of one of ``shapes``; without a body it is the first of them that needs no word."""
    shapes = tuple(shapes)
    silent = (one for one in shapes if not any(field.is_required() for field in one.model_fields.values()))
    empty = next(silent, None)
    return Annotated[reduce(or_, shapes), Body(default_factory=empty) if empty else Body()]


for _name, _kind in COMMANDS.items():
    if _name in ELSEWHERE:
        continue
    _grant = BY_COMMAND[_name]
    router.writes(
        f"/cases/{{case_id}}/commands/{_name}",
        give_command,
        _name,
        *MAY_REFUSE,
        at="/cases/{case_id}",
        audited=_name,
        given={"name": _name},
        shape=said_in([body_of(_name, _kind)]),
        name=_name,
        operation_id=f"command_{_name}",
        summary=f"{_grant.zh} / {_grant.en}",
        description=f"{(_kind.__doc__ or '').strip()}\n\n依据 / basis: {_grant.basis}",
    )
