"""Signing in and out: sessions for browsers, tokens for programs, and who one is.

These routes take no Idempotency-Key: their answers hold secrets that are not kept for repeating, and a second
session or token does no harm.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import audit, credentials
from api.auth import cookie_name
from api.deps import ActorDep, Services, ServicesDep, SignedDep, client_ip
from api.passwords import MAX_LENGTH
from api.problems import responses
from ledger.sessions import Database
from models.actors import Actor, Rank, Role
from models.errors import LimitExceeded, NotAuthenticated, NotFound, TooLarge, TooManyRequests

router = APIRouter(tags=["accounts"])

Name = Annotated[str, Field(min_length=1, max_length=64)]
Secret = Annotated[str, Field(min_length=1, max_length=MAX_LENGTH, json_schema_extra={"format": "password"})]


class Login(BaseModel):
    """A name and a password."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    username: Name
    password: Secret


class TokenRequest(Login):
    """Asking for a token always needs the password again; ``days`` is how long it shall live."""

    name: Annotated[str, Field(min_length=1, max_length=80, description="What the token is for")] = "cli"
    days: Annotated[int | None, Field(ge=1)] = None


class Person(BaseModel):
    """The signed-in person and what their authority rests on."""

    user_id: str
    username: str
    display_name: str
    role: Role
    rank: Rank | None
    district_id: str | None
    territory_id: str | None
    enterprise_id: str | None
    assessor_org_id: str | None
    certified: bool
    acting_for: str | None = None
    acting_rank: Rank | None = None


class SessionOpened(BaseModel):
    """A session; its secret travels in the cookie only. ``expires_at`` is its end at the latest (UTC)."""

    person: Person
    expires_at: datetime


class Token(BaseModel):
    """A token without its secret (UTC instants)."""

    token_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = None


class TokenIssued(Token):
    """A new token; ``token`` is shown this once."""

    token: str


class TokenList(BaseModel):
    """Live tokens, newest first."""

    items: list[Token]


def _person(account: credentials.Account, actor: Actor) -> Person:
    fields = actor.model_dump(exclude={"org_id"})
    return Person(username=account.username, display_name=account.display_name, **fields)


def _wrong() -> NotAuthenticated:
    """One answer for an unknown name, a wrong password and a locked account."""
    return NotAuthenticated(
        "用户名或密码不正确，或账号已被暂时锁定",
        "The name or the password is wrong, or the account is locked for a while",
        rule="accounts.login",
        remedy_zh="请核对后重试；连续失败会锁定 15 分钟",
        remedy_en="Check and try again; repeated failures lock an account for 15 minutes",
    )


async def sign_in(services: Services, request: Request, login: Login) -> credentials.Account:
    """The account that name and password belong to.

    An unknown name, a locked account and a wrong password take the same time and get the same answer; every
    attempt is recorded. Raises NotAuthenticated, TooManyRequests.
    """
    ip, now = client_ip(request), services.clock()
    try:
        services.limits.logins.hit(ip)
        services.limits.failed_logins.check(ip)
    except TooManyRequests:
        await audit.record(services, action="login", outcome="refused", ip=ip, code=TooManyRequests.code)
        raise
    account = await credentials.by_username(services.database, login.username, now)
    good, fresh = await services.passwords.check(login.password, account.password_hash if account else None)
    locked = account is not None and account.locked_until is not None and account.locked_until > now
    if account is None or locked or not good:
        await _failed(services, account, locked=locked, ip=ip, now=now)
        raise _wrong()
    await credentials.note_success(services.database, account.actor.user_id, fresh)
    return account


async def _failed(
    services: Services, account: credentials.Account | None, *, locked: bool, ip: str, now: datetime
) -> None:
    services.limits.failed_logins.hit(ip)
    reason = "locked" if locked else "password" if account else "unknown"
    if account and not locked:
        user_id = account.actor.user_id
        if await credentials.note_failure(services.database, user_id, now, services.rules):
            reason = "now_locked"
    actor = account.actor if account else None
    await audit.record(
        services,
        action="login",
        outcome="refused",
        actor=actor,
        ip=ip,
        code=NotAuthenticated.code,
        details={"reason": reason},
    )


