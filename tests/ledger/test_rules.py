"""Which rules hold: the newest policy in force, else the first to come; for a case the version it was opened under."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ledger import registry
from ledger.errors import LedgerGap
from ledger.readers import rules
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from models.actors import Role
from models.calendar import CalendarYear
from models.policy import Policy
from tests.ledger.makers import POLICY

NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)
"""The first second of 2027 in Shanghai."""


def policy(version: str, effective_from: date) -> Policy:
    return POLICY.model_copy(update={"version": version, "effective_from": effective_from})


async def store(database: Database, *policies: Policy) -> None:
    async with database.write(SYSTEM_SCOPE) as session:
        for one in policies:
            await registry.store_policy(session, one)


async def in_force(database: Database, at: datetime) -> str:
    async with database.read(SYSTEM_SCOPE) as session:
        return (await rules.policy_in_force(session, at)).version


@pytest.fixture
async def empty(database_url: str) -> Database:
    return Database(database_url)


async def test_the_policy_in_force_changes_with_the_shanghai_day(empty: Database) -> None:
    with pytest.raises(LedgerGap) as refusal:
        await in_force(empty, NEW_YEAR)
    assert refusal.value.remedy_zh
    await store(empty, policy("r-2027", date(2027, 1, 1)), policy("r-2028", date(2028, 1, 1)))
    assert await in_force(empty, datetime(2020, 1, 1, tzinfo=UTC)) == "r-2027", "else the first to come"
    await store(empty, policy("r-2026", date(2026, 6, 1)))
    assert await in_force(empty, NEW_YEAR.replace(hour=15)) == "r-2026"
    assert await in_force(empty, NEW_YEAR) == "r-2027"
    assert await in_force(empty, datetime(2031, 1, 1, tzinfo=UTC)) == "r-2028"
    await empty.dispose()


async def test_a_case_keeps_its_version_and_its_calendar_reaches_from_its_opening_to_now(
    empty: Database,
) -> None:
    await store(empty, policy("r-old", date(2024, 1, 1)))
    notice = CalendarYear(year=2030, days_off=(date(2030, 5, 6),), confirmed=True, source="国办发明电")
    async with empty.write(Scope(role=Role.ADMIN, user_id="operator")) as session:
        await registry.store_calendar(session, notice, entered_by="operator")
    opened, now = datetime(2024, 3, 1, tzinfo=UTC), datetime(2029, 3, 1, tzinfo=UTC)
    async with empty.read(SYSTEM_SCOPE) as session:
        found = await rules.rules_of(session, "r-old", opened, now)
        with pytest.raises(LedgerGap):
            await rules.rules_of(session, "r-never", opened)
    assert found.policy.version == "r-old"
    assert [year.year for year in found.calendar.years] == [*range(2023, 2033)]
    assert not found.calendar.is_working_day(date(2030, 5, 6)), "a notice that was entered wins"
    await empty.dispose()
