"""Who may know what (知情范围): decided here, used by everything that answers, and by nothing else decided again.

Until it is served, a measure is the bureau's own affair; so are the ladder and what it proposes, the words of internal
commands, and what officials weigh in an enterprise's file. A case is told of from the entry on by which its enterprise
was first told officially (:attr:`models.snapshot.Case.told_seq`): what was said, found and counted before it stays
inside, so that nobody outside can tell a tip from an inspection. Row-level security and ``Scope.where`` carry the same
out over rows, by the lists of this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from models.actors import DISTRICT_ROLES, Actor, Role
from models.authority import in_scope
from models.caseclocks import ACTIVE, STANDING, ClockRun
from models.caselives import is_threshold, life_of, of_case
from models.commands import (
    Source,
)
from models.errors import NotFound
from models.measures.kinds import MeasureKind
from models.measures.snapshot import Measure, Proposal
from models.measures.steps import Step
from models.snapshot import Case

CONFIDANTS = DISTRICT_ROLES | {Role.TERRITORY}
"""Who is told of measures in preparation, of the ladder, and that a case came from a tip; all others are outsiders."""
FILE_READERS = DISTRICT_ROLES
"""Who reads an enterprise's file as officials keep it; the others are shown what follows from it."""
TOLD_OF_FILE = frozenset(
    {
        "stop_began",
        "stop_lifted",
        "bad_faith_listed",
        "bad_faith_annulled",
        "bad_faith_expired",
        "removal_requested",
        "removal_refused",
        "removed_early",
        "accident_recorded",
        "accepted_after_accident",
        "closed_by_government",
        "closure_annulled",
    }
)
"""Entries of an enterprise's ledger that it is told of itself: what was served on it, what it asked for, what was
answered; never what officials only weigh, nor a decision before its service."""

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
    "proposal_lapsed",
    "lead_signed",
    "refusal_withdrawn",
    "step_withdrawn",
    "measure_service_corrected",
    "refusal_recorded",
)
"""Entries of a case's ledger that are as quiet as the measure they speak of; a leader's signature would tell of a tip."""
PREPARATORY = ("lead.verify", "lead.sign", "order.issue", "order.serve")
"""Clocks of the authority before the enterprise is told: nobody outside knows of them, then or later."""
NAMING_CLOCKS = ("clocks_missed", "reminded", "digested", "clocks_rederived")
"""Entries that are about nothing but the clocks they name in ``keys`` or ``moved``."""
_NAMES = ("keys", "moved")
_SERVED_WITH = (Role.ENTERPRISE, Role.TERRITORY)
"""Who is told outside the bureau when a measure is served."""
_UNTOLD = frozenset({"proposal"})
"""Facts of an entry about a measure that stay inside though the entry is open: the ladder's proposal it came from."""

TOLD_SOURCES = frozenset({Source.SELF_REPORT})
"""Where a case came from, as far as anybody outside may learn it: only what the enterprise said itself."""
_RUNNING = ACTIVE - STANDING
_NO_ENTRY = 2**31 - 1


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
    the clocks of those measures an outsider has been told of, ``told_seq`` and ``told_at`` the entry by which the
    enterprise was first told of the case."""

    role: Role
    known: frozenset[str] = frozenset()
    told_seq: int | None = None
    told_at: datetime | None = None

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
        if not self.outside:
            return True
        if of_case(key):
            return key not in PREPARATORY
        if is_threshold(key) or key.partition("/")[0] not in self.known:
            return False
        return life_of(key).owner is Role.ENTERPRISE

    def clocks(self, clocks: Iterable[ClockRun]) -> tuple[ClockRun, ...]:
        """Those of ``clocks`` the asker may know of."""
        return tuple(clock for clock in clocks if self.shows(clock.key) and not self._before(clock))

    def _before(self, clock: ClockRun) -> bool:
        """Whether a clock is over that ran before the enterprise was told: its deadline runs from service."""
        if not self.outside or clock.active or clock.key == "rectify":
            return False
        return self.told_at is None or clock.starts_at < self.told_at

    def next_clock(self, clocks: Mapping[str, ClockRun], bureau: str | None) -> ClockRun | None:
        """The next clock the asker may know of; for officials it is ``bureau``."""
        if not self.outside:
            return clocks.get(bureau or "")
        running = (one for one in clocks.values() if one.active and not one.standing)
        return min(self.clocks(running), key=lambda one: (one.due_at, one.key), default=None)

    # -- entries -----------------------------------------------------------------------------------
    @property
    def first(self) -> int:
        """The first entry the asker may know of."""
        if not self.outside:
            return 1
        return _NO_ENTRY if self.told_seq is None else self.told_seq

    def number(self, seq: int) -> int:
        """The number of an entry as the asker counts: nobody outside learns how many came before."""
        return max(seq - self.first + 1, 0)

    def seq(self, number: int) -> int:
        """The entry the asker knows by ``number``."""
        return number + self.first - 1

    def tells(self, entry: Entry) -> bool:
        """Whether the asker may know of an entry: nothing before they were told, and a measure's is as quiet as it."""
        if not self.outside:
            return True
        if entry.seq < self.first:
            return False
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
            if name not in _UNTOLD and not (name == "source" and shown_source(self.role, value) is None)
        }

    def last(self, entries: Iterable[E]) -> E | None:
        """The newest of ``entries`` the asker may know of."""
        return max((one for one in entries if self.tells(one)), key=lambda one: one.seq, default=None)

    def knows_last(self, case: Case) -> bool:
        """Whether the asker may know of the last event by its name alone."""
        return not self.outside or case.last_event not in (*MEASURE_EVENTS, *NAMING_CLOCKS)

    # -- the case ----------------------------------------------------------------------------------
    def opened(self, opened_at: datetime) -> datetime:
        """When the case began for the asker: nobody outside learns how long it was known before they were told."""
        return (self.told_at or opened_at) if self.outside else opened_at

    def inspection(self, inspection_id: str | None) -> str | None:
        """The inspection a case or an order came from: outside, an order without one would tell of a tip."""
        return None if self.outside else inspection_id


