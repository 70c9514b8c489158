"""Single sign-on (统一身份认证): off to a provider, and back from it."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.page import client_ip, inside
from console.pages.account import front_of, login_form, signed_in
from console.parts import part
from models.errors import XiaohaoError
from services.accounts import oidc
from services.accounts.cookies import leaving_cookie_name
from services.context import Services

router = part()


@router.get("/login/with/{provider}")
async def leave(provider: str, request: Request) -> Response:
    """Off to the provider; a link and no form, for a form may not lead away from this site."""
    services: Services = request.app.state.services
    ahead = inside(request.query_params.get("next"))
    try:
        url, cookie = await oidc.leave(services, provider, _back(request, provider), ahead)
    except XiaohaoError as refusal:
        return login_form(request, ahead, refusal=refusal)
    response = RedirectResponse(url, status_code=303)
    secure = services.settings.cookie_secure
    response.set_cookie(
        leaving_cookie_name(secure),
        cookie,
        max_age=oidc.LASTS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    return response


@router.get("/login/back/{provider}")
async def arrive(provider: str, request: Request) -> Response:
    """Back from the provider: signed in, or told why not."""
    services: Services = request.app.state.services
    secure = services.settings.cookie_secure
    try:
        arrival = await oidc.arrive(
            services,
            provider,
            request.query_params,
            request.cookies.get(leaving_cookie_name(secure)),
            _back(request, provider),
            ip=client_ip(request),
            user_agent=request.headers.get("user-agent", ""),
        )
        response = signed_in(services, arrival.secret, arrival.ahead)
    except XiaohaoError as refusal:
        response = login_form(request, "/", refusal=refusal)
    response.delete_cookie(
        leaving_cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
    return response


def _back(request: Request, provider: str) -> str:
    return f"{front_of(request)}/login/back/{provider}"
