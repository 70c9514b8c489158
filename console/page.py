"""A request for a page: who asks, in which language, and the frame around what they are shown."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.menu import is_here, menu_for
from console.rendering import page as written
from console.words import Words
from models.actors import ROLE_LABELS, Actor, Role
from models.errors import NotAuthenticated
from models.malformed import malformed
from models.remaining import Remaining
from services.accounts.reads import standing_in
from services.accounts.views import Signed
from services.context import Services
from services.desk import MOST, Desk, desk
from services.evidence import writes as evidence
from services.messages import CONTENT_LANGUAGE, Language
from services.paging import Listing, Paged

Q = TypeVar("Q", bound=BaseModel)

LANGUAGE_COOKIE = "xiaohao_lang"
FOR = "for"
"""The query parameter that names whom a delegate acts for on this page (user id)."""
_KEEPERS = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who is told everywhere what is still to be verified of a citation; everybody is on the pages of the rules."""


def language_of(request: Request) -> Language:
    """The language chosen; Chinese until somebody chooses."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"


def client_ip(request: Request) -> str:
    """The peer's address, as the server knows it."""
    return request.client.host if request.client else ""


def inside(path: str | None) -> str:
    """A path of our own to go on to; anything else is the first page."""
    one = path or "/"
    safe = one.startswith("/") and not one.startswith(("//", "/\\")) and one.isprintable() and "\\" not in one
    return one if safe and not one.startswith(("/api/", "/static/", "/login")) else "/"


def see_other(path: str) -> RedirectResponse:
    """On to another page after a write."""
    return RedirectResponse(path, status_code=303)


def login_path(request: Request) -> str:
    """Where to sign in, to come back here afterwards."""
    return _and_back("/login", request)


def owed_path(request: Request) -> str:
    """Where to do what a sign-in still owes, to come back here afterwards."""
    return _and_back("/account/owed", request)


def _and_back(path: str, request: Request) -> str:
    here = request.scope["path"] if request.method in ("GET", "HEAD") or path == "/login" else "/"
    query = request.scope.get("query_string", b"").decode("latin-1")
    back = f"{here}?{query}" if query and here != "/" else here
    return path if back == "/" else f"{path}?next={quote(back, safe='')}"


def query_of(kind: type[Q], request: Request, *, beside: Container[str] = (), **fixed: Any) -> Q:
    """The query of a list from the address; what was left empty was not asked, and what stands there ``beside`` it is
    none of it. Raises Malformed."""
    asked: dict[str, Any] = {}
    many = {name for name, field in kind.model_fields.items() if str(field.annotation).startswith("tuple")}
    for name, value in request.query_params.multi_items():
        if value == "" or name == FOR or name in beside:
            continue
        if name in many:
            asked.setdefault(name, []).append(value)
        else:
            asked[name] = value
    try:
        return kind.model_validate(asked | fixed)
    except ValidationError as wrong:
        raise malformed(wrong.errors()) from None


def frame(request: Request, lang: Language, *, marked: bool = False) -> dict[str, Any]:
    """What every template knows; of citations also what is still to be verified where they are ``marked``."""
    words = Words(lang, marked)
    path = request.scope["path"]
    return {
        "lang": lang,
        "html_lang": CONTENT_LANGUAGE[lang],
        "w": words,
        "t": words.t,
        "say": words.say,
        "path": path,
        "here": path + (f"?{request.url.query}" if request.url.query else ""),
        "shell": "base.html",
        "root": "",
        "desk": None,
        "menu": (),
        "who": None,
        "role": "",
    }


def around(request: Request, words: Words, actor: Actor, lying: Desk | None) -> dict[str, Any]:
    """What stands around a page for ``actor``: the menu, with what waits for them where their desk was read, and who they
    are."""
    path, own = request.scope["path"], bool(actor.enterprise_id)
    lines = [
        {
            "href": entry.href,
            "icon": entry.icon,
            "label": words.t(*(entry.firm if entry.firm and own else (entry.zh, entry.en))),
            "here": is_here(entry, path),
            "counts": entry.counts,
            "count": getattr(lying, entry.counts) if entry.counts and lying else 0,
        }
        for entry in menu_for(actor)
    ]
    role = words.pair(ROLE_LABELS[actor.role])
    return {"desk": lying, "menu": lines, "who": actor, "role": role, "most": MOST - 1}


