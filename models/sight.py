"""Who may know what (知情范围): decided here, used by everything that answers, and by nothing else decided again.

Until it is served, a measure is the bureau's own affair; so are the ladder and what it proposes, the words of internal
commands, what officials weigh in an enterprise's file, and that a case came from a tip. Row-level security and
``Scope.where`` carry the same out over rows, by the lists of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from models.actors import BUREAU_ROLES, DISTRICT_ROLES, Actor, Role
from models.authority import in_scope
from models.caseclocks import ClockRun, ClockStatus
from models.caselives import is_threshold, life_of, of_case
from models.commands import (
    AssignHandler,
    CloseProposal,
    MarkUnfounded,
    Part,
    ProposeMeasure,
    ProposeRegrade,
    RecordRefusal,
    Source,
    SuspectMajor,
    TakeStep,
    TransferCase,
    Verify,
    VoidCase,
)
from models.enterprise.commands import EnterpriseCommand, RequestRemoval
from models.errors import NotFound
from models.measures.clocks import MEASURE_LIVES
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure, Proposal
from models.measures.steps import Step
from models.snapshot import Case

CONFIDANTS = DISTRICT_ROLES | {Role.TERRITORY}
"""Who is told of measures in preparation, of the ladder, and that a case came from a tip; all others are outsiders."""
FILE_READERS = DISTRICT_ROLES
"""Who reads an enterprise's file as officials keep it; the others are shown what follows from it."""
INNER_READERS = DISTRICT_ROLES
"""Who reads the words and the evidence that stay inside the authority (内部意见)."""
ORIGINAL_READERS = BUREAU_ROLES | {Role.AUDITOR}
"""Who may see originals of evidence, with their place and device data; every look is recorded."""

MEASURE_EVENTS = (
    "measure_proposed",
    "measure_step",
    "measure_lapsed",
    "windows_closed",
    "approval_escalated",
    "lift_due",
    "proposal_raised",
    "proposal_escalated",
    "proposal_closed",
    "refusal_recorded",
)
"""Entries of a case's ledger that are as quiet as the measure they speak of."""
NAMING_CLOCKS = ("clocks_missed", "reminded", "digested", "clocks_rederived")
"""Entries that are about nothing but the clocks they name in ``keys`` or ``moved``."""
THEIR_CLOCKS = tuple(key for key, life in MEASURE_LIVES.items() if life.owner is Role.ENTERPRISE)
"""Clocks of a measure it is served with that an enterprise knows of: those that are its own."""
_NAMES = ("keys", "moved")
_SERVED_WITH = (Role.ENTERPRISE, Role.TERRITORY)
"""Who is told outside the bureau when a measure is served."""
_UNTOLD = frozenset({"proposal"})
"""Facts of an entry about a measure that stay inside though the entry is open: the ladder's proposal it came from."""

_OPENLY_FOUND = frozenset({Source.INSPECTION, Source.SELF_REPORT})
_NOT_YET_OPEN = frozenset({"REPORTED", "RECORDED", "DETERMINING", "UNFOUNDED", "TRANSFERRED", "VOIDED"})

INTERNAL = frozenset(
    kind.name
    for kind in (
        AssignHandler,
        CloseProposal,
        MarkUnfounded,
        ProposeRegrade,
        RecordRefusal,
        SuspectMajor,
        TransferCase,
        Verify,
        VoidCase,
    )
)
"""Commands whose words stay inside the authority: the parties see that it happened, not what was said."""
INNER_STEPS = frozenset(
    row.key for procedure in PROCEDURES.values() for row in procedure.rows if not row.open
)
"""Steps the enterprise does not learn of."""
_DECIDERS = ("decided_by", "answered_by", "decided_at", "answer")
"""Details of a refusal that say who decided what, and when."""


