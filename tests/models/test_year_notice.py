"""A year's notice as it is typed: what is read, every fault by name, and what it would move."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models.calendar import CalendarYear, calendar_between
from models.calendarmoves import moves
from models.caseclocks import Rules
from models.errors import Malformed
from models.yearnotice import Notice, forgotten, read_days, same_days, typed
from tests.builders import SYSTEM, general


def days(first: str, last: str | None = None) -> list[date]:
    begun, ended = date.fromisoformat(first), date.fromisoformat(last or first)
    return [begun + timedelta(days=n) for n in range((ended - begun).days + 1)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        ("2027-01-01", days("2027-01-01")),
        ("2027-1-1\n\n 2027/2/6 \r\n", [*days("2027-01-01"), *days("2027-02-06")]),
        ("2027-02-06..2027-02-08", days("2027-02-06", "2027-02-08")),
        ("2027-02-06 至 2027-02-08", days("2027-02-06", "2027-02-08")),
        ("2月6日至8日", days("2027-02-06", "2027-02-08")),
        ("1月30日—2月1日", days("2027-01-30", "2027-02-01")),
        ("2026年12月31日至2027年1月2日", days("2026-12-31", "2027-01-02")),
        ("1月1日（星期五）至3日（星期日）放假，共3天。", days("2027-01-01", "2027-01-03")),
        ("1月24日（星期日）、2月20日（星期六）上班。", [*days("2027-01-24"), *days("2027-02-20")]),
    ],
)
def test_days_are_read_as_people_write_them(text: str, read: list[date]) -> None:
    assert list(read_days(text, 2027)) == read


@pytest.mark.parametrize(
    "line", ["春节", "13", "2027-02-30", "2月8日至6日", "1月1日至12月31日", "27-01-01", "2027-01-01 x"]
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)) as wrong:
        read_days(f"2027-01-01\n{line}", 2027)
    assert str(wrong.value) == line
    with pytest.raises(Malformed) as refused:
        typed("2027", " ", "2027-01-01", line)
    assert [one["field"] for one in refused.value.details["fields"]] == ["workdays", "source"]
    assert line in refused.value.zh


def given(off: str, work: str = "") -> Notice:
    return typed("2027", "国办发明电〔2026〕9号", off, work)


@pytest.mark.parametrize(
    ("off", "work", "field", "said"),
    [
        ("", "", "days_off", "没有填写"),
        ("2027-01-01\n2027-01-01", "", "days_off", "2027-01-01 写了两次"),
        ("2028-01-03", "", "days_off", "2028-01-03 不是 2027 年"),
        ("2026-11-30", "", "days_off", "2026-11-30 不是 2027 年"),
        ("1月1日", "2027-02-22", "workdays", "2027-02-22 不是周末"),
        ("1月1日至3日", "1月3日", "workdays", "2027-01-03 同时写作放假和上班"),
        ("1月1日", "2月20日、2月20日", "workdays", "2027-02-20 写了两次"),
    ],
)
def test_every_fault_is_told_by_field(off: str, work: str, field: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        given(off, work).arranged()
    (wrong,) = refused.value.details["fields"]
    assert wrong["field"] == field
    assert said in wrong["zh"]


@pytest.mark.parametrize("year", ["", "27", "2027年", "1999", "9999"])
def test_a_year_has_four_digits(year: str) -> None:
    with pytest.raises(Malformed, match="年份应为四位数字"):
        typed(year, "x", "2027-01-01", "")


def test_the_same_arrangement_is_known_whatever_is_said_of_weekends() -> None:
    one, other = given("1月1日至3日", "2月20日").arranged(), given("1月1日", "2月20日").arranged()
    assert one.confirmed
    assert same_days(one, other)
    assert not same_days(one, given("1月1日").arranged())
    last = given("1月1日\n2026-12-27").arranged()  # a weekend day the year before may have had worked
    assert not same_days(last, given("1月1日").arranged())
    assert date(2027, 10, 1) in forgotten(one)
    assert date(2027, 1, 1) not in forgotten(one)
    assert date(2027, 5, 1) not in forgotten(one)  # a Saturday


def test_a_preview_says_what_the_case_then_decides() -> None:
    story = general("2026-12-25 10:00")
    year: CalendarYear = given("1月1日\n1月11日").arranged()
    calendar = calendar_between(2025, 2029, [year])
    told = moves(story.case, Rules(policy=story.hazard.rules.policy, calendar=calendar), story.now)
    before = story.case.clocks
    story.give("adopt_calendar", SYSTEM, calendar=calendar.model_dump(mode="json"))
    assert [one.key for one in told] == story.entries[-1].data["moved"]
    for one in told:
        assert one.before == before[one.key].due
        assert one.after == story.case.clocks[one.key].due
    (rectify,) = [one for one in told if one.key == "rectify"]
    assert (rectify.before.last_day, rectify.after.last_day) == (date(2027, 1, 11), date(2027, 1, 12))
    assert rectify.shifted
