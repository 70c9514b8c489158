"""A year's notice comes in: it is previewed, published once, and every open case adopts it once, in the real engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import case_clocks, notices
from models.actors import Actor, Role
from models.calendar import packaged_year
from models.calendarbatch import BatchState, PublishEffect
from models.yearnotice import Notice
from services.calendars.carrying import Carrier
from services.calendars.previews import look
from services.calendars.publishing import progress, publish
from services.gateway import TemporalGateway
from tests.builders import KEY, opening, order, served
from tests.workflows.engine import Engine

ADMIN = Actor(user_id="u-admin", role=Role.ADMIN, district_id="d-1")


async def last_day(engine: Engine, case_id: str) -> date:
    mine = select(case_clocks.c.last_day).where(
        case_clocks.c.case_id == case_id, case_clocks.c.key == "rectify"
    )
    async with engine.database.read(SYSTEM_SCOPE) as session:
        day: date = (await session.scalars(mine)).one()
    return day


async def test_open_cases_adopt_a_notice_once(engine: Engine) -> None:
    now = datetime.now(UTC)
    opened = [opening(now=now, order=order(20), service=served(now - timedelta(minutes=1))) for _ in range(3)]
    cases = [(await engine.open(one)).case_id for one in opened]
    before = await last_day(engine, cases[0])
    known, year = packaged_year(before.year), before.year
    notice = Notice(
        year=year,
        source="国办发明电〔测试〕1号",
        days_off=(*known.days_off, before),
        workdays=tuple(day for day in known.workdays if day != before),
    )
    told = await look(engine.database, notice, None, now)
    moved = {one.case_id: (one.before, one.after) for one in told.first if one.clock == "rectify"}
    assert await last_day(engine, cases[0]) == before, "a preview stores nothing"

    done = await publish(engine.database, ADMIN, notice, now, correct=True)
    assert done.effect is (PublishEffect.CORRECTED if known.confirmed else PublishEffect.ADDED)
    carrier = Carrier(engine.database, TemporalGateway(engine.doors, KEY, limit=10), at_once=2)
    while await carrier.once():
        pass
    batch = await progress(engine.database, ADMIN, year)
    assert batch is not None
    assert (batch.state, batch.refused, batch.done) == (BatchState.DONE, 0, batch.total)
    assert batch.clocks >= len(cases)
    for case_id in cases:
        assert await last_day(engine, case_id) == moved[case_id][1] > before
        assert (await engine.told(case_id)).count("clocks_rederived") == 1
        async with engine.database.read(SYSTEM_SCOPE) as session:
            kinds = (await session.scalars(select(notices.c.kind).where(notices.c.case_id == case_id))).all()
        assert "clocks_rederived" in kinds

    assert (await publish(engine.database, ADMIN, notice, now)).effect is PublishEffect.SAME
    assert not await carrier.once(), "nothing is begun for what is known"
    for case_id in cases:
        assert (await engine.told(case_id)).count("clocks_rederived") == 1
