"""What a route is given: the services of this process, the signed-in actor, the idempotency key.

Dependencies are ``async`` although they wait for nothing: FastAPI would run each of them in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol, cast

from fastapi import Depends, Header, Request

from api.limits import Limits
from api.messages import Language, language
from api.passwords import PasswordChecker
from api.rehearser import Rehearser
from ledger.sessions import Database
from models.actors import Actor
from models.enterprise.envelope import EnterpriseEnvelope, EnterpriseReply
from models.envelope import Envelope, Reply
from models.errors import BadRequest, IdempotencyKeyMissing, NotAuthenticated
from models.inspection import InspectionEnvelope, InspectionReply
from models.rehearsal import Rehearsal, RehearsalRequest
from runtime.settings import Settings
from storage.objects import ObjectStore
from storage.vault import EvidenceVault

Probe = Callable[[], Awaitable[Any]]
"""Returns when a part answers, raises when it does not."""


class Gateway(Protocol):
    """The one way to the workflows; every call returns once the ledger has it, or raises the refusal."""

    async def open(self, envelope: Envelope) -> Reply:
        """Open a case."""

    async def command(self, envelope: Envelope) -> Reply:
        """Give a command to its case."""

    async def command_enterprise(self, envelope: EnterpriseEnvelope) -> EnterpriseReply:
        """Give a command to an enterprise."""

    async def inspect(self, inspection: InspectionEnvelope) -> InspectionReply:
        """Record an inspection with its cases and its order."""

    async def ready(self) -> bool:
        """Whether Temporal answers."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class SessionRules:
    """How long credentials live. Security parameters, not legal clocks."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    token_days_default: int = 30
    token_days_max: int = 180
    lock_after: int = 5
    lock_for: timedelta = timedelta(minutes=15)


@dataclass
class Services:
    """Everything the API stands on; built by the composition root and by tests.

    ``probes`` are the parts ``/readyz`` asks (``postgresql``, ``temporal``, ``object_store``).
    """

    settings: Settings
    database: Database
    gateway: Gateway
    vault: EvidenceVault
    probes: Mapping[str, Probe] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    limits: Limits = field(default_factory=Limits)
    rules: SessionRules = field(default_factory=SessionRules)
    passwords: PasswordChecker = field(default_factory=PasswordChecker)
    rehearse: Callable[[RehearsalRequest], Awaitable[Rehearsal]] = field(default_factory=Rehearser)


def build_services(
    settings: Settings,
    database: Database,
    gateway: Gateway,
    probes: Mapping[str, Probe] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Services:
    """The services of one API process as its settings want them; the object store joins the probes."""
    store = ObjectStore.at(settings.object_store_url, settings.home)
    return Services(
        settings=settings,
        database=database,
        gateway=gateway,
        vault=EvidenceVault(store),
        probes={**(probes or {}), "object_store": store.probe},
        clock=clock,
        limits=Limits(writes=settings.in_flight_limit, retry_after=settings.retry_after_seconds),
    )


async def services_of(request: Request) -> Services:
    """The services this application was built with."""
    return cast(Services, request.app.state.services)


ServicesDep = Annotated[Services, Depends(services_of)]


@dataclass(frozen=True)
class Signed:
    """A signed-in asker: who, and by which credential (hash of a session, or id of a token)."""

    actor: Actor
    session_hash: str | None = None
    token_id: str | None = None


async def signed_in(request: Request) -> Signed:
    """The asker the guard let in. Raises NotAuthenticated where the guard let nobody in."""
    signed = getattr(request.state, "signed", None)
    if not isinstance(signed, Signed):
        raise NotAuthenticated("请先登录", "Sign in first", rule="api.authentication")
    return signed


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


async def idempotency_key(
    key: Annotated[
        str | None,
        Header(alias=KEY_HEADER, description="8–128 visible characters; same key, same write"),
    ] = None,
) -> str:
    """The Idempotency-Key of this request, as :func:`checked_key` wants it."""
    return checked_key(key)


IdempotencyKeyDep = Annotated[str, Depends(idempotency_key)]


async def asked_language(request: Request) -> Language:
    """The language the asker prefers."""
    return language(request.headers.get("accept-language"))


LanguageDep = Annotated[Language, Depends(asked_language)]


def client_ip(request: Request) -> str:
    """The peer's address, as the server (behind a trusted proxy: uvicorn's proxy headers) knows it."""
    return request.client.host if request.client else ""
