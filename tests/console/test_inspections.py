"""Inspections and orders on pages: found by filter, turned page by page, shown to those who may know of them."""

from __future__ import annotations

import re

from tests.api.support import finding, ok, refused
from tests.console.conftest import House
from tests.console.reading import ALL, read
from tests.console.test_giving import key_of, photo


async def test_a_visit_leads_to_its_order_and_its_cases_and_they_lead_back(house: House) -> None:
    found = await house.office.inspected(finding("清理积尘", "建立清扫记录"), finding(title="配电箱无门"))
    visit, order = f"/inspections/{found['inspection_id']}", f"/orders/{found['order_id']}"
    page = (await house.get("wang", visit)).text
    assert found["order_no"] in page
    assert order in read(page).links
    paper = (await house.get("wang", order)).text
    assert visit in read(paper).links
    assert paper.index("清理积尘") < paper.index("配电箱无门")
    case_id = found["cases"][0]["case_id"]
    assert f"/cases/{case_id}" in paper
    assert {visit, order} <= set(read((await house.get("wang", f"/cases/{case_id}")).text).links)
    assert {visit, order} <= set(read((await house.get("wang", "/enterprises/e-a")).text).links)
    own = (await house.get("firm", order)).text
    assert "清理积尘" in own
    listed = (await house.get("firm", "/orders")).text
    assert found["order_no"] in listed


async def test_every_role_reads_them_exactly_as_the_api_tells(house: House) -> None:
    office = house.office
    found = await office.inspected(finding())
    for who in ALL:
        for path in (f"/inspections/{found['inspection_id']}", f"/orders/{found['order_id']}"):
            told = (await office.get(who, path)).status_code
            page = await house.get(who, path)
            assert page.status_code == told, f"{who} {path}"
            read(page.text)
        for path in ("/inspections", "/orders"):
            page = await house.get(who, path)
            listed = ok(await office.get(who, path))["items"]
            read(page.text)
            assert page.text.count(found["order_no" if path == "/orders" else "number"]) == len(listed)


async def test_an_order_is_listed_for_its_enterprise_from_its_service_on(house: House) -> None:
    office = house.office
    found = await office.inspected(finding(), service=None)
    assert ok(await office.get("firm", "/orders"))["items"] == []
    assert found["order_no"] not in (await house.get("firm", "/orders")).text
    mine = ok(await office.get("wang", "/orders", served="false", officer="wang"))["items"]
    assert [one["number"] for one in mine] == [found["order_no"]]
    assert ok(await office.get("wang", "/orders", served="true"))["items"] == []
    assert ok(await office.get("rival", "/orders"))["items"] == []
    refused(await office.get("wang", "/orders", seved="true"), 422, "malformed")


async def test_lists_are_narrowed_by_day_and_kind_and_turn_their_pages(house: House) -> None:
    office = house.office
    for _ in range(3):
        await office.inspected(finding())
    await office.inspected(kind="guidance")
    first = (await house.get("wang", "/inspections?limit=2&kind=double_random")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = (await house.get("wang", following[1].replace("&amp;", "&"))).text
    shown = [set(re.findall(r'href="(/inspections/[0-9a-f-]{36})"', one)) for one in (first, second)]
    assert [len(one) for one in shown] == [2, 1]
    assert not shown[0] & shown[1]
    today = office.now.date().isoformat()
    on_day = (await house.get("wang", f"/inspections?first={today}&last={today}")).text
    assert len(set(re.findall(r'href="(/inspections/[0-9a-f-]{36})"', on_day))) == 4
    assert "没有符合条件的检查" in (await house.get("wang", "/inspections?last=2020-01-01")).text
    assert (await house.get("wang", "/inspections?first=yesterday")).status_code == 422
    orders = (await house.get("wang", "/orders?limit=2")).text
    assert 'rel="next"' in orders


async def test_an_order_is_served_for_all_its_cases_from_its_page_with_its_proof(house: House) -> None:
    office = house.office
    found = await office.inspected(finding(), finding(title="配电箱无门"), service=None)
    here = f"/orders/{found['order_id']}"
    assert f"{here}/serve" in read((await house.get("wang", here)).text).links
    assert f"{here}/serve" not in (await house.get("head", here)).text
    form = await house.get("wang", f"{here}/serve")
    read(form.text)
    assert found["order_no"] in form.text
    told = {"_key": key_of(form), "served_at": "2026-11-20T10:00", "method": "post"}
    unproved = await house.post("wang", f"{here}/serve", **told)
    assert unproved.status_code == 409
    assert "邮寄回执" in unproved.text
    browser = await house.browser("wang")
    files = {"photos@file": ("邮寄回执.jpg", photo(), "image/jpeg")}
    sent = told | {"_key": key_of(unproved)}
    given = await browser.post(f"{here}/serve", data=sent, files=files)
    assert (given.status_code, given.headers["location"]) == (303, f"{here}?done=1"), given.text
    served = await house.get("wang", given.headers["location"])
    read(served.text)
    assert "邮寄送达" in served.text
    assert served.text.count(">送达凭证</a>") == 1
    assert f"{here}/serve" not in served.text
    assert {one["state"] for one in ok(await office.get("wang", "/cases"))["items"]} == {"ORDERED"}
    again = await house.get("wang", f"{here}/serve")
    assert "现在还不能办理" in again.text
    for who, status in (("rival", 404), ("u-admin", 404)):
        assert (await house.get(who, f"{here}/serve")).status_code == status


async def test_lists_name_the_handlers_and_are_narrowed_to_one_also_to_who_has_left(house: House) -> None:
    office = house.office
    hers, his = await office.inspected(finding()), await office.inspected(finding())
    await office.done("chief", his["cases"][0]["case_id"], "assign_handler", handler_id="li")
    ok(await office.post("u-admin", "/accounts/wang/deactivate", None))
    for path, mine, others in (
        ("/inspections", hers["number"], his["number"]),
        ("/orders", hers["order_no"], his["order_no"]),
        ("/cases", hers["cases"][0]["number"], his["cases"][0]["number"]),
    ):
        page = (await house.get("chief", f"{path}?handler=wang")).text
        assert "（已离岗）" in page, path
        assert (mine in page, others in page) == (True, False), path
    for path in ("/", "/measures"):
        assert 'name="handler"' in (await house.get("chief", path)).text, path
        assert 'name="handler"' not in (await house.get("firm", path)).text, path
