"""Whose tasks count for an asker: their own, and those of whoever they act for by a dated delegation (委托代理)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.readers.paging import Found
from ledger.readers.people import principals_of
from ledger.readers.tasks import Seat
from ledger.sessions import ReadSession
from models.actors import RANK_ORDER, ROLE_OF_RANK, Actor, Rank, Role, reaches
from models.grants import LEADERS


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose tasks count: the asker, or one they may act for."""

    user_id: str
    role: Role
    rank: Rank | None

    @property
    def ranks(self) -> tuple[Rank, ...]:
        """The leader ranks within reach, on this person's side of the line between bureau and government."""
        side = LEADERS if self.role in LEADERS else (self.role,)
        return tuple(rank for rank in RANK_ORDER if ROLE_OF_RANK[rank] in side and reaches(self.rank, rank))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles whose tasks this person may do."""
        also = (Role.INSPECTOR,) if self.role is Role.SECTION_HEAD else ()
        return tuple(dict.fromkeys((self.role, *also, *(ROLE_OF_RANK[rank] for rank in self.ranks))))

    def sits(self, row: Found) -> bool:
        """Whether a task is addressed to this person."""
        named = row.user_id in (None, self.user_id)
        return named and row.role in self.roles and (row.rank is None or row.rank in self.ranks)


@dataclass(frozen=True, slots=True)
class Seated:
    """The asker and those they may act for, the asker first."""

    actor: Actor
    people: tuple[Person, ...]

    @property
    def seats(self) -> list[Seat]:
        """The chairs they sit on."""
        return [Seat(role.value, person.user_id) for person in self.people for role in person.roles]

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
        return next((person for person in self.people if person.sits(row)), self.people[0])

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
    me = Person(actor.user_id, actor.role, actor.rank)
    return Seated(actor, (me, *await _principals(session, actor, now)))


async def _principals(session: ReadSession, actor: Actor, now: datetime) -> Sequence[Person]:
    if actor.acting_for is not None:
        return (Person(actor.acting_for, actor.effective_role, actor.acting_rank),)
    rows = await principals_of(session, actor.user_id, actor.district_id, now)
    return [_principal(row.user_id, Rank(row.rank) if row.rank else None, actor) for row in rows]


def _principal(user_id: str, rank: Rank | None, actor: Actor) -> Person:
    acting = actor.model_copy(update={"acting_for": user_id, "acting_rank": rank})
    return Person(user_id, acting.effective_role, rank)
