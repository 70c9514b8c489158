"""Decisions: for each command, the guards that look at its content and the events it leads to.

A decision is pure and never changes the case. Role, rank, state and separation of duties were checked before it
(``models/authority.py``). Importing this package fills :data:`models.decisions.base.DECISIONS`.
"""

from models.decisions import (
    amending,
    completion,
    correction,
    deadline,
    grading,
    intake,
    ordering,
    signing_off,
    upkeep,
)
from models.decisions.base import DECISIONS, Context
from models.decisions.measures import proposing, steps

__all__ = [
    "DECISIONS",
    "Context",
    "amending",
    "completion",
    "correction",
    "deadline",
    "grading",
    "intake",
    "ordering",
    "proposing",
    "signing_off",
    "steps",
    "upkeep",
]
