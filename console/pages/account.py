"""Signing in and out, the language, and one's own account: password and sessions."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from console.page import LANGUAGE_COOKIE, Page, PageDep, client_ip, frame, inside, language_of, see_other
from console.refusals import Wrong, record, wrongs_of
from console.rendering import page as written
from console.words import Words
from models.errors import NotAuthenticated, RequirementMissing, TooManyRequests, XiaohaoError
from models.malformed import malformed
from services.accounts import reads, writes
from services.accounts.cookies import cookie_name
from services.accounts.passwords import MIN_LENGTH
from services.accounts.views import Login, PasswordChange
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


@router.get("/account")
async def account(page: PageDep) -> Response:
    """我的账号: who I am here, my password, where I am signed in."""
    return await _account(page)


async def _account(page: Page, refusal: XiaohaoError | None = None) -> Response:
    summary = wrongs_of(page.words, refusal) if refusal else []
    return await page.show(
        "account.html",
        refusal.status if refusal else 200,
        person=await reads.me(page.services, page.actor),
        sessions=(await reads.list_sessions(page.services, page.signed)).items,
        least=MIN_LENGTH,
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
        changed="changed" in page.query,
    )


@router.post("/account/password", max_body_size=_SIGN_IN_BYTES)
async def change_password(page: PageDep) -> Response:
    """Replace my password, which is typed twice."""
    form = await page.request.form(max_files=0, max_fields=10)
    told = {name: str(form.get(name) or "") for name in ("password", "new_password")}
    try:
        if told["new_password"] != str(form.get("again") or ""):
            raise RequirementMissing(
                "两次输入的新密码不一致",
                "The new password was typed in two ways",
                rule="accounts.password",
                field="again",
            )
        change = PasswordChange.model_validate(told)
        await writes.change_password(page.services, page.signed, change, ip=page.ip)
    except ValidationError as wrong:
        return await _account(page, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        await record(page, refusal, "change_password", None)
        return await _account(page, refusal)
    return see_other("/account?changed=1")


@router.post("/account/sessions/{session_id}/end", max_body_size=_SIGN_IN_BYTES)
async def end_session(session_id: str, page: PageDep) -> Response:
    """End one of my sessions."""
    await writes.end_session(page.services, page.signed, session_id, ip=page.ip)
    return see_other("/account")


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
