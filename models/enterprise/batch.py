"""What passes between the enterprise's workflow and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.batch import Entry, Projection

_FROZEN = ConfigDict(frozen=True)


class Bearing(BaseModel):
    """One row of the inbox: an entry of a case that means something to its enterprise. ``at`` is UTC."""

    model_config = _FROZEN

    enterprise_id: str
    district_id: str
    case_id: str
    seq: int
    kind: str
    """See :data:`models.enterprise.bearing.BEARINGS`."""
    major: bool
    """Whether the case was a major hazard, not yet signed off, after that entry."""
    at: datetime
    data: dict[str, Any] = {}
    """The entry's data without its clocks."""


class EnterpriseEntry(Entry):
    """One line of an enterprise's ledger (企业台账)."""

    enterprise_id: str
    source_case_id: str | None = None
    """With ``source_seq``: the bearing this entry consumed, on the first entry of it only."""
    source_seq: int | None = None


class EnterpriseBatch(Projection):
    """A projection of an enterprise."""

    enterprise_id: str
    district_id: str
    entries: tuple[EnterpriseEntry, ...]


class Closure(BaseModel):
    """The government's decision to close an enterprise (关闭决定), as its open cases need it."""

    model_config = _FROZEN

    decision_no: str | None = None
    decided_on: date
    at: datetime
    source_case_id: str
    measure_id: str | None = None
    """The measure it was decided by; None when it was recorded without one."""
