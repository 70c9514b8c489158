"""Measures as part of a case's snapshot: ids and facts, no words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from models.caseclocks import ClockRun
from models.measures.kinds import OVER, MeasureKind, MeasureState

STRUCK = ("annulled", "void")
"""Outcomes of a remedy that take the act away: nothing is done on it any more (被撤销、确认无效)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Done(_Frozen):
    """A step as it was taken last."""

    at: datetime
    by: tuple[str, ...]
    times: int = 1
    seq: int = 0
    """The entry that says so, or corrects it."""
    facts: dict[str, Any] = {}


class Replaced(_Frozen):
    """What the last step of a measure replaced (撤回步骤): with this a slip is taken back while nothing has followed it."""

    step: str
    measure: Measure
    clocks: dict[str, ClockRun] = {}
    """The clocks it moved, as they were."""
    begun: tuple[str, ...] = ()
    """The clocks that had not run before it."""


class Measure(_Frozen):
    """One measure of a case (措施)."""

    measure_id: str
    no: int
    kind: MeasureKind
    state: MeasureState
    proposed_by: tuple[str, ...]
    proposed_at: datetime
    officers: tuple[str, ...] = ()
    urgent: bool = False
    ground: str | None = None
    amount: int | None = None
    target: Literal["unit", "person"] = "unit"
    scope: Literal["whole", "part", "equipment"] | None = None
    proposal: str | None = None
    violation: int = 0
    """Which violation it answers: how often the hazard had come back when it was proposed."""
    in_force_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    escalated: int = 0
    """How many ranks its unanswered approval has gone up."""
    refused_resumptions: int = 0
    known: bool = False
    """Whether the enterprise has been told of it."""
    done: dict[str, Done] = {}
    last: Replaced | None = None
    """What its last step replaced; None once something else has happened to it."""

    @property
    def open(self) -> bool:
        return self.state not in OVER

    @property
    def struck(self) -> bool:
        """Whether a remedy has taken the act away, whether or not the bureau has ended the measure yet."""
        return self.fact("record_remedy", "outcome") in STRUCK

    @property
    def in_force(self) -> bool:
        return self.state is MeasureState.IN_FORCE and not self.struck

    def clock(self, key: str) -> str:
        """The name of its clock ``key`` among the case's clocks."""
        return f"m{self.no}/{key}"

    def fact(self, step: str, name: str) -> Any:
        """What ``step`` said of ``name``; None when it was not taken."""
        taken = self.done.get(step)
        return taken.facts.get(name) if taken else None


class Proposal(_Frozen):
    """What the ladder proposed (升级建议): a task for a person, never an act."""

    key: str
    no: int
    rule: str
    kind: MeasureKind
    role: str
    raised_at: datetime
    facts: dict[str, Any] = {}
    status: Literal["open", "taken", "closed"] = "open"
    escalated: int = 0
    covers: str | None = None
    """The fact its rule stood on when it was closed, where that had grown since: it is not proposed on again."""

    @property
    def clock(self) -> str:
        """The name of its clock among the case's clocks."""
        return f"p{self.no}/proposal.answer"


class RefusalFact(_Frozen):
    """A refusal to comply, recorded by two officers (拒不执行)."""

    subject: str
    officers: tuple[str, ...]
    at: datetime
