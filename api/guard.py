"""The door: every path not on the public list needs a signed-in actor.

A plain ASGI middleware, so that it acts before a body is read and on paths no route knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from api import bodies, problems
from api.auth import acting_for, attended, credential_of
from api.deps import client_ip
from api.permissions import check_program
from models.errors import BadRequest, NotAuthenticated, NotAuthorised, XiaohaoError
from models.programs import Program
from models.signon import Owed, owing
from services.accounts.programs import acts
from services.accounts.reads import authenticate
from services.accounts.views import Credential, Signed
from services.context import Services
from services.limits import MAX_BODY_BYTES, Limits
from services.missing import missing

PUBLIC: tuple[tuple[str, str], ...] = (
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/problems/{code}"),
    ("GET", "/api/v1/openapi.json"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/tokens"),
)
"""Method and path of everything that works without signing in. Nothing else does."""
Paths = tuple[tuple[str, str], ...]
PAYING: Mapping[Owed, Paths] = {
    Owed.CODE: (("POST", "/api/v1/sessions/code"),),
    Owed.PASSWORD: (("POST", "/api/v1/me/password"),),
    Owed.FACTOR: (
        *(("GET", "/api/v1/me/factor"), ("POST", "/api/v1/me/factor")),
        ("POST", "/api/v1/me/factor/confirm"),
    ),
}
"""What works while something is owed, beside :data:`ANYHOW`; nothing else does."""
ANYHOW: Paths = (("GET", "/api/v1/me"), ("DELETE", "/api/v1/sessions"))
"""Works whatever is owed: to see who one is, and to leave."""
STRANGERS_UPLOADS: tuple[tuple[str, str], ...] = (("POST", "/tip"),)
"""Of these the public ones that take files from people nobody knows, few at a time."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PublicPaths:
    """Answers whether a request needs nobody signed in."""

    def __init__(self, paths: Iterable[tuple[str, str]]) -> None:
        self._known = [(method, compile_path(path)[0]) for method, path in paths]

    def covers(self, method: str, path: str) -> bool:
        """Whether method and path are on the list."""
        return any(method == known and pattern.match(path) for known, pattern in self._known)


def _check_address(scope: Scope) -> None:
    """Raises NotFound or BadRequest for an address with a NUL in it: no text of the database can hold one."""
    if "\0" in scope["path"]:
        raise missing("page")
    if b"%00" in scope["query_string"]:
        raise BadRequest(
            "地址中含有空字符",
            "The address has a NUL character in it",
            rule="http.address",
            remedy_zh="去掉地址中的 %00",
            remedy_en="leave %00 out of the address",
        )