class Entry(Protocol):
    """A line of a case's ledger, wherever it was read."""

    @property
    def seq(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def role(self) -> str | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody of ``role`` may know of one case that is theirs to see; ``known`` are the prefixes (``m1``) of
    the clocks of those measures an outsider has been told of."""

    role: Role
    known: frozenset[str] = frozenset()

    @property
    def outside(self) -> bool:
        """Whether the asker is none of those who are told of what is only in preparation."""
        return self.role not in CONFIDANTS

    # -- measures ----------------------------------------------------------------------------------
    def knows(self, measure: Measure) -> bool:
        """Whether the asker may know of a measure."""
        return not self.outside or f"m{measure.no}" in self.known

    def measures(self, case: Case) -> tuple[Measure, ...]:
        """The measures the asker may know of."""
        return tuple(one for one in case.measures if self.knows(one))

    def shows_step(self, step: Step) -> bool:
        """Whether the asker may know of a step of a measure they know of."""
        return not self.outside or step.open

    def proposals(self, case: Case) -> tuple[Proposal, ...]:
        """What the ladder proposes: for officials only."""
        return () if self.outside else case.proposals

    def proposers(self, measure: Measure) -> tuple[str, ...]:
        """Who proposed it is the bureau's own affair."""
        return () if self.outside else measure.proposed_by

    def origin(self, measure: Measure) -> str | None:
        """The ladder's proposal a measure came from."""
        return None if self.outside else measure.proposal

    # -- clocks ------------------------------------------------------------------------------------
    def shows(self, key: str) -> bool:
        """Whether the asker may know of the clock ``key``."""
        if not self.outside or of_case(key):
            return True
        if is_threshold(key) or key.partition("/")[0] not in self.known:
            return False
        return life_of(key).owner is Role.ENTERPRISE

    def clocks(self, clocks: Iterable[ClockRun]) -> tuple[ClockRun, ...]:
        """Those of ``clocks`` the asker may know of."""
        return tuple(clock for clock in clocks if self.shows(clock.key))

    def next_clock(self, clocks: Mapping[str, ClockRun], bureau: str | None) -> ClockRun | None:
        """The next clock the asker may know of; for officials it is ``bureau``."""
        if not self.outside:
            return clocks.get(bureau or "")
        running = (one for one in clocks.values() if one.active and one.status is not ClockStatus.PAUSED)
        return min(self.clocks(running), key=lambda one: (one.due_at, one.key), default=None)

    # -- entries -----------------------------------------------------------------------------------
    def tells(self, entry: Entry) -> bool:
        """Whether the asker may know of an entry: a measure's is as quiet as the measure."""
        if not self.outside:
            return True
        if entry.event in MEASURE_EVENTS:
            own = entry.role == Role.ENTERPRISE.value
            return self.role is Role.ENTERPRISE and (own or entry.data.get("open") is True)
        if entry.event in NAMING_CLOCKS:
            return any(self.shows(key) for name in _NAMES for key in entry.data.get(name) or ())
        return True

    def facts(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an entry without what the asker may not know: names of clocks, the ladder, a tip."""
        if not self.outside:
            return dict(data)
        return {
            name: [key for key in value if self.shows(key)] if name in _NAMES else value
            for name, value in data.items()
            if name not in _UNTOLD and not (name == "source" and self.source(value) is None)
        }

    def last(self, entries: Iterable[E]) -> E | None:
        """The newest of ``entries`` the asker may know of."""
        return max((one for one in entries if self.tells(one)), key=lambda one: one.seq, default=None)

    def knows_last(self, case: Case) -> bool:
        """Whether the asker may know of the last event by its name alone."""
        return not self.outside or case.last_event not in (*MEASURE_EVENTS, *NAMING_CLOCKS)

    # -- the case ----------------------------------------------------------------------------------
    def source(self, source: str) -> str | None:
        """Where a case came from; None when that is not for the asker to know."""
        return None if source == Source.TIP and not sees_tips(self.role) else source


def sight_of(role: Role, measures: Iterable[Mapping[str, Any]] | None) -> Sight:
    """The sight of ``role`` on a case with these measures, as its snapshot has them.

    Only the enterprise is told of measures; an assessor and a reporter never are.
    """
    told = role is Role.ENTERPRISE
    return Sight(role, frozenset(f"m{one['no']}" for one in measures or () if told and one.get("known")))


def sight_on(case: Case, role: Role) -> Sight:
    """The sight of ``role`` on ``case``."""
    return sight_of(role, [{"no": one.no, "known": one.known} for one in case.measures])


def kinds_of(
    measures: Iterable[Mapping[str, Any]] | None, proposals: Iterable[Mapping[str, Any]] | None
) -> dict[str, MeasureKind]:
    """The kinds of measures and proposals by the prefix of their clocks (``m1``, ``p1``)."""
    kinds = {f"m{one['no']}": MeasureKind(one["kind"]) for one in measures or ()}
    return kinds | {f"p{one['no']}": MeasureKind(one["kind"]) for one in proposals or ()}


# -- the case as a whole ---------------------------------------------------------------------------
def discloses(source: str, state: str) -> bool:
    """Whether the authority has acted openly: before that, an enterprise must not learn of a tip about it."""
    return source in _OPENLY_FOUND or state not in _NOT_YET_OPEN


def known_to_enterprise(case: Case) -> bool:
    """Whether the enterprise has been told of the case officially: it reported it, was served, or put it right."""
    served = case.order is not None and case.order.served is not None
    told = served or any(measure.known for measure in case.measures)
    return told or case.source is Source.SELF_REPORT or case.submitted_at is not None


def check_sees(case: Case, actor: Actor) -> None:
    """Raise :class:`NotFound` unless the case is the asker's to see; an enterprise's is once it is disclosed."""
    open_to_it = discloses(case.source.value, case.state.value) or known_to_enterprise(case)
    if not in_scope(case, actor) or (actor.role is Role.ENTERPRISE and not open_to_it):
        raise NotFound("没有这个案件", "no such case", rule="scope")


def reads_file(role: Role) -> bool:
    """Whether ``role`` reads an enterprise's file as officials keep it."""
    return role in FILE_READERS


def sees_tips(role: Role) -> bool:
    """Whether ``role`` may learn that a case came from a tip; the others are not told the source."""
    return role in CONFIDANTS


def may_be_told(case: Case, event: Any, role: Role, clock: str | None) -> bool:
    """Whether ``role`` may get a notice of ``event`` about ``clock``: outside the bureau only of what is open, and an
    enterprise only of a case it was told of officially."""
    if role in DISTRICT_ROLES:
        return True
    if event.type in MEASURE_EVENTS and not (getattr(event, "open", False) and role in _SERVED_WITH):
        return False
    told = role is not Role.ENTERPRISE or known_to_enterprise(case)
    return told and (not clock or sight_on(case, role).shows(clock))


# -- words, evidence, refusals ---------------------------------------------------------------------
def words_stay_inside(command: Part) -> bool:
    """Whether the words of ``command`` are for the authority alone."""
    if isinstance(command, EnterpriseCommand):
        return not isinstance(command, RequestRemoval)
    if isinstance(command, TakeStep):
        return command.step in INNER_STEPS
    if isinstance(command, ProposeMeasure):
        acts_first = PROCEDURES[command.kind].first is MeasureState.IN_FORCE or command.urgent
        return not acts_first
    return getattr(command, "name", "") in INTERNAL


def reads_audience(role: Role, audience: str) -> bool:
    """Whether ``role`` reads words and evidence kept for ``audience`` (``parties`` or ``bureau``)."""
    return audience == "parties" or role in INNER_READERS


def variants_for(role: Role, media_type: str) -> tuple[Literal["copy", "thumbnail", "original"], ...]:
    """The variants of a piece of evidence that ``role`` may fetch."""
    found: list[Literal["copy", "thumbnail", "original"]] = ["copy"]
    found += ["thumbnail"] if media_type.startswith("image/") else []
    found += ["original"] if role in ORIGINAL_READERS else []
    return tuple(found)


def details_told(role: Role, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a refusal: who decided what is told to an outsider only where that step is open to them."""
    step = details.get("answer")
    opened = isinstance(step, str) and step not in INNER_STEPS and step != "propose"
    if role in CONFIDANTS or opened:
        return dict(details)
    return {name: value for name, value in details.items() if name not in _DECIDERS}
