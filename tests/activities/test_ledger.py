"""Activities that write to the ledger, as a worker calls them, on a real one: delivered twice, they write once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.ledger import LedgerActivities
from ledger.errors import LedgerGap
from ledger.sessions import Database
from ledger.tables import case_events, inspections
from models.inspection import InspectionEnvelope
from tests.builders import WANG, opening
from tests.ledger import looking
from tests.ledger.looking import past_locks
from tests.ledger.makers import POLICY, batch, district, entry, first, fresh


@pytest.fixture(scope="module")
async def ledger(database: Database) -> Database:
    await district(database)
    return database


@pytest.fixture
def activities(ledger: Database) -> LedgerActivities:
    return LedgerActivities(ledger)


async def written(ledger: Database, case_id: str) -> int:
    async with past_locks(ledger) as session:
        return await looking.count(session, case_events, case_id=case_id)


async def test_a_batch_delivered_twice_is_written_once(
    ledger: Database, activities: LedgerActivities
) -> None:
    opened = first()
    run = ActivityEnvironment().run
    assert await run(activities.append_entries, opened) == []
    assert await run(activities.append_entries, opened) == []
    assert await written(ledger, opened.case_id) == 1


async def test_what_stands_there_already_is_told_instead(
    ledger: Database, activities: LedgerActivities
) -> None:
    opened = first()
    case_id, run = opened.case_id, ActivityEnvironment().run
    await run(activities.append_entries, opened)
    kept = batch(case_id, [entry(case_id, 2, data={"percent": 40})])
    await run(activities.append_entries, kept)
    other = batch(case_id, [entry(case_id, 2, data={"percent": 60})])
    stands = await run(activities.append_entries, other)
    assert [one.command_id for one in stands] == [kept.entries[0].command_id]
    assert await run(activities.entries_after, case_id, 1) == stands
    assert await written(ledger, case_id) == 2


async def test_entries_come_in_order_and_only_those_beyond(activities: LedgerActivities) -> None:
    opened = first()
    case_id, run = opened.case_id, ActivityEnvironment().run
    await run(activities.append_entries, opened)
    for seq in (2, 3):
        await run(activities.append_entries, batch(case_id, [entry(case_id, seq)]))
    assert [one.seq for one in await run(activities.entries_after, case_id, 0)] == [1, 2, 3]
    assert [one.seq for one in await run(activities.entries_after, case_id, 2)] == [3]
    assert await run(activities.entries_after, fresh(), 0) == []


async def test_a_batch_beyond_a_gap_is_refused(ledger: Database, activities: LedgerActivities) -> None:
    opened = first()
    run = ActivityEnvironment().run
    await run(activities.append_entries, opened)
    with pytest.raises(ApplicationError) as refused:
        await run(activities.append_entries, batch(opened.case_id, [entry(opened.case_id, 4)]))
    assert (refused.value.type, refused.value.non_retryable) == ("ledger_gap", False)
    assert await written(ledger, opened.case_id) == 1


async def test_rules_are_those_of_the_version(activities: LedgerActivities) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    found = await ActivityEnvironment().run(activities.rules_at, POLICY.version, at)
    assert found.policy.version == POLICY.version
    assert 2026 in [year.year for year in found.calendar.years]
    with pytest.raises(LedgerGap):
        await ActivityEnvironment().run(activities.rules_at, "never stored", at)


async def test_an_inspection_is_recorded_once_and_not_another_under_its_id(
    ledger: Database, activities: LedgerActivities
) -> None:
    visit = InspectionEnvelope(
        inspection_id=fresh(),
        command_id=fresh(),
        actor=WANG,
        record={"kind": "special", "officers": ["wang", "li"], "started_at": "2026-11-02T01:00:00Z"},
        openings=(opening(fresh()),),
        issued_at=datetime(2026, 11, 2, 3, tzinfo=UTC),
    )
    run = ActivityEnvironment().run
    for _ in range(2):
        await run(activities.record_inspection, visit)
    async with past_locks(ledger) as session:
        assert await looking.count(session, inspections, inspection_id=visit.inspection_id) == 1
    with pytest.raises(ApplicationError) as refused:
        await run(activities.record_inspection, visit.model_copy(update={"command_id": fresh()}))
    assert (refused.value.type, refused.value.non_retryable) == ("ledger_conflict", True)


@pytest.mark.parametrize(
    "poison",
    [
        {"rectify_due_at": "2026-12-01T00:00:00+16:00"},
        {"rectify_due_at": "0001-01-01T00:00:00+23:59"},
        {"industry": "a\x00b"},
        {"failures": 10**40},
        {"state": None},
        {"clocks": {"rectify": {"due_at": "never", "status": "running"}}},
    ],
    ids=str,
)
async def test_what_no_table_can_hold_is_refused_for_good_and_writes_nothing(
    ledger: Database, activities: LedgerActivities, poison: dict[str, Any]
) -> None:
    run, case_id = ActivityEnvironment().run, fresh()
    for number in (1, 2):
        if number == 2:
            await run(activities.append_entries, first(case_id))
        bad = batch(case_id, [entry(case_id, number)])
        bad.doc.update(poison)
        with pytest.raises(ApplicationError) as refused:
            await run(activities.append_entries, bad)
        assert refused.value.non_retryable
        assert await written(ledger, case_id) == number - 1
