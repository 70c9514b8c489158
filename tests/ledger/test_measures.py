"""Measures and instruments: what the snapshot says, numbers without gaps, lists by scope."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import event, select

from ledger.append import append
from ledger.errors import LedgerConflict
from ledger.readers.measures import instruments_of, measures_of, select_measures
from ledger.readers.paging import fetch_page
from ledger.scope import Scope
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_measures, enterprise_inbox, instruments
from ledger.verify_cases import verify_case
from models.batch import Batch
from models.events import fold
from tests.builders import CHIEF, WANG, general
from tests.ledger import makers
from tests.ledger.makers import (
    BUREAU,
    FIRM_A,
    POLICY,
    batch,
    entry,
    first,
    fresh,
    keep_said,
    measure,
    step,
)
from tests.ledger.pools import ledger, rows
from tests.ledger.test_numbers import place

__all__ = ["ledger"]


@pytest.fixture
def statements(ledger: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is sent to PostgreSQL from now on, by SQLAlchemy or by the driver itself."""
    sent: list[str] = []
    fetch = asyncpg.Connection.fetch

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    async def noted(self: Any, statement: str, *values: Any, **how: Any) -> Any:
        sent.append(statement)
        return await fetch(self, statement, *values, **how)

    monkeypatch.setattr(asyncpg.Connection, "fetch", noted)
    event.listen(ledger.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(ledger.engine.sync_engine, "before_cursor_execute", note)


# -- measures ------------------------------------------------------------------------------------------
async def test_measures_follow_the_snapshot(ledger: Database) -> None:
    case_id = fresh()
    await append(ledger, first(case_id, measures=[measure(1), measure(2, kind="listing", known=True)]))
    found = {row.measure_id: row for row in await rows(ledger, case_measures, case_id)}
    assert {key: (row.kind, row.open, row.known) for key, row in found.items()} == {
        "m-1": ("fine", True, False),
        "m-2": ("listing", True, True),
    }
    assert found["m-1"].doc == measure(1)
    ended = measure(1, state="ENDED", ended_at="2026-11-09T02:00:00+00:00", known=True)
    await append(ledger, batch(case_id, [entry(case_id, 2)], measures=[ended]))
    (row,) = await rows(ledger, case_measures, case_id)
    assert (row.measure_id, row.state, row.open, row.known) == ("m-1", "ENDED", False, True)
    assert row.ended_at == datetime(2026, 11, 9, 2, tzinfo=UTC)
    await append(ledger, batch(case_id, [entry(case_id, 3)], measures=[]))
    assert await rows(ledger, case_measures, case_id) == []


@pytest.mark.parametrize("extra", [{}, {"measures": [measure(1)]}, {"event": "graded"}])
async def test_an_ordinary_batch_stays_one_round_trip(
    ledger: Database, statements: list[str], extra: dict[str, Any]
) -> None:
    case_id = fresh()
    event_name = extra.pop("event", "progress_reported") if "event" in extra else "progress_reported"
    await append(ledger, first(case_id))
    statements.clear()
    await append(ledger, batch(case_id, [entry(case_id, 2, event=event_name)], **extra))
    if ledger.projector:
        assert len(statements) == 1
    assert ("case_measures" in statements[-1]) == ("measures" in extra)
    assert ("enterprise_inbox" in statements[-1]) == (event_name == "graded")


async def test_unchanged_measures_are_not_written_again(ledger: Database, statements: list[str]) -> None:
    case_id = fresh()
    await append(ledger, first(case_id, measures=[measure(1)]))
    statements.clear()
    await append(ledger, batch(case_id, [entry(case_id, 2)], measures=[measure(1)]))
    assert "case_measures" not in "".join(statements)
    assert len(await rows(ledger, case_measures, case_id)) == 1


# -- bearings ------------------------------------------------------------------------------------------
async def test_a_bearing_reaches_the_inbox_once_with_what_the_enterprise_needs(ledger: Database) -> None:
    case_id = fresh()
    facts = {"kind": "fine", "amount": 50_000, "decided_on": "2026-11-02"}
    decided = step(case_id, 2, bearing="penalty_decided", facts=facts, clocks=[{"key": "m1/pay"}])
    item = batch(case_id, [entry(case_id, 1), decided], grade="major")
    await asyncio.gather(*(append(ledger, item) for _ in range(5)))
    (row,) = await rows(ledger, enterprise_inbox, case_id)
    assert (row.seq, row.kind, row.major, row.enterprise_id) == (2, "penalty_decided", True, "e-a")
    assert (row.at, row.data["facts"], row.consumed_seq) == (decided.at, facts, None)
    assert "clocks" not in row.data


# -- the real core -------------------------------------------------------------------------------------
async def test_a_measure_of_the_real_core_folds_to_its_rows(ledger: Database) -> None:
    """Letter proposed and approved: the ledger folds to the row, the letter has its number, the clocks their names."""
    story = general()
    story.pass_time(days=20)
    story.give("propose_measure", WANG, measure_id="m-1", kind="supervision_letter", cause="逾期未改")
    opinion = {"form": "opinion", "opinion": "同意"}
    story.give("take_step", CHIEF, measure_id="m-1", step="approve", form=opinion)
    case_id = story.case.case_id
    doc = story.case.model_dump(mode="json")
    await keep_said(ledger)
    await append(ledger, Batch(case_id=case_id, entries=tuple(story.entries), doc=doc), POLICY.numbering)
    async with ledger.read(SYSTEM_SCOPE) as session:
        assert (
            await verify_case(session, case_id, lambda told: fold(list(told)).model_dump(mode="json")) is None
        )
    (row,) = await rows(ledger, case_measures, case_id)
    assert (row.kind, row.state, row.open) == ("supervision_letter", doc["measures"][0]["state"], True)
    (letter,) = await rows(ledger, instruments, case_id)
    assert (letter.kind, letter.step, letter.measure_id) == ("supervision_letter", "approve", "m-1")


# -- instruments -----------------------------------------------------------------------------------------
async def test_an_instrument_gets_its_number_with_its_entry(ledger: Database) -> None:
    case_id = fresh()
    await append(ledger, first(case_id))
    issued = step(
        case_id, 2, instrument="supervision_letter", step="issue", open=True, facts={"days": 10}, clocks=[1]
    )
    inner = step(case_id, 3, instrument="filing", step="file")
    item = batch(case_id, [issued, inner])
    for _ in range(3):
        await append(ledger, item)
    found = {row.seq: row for row in await rows(ledger, instruments, case_id)}
    assert {seq: (row.kind, row.step, row.known, row.measure_id) for seq, row in found.items()} == {
        2: ("supervision_letter", "issue", True, "m-1"),
        3: ("filing", "file", False, "m-1"),
    }
    assert "督办" in found[2].number
    assert found[2].issued_at == issued.at
    assert found[2].data["facts"] == {"days": 10}
    assert "clocks" not in found[2].data


async def test_from_its_service_a_document_is_known_and_nothing_else(ledger: Database) -> None:
    case_id = fresh()
    await append(ledger, first(case_id))
    made = [
        step(case_id, 2, instrument="filing", step="approve"),
        step(case_id, 3, instrument="penalty_decision", step="decide"),
        step(case_id, 4, instrument="exposure", step="decide", measure_id="m-2"),
    ]
    await append(ledger, batch(case_id, made))
    assert not any(row.known for row in await rows(ledger, instruments, case_id))
    service = step(case_id, 5, step="serve_decision", serves=["decide"], open=True)
    for _ in range(2):
        await append(ledger, batch(case_id, [service]))
    known = {row.seq: row.known for row in await rows(ledger, instruments, case_id)}
    assert known == {2: False, 3: True, 4: False}


async def test_many_at_once_leave_no_gap_in_any_code(ledger: Database) -> None:
    """Batches that take several kinds, in whatever order their entries name them, neither wait for ever nor skip."""
    year, kinds = (2041, 2042)[ledger.projector], ("talk_notice", "bad_faith_notice", "seal_decision")
    at = datetime(year, 5, 1, tzinfo=UTC)

    async def issue(turn: int) -> None:
        case_id, turned = fresh(), [*kinds[turn % 3 :], *kinds[: turn % 3]]
        steps = [step(case_id, seq, instrument=kind, at=at) for seq, kind in enumerate(turned, start=2)]
        if turn % 2:
            await append(ledger, batch(case_id, [entry(case_id, 1, at=at), *steps]))
            return
        await append(ledger, batch(case_id, [entry(case_id, 1, at=at)]))
        for one in steps:
            await append(ledger, batch(case_id, [one]))

    await asyncio.gather(*(issue(turn) for turn in range(24)))
    async with ledger.read(SYSTEM_SCOPE) as session:
        given = (await session.execute(select(instruments).where(instruments.c.issued_at == at))).all()
    for kind in kinds:
        numbers = sorted(place(row.number) for row in given if row.kind == kind)
        assert numbers == [(year, n) for n in range(1, 25)]


async def test_the_year_of_an_instrument_is_shanghais(ledger: Database) -> None:
    case_id = fresh()
    at = datetime(2050 + ledger.projector, 12, 31, 16, tzinfo=UTC)
    await append(ledger, batch(case_id, [entry(case_id, 1), step(case_id, 2, instrument="demand", at=at)]))
    (row,) = await rows(ledger, instruments, case_id)
    assert place(row.number) == (at.year + 1, 1)


async def test_another_instrument_at_the_same_place_takes_no_number(ledger: Database, count: Any) -> None:
    case_id = fresh()
    await append(ledger, batch(case_id, [entry(case_id, 1), step(case_id, 2, instrument="exposure")]))
    taken = await count("SELECT sum(n) FROM counters WHERE kind IN ('exposure', 'filing')")
    with pytest.raises(LedgerConflict):
        await append(ledger, batch(case_id, [step(case_id, 2, instrument="filing")]))
    assert await count("SELECT sum(n) FROM counters WHERE kind IN ('exposure', 'filing')") == taken
    assert len(await rows(ledger, instruments, case_id)) == 1


# -- lists ----------------------------------------------------------------------------------------------
async def listed(ledger: Database, scope: Scope, **filters: Any) -> list[tuple[str, str]]:
    found: list[Any] = []
    after = None
    async with ledger.read(scope) as session:
        while True:
            page = await fetch_page(session, select_measures(scope, **filters), limit=2, after=after)
            found += page.items
            if (after := page.next) is None:
                return [(row.case_id, row.measure_id) for row in found]


async def test_the_district_list_is_newest_first_and_filtered(ledger: Database) -> None:
    kind = fresh()
    one, two = fresh(), fresh()
    await append(ledger, first(one, measures=[measure(n, kind=kind) for n in (1, 3, 5)]))
    await append(
        ledger,
        first(
            two,
            enterprise_id="e-b",
            measures=[measure(n, kind=kind, state=s) for n, s in ((2, "ENDED"), (4, "IN_FORCE"))],
        ),
    )
    everything = [(one, "m-5"), (two, "m-4"), (one, "m-3"), (two, "m-2"), (one, "m-1")]
    assert await listed(ledger, BUREAU, kind=kind) == everything
    assert await listed(ledger, BUREAU, kind=kind, open=False) == [(two, "m-2")]
    assert await listed(ledger, BUREAU, kind=kind, state="IN_FORCE") == [(two, "m-4")]
    assert await listed(ledger, BUREAU, kind=kind, enterprise_id="e-a") == [
        one_ for one_ in everything if one_[0] == one
    ]
    assert await listed(ledger, makers.TOWN_WEST, kind=kind) == [(two, "m-4"), (two, "m-2")]
    for scope in (FIRM_A, makers.ASSESSOR, makers.OTHER_BUREAU):
        assert await listed(ledger, scope, kind=kind) == []


async def test_an_enterprise_reads_what_it_may_know_of_its_case(ledger: Database) -> None:
    case_id, command = fresh(), fresh()
    open_, quiet = (
        step(case_id, 2, instrument="talk_notice", open=True),
        step(case_id, 3, instrument="filing", measure_id="m-2"),
    )
    open_ = open_.model_copy(update={"command_id": command})
    await append(
        ledger,
        batch(case_id, [entry(case_id, 1), open_, quiet], measures=[measure(1, known=True), measure(2)]),
    )
    for scope, known in (
        (FIRM_A, 1),
        (BUREAU, 2),
        (makers.TOWN_EAST, 2),
        (makers.FIRM_B, 0),
        (makers.ASSESSOR, 0),
    ):
        async with ledger.read(scope) as session:
            shown = await measures_of(session, scope, case_id)
            papers = await instruments_of(session, scope, case_id)
            mine = await instruments_of(session, scope, case_id, measure_id="m-1")
        assert [row.no for row in shown] == [1, 2][:known]
        assert [row.seq for row in papers] == [2, 3][:known]
        assert [row.command_id for row in mine] == [command][:known]
