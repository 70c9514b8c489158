"""The frame of every answer: a request id, security headers, one access-log line, and the last resort for failures.

A plain ASGI middleware outside of all others, so that it frames their answers too.
"""

from __future__ import annotations

import time
import traceback
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

_access = structlog.get_logger("api.access")
_failure = structlog.get_logger("api.failure")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
    "Cache-Control": "no-store",
}
"""On every answer, unless the route set its own."""
_ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Frame:
    """Outermost: a request id, security headers, one access-log line, and the last resort for failures.

    The log line names the route's template, never the path, the query or a person.
    """

    def __init__(self, app: ASGIApp, *, https: bool, render: problems.Renderer) -> None:
        self.app = app
        self.render = render
        given = SECURITY_HEADERS | (_ONLY_HTTPS if https else {})
        self.headers = [(name.lower().encode(), value.encode()) for name, value in given.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        began, status, plain = time.perf_counter(), 0, 0
        method = scope["method"]
        if method == "HEAD":  # answered as GET is, without the body
            scope = {**scope, "method": "GET"}

        async def framed(message: Message) -> None:
            nonlocal status, plain
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if _is_plain_error(message["status"], headers):
                    plain = message["status"]
                    return
                status = message["status"]
                own = {name for name, _ in headers.raw}
                headers.raw.append((b"x-request-id", request_id.encode()))
                headers.raw.extend(one for one in self.headers if one[0] not in own)
            elif plain:
                if not message.get("more_body"):
                    refusal, plain = problems.from_http(HTTPException(plain)), 0
                    answer = await self.render(Request(scope), refusal)
                    await answer(scope, receive, framed)
                return
            if method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(scope, receive, framed)
        except Exception as error:  # nothing unforeseen may leave without an answer and a log line
            _log_failure(error)
            if status:
                raise
            answer = await self.render(Request(scope), problems.explained(error))
            await answer(scope, receive, framed)
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            route = getattr(scope.get("route"), "path", "-")
            _access.info("request", method=method, route=route, status=status, ms=milliseconds)


def _is_plain_error(status: int, headers: MutableHeaders) -> bool:
    """Whether the framework is about to send an error in its own words (the body limit does)."""
    return status >= 400 and headers.get("content-type", "").startswith("text/plain")


def _log_failure(error: Exception) -> None:
    """Kind and place of a failure; its message may carry personal data and stays out."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = [f"{frame.filename.rsplit('/', 2)[-2:]}:{frame.lineno} {frame.name}" for frame in frames]
    _failure.error("unforeseen", error=type(error).__name__, where=where)
