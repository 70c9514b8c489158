"""How a case begins on a page: a visit with its findings, a hazard an enterprise reports, a lead."""

from __future__ import annotations

import html
import re

import pytest

from tests.api.support import ok, refused
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of

VISIT = "/enterprises/e-a/inspections/new"
REPORT = "/enterprises/e-a/cases/new"
FOUND = {
    "kind": "special",
    "officers": ["wang", "li"],
    "started_at": "2026-11-20T09:00",
    "ended_at": "2026-11-20T10:00",
    "place": "打磨车间",
    "service.served_at": "2026-11-20T10:00",
    "findings.0.title": "除尘风管积尘",
    "findings.0.requirements": "清理风管积尘\r\n\r\n 建立清扫记录 ",
    "findings.0.deadline_days": "15",
    "findings.1.title": "灭火器被遮挡",
    "findings.1.requirements": "移开遮挡物",
}


async def test_a_visit_opens_a_case_for_each_finding_and_lists_them(house: House) -> None:
    form = await house.get("wang", VISIT)
    page = read(form.text)
    assert {"f-kind", "f-officers", "f-started_at", "f-findings", "f-findings.0.requirements"} <= set(
        page.ids
    )
    assert "“双随机”检查" in html.unescape(form.text)
    key = key_of(form)
    given = [await house.post("wang", VISIT, _key=key, **FOUND) for _ in range(2)]
    assert [one.status_code for one in given] == [303, 303], given[0].text
    assert given[0].headers["location"] == given[1].headers["location"], "sent twice it is one visit"
    listed = await house.get("wang", given[0].headers["location"])
    assert listed.text.index("除尘风管积尘") < listed.text.index("灭火器被遮挡")
    cases = ok(await house.office.get("wang", "/cases", sort="number"))["items"]
    first, second = cases
    assert (first["state"], second["state"]) == ("ORDERED", "ORDERED")
    case = ok(await house.office.get("wang", f"/cases/{first['case_id']}"))
    assert [item["text"] for item in case["items"]] == ["清理风管积尘", "建立清扫记录"]


async def test_another_finding_is_added_without_losing_the_first(house: House) -> None:
    form = await house.get("wang", VISIT)
    grown = await house.post("wang", VISIT, _key=key_of(form), _add="findings", **FOUND)
    assert grown.status_code == 200
    page = read(grown.text)
    assert "f-findings.2.title" in page.ids
    assert "除尘风管积尘" in grown.text
    assert 'value="li" checked' in grown.text


async def test_a_visit_of_one_officer_comes_back_with_rule_and_article(house: House) -> None:
    form = await house.get("wang", VISIT)
    answer = await house.post("wang", VISIT, _key=key_of(form), **{**FOUND, "officers": ["wang"]})
    assert answer.status_code == 409, answer.text
    read(answer.text)
    assert "两名" in answer.text
    assert "除尘风管积尘" in answer.text
    assert ok(await house.office.get("wang", "/cases"))["items"] == []


@pytest.mark.parametrize("moment", ["0026-11-20T09:00", "2031-11-20T09:00"])
async def test_a_slip_of_a_year_is_told_at_its_field(house: House, moment: str) -> None:
    form = await house.get("wang", VISIT)
    answer = await house.post("wang", VISIT, _key=key_of(form), **{**FOUND, "started_at": moment})
    assert answer.status_code in (409, 422), answer.text
    read(answer.text)
    assert "错误：" in answer.text
    assert ok(await house.office.get("wang", "/cases"))["items"] == []


async def test_a_clean_visit_is_told_at_the_enterprise(house: House) -> None:
    clean = {name: value for name, value in FOUND.items() if not name.startswith(("findings", "service"))}
    form = await house.get("wang", VISIT)
    given = await house.post("wang", VISIT, _key=key_of(form), **clean)
    assert given.headers["location"] == "/enterprises/e-a?done=1"
    assert len(ok(await house.office.get("wang", "/inspections"))["items"]) == 1


async def test_an_enterprise_reports_its_own_hazard_and_nobody_elses(house: House) -> None:
    form = await house.get("firm", REPORT)
    page = read(form.text)
    assert "f-source" not in page.ids
    told = {"title": "配电箱无门", "requirements": "加装箱门"}
    given = await house.post("firm", REPORT, _key=key_of(form), **told)
    assert given.status_code == 303, given.text
    case = await house.get("firm", given.headers["location"])
    assert "配电箱无门" in case.text
    assert (await house.get("rival", REPORT)).status_code == 404
    shown = await house.get("firm", "/enterprises/e-a")
    assert REPORT in shown.text
    assert VISIT not in shown.text


async def test_a_territory_passes_a_tip_on_and_an_enterprise_records_no_visit(house: House) -> None:
    form = await house.get("town", REPORT)
    told = {"source": "tip", "title": "夜间偷排", "requirements": "停止偷排"}
    assert (await house.post("town", REPORT, _key=key_of(form), **told)).status_code == 303
    refused(await house.office.get("firm", "/cases/nothing"), 404, "not_found")
    posted = await house.post("firm", VISIT, _key="x", **FOUND)
    assert posted.status_code == 403, posted.text


@pytest.mark.parametrize("path", [VISIT, "reinspect"])
async def test_who_has_no_valid_certificate_is_shown_but_cannot_be_chosen(house: House, path: str) -> None:
    where = path if path == VISIT else f"/cases/{await house.office.submitted()}/do/{path}"
    page = (await house.get("wang", where)).text
    assert re.search(r'value="u-expired" disabled><span>[^<]+<small>[^<]*无有效执法证', page)
    assert 'value="li" disabled' not in page
    assert 'value="wang" checked' in page


async def test_a_case_is_assigned_to_somebody_without_a_certificate_all_the_same(house: House) -> None:
    page = (await house.get("chief", f"/cases/{await house.office.case()}/do/assign_handler")).text
    assert '<option value="u-expired">' in page
