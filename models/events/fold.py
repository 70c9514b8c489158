"""All events by name, and folding: from events to the snapshot of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.batch import LedgerEntry
from models.commands import Source
from models.events import amending, completion, correction, intake, measures, upkeep
from models.events.amending import SUBJECTS
from models.events.base import Event
from models.events.intake import Opened
from models.lifecycle import TRIGGERS, Lifecycle
from models.snapshot import Case, Item


def _all(kind: type[Event]) -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    for sub in kind.__subclasses__():
        if "type" in vars(sub):
            found[sub.type] = sub
        found |= _all(sub)
    return found


KINDS = (amending, intake, correction, completion, upkeep, measures)
"""The modules that define the events; all must be loaded before they can be counted."""

EVENTS: dict[str, type[Event]] = _all(Event)
"""Event type → class."""


def open_case(case_id: str, event: Opened, at: datetime) -> Case:
    """The snapshot right after ``opened``."""
    shared = set(Opened.model_fields) & set(Case.model_fields) - {"items", "clocks"}
    case = Case(
        case_id=case_id,
        opened_at=event.found_at if event.taken_over and event.found_at else at,
        opened_by=event.by,
        last_at=at,
        items=tuple(Item(no=no) for no in range(1, event.items + 1)),
        clocks={clock.key: clock for clock in event.clocks},
        seq=1,
        stated=event.source in (Source.INSPECTION, Source.SELF_REPORT, Source.OLD_LEDGER),
        **{name: getattr(event, name) for name in shared},
    )
    case.derive()
    return case


def evolve(case: Case, event: Event, at: datetime) -> Case:
    """The next snapshot; ``case`` itself stays as it was."""
    new = case.model_copy()
    if event.type in TRIGGERS:
        new.state = Lifecycle(case.state).fire(event.type)
        new.came_from = case.state
    event.change(new, at)
    if event.type in TRIGGERS and new.reinspection is case.reinspection:
        new.reinspection = None
    if event.clocks:
        new.clocks = {**new.clocks, **{clock.key: clock for clock in event.clocks}}
    new.seq = case.seq + 1
    if event.type in SUBJECTS:
        new.entries = {**case.entries, SUBJECTS[event.type]: new.seq}
    new.last_event = event.type
    new.last_at = at
    new.derive()
    return new


def event_data(event: Event) -> dict[str, Any]:
    """The event as ledger data; defaults are left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def event_of(entry: LedgerEntry) -> Event:
    """The typed event of a ledger entry."""
    return EVENTS[entry.event].model_validate(entry.data)


def fold(entries: list[LedgerEntry]) -> Case:
    """Re-create a case from its ledger entries, in order of ``seq`` from 1."""
    first = event_of(entries[0])
    if not isinstance(first, Opened):
        raise ValueError(f"ledger of {entries[0].case_id} does not begin with 'opened'")
    case = open_case(entries[0].case_id, first, entries[0].at)
    for entry in entries[1:]:
        case = evolve(case, event_of(entry), entry.at)
    return case
