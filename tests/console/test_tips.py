"""Tips of the public: from a telephone without an account to a case, an answer, and a reporter whom only one may know."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ledger import tables
from ledger.reporters import follow_up_scope
from models.searching import searched
from runtime.settings import Settings
from services.limits import Limits
from services.tips.sealing import Identity, seal, unseal
from tests.api.support import key, ok, refused
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of
from tests.ledger import looking

pytestmark = pytest.mark.slow

TOLD = {
    "district_id": "d-1",
    "title": "消防通道被堵",
    "text": "三楼通道堆满纸箱，夜里上锁",
    "place": "东街 8 号三楼",
    "firm": "东区家具厂",
}
WHO = {"name": "张举报", "telephone": "13800001234"}
OPENING = {
    "source": "tip",
    "enterprise_id": "e-a",
    "title": "消防通道被堵",
    "requirements": ["清理通道"],
}


def picture() -> tuple[str, bytes, str]:
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), tuple(uuid.uuid4().bytes[:3])).save(stream, "JPEG")
    return ("IMG_1.jpg", stream.getvalue(), "image/jpeg")


async def sent(house: House, *, photos: int = 0, files: Any = None, **changed: str) -> httpx2.Response:
    """A tip as a stranger's browser sends it."""
    coming = files or [("photo", picture()) for _ in range(photos)] or [("photo", ("", b"", ""))]
    async with house.stranger() as phone:
        return await phone.post("/tip", data={**TOLD, **changed}, files=coming)


def code_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 201, answer.text
    found = re.search(r'class="out-code">([A-Z2-9-]{31})<', answer.text)
    assert found is not None
    return found[1]


async def looked(house: House, code: str) -> httpx2.Response:
    async with house.stranger() as phone:
        asked = await phone.post("/tip/look", data={"code": code.lower().replace("-", " ")})
        assert asked.status_code == 303
        return await phone.get(asked.headers["location"])


async def the_tip(house: House) -> dict[str, Any]:
    (one,) = ok(await house.office.get("wang", "/tips", state="waiting"))["items"]
    return dict(one)


# -- tipping ---------------------------------------------------------------------------------------------
async def test_a_stranger_tips_and_follows_it_to_the_answer(house: House) -> None:
    async with house.stranger() as phone:
        form = await phone.get("/tip")
    page = read(form.text)
    assert {"f-title", "f-place", "f-text", "f-photos", "f-name"} <= set(page.ids)
    assert re.findall(r'<script[^>]*/(\w+\.js)"', form.text) == ["inputs.js"], "nothing but how inputs look"
    code = code_of(await sent(house, photos=2, **WHO))
    first = await looked(house, code)
    read(first.text)
    assert "等待受理" in first.text
    tip = await the_tip(house)
    assert (tip["photos"], tip["named"], tip["firm"]) == (2, True, "东区家具厂")
    shown = await house.get("wang", f"/tips/{tip['tip_id']}?q=")
    read(shown.text)
    assert shown.text.count("/thumbnail") == 2
    picture_path = re.search(r'src="(/evidence/[^"]+/thumbnail)"', shown.text)
    assert picture_path is not None
    assert (await house.get("wang", picture_path[1])).status_code == 200
    take = f"/tips/{tip['tip_id']}/take?enterprise=e-a"
    filled = await house.get("wang", take)
    read(filled.text)
    assert "东街 8 号三楼" in filled.text
    given = await house.post(
        "wang", take, _key=key_of(filled), title="消防通道被堵", requirements="清理通道", location="三楼"
    )
    assert given.status_code == 303, given.text
    assert given.headers["location"].startswith(f"/cases/{tip['tip_id']}?done=")
    case = ok(await house.office.get("wang", f"/cases/{tip['tip_id']}"))
    assert (case["state"], case["source"]) == ("REPORTED", "tip")
    files = ok(await house.office.get("wang", f"/cases/{tip['tip_id']}/evidence"))["items"]
    assert [(one["audience"], one["uploaded_role"]) for one in files] == [("bureau", "reporter")] * 2
    second = await looked(house, code)
    assert "正在派人核查" in second.text
    assert case["number"] in second.text
    words = f"/tips/{tip['tip_id']}/answer"
    form = await house.get("chief", words)
    told = await house.post("chief", words, _key=key_of(form), text="已责令清理，感谢您的举报")
    assert told.headers["location"] == f"/tips/{tip['tip_id']}?done=1", told.text
    assert "已责令清理，感谢您的举报" in (await looked(house, code)).text
    assert ok(await house.office.get("wang", "/tips", state="waiting"))["items"] == []
    kept = ok(await house.office.get("wang", f"/tips/{tip['tip_id']}"))
    assert (kept["decided_by"]["id"], kept["answered_by"]["id"]) == ("wang", "chief")
    assert await decided(house, tip["tip_id"]) == [("take_tip", "wang"), ("answer_tip", "chief")]


