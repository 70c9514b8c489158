"""The rules and the calendar, for everybody who is signed in."""

from __future__ import annotations

from ledger import tables
from tests.api.support import ok
from tests.console.conftest import House
from tests.console.test_pages import ALL, read


async def test_every_clock_stands_with_its_length_article_class_and_how_far_it_was_verified(
    house: House,
) -> None:
    policy = ok(await house.office.get("wang", "/policies/current"))
    shown = (await house.get("firm", "/policy")).text
    page = read(shown)
    assert {f"c-{one['key']}" for one in policy["clocks"]} <= set(page.ids)
    for one in policy["clocks"]:
        row = shown[shown.index(f'id="c-{one["key"]}"') :].partition("</tr>")[0]
        assert one["basis"] in row
        assert one["length"]["zh"] in row
        assert one["class_label"]["zh"] in row
        assert one["verified_label"]["zh"] in row
        assert {None: "不涉及", True: ">顺延", False: "不顺延"}[one["rolls"]] in row
    assert "没有符合的规则" in (await house.get("firm", "/policy?q=月球")).text
    found = read((await house.get("firm", "/policy?q=rectify")).text)
    assert 0 < sum(one.startswith("c-") for one in found.ids) < len(policy["clocks"])
    for who in ALL:
        assert (await house.get(who, "/policy")).status_code == 200


async def test_a_year_without_its_notice_is_provisional_until_it_is_entered(house: House) -> None:
    office = house.office
    years = ok(await office.get("firm", "/calendar"))["years"]
    assert [one["year"] for one in years] == [2025, 2026, 2027, 2028, 2029]
    guessed = next(one["year"] for one in years if not one["confirmed"])
    shown = (await house.get("firm", f"/calendar?year={guessed}")).text
    read(shown)
    assert "尚未公布这一年的放假安排" in shown
    assert shown.count('<table class="month">') == 12
    notice = {"year": guessed, "source": "国办发明电〔x〕1号", "days_off": [], "workdays": []}
    await office.world.add(tables.calendar_notices, notice)
    told = (await house.get("town", f"/calendar?year={guessed}")).text
    assert "尚未公布" not in told
    assert "国办发明电〔x〕1号" in told
    assert "2026" in (await house.get("u-admin", "/calendar")).text
    for year in ("1999", "x", "20266"):
        assert (await house.get("firm", f"/calendar?year={year}")).status_code == 404
