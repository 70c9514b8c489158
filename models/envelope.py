"""The signed envelope a command travels in, and how free text is sealed out of it.

The API is the only signer. A command that reaches a workflow unsigned, altered, meant for another case, or signed too
long ago is refused by the update validator and changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from models.actors import Actor
from models.commands import COMMANDS, Command, TextMark
from models.commands.base import Part
from models.errors import Malformed, SignatureInvalid
from models.malformed import malformed

M = TypeVar("M", bound=BaseModel)
S = TypeVar("S", bound="Signed")

SIGNATURE_WINDOW = timedelta(minutes=5)
"""How long after signing a command may reach its case. Security parameter, not a legal clock."""

MAX_ENVELOPE_BYTES = 64 * 1024
"""Upper bound of one command; the largest honest one carries a policy (about 15 KB)."""


class Uploaded(BaseModel):
    """Who first brought the bytes of a piece of evidence to its case, and when (UTC)."""

    model_config = ConfigDict(frozen=True)

    role: str
    at: datetime
    proved: bool = False
    """Whether a completion of this case was signalled with the same bytes before."""


class Facts(BaseModel):
    """What the API looked up in SQL and vouches for, so that the rules can rely on it."""

    model_config = ConfigDict(frozen=True)

    certified: tuple[str, ...] = ()
    """Those of the officers named in the command who hold a valid certificate (执法证) in this district now."""
    evidence: dict[str, str] = {}
    """Evidence id → sha-256, for the ids named in the command that belong to this case."""
    uploads: dict[str, Uploaded] = {}
    """Evidence id → who first brought the same bytes to this case, for a command whose evidence must be fresh."""
    handler_ok: bool = False
    """The named handler is an active official of the case's district."""
    assessor_ok: bool = False
    """The named organisation is a registered assessor, not tied to the enterprise."""
    officials: dict[str, str] = {}
    """User id → role, for the persons named in a step (sponsor, presiding officer, participants) who are active
    officials of the district."""
    case_ok: bool = False
    """The case named in a command to an enterprise is one of that enterprise's, and the asker's to see."""
    grounds: tuple[str, ...] = ()
    """What the enterprise's file shows now: grounds for closure (``counter``, ``accident``), and ``penalised`` when a
    penalty decision stands."""


class Signed(BaseModel):
    """Anything the API signs. It never changes, so what follows from it is worked out once; a copy begins anew, unless it
    was only signed."""

    model_config = ConfigDict(frozen=True)

    issued_at: datetime
    signature: str = ""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=update, deep=deep)
        if update is not None and update.keys() == {"signature"}:
            return copied
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @property
    def subject(self) -> str:
        """What it is about: the id of a case, of an enterprise, of an inspection."""
        raise NotImplementedError

    def signed_bytes(self) -> bytes:
        """Everything but the signature, canonically."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}))

    @property
    def sealed(self) -> str:
        """The digest of everything but the signature itself."""
        return self._measured[0]

    @property
    def size(self) -> int:
        """Bytes of everything but the signature."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[str, int]:
        signed = self.signed_bytes()
        return hashlib.sha256(signed).hexdigest(), len(signed)

    def statement(self) -> dict[str, Any]:
        """What is signed: a digest of everything but the signature itself."""
        return {"sealed": self.sealed}


