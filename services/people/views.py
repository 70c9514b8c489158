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
    called: Label
    role: Role
    label: Label
    org: str
    certified: bool


class Handler(BaseModel):
    """Somebody who handles cases (承办人); ``called`` is the name with what tells them apart from others of the same name,
    ``active`` is false for who has left and still handles one."""

    user_id: str
    name: str
    called: Label
    active: bool


class Assessor(BaseModel):
    """A registered assessor (评估机构)."""

    org_id: str
    name: str


def told_apart(rows: Sequence[Found]) -> dict[str, Label]:
    """User id → what people are called by: of several with one name also their office, if it differs, and where it does not
    tell them apart their certificate (else the end of their id)."""
    named = Counter(row.display_name for row in rows)
    placed = Counter((row.display_name, row.org_name) for row in rows)
    called = {}
    for row in rows:
        alike = placed[row.display_name, row.org_name]
        more = [_office(row)] if row.org_name and alike < named[row.display_name] else []
        more += [_number_of(row)] if alike > 1 or not row.org_name else []
        called[row.user_id] = _called(row.display_name, more if named[row.display_name] > 1 else [])
    return called


def _called(name: str, more: Sequence[Label]) -> Label:
    if not more:
        return Label(zh=name, en=name)
    zh, en = "，".join(one.zh for one in more), ", ".join(one.en for one in more)
    return Label(zh=f"{name}（{zh}）", en=f"{name} ({en})")


def _office(row: Found) -> Label:
    return Label(zh=row.org_name, en=row.org_name)


def _number_of(row: Found) -> Label:
    no, tail = row.certificate_no, row.user_id[-_TAIL:]
    return (
        Label(zh=f"执法证 {no}", en=f"certificate {no}") if no else Label(zh=f"编号 {tail}", en=f"id {tail}")
    )


def official(row: Found, called: Mapping[str, Label], now: datetime) -> Official:
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
