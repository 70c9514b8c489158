"""Who is asking: the credential a request carries, and the actor it stands for right now."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from api import credentials
from api.deps import Services, Signed
from models.errors import NotAuthorised

ACTING_FOR = "X-Acting-For"
"""Header naming the person a delegate acts for (user id)."""


@dataclass(frozen=True)
class Credential:
    """A secret as it came: from the session cookie or as a bearer token."""

    secret: str
    from_cookie: bool


def cookie_name(secure: bool) -> str:
    """The session cookie: bound to the host where HTTPS allows it."""
    return "__Host-xiaohao" if secure else "xiaohao_session"


def credential_of(request: Request, *, secure: bool) -> Credential | None:
    """The credential of a request, if any; an Authorization header wins over a cookie."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return Credential(secret.strip(), from_cookie=False)
    cookie = request.cookies.get(cookie_name(secure))
    return Credential(cookie, from_cookie=True) if cookie else None


async def authenticate(services: Services, request: Request, credential: Credential) -> Signed | None:
    """The asker behind a credential, looked up now; None when it is unknown, expired or revoked.

    With ``X-Acting-For`` the asker acts for another: raises NotAuthorised unless a delegation (委托代理)
    between the two is in force now.
    """
    now = services.clock()
    digest = credentials.digest(credential.secret)
    if credential.from_cookie:
        actor = await credentials.by_session(services.database, digest, now, services.rules)
        signed = Signed(actor, session_hash=digest) if actor else None
    else:
        found = await credentials.by_token(services.database, digest, now)
        signed = Signed(found[0], token_id=found[1]) if found else None
    principal = request.headers.get(ACTING_FOR, "").strip()
    if signed is None or not principal:
        return signed
    acting = await credentials.acting_for(services.database, signed.actor, principal, now)
    if acting is None:
        raise NotAuthorised(
            "没有有效的委托代理，不能代为办理",
            "No delegation in force lets you act for this person",
            rule="authority.delegation",
            remedy_zh="请由被代理人办理委托，或去掉 X-Acting-For 头以本人身份办理",
            remedy_en="Have the delegation recorded, or act as yourself without X-Acting-For",
        )
    return Signed(acting, signed.session_hash, signed.token_id)
