"""What a route is given: the services of this process, the signed-in actor, the idempotency key.

Dependencies are ``async`` although they wait for nothing: FastAPI would run each of them in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, cast

from fastapi import Depends, Header, Request

from models.actors import Actor
from models.errors import BadRequest, IdempotencyKeyMissing, NotAuthenticated
from services.accounts.views import Signed
from services.context import Services
from services.messages import Language, language


async def services_of(request: Request) -> Services:
    """The services this application was built with."""
    return cast(Services, request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_of)]


def signed_of(request: Request) -> Signed:
    """The asker the guard let in. Raises NotAuthenticated where the guard let nobody in."""
    signed = getattr(request.state, "signed", None)
    if not isinstance(signed, Signed):
        raise NotAuthenticated("请先登录", "Sign in first", rule="api.authentication")
    return signed


async def signed_in(request: Request) -> Signed:
    """:func:`signed_of`, as a dependency."""
    return signed_of(request)


SignedDep = Annotated[Signed, Depends(signed_in)]


async def current_actor(signed: SignedDep) -> Actor:
    """The actor of this request, acting for another when X-Acting-For said so."""
    return signed.actor


ActorDep = Annotated[Actor, Depends(current_actor)]

KEY_HEADER = "Idempotency-Key"
KEY_SHAPE: Mapping[str, Any] = {"minLength": 8, "maxLength": 128, "pattern": r"^[\x21-\x7e]{8,128}$"}
"""The key's header and its shape as JSON schema."""
_KEY = re.compile(str(KEY_SHAPE["pattern"]))


def checked_key(key: str | None) -> str:
    """The key that makes a repeated write happen once. Raises IdempotencyKeyMissing, BadRequest."""
    remedy_zh = "请在 Idempotency-Key 头中提供 8–128 个可见字符（如 UUID），重试时保持不变"
    remedy_en = "Send 8–128 printable characters (a UUID, say) as Idempotency-Key and keep it on retries"
    if not key:
        raise IdempotencyKeyMissing(
            "缺少 Idempotency-Key 头",
            "The header Idempotency-Key is missing",
            rule="api.idempotency_key",
            remedy_zh=remedy_zh,
            remedy_en=remedy_en,
        )
    if not _KEY.fullmatch(key):
        raise BadRequest(
            "Idempotency-Key 格式不符",
            "The header Idempotency-Key is malformed",
            rule="api.idempotency_key",
            remedy_zh=remedy_zh,
            remedy_en=remedy_en,
        )
    return key


KeyHeader = Annotated[
    str | None, Header(alias=KEY_HEADER, description="8–128 visible characters; same key, same write")
]


async def idempotency_key(key: KeyHeader = None) -> str:
    """The Idempotency-Key of this request, as :func:`checked_key` wants it."""
    return checked_key(key)


IdempotencyKeyDep = Annotated[str, Depends(idempotency_key)]


def language_of(request: Request) -> Language:
    """The language the asker prefers."""
    return language(request.headers.get("accept-language"))


async def asked_language(request: Request) -> Language:
    """:func:`language_of`, as a dependency."""
    return language_of(request)


LanguageDep = Annotated[Language, Depends(asked_language)]


def client_ip(request: Request) -> str:
    """The peer's address, as the server (behind a trusted proxy: uvicorn's proxy headers) knows it."""
    return request.client.host if request.client else ""
