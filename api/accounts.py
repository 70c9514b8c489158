"""Signing in and out: sessions for browsers, tokens for programs, and who one is.

Signing in and out takes no Idempotency-Key: the answers hold secrets that are not kept for repeating, and a second
session or token does no harm.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Request, Response

from api.bodies import SIGN_IN_BYTES
from api.deps import ActorDep, ServicesDep, SignedDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, ON_WRITES, responses
from api.refusals import name_for_audit
from api.writing import WritingDep
from models.errors import (
    BadRequest,
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthenticated,
    NotAuthorised,
    NotFound,
    Pending,
    Refused,
    RequirementMissing,
    TooManyRequests,
)
from services.accounts import departures, factors, reads, writes
from services.accounts.cookies import cookie_name
from services.accounts.departures import Departure, DeparturePreview, HandedOver, Handover, Leaving
from services.accounts.views import (
    CodeGiven,
    FactorBegun,
    FactorConfirmed,
    FactorStanding,
    Login,
    PasswordChange,
    Person,
    SessionList,
    SessionOpened,
    SessionsEnded,
    TokenIssued,
    TokenList,
    TokenRequest,
)
from services.named import Id

router = part("accounts")

ALONE = Leaving()
"""Nobody takes over."""


@router.post(
    "/sessions",
    status_code=201,
    max_body_size=SIGN_IN_BYTES,
    responses=responses(NotAuthenticated, TooManyRequests, *ON_BODIES, everywhere=False),
)
async def open_session(
    login: Login, request: Request, response: Response, services: ServicesDep
) -> SessionOpened:
    """Sign in as a browser: the answer sets the session cookie (HttpOnly, SameSite=Lax).

    Where the account has a second factor, send its `code` too, or give it afterwards (`POST /sessions/code`). While
    `owes` says something, the session does that one thing and nothing else: 403, rule `accounts.owed`."""
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


@router.post(
    "/sessions/code",
    status_code=204,
    max_body_size=SIGN_IN_BYTES,
    responses=responses(*ON_BODIES, NotFound),
)
async def give_code(given: CodeGiven, signed: SignedDep, request: Request, services: ServicesDep) -> None:
    """The code of the second factor that my session still owes, or a recovery code; a wrong one counts as a wrong password
    does."""
    await writes.give_code(services, signed, given.code, ip=client_ip(request))


@router.post("/sessions/end-others", responses=responses())
async def end_others(signed: SignedDep, request: Request, services: ServicesDep) -> SessionsEnded:
    """End every session of mine but this one."""
    return SessionsEnded(ended=await writes.end_others(services, signed, ip=client_ip(request)))


@router.delete("/sessions", status_code=204, responses=responses())
async def close_session(
    signed: SignedDep, request: Request, response: Response, services: ServicesDep
) -> None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends."""
    await writes.close_session(services, signed, ip=client_ip(request))
    secure = services.settings.cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


@router.get("/sessions", responses=responses())
async def list_sessions(signed: SignedDep, services: ServicesDep) -> SessionList:
    """My live sessions."""
    return await reads.list_sessions(services, signed)


@router.delete("/sessions/{session_id}", status_code=204, responses=responses())
async def end_session(session_id: str, signed: SignedDep, request: Request, services: ServicesDep) -> None:
    """End one of my sessions, wherever it is."""
    await writes.end_session(services, signed, session_id, ip=client_ip(request))


@router.post(
    "/me/password",
    status_code=204,
    max_body_size=SIGN_IN_BYTES,
    responses=responses(*ON_BODIES, RequirementMissing, LimitExceeded),
)
async def change_password(
    change: PasswordChange, signed: SignedDep, request: Request, services: ServicesDep
) -> None:
    """Replace my password; every other session and every token of mine ends."""
    name_for_audit(request, "change_password")
    await writes.change_password(services, signed, change, ip=client_ip(request))


@router.get("/me/factor", responses=responses())
async def factor(signed: SignedDep, services: ServicesDep) -> FactorStanding:
    """How my second factor (动态口令) stands."""
    return await factors.standing(services, signed)


