"""Signing in and out: sessions for browsers, tokens for programs, and who one is.

Signing in and out takes no Idempotency-Key: the answers hold secrets that are not kept for repeating, and a second
session or token does no harm.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request, Response

from api.bodies import SIGN_IN_BYTES
from api.deps import ServicesDep, SignedDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, ON_WRITES, responses
from api.refusals import name_for_audit
from api.writing import WritingDep
from models.errors import (
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthenticated,
    NotAuthorised,
    Pending,
    Refused,
    RequirementMissing,
    TooManyRequests,
)
from services.accounts import departures, factors, reads, writes
from services.accounts.cookies import cookie_name
from services.accounts.departures import Departure, HandedOver, Handover, Leaving
from services.accounts.views import (
    CodeGiven,
    FactorConfirmed,
    Login,
    SessionOpened,
    TokenIssued,
    TokenRequest,
)

router = part("accounts")

ALONE = Leaving()
"""Nobody takes over."""


# -- sessions -------------------------------------------------------------------------------------------
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


@router.post("/sessions/code", status_code=204, max_body_size=SIGN_IN_BYTES, responses=responses(*ON_BODIES))
async def give_code(given: CodeGiven, signed: SignedDep, request: Request, services: ServicesDep) -> None:
    """The code of the second factor that my session still owes, or a recovery code; a wrong one counts as a wrong password
    does."""
    await writes.give_code(services, signed, given.code, ip=client_ip(request))


@router.delete("/sessions", status_code=204, responses=responses())
async def close_session(
    signed: SignedDep, request: Request, response: Response, services: ServicesDep
) -> None:
    """Sign out: the session ends now, everywhere. With a bearer token nothing ends."""
    await writes.close_session(services, signed, ip=client_ip(request))
    secure = services.settings.cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


router.acts("/sessions/end-others", writes.end_others)
router.reads("/sessions", reads.list_sessions)
router.ends("/sessions/{session_id}", writes.end_session)

# -- password and second factor -------------------------------------------------------------------------
router.acts(
    "/me/password",
    writes.change_password,
    RequirementMissing,
    LimitExceeded,
    max_body_size=SIGN_IN_BYTES,
    audited="change_password",
)
router.reads("/me/factor", factors.standing, name="factor")
router.acts(
    "/me/factor",
    factors.begin,
    RequirementMissing,
    name="begin_factor",
    status_code=201,
    audited="enrol_factor",
)


@router.post(
    "/me/factor/confirm", max_body_size=SIGN_IN_BYTES, responses=responses(*ON_BODIES, RequirementMissing)
)
async def confirm_factor(
    given: CodeGiven, signed: SignedDep, request: Request, services: ServicesDep
) -> FactorConfirmed:
    """Confirm my second factor by a code of the app: the recovery codes, shown this once."""
    name_for_audit(request, "enrol_factor")
    return await factors.confirm(services, signed, given.code, ip=client_ip(request))


# -- tokens ---------------------------------------------------------------------------------------------
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


router.reads("/tokens", reads.list_tokens)
router.ends("/tokens/{token_id}", writes.revoke_token)


# -- leaving --------------------------------------------------------------------------------------------
@router.post(
    "/accounts/{user_id}/deactivate",
    responses=responses(*ON_WRITES, RequirementMissing, IdempotencyConflict),
)
async def deactivate(
    user_id: str, write: WritingDep, leaving: Annotated[Leaving, Body()] = ALONE
) -> Departure:
    """End an account (administrators): sessions, tokens and delegations end with it; open cases wait for a hand-over.

    What they hold besides goes to the `successor`: seats in liaison groups, and delegations they were given for the days
    that are left. While something cannot move, nothing does: 409, and `GET …/departure` says beforehand what would."""
    ask = write.asking("accounts.deactivate", user_id, leaving, audited="deactivate_account")
    return await departures.deactivate(ask, user_id, leaving, ip=write.ip)


router.reads("/accounts/{user_id}/departure", departures.preview, name="preview_departure")


@router.post(
    "/accounts/{user_id}/hand-over",
    responses=responses(*ON_WRITES, Refused, Conflict, IdempotencyConflict, Pending),
)
async def hand_over(user_id: str, handover: Handover, write: WritingDep) -> HandedOver:
    """Assign every open case of one person's to another who is in office; sent again, it moves what is left."""
    ask = write.asking("accounts.hand_over", user_id, handover, audited="assign_handler")
    return await departures.hand_over(ask, user_id, handover)


router.reads("/me", reads.me)
