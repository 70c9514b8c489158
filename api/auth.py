"""The credential a request carries, and whom it says it acts for."""

from __future__ import annotations

from starlette.requests import Request

from services.accounts.cookies import cookie_name, is_by_link, link_cookie_name
from services.accounts.views import Credential

ACTING_FOR = "X-Acting-For"
"""Header naming the person a delegate acts for (user id): the API's way to say it."""

UNATTENDED = "X-Unattended"
"""Header of a request a page makes by itself: it does not put off the idle end of the session."""


def credential_of(request: Request, *, secure: bool) -> Credential | None:
    """The credential of a request, if any; an Authorization header wins over a cookie.

    Below :data:`services.accounts.cookies.LINK_PATH` only the visit by a link counts, and elsewhere never."""
    if is_by_link(request.scope["path"]):
        visit = request.cookies.get(link_cookie_name(secure))
        return Credential(visit, from_cookie=True, by_link=True) if visit else None
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return Credential(secret.strip(), from_cookie=False)
    cookie = request.cookies.get(cookie_name(secure))
    return Credential(cookie, from_cookie=True) if cookie else None


def attended(request: Request) -> bool:
    """Whether somebody asked, and not a page by itself."""
    return UNATTENDED not in request.headers


def acting_for(request: Request) -> str | None:
    """The user id in :data:`ACTING_FOR`, if any."""
    return request.headers.get(ACTING_FOR, "").strip() or None
