"""The assumed people (假定的人): whoever a duty asks for, with the right role and rank, and nobody real."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.actors import ROLE_OF_RANK, Actor, Rank, Role
from models.batch import Task
from models.caseclocks import Rules
from models.doc import Case
from models.envelope import Facts

OFFICERS = ("assumed-officer-1", "assumed-officer-2")
ASSESSOR_ORG = "assumed-assessor"
EVIDENCE = "assumed-evidence"


@dataclass(frozen=True, slots=True)
class Scene:
    """What an assumed person sees when acting: the case, its rules, the task, the moment (UTC)."""

    case: Case
    rules: Rules
    task: Task
    at: datetime

    @property
    def items(self) -> list[int]:
        """The numbers of the requirements."""
        return [item.no for item in self.case.items]

    def days(self, clock: str) -> int:
        """The length of a policy clock."""
        return self.rules.policy.clock(clock).n


@dataclass(frozen=True, slots=True)
class Act:
    """One command an assumed person gives."""

    actor: Actor
    command: str
    fields: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[Scene], tuple[Act, ...]]

FACTS = Facts(
    certified=(*OFFICERS, *(f"assumed-{rank.value}" for rank in Rank)),
    evidence={EVIDENCE: "0" * 64},
    handler_ok=True,
    assessor_ok=True,
)
"""What the API would vouch for: the papers are in order, or the rehearsal would be about them."""


def firm(scene: Scene) -> Actor:
    """Somebody of the enterprise."""
    return Actor(user_id="assumed-firm", role=Role.ENTERPRISE, enterprise_id=scene.case.enterprise_id)


def officer(scene: Scene) -> Actor:
    """The first of two certified officers; neither had a hand in the case before."""
    return Actor(user_id=OFFICERS[0], role=Role.INSPECTOR, certified=True, district_id=scene.case.district_id)


def leader(scene: Scene, rank: Rank | None = None) -> Actor:
    """A leader of the rank the task asks for, or of ``rank``."""
    asked = rank or Rank(scene.task.rank or Rank.SECTION_HEAD)
    return Actor(
        user_id=f"assumed-{asked.value}",
        role=ROLE_OF_RANK[asked],
        rank=asked,
        certified=True,
        district_id=scene.case.district_id,
    )


def assessor(scene: Scene) -> Actor:
    """Somebody of the assessor the enterprise chose."""
    return Actor(
        user_id="assumed-expert",
        role=Role.ASSESSOR,
        assessor_org_id=scene.case.assessor_org_id or ASSESSOR_ORG,
    )
