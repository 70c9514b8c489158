"""A demo ledger of many cases: every proof clean, numbers unique, dates and places spread; refused on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from demo.lives import lives
from demo.many import fill
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import case_measures, case_texts, cases, inspections, instruments
from models.calendar import calendar_between
from models.caseclocks import Rules
from operations.verify import told
from policies import load_default

KEY = b"k" * 32
CASES = 240


@pytest.mark.slow
@pytest.mark.parametrize("hour", [4, 16, 18], ids="{} UTC".format)
def test_no_hour_of_the_day_makes_a_life_unlawful(hour: int) -> None:
    now = datetime(2026, 11, 28, hour, 20, tzinfo=UTC)
    rules = Rules(policy=load_default(), calendar=calendar_between(2024, 2027))
    assert len([*lives(lambda _: rules, now)]) > 100


async def test_many_cases_prove_themselves(database: Database) -> None:
    now = datetime.now(UTC)
    async with database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, load_default())
    seen: list[int] = []
    await fill(database, CASES - 30, now, KEY, seen.append)
    await fill(database, CASES, now + timedelta(minutes=1), KEY, seen.append)
    await fill(database, CASES, now + timedelta(minutes=2), KEY, seen.append)
    assert (seen[-1], seen == sorted(set(seen))) == (CASES, True)
    assert seen[0] < CASES - 30, "most are copies of what the projector wrote"
    lines = [line async for line in told(database, None, [KEY])]
    assert [line for wrong, line in lines if wrong] == []
    async with database.read(SYSTEM_SCOPE) as session:
        distinct = [
            func.count(column.distinct())
            for column in (
                *(cases.c.number, cases.c.enterprise_id, cases.c.territory_id, cases.c.state),
                func.date_trunc("month", cases.c.opened_at),
            )
        ]
        numbers, firms, places, states, months = (await session.execute(select(*distinct))).one()
        latest = await session.scalar(select(func.max(cases.c.acted_at)))
        untitled = await session.scalar(select(func.count()).where(case_texts.c.title == ""))
        shown = [
            await session.scalar(select(func.count()).select_from(one))
            for one in (case_measures, inspections, instruments)
        ]
    assert (numbers, firms >= 45, places, states >= 6, months >= 18, untitled) == (
        *(CASES, True, 5),
        *(True, True, 0),
    )
    assert latest <= now, "nothing lies in the future"
    assert min(shown) >= 10, "every list has something to show"
