"""The hash chain of a case or of an enterprise: pure functions, no IO.

``hash = sha256(prev_hash + canonical JSON of the entry)``; the first entry hangs on :data:`GENESIS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType
from typing import Any

from pydantic import BaseModel

GENESIS = "0" * 64

Fields = tuple[str, ...]
"""What the hash of an entry covers; the first names whose ledger it is."""
FIELDS: Fields = ("case_id", "seq", "event", "at", "actor_id", "acting_for", "role", "command_id", "data")
ENTERPRISE_FIELDS: Fields = (
    "enterprise_id",
    "seq",
    "event",
    "at",
    "actor_id",
    "acting_for",
    "role",
    "command_id",
    "source_case_id",
    "source_seq",
    "data",
)


def plain(value: Any) -> Any:
    """``value`` as JSON data that a jsonb column gives back unchanged.

    Instants become ISO UTC with ``Z``; whole floats become integers, because jsonb cannot tell 1e20 from its
    digits. Raises TypeError for anything JSON has no word for.
    """
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no place in the ledger")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def dumps(value: Any) -> str:
    """Canonical JSON of data that are :func:`plain` already."""
    return _CANONICAL.encode(value)


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no escapes; equal data give equal text."""
    return dumps(plain(value))


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same data in canonical JSON."""
    if type(one) is type(other) and type(one) in (str, int, bool, NoneType):
        return bool(one == other)
    return canonical(one) == canonical(other)


def content(entry: BaseModel | Mapping[str, Any], fields: Fields = FIELDS) -> str:
    """What the hash of an entry covers, apart from the hash before it."""
    if isinstance(entry, BaseModel):
        return canonical({name: getattr(entry, name) for name in fields})
    return canonical({name: entry[name] for name in fields})


def link(prev_hash: str, body: str) -> str:
    """The hash of the entry with canonical ``body`` after ``prev_hash``."""
    return hashlib.sha256((prev_hash + body).encode()).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of data that are :func:`plain` already."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first row of a ledger that cannot be what was written."""

    subject: str
    seq: int
    reason: str


def check_chain(
    subject: str, rows: Sequence[Mapping[str, Any]], fields: Fields = FIELDS
) -> BrokenLink | None:
    """Walk the rows of one case or enterprise in order of ``seq``; the first bad one, or None.

    ``rows`` carry ``fields``, ``prev_hash`` and ``hash``. Finds an edited, deleted, inserted or reordered
    row; a tail cut off is found by comparing with the head the read model keeps (:mod:`ledger.verify_cases`).
    """
    prev = GENESIS
    for expected, row in enumerate(rows, start=1):
        seq = row["seq"]
        if seq != expected:
            return BrokenLink(subject, expected, "missing" if seq > expected else "duplicate")
        if row[fields[0]] != subject:
            return BrokenLink(subject, seq, "other case" if fields is FIELDS else "other enterprise")
        if row["prev_hash"] != prev:
            return BrokenLink(subject, seq, "does not follow the entry before it")
        if link(prev, content(row, fields)) != row["hash"]:
            return BrokenLink(subject, seq, "content does not match its hash")
        prev = row["hash"]
    return None
