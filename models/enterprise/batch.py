"""What passes between the enterprise's workflow and the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from models.batch import Notice, Task

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
    """Whether the case was graded as a major hazard after that entry."""
    at: datetime
    data: dict[str, Any] = {}
    """The entry's data without its clocks."""


class EnterpriseEntry(BaseModel):
    """One line of an enterprise's ledger (企业台账); ``at`` is UTC."""

    model_config = _FROZEN

    enterprise_id: str
    seq: int
    event: str
    at: datetime
    actor_id: str | None = None
    acting_for: str | None = None
    role: str | None = None
    command_id: str | None = None
    """Set on the first entry of a command only."""
    source_case_id: str | None = None
    """With ``source_seq``: the bearing this entry consumed, on the first entry of it only."""
    source_seq: int | None = None
    data: dict[str, Any] = {}


class EnterpriseBatch(BaseModel):
    """Entries with consecutive ``seq``, and what the read model shows after the last of them."""

    model_config = _FROZEN

    enterprise_id: str
    district_id: str
    entries: tuple[EnterpriseEntry, ...]
    doc: dict[str, Any]
    tasks: tuple[Task, ...] = ()
    notices: tuple[Notice, ...] = ()

    @classmethod
    def merge(cls, batches: list[EnterpriseBatch]) -> EnterpriseBatch:
        """Consecutive batches of one enterprise as one: all entries and notices, the last snapshot and tasks."""
        if len(batches) == 1:
            return batches[0]
        return batches[-1].model_copy(
            update={
                "entries": tuple(entry for batch in batches for entry in batch.entries),
                "notices": tuple(notice for batch in batches for notice in batch.notices),
            }
        )


class Closure(BaseModel):
    """The government's decision to close an enterprise (关闭决定), as its open cases need it."""

    model_config = _FROZEN

    decision_no: str | None = None
    decided_on: date
    at: datetime
    source_case_id: str
