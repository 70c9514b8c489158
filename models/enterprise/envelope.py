"""The signed envelope of a command to an enterprise, and its answer; see :mod:`models.envelope`."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.actors import Actor
from models.enterprise.commands import ENTERPRISE_COMMANDS, EnterpriseCommand
from models.envelope import Facts, canonical, signature_of, texts_digest
from models.errors import Malformed


class EnterpriseEnvelope(BaseModel):
    """One command on its way: who, what, to which enterprise, when, and the proof that the API said so."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    enterprise_id: str
    district_id: str
    """The district the enterprise belongs to, as the API looked it up."""
    command: str
    payload: dict[str, Any]
    actor: Actor
    facts: Facts = Facts()
    issued_at: datetime
    seen: int = 0
    """The last entry of the enterprise's ledger when the command was prepared."""
    signature: str = ""

    @property
    def subject(self) -> str:
        return self.enterprise_id

    def signed_bytes(self) -> bytes:
        """What the signature covers: everything but itself, canonically."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}))

    def digest(self) -> str:
        """Identifies the request behind an idempotency key: same digest, same request."""
        body = {
            "enterprise_id": self.enterprise_id,
            "command": self.command,
            "payload": self.payload,
            "actor": self.actor.user_id,
        }
        return hashlib.sha256(canonical(body)).hexdigest()

    def evidence_of_request(self) -> dict[str, str]:
        """What the ledger entry keeps of the request: its digest, and that of its texts when it has any."""
        texts = texts_digest(self.payload)
        return {"request": self.digest()} | ({"texts": texts} if texts else {})

    def message(self) -> EnterpriseCommand:
        """The typed command; :class:`Malformed` when it is none."""
        kind = ENTERPRISE_COMMANDS.get(self.command)
        if kind is None:
            raise Malformed("没有这个操作", f"there is no command {self.command!r}", rule="command.unknown")
        try:
            return kind.model_validate(self.payload)
        except ValueError as error:
            raise Malformed(
                "操作内容不符合格式", f"malformed {self.command}: {error}", rule="command.shape"
            ) from None


class EnterpriseReply(BaseModel):
    """The answer to an applied command: where the enterprise stands and which entries the ledger got."""

    model_config = ConfigDict(frozen=True)

    enterprise_id: str
    command_id: str
    seq: int
    status: str
    events: tuple[str, ...]
    request: str
    """:meth:`EnterpriseEnvelope.digest` of the request this answers."""


def sign_enterprise(envelope: EnterpriseEnvelope, key: bytes) -> EnterpriseEnvelope:
    """``envelope`` with its signature."""
    return envelope.model_copy(update={"signature": signature_of(envelope, key)})
