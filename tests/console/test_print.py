"""The case as a document: everything its reader may know, and nothing more."""

from __future__ import annotations

from tests.api.support import finding, ok
from tests.console.conftest import House
from tests.console.reading import ALL, read


async def test_the_document_holds_summary_clocks_measures_photographs_and_the_whole_ledger(
    house: House,
) -> None:
    office = house.office
    case_id = await office.submitted()
    piece = await office.photo("wang", case_id, purpose="现场积尘")
    await office.proposed(case_id, "supervision_letter")
    case = ok(await office.get("wang", f"/cases/{case_id}"))
    page = (await house.get("wang", f"/cases/{case_id}/print")).text
    read(page)
    events = ok(await office.get("wang", f"/cases/{case_id}/events", limit=200))["items"]
    for one in events:
        assert f'第 {one["seq"]} 条 · <span class="hashed">{one["hash"][:12]}</span>' in page
    for clock in case["clocks"]:
        assert clock["label"]["zh"] in page
    assert case["measures"][0]["label"]["zh"] in page
    assert f"/evidence/{piece}/copy" in page
    assert "/original" not in page
    outside = (await house.get("firm", f"/cases/{case_id}/print")).text
    assert piece not in outside
    assert case["measures"][0]["label"]["zh"] not in outside


async def test_it_is_printed_by_exactly_those_who_see_the_case(house: House) -> None:
    office = house.office
    case_id = (await office.inspected(finding()))["cases"][0]["case_id"]
    for who in ALL:
        seen = (await house.get(who, f"/cases/{case_id}")).status_code
        for part in ("print", "photos"):
            assert (await house.get(who, f"/cases/{case_id}/{part}")).status_code == seen, who


async def test_a_list_on_paper_says_what_it_is_a_list_of_and_a_case_its_number(house: House) -> None:
    case_id = await house.office.case()
    number = ok(await house.office.get("wang", f"/cases/{case_id}"))["number"]
    listed = (await house.get("wang", "/cases?state=ORDERED&grade=not_major&mine=true&q=积尘")).text
    said = listed.partition('<p class="print-only">')[2].partition("</p>")[0]
    for words in (
        "积尘",
        "状态：已责令整改",
        "等级：一般隐患",
        "只看我的：是",
        "打印于 2026年11月20日 10:00",
    ):
        assert words in said, words
    assert "条件：全部" in (await house.get("wang", "/cases")).text
    case = (await house.get("wang", f"/cases/{case_id}")).text
    assert number in case.partition('<p class="print-only">')[2].partition("</p>")[0]