def shown_source(role: Role, source: str) -> str | None:
    """Where a case came from; None when that is not for ``role`` to know."""
    return source if role in CONFIDANTS or source in TOLD_SOURCES else None


def sight_of(
    role: Role,
    measures: Iterable[Mapping[str, Any]] | None,
    told_seq: int | None,
    told_at: datetime | None,
) -> Sight:
    """The sight of ``role`` on a case with these measures, as its snapshot has them, told of by that entry.

    Only the enterprise is told of measures; an assessor and a reporter never are.
    """
    told = role is Role.ENTERPRISE
    known = frozenset(f"m{one['no']}" for one in measures or () if told and one.get("known"))
    return Sight(role, known, told_seq, told_at)


def sight_on(case: Case, role: Role) -> Sight:
    """The sight of ``role`` on ``case``."""
    measures = case.measures if role is Role.ENTERPRISE else ()
    known = frozenset(f"m{one.no}" for one in measures if one.known)
    return Sight(role, known, case.told_seq, case.told_at)


def kinds_of(
    measures: Iterable[Mapping[str, Any]] | None, proposals: Iterable[Mapping[str, Any]] | None
) -> dict[str, MeasureKind]:
    """The kinds of measures and proposals by the prefix of their clocks (``m1``, ``p1``)."""
    kinds = {f"m{one['no']}": MeasureKind(one["kind"]) for one in measures or ()}
    return kinds | {f"p{one['no']}": MeasureKind(one["kind"]) for one in proposals or ()}


# -- the case as a whole ---------------------------------------------------------------------------
def discloses(doc: Mapping[str, Any]) -> bool:
    """Whether those outside may learn of the case with this snapshot: once its enterprise was told officially."""
    return doc.get("told_seq") is not None


def next_told(doc: Mapping[str, Any]) -> str | None:
    """The next deadline its enterprise may know of, of the case with this snapshot (JSON); one that stands still is none."""
    sight = sight_of(Role.ENTERPRISE, doc.get("measures"), doc.get("told_seq"), doc.get("told_at"))
    clocks: Mapping[str, Mapping[str, Any]] = doc.get("clocks") or {}
    running = (
        str(clock["due_at"])
        for key, clock in clocks.items()
        if clock["status"] in _RUNNING and sight.shows(key)
    )
    return min(running, key=datetime.fromisoformat, default=None)


def known_to_enterprise(case: Case) -> bool:
    """Whether the enterprise has been told of the case officially."""
    return case.told_seq is not None


def check_sees(case: Case, actor: Actor) -> None:
    """Raise :class:`NotFound` unless the case is the asker's to see; an outsider's is once it is disclosed."""
    shut = actor.role not in CONFIDANTS and not known_to_enterprise(case)
    if not in_scope(case, actor) or shut:
        raise NotFound("没有这个案件", "no such case", rule="scope")


def reads_file(role: Role) -> bool:
    """Whether ``role`` reads an enterprise's file as officials keep it."""
    return role in FILE_READERS


def tells_of_file(role: Role, event: str) -> bool:
    """Whether ``role`` is told of the entry ``event`` of an enterprise's ledger."""
    return reads_file(role) or event in TOLD_OF_FILE


def may_be_told(case: Case, event: Any, role: Role, clock: str | None) -> bool:
    """Whether ``role`` may get a notice of ``event`` about ``clock``: outside the bureau only of what is open, and an
    enterprise only of a case it was told of officially."""
    if role in DISTRICT_ROLES:
        return True
    if event.type in MEASURE_EVENTS and not (getattr(event, "open", False) and role in _SERVED_WITH):
        return False
    told = role in CONFIDANTS or known_to_enterprise(case)
    return told and (not clock or sight_on(case, role).shows(clock))
