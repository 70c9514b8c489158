"""Pages by keyset: stable under insertion, one index walk each, and a bookmark nobody can forge.

A bookmark is bound to the list it came from, its order and its asker; used elsewhere it is malformed input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlakeyset import InvalidPage, Page, unserialize_bookmark
from sqlakeyset.asyncio import select_page
from sqlalchemy import Row, Select

from api.deps import Services
from ledger.sessions import ReadSession
from models.actors import Actor
from models.errors import Malformed
from runtime.keys import derived_key
from runtime.settings import Settings

T = TypeVar("T")

MAX_LIMIT = 200
_TAG = 12
"""Bytes of the bookmark's signature."""

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="每页条数 / entries a page")]
After = Annotated[str | None, Field(max_length=1000, description="上一页的 next / `next` of the page before")]


class Paged(BaseModel):
    """The part every list's query shares; an unknown parameter is malformed."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 50
    after: After = None


class Listing(BaseModel, Generic[T]):
    """One page; ``next`` is the bookmark of the page after it, null on the last."""

    items: list[T]
    next: str | None = None


def malformed(field: str, zh: str, en: str) -> Malformed:
    """A query parameter that cannot be understood."""
    return Malformed(
        f"请求内容不符合要求：{field}",
        f"The request is malformed: {field}",
        rule="api.schema",
        remedy_zh="按 details.fields 逐项改正后重新提交",
        remedy_en="Correct each of details.fields and send it again",
        fields=[{"field": f"query.{field}", "type": "value_error", "zh": zh, "en": en}],
    )


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
    except (ValueError, binascii.Error):
        raw = b""
    tag, body = raw[:_TAG], raw[_TAG:]
    if not body or not hmac.compare_digest(tag, _tag(services, actor, view, body)):
        raise malformed("after", "不是本列表的翻页书签", "not a bookmark of this list")
    return body.decode()


async def page_of(
    services: Services, session: ReadSession, actor: Actor, view: str, wanted: Select[Any], query: Paged
) -> tuple[list[Row[Any]], str | None]:
    """One page of ``wanted``, whose ORDER BY must end in a unique, NOT NULL column; and the next bookmark.

    ``view`` names the list with its order and filters. Raises Malformed for a bookmark of another list.
    """
    place = unserialize(unseal(services, actor, view, query.after)) if query.after else None
    page: Page[Any] = await select_page(session, wanted, per_page=query.limit, after=place)
    more = page.paging.has_next
    return list(page), seal(services, actor, view, page.paging.bookmark_next) if more else None


def unserialize(mark: str) -> Any:
    """The keyset of a mark. Raises Malformed."""
    try:
        return unserialize_bookmark(mark).place
    except (InvalidPage, ValueError):
        raise malformed("after", "不是本列表的翻页书签", "not a bookmark of this list") from None
