"""Photographs: added beside the forms, with a visit, shown before and after side by side; nothing lost, nothing twice."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx2
from PIL import Image

from tests.api.support import ok, refused
from tests.api.words import tip
from tests.console.conftest import House
from tests.console.reading import read
from tests.console.test_giving import key_of
from tests.console.test_openings import FOUND, REPORT, VISIT

Files = list[tuple[str, tuple[str, bytes, str]]]


def picture(shade: int, name: str = "现场.jpg") -> tuple[str, bytes, str]:
    """A photograph of its own."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 40)).save(stream, "JPEG")
    return (name, stream.getvalue(), "image/jpeg")


async def send(house: House, who: str, path: str, told: dict[str, Any], files: Files) -> httpx2.Response:
    return await (await house.browser(who)).post(path, data=told, files=files)


async def evidence(house: House, who: str, case_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(await house.office.get(who, f"/cases/{case_id}/evidence"))["items"]
    return found


async def test_pictures_are_added_beside_the_forms_and_stand_side_by_side(house: House) -> None:
    case_id = await house.office.case("清理风管", "建立制度")
    new, photos = f"/cases/{case_id}/photos/new", f"/cases/{case_id}/photos"
    form = await house.get("wang", new)
    read(form.text)
    assert form.text.count('type="file"') == 4
    told = {"_key": key_of(form), "pictures.0.item": "2", "pictures.0.caption": "墙上没有制度"}
    for _ in range(2):
        given = await send(house, "wang", new, told, [("pictures.0.photos@file", picture(10))])
        assert (given.status_code, given.headers["location"]) == (303, f"{photos}?done=1")
    own = await house.get("firm", new)
    sent = {"_key": key_of(own), "pictures.0.item": "2"}
    await send(house, "firm", new, sent, [("pictures.0.photos@file", picture(200, "after.jpg"))])
    pieces = await evidence(house, "wang", case_id)
    assert {(one["item"], one["shows"], one["audience"]) for one in pieces} == {
        (2, "before", "bureau"),
        (2, "after", "parties"),
    }
    page = (await house.get("wang", photos)).text
    read(page)
    assert page.index("第 1 项") < page.index("第 2 项") < page.index("墙上没有制度")
    assert "用户 wang" in page or "wang" in page
    assert page.count("/original") == 2
    outside = (await house.get("firm", photos)).text
    assert "墙上没有制度" not in outside
    assert "/original" not in outside
    assert "/release" not in outside


async def test_more_rows_keep_what_was_chosen_and_a_row_without_a_file_is_told_at_its_field(
    house: House,
) -> None:
    case_id = await house.office.case()
    new = f"/cases/{case_id}/photos/new"
    form = await house.get("firm", new)
    told = {"_key": key_of(form), "_add": "pictures", "pictures.0.caption": "第一张"}
    grown = await send(house, "firm", new, told, [("pictures.0.photos@file", picture(30, "一.jpg"))])
    page = read(grown.text)
    assert "f-pictures.1.caption" in page.ids
    mark = re.search(r'name="pictures.0.photos" value="([^"]+)" checked', grown.text)
    assert mark is not None
    assert "一.jpg" in grown.text
    assert await evidence(house, "firm", case_id) == []
    more = {"_key": key_of(grown), "pictures.0.photos": mark[1], "pictures.0.caption": "第一张"}
    wrong = await send(house, "firm", new, more | {"pictures.1.caption": "忘了选"}, [])
    assert wrong.status_code == 422
    assert "#f-pictures.1.photos" in read(wrong.text).links
    done = await house.post("firm", new, **more | {"_key": key_of(wrong)})
    assert done.status_code == 303, done.text
    assert [one["purpose"] for one in await evidence(house, "firm", case_id)] == ["第一张"]


async def test_what_is_no_picture_is_refused_by_its_name_and_the_others_stay(house: House) -> None:
    case_id = await house.office.case()
    new = f"/cases/{case_id}/photos/new"
    form = await house.get("firm", new)
    files: Files = [
        ("pictures.0.photos@file", picture(50, "好的.jpg")),
        ("pictures.0.photos@file", ("坏的.jpg", b"no picture at all", "image/jpeg")),
    ]
    answer = await send(house, "firm", new, {"_key": key_of(form)}, files)
    assert answer.status_code == 415, answer.text
    assert "坏的.jpg" in answer.text
    assert "#f-pictures.0.photos" in read(answer.text).links
    assert re.search(r'name="pictures.0.photos" value="[^"]+" checked', answer.text)


async def test_a_mark_is_worth_nothing_to_anybody_else(house: House) -> None:
    case_id = await house.office.case()
    new = f"/cases/{case_id}/photos/new"
    form = await house.get("wang", new)
    told = {"_key": key_of(form), "_add": "pictures"}
    grown = await send(house, "wang", new, told, [("pictures.0.photos@file", picture(70))])
    mark = re.search(r'name="pictures.0.photos" value="([^"]+)" checked', grown.text)
    assert mark is not None
    stolen = await house.post("firm", new, **{"_key": key_of(form), "pictures.0.photos": mark[1]})
    assert stolen.status_code == 422
    assert await evidence(house, "wang", case_id) == []


async def test_who_may_not_upload_has_no_form_and_a_closed_case_takes_none(house: House) -> None:
    case_id = await house.office.case()
    assert "/photos/new" in (await house.get("firm", f"/cases/{case_id}")).text
    for who, status in (("lawyer", 403), ("rival", 404), ("u-auditor", 403)):
        assert (await house.get(who, f"/cases/{case_id}/photos/new")).status_code == status
    assert "/photos/new" not in (await house.get("lawyer", f"/cases/{case_id}/photos")).text
    await house.office.done("chief", case_id, "void", reason="重复登记")
    assert "/photos/new" not in (await house.get("wang", f"/cases/{case_id}")).text
    assert (await house.get("wang", f"/cases/{case_id}/photos/new")).status_code == 409


async def test_a_picture_is_shown_to_the_parties_once_an_officer_lets_them(house: House) -> None:
    case_id = await house.office.case()
    piece = await house.office.photo("wang", case_id, purpose="举报人站位")
    path = f"/cases/{case_id}/photos/{piece}/release"
    assert (await house.get("firm", path)).status_code == 403
    form = await house.get("wang", path)
    given = await house.post("wang", path, _key=key_of(form), purpose="风管积尘")
    assert given.status_code == 303, given.text
    outside = (await house.get("firm", f"/cases/{case_id}/photos")).text
    assert "风管积尘" in outside
    assert "举报人站位" not in outside


async def test_a_visit_brings_its_photographs_to_their_cases_exactly_once(house: House) -> None:
    form = await house.get("wang", VISIT)
    assert "multipart/form-data" in form.text
    files: Files = [
        ("findings.0.photos@file", picture(110)),
        ("findings.0.photos@file", picture(120)),
        ("findings.1.photos@file", picture(130)),
    ]
    told = {"_key": key_of(form), **FOUND, "findings.1.photos@open": "1"}
    given = [await send(house, "wang", VISIT, told, files) for _ in range(2)]
    assert [one.status_code for one in given] == [303, 303], given[0].text
    first, second = ok(await house.office.get("wang", "/cases", sort="number"))["items"]
    dust, blocked = [await evidence(house, "wang", one["case_id"]) for one in (first, second)]
    assert [(one["purpose"], one["item"], one["shows"]) for one in dust] == [
        ("除尘风管积尘", None, "before"),
        ("除尘风管积尘", None, "before"),
    ]
    assert [(one["purpose"], one["item"], one["audience"]) for one in blocked] == [
        ("灭火器被遮挡", 1, "parties")
    ]
    assert len(await evidence(house, "firm", second["case_id"])) == 1
    assert await evidence(house, "firm", first["case_id"]) == []


async def test_a_refused_visit_keeps_its_photographs(house: House) -> None:
    form = await house.get("wang", VISIT)
    told = {"_key": key_of(form), **FOUND, "officers": ["wang"]}
    answer = await send(house, "wang", VISIT, told, [("findings.1.photos@file", picture(140, "遮挡.jpg"))])
    assert answer.status_code == 409, answer.text
    read(answer.text)
    mark = re.search(r'name="findings.1.photos" value="([^"]+)" checked', answer.text)
    assert mark is not None
    again = {"_key": key_of(answer), **FOUND, "findings.1.photos": mark[1]}
    assert (await house.post("wang", VISIT, **again)).status_code == 303
    cases = ok(await house.office.get("wang", "/cases", sort="number"))["items"]
    assert [one["file_name"] for one in await evidence(house, "wang", cases[1]["case_id"])] == ["遮挡.jpg"]


async def test_an_enterprise_reports_its_hazard_with_a_photograph_of_before(house: House) -> None:
    form = await house.get("firm", REPORT)
    told = {"_key": key_of(form), "title": "配电箱无门", "requirements": "加装箱门"}
    given = await send(house, "firm", REPORT, told, [("photos@file", picture(150))])
    assert given.status_code == 303, given.text
    case_id = given.headers["location"].split("/")[2].partition("?")[0]
    assert [(one["shows"], one["item"]) for one in await evidence(house, "firm", case_id)] == [
        ("before", None)
    ]


async def test_the_reinspection_shows_each_open_requirement_with_its_pictures(house: House) -> None:
    office = house.office
    case_id = await office.case("清理风管", "建立制度")
    before = await send(
        house,
        "wang",
        f"/cases/{case_id}/photos/new",
        {"_key": "x", "pictures.0.item": "1"},
        [("pictures.0.photos@file", picture(160))],
    )
    assert before.status_code == 303
    after = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="已清理", evidence=[after])
    form = (await house.get("wang", f"/cases/{case_id}/do/reinspect")).text
    read(form)
    pieces = await evidence(house, "wang", case_id)
    piece = next(one["evidence_id"] for one in pieces if one["shows"] == "before")
    seen = form[form.index("1. 清理风管") : form.index("2. 建立制度")]
    assert f"/evidence/{piece}/thumbnail" in seen
    assert f"/evidence/{piece}/thumbnail" not in form[form.index("2. 建立制度") : form.index("f-evidence")]


