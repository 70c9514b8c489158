"""Writes down the papers of enterprises' files, as part of the worker: of what is done about an enterprise as a whole, and of
visits that found nothing. As those of cases: set once, kept by their hash, tried again while they cannot be written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from documents.composing import compose
from documents.errors import PaperError
from documents.registry import Kind, firm_kinds
from ledger import enterprise_papers as kept
from ledger.enterprise_papers import FirmFile, Owed
from ledger.numbers import next_number
from ledger.papers import signed_visits
from ledger.readers.rules import policy_in_force
from ledger.sessions import SYSTEM_SCOPE, WriteSession
from models.instants import day_of
from models.policy import Policy
from runtime.loops import Loop
from services.context import Services
from services.papers.firm_facts import FirmReading
from services.papers.making import UNREAD, UNREADABLE, write_papers
from services.papers.pace import giving_way
from services.papers.press import BEHIND, press
from services.papers.tokens import check_address, token_of
from storage.objects import key_for

AT_ONCE = 50
EVERY_SECONDS = 1.0
IDLE_SECONDS = 10.0
AGAIN = timedelta(minutes=10)
"""When one that could not be written is tried again."""

KIND_OF: Mapping[str, Kind] = {event: kind for kind in firm_kinds().values() for event in kind.events}
"""Event of an enterprise's ledger, or a visit → the paper it issues."""

log = structlog.get_logger("papers")


class FirmPaperMaker(Loop):
    """Writes what the ledgers of enterprises and their visits owe, the oldest first; and those papers of cases that waited
    for the signature of the party."""

    name = "enterprise_papers"

    def __init__(self, services: Services) -> None:
        super().__init__(EVERY_SECONDS, IDLE_SECONDS)
        self._services = services

    async def once(self) -> int:
        """The next papers; how many were written. Raises what ledger and store raise."""
        return await make_firm_papers(self._services) + await make_signed_papers(self._services)


async def make_firm_papers(services: Services) -> int:
    """Write the papers that are owed; how many were. Safe to repeat, and by several at once."""
    async with services.database.read(SYSTEM_SCOPE) as session:
        found = await kept.owed(session, [*KIND_OF], services.clock() - AGAIN, AT_ONCE)
    return sum([await _write_in_turn(services, one) for one in found])


async def make_signed_papers(services: Services) -> int:
    """Write the papers of visits whose signature has come, or is awaited no more; how many were."""
    async with services.database.read(SYSTEM_SCOPE) as session:
        waiting = await signed_visits(session, AT_ONCE)
    return sum([await write_papers(services, case_id) for case_id in waiting])


async def _write_in_turn(services: Services, one: Owed) -> int:
    async with giving_way(services.database):
        return await _write(services, one)


async def _write(services: Services, one: Owed) -> int:
    """One paper, or why there is none: it holds up no other."""
    row = _row(services, one)
    async with services.database.write(SYSTEM_SCOPE) as session:
        await kept.lock_papers(session, one.enterprise_id)
        try:
            made = await _made(services, session, one, row)
        except PaperError as error:
            log.warning(
                "paper_not_written", enterprise_id=one.enterprise_id, source=one.source, reason=error.en
            )
            made = {"fault_zh": error.zh, "fault_en": error.en}
        except UNREADABLE as error:
            log.exception("papers_not_read", enterprise_id=one.enterprise_id, source=one.source)
            made = {"fault_zh": UNREAD[0], "fault_en": f"{UNREAD[1]}: {type(error).__name__}"}
        if made:
            await kept.keep_paper(session, {**row, **made})
    return int("sha256" in made)


def _row(services: Services, one: Owed) -> dict[str, Any]:
    """What is known of a paper before it is read for."""
    kind = KIND_OF[one.event]
    return {
        "enterprise_id": one.enterprise_id,
        "source": one.source,
        "seq": one.seq,
        "inspection_id": one.inspection_id,
        "kind": kind.key,
        "district_id": one.district_id,
        "dated": day_of(services.clock()),
        "inner": kind.inner,
        "known": not kind.inner,
        "token": token_of(services.settings, f"enterprise/{one.enterprise_id}/{one.source}", 0, kind.key),
    }


async def _made(services: Services, session: WriteSession, one: Owed, row: dict[str, Any]) -> dict[str, Any]:
    """The paper, kept in the store, and what its row says of it; nothing when it is written already. A number that was
    taken stays with it: ``row`` has it before anything can fail."""
    file = await kept.firm_file_of(session, one)
    if file.written:
        return {}
    at = file.entries[-1].at if file.entries else services.clock()
    policy = await policy_in_force(session, at)
    reading, kind = FirmReading(file, policy), KIND_OF[one.event]
    row |= {"territory_id": file.firm.territory_id, "authority": file.office, "dated": reading.on}
    row |= await _numbered(session, file, reading, kind, policy)
    check = check_address(services.settings, row["token"])
    paper = compose(kind, reading.facts(), on=reading.on, number=row["number"], check=check)
    pdf = await press(services.settings, nice=BEHIND).pdf(paper)
    digest = hashlib.sha256(pdf).hexdigest()
    key = key_for("paper", digest, ".pdf")
    await services.vault.store.put_bytes(key, pdf)
    return {"sha256": digest, "size": len(pdf), "object_key": key, "fault_zh": "", "fault_en": ""}


async def _numbered(
    session: WriteSession, file: FirmFile, reading: FirmReading, kind: Kind, policy: Policy
) -> dict[str, Any]:
    """The number the paper bears; its key and series where it was taken for this paper alone."""
    if kind.number == "visit":
        return {"number": str(file.visit.number) if file.visit is not None else ""}
    if kind.number != "own":
        return {"number": ""}
    if file.number is None:
        taken = await next_number(session, policy.numbering, kind.series, reading.at)
        return {"number": taken.text, "number_key": taken.key, "series": kind.series}
    return {"number": file.number[0], "number_key": file.number[1], "series": kind.series}
