"""What was filled in with an act, as its paper says it; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.readers.paging import Found
from models.choices import CHOICE_LABELS
from services.papers.wording import People, dated_text

_YES, _NO = "是", "否"


def said_of(entry: Found, people: People) -> dict[str, str]:
    """Field → what the entry or its words say of it, as people write it."""
    facts = {**entry.data, **(entry.data.get("facts") or {}), **words_of_entry(entry)}
    return {
        key: shown
        for key, value in facts.items()
        if isinstance(value, str | int | list | tuple) and (shown := _shown(key, value, people))
    }


def words_of_entry(entry: Found) -> dict[str, Any]:
    """The free text of the command, that of its form and of what it states with it."""
    body = entry.texts or {}
    return {**body, **(body.get("form") or {})}


def served_facts(entry: Found) -> Mapping[str, Any]:
    """What the entry says of a service, wherever it says it."""
    facts: Mapping[str, Any] = entry.data.get("facts") or {}
    return facts if facts.get("served_at") or not entry.data.get("served_at") else {**entry.data, **facts}


def _shown(key: str, value: Any, people: People) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, list | tuple):
        return "、".join(_shown(key, one, people) for one in value if isinstance(one, str | int))
    if isinstance(value, int):
        return f"{value:,}"
    if key in CHOICE_LABELS and value in CHOICE_LABELS[key]:
        return CHOICE_LABELS[key][value][0]
    if value in people:
        return people.one(value).name
    return dated_text(value)
