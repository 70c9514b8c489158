"""The rules an enterprise goes by: the newest policy in force and the calendar around it, packed for history."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.calendar import WorkingCalendar
from models.caseclocks import Rules
from models.enterprise.batch import Bearing, EnterpriseEntry
from models.envelope import canonical
from models.policy import Policy


class PackedRules(BaseModel):
    """Rules small enough for workflow history; ``digest`` tells equal ones without unpacking."""

    model_config = ConfigDict(frozen=True)

    digest: str
    policy: dict[str, Any]
    calendar: dict[str, Any]

    @classmethod
    def of(cls, rules: Rules) -> PackedRules:
        """``rules``, packed."""
        return cls(
            digest=digest_of(rules),
            policy=rules.policy.packed,
            calendar=rules.calendar.model_dump(mode="json", exclude_defaults=True),
        )

    def rules(self) -> Rules:
        """The rules themselves; every enterprise carries the same ones, so each is read once."""
        return _unpacked(json.dumps([self.policy, self.calendar], sort_keys=True))


def digest_of(rules: Rules) -> str:
    """SHA-256 (hex) over policy and calendar."""
    calendar = rules.calendar.model_dump(mode="json")
    return hashlib.sha256(canonical([rules.policy.digest(), calendar])).hexdigest()


@lru_cache(maxsize=16)
def _unpacked(text: str) -> Rules:
    policy, calendar = json.loads(text)
    return Rules(policy=Policy.model_validate(policy), calendar=WorkingCalendar.model_validate(calendar))


class LookIn(BaseModel):
    """What an enterprise's workflow asks the ledger: anything beyond ``seq``, anything unread, newer rules?"""

    model_config = ConfigDict(frozen=True)

    enterprise_id: str
    seq: int
    rules: str
    """Digest of the rules it has; empty when it has none."""
    at: datetime
    """The workflow's own time (UTC): which policy is in force is asked of that day."""


class Looked(BaseModel):
    """The answer."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[EnterpriseEntry, ...] = ()
    bearings: tuple[Bearing, ...] = ()
    rules: PackedRules | None = None
    """None when they are the ones it has."""
    more: bool = False
    """Whether more bearings wait than were given."""
