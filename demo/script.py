"""What a story is made of: visits, leads, the case each finding becomes, and the steps people take in it.

A value in a step's body may be a function of the :class:`Tale`; it is asked when the step is taken, and answers
the same whenever the step is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from demo.enterprises import Enterprise, enterprise
from demo.findings import Finding
from models.calendar import WorkingCalendar
from models.clocks import SHANGHAI
from models.commands import Source
from models.inspection import InspectionKind
from models.lifecycle import CaseState
from models.measures.kinds import MeasureKind

FIRM = "@firm"
"""The safety manager of the case's own enterprise."""

_BEGINS, _ENDS, _SERVED = time(9, 30), time(11, 20), time(11, 30)


@dataclass(frozen=True, slots=True)
class Tale:
    """Where a story stands: when the demo was made, when its last step was taken (UTC), and about what it is."""

    since: datetime
    last_at: datetime
    finding: Finding
    firm: Enterprise
    calendar: WorkingCalendar
    measures: Mapping[MeasureKind, str] = field(default_factory=dict)
    """Kind → id of the measure of that kind that the story proposed."""
    photos: tuple[str, ...] = ()
    """Evidence ids of the photographs taken for the present step."""

    @property
    def wanted(self) -> str:
        """Everything to be put right, in one sentence."""
        return "；".join(self.finding.requirements)

    @property
    def items(self) -> range:
        """The numbers of the requirements."""
        return range(1, len(self.finding.requirements) + 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One command, by whom, and the photographs uploaded for it first (their purposes).

    With ``measure`` it proposes a measure of that kind, or takes a step of its procedure: a story has one of each.
    """

    command: str
    who: str
    body: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    measure: MeasureKind | None = None

    @property
    def proposes(self) -> MeasureKind | None:
        """The kind of measure it proposes, if it does."""
        return self.measure if self.command == "propose_measure" else None

    def path(self, case_id: str, tale: Tale) -> str:
        """Where the API takes it."""
        if self.measure and not self.proposes:
            return f"/api/v1/cases/{case_id}/measures/{tale.measures[self.measure]}/{self.command}"
        return f"/api/v1/cases/{case_id}/commands/{self.command}"

    def by(self, firm: Enterprise) -> str:
        """The user name of whoever takes it."""
        return firm.account if self.who == FIRM else self.who


@dataclass(frozen=True, slots=True)
class Chapter:
    """What becomes of one finding, and the state its case ends in (for now)."""

    finding: Finding
    ends: CaseState
    steps: tuple[Step, ...] = ()
    days: int | None = None
    """The deadline of the order, in calendar days from service; None where nothing was ordered."""
    suspected: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """An inspection; its first officer records it."""

    key: str
    firm_no: int
    officers: tuple[str, ...]
    days_ago: int
    kind: InspectionKind
    summary: str
    chapters: tuple[Chapter, ...] = ()
    served: bool = True

    @property
    def firm(self) -> Enterprise:
        return enterprise(self.firm_no)

    def day(self, since: datetime, calendar: WorkingCalendar, at: time) -> datetime:
        """That time of the visit's day: ``days_ago`` before the demo was made, or the working day before it."""
        day = since.astimezone(SHANGHAI).date() - timedelta(days=self.days_ago)
        while not calendar.is_working_day(day):
            day -= timedelta(days=1)
        return datetime.combine(day, at, SHANGHAI)

    def told(self, since: datetime, calendar: WorkingCalendar, officers: tuple[str, ...]) -> dict[str, Any]:
        """The visit as ``POST /inspections`` takes it; ``officers`` are user ids."""
        service = {"served_at": self.day(since, calendar, _SERVED).isoformat()}
        return {
            "enterprise_id": self.firm.enterprise_id,
            "kind": self.kind.value,
            "officers": list(officers),
            "started_at": self.day(since, calendar, _BEGINS).isoformat(),
            "ended_at": self.day(since, calendar, _ENDS).isoformat(),
            "place": self.firm.address,
            "summary": self.summary,
            "findings": [_finding(chapter) for chapter in self.chapters],
            **({"service": service} if self.served else {}),
        }


def _finding(chapter: Chapter) -> dict[str, Any]:
    told: dict[str, Any] = {**chapter.finding.told, "fixed_on_spot": chapter.fixed}
    if chapter.days is not None:
        told["deadline_days"] = chapter.days
    if chapter.suspected and chapter.finding.standard is not None:
        told["suspected_major"] = chapter.finding.standard.model_dump()
    return told


@dataclass(frozen=True, slots=True)
class Lead:
    """A tip, a self-report or a transfer (线索), reported by ``who``."""

    key: str
    firm_no: int
    who: str
    source: Source
    chapter: Chapter

    @property
    def firm(self) -> Enterprise:
        return enterprise(self.firm_no)

    @property
    def reporter(self) -> str:
        """The user name of whoever reports it."""
        return self.firm.account if self.who == FIRM else self.who

    @property
    def told(self) -> dict[str, Any]:
        """The lead as ``POST /cases`` takes it."""
        return {
            **self.chapter.finding.told,
            "source": self.source.value,
            "enterprise_id": self.firm.enterprise_id,
        }


@dataclass(frozen=True, slots=True)
class Accident:
    """An accident (事故) recorded with an enterprise by ``who``; production stops until it is accepted."""

    key: str
    firm_no: int
    who: str
    hours_ago: int
    text: str

    @property
    def firm(self) -> Enterprise:
        return enterprise(self.firm_no)

    def told(self, since: datetime) -> dict[str, Any]:
        """The accident as ``POST /enterprises/{id}/commands/record_accident`` takes it."""
        return {
            "happened_at": (since - timedelta(hours=self.hours_ago)).isoformat(),
            "stop": True,
            "text": self.text,
        }


Story = Visit | Lead | Accident


def resolved(value: Any, tale: Tale) -> Any:
    """``value`` with every function in it asked about the tale."""
    if isinstance(value, Mapping):
        return {key: resolved(inner, tale) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(inner, tale) for inner in value]
    return resolved(value(tale), tale) if isinstance(value, Callable) else value  # type: ignore[arg-type]
