"""What a procedure is made of: steps as rows, and the machine a procedure gives.

``needs`` orders the steps; the machine has the phases only. Whoever is refused reads which step is missing and
which article asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from transitions import Machine

from models.actors import Role
from models.commands.measures import Form, Opinion
from models.measures.kinds import OVER, MeasureKind, MeasureState

M = MeasureState


@dataclass(frozen=True, slots=True)
class Step:
    """One step (步骤): who may take it, what must be done before, what it starts, ends and leaves behind."""

    key: str
    zh: str
    en: str
    roles: tuple[Role, ...]
    basis: str
    verified: str
    """How far ``basis`` was checked: F full text, Q quoted, L local, P policy, M memory, D design."""
    sources: tuple[MeasureState, ...]
    dest: MeasureState | None = None
    """The phase it leads to; None leaves the measure where it is."""
    form: type[Form] = Opinion
    rank: str | None = None
    """Policy key of the approving rank (审批权限)."""
    in_person: bool = False
    """No delegate may take it."""
    certified: bool = False
    """Takes an enforcement certificate (执法证); forms that name officers need two of them."""
    apart: tuple[str, ...] = ()
    """Steps (``propose`` included) whose doers may not take this one (职责分离)."""
    needs: tuple[str, ...] = ()
    """Steps that must be done before."""
    guards: tuple[str, ...] = ()
    """Names of rules that need more than a step done (:mod:`models.decisions.measures.guards`)."""
    starts: tuple[str, ...] = ()
    """Clocks that begin with it: at service where its form is one, else at once."""
    ends: tuple[str, ...] = ()
    """Clocks it meets."""
    drops: tuple[str, ...] = ()
    """Clocks that fall away with it."""
    clears: tuple[str, ...] = ()
    """Steps that must be taken again after it."""
    repeats: bool = False
    instrument: str | None = None
    """The document (文书) it produces: a code key of the policy's numbering."""
    serves: tuple[str, ...] = ()
    """Steps whose document it puts into the enterprise's hands."""
    bearing: str | None = None
    """What it means to the enterprise's file."""
    outcome: str | None = None
    """The outcome it ends the measure with."""
    open: bool = False
    """Whether the enterprise learns of it."""
    even_struck: bool = False
    """May still be taken when a remedy has taken the act away (被撤销、确认无效)."""
    told: tuple[Role, ...] = ()

    @property
    def command(self) -> str:
        """What the rules of its authority are named by, as those of a command (:class:`models.authority.Row`)."""
        return self.key


@dataclass(frozen=True)
class Procedure:
    """The procedure of one kind of measure (措施程序)."""

    kind: MeasureKind
    basis: str
    verified: str
    proposers: tuple[Role, ...]
    rows: tuple[Step, ...]
    first: MeasureState = M.PROPOSED
    """The phase right after proposing; IN_FORCE for what acts first and is confirmed afterwards."""
    urgent: bool = False
    """Whether it may also act first, urgently, and be confirmed afterwards."""
    two_officers: bool = False
    """Proposing takes two certified officers."""
    asks: tuple[str, ...] = ()
    """Fields a proposal must fill in besides its cause."""
    grounds: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The closed list of grounds (事由), when the law has one."""
    industries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """The industries (行业领域) it is limited to, when the law names some."""
    guards: tuple[str, ...] = ()
    """Rules a proposal must meet."""
    starts: tuple[str, ...] = ("approval.decide",)
    """Clocks a proposal begins."""
    asks_at_once: tuple[str, ...] = ("service",)
    """Fields a proposal must fill in besides when it acts first."""
    starts_at_once: tuple[str, ...] = ()
    """Clocks that begin when it acts first."""
    instrument_at_once: str | None = None
    """The document served when it acts first."""
    bearing_at_once: str | None = None
    lapses: tuple[str, ...] = ()
    """Clocks whose end ends the measure: unconfirmed, or its term is over."""
    follows: Mapping[str, str] = field(default_factory=dict)
    """Clock → the clock that begins when it has run out."""
    blocks_sign_off: bool = False
    remedy: tuple[str, str] | None = None
    """What ends it, for the refusal of a sign-off."""
    penalty: bool = False
    once: str = ""
    """The articles that bar a second one for the same violation (一事不再罚); empty for what may be taken again."""
    survives_closure: bool = False
    """Goes on when the government has closed the enterprise."""

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The steps by key."""
        return {step.key: step for step in self.rows}

    @cached_property
    def way(self) -> frozenset[str]:
        """The steps of a course in which nothing comes between (程序主线): what brings the measure into force, what ends it
        then after most has been done, and all they need."""
        found = {row.key for row in self.rows if row.dest is M.IN_FORCE}
        ends = [row for row in self.rows if row.dest is M.ENDED and M.IN_FORCE in row.sources and row.needs]
        found |= {max(ends, key=lambda row: len(row.needs)).key} if ends else set()
        while more := {need for key in found for need in self.steps[key].needs} - found:
            found |= more
        return frozenset(found)

    @cached_property
    def machine(self) -> Machine:
        """The phases as a machine; it holds no measure, so every case may use it."""
        return Machine(
            model=None,
            states=MeasureState,
            initial=None,
            transitions=[
                {"trigger": step.key, "source": source, "dest": step.dest or source}
                for step in self.rows
                for source in step.sources
            ]
            + [
                {"trigger": trigger, "source": state, "dest": dest}
                for trigger, dest in (("lapse", M.LAPSED), ("close_with_enterprise", M.ENDED))
                for state in MeasureState
                if state not in OVER
            ],
            auto_transitions=False,
        )

    def ahead(self, state: MeasureState) -> frozenset[MeasureState]:
        """``state`` and every phase that can still come after it."""
        return self._ahead[state]

    @cached_property
    def _ahead(self) -> dict[MeasureState, frozenset[MeasureState]]:
        return {state: self._reached(state) for state in MeasureState}

    def _reached(self, state: MeasureState) -> frozenset[MeasureState]:
        found, before = frozenset({state}), frozenset[MeasureState]()
        while found != before:
            before = found
            found |= {row.dest for row in self.rows if row.dest and found.intersection(row.sources)}
        return found

    def gates(self, step: Step, state: MeasureState | None = None) -> tuple[Step, ...]:
        """The steps still ahead of ``state`` (else of all) that lead into a phase where ``step`` can be taken."""
        ahead = self.ahead(state or self.first)
        return tuple(
            row
            for row in self.rows
            if row.dest in step.sources
            and row.dest not in OVER
            and row.key != step.key
            and ahead.intersection(row.sources)
        )


class Phase:
    """Where one measure stands, moved by its procedure's machine."""

    state: MeasureState

    def __init__(self, procedure: Procedure, state: MeasureState) -> None:
        self._procedure = procedure
        self.state = state

    def fire(self, step: str) -> MeasureState:
        """Take the step; raises ``transitions.MachineError`` where the table has none."""
        self._procedure.machine.events[step].trigger(self)
        return self.state
