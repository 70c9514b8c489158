"""Writes down the papers that acts have issued, as part of the worker: set once, kept by their hash, never set again.

Nothing waits for a paper: the act stands in the ledger whether its paper can be written or not. One that cannot says why
and is tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

import structlog

from documents.composing import compose, value_of
from documents.errors import PaperError
from documents.registry import Kind, issued_by
from ledger import paper_faults, papers
from ledger.errors import LedgerGap
from ledger.papers import File
from ledger.readers.paging import Found
from ledger.readers.rules import rules_of
from ledger.sessions import SYSTEM_SCOPE, WriteSession
from models.sight import MEASURE_EVENTS
from runtime.loops import Loop
from services.context import Services
from services.papers.facts import Reading
from services.papers.pace import giving_way
from services.papers.press import BEHIND, press
from services.papers.signing import signed
from services.papers.tokens import check_address, token_of
from storage.objects import key_for

ROWS, CASES = 2_000, 50
"""Entries looked at in one step, and of how many cases papers are written in it at most."""
EVERY_SECONDS = 0.5
IDLE_SECONDS = 5.0
AGAIN = timedelta(minutes=10)
"""When a paper that could not be written is tried again: its template, its font or its field may be there by then."""
_WAITING = 20
STILL = frozenset(
    {"progress_reported", "rectification_begun", "lead_signed", "clocks_missed", "reminded", "digested"}
)
"""Events that issue no paper and change none: the case is not read for them."""
UNREADABLE = (LedgerGap, LookupError, ValueError, TypeError, AttributeError)
UNREAD = (
    "记载无法读取，文书未能生成；请运维人员查看日志",
    "the records it is written from cannot be read; see the log",
)
"""Why there is no paper when reading for it fails with one of those."""

log = structlog.get_logger("papers")


class PaperMaker(Loop):
    """Goes through the ledger in the order it was written, and writes what it issues.

    It goes through twice: at once, and again when no transaction can still be under way that began before an entry. What it
    saw the first time it passes over then.
    """

    name = "papers"

    def __init__(self, services: Services) -> None:
        super().__init__(EVERY_SECONDS, IDLE_SECONDS)
        self._services = services
        self._first: papers.Mark | None = None
        self._second: papers.Mark | None = None
        self._seen: set[tuple[str, int]] = set()
        """Entries of the first look that the second has not come to."""
        self._begun = False

    async def once(self) -> int:
        """The papers of the next entries, and what could not be written before; how many entries there were, and papers
        of before. Raises what ledger and store raise."""
        await self._begin()
        fresh, self._first = await self._look(self._first, timedelta(), self._seen.add)
        late, self._second = await self._look(self._second, papers.LATE, self._seen.discard)
        tried = self._services.clock() - AGAIN
        async with self._services.database.read(SYSTEM_SCOPE) as session:
            waiting = await papers.faulty(session, tried, _WAITING)
            waiting += await paper_faults.unread(session, tried, _WAITING)
        return fresh + late + sum([await self._write(case_id) for case_id in waiting])

    def rest(self, took: float) -> float:
        """None: it has given way after each case."""
        return 0.0

    async def _write(self, case_id: str) -> int:
        return await write_papers(self._services, case_id)

    async def _begin(self) -> None:
        if not self._begun:
            async with self._services.database.read(SYSTEM_SCOPE) as session:
                self._first = self._second = await papers.last_mark(session)
            self._begun = True

    async def _look(
        self, mark: papers.Mark | None, age: timedelta, settle: Callable[[tuple[str, int]], None]
    ) -> tuple[int, papers.Mark | None]:
        """Write what the entries after ``mark`` that are older than ``age`` issue, and ``settle`` each: how many there were,
        and how far."""
        async with self._services.database.read(SYSTEM_SCOPE) as session:
            rows = await papers.entries_after(session, mark, age, ROWS)
        cases: set[str] = set()
        for number, row in enumerate(rows):
            if papers.paperless(row) or row.event in STILL:
                continue
            entry = (row.case_id, row.seq)
            if entry not in self._seen and row.case_id not in cases:
                if len(cases) == CASES:
                    rows = rows[:number]
                    break
                cases.add(row.case_id)
                await self._write(row.case_id)
            settle(entry)
        return len(rows), papers.mark_of(rows[-1]) if rows else mark


@dataclass(frozen=True, slots=True)
class _Wanted:
    entry: Found
    kind: Kind


class _Number(NamedTuple):
    """A number a paper bears, and its key where it was taken for this paper alone, just now."""

    text: str = ""
    key: int | None = None


async def write_papers(services: Services, case_id: str) -> int:
    """The papers of one case, how many; of one that cannot be read it is kept why, and it holds up no other."""
    try:
        async with giving_way(services.database):
            return await make_papers(services, case_id)
    except UNREADABLE as error:
        log.exception("papers_not_read", case_id=case_id, error=type(error).__name__)
        async with services.database.write(SYSTEM_SCOPE) as session:
            await paper_faults.note_unread(
                session, case_id, UNREAD[0], f"{UNREAD[1]}: {type(error).__name__}"
            )
        return 0


async def make_papers(services: Services, case_id: str) -> int:
    """Write every paper of a case that is not written yet; how many were. Safe to repeat, and by several at once."""
    async with services.database.write(SYSTEM_SCOPE) as session:
        await papers.lock_papers(session, case_id)
        file = await papers.file_of(session, case_id)
        if file is None:
            return 0
        now = services.clock()
        rules = await rules_of(session, file.case.policy_version, file.case.opened_at, now)
        reading = Reading(file, rules)
        made = 0
        for wanted in _wanted(file, reading):
            number = await _number(session, file, reading, wanted)
            made += await _make(services, session, file, reading, wanted, number)
            if number.key is not None:  # the next papers of the file may name it
                file = _numbered(file, wanted, number)
                reading = Reading(file, rules)
        await papers.withdraw(session, case_id, _withdrawn(file))
        await papers.tell(session, case_id, _told(file, reading))
        await paper_faults.forget_unread(session, case_id)
    return made


def _wanted(file: File, reading: Reading) -> list[_Wanted]:
    """The papers of the file that are not written, in the order of their entries."""
    return [
        _Wanted(entry, kind)
        for entry in file.entries
        for kind in kinds_of(entry, reading)
        if (entry.seq, kind.key) not in file.written
    ]


def kinds_of(entry: Found, reading: Reading) -> list[Kind]:
    """The kinds of papers an entry issues."""
    facts = entry.data.get("facts") or {}
    served = bool(facts.get("served_at") or entry.data.get("served_at"))
    found = issued_by(
        entry.event, instrument=entry.data.get("instrument"), step=entry.data.get("step"), served=served
    )
    known = reading.facts(entry) if any(kind.when for kind in found) else None
    return [kind for kind in found if not kind.when or (known and value_of(known, kind.when))]


def _numbered(file: File, wanted: _Wanted, number: _Number) -> File:
    """The file with a number that was taken for a paper just now."""
    seq = wanted.entry.seq
    held = {**file.numbers.get(seq, {}), wanted.kind.key: number.text}
    return replace(file, numbers={**file.numbers, seq: held})


def _withdrawn(file: File) -> dict[int, int]:
    """Entry → the entry that corrected it or took it back."""
    return {int(row.data["corrects"]): row.seq for row in file.entries if row.data.get("corrects")}


async def _make(
    services: Services,
    session: WriteSession,
    file: File,
    reading: Reading,
    wanted: _Wanted,
    number: _Number,
) -> int:
    entry, kind = wanted.entry, wanted.kind
    token = token_of(services.settings, file.case.case_id, entry.seq, kind.key)
    row = {
        **_whose(file, entry, kind),
        "number": number.text,
        "number_key": number.key,
        "authority": file.office,
        "dated": reading.dated(entry),
        "known": known(file, entry, kind),
        "token": token,
        "entered_at": entry.recorded_at,
    }
    try:
        paper = compose(
            kind,
            reading.facts(entry),
            on=reading.dated(entry),
            number=number.text,
            check=check_address(services.settings, token),
        )
        paper = await signed(services, paper, reading.hand(entry))
        pdf = await press(services.settings, nice=BEHIND).pdf(paper)
    except PaperError as error:
        log.warning(
            "paper_not_written", case_id=file.case.case_id, seq=entry.seq, kind=kind.key, reason=error.en
        )
        await papers.keep_paper(session, {**row, "fault_zh": error.zh, "fault_en": error.en})
        return 0
    digest = hashlib.sha256(pdf).hexdigest()
    key = key_for("paper", digest, ".pdf")
    await services.vault.store.put_bytes(key, pdf)
    await papers.keep_paper(session, {**row, "sha256": digest, "size": len(pdf), "object_key": key})
    return 1


def _whose(file: File, entry: Found, kind: Kind) -> dict[str, Any]:
    case = file.case
    return {
        "case_id": case.case_id,
        "seq": entry.seq,
        "kind": kind.key,
        "district_id": case.district_id,
        "territory_id": case.territory_id,
        "enterprise_id": case.enterprise_id,
        "measure_id": entry.data.get("measure_id"),
        "step": entry.data.get("step"),
        "inner": kind.inner,
    }


def known(file: File, entry: Found, kind: Kind) -> bool:
    """Whether the enterprise may see it: an instrument and the order once they are served, what else its entry is told."""
    if kind.inner:
        return False
    if entry.data.get("instrument") == kind.key:
        return bool(file.instruments[entry.seq].known)
    if kind.number == "order":
        order = file.orders.get(entry.data["order_id"])
        return order is not None and order.served_at is not None
    if kind.number == "visit":
        return file.case.told_seq is not None
    if entry.event in MEASURE_EVENTS:
        return entry.data.get("open") is True
    told_seq = file.case.told_seq
    return told_seq is not None and entry.seq >= told_seq


def _told(file: File, reading: Reading) -> list[tuple[int, str]]:
    """The papers of the file that the enterprise may see."""
    return [
        (entry.seq, kind.key)
        for entry in file.entries
        for kind in kinds_of(entry, reading)
        if known(file, entry, kind)
    ]


async def _number(session: WriteSession, file: File, reading: Reading, wanted: _Wanted) -> _Number:
    """The number the paper bears."""
    entry, kind = wanted.entry, wanted.kind
    if kind.number == "order":
        return _Number(file.orders[entry.data["order_id"]].number)
    if kind.number == "visit":
        return _Number(file.visit.number if file.visit else "")
    if kind.number == "act":
        issued = file.instruments.get(entry.seq)
        return _Number(issued.number if issued else "")
    if not kind.number:
        return _Number()
    if held := file.numbers.get(entry.seq, {}).get(kind.key):
        return _Number(held)
    version, at = file.case.policy_version, reading.acted(entry)
    return _Number(*await papers.take_number(session, version, kind.key, at))
