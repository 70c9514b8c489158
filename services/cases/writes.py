"""Changing cases: opening one from a lead, and giving it commands.

The body of a command is the command itself; three differ from it: the ids of an order and of a measure are minted here,
and a policy is named by its version.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from ledger import claims
from ledger.policies import version_row
from ledger.readers.paging import Found
from ledger.readers.rules import policy_of
from ledger.sessions import WriteSession
from models.commands import (
    AdoptPolicy,
    Command,
    IssueOrder,
    Order,
    Part,
    ProposeMeasure,
    StatedFacts,
    Text,
    UserId,
)
from models.envelope import Facts
from models.errors import RequirementMissing
from models.policyversions import check_in_force
from services.asking import Asking, Done, derived_id
from services.cases import giving
from services.cases.openings import grounds_for
from services.cases.reads import after_opening, show_view
from services.cases.views import CaseOpening, CaseView, CommandAnswer
from services.named import Id


def case_id_of(ask: Asking) -> str:
    """The id of the case that a request opens."""
    return derived_id(ask.command_id, "case")


async def open_case(ask: Asking, opening: CaseOpening, *, case_id: str | None = None) -> Done[CaseView]:
    """Open a case from a tip (举报), a self-report (自查自报) or a transfer (移送); it begins as REPORTED.

    The same key again answers the same case (200, Idempotency-Replayed).

    Raises NotFound for an enterprise that is not the asker's, IdempotencyConflict, and the refusal. ``case_id`` is
    that of a tip of the public, which had it before.
    """
    case_id = case_id or case_id_of(ask)
    if await _open(ask, case_id, opening):
        return Done(await show_view(ask.services, ask.actor, case_id), before=True)
    return await after_opening(ask, case_id)


async def _open(ask: Asking, case_id: str, opening: CaseOpening) -> bool:
    """Open the case; True when it had been opened before."""
    async with ask.services.database.apart(ask.scope) as session:
        if await giving.already(session, ask, case_id):
            return True
        ready = await _sealed_opening(session, ask, case_id, opening)
        await claims.claim(session, ask.actor, ask.key, ask.hash, ready.words)
    await giving.send(ask, lambda: ask.services.gateway.open(ready.envelope), ask.command_id)
    return False


async def _sealed_opening(
    session: WriteSession, ask: Asking, case_id: str, opening: CaseOpening
) -> giving.Sealed:
    now = ask.services.clock()
    grounds = await grounds_for(session, ask.scope, opening.enterprise_id, now)
    command = grounds.opening(
        case_id,
        opening.source,
        opening.requirements,
        title=opening.title,
        description=opening.description,
        location=opening.location,
        risk_colour=opening.risk_colour,
        deaths=opening.deaths,
    )
    district_id = grounds.enterprise.district_id
    return giving.sealed(ask, command, case_id=case_id, district_id=district_id, facts=Facts(), now=now)


# -- commands --------------------------------------------------------------------------------------
class OrderBody(Part):
    """Issue an order (下达责令限期整改指令书): who signs it and how long it gives, in calendar days from service.
    ``stated`` is what the parties read; for a case that came from a tip or another department they is required."""

    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    deadline_days: Annotated[int, Field(ge=1, le=3650)]
    stated: StatedFacts | None = None


class PolicyBody(Part):
    """Adopt a stored policy version (适用新版规则) for this case, with the reason."""

    version: Id
    reason: Text


_ASKED: Any = {
    name: (field.annotation, field)
    for name, field in ProposeMeasure.model_fields.items()
    if name != "measure_id"
}
MeasureBody = create_model("MeasureBody", __base__=Part, __doc__=ProposeMeasure.__doc__, **_ASKED)
"""A measure as proposed; its id is minted here."""

Maker = Callable[[WriteSession, Asking, Any], Awaitable[Command]]
"""Makes the command from the body it was asked with."""


async def _order(_: WriteSession, ask: Asking, body: OrderBody) -> Command:
    return IssueOrder(
        order=Order(
            order_id=derived_id(ask.command_id, "order"),
            officers=body.officers,
            deadline_days=body.deadline_days,
        ),
        stated=body.stated,
    )


async def _policy(session: WriteSession, ask: Asking, body: PolicyBody) -> Command:
    policy, row = await policy_of(session, body.version), await version_row(session, body.version)
    if policy is None or row is None:
        raise RequirementMissing(
            f"没有已入库的规则版本 {body.version}",
            f"no policy version {body.version} is stored",
            rule="policy.stored",
            remedy_zh="先由管理员录入该版规则",
            remedy_en="have the administrator store it first",
        )
    check_in_force(body.version, row.in_force_from, ask.services.clock())
    return AdoptPolicy(policy=policy.packed, reason=body.reason)


async def _measure(_: WriteSession, ask: Asking, body: BaseModel) -> Command:
    asked = {name: getattr(body, name) for name in type(body).model_fields}
    return ProposeMeasure(measure_id=derived_id(ask.command_id, "measure"), **asked)


_MAKERS: Mapping[str, tuple[type[BaseModel], Maker]] = {
    "issue_order": (OrderBody, _order),
    "adopt_policy": (PolicyBody, _policy),
    "propose_measure": (MeasureBody, _measure),
}
"""Commands whose body is not the command itself."""


def body_of(name: str, kind: type[Command]) -> type[BaseModel]:
    """The shape command ``name`` is asked with."""
    return _MAKERS[name][0] if name in _MAKERS else kind


async def give_command(ask: Asking, case_id: str, name: str, body: BaseModel) -> Done[CommandAnswer]:
    """Give command ``name`` to a case; raises as :func:`services.cases.giving.give`."""

    async def build(session: WriteSession, _: Found, asked: Asking) -> Command:
        if name in _MAKERS:
            return await _MAKERS[name][1](session, asked, body)
        return body  # type: ignore[return-value]  # every other command is its own body

    return await giving.give(ask, case_id, build)
