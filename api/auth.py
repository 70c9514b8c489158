"""The credential a request carries, and whom it says it acts for."""

from __future__ import annotations

from starlette.requests import Request

from services.accounts.cookies import cookie_name
from services.accounts.views import Credential

ACTING_FOR = "X-Acting-For"
"""Header naming the person a delegate acts for (user id): the API's way to say it."""


def credential_of(request: Request, *, secure: bool) -> Credential | None:
    """The credential of a request, if any; an Authorization header wins over a cookie."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return Credential(secret.strip(), from_cookie=False)
    cookie = request.cookies.get(cookie_name(secure))
    return Credential(cookie, from_cookie=True) if cookie else None


def acting_for(request: Request) -> str | None:
    """The user id in :data:`ACTING_FOR`, if any."""
    return request.headers.get(ACTING_FOR, "").strip() or None
