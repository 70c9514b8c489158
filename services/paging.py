"""Pages by keyset: stable under insertion, one index walk each, and a bookmark nobody can forge.

A bookmark is bound to the list it came from, its order and its asker; used elsewhere it is malformed input.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import MAX_LIMIT, Found, Listed, fetch_page
from ledger.sessions import ReadSession
from models.actors import Actor
from models.fields import field_name
from models.malformed import malformed_fields
from runtime.keys import derived_key
from runtime.settings import Settings
from services.context import Services

T = TypeVar("T")

_TAG = 12
"""Bytes of the bookmark's signature."""

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="每页条数 / entries a page")]
After = Annotated[str | None, Field(max_length=1000, description="上一页的 next / `next` of the page before")]


class Paged(BaseModel):
    """The part every list's query shares; an unknown parameter is malformed."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 50
    after: After = None

    def view(self, name: str) -> str:
        """The list called ``name`` with this query's order and filters: what a bookmark is bound to."""
        return f"{name}?{self.model_dump_json(exclude={'limit', 'after'}, exclude_defaults=True)}"


class Listing(BaseModel, Generic[T]):
    """One page; ``next`` is the bookmark of the page after it, null on the last."""

    items: list[T]
    next: str | None = None


@lru_cache(maxsize=8)
def _key(settings: Settings) -> bytes:
    return derived_key(settings, "bookmark")


def _tag(services: Services, actor: Actor, view: str, mark: bytes) -> bytes:
    bound = b"\n".join((view.encode(), actor.user_id.encode(), mark))
    return hmac.new(_key(services.settings), bound, hashlib.sha256).digest()[:_TAG]


def seal(services: Services, actor: Actor, view: str, mark: str) -> str:
    """``mark`` as a bookmark of the list ``view`` for ``actor``."""
    body = mark.encode()
    return base64.urlsafe_b64encode(_tag(services, actor, view, body) + body).decode().rstrip("=")


def unseal(services: Services, actor: Actor, view: str, bookmark: str) -> str:
    """The mark in a bookmark that was made for this list and asker. Raises Malformed."""
    try:
        raw = base64.urlsafe_b64decode(bookmark + "=" * (-len(bookmark) % 4))
    except ValueError:
        raw = b""
    tag, body = raw[:_TAG], raw[_TAG:]
    if not body or not hmac.compare_digest(tag, _tag(services, actor, view, body)):
        name_zh, name_en = field_name("after")
        wrong = {"field": "query.after", "type": "value_error", "name_zh": name_zh, "name_en": name_en}
        raise malformed_fields([{**wrong, "zh": "不是本列表的翻页书签", "en": "not a bookmark of this list"}])
    return body.decode()


async def page_of(
    services: Services,
    session: ReadSession,
    actor: Actor,
    view: str,
    wanted: Listed,
    query: Paged,
) -> tuple[Sequence[Found], str | None]:
    """One page of ``wanted``, whose ORDER BY must end in a unique, NOT NULL column; and the next bookmark.

    ``view`` names the list with its order and filters. Raises Malformed for a bookmark of another list.
    """
    place = unseal(services, actor, view, query.after) if query.after else None
    page = await fetch_page(session, wanted, limit=query.limit, after=place)
    return page.items, seal(services, actor, view, page.next) if page.next else None