class Guard:
    """Lets a request in: cross-site check, authentication, its body, a place among the bounded writes."""

    def __init__(
        self,
        app: ASGIApp,
        public: Iterable[tuple[str, str]],
        on_refusal: problems.OnRefusal,
        render: problems.Renderer,
        paying: Mapping[Owed, Paths] = PAYING,
    ) -> None:
        self.app = app
        self.public = PublicPaths(public)
        self.paying = {what: PublicPaths((*ANYHOW, *paths)) for what, paths in paying.items()}
        self.uploads = PublicPaths(STRANGERS_UPLOADS)
        self.on_refusal = on_refusal
        self.render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # none is served, so none is let in
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            _check_address(scope)
            self._check_room(request)
            await self._admit(request)
            await self._work(request, receive, send)
        except XiaohaoError as refusal:
            await self._refuse(request, refusal, receive, send)

    @staticmethod
    def _check_room(request: Request) -> None:
        """Raise TooManyRequests for a write nobody has room for, before it is known whose it is: under a flood a refusal
        must cost next to nothing."""
        services: Services = request.app.state.services
        if request.method not in SAFE_METHODS and not _is_upload(request) and services.limits.writes.full:
            services.limits.writes.refuse()

    async def _work(self, request: Request, receive: Receive, send: Send) -> None:
        """Let the application answer; a write takes its place when its body is there, an upload before."""
        services: Services = request.app.state.services
        limits, signed = services.limits, request.state.signed
        if request.method in SAFE_METHODS:
            await self.app(request.scope, receive, send)
        elif signed is not None and _is_upload(request):
            with limits.uploads.slot(signed.actor.user_id):
                await self.app(request.scope, bodies.paced(receive, bodies.UPLOADS), send)
        elif _is_upload(request) and self.uploads.covers(request.method, request.scope["path"]):
            with limits.tip_uploads.slot(client_ip(request)):
                await self.app(request.scope, bodies.paced(receive, bodies.UPLOADS), send)
        else:
            body = await _body(limits, signed, request, receive)
            with limits.writes.slot(signed.actor.user_id if signed else ""):
                await self.app(request.scope, body, send)

    async def _admit(self, request: Request) -> None:
        services: Services = request.app.state.services
        public = self.public.covers(request.method, request.scope["path"])
        credential = credential_of(request, secure=services.settings.cookie_secure)
        if request.method not in SAFE_METHODS and (credential is None or credential.from_cookie):
            refuse_cross_site(request, needs_proof=credential is not None and not public)
        signed = None
        if credential:
            by_hand = attended(request)
            signed = await authenticate(services, credential, acting_for(request), attended=by_hand)
        if signed is None and not public:
            raise _unauthenticated(credential)
        request.state.signed = signed
        if signed and isinstance(signed.actor, Program) and not public:
            await self._admit_program(request, signed.actor)
        if signed and signed.owes and not public:
            self._refuse_owing(request, signed.owes)

    async def _admit_program(self, request: Request, program: Program) -> None:
        """Let in what a program may; a write of its is recorded before it is done. Raises NotAuthorised."""
        path = request.scope["path"]
        check_program(program, request.method, path)
        if request.method not in SAFE_METHODS:
            await acts(request.app.state.services, program, request.method, path, ip=client_ip(request))

    def _refuse_owing(self, request: Request, what: Owed) -> None:
        """Raise NotAuthorised for anything but what pays what is owed."""
        if not self.paying[what].covers(request.method, request.scope["path"]):
            refusal = owing(what)
            ways = "; ".join(f"{method} {path}" for method, path in PAYING[what])
            refusal.remedy_zh, refusal.remedy_en = f"请先办理：{ways}", f"First: {ways}"
            raise refusal

    async def _refuse(self, request: Request, refusal: XiaohaoError, receive: Receive, send: Send) -> None:
        try:
            await self.on_refusal(request, refusal)
        except XiaohaoError as failure:
            refusal = failure
        answer = await self.render(request, refusal)
        await answer(request.scope, receive, send)


def _unauthenticated(credential: Credential | None) -> NotAuthenticated:
    if credential is None:
        return NotAuthenticated(
            "请先登录",
            "Sign in first",
            rule="api.authentication",
            remedy_zh="POST /api/v1/sessions 登录，或携带 Authorization: Bearer 令牌",
            remedy_en="POST /api/v1/sessions, or send an Authorization: Bearer token",
        )
    return NotAuthenticated(
        "登录已失效，请重新登录", "The sign-in is no longer valid; sign in again", rule="api.authentication"
    )


def _is_upload(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/")


async def _body(limits: Limits, signed: Signed | None, request: Request, receive: Receive) -> Receive:
    """The body of a write, once it is there. Raises TooSlow, and TooManyRequests when too many of one account come."""
    length = request.headers.get("content-length", "")
    declared = int(length) if length.isdecimal() else 0
    most = MAX_BODY_BYTES if signed else bodies.SIGN_IN_BYTES
    try:
        if signed is not None:
            with limits.bodies.slot(signed.actor.user_id):
                return await bodies.arrived(receive, bodies.WRITES, most=most, declared=declared)
        async with limits.strangers.place():
            return await bodies.arrived(receive, bodies.WRITES, most=most, declared=declared)
    except (TimeoutError, HTTPException):
        raise problems.too_slow() from None


def refuse_cross_site(request: Request, *, needs_proof: bool) -> None:
    """Refuse a write another site's page could have caused (CSRF); a browser always tells.

    Raises NotAuthorised when Sec-Fetch-Site or Origin names another site, or when neither header is there
    and the write rests on a session cookie (``needs_proof``).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        same = site in ("same-origin", "none") if origin is None else site == "same-origin"
    elif origin is not None:
        same = urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""
    else:
        same = not needs_proof
    if not same:
        raise NotAuthorised(
            "拒绝来自其他网站的写入请求",
            "A write caused by another site is refused",
            rule="api.cross_site",
            remedy_zh="请在本系统页面内操作；脚本请使用 Bearer 令牌",
            remedy_en="Act from this site's own pages; scripts use a bearer token",
        )
