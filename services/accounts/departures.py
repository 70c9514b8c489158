"""A person who leaves (离岗): the account ends, and what was in their hands goes to somebody who is there.

Until it is handed over it stands on the section head's lists.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger import claims, passwords, people
from ledger.programs import list_programs
from ledger.readers.cases import open_cases_of
from ledger.readers.paging import Found
from ledger.sessions import Scope, WriteSession
from models.actors import Actor, Role
from models.administrators import administrators_alone
from models.audit import AuditAction
from models.commands import AssignHandler, Command, OptionalText, UserId
from models.errors import (
    EngineUnavailable,
    Pending,
    RequirementMissing,
    TooManyRequests,
    XiaohaoError,
)
from services import audit
from services.accounts.leaving import carry_out, plan
from services.asking import Asking
from services.cases import giving
from services.context import Services
from services.missing import missing
from services.named import Id, Named
from services.register.keeping import keeping

_ASK_AGAIN = (Pending, EngineUnavailable, TooManyRequests)


class Handover(BaseModel):
    """Hand over everything open that a person handles to another official in office (移交承办案件)."""

    model_config = ConfigDict(extra="forbid")

    to: UserId
    reason: OptionalText = ""


class Leaving(BaseModel):
    """Who takes over from somebody who leaves (接替人)."""

    model_config = ConfigDict(extra="forbid")

    successor: UserId | None = None


class MovingSeat(BaseModel):
    """A liaison group in which somebody leads or is a member, or both."""

    team_id: str
    name: str
    leader: bool
    member: bool


class MovingDelegation(BaseModel):
    """A delegation from or to somebody, until ``ends_at`` (UTC)."""

    delegation_id: str
    principal: Named
    delegate: Named
    ends_at: datetime


class Obstacle(BaseModel):
    """Why somebody cannot leave yet, and what would make it possible."""

    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


class DeparturePreview(BaseModel):
    """What becomes of what somebody has in hand when they leave: seats and delegations that go to the successor,
    delegations that end; cases that wait for their hand-over by a section head, programs whose tokens end; and what has
    to be settled first."""

    user_id: str
    name: str
    active: bool
    successor: Named | None
    seats: list[MovingSeat]
    moving: list[MovingDelegation]
    ending: list[MovingDelegation]
    open_cases: int
    programs: int
    obstacles: list[Obstacle]


class Departure(BaseModel):
    """What is left of somebody whose account has ended: open cases in their hands that wait for a hand-over."""

    user_id: str
    active: bool
    open_cases: int


class HandedOver(Departure):
    """What a hand-over did: the cases it moved, and those that refused with the reason."""

    moved: Annotated[list[str], Field(description="case ids")]
    refused: dict[str, str]


async def preview(
    services: Services, actor: Actor, user_id: Id, successor: Id | None = None
) -> DeparturePreview:
    """What would become of what somebody has in hand if they left (administrators). Nothing is stored. Raises
    NotAuthorised, NotFound."""
    _administrators_only(actor)
    scope, now = Scope.of(actor), services.clock()
    async with services.database.read(scope) as session:
        made = await plan(session, scope, user_id, successor, now)
    owned = await list_programs(services.database, str(actor.district_id), now, owner_id=user_id)
    return DeparturePreview(
        user_id=user_id,
        name=made.leaver.display_name,
        active=made.leaver.active,
        successor=Named(id=made.successor.user_id, name=made.successor.name) if made.successor else None,
        seats=[
            MovingSeat(
                team_id=seat.team_id,
                name=seat.name,
                leader=seat.leader == user_id,
                member=user_id in seat.members,
            )
            for seat in made.seats
        ],
        moving=[_delegation(row) for row in made.moving],
        ending=[_delegation(row) for row in made.ending],
        open_cases=(await _counted(services, actor, user_id))[1],
        programs=len({row.program_id for row in owned}),
        obstacles=[
            Obstacle(
                rule=one.rule or "",
                zh=one.zh,
                en=one.en,
                remedy_zh=one.remedy_zh or "",
                remedy_en=one.remedy_en or "",
            )
            for one in made.refusals
        ],
    )


def _delegation(row: Found) -> MovingDelegation:
    return MovingDelegation(
        delegation_id=row.delegation_id,
        principal=Named(id=row.from_user_id, name=row.principal_name),
        delegate=Named(id=row.to_user_id, name=row.delegate_name),
        ends_at=row.ends_at,
    )


async def deactivate(ask: Asking, user_id: str, leaving: Leaving, *, ip: str) -> Departure:
    """End an account of the administrator's district: sessions, tokens and delegations end with it; seats in liaison
    groups and delegations received go to the successor, in the same act.

    Raises NotFound, NotAuthorised, RequirementMissing for one's own and for what cannot move, IdempotencyConflict.
    """
    services, actor, now = ask.services, ask.actor, ask.services.clock()
    _administrators_only(actor)
    if user_id == actor.user_id:
        raise RequirementMissing(
            "不能停用自己的账号",
            "You cannot end your own account",
            rule="accounts.deactivate.own",
            remedy_zh="由另一名管理员办理",
            remedy_en="Let another administrator do it",
        )
    async with keeping(ask) as session:
        fresh = await claims.claim(session, actor, ask.key, ask.hash)
        made = await plan(session, ask.scope, user_id, leaving.successor, now)
        if fresh or made.leaver.active:
            await carry_out(session, ask.scope, made, now, actor.user_id)
            told = {"subject": user_id, "successor": leaving.successor}
            moved = {"seats": [one.team_id for one in made.seats]}
            moved["delegations"] = [one.delegation_id for one in made.moving]
            details = {name: value for name, value in {**told, **moved}.items() if value}
            await audit.succeeded(services, AuditAction.DEACTIVATE_ACCOUNT, actor, ip, details=details)
    await passwords.end_all(services.database, user_id, now)
    return await _left(ask, user_id)


def _administrators_only(actor: Actor) -> None:
    administrators_alone(
        actor, "仅管理员可以停用账号", "Only an administrator ends accounts", rule="accounts.deactivate"
    )


async def in_hands(services: Services, actor: Actor, user_id: str) -> int:
    """How many open cases a hand-over by the asker would move out of one person's hands."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        return len(await open_cases_of(session, scope, user_id))


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
    """How the person stands now."""
    active, open_cases = await _counted(ask.services, ask.actor, user_id)
    return Departure(user_id=user_id, active=active, open_cases=open_cases)


async def _counted(services: Services, actor: Actor, user_id: str) -> tuple[bool, int]:
    """Whether the account is in use, and how many open cases are in its hands, counted in the district's own scope: an
    administrator reads none of them."""
    counting = Scope.of(Actor(user_id=actor.user_id, role=Role.AUDITOR, district_id=actor.district_id))
    async with services.database.read(counting) as session:
        active = await people.is_active(session, counting, user_id)
        rows = await open_cases_of(session, counting, user_id)
    return bool(active), len(rows)
