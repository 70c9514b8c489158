"""Which commands and steps do what a task asks for, as far as the asker's role may."""

from __future__ import annotations

from models.actors import Role
from models.authority import BY_COMMAND
from models.caselives import life_of
from models.lifecycle import CaseState
from models.measures.procedures import possible
from models.measures.snapshot import Measure
from models.measures.steps import Step

_ASIDE = frozenset({"withdraw", "discontinue", "annul", "record_remedy", "decide_none", "resubmit"})
"""Steps that are possible beside the way a procedure goes."""


def steps_for(measure: Measure, clock: str, role: Role) -> tuple[Step, ...]:
    """The steps by which ``role`` does what the clock measures; else those that bring the procedure on."""
    now = [row for row in possible(measure) if role in row.roles]
    ending = tuple(row for row in now if clock in row.ends)
    return ending or tuple(row for row in now if row.key not in _ASIDE)


def commands_for(clock: str, state: str, role: Role) -> tuple[str, ...]:
    """The commands of a task that the table has for this role in this state."""
    return tuple(
        name
        for name in life_of(clock).answers
        if CaseState(state) in BY_COMMAND[name].states and role in BY_COMMAND[name].roles
    )
