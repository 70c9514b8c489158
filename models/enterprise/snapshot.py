"""The enterprise as data: the one snapshot that its history folds to, continue-as-new carries and SQL shows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from models.caseclocks import ClockRun, active_of, next_look
from models.enterprise.batch import Closure
from models.snapshot import Frozen, Persons


class Status(StrEnum):
    """Operating status (生产经营状态), as the measures in force over all its cases leave it."""

    RUNNING = "running"
    PART_STOPPED = "part_stopped"
    STOPPED = "stopped"
    POWER_CUT = "power_cut"
    CLOSED = "closed"


STATUS_LABELS: dict[Status, tuple[str, str]] = {
    Status.RUNNING: ("正常生产经营", "running"),
    Status.PART_STOPPED: ("部分停产停用", "partly stopped"),
    Status.STOPPED: ("停产停业", "stopped"),
    Status.POWER_CUT: ("停止供电、停止供应民用爆炸物品", "power or explosives cut"),
    Status.CLOSED: ("已关闭", "closed"),
}

GRAVITY: tuple[Status, ...] = (
    Status.CLOSED,
    Status.POWER_CUT,
    Status.STOPPED,
    Status.PART_STOPPED,
    Status.RUNNING,
)
"""The gravest status wins."""


class Penalty(Frozen):
    """A penalty decision (处罚决定); ``case_id`` and ``seq`` name the entry that decided it.

    ``major``: whether it concerns a major hazard that has not been signed off since.
    """

    case_id: str
    seq: int
    measure_id: str
    kind: str
    decided_on: date
    major: bool
    decision_no: str | None = None
    target: Literal["unit", "person"] = "unit"
    """Whom it punishes; a person's does not count against the enterprise (《安全生产法》第一百一十三条)."""

    @property
    def counts(self) -> bool:
        return self.target == "unit"

    @property
    def key(self) -> str:
        return f"{self.case_id}#{self.seq}"


class Stop(Frozen):
    """A measure in force that stops the enterprise or a part of it."""

    case_id: str
    measure_id: str
    kind: str
    scope: str | None = None
    since: datetime

    @property
    def status(self) -> Status:
        if self.kind == "power_cut":
            return Status.POWER_CUT
        partial = self.kind == "seal" or self.scope in ("part", "equipment")
        return Status.PART_STOPPED if partial and self.kind != "suspension" else Status.STOPPED


Gravity = Literal["general", "larger", "grave", "extremely_grave"]
"""一般、较大、重大、特别重大 (《生产安全事故报告和调查处理条例》第三条)."""
CLOSING: tuple[Gravity, ...] = ("grave", "extremely_grave")
"""Accidents that are a ground for closure (《安全生产法》第一百一十三条第三项)."""


class Accident(Frozen):
    """An accident (事故) recorded with the enterprise, and whether production waits for an acceptance (验收)."""

    no: int
    happened_at: datetime
    recorded_at: datetime
    recorded_by: Persons
    stop: bool
    gravity: Gravity | None = None
    """As it has been determined; None while it has not."""
    accepted_at: datetime | None = None
    accepted_by: Persons = ()
    officers: Persons = ()

    @property
    def waits(self) -> bool:
        return self.stop and self.accepted_at is None


class ClosureFlag(Frozen):
    """“Closure should be requested” (应当提请关闭), put before the head; nothing follows from it by itself."""

    no: int
    window: Literal["short", "long"]
    raised_at: datetime
    decisions: tuple[str, ...]
    """Keys of the penalties it counted."""
    status: Literal["open", "requested", "declined", "dropped"] = "open"
    escalated: bool = False
    answered_at: datetime | None = None
    answered_by: Persons = ()
    case_id: str | None = None

    @property
    def open(self) -> bool:
        return self.status == "open"


class Removal(Frozen):
    """An application for early removal (提前移出申请) not decided yet."""

    requested_at: datetime
    by: Persons


class Listing(Frozen):
    """The entry on the list of serious bad faith (严重失信主体名单)."""

    case_id: str
    measure_id: str
    listed_on: date
    last_day: date
    """Last day of the term."""
    removable_from: date
    """First day on which early removal may be applied for."""
    status: Literal["listed", "removed", "expired", "annulled"] = "listed"
    ended_at: datetime | None = None
    removal: Removal | None = None

    @property
    def listed(self) -> bool:
        return self.status == "listed"


class Enterprise(BaseModel):
    """Everything the rules need to know of one enterprise across its cases. Ids only; the words are in SQL."""

    enterprise_id: str
    district_id: str
    policy_version: str = ""
    policy_digest: str = ""

    penalties: tuple[Penalty, ...] = ()
    stops: tuple[Stop, ...] = ()
    accidents: tuple[Accident, ...] = ()
    major_cases: tuple[str, ...] = ()
    """Cases of a major hazard that has not been signed off."""
    recurrences: int = 0
    flag: ClosureFlag | None = None
    """The last flag."""
    flags: int = 0
    flagged: tuple[str, ...] = ()
    """Keys of the penalties some flag has counted; a new flag needs at least one that none has."""
    bad_faith: Listing | None = None
    closure: Closure | None = None

    clocks: dict[str, ClockRun] = {}
    seq: int = 0
    last_event: str = ""
    last_at: datetime | None = None

    # -- derived, kept here so that SQL and snapshot cannot disagree
    status: Status = Status.RUNNING
    status_since: datetime | None = None
    closed_at: datetime | None = None
    next_due_at: datetime | None = None

    @property
    def closed(self) -> bool:
        return self.closure is not None

    @property
    def waiting_accidents(self) -> tuple[Accident, ...]:
        return tuple(one for one in self.accidents if one.waits)

    @property
    def open_flag(self) -> ClosureFlag | None:
        return self.flag if self.flag is not None and self.flag.open else None

    @property
    def listing(self) -> Listing | None:
        """The listing in force."""
        return self.bad_faith if self.bad_faith is not None and self.bad_faith.listed else None

    def active(self, key: str) -> ClockRun | None:
        """The clock ``key`` if it is running or missed."""
        clock = self.clocks.get(key)
        return clock if clock is not None and clock.active else None

    def active_clocks(self) -> tuple[ClockRun, ...]:
        """Running and missed clocks, next deadline first."""
        return active_of(self.clocks)

    @property
    def wakes_at(self) -> datetime | None:
        """The next instant at which something falls due; None when nothing can."""
        return next_look(self.clocks)

    def derive(self) -> None:
        """Set the derived fields from the others."""
        found = {stop.status for stop in self.stops} | {Status.RUNNING}
        found |= {Status.CLOSED} if self.closed else set()
        found |= {Status.STOPPED} if self.waiting_accidents else set()
        status = next(one for one in GRAVITY if one in found)
        if status is not self.status or self.status_since is None:
            self.status, self.status_since = status, self.last_at
        self.closed_at = self.closure.at if self.closure else None
        self.next_due_at = min((c.due_at for c in self.active_clocks()), default=None)
