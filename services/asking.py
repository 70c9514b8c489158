"""Who asks for what under which key; everything ids and scopes derive from, so that a retry is the same request.

Every id derives from the asker and their Idempotency-Key: the same key always means the same command, the same case,
the same inspection.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ledger.sessions import Scope
from models.actors import Actor
from models.envelope import canonical
from services.context import Services

T = TypeVar("T")

_COMMANDS = uuid.UUID("3d0f4f3e-5d0b-5b0e-8a55-0c6c3e2d9f11")
_DERIVED = uuid.UUID("b4a2a0c6-6f6d-5a39-9a0e-5e1f6f6f7a21")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a write answers, and whether it had taken effect ``before`` under the same key."""

    answer: T
    before: bool
    first: bool = False
    """Whether it is known already that nobody was told of it before (:func:`ledger.claims.answers_first`)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request of one asker."""

    services: Services
    actor: Actor
    key: str
    hash: str
    """What identifies the request behind the key."""
    command_id: str

    @property
    def scope(self) -> Scope:
        return Scope.of(self.actor)

    @property
    def alone(self) -> bool:
        """Whether this command is all that was asked for under the key."""
        return self.command_id == command_id_of(self.actor, self.key)

    def part(self, subject: str) -> Asking:
        """The share one case has in a request about several: a command of its own under the same key."""
        return replace(self, command_id=derived_id(self.command_id, subject))


def asking(
    services: Services, actor: Actor, key: str, route: str, subject: str, body: BaseModel | None
) -> Asking:
    """The request as it came; ``subject`` is what it is about (a case, an order), empty for a new thing."""
    asked = body.model_dump(mode="json") if body is not None else {}
    return Asking(services, actor, key, request_hash(route, subject, asked), command_id_of(actor, key))


def command_id_of(actor: Actor, key: str) -> str:
    """The id of the command that ``actor`` gives under an Idempotency-Key."""
    return str(uuid.uuid5(_COMMANDS, f"{actor.user_id}\n{key}"))


def derived_id(command_id: str, *parts: str | int) -> str:
    """An id that follows from a command's: its case, its inspection, its order, its part for one case."""
    return str(uuid.uuid5(_DERIVED, "\n".join((command_id, *map(str, parts)))))


def request_hash(route: str, subject: str, asked: Mapping[str, Any]) -> str:
    """What was asked, whatever the service adds to it: the same for a retry, even after a change of policy."""
    return hashlib.sha256(canonical([route, subject, asked])).hexdigest()
