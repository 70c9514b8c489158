"""The hotline: written down with a number, sorted, taken up or transferred, answered, rewarded; the caller stays secret."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ledger import tables
from ledger.sessions import Scope
from models.actors import Role
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of
from tests.console.test_tips import OPENING, WHO, looked, sent, the_tip

pytestmark = pytest.mark.slow

CALL: dict[str, Any] = {
    "title": "消防通道被堵",
    "text": "三楼通道堆满纸箱，夜里上锁",
    "place": "东街 8 号三楼",
    "matter": "hazard",
    "received_at": "2026-11-20T09:30:00+08:00",
}


async def called(house: House, who: str = "wang", idem: str | None = None, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = ok(await house.office.post(who, "/tips", CALL | changed, idem=idem), 201)
    return made


async def test_a_call_is_written_down_taken_up_answered_and_a_reward_proposed(house: House) -> None:
    office = house.office
    form = await house.get("wang", "/tips/new")
    read(form.text)
    wrong = await house.post("wang", "/tips/new", _key=key(), **CALL | {"text": ""})
    assert (wrong.status_code, "错误：" in wrong.text) == (422, True)
    told = CALL | {"received_at": "2026-11-20T09:30", "reached_by": "hotline"} | WHO
    given = await house.post("wang", "/tips/new", _key=key_of(form), **told)
    assert given.status_code == 201, given.text
    read(given.text)
    assert "举报〔2026〕1号" in given.text
    code = re.search(r'class="out-code">([A-Z2-9-]{31})<', given.text)
    again = await house.post("wang", "/tips/new", _key=key_of(form), **told)
    assert code is not None
    assert code[1] in again.text, "sent again it is the same call with the same code"
    assert WHO["name"] not in given.text
    (tip,) = ok(await office.get("li", "/tips"))["items"]
    assert (tip["register_no"], tip["reached_by"], tip["handler"]["id"]) == (
        "举报〔2026〕1号",
        "hotline",
        "wang",
    )
    assert [(one["key"], one["last_day"], one["verified"]) for one in tip["clocks"]] == [
        ("lead.reply_to_reporter", "2027-01-19", "M")
    ]
    shown = await house.get("li", f"/tips/{tip['tip_id']}")
    assert "安监总财〔2018〕19号、应急〔2023〕106号" in shown.text
    assert "待核" not in shown.text, "how far a source was verified stands on the page of the rules"
    assert WHO["telephone"] not in shown.text
    path = f"/tips/{tip['tip_id']}"
    asked = await house.post("wang", f"{path}/reporter")
    assert WHO["telephone"] in asked.text, (
        "before it is a case, whoever has the tip to deal with may call back"
    )
    refused(await office.get("li", f"/cases/{tip['tip_id']}/reporter"), 404, "not_found")
    refused(
        await office.post("wang", f"{path}/reward", {"fine": 1, "reason": "早"}),
        409,
        "conflict",
        "tips.reward",
    )
    ok(await office.post("wang", f"{path}/take", OPENING), 201)
    refused(await office.get("wang", f"/cases/{tip['tip_id']}/reporter"), 404, "not_found")
    await office.done("wang", tip["tip_id"], "verify", officers=["wang", "li"], findings="属实")
    page = await house.get("chief", f"{path}/reward")
    read(page.text)
    paid = await house.post("chief", f"{path}/reward", _key=key_of(page), fine="100000", reason="罚款已缴")
    assert paid.status_code == 303, paid.text
    detail = ok(await office.get("wang", path))
    assert (detail["reward"]["amount"], detail["reward"]["proposed_by"]["id"]) == (15_000, "chief")
    follow = await looked(house, code[1])
    assert "举报〔2026〕1号" in follow.text
    assert "奖励建议" in follow.text
    assert "15,000" not in follow.text
    for table in (tables.tips, tables.reporters, tables.audit_log, tables.case_texts, tables.contents):
        rows = str(await office.world.rows(table))
        assert WHO["name"] not in rows
        assert WHO["telephone"] not in rows
    actions = [row["action"] for row in await office.world.audit() if row["case_id"] == tip["tip_id"]]
    assert {"register_tip", "take_tip", "propose_reward", "read_reporter"} <= set(actions)


async def test_what_is_anothers_is_transferred_and_its_answer_followed(house: House) -> None:
    office = house.office
    made = await called(house, **WHO)
    path = f"/tips/{made['tip']['tip_id']}"
    letter = {"to_department": "区生态环境局", "reason": "属噪声污染", "answer_by": "2026-11-20"}
    refused(await office.post("wang", f"{path}/transfer", letter), 409, "conflict", "tips.transfer")
    sort = {"matter": "other_department", "handler_id": "firm"}
    refused(await office.post("wang", f"{path}/sort", sort), 409, "requirement_missing", "tips.handler")
    taken = {"matter": "other_department"}
    refused(await office.post("li", f"{path}/sort", taken), 403, "not_authorised", "tips.pass_on")
    form = await house.get("wang", f"{path}/sort")
    read(form.text)
    sorted_ = await house.post(
        "wang", f"{path}/sort", _key=key_of(form), matter="other_department", handler_id="li"
    )
    assert sorted_.status_code == 303, sorted_.text
    tip = ok(await office.get("wang", path))
    assert {one["key"]: one["last_day"] for one in tip["clocks"]}["lead.transfer_other_dept"] == "2026-11-24"
    assert "还剩 2 个工作日" in (await house.get("li", path)).text, "counted as its clock counts"
    refused(await office.post("wang", f"{path}/take", OPENING), 409, "conflict", "tips.matter")
    ok(await office.get("li", f"/cases/{tip['tip_id']}/reporter"))
    late = letter | {"answer_by": "2026-11-19"}
    refused(await office.post("li", f"{path}/transfer", late), 409, "limit_exceeded", "transfers.answer_by")
    given = ok(await office.post("li", f"{path}/transfer", letter))
    assert (given["state"], given["clocks"]) == ("transferred", [])
    refused(await office.post("li", f"{path}/transfer", letter), 409, "conflict", "tips.waiting")
    assert "区生态环境局" in (await looked(house, made["code"])).text
    (waiting,) = ok(await office.get("wang", "/transfers", state="waiting"))["items"]
    assert ok(await office.get("wang", "/transfers", state="overdue"))["items"] == []
    office.world.clock.pass_(hours=15)
    (overdue,) = ok(await office.get("wang", "/transfers", state="overdue"))["items"]
    assert (overdue["transfer_id"], overdue["state"]) == (waiting["transfer_id"], "overdue")
    listed = await house.get("office", "/transfers?state=overdue")
    read(listed.text)
    assert "逾期未回复" in listed.text
    answer = f"/transfers/{waiting['transfer_id']}/answer"
    form = await house.get("chief", answer)
    read(form.text)
    done = await house.post("chief", answer, _key=key_of(form), answered_on="2026-11-21", text="已责令停工")
    assert done.status_code == 303, done.text
    reply = {"answered_on": "2026-11-21", "text": "又一次"}
    refused(await office.post("wang", answer, reply), 409, "conflict", "transfers.answered")
    (kept,) = ok(await office.get("wang", "/transfers", state="answered", case=tip["tip_id"]))["items"]
    assert (kept["answer"], kept["recorded_by"]["id"]) == ("已责令停工", "chief")
    for who in ("firm", "town", "assessor", "head", "u-auditor", "u-admin"):
        refused(await office.get(who, "/transfers"), 403, "not_authorised")
    refused(await office.get("u-foreign", f"/transfers/{waiting['transfer_id']}"), 404, "not_found")


async def test_the_letter_of_a_case_is_recorded_once_it_was_transferred(house: House) -> None:
    office = house.office
    tip_id = (await called(house))["tip"]["tip_id"]
    ok(await office.post("wang", f"/tips/{tip_id}/take", OPENING), 201)
    letter = {
        "to_department": "区住建局",
        "reason": "建筑施工",
        "answer_by": "2026-12-20",
        "letter_no": "移字1号",
    }
    path = f"/cases/{tip_id}/transfers"
    refused(await office.post("wang", path, letter), 409, "conflict", "transfers.case")
    await office.done("chief", tip_id, "transfer", to_department="区住建局", reason="建筑施工")
    form = await house.get("wang", f"{path}/new")
    read(form.text)
    sent_ = await house.post("wang", f"{path}/new", _key=key_of(form), **letter)
    assert sent_.status_code == 303, sent_.text
    (one,) = ok(await office.get("wang", "/transfers"))["items"]
    assert (one["about"], one["case_id"], one["letter_no"]) == ("case", tip_id, "移字1号")
    refused(await office.post("u-foreign", path, letter), 404, "not_found")


async def test_what_may_be_the_same_is_suggested_and_nothing_is_merged(house: House) -> None:
    office = house.office
    await sent(house)
    first = (await the_tip(house))["tip_id"]
    ok(await office.post("wang", f"/tips/{first}/take", OPENING), 201)
    name = (await office.get("wang", "/enterprises/e-a")).json()["name"]
    second = (await called(house, firm=name))["tip"]["tip_id"]
    third = (await called(house, title="配电箱漏电", text="车间配电箱没有接地", place="西街 1 号"))["tip"][
        "tip_id"
    ]
    found = ok(await office.get("li", f"/tips/{second}/alike"))
    assert [(one["kind"], one["id"]) for one in found] == [("tip", first)]
    assert ok(await office.get("li", f"/tips/{third}/alike")) == []
    of_case = ok(await office.get("li", f"/cases/{first}/alike"))
    assert [(one["kind"], one["id"], one["same_enterprise"]) for one in of_case] == [("tip", second, True)]
    read((await house.get("li", f"/cases/{first}/alike")).text)
    refused(await office.get("firm", f"/cases/{first}/alike"), 403, "not_authorised")
    refused(await office.get("u-foreign", f"/cases/{first}/alike"), 404, "not_found")
    assert [
        one["tip_id"] for one in ok(await office.get("li", "/tips", owed="true", state="taken"))["items"]
    ] == [first]
    ok(await office.post("wang", f"/tips/{first}/answer", {"text": "已立案"}))
    assert ok(await office.get("li", "/tips", owed="true", state="taken"))["items"] == []
    page = await house.get("li", f"/tips/{second}")
    read(page.text)
    assert "疑似重复" in page.text
    numbers = [one["register_no"] for one in ok(await office.get("li", "/tips"))["items"]]
    assert sorted(numbers) == ["举报〔2026〕1号", "举报〔2026〕2号", "举报〔2026〕3号"]
    for who in ("firm", "town", "u-auditor", "head"):
        refused(await office.get(who, f"/tips/{second}/alike"), 403, "not_authorised")
        refused(await office.post(who, "/tips", CALL), 403, "not_authorised")
    future = CALL | {"received_at": "2026-11-21T09:30:00+08:00"}
    refused(await office.post("wang", "/tips", future), 409, "limit_exceeded", "tips.received")


async def test_postgresql_alone_keeps_a_call_and_a_letter_to_the_officer_who_writes_them(
    house: House,
) -> None:
    made = await called(house, **WHO)
    database = house.office.world.database
    theirs = Scope(role=Role.INSPECTOR, district_id="d-1", user_id="li")
    async with database.read(theirs) as session:
        assert (await session.scalars(select(tables.reporters.c.handle))).all() == []
    mine = Scope(role=Role.INSPECTOR, district_id="d-1", user_id="wang")
    async with database.read(mine) as session:
        found = await session.scalars(select(tables.reporters.c.case_id))
        assert found.all() == [made["tip"]["tip_id"]]
    for role, part in (
        (Role.ENTERPRISE, {"enterprise_id": "e-a"}),
        (Role.TERRITORY, {"territory_id": "t-east"}),
    ):
        for table in (tables.tips, tables.transfers):
            with pytest.raises(DBAPIError, match="permission denied"):
                async with database.read(Scope(role=role, district_id="d-1", user_id="x", **part)) as session:
                    await session.execute(select(table))
