"""Every refusal and every failure as problem+json (RFC 9457), in the asker's language.

One shape for all of them: our error tree, malformed input, unknown paths, and what nobody foresaw.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, ClassVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from models.errors import (
    BadRequest,
    EngineUnavailable,
    IdempotencyKeyMissing,
    Malformed,
    NotAuthenticated,
    NotAuthorised,
    NotFound,
    TooLarge,
    TooManyRequests,
    TooSlow,
    UnsupportedMedia,
    XiaohaoError,
    error_classes,
)
from models.malformed import malformed
from services.failures import failure_of, unavailable
from services.messages import CONTENT_LANGUAGE, Language, language, title
from services.missing import missing

MEDIA_TYPE = "application/problem+json"
COME_AGAIN = frozenset({429, 503})
"""Answers that say when to come again, whatever they were raised for."""
RETRY_AFTER_SECONDS = 2


class MethodNotAllowed(XiaohaoError):
    """The path exists, but not with this method."""

    code: ClassVar[str] = "method_not_allowed"
    status: ClassVar[int] = 405


class Problem(BaseModel):
    """A refusal or a failure (RFC 9457), with the rule and the article it stands on and what would help."""

    type: str = Field(examples=["/problems/requirement_missing"])
    title: str
    detail: str
    status: int
    code: str
    rule: str | None = None
    article: str | None = None
    remedy: str | None = None
    details: dict[str, Any] = {}
    instance: str = Field(description="The request's id, for the log")


def instance(request: Request) -> str:
    """The request's own id as a URI."""
    return f"urn:uuid:{request.scope.get('state', {}).get('request_id', '')}"


def problem(error: XiaohaoError, lang: Language, where: str) -> Problem:
    """The problem document of an error."""
    zh = lang == "zh"
    return Problem(
        type=f"/problems/{error.code}",
        title=title(type(error), lang),
        detail=error.zh if zh else error.en,
        status=error.status,
        code=error.code,
        rule=error.rule,
        article=error.article,
        remedy=error.remedy_zh if zh else error.remedy_en,
        details=to_jsonable_python(error.details, fallback=str),
        instance=where,
    )


