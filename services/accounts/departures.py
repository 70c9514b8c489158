"""A person who leaves (离岗): the account ends, and what was in their hands goes to somebody who is there.

Until it is handed over it stands on the section head's lists.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger import claims, passwords, people
from ledger.readers.cases import open_cases_of
from ledger.readers.paging import Found
from ledger.sessions import Scope, WriteSession
from models.actors import Actor, Role
from models.audit import AuditAction
from models.commands import AssignHandler, Command, OptionalText, UserId
from models.errors import (
    EngineUnavailable,
    NotAuthorised,
    Pending,
    RequirementMissing,
    TooManyRequests,
    XiaohaoError,
)
from services import audit
from services.asking import Asking
from services.cases import giving
from services.missing import missing

_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)


class Handover(BaseModel):
    """Hand over everything open that a person handles to another official in office (移交承办案件)."""

    model_config = ConfigDict(extra="forbid")

    to: UserId
    reason: OptionalText = ""


class Departure(BaseModel):
    """What is left of somebody whose account has ended: open cases in their hands that wait for a hand-over."""

    user_id: str
    active: bool
    open_cases: int


class HandedOver(Departure):
    """What a hand-over did: the cases it moved, and those that refused with the reason."""

    moved: Annotated[list[str], Field(description="case ids")]
    refused: dict[str, str]


async def deactivate(ask: Asking, user_id: str, *, ip: str) -> Departure:
    """End an account of the administrator's district: sessions, tokens and delegations end with it.

    Raises NotFound, NotAuthorised, RequirementMissing for one's own, IdempotencyConflict.
    """
    services, actor = ask.services, ask.actor
    if actor.role is not Role.ADMIN:
        raise NotAuthorised(
            "仅管理员可以停用账号",
            "Only an administrator ends accounts",
            rule="accounts.deactivate",
            remedy_zh="请联系管理员",
            remedy_en="Ask the administrator",
        )
    if user_id == actor.user_id:
        raise RequirementMissing(
            "不能停用自己的账号",
            "You cannot end your own account",
            rule="accounts.deactivate.own",
            remedy_zh="由另一名管理员办理",
            remedy_en="Let another administrator do it",
        )
    async with services.database.write(ask.scope) as session:
        await claims.claim(session, actor, ask.key, ask.hash)
        if not await people.deactivate(session, ask.scope, user_id, services.clock()):
            raise missing("account")
    await passwords.end_all(services.database, user_id, services.clock())
    await audit.succeeded(services, AuditAction.DEACTIVATE_ACCOUNT, actor, ip, details={"subject": user_id})
    return await _left(ask, user_id)


async def hand_over(ask: Asking, user_id: str, handover: Handover) -> HandedOver:
    """Assign every open case of one person's to another, each as a command of its own under the same key.

    Sent again, it moves what is left. Raises NotFound for a person unknown here, NotAuthorised, RequirementMissing for
    somebody who is not in office, IdempotencyConflict.
    """
    async with ask.services.database.read(ask.scope) as session:
        if await people.is_active(session, ask.scope, user_id) is None:
            raise missing("account")
        rows = await open_cases_of(session, ask.scope, user_id)
    moved: list[str] = []
    refused: dict[str, XiaohaoError] = {}
    for row in rows:
        try:
            await giving.give(ask.part(row.case_id), row.case_id, _assigning(handover))
            moved.append(row.case_id)
        except _ASK_AGAIN:
            raise
        except XiaohaoError as refusal:
            refused[row.case_id] = refusal
    if refused and not moved:
        raise next(iter(refused.values()))
    left = await _left(ask, user_id)
    reasons = {case_id: f"{refusal.zh} / {refusal.en}" for case_id, refusal in refused.items()}
    return HandedOver(**left.model_dump(), moved=moved, refused=reasons)


def _assigning(handover: Handover) -> giving.Builder:
    async def build(_: WriteSession, __: Found, ___: Asking) -> Command:
        return AssignHandler(handler_id=handover.to, reason=handover.reason)

    return build


async def _left(ask: Asking, user_id: str) -> Departure:
    """How the person stands now; cases are counted in the district's own scope: an administrator reads none of them."""
    counting = Actor(user_id=ask.actor.user_id, role=Role.AUDITOR, district_id=ask.actor.district_id)
    async with ask.services.database.read(Scope.of(counting)) as session:
        active = await people.is_active(session, Scope.of(counting), user_id)
        rows = await open_cases_of(session, Scope.of(counting), user_id)
    return Departure(user_id=user_id, active=bool(active), open_cases=len(rows))