class CommandEnvelope(Signed):
    """One command on its way: who, what, when, and the proof that the API said so."""

    command_id: str
    command: str
    payload: dict[str, Any]
    actor: Actor
    facts: Facts = Facts()
    seen: int = 0
    """The last entry of the subject's ledger when the command was prepared: a workflow that knows less looks first."""

    def digest(self) -> str:
        """Identifies the request behind an idempotency key: same digest, same request."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(self.request_bytes()).hexdigest()

    def request_bytes(self) -> bytes:
        """Who asks what of whom, canonically."""
        body = {
            "subject": self.subject,
            "command": self.command,
            "payload": self.payload,
            "actor": self.actor.user_id,
        }
        return canonical(body)

    def statement(self) -> dict[str, Any]:
        """Also, in the clear, what the ledger entry will say of it: so the entry can be held against the signature."""
        return super().statement() | {
            "subject": self.subject,
            "command": self.command,
            "command_id": self.command_id,
            "actor_id": self.actor.user_id,
            "acting_for": self.actor.acting_for,
            "role": self.actor.role.value,
            "issued_at": self.issued_at.isoformat(),
            **self.evidence_of_request(),
        }

    def evidence_of_request(self) -> Mapping[str, Any]:
        """The digests of the request: its own, that of its texts, those of the files it names, where it has any."""
        return self._evidence

    @cached_property
    def _evidence(self) -> Mapping[str, Any]:
        found = {
            "request": self.digest(),
            "texts": texts_digest(self.payload),
            "files": dict(sorted(self.facts.evidence.items())),
        }
        return {name: value for name, value in found.items() if value}

    def proof(self) -> dict[str, Any]:
        """What the ledger keeps of the command on its first entry: the digests, and the signature over them."""
        signed = {"command": self.command, "issued_at": self.issued_at.isoformat(), "sealed": self.sealed}
        return {**self.evidence_of_request(), "signed": {**signed, "signature": self.signature}}

    def message(self) -> Part:
        """The typed command; raises :class:`Malformed`."""
        raise NotImplementedError

    def among(self, commands: Mapping[str, type[M]]) -> M:
        """The typed command; :class:`Malformed` when it is none of ``commands``."""
        kind = commands.get(self.command)
        if kind is None:
            raise Malformed("没有这个操作", f"there is no command {self.command!r}", rule="command.unknown")
        try:
            return kind.model_validate(self.payload)
        except ValidationError as error:
            raise malformed(error.errors(), rule="command.shape") from None


class Envelope(CommandEnvelope):
    """A command to a case."""

    case_id: str

    @property
    def subject(self) -> str:
        return self.case_id

    def message(self) -> Command:
        return self._message

    @cached_property
    def _message(self) -> Command:
        return self.among(COMMANDS)


class CommandReply(BaseModel):
    """The answer to an applied command: which entries the ledger got."""

    model_config = ConfigDict(frozen=True)

    command_id: str
    seq: int
    events: tuple[str, ...]
    request: str
    """:meth:`CommandEnvelope.digest` of the request this answers."""


class Reply(CommandReply):
    """The answer to a command to a case, and where the case stands."""

    case_id: str
    state: str


def canonical(data: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def mac(statement: Any, key: bytes) -> str:
    """HMAC-SHA-256 over the canonical JSON of ``statement``, in hex."""
    return hmac.digest(key, canonical(statement), "sha256").hex()


def authentic(statement: Any, signature: str, keys: Iterable[bytes]) -> bool:
    """Whether one of ``keys`` signed ``statement``. Several keys allow rotation: the first signs, all verify."""
    return any(hmac.compare_digest(mac(statement, key), signature) for key in keys)


def signature_of(signed: Signed, key: bytes) -> str:
    """The signature of ``signed`` with ``key``."""
    return mac(signed.statement(), key)


def sign(message: S, key: bytes) -> S:
    """``message`` with its signature."""
    return message.model_copy(update={"signature": signature_of(message, key)})


def check_signature(signed: Signed, keys: Iterable[bytes], subject: str, now: datetime) -> None:
    """Raise :class:`SignatureInvalid` unless one of ``keys`` signed exactly this, about ``subject``, just now."""
    reason = (
        "signature"
        if not authentic(signed.statement(), signed.signature, keys)
        else "subject"
        if signed.subject != subject
        else "expired"
        if abs(now - signed.issued_at) > SIGNATURE_WINDOW
        else None
    )
    if reason:
        raise SignatureInvalid(
            "该操作未经本系统接口签发，或签发已过期，不予受理",
            "this command was not issued by the API for this case, or too long ago",
            rule="command.signature",
            remedy_zh="请通过系统接口重新提交",
            remedy_en="send it through the API again",
            reason=reason,
        )


PROOF = frozenset({"request", "texts", "files", "signed"})
"""What the data of an entry hold beside its event: see :meth:`CommandEnvelope.proof`."""


def is_signed(subject: str, entry: Mapping[str, Any], keys: Iterable[bytes]) -> bool:
    """Whether the entry a command left (its columns, with ``data``) says what was signed with one of ``keys``."""
    data = entry["data"]
    signed = data.get("signed")
    if not isinstance(signed, Mapping) or not isinstance(signed.get("signature"), str):
        return False
    statement = {
        **{name: signed.get(name) for name in ("command", "issued_at", "sealed")},
        **{name: entry[name] for name in ("command_id", "actor_id", "acting_for", "role")},
        **{name: data[name] for name in ("request", "texts", "files") if name in data},
        "subject": subject,
    }
    return authentic(statement, signed["signature"], keys)


def text_digest(text: str) -> str:
    """The digest that stands for ``text`` in history; an empty text stays empty."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" if text.strip() else ""


def seal(command: BaseModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split ``command`` into its payload (texts replaced by digests) and the texts themselves, in the same shape."""
    payload: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for name, field in type(command).model_fields.items():
        value = getattr(command, name)
        if any(isinstance(mark, TextMark) for mark in field.metadata):
            payload[name] = text_digest(value)
            texts[name] = value
        elif isinstance(value, BaseModel):
            payload[name], inner = seal(value)
            texts |= {name: inner} if inner else {}
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            parts = [seal(part) for part in value]
            payload[name] = [part for part, _ in parts]
            texts |= {name: [inner for _, inner in parts]} if any(inner for _, inner in parts) else {}
        elif value is not None:
            payload[name] = command.__pydantic_serializer__.to_python(command, mode="json", include={name})[
                name
            ]
    return payload, texts


def digests_of(texts: Mapping[str, Any]) -> dict[str, Any]:
    """The digests of stored texts, in the shape :func:`seal` gave them; for proving that words were not changed."""

    def walk(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: walk(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        return text_digest(str(value))

    result: dict[str, Any] = walk(texts)
    return result


def texts_digest(sealed: Mapping[str, Any]) -> str | None:
    """One digest over all sealed texts in ``sealed`` (a payload, or :func:`digests_of` stored texts); None without."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return value if value.startswith("sha256:") else None
        if isinstance(value, Mapping):
            return {key: kept for key, inner in value.items() if (kept := walk(inner))}
        if isinstance(value, list | tuple):
            kept_parts = [walk(inner) for inner in value]
            return kept_parts if any(kept_parts) else None
        return None

    found = walk(sealed)
    return hashlib.sha256(canonical(found)).hexdigest() if found else None