@router.post(
    "/sessions",
    status_code=201,
    responses=responses(NotAuthenticated, TooManyRequests, TooLarge, everywhere=False),
)
async def open_session(
    login: Login, request: Request, response: Response, services: ServicesDep
) -> SessionOpened:
    """Sign in as a browser: the answer sets the session cookie (HttpOnly, SameSite=Lax)."""
    account = await sign_in(services, request, login)
    secret, ends = await credentials.open_session(
        services.database,
        account.actor.user_id,
        services.clock(),
        services.rules,
        ip=client_ip(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    await _signed_in(services, request, account.actor, "session")
    response.set_cookie(
        cookie_name(services.settings.cookie_secure),
        secret,
        max_age=int(services.rules.absolute.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=services.settings.cookie_secure,
    )
    return SessionOpened(person=_person(account, account.actor), expires_at=ends)


async def _signed_in(services: Services, request: Request, actor: Actor, how: str) -> None:
    await audit.record(
        services,
        action="login",
        outcome="success",
        actor=actor,
        ip=client_ip(request),
        details={"credential": how},
    )


@router.delete("/sessions", status_code=204, responses=responses())
async def close_session(
    signed: SignedDep, request: Request, response: Response, services: ServicesDep
) -> None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends."""
    if signed.session_hash:
        await credentials.close_session(services.database, signed.session_hash, services.clock())
        await audit.record(
            services, action="logout", outcome="success", actor=signed.actor, ip=client_ip(request)
        )
    secure = services.settings.cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


@router.post(
    "/tokens",
    status_code=201,
    responses=responses(NotAuthenticated, TooManyRequests, TooLarge, LimitExceeded, everywhere=False),
)
async def issue_token(asked: TokenRequest, request: Request, services: ServicesDep) -> TokenIssued:
    """Sign in as a program: a named bearer token that expires and can be revoked."""
    account = await sign_in(services, request, asked)
    days = asked.days or services.rules.token_days_default
    if days > services.rules.token_days_max:
        raise LimitExceeded(
            f"令牌有效期最长 {services.rules.token_days_max} 天",
            f"A token lives at most {services.rules.token_days_max} days",
            rule="accounts.token_days",
            limit=services.rules.token_days_max,
        )
    now = services.clock()
    secret, info = await credentials.issue_token(
        services.database, account.actor.user_id, asked.name, now, now + timedelta(days=days)
    )
    await _signed_in(services, request, account.actor, "token")
    return TokenIssued(token=secret, **vars(info))


@router.get("/tokens", responses=responses())
async def list_tokens(actor: ActorDep, services: ServicesDep) -> TokenList:
    """My live tokens."""
    found = await credentials.list_tokens(services.database, actor.user_id, services.clock())
    return TokenList(items=[Token(**vars(info)) for info in found])


@router.delete("/tokens/{token_id}", status_code=204, responses=responses())
async def revoke_token(token_id: str, actor: ActorDep, request: Request, services: ServicesDep) -> None:
    """Revoke one of my tokens, at once."""
    if not await credentials.revoke_token(services.database, actor.user_id, token_id, services.clock()):
        raise NotFound("没有这个令牌", "There is no such token", rule="accounts.token")
    await audit.record(
        services,
        action="revoke_token",
        outcome="success",
        actor=actor,
        ip=client_ip(request),
        details={"token_id": token_id},
    )


@router.get("/me", responses=responses())
async def me(actor: ActorDep, services: ServicesDep) -> Person:
    """Who I am, and for whom I act."""
    return _person(await _account(services.database, actor.user_id, services.clock()), actor)


async def _account(database: Database, user_id: str, now: datetime) -> credentials.Account:
    account = await credentials.by_user_id(database, user_id, now)
    if account is None:
        raise NotFound("账号不存在", "There is no such account", rule="accounts.account")
    return account
