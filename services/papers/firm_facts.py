"""What a paper of an enterprise's file is written from: an entry of its ledger, or a visit; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from documents.facts import Act, Facts, Firm, Office, Party, Person, Visit
from ledger.enterprise_papers import FirmFile
from ledger.readers.paging import Found
from models.enterprise.grants import GRANT_OF
from models.inspection import INSPECTION_KIND_LABELS, InspectionKind
from models.instants import day_of
from models.policy import Policy
from services.labels import enterprise_event_label
from services.papers.said import said_of
from services.papers.wording import People, day_text, moment_text, remedies

COMMAND_OF: Mapping[str, str] = {
    "accident_recorded": "record_accident",
    "accepted_after_accident": "accept_after_accident",
    "closure_flag_answered": "answer_closure_flag",
    "removal_requested": "request_removal",
    "removed_early": "decide_removal",
    "removal_refused": "decide_removal",
}
"""Event → the command that makes it, whose grant has the article."""


class FirmReading:
    """One entry of an enterprise's ledger, or one visit, read for its paper."""

    def __init__(self, file: FirmFile, policy: Policy) -> None:
        self._file, self._policy = file, policy
        self._people = People(file.people)
        self._entry = file.entries[-1] if file.entries else None

    @property
    def at(self) -> datetime:
        """The moment of the act: the beginning of a visit."""
        moment: datetime = self._entry.at if self._entry is not None else self._visited.started_at
        return moment

    @property
    def on(self) -> date:
        """The day the paper bears, in Shanghai."""
        return day_of(self.at)

    @property
    def _visited(self) -> Found:
        if self._file.visit is None:
            raise LookupError("there is neither an entry nor a visit")
        return self._file.visit

    def facts(self) -> Facts:
        """What the paper may say."""
        firm, visit = self._file.firm, self._file.visit
        return Facts(
            office=Office(name=self._file.office, district=self._file.district),
            firm=Firm(
                name=(visit.enterprise_name if visit is not None else "") or firm.name,
                uscc=firm.uscc or "",
                address=firm.address or "",
                representative=firm.legal_representative or "",
            ),
            act=self._act(),
            visit=visit_facts(visit, self._people) if visit is not None else Visit(),
            party=refused_before(visit),
            remedy=remedies(self._policy),
            said=self._said(),
            earlier={key: number for key, number in self._file.earlier.items() if number},
        )

    def _act(self) -> Act:
        at, entry = self.at, self._entry
        if entry is None:
            by = self._people.one(self._visited.recorded_by)
            return Act(label="", basis="", date=day_text(self.on), time=moment_text(at), by=by)
        return Act(
            label=enterprise_event_label(entry.event).zh,
            basis=GRANT_OF[COMMAND_OF[entry.event]].basis,
            date=day_text(self.on),
            time=moment_text(at),
            by=self._people.one(entry.actor_id, role=entry.role),
            officers=self._named(entry.data.get("officers") or entry.data.get("by") or ()),
        )

    def _named(self, ids: Sequence[str]) -> tuple[Person, ...]:
        return tuple(self._people.one(one) for one in ids)

    def _said(self) -> dict[str, str]:
        if self._entry is None:
            return {}
        said, no = said_of(self._entry, self._people), self._entry.data.get("no")
        for row in self._file.entries:
            if row.event == "accident_recorded" and row.data["no"] == no:
                said["accident_at"] = moment_text(datetime.fromisoformat(row.data["happened_at"]))
        return said


def visit_facts(visit: Found, people: People, findings: str = "") -> Visit:
    """An inspection as its record says it; ``findings`` are the hazards of its cases."""
    called = visit.called or {}
    return Visit(
        number=visit.number,
        kind=INSPECTION_KIND_LABELS[InspectionKind(visit.kind)][0],
        place=visit.place,
        began=moment_text(visit.started_at),
        ended=moment_text(visit.ended_at) if visit.ended_at else "",
        officers=tuple(people.one(one, called=called.get(one)) for one in visit.officers),
        findings=findings,
        summary=visit.summary,
        ready=visit.number,
    )


def refused_before(visit: Found | None) -> Party:
    """Who saw that the party refused to sign, where that was told."""
    told = (visit.signing if visit is not None else None) or {}
    return Party(witnesses="、".join(told.get("refused_before") or ()))