async def test_the_api_takes_the_requirement_and_whether_it_is_before_or_after(house: House) -> None:
    office = house.office
    case_id = await office.case()
    client = await office.person("wang")

    async def upload(shade: int, **said: str) -> httpx2.Response:
        return await client.post(
            f"/api/v1/cases/{case_id}/evidence",
            files={"file": picture(shade)},
            data={"purpose": "现场", **said},
            headers={"Idempotency-Key": f"photo-{shade}-key"},
        )

    assert ok(await upload(170, item="1", shows="after"), 201)["shows"] == "after"
    assert ok(await upload(180), 201)["item"] is None
    refused(await upload(190, item="2"), 422, "malformed")
    hidden = ok(await office.post("wang", "/cases", tip()), 201)["case_id"]
    assert (await house.get("firm", f"/cases/{hidden}/photos")).status_code == 404


async def test_an_enterprise_proves_requirement_by_requirement_beside_what_was_found(house: House) -> None:
    office = house.office
    case_id = await office.case("清理风管", "建立制度")
    told = {"_key": "x", "pictures.0.item": "2", "pictures.0.photos@open": "1"}
    new = f"/cases/{case_id}/photos/new"
    await send(house, "wang", new, told, [("pictures.0.photos@file", picture(210))])
    (before,) = await evidence(house, "firm", case_id)
    path = f"/cases/{case_id}/do/signal_completion"
    form = await house.get("firm", path)
    read(form.text)
    second = form.text[form.text.index("2. 建立制度") :]
    assert f"/evidence/{before['evidence_id']}/thumbnail" in second
    files: Files = [("evidence@1@file", picture(220)), ("evidence@2@file", picture(230))]
    done = await send(house, "firm", path, {"_key": key_of(form), "text": "都已整改"}, files)
    assert done.status_code == 303, done.text
    proof = [one for one in await evidence(house, "firm", case_id) if one["shows"] == "after"]
    assert {one["item"] for one in proof} == {1, 2}
    assert ok(await office.get("wang", f"/cases/{case_id}"))["state"] == "SUBMITTED"