async def decided(house: House, tip_id: str) -> list[tuple[str, str]]:
    """What the audit log says of who decided a tip."""
    lines = [row for row in await house.office.world.audit() if row["case_id"] == tip_id]
    return [
        (row["action"], row["actor_id"])
        for row in lines
        if row["action"].endswith("_tip") and row["action"] != "receive_tip"
    ]


async def test_one_that_is_not_taken_up_says_why(house: House) -> None:
    code = code_of(await sent(house))
    tip = await the_tip(house)
    path = f"/tips/{tip['tip_id']}/close"
    empty = await house.post("office", path, _key=key(), text="")
    assert (empty.status_code, "错误：" in empty.text) == (422, True)
    form = await house.get("office", path)
    closed = await house.post("office", path, _key=key_of(form), text="属噪声扰民，请向生态环境部门反映")
    assert closed.status_code == 303, closed.text
    shown = await looked(house, code)
    assert "不予受理" in shown.text
    assert await decided(house, tip["tip_id"]) == [("close_tip", "office")]
    assert "请向生态环境部门反映" in shown.text
    problem = refused(
        await house.office.post("wang", f"/tips/{tip['tip_id']}/take", OPENING), 409, "conflict"
    )
    assert problem["rule"] == "tips.waiting"
    refused(
        await house.office.post("wang", f"/tips/{tip['tip_id']}/answer", {"text": "答复"}), 409, "conflict"
    )
    assert ok(await house.office.get("wang", "/cases"))["items"] == []


async def test_taken_up_twice_it_is_one_case(house: House) -> None:
    code_of(await sent(house))
    tip = await the_tip(house)
    path, idem = f"/tips/{tip['tip_id']}/take", key()
    first = await house.office.post("wang", path, OPENING, idem=idem)
    again = await house.office.post("wang", path, OPENING, idem=idem)
    other = await house.office.post("li", path, OPENING)
    assert [one.status_code for one in (first, again, other)] == [201, 200, 200], other.text
    assert {one.json()["case_id"] for one in (first, again, other)} == {tip["tip_id"]}
    assert len(ok(await house.office.get("wang", "/cases"))["items"]) == 1
    assert await decided(house, tip["tip_id"]) == [("take_tip", "wang")]
    refused(await house.office.post("li", f"/tips/{tip['tip_id']}/close", {"text": "重复"}), 409, "conflict")


async def test_an_enterprise_called_by_its_name_is_found(house: House) -> None:
    name = (await house.office.get("wang", "/enterprises/e-a")).json()["name"]
    code_of(await sent(house, firm=name))
    assert (await the_tip(house))["enterprise"] == {"id": "e-a", "name": name}
    page = await house.get("wang", f"/tips/{(await the_tip(house))['tip_id']}")
    assert "名称与登记企业一致" in page.text


