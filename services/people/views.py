"""The shapes of people as forms offer them; pure, no IO."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.actors import RANK_LABELS, Rank, Role
from models.clocks import SHANGHAI
from models.explain import Label
from services.labels import label, role_label


class Official(BaseModel):
    """Somebody in office: by name, what they are, and whether they hold an enforcement certificate (执法证) today."""

    user_id: str
    name: str
    role: Role
    label: Label
    org: str
    certified: bool


class Handler(BaseModel):
    """Somebody who handles cases (承办人); ``active`` is false for who has left and still handles one."""

    user_id: str
    name: str
    active: bool


class Assessor(BaseModel):
    """A registered assessor (评估机构)."""

    org_id: str
    name: str


def official(row: Found, now: datetime) -> Official:
    """A person's row as a form offers it."""
    rank = label(RANK_LABELS[Rank(row.rank)]) if row.rank else role_label(row.role)
    return Official(
        user_id=row.user_id,
        name=row.display_name,
        role=row.role,
        label=rank or Label(zh="", en=""),
        org=row.org_name or "",
        certified=bool(row.certificate_no) and _runs(row.certificate_expires, now),
    )


def _runs(last_day: date | None, now: datetime) -> bool:
    return last_day is None or last_day >= now.astimezone(SHANGHAI).date()
