"""People as forms and lists show them: told apart from others of the same name, certificates as they stand today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ledger import tables
from models.instants import day_of
from tests.api.support import Office, ok


async def hired(office: Office, user_id: str, **fields: Any) -> None:
    shape = {"username": user_id, "display_name": "王磊", "role": "inspector", "district_id": "d-1"}
    await office.world.add(tables.users, shape | {"user_id": user_id, "password_hash": "-"} | fields)


async def test_people_of_the_same_name_are_told_apart_by_office_and_certificate(office: Office) -> None:
    for org in ("one", "two"):
        row = {"org_id": f"o-{org}", "district_id": "d-1", "kind": "section", "name": f"执法{org}队"}
        await office.world.add(tables.organisations, row)
    await hired(office, "lei-1", org_id="o-one", certificate_no="3204-00017")
    await hired(office, "lei-2", org_id="o-two", certificate_no="3204-00029")
    await hired(office, "lei-3-f0e9d8c7", org_id="o-two")
    listed = ok(await office.get("chief", "/officials"))["items"]
    called = {one["user_id"]: (one["called"]["zh"], one["called"]["en"]) for one in listed}
    assert called["lei-1"] == ("王磊（执法one队）", "王磊 (执法one队)")
    assert called["lei-2"] == (
        "王磊（执法two队，执法证 3204-00029）",
        "王磊 (执法two队, certificate 3204-00029)",
    )
    assert called["lei-3-f0e9d8c7"] == ("王磊（执法two队，编号 f0e9d8c7）", "王磊 (执法two队, id f0e9d8c7)")
    assert called["wang"] == ("wang同志", "wang同志")


async def test_an_office_that_tells_nobody_apart_is_not_said(office: Office) -> None:
    row = {"org_id": "o-one", "district_id": "d-1", "kind": "section", "name": "执法one队"}
    await office.world.add(tables.organisations, row)
    for user_id in ("lei-1", "lei-2"):
        await hired(office, user_id, org_id="o-one", certificate_no=user_id)
    listed = ok(await office.get("chief", "/officials"))["items"]
    said = [one["called"]["zh"] for one in listed if one["name"] == "王磊"]
    assert said == ["王磊（执法证 lei-1）", "王磊（执法证 lei-2）"]


async def test_a_certificate_that_ended_or_ends_soon_is_marked(office: Office) -> None:
    today = day_of(office.world.clock())
    ends = {"ended": -1, "last": 0, "soon": 7, "later": 8}
    for user_id, days in ends.items():
        last = today + timedelta(days=days)
        await hired(office, user_id, certificate_no=user_id, certificate_expires=last)
    await hired(office, "forever", certificate_no="forever")
    people = ok(await office.get("u-admin", "/people", q="王磊"))["items"]
    assert {one["user_id"]: one["certificate_state"] for one in people} == {
        "ended": "expired",
        "last": "expiring",
        "soon": "expiring",
        "later": "valid",
        "forever": None,
    }
    assert {one["certificate_label"]["zh"] for one in people if one["certificate_label"]} == {
        "已过期",
        "即将到期",
        "有效",
    }