def respond(request: Request, error: XiaohaoError) -> JSONResponse:
    """The answer to ``request`` that ``error`` stands for; 401, 429 and 503 carry the headers they need."""
    lang = language(request.headers.get("accept-language"))
    headers = {"Content-Language": CONTENT_LANGUAGE[lang], "Vary": "Accept-Language"}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="xiaohao"'
    if error.status == 408:
        headers["Connection"] = "close"
    if "retry_after" in error.details or error.status in COME_AGAIN:
        headers["Retry-After"] = str(error.details.get("retry_after", RETRY_AFTER_SECONDS))
    if "allow" in error.details:
        headers["Allow"] = str(error.details["allow"])
    body = problem(error, lang, instance(request)).model_dump(mode="json")
    return JSONResponse(body, status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def from_validation(error: RequestValidationError) -> XiaohaoError:
    """Malformed input, field by field."""
    return malformed(error.errors(), told=error.body)


def from_http(error: HTTPException) -> XiaohaoError:
    """The framework's own refusals in our words."""
    match error.status_code:
        case 404:
            return missing("page")
        case 405:
            return MethodNotAllowed("该地址不支持此方法", "This path does not take this method")
        case 408:
            return too_slow()
        case 413:
            return TooLarge("请求内容过大", "The request body is too large", rule="api.body_size")
        case 400:
            return BadRequest("请求无法读取", "The request cannot be read", rule="api.readable")
    if 400 <= error.status_code < 500:
        return BadRequest("请求有误", "Bad request", rule="api.readable")
    return unavailable()


def too_slow() -> TooSlow:
    """The body did not come in time."""
    return TooSlow(
        "请求内容迟迟没有传完，已断开",
        "The body did not arrive in time; the connection is closed",
        rule="api.body_pace",
        remedy_zh="请在网络良好时原样重新发送",
        remedy_en="Send the very same again over a better connection",
    )


def unforeseen() -> XiaohaoError:
    """What an asker is told of a failure nobody foresaw: nothing but where to look."""
    return XiaohaoError(
        "服务内部错误，已记录",
        "Something failed inside the service; it has been logged",
        remedy_zh="请凭 instance 编号联系管理员",
        remedy_en="Tell the administrator the instance id",
    )


def explained(error: Exception) -> XiaohaoError:
    """Any exception as one of ours."""
    if isinstance(error, XiaohaoError):
        return error
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    if isinstance(error, HTTPException):
        return from_http(error)
    return failure_of(error) or unforeseen()


def _methods_of(app: FastAPI, path: str) -> list[str]:
    """Every method some route takes on ``path``."""
    methods: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.path and compile_path(route.path)[0].match(path):
            methods |= set(route.methods or ())
    if "GET" in methods:
        methods.add("HEAD")
    return sorted(methods)


OnRefusal = Callable[[Request, XiaohaoError], Awaitable[None]]
Renderer = Callable[[Request, XiaohaoError], Awaitable[Response]]
"""Answers a refusal in the manner of a door: a problem document, a page."""


async def in_json(request: Request, error: XiaohaoError) -> Response:
    """A refusal as a program is told."""
    return respond(request, error)


def by_door(doors: Mapping[str, Renderer]) -> Renderer:
    """The renderer of whatever door a path belongs to: below the first of ``doors`` (path prefixes) its own, else
    :func:`in_json`."""

    async def render(request: Request, error: XiaohaoError) -> Response:
        path = request.scope["path"]
        below = (one for door, one in doors.items() if path == door or path.startswith(f"{door}/"))
        return await next(below, in_json)(request, error)

    return render


def install(app: FastAPI, on_refusal: OnRefusal, render: Renderer) -> None:
    """Answer every exception the routes raise as ``render`` does.

    ``on_refusal`` hears of each first; when it fails with an error of ours, that error is the answer (what
    cannot be recorded is not answered as if it had been).
    """

    async def answer(request: Request, error: Exception) -> Response:
        refusal = explained(error)
        if isinstance(refusal, MethodNotAllowed):
            refusal.details["allow"] = ", ".join(_methods_of(app, request.scope["path"]))
        try:
            await on_refusal(request, refusal)
        except XiaohaoError as failure:
            refusal = failure
        return await render(request, refusal)

    for kind in (XiaohaoError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


EVEN_IN_PUBLIC: tuple[type[XiaohaoError], ...] = (
    BadRequest,
    NotAuthorised,
    Malformed,
    EngineUnavailable,
    XiaohaoError,
)
"""What any route may answer."""
EVERYWHERE: tuple[type[XiaohaoError], ...] = (
    *EVEN_IN_PUBLIC,
    NotAuthenticated,
    NotFound,
    TooManyRequests,
)
"""What any protected route may answer."""
ON_BODIES: tuple[type[XiaohaoError], ...] = (TooLarge, TooSlow)
ON_WRITES: tuple[type[XiaohaoError], ...] = (IdempotencyKeyMissing, *ON_BODIES)
ON_UPLOADS: tuple[type[XiaohaoError], ...] = (*ON_WRITES, UnsupportedMedia)


def responses(*kinds: type[XiaohaoError], everywhere: bool = True) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route: every problem it may answer, by status, with each code as an example."""
    wanted = dict.fromkeys((*(EVERYWHERE if everywhere else EVEN_IN_PUBLIC), *kinds))
    by_status: dict[int, list[type[XiaohaoError]]] = {}
    for kind in wanted:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _documented(of_status) for status, of_status in sorted(by_status.items())}


def _documented(kinds: Iterable[type[XiaohaoError]]) -> dict[str, Any]:
    kinds = list(kinds)
    examples = {
        kind.code: {
            "summary": title(kind, "zh"),
            "value": {"type": f"/problems/{kind.code}", "title": title(kind, "zh"), "status": kind.status}
            | {"code": kind.code, "detail": (kind.__doc__ or "").strip(), "instance": "urn:uuid:…"},
        }
        for kind in kinds
    }
    return {
        "description": "；".join(f"{title(kind, 'zh')} / {title(kind, 'en')}" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def catalogue(lang: Language) -> list[dict[str, Any]]:
    """Every code there is: what ``/problems/<code>`` links to."""
    return [
        {
            "code": code,
            "status": kind.status,
            "title": title(kind, lang),
            "meaning": (kind.__doc__ or "").strip(),
        }
        for code, kind in sorted(error_classes().items())
    ]
