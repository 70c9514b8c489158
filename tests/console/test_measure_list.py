"""All measures on one page: by kind and step, turned page by page, and nothing of a step that is not told."""

from __future__ import annotations

import re

from tests.api.support import ok
from tests.console.conftest import House
from tests.console.reading import ALL, read


async def test_measures_are_found_by_kind_and_by_the_step_taken_last(house: House) -> None:
    office = house.office
    case_id = await office.case()
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    letter = await office.proposed(case_id, "supervision_letter")
    await office.stepped("head", case_id, fine, "approve")
    page = (await house.get("chief", "/measures")).text
    links = read(page).links
    assert {f"/cases/{case_id}/measures/{one}" for one in (fine, letter)} <= set(links)
    only = (await house.get("chief", "/measures?kind=fine&step=approve")).text
    assert fine in only
    assert letter not in only
    assert "20,000" in only
    assert re.search(r'<option value="propose"[^>]*>提请采取措施</option>', only)
    assert "没有符合条件的措施" in (await house.get("chief", "/measures?kind=fine&step=serve_notice")).text
    (row,) = ok(await office.get("wang", "/measures", step="approve"))["items"]
    assert (row["measure_id"], row["step"]) == (fine, "approve")
    first = (await house.get("chief", "/measures?limit=1")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = (await house.get("chief", following[1].replace("&amp;", "&"))).text
    assert (fine in first) != (fine in second)


async def test_nobody_outside_finds_or_reads_a_step_that_is_not_told(house: House) -> None:
    office = house.office
    case_id = await office.case()
    letter = await office.proposed(case_id, "supervision_letter")
    await office.stepped("chief", case_id, letter, "approve")
    assert ok(await office.get("firm", "/measures"))["items"] == []
    await office.stepped("wang", case_id, letter, "serve", service=office.delivered())
    (row,) = ok(await office.get("firm", "/measures"))["items"]
    assert row["step"] == "serve"
    assert ok(await office.get("firm", "/measures", step="approve"))["items"] == []
    assert ok(await office.get("firm", "/measures", step="serve"))["items"] == []
    shown = (await house.get("firm", "/measures?kind=supervision_letter")).text
    assert letter in shown
    assert '<option value="approve"' not in shown
    for who in ALL:
        listed = ok(await office.get(who, "/measures"))["items"]
        page = (await house.get(who, "/measures")).text
        read(page)
        assert (letter in page) == bool(listed), who
