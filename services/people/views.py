"""The shapes of people as forms offer them; pure, no IO."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from ledger.readers.paging import Found
from models.actors import RANK_LABELS, Rank, Role
from models.clocks import SHANGHAI
from models.explain import Label
from services.labels import label, role_label

_TAIL = 8
"""Characters of an id that are enough to tell two people apart."""


class Official(BaseModel):
    """Somebody in office: by name, what they are, and whether they hold an enforcement certificate (执法证) today; ``called``
    is the name with what tells them apart from others of the same name."""

    user_id: str
    name: str
    called: str
    role: Role
    label: Label
    org: str
    certified: bool


class Handler(BaseModel):
    """Somebody who handles cases (承办人), by what tells them apart from others of the same name; ``active`` is false for who
    has left and still handles one."""

    user_id: str
    name: str
    active: bool


class Assessor(BaseModel):
    """A registered assessor (评估机构)."""

    org_id: str
    name: str


def told_apart(rows: Sequence[Found]) -> dict[str, str]:
    """User id → the name people are called by: of several with one name also their office, and where even that is the same
    their certificate (else the end of their id)."""
    named = Counter(row.display_name for row in rows)
    placed = Counter((row.display_name, row.org_name) for row in rows)
    called = {}
    for row in rows:
        office = row.org_name or ""
        same = placed[row.display_name, row.org_name] > 1 or not office
        more = "，".join(filter(None, (office, _number_of(row) if same else "")))
        called[row.user_id] = (
            f"{row.display_name}（{more}）" if named[row.display_name] > 1 else row.display_name
        )
    return called


def _number_of(row: Found) -> str:
    return f"执法证 {row.certificate_no}" if row.certificate_no else f"编号 {row.user_id[-_TAIL:]}"


def official(row: Found, called: Mapping[str, str], now: datetime) -> Official:
    """A person's row as a form offers it."""
    rank = label(RANK_LABELS[Rank(row.rank)]) if row.rank else role_label(row.role)
    return Official(
        user_id=row.user_id,
        name=row.display_name,
        called=called[row.user_id],
        role=row.role,
        label=rank or Label(zh="", en=""),
        org=row.org_name or "",
        certified=bool(row.certificate_no) and _runs(row.certificate_expires, now),
    )


def _runs(last_day: date | None, now: datetime) -> bool:
    return last_day is None or last_day >= now.astimezone(SHANGHAI).date()