class Page:
    """One page for one signed-in person."""

    def __init__(self, request: Request, services: Services, signed: Signed) -> None:
        self.request = request
        self.services = services
        self.signed = signed
        self.lang = language_of(request)
        self.words = Words(self.lang, marked=signed.actor.role in _KEEPERS)
        self._lying: Desk | None = None

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.signed.actor

    @property
    def ip(self) -> str:
        """From where."""
        return client_ip(self.request)

    @property
    def query(self) -> QueryParams:
        """The query of the address."""
        return self.request.query_params

    async def desk(self) -> Desk:
        """What lies on the asker's desk, as this page shows it."""
        if self._lying is None:
            self._lying = await self._desk()
        return self._lying

    async def show(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The page."""
        return written(template, await self.known() | context, status)

    async def listing(
        self, template: str, name: str, found: Listing[Any], query: Paged, **context: Any
    ) -> HTMLResponse:
        """A page of a list: what was found goes by ``name``, with the way to the next page and
        whether anything was asked for."""
        shown: dict[str, Any] = {
            name: found.items,
            "following": found.next,
            "first": query.after is None,
            "query": query,
            "narrowed": bool(query.model_dump(exclude={"limit", "after"}, exclude_defaults=True)),
        }
        return await self.show(template, 200, **(shown | context))

    async def _desk(self) -> Desk:
        return await desk(self.services, self.actor)

    async def keep(self, case_id: str, upload: evidence.Upload, key: str) -> evidence.Stored:
        """Add a file that came with a form to a case."""
        return await evidence.add(self.services, self.actor, case_id, upload, key)

    async def known(self) -> dict[str, Any]:
        """What every template of this page knows."""
        lying = await self.desk()

        def left(key: str | None, due_at: datetime, last_day: date) -> Remaining:
            return lying.left(key, due_at, last_day)

        return frame(self.request, self.lang, marked=self.words.marked) | {
            **around(self.request, self.words, self.actor, lying),
            "left": left,
            "now": lying.now,
            "again": self.again,
            "again_at": self.again_at,
            "with_for": self.with_for,
        }

    def again(self, **changed: Any) -> str:
        """This address with other parameters; None takes one away."""
        return self.again_at(str(self.request.scope["path"]), **changed)

    def again_at(self, path: str, **changed: Any) -> str:
        """Another path with the parameters of this address, but for those given; None takes one away."""
        kept = [(name, value) for name, value in self.query.multi_items() if name not in changed]
        query = urlencode(kept + [(name, value) for name, value in changed.items() if value is not None])
        return f"{path}?{query}" if query else path

    def with_for(self, path: str, acting_for: str | None = None) -> str:
        """``path`` on behalf of somebody: whoever is named, else whom this page is for."""
        whom = acting_for or self.actor.acting_for
        return f"{path}{'&' if '?' in path else '?'}{FOR}={quote(whom)}" if whom else path


async def page_of(request: Request) -> Page:
    """The page a request is for. Raises NotAuthenticated, and NotAuthorised for whom the asker may not act."""
    signed = getattr(request.state, "signed", None)
    if not isinstance(signed, Signed):
        raise NotAuthenticated("请先登录", "Sign in first", rule="api.authentication")
    services: Services = request.app.state.services
    if whom := request.query_params.get(FOR):
        signed = await standing_in(services, signed, whom)
        request.state.signed = signed
    return Page(request, services, signed)


PageDep = Annotated[Page, Depends(page_of)]

__all__ = ["HTMLResponse", "Page", "PageDep", "Response", "inside", "language_of", "query_of", "see_other"]
