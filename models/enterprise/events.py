"""What happens to an enterprise, in the past tense; :mod:`models.enterprise.fold` makes its snapshot of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from models.caseclocks import ClockRun
from models.enterprise.batch import Closure
from models.enterprise.snapshot import (
    Accident,
    ClosureFlag,
    Enterprise,
    Gravity,
    Listing,
    Penalty,
    Removal,
    Stop,
)
from models.snapshot import Frozen, Persons


class EnterpriseEvent(Frozen):
    """Base of all events; ``clocks`` are the clocks as they stand after it (started, moved or ended)."""

    type: ClassVar[str]
    clocks: tuple[ClockRun, ...] = ()
    taken_as_now: Mapping[str, str] = Field(default_factory=dict)
    """Moments that lay a little ahead of us and were taken as now: field → as given."""

    def change(self, entity: Enterprise, at: datetime) -> None:
        """Change the draft ``entity``; nested values are replaced, never mutated."""


class Enrolled(EnterpriseEvent):
    """The first event of every enterprise (企业建档)."""

    type = "enrolled"
    district_id: str
    policy_version: str
    policy_digest: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.policy_version = self.policy_version
        entity.policy_digest = self.policy_digest


class RulesAdopted(EnterpriseEvent):
    """A newer policy or calendar is in force; clocks under way keep their length."""

    type = "rules_adopted"
    policy_version: str
    policy_digest: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.policy_version = self.policy_version
        entity.policy_digest = self.policy_digest


class BearingNoted(EnterpriseEvent):
    """An entry of a case was read and changed nothing here."""

    type = "bearing_noted"
    kind: str
    case_id: str


class PenaltyCounted(EnterpriseEvent):
    type = "penalty_counted"
    penalty: Penalty

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.penalties = (*entity.penalties, self.penalty)


class PenaltyDropped(EnterpriseEvent):
    """A penalty decision was annulled: it never counted, and nothing it ordered is in force."""

    type = "penalty_dropped"
    case_id: str
    measure_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        mine = (self.case_id, self.measure_id)
        entity.penalties = tuple(p for p in entity.penalties if (p.case_id, p.measure_id) != mine)
        entity.stops = tuple(s for s in entity.stops if (s.case_id, s.measure_id) != mine)


class StopBegan(EnterpriseEvent):
    type = "stop_began"
    stop: Stop

    def change(self, entity: Enterprise, at: datetime) -> None:
        mine = (self.stop.case_id, self.stop.measure_id)
        others = (s for s in entity.stops if (s.case_id, s.measure_id) != mine)
        entity.stops = (*others, self.stop)


class StopLifted(EnterpriseEvent):
    type = "stop_lifted"
    case_id: str
    measure_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        mine = (self.case_id, self.measure_id)
        entity.stops = tuple(s for s in entity.stops if (s.case_id, s.measure_id) != mine)


class MajorNoted(EnterpriseEvent):
    """A case of the enterprise was graded as a major hazard, or the hazard came back."""

    type = "major_noted"
    case_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.major_cases = tuple(sorted({*entity.major_cases, self.case_id}))
        entity.penalties = tuple(
            one.model_copy(update={"major": True}) if one.case_id == self.case_id else one
            for one in entity.penalties
        )


class MajorGone(EnterpriseEvent):
    """A major hazard was signed off, or regraded, or its case ended: nothing decided on it weighs as major any more."""

    type = "major_gone"
    case_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.major_cases = tuple(one for one in entity.major_cases if one != self.case_id)
        entity.penalties = tuple(
            one.model_copy(update={"major": False}) if one.case_id == self.case_id else one
            for one in entity.penalties
        )


class RecurrenceCounted(EnterpriseEvent):
    type = "recurrence_counted"
    case_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.recurrences += 1


class ClosureFlagged(EnterpriseEvent):
    """The conditions of Article 113 are there: closure should be requested, says the service to the head."""

    type = "closure_flagged"
    no: int
    window: Literal["short", "long"]
    decisions: tuple[str, ...]
    major_cases: tuple[str, ...] = ()

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.flag = ClosureFlag(no=self.no, window=self.window, raised_at=at, decisions=self.decisions)
        entity.flags = self.no
        entity.flagged = tuple(dict.fromkeys((*entity.flagged, *self.decisions)))


class ClosureFlagDropped(EnterpriseEvent):
    """Before anybody answered, a decision it counted was annulled and too few are left, or the major hazard is gone."""

    type = "closure_flag_dropped"

    def change(self, entity: Enterprise, at: datetime) -> None:
        flag = _flag(entity)
        entity.flag = flag.model_copy(update={"status": "dropped", "answered_at": at})
        entity.flagged = tuple(key for key in entity.flagged if key not in flag.decisions)


class ClosureFlagAnswered(EnterpriseEvent):
    """Answered; the answer speaks for every decision there is, also those that came while it was open."""

    type = "closure_flag_answered"
    answer: Literal["requested", "declined"]
    by: Persons
    case_id: str | None = None

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"status": self.answer, "answered_at": at, "answered_by": self.by, "case_id": self.case_id}
        entity.flag = _flag(entity).model_copy(update=update)
        entity.flagged = tuple(
            dict.fromkeys((*entity.flagged, *(penalty.key for penalty in entity.penalties)))
        )


class ClosureFlagEscalated(EnterpriseEvent):
    """Nobody answered in time: the government is told."""

    type = "closure_flag_escalated"
    keys: tuple[str, ...]

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.flag = _flag(entity).model_copy(update={"escalated": True})


class BadFaithListed(EnterpriseEvent):
    type = "bad_faith_listed"
    listing: Listing

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.bad_faith = self.listing


class RemovalRequested(EnterpriseEvent):
    type = "removal_requested"
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, entity: Enterprise, at: datetime) -> None:
        removal = Removal(requested_at=at, by=self.by)
        entity.bad_faith = _listing(entity).model_copy(update={"removal": removal})


class RemovalRefused(EnterpriseEvent):
    type = "removal_refused"
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.bad_faith = _listing(entity).model_copy(update={"removal": None})


class RemovedEarly(EnterpriseEvent):
    type = "removed_early"
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"status": "removed", "ended_at": at, "removal": None}
        entity.bad_faith = _listing(entity).model_copy(update=update)


class BadFaithAnnulled(EnterpriseEvent):
    """The decision that listed it was annulled."""

    type = "bad_faith_annulled"

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"status": "annulled", "ended_at": at, "removal": None}
        entity.bad_faith = _listing(entity).model_copy(update=update)


class BadFaithExpired(EnterpriseEvent):
    """The term of the listing has run out."""

    type = "bad_faith_expired"

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"status": "expired", "ended_at": at, "removal": None}
        entity.bad_faith = _listing(entity).model_copy(update=update)


class AccidentRecorded(EnterpriseEvent):
    type = "accident_recorded"
    no: int
    happened_at: datetime
    stop: bool
    gravity: Gravity | None = None
    by: Persons
    evidence: tuple[str, ...] = ()

    def change(self, entity: Enterprise, at: datetime) -> None:
        accident = Accident(
            no=self.no,
            happened_at=self.happened_at,
            recorded_at=at,
            recorded_by=self.by,
            stop=self.stop,
            gravity=self.gravity,
        )
        entity.accidents = (*entity.accidents, accident)


class AcceptedAfterAccident(EnterpriseEvent):
    type = "accepted_after_accident"
    no: int
    by: Persons
    evidence: tuple[str, ...] = ()
    officers: Persons

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"accepted_at": at, "accepted_by": self.by, "officers": self.officers}
        entity.accidents = tuple(
            one.model_copy(update=update) if one.no == self.no else one for one in entity.accidents
        )


class ClosedByGovernment(EnterpriseEvent):
    """The government closed it (政府决定关闭): for ever, unless the decision is annulled."""

    type = "closed_by_government"
    closure: Closure

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.closure = self.closure


class ClosureAnnulled(EnterpriseEvent):
    """The decision to close it was annulled (撤销关闭决定): it may be supervised again; cases that ended stay ended."""

    type = "closure_annulled"

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.closure = None


class ClocksMissed(EnterpriseEvent):
    type = "clocks_missed"
    keys: tuple[str, ...]


class Reminded(EnterpriseEvent):
    type = "reminded"
    keys: tuple[str, ...]


class Digested(EnterpriseEvent):
    type = "digested"
    keys: tuple[str, ...]


EVENTS: dict[str, type[EnterpriseEvent]] = {kind.type: kind for kind in EnterpriseEvent.__subclasses__()}
"""Event type → class."""


def _flag(entity: Enterprise) -> ClosureFlag:
    if entity.flag is None:
        raise ValueError("there is no flag")
    return entity.flag


def _listing(entity: Enterprise) -> Listing:
    if entity.bad_faith is None:
        raise ValueError("there is no listing")
    return entity.bad_faith