@pytest.mark.parametrize(
    ("said", "offered"), [("东区的家具厂", True), ("东区", True), ("工业路", False), ("西山木器厂", False)]
)
async def test_an_enterprise_is_offered_for_its_name_and_not_for_its_address(
    house: House, said: str, offered: bool
) -> None:
    async with house.office.world.superuser.begin() as connection:
        told = {"search_text": searched("东区家具厂", "", "工业路8号")}
        await looking.change(connection, tables.enterprises, told, enterprise_id="e-a")
    code_of(await sent(house, firm=said))
    here = f"/tips/{(await the_tip(house))['tip_id']}"
    page = (await house.get("wang", here)).text
    assert (f"{here}/take?enterprise=e-a" in page) is offered
    assert ("登记簿中没有与举报人所称" in page) is not offered
    assert f"{here}/take?enterprise=e-a" in (await house.get("wang", f"{here}?q=家具")).text


# -- who reported -----------------------------------------------------------------------------------------
async def test_who_reported_is_sealed_and_shown_to_the_handler_alone_each_look_recorded(house: House) -> None:
    office = house.office
    code_of(await sent(house, **WHO))
    tip_id = (await the_tip(house))["tip_id"]
    for table in (tables.tips, tables.reporters, tables.audit_log, tables.evidence):
        rows = str(await office.world.rows(table))
        assert not any(said in rows for said in (*WHO.values(), "192.0.2.7") if table is not tables.audit_log)
        assert WHO["name"] not in rows
    lines = [row for row in await office.world.audit() if row["action"] == "receive_tip"]
    assert [(row["ip"], row["case_id"]) for row in lines] == [("", tip_id)]
    ok(await office.post("wang", f"/tips/{tip_id}/take", OPENING), 201)
    path = f"/cases/{tip_id}/reporter"
    for who in ("wang", "li", "chief", "head", "firm", "town", "u-auditor", "u-admin"):
        refused(await office.get(who, path), 404, "not_found", "scope.reporter")
    await office.done("chief", tip_id, "assign_handler", handler_id="li", reason="承办")
    assert ok(await office.get("li", path)) == {"case_id": tip_id, **WHO}
    asked = await house.get("li", path)
    assert WHO["name"] not in asked.text, "a look takes a click"
    shown = await house.post("li", path)
    assert WHO["name"] in shown.text
    refused(await office.get("wang", path), 404, "not_found", "scope.reporter")
    looks = [row for row in await office.world.audit() if row["action"] == "read_reporter"]
    assert [(row["actor_id"], row["outcome"]) for row in looks if row["outcome"] == "success"] == [
        ("li", "success")
    ] * 2
    assert len(looks) == 11
    assert WHO["name"] not in str(looks)


async def test_nobody_outside_the_intake_reads_tips(house: House) -> None:
    code_of(await sent(house))
    tip_id = (await the_tip(house))["tip_id"]
    for who in ("firm", "rival", "town", "assessor", "head", "lawyer", "u-admin", "u-auditor"):
        for path in ("/tips", f"/tips/{tip_id}"):
            refused(await house.office.get(who, path), 403, "not_authorised")
            assert (await house.get(who, path)).status_code == 403
    refused(await house.office.get("u-foreign", f"/tips/{tip_id}"), 404, "not_found", "scope.tip")
    assert ok(await house.office.get("u-foreign", "/tips"))["items"] == []


