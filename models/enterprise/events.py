"""What happens to an enterprise, in the past tense; and folding: from events to its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from models.caseclocks import ClockRun
from models.enterprise.batch import Closure, EnterpriseEntry
from models.enterprise.snapshot import Accident, Enterprise, Flag, Listing, Penalty, Removal, Stop
from models.snapshot import Frozen, Persons


class EnterpriseEvent(Frozen):
    """Base of all events; ``clocks`` are the clocks as they stand after it (started, moved or ended)."""

    type: ClassVar[str]
    clocks: tuple[ClockRun, ...] = ()

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
    """A case of the enterprise was graded as a major hazard."""

    type = "major_noted"
    case_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.major_cases = tuple(sorted({*entity.major_cases, self.case_id}))


class MajorGone(EnterpriseEvent):
    """A major case ended, or was regraded."""

    type = "major_gone"
    case_id: str

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.major_cases = tuple(one for one in entity.major_cases if one != self.case_id)


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
        entity.flag = Flag(no=self.no, window=self.window, raised_at=at, decisions=self.decisions)
        entity.flags = self.no
        entity.flagged = tuple(dict.fromkeys((*entity.flagged, *self.decisions)))


class ClosureFlagDropped(EnterpriseEvent):
    """A decision it counted was annulled before anybody answered, and too few are left."""

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

    def change(self, entity: Enterprise, at: datetime) -> None:
        removal = Removal(requested_at=at, by=self.by)
        entity.bad_faith = _listing(entity).model_copy(update={"removal": removal})


class RemovalRefused(EnterpriseEvent):
    type = "removal_refused"
    by: Persons

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.bad_faith = _listing(entity).model_copy(update={"removal": None})


class RemovedEarly(EnterpriseEvent):
    type = "removed_early"
    by: Persons

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"status": "removed", "ended_at": at, "removal": None}
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
    by: Persons

    def change(self, entity: Enterprise, at: datetime) -> None:
        accident = Accident(
            no=self.no, happened_at=self.happened_at, recorded_at=at, recorded_by=self.by, stop=self.stop
        )
        entity.accidents = (*entity.accidents, accident)


class AcceptedAfterAccident(EnterpriseEvent):
    type = "accepted_after_accident"
    no: int
    by: Persons
    officers: Persons

    def change(self, entity: Enterprise, at: datetime) -> None:
        update = {"accepted_at": at, "accepted_by": self.by, "officers": self.officers}
        entity.accidents = tuple(
            one.model_copy(update=update) if one.no == self.no else one for one in entity.accidents
        )


class ClosedByGovernment(EnterpriseEvent):
    """The government closed it (政府决定关闭), once and for ever."""

    type = "closed_by_government"
    closure: Closure

    def change(self, entity: Enterprise, at: datetime) -> None:
        entity.closure = self.closure


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


def evolve(entity: Enterprise, event: EnterpriseEvent, at: datetime) -> Enterprise:
    """The next snapshot; ``entity`` itself stays as it was."""
    new = entity.model_copy()
    event.change(new, at)
    if event.clocks:
        new.clocks = {**new.clocks, **{clock.key: clock for clock in event.clocks}}
    new.seq = entity.seq + 1
    new.last_event = event.type
    new.last_at = at
    new.derive()
    return new


def event_data(event: EnterpriseEvent) -> dict[str, Any]:
    """The event as ledger data; defaults are left out."""
    return event.model_dump(mode="json", exclude_defaults=True)


def event_of(entry: EnterpriseEntry) -> EnterpriseEvent:
    """The typed event of a ledger entry."""
    return EVENTS[entry.event].model_validate(entry.data)


def fold(entries: Sequence[EnterpriseEntry]) -> Enterprise:
    """Re-create an enterprise from its ledger entries, in order of ``seq`` from 1."""
    first = event_of(entries[0])
    if not isinstance(first, Enrolled):
        raise ValueError(f"ledger of {entries[0].enterprise_id} does not begin with 'enrolled'")
    entity = Enterprise(enterprise_id=entries[0].enterprise_id, district_id=first.district_id)
    return folded(entity, entries)


def folded(entity: Enterprise, entries: Sequence[EnterpriseEntry]) -> Enterprise:
    """``entity`` with the ``entries`` after it."""
    for entry in entries:
        entity = evolve(entity, event_of(entry), entry.at)
    return entity


def _flag(entity: Enterprise) -> Flag:
    if entity.flag is None:
        raise ValueError("there is no flag")
    return entity.flag


def _listing(entity: Enterprise) -> Listing:
    if entity.bad_faith is None:
        raise ValueError("there is no listing")
    return entity.bad_faith
