"""Refusals for people: a page in words, the way to sign in, and the line in the audit log for what a form was refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.responses import Response

from console.outside import is_outside
from console.page import Page, around, client_ip, frame, language_of, login_path, owed_path, see_other
from console.posted import OLDER, page_before
from console.rendering import page as written
from console.words import Words
from models.actors import Visitor
from models.errors import NotAuthenticated, TooManyRequests, XiaohaoError
from models.programs import Program
from services import audit
from services.accounts.views import Signed

_WRONG = ("地址或填写的内容有误", "Something in the address or the form is wrong")
_WORDS: dict[int, tuple[str, str]] = {
    400: _WRONG,
    403: ("您的岗位不能查看或办理此事", "This is not within your office"),
    404: ("没有找到", "Not found"),
    409: ("现在还不能办理", "Not now"),
    422: _WRONG,
    429: ("操作太频繁，请稍候再试", "Too many requests; try again in a moment"),
    503: ("系统暂时没有响应，数据没有丢失", "The service does not answer for the moment; nothing is lost"),
}
_OTHER = ("系统出了问题，已记录", "Something failed; it has been logged")
_MISSING = ("它不存在，或者不在您的职责范围内。", "It does not exist, or it is not yours to see.")
"""What whoever is signed in is told of everything that is not found, below what it is."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of an error summary: what is wrong, and the id of the field it is about."""

    text: str
    field: str | None = None


async def render(request: Request, error: XiaohaoError) -> Response:
    """A refusal as this door answers it: a page in words; whoever is not signed in is sent to sign in.

    Whoever is signed in keeps the menu, their name and what waits for them. A form that was posted without a valid
    sign-in says so and offers it, so that nothing typed is thrown away."""
    outside = is_outside(request.scope["path"])
    if isinstance(error, NotAuthenticated) and request.method in ("GET", "HEAD") and not outside:
        return see_other(login_path(request))
    if error.rule == "accounts.owed":
        return see_other(owed_path(request))
    lang = language_of(request)
    heading, told = _said(error, Words(lang), outside)
    context = frame(request, lang) | {
        "error": error,
        "status": error.status,
        "heading": heading,
        "told": told,
        "older": error.rule == OLDER,
        "before": page_before(request),
        "login": login_path(request) if isinstance(error, NotAuthenticated) else None,
        "request_id": request.scope.get("state", {}).get("request_id", ""),
    }
    if not outside:
        context |= await _around(request, error)
    if request.method not in ("GET", "HEAD"):
        context["here"] = context["before"]
    response = written("outside_problem.html" if outside else "problem.html", context, error.status)
    if "retry_after" in error.details:
        response.headers["Retry-After"] = str(error.details["retry_after"])
    return response


def _said(error: XiaohaoError, words: Words, outside: bool) -> tuple[str, str]:
    """The heading of a refusal, and the sentence below it: of what is missing, what it is and that it may be others'."""
    own = words.t(error.zh, error.en)
    if error.status == 404 and not outside:
        return own, words.t(*_MISSING)
    return words.t(*_WORDS.get(error.status, _OTHER)), own.rstrip("。.") + words.t("。", ".")


async def _around(request: Request, error: XiaohaoError) -> dict[str, Any]:
    """What stands around a refusal for whoever is signed in; where the service is down or busy their desk is not asked."""
    signed = getattr(request.state, "signed", None)
    if not isinstance(signed, Signed) or isinstance(signed.actor, Visitor | Program) or signed.owes:
        return {}
    if error.status >= 500 or isinstance(error, TooManyRequests):
        return around(request, Words(language_of(request)), signed.actor, None)
    return await Page(request, request.app.state.services, signed).known()


def wrongs_of(words: Words, error: XiaohaoError) -> list[Wrong]:
    """The lines of the error summary: field by field where fields are wrong, else the refusal itself.

    Of a list whose members are wrong only the members are named."""
    t = words.t
    fields: list[dict[str, str]] = error.details.get("fields") or []
    if fields:
        colon = t("：", ": ")
        return [
            Wrong(t(one["name_zh"], one["name_en"]) + colon + t(one["zh"], one["en"]), one["field"])
            for one in fields
            if not any(other["field"].startswith(f"{one['field']}.") for other in fields)
        ]
    place = error.details.get("field")
    return [Wrong(t(error.zh, error.en), str(place).removeprefix("form.") if place else None)]


async def record(page: Page, error: XiaohaoError, action: str, case_id: str | None, **about: Any) -> None:
    """Record a refusal of authority or of the moment that a form met, as every door does."""
    route = getattr(page.request.scope.get("route"), "path", "")
    request_id = page.request.scope.get("state", {}).get("request_id", "")
    details = {"method": page.request.method, "route": route, "request_id": request_id, **about}
    await audit.refusal(
        page.services,
        action,
        error,
        client_ip(page.request),
        actor=page.actor,
        case_id=case_id,
        details=details,
    )
