"""Duties (职责): which tasks somebody may do, by role, rank and person, for themselves or for whom they act for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from models.actors import RANK_ORDER, ROLE_OF_RANK, Actor, Rank, Role, reaches
from models.grants import LEADERS


class Addressed(Protocol):
    """A task as it is addressed, wherever it was read."""

    @property
    def role(self) -> str: ...
    @property
    def rank(self) -> str | None: ...
    @property
    def user_id(self) -> str | None: ...


@dataclass(frozen=True)
class Person:
    """Somebody whose tasks count: the asker, or one they may act for."""

    user_id: str
    role: Role
    rank: Rank | None

    @cached_property
    def ranks(self) -> tuple[Rank, ...]:
        """The leader ranks within reach, on this person's side of the line between bureau and government."""
        side = LEADERS if self.role in LEADERS else (self.role,)
        return tuple(rank for rank in RANK_ORDER if ROLE_OF_RANK[rank] in side and reaches(self.rank, rank))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles whose tasks this person may do."""
        also = (Role.INSPECTOR,) if self.role is Role.SECTION_HEAD else ()
        return tuple(dict.fromkeys((self.role, *also, *(ROLE_OF_RANK[rank] for rank in self.ranks))))

    def does(self, task: Addressed) -> bool:
        """Whether a task is addressed to this person."""
        named = task.user_id in (None, self.user_id)
        return named and task.role in self.roles and (task.rank is None or task.rank in self.ranks)


def oneself(actor: Actor) -> Person:
    """The asker, in their own right."""
    return Person(actor.user_id, actor.role, actor.rank)


def principal(actor: Actor, user_id: str, rank: Rank | None) -> Person:
    """Whoever of that rank the asker may act for, in the role that gives the asker."""
    acting = actor.model_copy(update={"acting_for": user_id, "acting_rank": rank})
    return Person(user_id, acting.effective_role, rank)
