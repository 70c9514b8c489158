"""What one projection hands from the workflow to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """One line of a ledger (台账): what happened, when, by whom. ``at`` is UTC."""

    model_config = ConfigDict(frozen=True)

    seq: int
    event: str
    at: datetime
    actor_id: str | None = None
    acting_for: str | None = None
    role: str | None = None
    command_id: str | None = None
    """Set on the first entry of a command only, so that it is unique over the ledger."""
    data: dict[str, Any] = {}


class LedgerEntry(Entry):
    """One line of the ledger of a case."""

    case_id: str


class Task(BaseModel):
    """Who must act on a case, and by when (UTC); ``key`` is unique within the case."""

    model_config = ConfigDict(frozen=True)

    key: str
    role: str
    rank: str | None = None
    user_id: str | None = None
    enterprise_id: str | None = None
    assessor_org_id: str | None = None
    due_at: datetime | None = None
    clock: str | None = None


class Notice(BaseModel):
    """An in-app notice; the audience is a role in the case's scope, one user, or one enterprise."""

    model_config = ConfigDict(frozen=True)

    notice_id: str
    seq: int
    """The ledger entry it tells of."""
    kind: str
    audience_role: str
    rank: str | None = None
    user_id: str | None = None
    enterprise_id: str | None = None
    territory_id: str | None = None
    clock: str | None = None
    due_at: datetime | None = None
    at: datetime


L = TypeVar("L", bound=Entry)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[L]):
    """What an application led to: entries for the ledger and notices to people; the snapshot shows the rest."""

    entries: tuple[L, ...] = ()
    notices: tuple[Notice, ...] = ()


class Projection(BaseModel):
    """Entries with consecutive ``seq``, and what the read model shows after the last of them."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[Entry, ...]
    doc: dict[str, Any]
    tasks: tuple[Task, ...] = ()
    notices: tuple[Notice, ...] = ()

    @classmethod
    def merge(cls, batches: Sequence[Self]) -> Self:
        """Consecutive ones of one subject as one: all entries and notices, the last snapshot and tasks."""
        if len(batches) == 1:
            return batches[0]
        return batches[-1].model_copy(
            update={
                "entries": tuple(entry for batch in batches for entry in batch.entries),
                "notices": tuple(notice for batch in batches for notice in batch.notices),
            }
        )


class Batch(Projection):
    """A projection of a case."""

    case_id: str
    entries: tuple[LedgerEntry, ...]
