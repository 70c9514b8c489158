"""Signing in and out: sessions for browsers, tokens for programs, and who one is.

These routes take no Idempotency-Key: their answers hold secrets that are not kept for repeating, and a second
session or token does no harm.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.auth import cookie_name
from api.deps import ActorDep, ServicesDep, SignedDep, client_ip
from api.problems import responses
from models.errors import LimitExceeded, NotAuthenticated, TooLarge, TooManyRequests
from services.accounts import reads, writes
from services.accounts.views import Login, Person, SessionOpened, TokenIssued, TokenList, TokenRequest

router = APIRouter(tags=["accounts"])


@router.post(
    "/sessions",
    status_code=201,
    responses=responses(NotAuthenticated, TooManyRequests, TooLarge, everywhere=False),
)
async def open_session(
    login: Login, request: Request, response: Response, services: ServicesDep
) -> SessionOpened:
    """Sign in as a browser: the answer sets the session cookie (HttpOnly, SameSite=Lax)."""
    agent = request.headers.get("user-agent", "")
    opened, secret = await writes.open_session(services, login, ip=client_ip(request), user_agent=agent)
    response.set_cookie(
        cookie_name(services.settings.cookie_secure),
        secret,
        max_age=int(services.rules.absolute.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=services.settings.cookie_secure,
    )
    return opened


@router.delete("/sessions", status_code=204, responses=responses())
async def close_session(
    signed: SignedDep, request: Request, response: Response, services: ServicesDep
) -> None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends."""
    await writes.close_session(services, signed, ip=client_ip(request))
    secure = services.settings.cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


@router.post(
    "/tokens",
    status_code=201,
    responses=responses(NotAuthenticated, TooManyRequests, TooLarge, LimitExceeded, everywhere=False),
)
async def issue_token(asked: TokenRequest, request: Request, services: ServicesDep) -> TokenIssued:
    """Sign in as a program: a named bearer token that expires and can be revoked."""
    return await writes.issue_token(services, asked, ip=client_ip(request))


@router.get("/tokens", responses=responses())
async def list_tokens(actor: ActorDep, services: ServicesDep) -> TokenList:
    """My live tokens."""
    return await reads.list_tokens(services, actor)


@router.delete("/tokens/{token_id}", status_code=204, responses=responses())
async def revoke_token(token_id: str, signed: SignedDep, request: Request, services: ServicesDep) -> None:
    """Revoke one of my tokens, at once."""
    await writes.revoke_token(services, signed, token_id, ip=client_ip(request))


@router.get("/me", responses=responses())
async def me(actor: ActorDep, services: ServicesDep) -> Person:
    """Who I am, and for whom I act."""
    return await reads.me(services, actor)
