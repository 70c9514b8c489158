"""From an authenticated request to an envelope: ids that a retry mints again, words sealed out of the payload.

Every id derives from the asker and their Idempotency-Key, so the same key always means the same command, the
same case, the same inspection. The gateway signs; nothing here does.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.actors import Actor
from models.commands import Command
from models.envelope import Envelope, Facts, canonical, seal

_COMMANDS = uuid.UUID("3d0f4f3e-5d0b-5b0e-8a55-0c6c3e2d9f11")
_DERIVED = uuid.UUID("b4a2a0c6-6f6d-5a39-9a0e-5e1f6f6f7a21")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope to send, and the words that stay in SQL."""

    envelope: Envelope
    texts: Mapping[str, Any]


def command_id_of(actor: Actor, key: str) -> str:
    """The id of the command that ``actor`` gives under an Idempotency-Key."""
    return str(uuid.uuid5(_COMMANDS, f"{actor.user_id}\n{key}"))


def derived_id(command_id: str, *parts: str | int) -> str:
    """An id that follows from a command's: its case, its inspection, its order, its part for one case."""
    return str(uuid.uuid5(_DERIVED, "\n".join((command_id, *map(str, parts)))))


def request_hash(route: str, subject: str, asked: Mapping[str, Any]) -> str:
    """What was asked, whatever the service adds to it: the same for a retry, even after a change of policy."""
    return hashlib.sha256(canonical([route, subject, asked])).hexdigest()


def sealed(
    command: Command,
    *,
    command_id: str,
    case_id: str,
    actor: Actor,
    facts: Facts,
    now: datetime,
    seen: int = 0,
) -> Sealed:
    """``command`` as an unsigned envelope, its words apart; ``seen`` is the last ledger entry it was prepared on."""
    payload, texts = seal(command)
    envelope = Envelope(
        command_id=command_id,
        case_id=case_id,
        command=command.name,
        payload=payload,
        actor=actor,
        facts=facts,
        issued_at=now,
        seen=seen,
    )
    return Sealed(envelope, texts)
