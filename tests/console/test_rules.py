"""The rules and the calendar, for everybody who is signed in."""

from __future__ import annotations

from ledger import tables
from services.policies.bases import basis_words
from tests.api.support import ok
from tests.console.conftest import House
from tests.console.reading import ALL, read


async def test_every_clock_stands_with_its_length_article_class_and_how_far_it_was_verified(
    house: House,
) -> None:
    policy = ok(await house.office.get("wang", "/policies/current"))
    shown = (await house.get("firm", "/policy")).text
    page = read(shown)
    assert {f"c-{one['key']}" for one in policy["clocks"]} <= set(page.ids)
    for one in policy["clocks"]:
        row = shown[shown.index(f'id="c-{one["key"]}"') :].partition("</tr>")[0]
        assert basis_words(one["basis"], "zh") in row
        assert one["length"]["zh"] in row
        assert one["class_label"]["zh"] in row
        assert one["verified_label"]["zh"] in row
        assert {None: "不涉及", True: ">顺延", False: "不顺延"}[one["rolls"]] in row
    assert "没有符合的规则" in (await house.get("firm", "/policy?q=月球")).text
    found = read((await house.get("firm", "/policy?q=rectify")).text)
    assert 0 < sum(one.startswith("c-") for one in found.ids) < len(policy["clocks"])
    assert "<summary><span>《行政强制法》" in shown
    assert shown.index("<summary><span>《行政强制法》") < shown.index("<summary><span>其他依据"), (
        "what rests on no law is last"
    )
    assert "data-open-to-print open>" not in shown
    searched = (await house.get("firm", "/policy?q=第六十七条")).text
    assert searched.count("<details") == searched.count("data-open-to-print open>"), "what was found is open"
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


async def test_an_administrator_enters_a_notice_looks_and_publishes_it(house: House) -> None:
    office = house.office
    await office.case()
    year = next(
        one["year"] for one in ok(await office.get("firm", "/calendar"))["years"] if not one["confirmed"]
    )
    assert "/calendar/notice" in (await house.get("u-admin", "/calendar")).text
    assert "/calendar/notice" not in (await house.get("wang", "/calendar")).text
    said = {
        "year": str(year),
        "source": "国办发明电〔x〕1号",
        "days_off": "1月1日\n1月1日",
        "workdays": "春节",
    }
    wrong = await house.post("u-admin", "/calendar/notice", **said, act="look")
    assert wrong.status_code == 422
    assert "看不懂“春节”" in wrong.text
    assert ">1月1日\n1月1日</textarea>" in wrong.text
    said["workdays"] = ""
    assert "写了两次" in (await house.post("u-admin", "/calendar/notice", **said, act="look")).text
    said["days_off"] = "1月1日至3日"
    looked = await house.post("u-admin", "/calendar/notice", **said, act="look")
    read(looked.text)
    assert (looked.status_code, "还没有公布" in looked.text) == (200, True)
    assert "是法定节假日，通知里没有" in looked.text
    assert not next(one for one in ok(await office.get("firm", "/calendar"))["years"] if one["year"] == year)[
        "confirmed"
    ]
    done = await house.post("u-admin", "/calendar/notice", **said, act="publish")
    assert (done.status_code, done.headers["location"]) == (303, f"/calendar?year={year}&done=added")
    shown = (await house.get("u-admin", done.headers["location"])).text
    read(shown)
    assert "已公布" in shown
    assert "等待开始" in shown
    assert "等待开始" not in (await house.get("wang", f"/calendar?year={year}")).text
    looked = await house.post(
        "u-admin", "/calendar/notice", **said | {"days_off": "1月1日、2月1日、2月2日"}, act="look"
    )
    assert 'name="correct"' in looked.text
    refused = await house.post(
        "u-admin", "/calendar/notice", **said | {"days_off": "1月1日、2月1日、2月2日"}, act="publish"
    )
    assert (refused.status_code, "calendar.confirmed" in refused.text) == (409, True)
    assert (await house.post("wang", "/calendar/notice", **said, act="look")).status_code == 403
    assert (await house.post("wang", f"/calendar/{year}/again")).status_code == 403


async def test_whoever_audits_reads_beside_a_citation_what_is_still_to_be_verified_of_it(
    house: House,
) -> None:
    case_id = await house.office.case()
    path = f"/cases/{case_id}/do/grant_extension"
    for who, marked in (("wang", False), ("firm", False), ("u-auditor", True)):
        assert ("待核对" in (await house.get(who, path)).text) == marked, who
        assert "待核对" in (await house.get(who, "/policy")).text, who
