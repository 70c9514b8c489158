"""Enterprises' own checks over both doors: the checklist, the small loop with its pictures, reporting, the double report."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import insert, select

from ledger import tables
from ledger.entries import on_record
from ledger.sessions import Scope
from models.actors import Role
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of
from tests.console.test_tips import picture

pytestmark = pytest.mark.slow

FOUND: dict[str, Any] = {
    "title": "配电箱门未关",
    "location": "一号车间",
    "found_on": "2026-11-20",
    "finish_on": "2026-11-20",
}
DONE = {"text": "已上锁", "person_name": "李工"}
FINE = {"passed": True, "text": "已消除", "manager_name": "王经理"}
OUTSIDERS = ("rival", "third", "far-town", "u-foreign")


async def found(house: House, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = ok(await house.office.post("firm", "/self-findings", FOUND | changed), 201)
    return made


async def test_a_check_goes_through_every_line_of_the_checklist(house: House) -> None:
    office = house.office
    listed = ok(await office.get("firm", "/checklist"))
    form = await house.get("firm", "/selfchecks/checks/new")
    read(form.text)
    lines = {f"line:{one['key']}": "fine" for one in listed["lines"]}
    assert len(lines) >= 6
    told = {"checked_on": "2026-11-20", "person_name": "李工", "note": "全面自查"}
    some = await house.post("firm", "/selfchecks/checks/new", _key=key(), **told)
    assert (some.status_code, "错误：" in some.text) == (422, True)
    left = dict(list(lines.items())[1:])
    some = await house.post("firm", "/selfchecks/checks/new", _key=key(), **told, **left)
    assert (some.status_code, "逐项填写" in some.text) == (409, True)
    read(some.text)
    lines["line:own.exits"] = "found"
    given = await house.post("firm", "/selfchecks/checks/new", _key=key_of(form), **told, **lines)
    assert given.status_code == 303, given.text
    page = await house.get("town", given.headers["location"])
    read(page.text)
    assert "发现问题" in page.text
    (one,) = ok(await office.get("wang", "/self-checks", enterprise="e-a"))["items"]
    assert (one["found"], one["person_name"]) == (1, "李工")
    for who in OUTSIDERS:
        refused(await office.get(who, f"/self-checks/{one['check_id']}"), 404, "not_found", "scope.check")
        assert ok(await office.get(who, "/self-checks"))["items"] == []
    for who in ("assessor", "u-admin"):
        refused(await office.get(who, "/self-checks"), 403, "not_authorised")
    for who in ("wang", "town"):
        refused(await office.get(who, "/checklist"), 403, "not_authorised")


async def test_the_small_loop_is_the_enterprises_own_and_no_case(house: House) -> None:
    office = house.office
    before = ok(await office.get("wang", "/enterprises/e-a"))["open_cases"]
    form = await house.get("firm", "/selfchecks/findings/new")
    read(form.text)
    browser = await house.browser("firm")
    data = {"_key": key_of(form), **FOUND}
    given = await browser.post("/selfchecks/findings/new", data=data, files=[("photos@file", picture())])
    assert given.status_code == 303, given.text
    shown = await house.get("firm", given.headers["location"])
    read(shown.text)
    assert shown.text.count("/thumbnail") == 1
    thumbnail = re.search(r'src="(/evidence/[^"]+/thumbnail)"', shown.text)
    assert thumbnail is not None
    for who, status in (("firm", 200), ("wang", 200), ("rival", 404), ("assessor", 404)):
        assert (await house.get(who, thumbnail[1])).status_code == status, who
    (one,) = ok(await office.get("firm", "/self-findings", state="open"))["items"]
    path = f"/self-findings/{one['finding_id']}"
    refused(await office.post("firm", f"{path}/check", FINE), 409, "conflict", "selfchecks.state")
    page = await house.get("firm", f"/selfchecks/findings/{one['finding_id']}/rectify")
    read(page.text)
    sent = {"data": {"_key": key_of(page), **DONE}, "files": [("photos@file", picture())]}
    put_right = await browser.post(f"/selfchecks/findings/{one['finding_id']}/rectify", **sent)
    assert put_right.status_code == 303, put_right.text
    same = FINE | {"manager_name": "李工"}
    refused(await office.post("firm", f"{path}/check", same), 409, "conflict", "selfchecks.manager")
    back = ok(await office.post("firm", f"{path}/check", FINE | {"passed": False}))
    assert (back["state"], back["returns"]) == ("open", 1)
    ok(await office.post("firm", f"{path}/rectify", DONE))
    done = ok(await office.post("firm", f"{path}/check", FINE))
    assert (done["state"], done["case_id"]) == ("checked", None)
    assert sorted(photo["shows"] for photo in done["photos"]) == ["after", "before"]
    refused(await office.post("firm", f"{path}/rectify", DONE), 409, "conflict", "selfchecks.state")
    assert ok(await office.get("wang", "/cases"))["items"] == []
    assert ok(await office.get("wang", "/enterprises/e-a"))["open_cases"] == before
    assert ok(await office.get("town", path))["manager_name"] == "王经理"
    for who in OUTSIDERS:
        refused(await office.get(who, path), 404, "not_found", "scope.finding")
    refused(await office.post("rival", f"{path}/rectify", DONE), 404, "not_found")
    refused(await office.post("wang", f"{path}/rectify", DONE), 403, "not_authorised")
    refused(await office.post("wang", "/self-findings", FOUND), 403, "not_authorised")
    early = FOUND | {"finish_on": "2026-11-19"}
    refused(await office.post("firm", "/self-findings", early), 409, "limit_exceeded", "selfchecks.due")
    await found(house)
    office.world.clock.pass_(hours=15)
    (late,) = ok(await office.get("firm", "/self-findings", late="true"))["items"]
    assert late["late"]


async def test_what_may_be_major_is_reported_and_its_pictures_go_along(house: House) -> None:
    office = house.office
    one = await found(house, title="除尘系统未接地", maybe_major=True)
    path = f"/self-findings/{one['finding_id']}"
    client = await office.world.as_("firm", **{"Idempotency-Key": key()})
    name, content, kind = picture()
    photo = await client.post(
        f"/api/v1{path}/photos", data={"shows": "before"}, files={"file": (name, content, kind)}
    )
    assert len(ok(photo, 201)["photos"]) == 1
    ok(await office.post("firm", f"{path}/rectify", DONE))
    refused(await office.post("firm", f"{path}/check", FINE), 409, "conflict", "selfchecks.major")
    page = await house.get("firm", f"/selfchecks/findings/{one['finding_id']}")
    read(page.text)
    assert "必须及时上报" in page.text
    report = f"/selfchecks/findings/{one['finding_id']}/report"
    form = await house.get("firm", report)
    read(form.text)
    assert "除尘系统未接地" in form.text
    tip = {"source": "tip", "enterprise_id": "e-a", "title": "除尘系统未接地", "requirements": ["接地"]}
    refused(await office.post("firm", f"{path}/report", tip), 409, "requirement_missing", "selfchecks.source")
    given = await house.post(
        "firm", report, _key=key_of(form), title="除尘系统未接地", requirements="接地", location="一号车间"
    )
    assert given.status_code == 303, given.text
    case = ok(await office.get("wang", f"/cases/{one['finding_id']}"))
    assert (case["source"], case["state"]) == ("self_report", "REPORTED")
    assert len(ok(await office.get("wang", f"/cases/{one['finding_id']}/evidence"))["items"]) == 1
    after = ok(await office.get("firm", path))
    assert (after["state"], after["case_id"], len(after["photos"])) == ("reported", one["finding_id"], 1)
    again = tip | {"source": "self_report"}
    assert ok(await office.post("firm", f"{path}/report", again))["case_id"] == one["finding_id"]
    assert len(ok(await office.get("wang", "/cases"))["items"]) == 1


async def test_the_double_report_is_made_confirmed_and_told_to_the_staff_congress(house: House) -> None:
    office = house.office
    await found(house, found_on="2026-09-01", finish_on="2026-12-01")
    due = ok(await office.get("firm", "/double-reports/due"))
    assert (due["year"], due["quarter"], due["due_on"], due["verified"]) == (2026, 3, "2026-10-15", "Q")
    form = await house.get("firm", "/selfchecks/reports/new")
    read(form.text)
    made = await house.post("firm", "/selfchecks/reports/new", _key=key_of(form), year="2026", quarter="3")
    assert made.status_code == 303, made.text
    path = made.headers["location"]
    assert ok(await office.get("wang", "/double-reports"))["items"] == [], "a draft is the enterprise's own"
    assert (await house.get("wang", path)).status_code == 404
    early = await office.post("firm", "/double-reports", {"year": 2026, "quarter": 4})
    refused(early, 409, "limit_exceeded", "double_report.quarter")
    await found(house, found_on="2026-09-02", finish_on="2026-09-03")
    anew = ok(await office.post("firm", "/double-reports", {"year": 2026, "quarter": 3}), 201)
    assert (anew["figures"]["found"], anew["figures"]["late"]) == (2, 1)
    api = f"/double-reports/{anew['report_id']}"
    refused(await office.post("firm", f"{api}/congress", {"held_on": "2026-11-01"}), 409, "conflict")
    form = await house.get("firm", f"{path}/confirm")
    read(form.text)
    sure = await house.post("firm", f"{path}/confirm", _key=key_of(form), principal="赵厂长")
    assert sure.status_code == 303, sure.text
    assert ok(await office.get("firm", "/double-reports/due")) is None
    again = await office.post("firm", "/double-reports", {"year": 2026, "quarter": 3})
    refused(again, 409, "conflict", "double_report.state")
    future = {"held_on": "2026-11-21"}
    refused(await office.post("firm", f"{api}/congress", future), 409, "limit_exceeded")
    told = ok(await office.post("firm", f"{api}/congress", {"held_on": "2026-11-01"}))
    assert (told["state"], told["principal"], told["late"]) == ("reported", "赵厂长", True)
    page = await house.get("wang", path)
    read(page.text)
    assert "双报告已完成" in page.text
    (one,) = ok(await office.get("town", "/double-reports", enterprise="e-a"))["items"]
    assert one["held_on"] == "2026-11-01"
    read((await house.get("town", "/selfchecks/reports")).text)
    for who in OUTSIDERS:
        refused(await office.get(who, api), 404, "not_found", "scope.double_report")
    refused(await office.get("assessor", "/double-reports"), 403, "not_authorised")


async def test_the_report_an_enterprise_owes_counts_among_what_waits_for_it(house: House) -> None:
    async def waits(who: str) -> int:
        return int((await (await house.browser(who)).get("/badge")).json()["tasks"])

    before = await waits("firm")
    page = (await house.get("firm", "/")).text
    assert f'data-count="tasks">{before}<' in page
    assert (before, "2026 年第 3 季度双报告" in page) == (1, True)
    made = ok(await house.office.post("firm", "/double-reports", {"year": 2026, "quarter": 3}), 201)
    assert await waits("firm") == 1, "a draft is owed still"
    sure = {"principal": "赵厂长"}
    ok(await house.office.post("firm", f"/double-reports/{made['report_id']}/confirm", sure))
    assert await waits("firm") == 0
    assert "双报告" not in (await house.get("firm", "/")).text.split("<main")[1]
    assert await waits("wang") == 0


async def test_postgresql_alone_keeps_an_enterprises_own_checks_apart(house: House) -> None:
    one = await found(house)
    await house.office.post("firm", "/double-reports", {"year": 2026, "quarter": 3})
    database = house.office.world.database
    here = {"district_id": "d-1", "user_id": "x"}
    seen = {
        Scope(role=Role.ENTERPRISE, enterprise_id="e-a", **here): (1, 1),
        Scope(role=Role.ENTERPRISE, enterprise_id="e-b", **here): (0, 0),
        Scope(role=Role.TERRITORY, territory_id="t-east", **here): (1, 0),
        Scope(role=Role.TERRITORY, territory_id="t-west", **here): (0, 0),
        Scope(role=Role.INSPECTOR, **here): (1, 0),
        Scope(role=Role.INSPECTOR, district_id="d-other", user_id="x"): (0, 0),
    }
    for scope, counts in seen.items():
        async with database.read(scope) as session:
            rows = [
                len((await session.execute(select(table))).all())
                for table in (tables.self_findings, tables.double_reports)
            ]
        assert tuple(rows) == counts, scope
    for recorded in (False, True):
        async with database.read(Scope(role=Role.AUDITOR, **here)) as session:
            assert await on_record(session, Scope(role=Role.AUDITOR, **here), "e-c") is recorded
        ok(await house.office.post("third", "/self-findings", FOUND), 201)
    rival = Scope(role=Role.ENTERPRISE, enterprise_id="e-b", **here)
    stolen = {"evidence_id": "v", "case_id": one["finding_id"], "district_id": "d-1", "sha256": "0" * 64}
    stolen |= {"size": 1, "media_type": "image/jpeg", "object_key": "k", "uploaded_by": "x"}
    with pytest.raises(Exception, match="row-level security"):
        async with database.write(rival) as session:
            await session.execute(insert(tables.evidence).values(**stolen, uploaded_role="enterprise"))
