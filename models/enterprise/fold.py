"""Folding: from the events of an enterprise to its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.enterprise.batch import EnterpriseEntry
from models.enterprise.events import EVENTS, Enrolled, EnterpriseEvent
from models.enterprise.snapshot import Enterprise


def evolve(entity: Enterprise, event: EnterpriseEvent, at: datetime) -> Enterprise:
    """The next snapshot; ``entity`` itself stays as it was."""
    new = entity.model_copy()
    event.change(new, at)
    if event.clocks:
        new.clocks = {**new.clocks, **{clock.key: clock for clock in event.clocks}}
    new.seq = entity.seq + 1
    new.last_event = event.type
    new.last_at = at
    new.derive()
    return new


def event_data(event: EnterpriseEvent) -> dict[str, Any]:
    """The event as ledger data; defaults are left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def event_of(entry: EnterpriseEntry) -> EnterpriseEvent:
    """The typed event of a ledger entry."""
    return EVENTS[entry.event].model_validate(entry.data)


def fold(entries: Sequence[EnterpriseEntry]) -> Enterprise:
    """Re-create an enterprise from its ledger entries, in order of ``seq`` from 1."""
    first = event_of(entries[0])
    if not isinstance(first, Enrolled):
        raise ValueError(f"ledger of {entries[0].enterprise_id} does not begin with 'enrolled'")
    entity = Enterprise(enterprise_id=entries[0].enterprise_id, district_id=first.district_id)
    return folded(entity, entries)


def folded(entity: Enterprise, entries: Sequence[EnterpriseEntry]) -> Enterprise:
    """``entity`` with the ``entries`` after it."""
    for entry in entries:
        entity = evolve(entity, event_of(entry), entry.at)
    return entity
