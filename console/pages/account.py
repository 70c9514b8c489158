"""Signing in and out, the language, and one's own account: password and sessions."""

from __future__ import annotations

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from console.page import LANGUAGE_COOKIE, Page, PageDep, client_ip, frame, inside, language_of, see_other
from console.pages.signon import change_password, least
from console.parts import part
from console.posted import PressedDep, fields_of
from console.refusals import Wrong, record, wrongs_of
from console.rendering import page as written
from console.words import Words
from models.errors import NotAuthenticated, TooManyRequests, XiaohaoError
from models.malformed import malformed
from services.accounts import factors, oidc, reads, writes
from services.accounts.cookies import cookie_name
from services.accounts.views import Login
from services.context import Services

router = part()

_SIGN_IN_BYTES = 8_000
_YEAR = 365 * 24 * 3600


@router.get("/login")
async def login_page(request: Request) -> Response:
    """Where one signs in; ``next`` is where one wanted to go."""
    services: Services = request.app.state.services
    left = request.query_params.get("left")
    back = f"{front_of(request)}/login"
    elsewhere = await oidc.leaving_url(services, left, back) if left else None
    return login_form(request, inside(request.query_params.get("next")), elsewhere=elsewhere)


@router.post("/login", max_body_size=_SIGN_IN_BYTES)
async def sign_in(request: Request) -> Response:
    """Sign in, and on to where one wanted to go."""
    services: Services = request.app.state.services
    form = await fields_of(request)
    told = {name: str(form.get(name) or "") for name in ("username", "password")}
    ahead = inside(str(form.get("next") or "/"))
    agent = request.headers.get("user-agent", "")
    try:
        login = Login.model_validate(told)
        _, secret = await writes.open_session(services, login, ip=client_ip(request), user_agent=agent)
    except ValidationError as wrong:
        return login_form(request, ahead, told["username"], malformed(wrong.errors()))
    except (NotAuthenticated, TooManyRequests) as refusal:
        return login_form(request, ahead, told["username"], refusal)
    return signed_in(services, secret, ahead)


def signed_in(services: Services, secret: str, ahead: str) -> Response:
    """On to ``ahead`` with the session's cookie."""
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


def front_of(request: Request) -> str:
    """What this service is called outside."""
    services: Services = request.app.state.services
    return services.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"


def login_form(
    request: Request,
    ahead: str,
    username: str = "",
    refusal: XiaohaoError | None = None,
    elsewhere: str | None = None,
) -> Response:
    """The page to sign in on; ``elsewhere`` is where to sign out of single sign-on too."""
    lang = language_of(request)
    settings = request.app.state.services.settings
    summary: list[Wrong] = wrongs_of(Words(lang), refusal) if refusal else []
    context = frame(request, lang) | {"next": ahead, "username": username, "summary": summary}
    by_password = settings.local_accounts or "emergency" in request.query_params or bool(username)
    context |= {"refusal": refusal, "providers": settings.oidc, "by_password": by_password}
    context |= {"elsewhere": elsewhere}
    return written("login.html", context, refusal.status if refusal else 200)


@router.post("/logout")
async def sign_out(page: PageDep) -> Response:
    """Sign out: the session ends now, everywhere."""
    provider = await writes.close_session(page.services, page.signed, ip=page.ip)
    response = see_other(f"/login?left={provider}" if provider else "/login")
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
        least=least(page),
        factor=await factors.standing(page.services, page.signed),
        refusal=refusal,
        summary=summary,
        errors={one.field: one.text for one in summary if one.field},
        changed="changed" in page.query,
    )


@router.post("/account/password", max_body_size=_SIGN_IN_BYTES)
async def replace_password(page: PageDep) -> Response:
    """Replace my password, which is typed twice."""
    form = await fields_of(page.request)
    try:
        await change_password(page, {name: str(value) for name, value in form.items()})
    except ValidationError as wrong:
        return await _account(page, malformed(wrong.errors()))
    except XiaohaoError as refusal:
        await record(page, refusal, "change_password", None)
        return await _account(page, refusal)
    return see_other("/account?changed=1")


@router.post("/account/sessions/{session_id}/end", max_body_size=_SIGN_IN_BYTES)
async def end_session(session_id: str, page: PressedDep) -> Response:
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
