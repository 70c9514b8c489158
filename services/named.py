"""People and places with their names, as every door shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from models.words import Readable

Names = Mapping[str, str]
"""Display names by user id, of those the asker may know."""

Id = Annotated[str, Field(min_length=1, max_length=64), Readable]
"""An id as it is asked for."""


class Named(BaseModel):
    """Something with a name."""

    id: str
    name: str


def person(user_id: str | None, names: Names) -> Named | None:
    """Somebody by name; without a name for whoever may not know it."""
    return Named(id=user_id, name=names.get(user_id, "")) if user_id else None


def people(ids: Iterable[str], names: Names) -> list[Named]:
    """Several by name."""
    return [Named(id=one, name=names.get(one, "")) for one in ids]


def uncalled(rows: Iterable[Any]) -> list[str]:
    """The officers of visits and orders who are not called anything there yet: the names of the day are kept with most."""
    return [one for row in rows for one in row.officers if one not in (row.called or {})]
