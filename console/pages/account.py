"""Signing in and out, and the language."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from console.page import LANGUAGE_COOKIE, PageDep, client_ip, frame, inside, language_of, see_other
from console.refusals import Wrong, wrongs_of
from console.rendering import page as written
from console.words import Words
from models.errors import NotAuthenticated, TooManyRequests, XiaohaoError
from models.malformed import malformed
from services.accounts import writes
from services.accounts.cookies import cookie_name
from services.accounts.views import Login
from services.context import Services

router = APIRouter()

_SIGN_IN_BYTES = 8_000
_YEAR = 365 * 24 * 3600


@router.get("/login")
async def login_page(request: Request) -> Response:
    """Where one signs in; ``next`` is where one wanted to go."""
    return _login(request, inside(request.query_params.get("next")))


@router.post("/login", max_body_size=_SIGN_IN_BYTES)
async def sign_in(request: Request) -> Response:
    """Sign in, and on to where one wanted to go."""
    services: Services = request.app.state.services
    form = await request.form(max_files=0, max_fields=10)
    told = {name: str(form.get(name) or "") for name in ("username", "password")}
    ahead = inside(str(form.get("next") or "/"))
    agent = request.headers.get("user-agent", "")
    try:
        login = Login.model_validate(told)
        _, secret = await writes.open_session(services, login, ip=client_ip(request), user_agent=agent)
    except ValidationError as wrong:
        return _login(request, ahead, told["username"], malformed(wrong.errors()))
    except (NotAuthenticated, TooManyRequests) as refusal:
        return _login(request, ahead, told["username"], refusal)
    response = see_other(ahead)
    secure = services.settings.cookie_secure
    response.set_cookie(
        cookie_name(secure),
        secret,
        max_age=int(services.rules.absolute.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    return response


def _login(request: Request, ahead: str, username: str = "", refusal: XiaohaoError | None = None) -> Response:
    lang = language_of(request)
    summary: list[Wrong] = wrongs_of(Words(lang), refusal) if refusal else []
    context = frame(request, lang) | {"next": ahead, "username": username, "summary": summary}
    context |= {"refusal": refusal}
    return written("login.html", context, refusal.status if refusal else 200)


@router.post("/logout")
async def sign_out(page: PageDep) -> Response:
    """Sign out: the session ends now, everywhere."""
    await writes.close_session(page.services, page.signed, ip=page.ip)
    response = see_other("/login")
    secure = page.services.settings.cookie_secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")
    return response


@router.post("/language", max_body_size=_SIGN_IN_BYTES)
async def choose_language(request: Request) -> Response:
    """Go on in the other language."""
    services: Services = request.app.state.services
    form = await request.form(max_files=0, max_fields=10)
    back = str(form.get("next") or "/")
    response = see_other(back if back == "/login" or back.startswith("/login?") else inside(back))
    response.set_cookie(
        LANGUAGE_COOKIE,
        "en" if form.get("to") == "en" else "zh",
        max_age=_YEAR,
        path="/",
        httponly=True,
        samesite="lax",
        secure=services.settings.cookie_secure,
    )
    return response
