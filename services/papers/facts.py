"""What a paper is written from, out of the case's ledger, words and register; pure functions, no IO."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from documents.facts import Act, Facts, Firm, Matter, Measure, Office, Party, Service, Signed, Visit
from documents.registry import kinds
from ledger.case_words import UNSTATED, words_of
from ledger.papers import File
from ledger.readers.paging import Found
from models.acts import acted_at
from models.caseclocks import Rules
from models.commands.base import (
    GRADE_LABELS,
    SERVICE_METHOD_LABELS,
    Grade,
    ServiceMethod,
    Source,
    StandardRef,
)
from models.grants import BY_COMMAND
from models.instants import day_of
from models.measures.procedures import PROCEDURES
from models.measures.snapshot import Measure as Snapshot
from services.labels import event_label, step_label
from services.papers.acts import COMMAND_OF
from services.papers.firm_facts import refused_before, visit_facts
from services.papers.history import History
from services.papers.measured import measure_facts
from services.papers.said import said_of, served_facts, words_of_entry
from services.papers.wording import People, cited, day_text, moment_text, remedies, verdict
from services.policies.bases import unmarked

GRADED = ("graded", "graded_under_order", "regraded")
"""Events that say the grade."""
_ELSEWHERE = {"send": "公安机关"}
"""Steps that hand a paper to somebody else than the enterprise."""


class Reading:
    """One case's file, read for its papers."""

    def __init__(self, file: File, rules: Rules) -> None:
        self._file, self._rules = file, rules
        self._people = People(file.people)
        self._history = History(file.entries)
        self._proposals = {
            row.data["measure_id"]: row for row in file.entries if row.event == "measure_proposed"
        }

    def facts(self, entry: Found) -> Facts:
        """What a paper on ``entry`` may say."""
        said = said_of(entry, self._people)
        return Facts(
            office=Office(name=self._file.office, district=self._file.district),
            firm=self._firm(),
            case=self._matter(entry),
            act=self._act(entry),
            measure=self._measure(entry),
            service=self._service(entry),
            visit=self._visit(),
            party=self._party(entry),
            remedy=remedies(self._rules.policy),
            said=said,
            earlier=self._earlier(entry),
            opinions=self._opinions(entry),
            items=self._items(entry),
        )

    def dated(self, entry: Found) -> date:
        """The day the paper bears: that of the act, in Shanghai."""
        issued = entry.data.get("issued_on")
        if entry.event == "opened" and self._file.visit is not None:
            return day_of(self._file.visit.started_at)
        return date.fromisoformat(issued) if issued else day_of(acted_at(served_facts(entry), entry.at))

    def acted(self, entry: Found) -> datetime:
        """The moment of the act, which numbers go by."""
        return acted_at(served_facts(entry), entry.at)

    # -- what hangs on the case --------------------------------------------------------------------------
    def _firm(self) -> Firm:
        firm, told = self._file.firm, self._file.told
        return Firm(
            name=(told.enterprise_name if told else "") or firm.name,
            uscc=firm.uscc or "",
            address=firm.address or "",
            representative=firm.legal_representative or "",
        )

    def _matter(self, entry: Found) -> Matter:
        """The case as it stood at ``entry``: a hazard that comes back has another order, and may be stated anew."""
        row, words, order = self._file.case, self._stated(entry), self._order(entry)
        then = self._history.at(entry.seq)
        rectify, served = then.clocks.get("rectify"), then.order.served if then.order else None
        days = order.data.get("deadline_days") if order else None
        grade, standard = self._grade(entry)
        return Matter(
            number=row.number,
            title=words["title"],
            description=words["description"],
            location=words["location"],
            requirements=tuple(words["requirements"]),
            grade=GRADE_LABELS[grade][0] if grade else "",
            standard=self._standard(standard),
            opened=day_text(day_of(row.opened_at)),
            order_number=self._order_number(entry),
            order_date=day_text(self.dated(order)) if order else "",
            served=day_text(day_of(served.at)) if served else "",
            deadline=day_text(rectify.last_day) if rectify else "",
            deadline_days=str(days) if days else "",
        )

    def _grade(self, entry: Found) -> tuple[Grade | None, StandardRef | None]:
        """The grade that stood at ``entry``, and the clause it stood on: a later one changes no earlier paper."""
        graded = [one for one in self._until(entry) if one.event in GRADED]
        if not graded:
            return None, None
        data = graded[-1].data
        standard = data.get("standard")
        return Grade(data["grade"]), StandardRef.model_validate(standard) if standard else None

    def _order(self, entry: Found) -> Found | None:
        """The order that stood at ``entry``: the last that was issued by then."""
        issued = [one for one in self._until(entry) if one.event == "order_issued"]
        return issued[-1] if issued else None

    def _until(self, entry: Found) -> list[Found]:
        """The ledger up to ``entry``; one that is only thought of is its last."""
        return [one for one in (*self._file.entries, entry) if one.seq <= entry.seq]

    def _order_number(self, entry: Found) -> str:
        order = self._order(entry)
        issued = self._file.orders.get(order.data.get("order_id", "")) if order else None
        return str(issued.number) if issued else ""

    def _stated(self, entry: Found) -> dict[str, Any]:
        """The facts as the parties were told them by ``entry``: never the words of whoever reported the hazard."""
        restated = [
            (one.seq, one.texts["stated"])
            for one in (*self._file.entries, entry)
            if (one.texts or {}).get("stated")
        ]
        before = [words for seq, words in restated if seq <= entry.seq]
        if before:
            return words_of(before[-1])
        if restated:  # told later only: as the case was opened, where its words were for the parties
            own = self._history.at(1).source not in (Source.TIP, Source.TRANSFER)
            return words_of(self._file.entries[0].texts or {} if own else {"title": UNSTATED})
        told = self._file.told
        return told._asdict() if told is not None else words_of({})

    def _visit(self) -> Visit:
        visit = self._file.visit
        if visit is None:
            return Visit()
        complete = len(self._file.found) >= len(visit.case_numbers or {})  # its cases open one after another
        lines = [f"{no}. {title}" for no, title in enumerate(self._file.found, start=1)]
        facts = visit_facts(visit, self._people, "\n".join(lines) if complete else "")
        return facts.model_copy(update={"ready": ""}) if self._file.awaited else facts

    def hand(self, entry: Found) -> Found | None:
        """The picture the party signed the paper of ``entry`` with, on the screen at the visit; None where it did not."""
        return self._file.signature if self._made_at_visit(entry) else None

    def _made_at_visit(self, entry: Found) -> bool:
        """Whether its paper was made at the visit: the visit's own record, or the order."""
        visit = self._file.visit
        if visit is None or entry.event != "order_issued":
            return visit is not None and entry.event == "opened"
        issued = self._file.orders.get(entry.data.get("order_id", ""))
        return issued is not None and bool(issued.inspection_id == visit.inspection_id)

    def _party(self, entry: Found) -> Party:
        """How the party signed at the visit, of the papers that were made there."""
        if not self._made_at_visit(entry):
            return Party()
        if self._file.signature is not None:
            return Party(signed=self._file.signature.sha256)
        return Party(ready="") if self._file.awaited else refused_before(self._file.visit)

    def _standard(self, ref: StandardRef | None) -> str:
        if ref is None:
            return ""
        named = {one.id: one.title for one in self._rules.policy.standards}
        return f"{named.get(ref.standard_id, ref.standard_id)}（{ref.version}）{ref.clause}"

    def _act(self, entry: Found) -> Act:
        label, basis = self._called(entry)
        at = self.acted(entry)
        return Act(
            label=label,
            basis=basis,
            date=day_text(day_of(at)),
            time=moment_text(at),
            by=self._people.one(entry.actor_id, called=entry.actor_called, role=entry.role),
            officers=tuple(self._people.one(one) for one in self._officers(entry)),
        )

    def _officers(self, entry: Found) -> tuple[str, ...]:
        facts = entry.data.get("facts") or {}
        if not entry.event:  # nobody acts: those of the order, else whoever asks
            return self._history.at(entry.seq).officers or tuple(entry.data["by"])
        found = entry.data.get("officers") or facts.get("officers") or entry.data.get("by") or ()
        return tuple(found)

    def _called(self, entry: Found) -> tuple[str, str]:
        if not entry.event:
            return "", ""
        measure = self._snapshot(entry)
        if measure is not None:
            procedure = PROCEDURES[measure.kind]
            step = procedure.steps.get(entry.data.get("step") or "")
            named = step_label(measure.kind, entry.data.get("step"))
            return (named.zh if named else procedure.kind.value, step.basis if step else procedure.basis)
        grant = BY_COMMAND.get(COMMAND_OF.get(entry.event, ""))
        return event_label(entry.event, entry.data).zh, unmarked(grant.basis) if grant else ""

    # -- the measure -------------------------------------------------------------------------------------
    def _snapshot(self, entry: Found) -> Snapshot | None:
        return self._history.at(entry.seq).measure(entry.data.get("measure_id") or "")

    def _measure(self, entry: Found) -> Measure:
        measure = self._snapshot(entry)
        if measure is None:
            return Measure()
        proposal = self._proposals.get(measure.measure_id)
        said = words_of_entry(proposal) if proposal else {}
        return measure_facts(measure, entry, proposal, said, self._rules, self._people)

    def _opinions(self, entry: Found) -> tuple[Signed, ...]:
        measure = self._snapshot(entry)
        if measure is None:
            return ()
        same = (
            row
            for row in self._file.entries
            if row.event == "measure_step"
            and row.data.get("measure_id") == measure.measure_id
            and row.seq < entry.seq
        )
        return tuple(
            Signed(
                step=label.zh,
                by=self._people.one(row.actor_id, called=row.actor_called).name,
                on=day_text(day_of(row.at)),
                opinion=str(words_of_entry(row).get("opinion") or ""),
            )
            for row in same
            if "opinion" in words_of_entry(row) and (label := step_label(measure.kind, row.data.get("step")))
        )

    # -- numbers, service, items -------------------------------------------------------------------------
    def _earlier(self, entry: Found) -> dict[str, str]:
        """Numbers given before, the latest of a kind; those of the same measure come before those of others."""
        mine = entry.data.get("measure_id")
        own: dict[str, str] = {}
        other: dict[str, str] = {}
        for row in self._file.instruments.values():
            if row.seq < entry.seq:
                (own if row.measure_id == mine else other)[row.kind] = row.number
        for seq, numbers in self._file.numbers.items():
            if seq < entry.seq:
                other.update(numbers)
        order = self._order_number(entry)
        return {**({"order": order} if order else {}), **other, **own}

    def _service(self, entry: Found) -> Service:
        facts = served_facts(entry)
        if not facts.get("served_at"):
            return Service()
        method = SERVICE_METHOD_LABELS[ServiceMethod(facts["method"])][0] if facts.get("method") else ""
        supplier = str(words_of_entry(entry).get("supplier") or "")
        return Service(
            to=supplier or _ELSEWHERE.get(entry.data.get("step") or "") or self._firm().name,
            at=moment_text(datetime.fromisoformat(str(facts.get("announced_at") or facts["served_at"]))),
            method=method,
            witnesses=self._people.names(facts.get("witnesses") or ()),
            papers=self._handed_over(entry),
        )

    def _handed_over(self, entry: Found) -> str:
        """What was served: its own document, those of the steps it serves, else the latest of the measure; or the order."""
        measure_id, steps = entry.data.get("measure_id"), set(entry.data.get("serves") or ())
        if not measure_id:
            number = self._order_number(entry)
            return cited(kinds()["order"].title, number) if number else ""
        before = [
            row
            for row in self._file.instruments.values()
            if row.measure_id == measure_id and row.seq <= entry.seq
        ]
        if decided := self._decided_elsewhere(entry, steps):
            return decided
        own = [row for row in before if row.seq == entry.seq or row.step in steps]
        numbered = [cited(kinds()[row.kind].title, row.number) for row in own or before[-1:]]
        return "；".join([*numbered, *self._without_number(entry)])

    def _without_number(self, entry: Found) -> list[str]:
        """What is handed to the party by the same step and bears no number: the notice of the right to a hearing."""
        hearing = self._measure(entry).hearing
        return [
            kind.title
            for kind in kinds().values()
            if entry.data.get("step") in kind.steps and kind.to and kind.when == "measure.hearing" and hearing
        ]

    def _decided_elsewhere(self, entry: Found, steps: set[str]) -> str:
        """The decision of the government that is served, by its own number; empty where the authority decided itself."""
        measure = self._snapshot(entry)
        number = (
            measure.fact("decide_closure", "decision_no") if measure and "decide_closure" in steps else None
        )
        return cited("关闭决定", str(number)) if number else ""

    def _items(self, entry: Found) -> tuple[tuple[str, ...], ...]:
        texts = self._stated(entry)["requirements"]
        if entry.event == "order_issued":
            days = entry.data.get("deadline_days")
            return tuple((str(no), text, f"{days}日内") for no, text in enumerate(texts, start=1))
        passed, failed = entry.data.get("passed") or (), entry.data.get("failed") or ()
        if not (passed or failed):
            return ()
        notes = {one.get("no"): one.get("note") for one in words_of_entry(entry).get("findings") or () if one}
        return tuple(
            (str(no), text, verdict(no in failed, str(notes.get(no) or "")))
            for no, text in enumerate(texts, start=1)
            if no in passed or no in failed
        )