@router.post("/me/factor", status_code=201, responses=responses(RequirementMissing))
async def begin_factor(signed: SignedDep, request: Request, services: ServicesDep) -> FactorBegun:
    """Begin to set up my second factor: a secret for an authenticator app (TOTP, RFC 6238)."""
    name_for_audit(request, "enrol_factor")
    return await factors.begin(services, signed)


@router.post(
    "/me/factor/confirm",
    max_body_size=SIGN_IN_BYTES,
    responses=responses(*ON_BODIES, RequirementMissing),
)
async def confirm_factor(
    given: CodeGiven, signed: SignedDep, request: Request, services: ServicesDep
) -> FactorConfirmed:
    """Confirm my second factor by a code of the app: the recovery codes, shown this once."""
    name_for_audit(request, "enrol_factor")
    return await factors.confirm(services, signed, given.code, ip=client_ip(request))


@router.post(
    "/tokens",
    status_code=201,
    max_body_size=SIGN_IN_BYTES,
    responses=responses(
        NotAuthenticated, NotAuthorised, TooManyRequests, *ON_BODIES, LimitExceeded, everywhere=False
    ),
)
async def issue_token(asked: TokenRequest, request: Request, services: ServicesDep) -> TokenIssued:
    """Sign in as a program: a named bearer token that expires and can be revoked.

    An account with a second factor sends its `code` with the password (401, rule `accounts.code`, without); one that has
    to choose a password or to set up a second factor first gets none (403, rule `accounts.owed`)."""
    return await writes.issue_token(services, asked, ip=client_ip(request))


@router.get("/tokens", responses=responses())
async def list_tokens(actor: ActorDep, services: ServicesDep) -> TokenList:
    """My live tokens."""
    return await reads.list_tokens(services, actor)


@router.delete("/tokens/{token_id}", status_code=204, responses=responses())
async def revoke_token(token_id: str, signed: SignedDep, request: Request, services: ServicesDep) -> None:
    """Revoke one of my tokens, at once."""
    await writes.revoke_token(services, signed, token_id, ip=client_ip(request))


@router.post(
    "/accounts/{user_id}/deactivate",
    responses=responses(*ON_WRITES, BadRequest, NotAuthorised, RequirementMissing, IdempotencyConflict),
)
async def deactivate(
    user_id: str, write: WritingDep, leaving: Annotated[Leaving, Body()] = ALONE
) -> Departure:
    """End an account (administrators): sessions, tokens and delegations end with it; open cases wait for a hand-over.

    What they hold besides goes to the `successor`: seats in liaison groups, and delegations they were given for the days
    that are left. While something cannot move, nothing does: 409, and `GET …/departure` says beforehand what would."""
    ask = write.asking("accounts.deactivate", user_id, leaving, audited="deactivate_account")
    return await departures.deactivate(ask, user_id, leaving, ip=write.ip)


@router.get("/accounts/{user_id}/departure", responses=responses(NotAuthorised, NotFound))
async def preview_departure(
    user_id: str, actor: ActorDep, services: ServicesDep, successor: Annotated[Id | None, Query()] = None
) -> DeparturePreview:
    """What would become of what somebody has in hand if they left (administrators). Nothing is stored."""
    return await departures.preview(services, actor, user_id, successor)


@router.post(
    "/accounts/{user_id}/hand-over",
    responses=responses(
        *ON_WRITES, BadRequest, NotAuthorised, Refused, Conflict, IdempotencyConflict, Pending
    ),
)
async def hand_over(user_id: str, handover: Handover, write: WritingDep) -> HandedOver:
    """Assign every open case of one person's to another who is in office; sent again, it moves what is left."""
    ask = write.asking("accounts.hand_over", user_id, handover, audited="assign_handler")
    return await departures.hand_over(ask, user_id, handover)


@router.get("/me", responses=responses())
async def me(actor: ActorDep, services: ServicesDep) -> Person:
    """Who I am, and for whom I act."""
    return await reads.me(services, actor)
