"""What a process remembers of the providers of single sign-on; apart from what reads it, which not every process loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Published:
    """A provider's addresses and keys, as read at a moment (seconds of a monotonic clock)."""

    metadata: Mapping[str, Any]
    keys: Any
    at: float


@dataclass
class Providers:
    """What this process knows of the providers, by their ids."""

    kept: dict[str, Published] = field(default_factory=dict)
