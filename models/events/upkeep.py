"""Upkeep of a case: assignment, its end, newer policy or calendar; and what its clocks said."""

from __future__ import annotations

from datetime import date, datetime

from models.events.base import Event
from models.measures.kinds import MeasureState
from models.measures.procedures import PROCEDURES
from models.snapshot import Case, Persons


class HandlerAssigned(Event):
    type = "handler_assigned"
    handler_id: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.handler_id = self.handler_id


class Voided(Event):
    type = "voided"
    by: Persons


class EnterpriseClosed(Event):
    type = "enterprise_closed"
    decided_on: date
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        """Measures that have lost their object end with it; what is owed to the public purse or the police goes on."""
        case.measures = tuple(
            one
            if not one.open or PROCEDURES[one.kind].survives_closure
            else one.model_copy(
                update={"state": MeasureState.ENDED, "ended_at": at, "outcome": "enterprise_closed"}
            )
            for one in case.measures
        )


class PolicyAdopted(Event):
    type = "policy_adopted"
    policy_version: str
    policy_digest: str
    by: Persons

    def change(self, case: Case, at: datetime) -> None:
        case.policy_version = self.policy_version
        case.policy_digest = self.policy_digest


class ClocksRederived(Event):
    """A year's calendar was published: provisional deadlines were derived anew."""

    type = "clocks_rederived"
    years: tuple[int, ...]
    moved: tuple[str, ...] = ()


class ClocksMissed(Event):
    type = "clocks_missed"
    keys: tuple[str, ...]


class Reminded(Event):
    type = "reminded"
    keys: tuple[str, ...]


class Digested(Event):
    type = "digested"
    keys: tuple[str, ...]
