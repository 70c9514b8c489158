"""A rehearsal on a page: a calendar of what would happen, for those who may ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from console.months import months
from models.calendar import calendar_between
from models.clocks import SHANGHAI
from models.errors import TooManyRequests
from models.labels import Label
from models.rehearsal import Happening, HappeningKind, Rehearsal, RehearsalEnd, RehearsalRequest, RehearsedDay
from tests.console.conftest import House
from tests.console.reading import ALL, read

_INSIDE = {"wang", "chief", "deputy", "head", "mayor", "office", "lawyer", "u-auditor"}


async def played(asked: RehearsalRequest) -> Rehearsal:
    """An answer as a rehearsal gives it, of as many days as were asked."""
    first = date(2026, 11, 20)
    at = datetime(2026, 12, 7, 16, tzinfo=SHANGHAI)
    state = Label(zh="已逾期", en="overdue")
    late = Happening(
        at=at,
        kind=HappeningKind.FELL_DUE,
        text=Label(zh="整改期限届满", en="due"),
        basis="《安全生产法》第六十五条",
    )
    return Rehearsal(
        case_id="c",
        first_day=first,
        last_day=first + timedelta(days=asked.days),
        assumptions=(),
        days=(RehearsedDay(date=at.date(), state="OVERDUE", state_label=state, happenings=(late,)),),
        end=RehearsalEnd(state="OVERDUE", state_label=state, over=False, tasks=(), clocks=()),
    )


async def test_what_would_happen_stands_in_its_month_under_its_article(house: House) -> None:
    house.office.world.services.rehearse = played
    case_id = await house.office.case()
    path = f"/cases/{case_id}/rehearsal"
    assert path in read((await house.get("wang", f"/cases/{case_id}")).text).links
    assert path not in read((await house.get("firm", f"/cases/{case_id}")).text).links
    for who in ALL:
        assert (await house.get(who, path)).status_code in ((200,) if who in _INSIDE else (403, 404)), who
        if who not in _INSIDE:
            assert (await house.post(who, path, days=30)).status_code in (403, 404)
    shown = await house.post("chief", path, days=90)
    page = read(shown.text)
    assert "#d-2026-12-07" in page.links
    assert "d-2026-12-07" in page.ids
    assert "《安全生产法》第六十五条" in shown.text
    assert shown.text.count('<table class="month">') == 4
    assert (await house.post("chief", path, days=7)).status_code == 422


async def test_too_many_at_once_is_told_with_the_form_still_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_: RehearsalRequest) -> Rehearsal:
        raise TooManyRequests("请求过多", "busy", retry_after=2)

    house.office.world.services.rehearse = busy
    case_id = await house.office.case()
    answer = await house.post("wang", f"/cases/{case_id}/rehearsal", days=30)
    assert answer.status_code == 429
    assert 'value="30" selected' in answer.text


def test_months_hold_every_day_once_and_mark_unusual_ones() -> None:
    found = list(months(date(2026, 9, 20), date(2026, 10, 12), calendar_between(2026, 2026)))
    assert [one.first for one in found] == [date(2026, 9, 1), date(2026, 10, 1)]
    days = [day for one in found for week in one.weeks for day in week if day]
    assert len({day.date for day in days}) == len(days) == 61
    assert sum(day.inside for day in days) == 23
    national = next(day for day in days if day.date == date(2026, 10, 1))
    assert (national.working, national.unusual) == (False, True)
    assert all(len(week) == 7 for one in found for week in one.weeks)
