"""The shapes of delegations; pure, no IO."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ledger.readers.paging import Found
from models.commands import Text, UserId
from models.instants import Day, day_of
from models.labels import Label
from services.labels import label
from services.named import Id, Named
from services.paging import Paged

State = Literal["planned", "running", "over", "revoked"]
STATES: dict[State, tuple[str, str]] = {
    "planned": ("尚未开始", "not begun"),
    "running": ("生效中", "in force"),
    "over": ("已到期", "over"),
    "revoked": ("已提前结束", "ended early"),
}
Whose = Literal["given", "received", "mine", "all"]
"""Those I gave, those given to me, both, or everybody's in the district (administrators and auditors)."""


class DelegationGiving(BaseModel):
    """Let another official act for me from the first day to the last (Shanghai), both included."""

    model_config = ConfigDict(extra="forbid")

    to: UserId
    starts_on: Day
    ends_on: Day
    reason: Text


class DelegationQuery(Paged):
    """Whose delegations."""

    whose: Whose = "mine"
    person: Annotated[Id | None, Field(description="只看此人委托和受托的 / given by or to this person")] = (
        None
    )


class DelegationView(BaseModel):
    """A delegation: ``delegate`` acts for ``principal`` from ``starts_at`` (UTC) to the end of ``last_day``."""

    delegation_id: str
    principal: Named
    delegate: Named
    starts_at: datetime
    ends_at: datetime
    last_day: date
    reason: str
    state: State
    state_label: Label
    created_at: datetime
    revoked_at: datetime | None


def delegation_view(row: Found, now: datetime) -> DelegationView:
    """A delegation's row as it stands at ``now``."""
    state = state_of(row.starts_at, row.ends_at, row.revoked_at, now)
    return DelegationView(
        delegation_id=row.delegation_id,
        principal=Named(id=row.from_user_id, name=row.principal_name),
        delegate=Named(id=row.to_user_id, name=row.delegate_name),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        last_day=day_of(row.ends_at - timedelta(microseconds=1)),
        reason=row.reason,
        state=state,
        state_label=label(STATES[state]),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def state_of(starts_at: datetime, ends_at: datetime, revoked_at: datetime | None, now: datetime) -> State:
    """Where a delegation stands at ``now``."""
    if revoked_at is not None and revoked_at <= now:
        return "revoked"
    if ends_at <= now:
        return "over"
    return "running" if starts_at <= now else "planned"
