"""One route per command, made from the table of commands: each shows its own body and every answer it may give.

The body is the command itself; three differ from it: the ids of an order and of a measure are minted here, and a
policy is named by its version.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field, create_model

from api import policy_rows, sending
from api.deps import ActorDep, IdempotencyKeyDep, ServicesDep
from api.envelopes import derived_id
from api.problems import ON_WRITES, responses
from api.schemas import CommandAnswer
from api.sending import Asking
from ledger.readers.paging import Found
from ledger.sessions import WriteSession
from models.authority import BY_COMMAND
from models.commands import (
    COMMANDS,
    AdoptPolicy,
    Command,
    IssueOrder,
    Order,
    Part,
    ProposeMeasure,
    Text,
    UserId,
)
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

router = APIRouter(tags=["commands"])

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


class OrderBody(Part):
    """Issue an order (下达责令限期整改指令书): who signs it and how long it gives, in calendar days from service."""

    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    deadline_days: Annotated[int, Field(ge=1, le=3650)]


class PolicyBody(Part):
    """Adopt a stored policy version (适用新版规则) for this case, with the reason."""

    version: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Text


_ASKED: Any = {
    name: (field.annotation, field)
    for name, field in ProposeMeasure.model_fields.items()
    if name != "measure_id"
}
MeasureBody = create_model("MeasureBody", __base__=Part, __doc__=ProposeMeasure.__doc__, **_ASKED)
"""A measure as proposed; its id is minted here."""


Maker = Callable[[WriteSession, Asking, Any], Awaitable[Command]]
"""Makes the command from the body of its route."""


async def _as_it_is(_: WriteSession, __: Asking, body: Command) -> Command:
    return body


async def _order(_: WriteSession, ask: Asking, body: OrderBody) -> Command:
    return IssueOrder(
        order=Order(
            order_id=derived_id(ask.command_id, "order"),
            officers=body.officers,
            deadline_days=body.deadline_days,
        )
    )


async def _policy(session: WriteSession, _: Asking, body: PolicyBody) -> Command:
    policy = await policy_rows.policy_of(session, body.version)
    if policy is None:
        raise RequirementMissing(
            f"没有已入库的规则版本 {body.version}",
            f"no policy version {body.version} is stored",
            rule="policy.stored",
            remedy_zh="先由管理员录入该版规则",
            remedy_en="have the administrator store it first",
        )
    return AdoptPolicy(policy=policy_rows.packed(policy), reason=body.reason)


async def _measure(_: WriteSession, ask: Asking, body: BaseModel) -> Command:
    asked = {name: getattr(body, name) for name in type(body).model_fields}
    return ProposeMeasure(measure_id=derived_id(ask.command_id, "measure"), **asked)


SHAPES: dict[str, tuple[type[BaseModel], Maker]] = {
    "issue_order": (OrderBody, _order),
    "adopt_policy": (PolicyBody, _policy),
    "propose_measure": (MeasureBody, _measure),
}
"""Commands whose body is not the command itself."""


def _optional(shape: type[BaseModel]) -> bool:
    """Whether a command may come without a body."""
    return not any(field.is_required() for field in shape.model_fields.values())


def _route(name: str, shape: type[BaseModel], make: Maker) -> Callable[..., Awaitable[Any]]:
    async def give(
        case_id: str,
        body: BaseModel,
        actor: ActorDep,
        services: ServicesDep,
        key: IdempotencyKeyDep,
        request: Request,
        response: Response,
    ) -> Any:
        sending.name_for_audit(request, name)
        ask = sending.asking(services, actor, key, name, case_id, body)

        async def build(session: WriteSession, _: Found, asked: Asking) -> Command:
            return await make(session, asked, body)

        try:
            answer, done = await sending.give(ask, case_id, build)
        except Pending as unsure:
            return sending.pending(request, unsure, f"/api/v1/cases/{case_id}")
        sending.replayed(response, done)
        return answer

    default = Body(default_factory=shape) if _optional(shape) else Body()
    give.__annotations__["body"] = Annotated[shape, default]
    return give


def _describe(name: str, kind: type[Command]) -> str:
    grant = BY_COMMAND[name]
    return f"{(kind.__doc__ or '').strip()}\n\n依据 / basis: {grant.basis}"


for _name, _kind in COMMANDS.items():
    if _name in ELSEWHERE:
        continue
    _shape, _make = SHAPES.get(_name, (_kind, _as_it_is))
    router.add_api_route(
        f"/cases/{{case_id}}/commands/{_name}",
        _route(_name, _shape, _make),
        methods=["POST"],
        name=_name,
        operation_id=f"command_{_name}",
        summary=f"{BY_COMMAND[_name].zh} / {BY_COMMAND[_name].en}",
        description=_describe(_name, _kind),
        response_model=CommandAnswer,
        responses=responses(*ANSWERS),
    )
