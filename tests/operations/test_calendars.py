"""A year's notice comes in: it is stored, and every open case adopts it once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ledger.readers.rules import calendar_around
from ledger.sessions import SYSTEM_SCOPE
from models.calendar import CalendarYear
from operations.calendars import publish, rederive
from tests.builders import KEY, opening, order, served
from tests.workflows.conftest import Engine


async def test_open_cases_adopt_a_notice_once(engine: Engine) -> None:
    now = datetime.now(UTC)
    unsigned = opening(now=now, order=order(20), service=served(now - timedelta(minutes=1)))
    case_id = (await engine.open(unsigned)).case_id
    day = date(now.year + 1, 3, 2)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    notice = CalendarYear(year=day.year, days_off=(day,), confirmed=True, source="国办发明电〔测试〕1号")
    await publish(engine.database, notice)
    async with engine.database.read(SYSTEM_SCOPE) as session:
        assert not (await calendar_around(session, now)).is_working_day(day)
    first = [one async for one in rederive(engine.database, engine.doors, KEY)]
    assert (case_id, None) in first
    assert "clocks_rederived" in await engine.told(case_id)
    told = await engine.told(case_id)
    again = [one async for one in rederive(engine.database, engine.doors, KEY)]
    assert [one for one in again if one[0] == case_id] == []
    assert await engine.told(case_id) == told
