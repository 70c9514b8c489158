"""The assumed people (假定的人): whoever a duty asks for, with the right role and rank, and nobody real."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.actors import ROLE_OF_RANK, Actor, Rank, Role
from models.batch import Task
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.envelope import Envelope, Facts, seal
from models.snapshot import Case

OFFICERS = ("assumed-officer-1", "assumed-officer-2")
REVIEWER = "assumed-reviewer"
ASSESSOR_ORG = "assumed-assessor"
EVIDENCE = "assumed-evidence"
WORDS = "预演：假定的内容"
PROOF = (EVIDENCE,)
"""What stands where people would write or attach something; only its presence counts."""

Pair = tuple[str, str]


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
    """One command an assumed person gives; ``name`` says it in words where the command's own name is too broad."""

    actor: Actor
    command: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    name: Pair | None = None
    basis: str | None = None


Maker = Callable[[Scene], tuple[Act, ...]]


def leader_id(rank: Rank) -> str:
    """The user id of the assumed leader of that rank."""
    return f"assumed-{rank.value}"


FACTS = Facts(
    certified=(*OFFICERS, *(leader_id(rank) for rank in Rank)),
    evidence={EVIDENCE: "0" * 64},
    handler_ok=True,
    assessor_ok=True,
    officials={
        **dict.fromkeys(OFFICERS, Role.INSPECTOR.value),
        **{leader_id(rank): ROLE_OF_RANK[rank].value for rank in Rank},
        REVIEWER: Role.LEGAL_REVIEWER.value,
    },
)
"""What the API would vouch for: the papers are in order, or the rehearsal would be about them."""


def command_of(act: Act, case_id: str, at: datetime) -> Envelope:
    """``act`` as a command to the case, not signed yet."""
    payload, _ = seal(COMMANDS[act.command].model_validate(act.fields))
    return Envelope(
        command_id=str(uuid.uuid4()),
        case_id=case_id,
        command=act.command,
        payload=payload,
        actor=act.actor,
        facts=FACTS,
        issued_at=at,
    )


def firm(scene: Scene) -> Actor:
    """Somebody of the enterprise."""
    return Actor(user_id="assumed-firm", role=Role.ENTERPRISE, enterprise_id=scene.case.enterprise_id)


def officer(scene: Scene) -> Actor:
    """The first of two certified officers; neither had a hand in the case before."""
    return Actor(user_id=OFFICERS[0], role=Role.INSPECTOR, certified=True, district_id=scene.case.district_id)


def reviewer(scene: Scene) -> Actor:
    """Somebody of the legal section."""
    return Actor(user_id=REVIEWER, role=Role.LEGAL_REVIEWER, district_id=scene.case.district_id)


def leader(scene: Scene, rank: Rank | None = None) -> Actor:
    """A leader of ``rank``, or of the one the task asks for."""
    asked = rank or Rank(scene.task.rank or Rank.SECTION_HEAD)
    return Actor(
        user_id=leader_id(asked),
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


def holder(scene: Scene) -> Actor:
    """Whoever the task is put before."""
    role = Role(scene.task.role)
    if role is Role.INSPECTOR:
        return officer(scene)
    if scene.task.rank or role.value in set(Rank):
        return leader(scene, Rank(scene.task.rank or role.value))
    return Actor(user_id=f"assumed-{role.value}", role=role, district_id=scene.case.district_id)
