"""Tallies: what a case is counted under follows from its snapshot, batches add the difference, and sums lose nothing."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from ledger.append import append
from ledger.readers.overview import Tally, tallied
from ledger.rows import turn_rows
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_tallies
from ledger.tallies import ACTED, CLOSED, OPEN, OPENED, OWED, STEPS, counted, difference, differing, sum_up
from models.batch import Task
from relay import TallyRelay
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.ledger.makers import (
    BUREAU,
    START,
    TOWN_EAST,
    TOWN_WEST,
    batch,
    entry,
    first,
    fresh,
    measure,
    snapshot,
)

DUE = (START + timedelta(days=9)).isoformat()


def sorts(acted_at: str | None = None, **fields: Any) -> list[str]:
    return [one.partition('"')[2].partition('"')[0] for one in counted(snapshot("c", 1, **fields), acted_at)]


def test_an_open_case_is_counted_by_all_it_is_shown_by_and_a_closed_one_by_its_months() -> None:
    assert Counter(sorts()) == Counter([OPENED, OPEN, ACTED, "colour", "grade"])
    assert OWED in sorts(rectify_due_at=DUE)
    assert sorts(closed_at=DUE, rectify_due_at=DUE) == [OPENED, CLOSED]
    assert sorts(closed_at=DUE, measures=[measure()])[2:] == ["measure", STEPS]


def test_only_what_changed_is_added_and_taken_away() -> None:
    doc = snapshot("c", 1)
    before, after = counted(doc, None), counted({**doc, "state": "ORDERED"}, None)
    assert difference(doc, before, before) == []
    moved = difference(doc, before, after)
    assert {(row["what"], row["one"], row["n"]) for row in moved} == {
        (what, state, n) for what in (OPEN, OPENED) for state, n in ((doc["state"], -1), ("ORDERED", 1))
    }
    assert difference(doc, (), before) == [
        row | {"n": 1} for row in difference(doc, before, ()) if row["n"] == -1
    ]


async def states(ledger: Database, scope: Any) -> dict[tuple[str, ...], int]:
    async with ledger.read(scope) as session:
        (found,) = await tallied(session, scope, Tally(OPEN, ("one",)))
        return dict(found)


async def test_batches_keep_the_numbers_and_sums_leave_them(ledger: Database) -> None:
    before = await states(ledger, BUREAU)
    west = await states(ledger, TOWN_WEST)
    case_id = fresh()
    await append(ledger, first(case_id))
    await append(ledger, batch(case_id, [entry(case_id, 2)], state="PLANNED"))
    for _ in range(2):
        seen = Counter(await states(ledger, BUREAU))
        seen.subtract(before)
        assert {key: n for key, n in seen.items() if n} == {("PLANNED",): 1}
        assert (await states(ledger, TOWN_EAST))["PLANNED",] >= 1
        assert await states(ledger, TOWN_WEST) == west
        async with ledger.read(SYSTEM_SCOPE) as session:
            assert await differing(session) is None
        await TallyRelay(ledger).once()
    async with past_locks(ledger) as connection:
        rows = await looking.rows(connection, case_tallies)
    kept = [(row.district_id, row.territory_id, row.what, row.at, row.one, row.other) for row in rows]
    assert len(kept) == len(set(kept))
    assert all(row.n for row in rows)


async def test_a_number_that_is_not_what_the_cases_say_is_found(ledger: Database) -> None:
    await append(ledger, first(fresh()))
    async with ledger.write(SYSTEM_SCOPE) as session:
        await sum_up(session)
    async with past_locks(ledger) as connection:
        await looking.run(connection, "UPDATE case_tallies SET n = n + 1 WHERE what = 'acted'")
    async with ledger.read(SYSTEM_SCOPE) as session:
        found = await differing(session)
    assert found is not None
    assert found.what == ACTED
    async with past_locks(ledger) as connection:
        await looking.run(connection, "UPDATE case_tallies SET n = n - 1 WHERE what = 'acted'")


@pytest.mark.parametrize("order", [1, -1])
def test_a_task_says_whom_its_matter_was_raised_to(order: int) -> None:
    tasks = [
        Task(key="m1/approval.decide", role="section_head", rank="section_head", clock="m1/approval.decide"),
        Task(key="m1/approval.decide^1", role="deputy_head", rank="deputy_head", clock="m1/approval.decide"),
        Task(key="rectify", role="enterprise", clock="rectify"),
    ]
    rows = {row["key"]: (row["decision"], row["raised_to"]) for row in turn_rows(tasks[::order])}
    assert rows == {
        "m1/approval.decide": (True, "deputy_head"),
        "m1/approval.decide^1": (True, ""),
        "rectify": (False, ""),
    }
