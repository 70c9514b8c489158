"""Adopting a newer policy version for open cases (适用新版规则): what it does to a case, told by the decision it will take."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.actors import Actor
from models.case import HazardCase
from models.caseclocks import Rules
from models.clocks import Due
from models.commands import AdoptPolicy
from models.envelope import Envelope, seal
from models.policy import Policy
from models.snapshot import Case


class AdoptionState(StrEnum):
    """What became of a case that was chosen."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    KNOWN = "known"  # it went by the version already
    ENDED = "ended"  # the case ended first
    REFUSED = "refused"


ADOPTION_LABELS: dict[AdoptionState, tuple[str, str]] = {
    AdoptionState.WAITING: ("等待办理", "waiting"),
    AdoptionState.ADOPTED: ("已适用", "adopted"),
    AdoptionState.KNOWN: ("此前已适用", "adopted before"),
    AdoptionState.ENDED: ("案件已办结", "the case has ended"),
    AdoptionState.REFUSED: ("未办成", "refused"),
}


class Shift(NamedTuple):
    """A clock that adopting changes: where it ended and where it will; None where it does not run before or after."""

    key: str
    before: Due | None
    after: Due | None


def shifts(case: Case, rules: Rules, policy: Policy, actor: Actor, at: datetime) -> list[Shift]:
    """What the clocks of ``case`` do when ``actor`` adopts ``policy`` for it at ``at``. Raises what the case would refuse."""
    payload, _ = seal(AdoptPolicy(policy=policy.packed, reason="…"))
    envelope = Envelope(
        command_id="preview",
        case_id=case.case_id,
        command=AdoptPolicy.name,
        payload=payload,
        actor=actor,
        issued_at=at,
    )
    tried = HazardCase(rules, case)
    before = _running(tried.case)
    tried.apply(envelope, at)
    after = _running(tried.case)
    moved = (Shift(key, before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after)))
    return [one for one in moved if one.before != one.after]


def _running(case: Case) -> dict[str, Due]:
    return {clock.key: clock.due for clock in case.active_clocks()}
