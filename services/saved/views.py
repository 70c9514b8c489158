"""The shapes of saved filters; pure, no IO."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ledger.readers.paging import Found
from models.labels import Label
from models.saved import LIST_LABELS, Conditions, FilterName, Listed
from services.labels import label


class FilterKeeping(BaseModel):
    """Keep the conditions of a list under a name; ``query`` is the query of the list's address in the console."""

    model_config = ConfigDict(extra="forbid")

    list: Listed
    name: FilterName
    query: Conditions


class FilterNaming(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid")

    name: FilterName


class FilterView(BaseModel):
    """Conditions of a list under a name of the asker's own; ``path`` is the list with them, in the console."""

    filter_id: str
    list: Listed
    list_label: Label
    name: str
    query: str
    path: str
    saved_at: datetime


class FilterList(BaseModel):
    """All of the asker's, or those of one list."""

    items: list[FilterView]


def filter_view(row: Found) -> FilterView:
    """A saved filter's row."""
    listed = Listed(row.list)
    return FilterView(
        filter_id=row.filter_id,
        list=listed,
        list_label=label(LIST_LABELS[listed]),
        name=row.name,
        query=row.query,
        path=f"/{listed.value}?{row.query}" if row.query else f"/{listed.value}",
        saved_at=row.saved_at,
    )
