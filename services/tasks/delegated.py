"""Whose tasks count for an asker: their own, and those of whoever they act for by a dated delegation (委托代理)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.readers.paging import Found
from ledger.readers.people import principals_of
from ledger.readers.tasks import Seat
from ledger.sessions import ReadSession
from models.actors import Actor, Rank, Role
from models.duties import Person, oneself, principal


@dataclass(frozen=True, slots=True)
class Seated:
    """The asker and those they may act for, the asker first."""

    actor: Actor
    people: tuple[Person, ...]

    @property
    def seats(self) -> list[Seat]:
        """The chairs they sit on."""
        return [
            Seat(role.value, person.user_id, heads=person.role is Role.SECTION_HEAD)
            for person in self.people
            for role in person.roles
        ]

    @property
    def own_seats(self) -> list[Seat]:
        """Their own chairs, without those below them."""
        return [Seat(person.role.value, person.user_id) for person in self.people]

    @property
    def ranks(self) -> list[str]:
        """Every rank within reach."""
        return sorted({rank.value for person in self.people for rank in person.ranks})

    @property
    def own_ranks(self) -> list[str]:
        """Their own ranks."""
        return sorted({person.rank.value for person in self.people if person.rank})

    def doer(self, row: Found) -> Person:
        """Who does a task: the asker where they may, else whom they act for."""
        return next((person for person in self.people if person.does(row)), self.people[0])

    def acting(self, row: Found) -> str | None:
        """Whom the asker must act for to do a task; None when their own rank is enough."""
        doer = self.doer(row)
        return doer.user_id if doer is not self.people[0] else None

    def actor_for(self, row: Found) -> Actor:
        """The asker as they would do the task."""
        doer = self.doer(row)
        if doer is self.people[0] or self.actor.acting_for == doer.user_id:
            return self.actor
        return self.actor.model_copy(update={"acting_for": doer.user_id, "acting_rank": doer.rank})


async def seated(session: ReadSession, actor: Actor, now: datetime) -> Seated:
    """The asker, and whom they act for: the one they named, or everyone whose delegation is in force."""
    return Seated(actor, (oneself(actor), *await _principals(session, actor, now)))


async def _principals(session: ReadSession, actor: Actor, now: datetime) -> Sequence[Person]:
    if actor.acting_for is not None:
        return (Person(actor.acting_for, actor.effective_role, actor.acting_rank),)
    rows = await principals_of(session, actor.user_id, actor.district_id, now)
    return [principal(actor, row.user_id, Rank(row.rank) if row.rank else None) for row in rows]
