"""The shapes of enterprises, from rows; pure functions, no IO."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.enterprise.snapshot import STATUS_LABELS, Status
from models.enterprise.standing import Standing
from models.explain import Label
from models.words import Shown
from services.labels import label
from services.named import Id, Named
from services.paging import Paged


class EnterpriseView(BaseModel):
    """An enterprise in a list; ``uscc`` is its unified social credit code (统一社会信用代码)."""

    enterprise_id: str
    uscc: str
    name: str
    industry: str
    address: str
    territory: Named
    team: Named | None
    status: str
    status_label: Label
    key_enterprise: bool
    watched: bool
    """Whether the asker is of the liaison group (挂钩小组) that watches over it."""
    latitude: float | None
    longitude: float | None
    """Where it is (WGS 84), where somebody has entered it."""


class EnterpriseDetail(EnterpriseView):
    """An enterprise with its contact and the number of its cases that the asker sees."""

    legal_representative: str
    contact_phone: str
    regulator_org_id: str | None
    merged_into: Named | None
    """The entry of the same enterprise that this one was merged into (并入), where it turned out to be its double."""
    open_cases: int
    overdue_cases: int


class EnterpriseQuery(Paged):
    """Which enterprises; ``q`` is part of a name, a credit code or an address."""

    q: Annotated[str | None, Field(min_length=1, max_length=100), Shown] = None
    industry: Id | None = None
    territory: Id | None = None
    team: Id | None = None


class EnterpriseEventView(BaseModel):
    """One entry of an enterprise's ledger."""

    seq: int
    event: str
    label: Label
    at: datetime


class EnterpriseEventList(BaseModel):
    """A page of an enterprise's ledger in order; ``next`` is the last ``seq`` when there is more, else null.

    To the enterprise and its territory ``seq`` counts the entries they are told of."""

    items: list[EnterpriseEventView]
    next: int | None = None


class EnterpriseAnswer(BaseModel):
    """A command that took effect: how the enterprise stands after it, and the entries it wrote."""

    standing: Standing
    events: list[EnterpriseEventView]
    seq: int


def enterprise_fields(row: Found) -> dict[str, Any]:
    """What every view of an enterprise shows."""
    return {
        "enterprise_id": row.enterprise_id,
        "uscc": row.uscc,
        "name": row.name,
        "industry": row.industry,
        "address": row.address,
        "territory": Named(id=row.territory_id, name=row.territory_name or ""),
        "team": Named(id=row.team_id, name=row.team_name or "") if row.team_id else None,
        "status": row.status,
        "status_label": label(STATUS_LABELS[Status(row.status)]),
        "key_enterprise": row.key_enterprise,
        "watched": row.watched,
        "latitude": row.latitude,
        "longitude": row.longitude,
    }