def test_what_is_sealed_opens_with_its_key_for_its_tip_alone(tmp_path: Any) -> None:
    from models.errors import Conflict

    mine, other = Settings(home=tmp_path / "a"), Settings(home=tmp_path / "b")
    who = Identity("张举报", "1380000")
    sealed = seal(mine, "t-1", who)
    assert "张举报".encode() not in sealed
    assert unseal(mine, "t-1", sealed) == who
    assert seal(mine, "t-1", who) != sealed
    for settings, tip_id, data in (
        (other, "t-1", sealed),
        (mine, "t-2", sealed),
        (mine, "t-1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(Conflict):
            unseal(settings, tip_id, data)


async def test_postgresql_alone_shows_a_reporter_their_own_tip_and_nothing_else(house: House) -> None:
    mine, other = code_of(await sent(house)), code_of(await sent(house, title="另一件"))
    database = house.office.world.database
    for code, title in ((mine, "消防通道被堵"), (other, "另一件")):
        async with database.read(follow_up_scope(code)) as session:
            assert (await session.scalars(select(tables.tips.c.title))).all() == [title]
    async with database.read(follow_up_scope("guessed")) as session:
        assert (await session.scalars(select(tables.tips.c.title))).all() == []
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.read(follow_up_scope(mine)) as session:
            await session.scalars(select(tables.case_events.c.seq))


# -- bounds -----------------------------------------------------------------------------------------------
async def test_a_wrong_form_comes_back_with_its_words(house: House) -> None:
    answer = await sent(house, text="", **WHO)
    assert answer.status_code == 422
    read(answer.text)
    assert "错误：" in answer.text
    assert "东街 8 号三楼" in answer.text
    assert (await sent(house, district_id="nowhere")).status_code == 409


async def test_what_is_no_picture_is_refused_and_nothing_is_kept(house: House) -> None:
    pdf = [("photo", ("a.pdf", b"%PDF-1.4\n%%EOF", "application/pdf"))]
    odd = [("photo", ("a.jpg", b"MZ" * 900, "image/jpeg"))]
    for files in (pdf, odd):
        answer = await sent(house, files=files)
        assert 400 <= answer.status_code < 500, answer.text
    seven = await sent(house, photos=7)
    assert seven.status_code in (400, 413, 422), seven.text
    assert await house.office.world.rows(tables.tips) == []
    assert await house.office.world.rows(tables.reporters) == []


async def test_pictures_have_a_quota_and_words_alone_still_come(house: House) -> None:
    services = house.office.world.services
    services.settings = services.settings.model_copy(update={"tip_photos_mb": 13, "tips_waiting": 2})
    code_of(await sent(house, photos=1))
    services.settings = services.settings.model_copy(update={"tip_photos_mb": 12})
    full = await sent(house, photos=1)
    assert (full.status_code, "照片暂时不能接收" in full.text) == (409, True), full.text
    code_of(await sent(house))
    many = await sent(house)
    assert (many.status_code, "太多" in many.text) == (409, True)


async def test_one_address_tips_so_often_and_guesses_so_often(house: House) -> None:
    house.office.world.services.limits = Limits(tips_from_one="2/hour", wrong_codes="3/hour")
    answers = [(await sent(house)).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    async with house.stranger() as phone:
        codes = [(await phone.get(f"/tip/{'A' * 20}{no}")).status_code for no in range(4)]
    assert codes == [404, 404, 404, 429]


async def test_what_strangers_write_to_the_store_in_a_day_is_bounded_kept_or_not(house: House) -> None:
    house.office.world.services.limits = Limits(tip_megabytes="3/day")
    spoilt = [("photo", picture()), ("photo", ("b.jpg", b"MZ" * 900, "image/jpeg"))]
    assert (await sent(house, files=spoilt)).status_code in (415, 422)
    assert [(await sent(house, photos=1)).status_code for _ in range(2)] == [201, 429]
    code_of(await sent(house))


async def test_a_code_and_a_token_stand_in_no_log(house: House) -> None:
    await (await house.browser("wang")).get("/tip/SECRETCODE")
    async with house.stranger() as phone:
        crossed = await phone.post("/tip/SECRETCODE", headers={"Sec-Fetch-Site": "cross-site"})
        assert crossed.status_code == 403
        await phone.post("/l/SECRETTOKEN", headers={"Sec-Fetch-Site": "cross-site"})
    audited = await house.office.world.audit()
    assert "SECRET" not in str(audited)
    assert [row["ip"] for row in audited] == ["", "192.0.2.7"]
