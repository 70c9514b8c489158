"""Programs (服务账号): an administrator sets one up for somebody; its owner alone is given tokens, for it sees with the
owner's eyes; either ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger import programs
from ledger.readers.paging import Found
from models.actors import Actor, Role
from models.audit import AuditAction
from models.errors import LimitExceeded, NotAuthorised, RequirementMissing
from models.programs import PERMISSION_LABELS, Permission, Program
from models.words import Readable
from services import audit
from services.accounts.administration import subject_of
from services.context import Services
from services.missing import missing
from services.named import Id, Named


class ProgramRequest(BaseModel):
    """A program to set up: its name, its owner (user id), what it may do."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80), Readable]
    owner: Id
    may: Annotated[frozenset[Permission], Field(min_length=1)]


class TokenAsked(BaseModel):
    """How many days a token shall live."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int | None, Field(ge=1)] = None


class ProgramToken(BaseModel):
    """A live token without its secret (UTC instants)."""

    token_id: str
    issued_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ProgramView(BaseModel):
    """A program with its live tokens, the newest first."""

    program_id: str
    name: str
    owner: Named
    may: list[Permission]
    created_at: datetime
    tokens: list[ProgramToken]


class ProgramList(BaseModel):
    """Live programs, by name."""

    items: list[ProgramView]


class ProgramIssued(BaseModel):
    """A new token of a program, shown this once; ``others_end`` is when the ones before end at the latest (UTC)."""

    token: str
    expires_at: datetime
    others_end: datetime


async def list_programs(services: Services, actor: Actor) -> ProgramList:
    """The programs the asker owns; for an administrator, those of the district."""
    return ProgramList(items=_views(await _seen(services, actor)))


async def make(services: Services, actor: Actor, asked: ProgramRequest, *, ip: str) -> ProgramView:
    """Set up a program for somebody (administrators): its owner has its tokens issued. Raises NotAuthorised, NotFound,
    RequirementMissing for an owner who is not in office."""
    owner = await subject_of(services, actor, asked.owner)
    if not owner.active or actor.district_id is None:
        raise RequirementMissing(
            "所有人的账号已停用", "The owner's account has ended", rule="programs.owner", field="owner"
        )
    program_id = await programs.add_program(
        services.database,
        district_id=actor.district_id,
        owner_id=asked.owner,
        name=asked.name,
        may=asked.may,
        by=actor.user_id,
        now=services.clock(),
    )
    told = {"subject": asked.owner, "program": program_id, "may": sorted(asked.may)}
    await audit.succeeded(services, AuditAction.MAKE_PROGRAM, actor, ip, details=told)
    return next(one for one in _views(await _seen(services, actor)) if one.program_id == program_id)


async def issue(
    services: Services, actor: Actor, program_id: str, asked: TokenAsked, *, ip: str
) -> ProgramIssued:
    """A token for a program of the asker's own, shown this once; the ones before end when the answer says. Raises
    NotFound, NotAuthorised for anybody but its owner, LimitExceeded."""
    row, rules, now = await _one(services, actor, program_id), services.rules, services.clock()
    if row.owner_id != actor.user_id:
        raise NotAuthorised(
            "令牌只发给服务账号的所有人",
            "A token is issued to the program's owner alone",
            rule="programs.owner",
            remedy_zh="请所有人在“我的账号”中生成",
            remedy_en="Let its owner have it issued, at My account",
        )
    lasts = asked.days or rules.token_days_default
    if lasts > rules.token_days_max:
        raise LimitExceeded(
            f"令牌有效期最长 {rules.token_days_max} 天",
            f"A token lives at most {rules.token_days_max} days",
            rule="accounts.token_days",
            limit=rules.token_days_max,
        )
    ends, others_end = now + timedelta(days=lasts), now + rules.token_overlap
    await audit.succeeded(services, AuditAction.RENEW_PROGRAM, actor, ip, details={"program": program_id})
    token = await programs.issue(services.database, row, now, ends, others_end)
    return ProgramIssued(token=token, expires_at=ends, others_end=others_end)


async def revoke(services: Services, actor: Actor, program_id: str, *, ip: str) -> None:
    """End a program and its tokens at once. Raises NotFound."""
    row = await _one(services, actor, program_id)
    await programs.revoke(services.database, program_id, services.clock())
    told = {"subject": row.owner_id, "program": program_id}
    await audit.succeeded(services, AuditAction.REVOKE_PROGRAM, actor, ip, details=told)


async def acts(services: Services, program: Program, method: str, path: str, *, ip: str) -> None:
    """Record what a program is about to write; what cannot be recorded is not done."""
    told = {"method": method, "route": path[:200]}
    await audit.succeeded(services, AuditAction.PROGRAM, program, ip, details=told)


async def _seen(services: Services, actor: Actor) -> list[Found]:
    owner = None if actor.role is Role.ADMIN else actor.user_id
    return list(
        await programs.list_programs(
            services.database, actor.district_id or "", services.clock(), owner_id=owner
        )
    )


async def _one(services: Services, actor: Actor, program_id: str) -> Found:
    found = next((row for row in await _seen(services, actor) if row.program_id == program_id), None)
    if found is None:
        raise missing("program")
    return found


def _views(rows: list[Found]) -> list[ProgramView]:
    views: dict[str, ProgramView] = {}
    for row in rows:
        if row.program_id not in views:
            views[row.program_id] = ProgramView(
                program_id=row.program_id,
                name=row.name,
                owner=Named(id=row.owner_id, name=row.display_name),
                may=[one for one in PERMISSION_LABELS if one in row.may],
                created_at=row.created_at,
                tokens=[],
            )
        if row.token_id:
            token = ProgramToken(
                token_id=row.token_id,
                issued_at=row.issued_at,
                expires_at=row.expires_at,
                last_used_at=row.last_used_at,
            )
            views[row.program_id].tokens.append(token)
    return list(views.values())
