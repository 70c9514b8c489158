"""The register entry by entry: added, changed, closed; what depends on one keeps it open, and what it was called stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from stdnum.cn import uscc

from ledger import tables
from models.errors import RequirementMissing
from models.register import District, Enterprise, Register, Territory
from services.register.setup import set_up
from tests.api.support import Office, key, ok, refused
from tests.api.words import tip

ADMIN = "u-admin"


async def added(office: Office, noun: str, **said: Any) -> dict[str, Any]:
    view: dict[str, Any] = ok(await office.post(ADMIN, f"/register/{noun}", said), 201)
    return view


async def shown(office: Office, noun: str, entry_id: str, who: str = ADMIN) -> dict[str, Any]:
    view: dict[str, Any] = ok(await office.get(who, f"/register/{noun}/{entry_id}"))
    return view


async def changing(office: Office, noun: str, entry_id: str, **said: Any) -> Any:
    now = await shown(office, noun, entry_id)
    body = {"entry": now["entry"] | said, "version": now["version"], "reason": "机构改革"}
    return await office.post(ADMIN, f"/register/{noun}/{entry_id}/change", body)


async def closing(office: Office, noun: str, entry_id: str) -> Any:
    return await office.post(ADMIN, f"/register/{noun}/{entry_id}/close", {"reason": "撤销"})


async def listed(office: Office, noun: str, who: str = ADMIN, **query: Any) -> list[str]:
    return [one["name"] for one in ok(await office.get(who, f"/register/{noun}", **query))["items"]]


async def test_no_two_offices_of_one_superior_have_one_name(office: Office) -> None:
    said = {"name": "综合科", "kind": "section", "parent": "o-bureau"}
    first = await added(office, "organisations", **said)
    twice = refused(
        await office.post(ADMIN, "/register/organisations", said), 409, "conflict", "register.namesake"
    )
    assert "已经有名为“综合科”的机构" in twice["detail"]
    assert twice["remedy"]
    elsewhere = await added(office, "organisations", name="综合科", kind="section", parent=first["entry_id"])
    moved = await changing(office, "organisations", elsewhere["entry_id"], parent="o-bureau")
    refused(moved, 409, "conflict", "register.namesake")
    ok(await changing(office, "organisations", elsewhere["entry_id"], short_name="综"))
    ok(await closing(office, "organisations", elsewhere["entry_id"]))
    ok(await closing(office, "organisations", first["entry_id"]))
    ok(await office.post(ADMIN, "/register/organisations", said), 201)
    again = await office.post(ADMIN, f"/register/organisations/{first['entry_id']}/reopen", {})
    refused(again, 409, "conflict", "register.namesake")


async def test_an_organisation_is_added_renamed_and_closed_once_nothing_depends_on_it(office: Office) -> None:
    said = {"name": "消防安全专委会", "kind": "committee", "parent": "o-bureau"}
    once = key()
    made = ok(await office.post(ADMIN, "/register/organisations", said, idem=once), 201)
    again = await office.post(ADMIN, "/register/organisations", said, idem=once)
    assert (again.status_code, again.json()["entry_id"]) == (200, made["entry_id"])
    assert await listed(office, "organisations", kind="committee") == ["消防安全专委会"]
    org = made["entry_id"]

    renamed = ok(await changing(office, "organisations", org, name="消防救援专委会"))
    assert (renamed["name"], renamed["former_names"]) == ("消防救援专委会", ["消防安全专委会"])
    assert await listed(office, "organisations", q="消防安全") == ["消防救援专委会"]
    stale = {"entry": said, "version": made["version"]}
    refused(
        await office.post(ADMIN, f"/register/organisations/{org}/change", stale),
        409,
        "requirement_missing",
        "register.version",
    )
    above = await changing(office, "organisations", "o-bureau", parent=org)
    refused(above, 409, "requirement_missing", "register.above")

    child = await added(office, "organisations", name="办公室", kind="section", parent=org)
    told = refused(await closing(office, "organisations", org), 409, "requirement_missing", "register.held")
    assert "办公室" in told["detail"]
    assert told["details"]["held"] == [{"what": "organisations", "count": 1, "names": ["办公室"]}]
    assert told["remedy"]
    ok(await closing(office, "organisations", child["entry_id"]))
    closed = ok(await closing(office, "organisations", org))
    assert (closed["active"], closed["closed_reason"]) == (False, "撤销")
    assert await listed(office, "organisations", kind="committee", active=True) == []
    refused(
        await changing(office, "organisations", org, name="另一名"),
        409,
        "requirement_missing",
        "register.closed",
    )
    refused(await closing(office, "organisations", org), 409, "requirement_missing", "register.closed")
    section = {"name": "又一科", "kind": "section", "parent": org}
    refused(await office.post(ADMIN, "/register/organisations", section), 422, "malformed", "register.entry")
    refused(
        await office.post(ADMIN, f"/register/organisations/{child['entry_id']}/reopen", None),
        422,
        "malformed",
        "register.entry",
    )
    assert ok(await office.post(ADMIN, f"/register/organisations/{org}/reopen", None))["active"] is True

    lines = [one["details"] for one in await office.world.audit() if one["action"] == "register"]
    assert [
        one["effect"] for one in lines if one.get("entry") == f"organisations.{org}" and "effect" in one
    ] == [*("added", "changed", "closed", "reopened")]
    (moved,) = [one for one in lines if one.get("effect") == "changed"]
    assert moved["fields"] == {"name": ["消防安全专委会", "消防救援专委会"]}


async def test_a_territory_is_closed_once_its_enterprises_people_and_open_cases_are_elsewhere(
    office: Office,
) -> None:
    case_id = await office.case()
    told = refused(
        await closing(office, "territories", "t-east"), 409, "requirement_missing", "register.held"
    )
    held = {one["what"]: one for one in told["details"]["held"]}
    assert set(held) >= {"enterprises", "cases"}
    assert held["cases"]["names"] == []
    assert case_id not in str(told)
    new = await added(office, "territories", name="南区街道", organisation="o-bureau")
    refused(await closing(office, "organisations", "o-bureau"), 409, "requirement_missing", "register.held")
    assert ok(await closing(office, "territories", new["entry_id"]))["active"] is False
    unknown = {"name": "北区街道", "organisation": "o-nowhere"}
    refused(await office.post(ADMIN, "/register/territories", unknown), 422, "malformed", "register.entry")


async def test_many_changes_at_once_are_turned_away_and_hold_nothing_up(office: Office) -> None:
    said = [{"name": f"第{no}科", "kind": "section"} for no in range(30)]
    sent = await asyncio.gather(*(office.post(ADMIN, "/register/organisations", one) for one in said))
    assert {one.status_code for one in sent} <= {201, 429}
    assert sum(one.status_code == 201 for one in sent) == len(
        await listed(office, "organisations", kind="section")
    )
    assert (await office.get("wang", "/cases")).status_code == 200


async def test_only_an_administrator_of_the_district_keeps_the_register(office: Office) -> None:
    said = {"name": "某科", "kind": "section"}
    for who in ("wang", "head", "firm", "town", "u-auditor"):
        refused(
            await office.post(who, "/register/organisations", said), 403, "not_authorised", "register.role"
        )
        refused(
            await office.post(who, "/register/organisations/o-bureau/close", {"reason": "x"}),
            403,
            "not_authorised",
        )
    assert "局" in await listed(office, "organisations", "u-auditor")
    for noun in ("territories", "teams", "people", "enterprises"):
        told = ok(await office.get("u-auditor", f"/register/{noun}"))["items"]
        assert {one["named"] for one in told} <= {None}, noun
    refused(await office.get("head", "/register/organisations"), 403, "not_authorised", "register.role")
    foreign = {"org_id": "o-foreign", "district_id": "d-other", "kind": "bureau", "name": "外区局"}
    await office.world.add(tables.organisations, foreign)
    refused(await office.get(ADMIN, "/register/organisations/o-foreign"), 404, "not_found")
    refused(await closing(office, "organisations", "o-foreign"), 404, "not_found")
    under = {"name": "某科", "kind": "section", "parent": "o-foreign"}
    refused(await office.post(ADMIN, "/register/organisations", under), 422, "malformed", "register.entry")


async def test_a_person_is_added_promoted_and_keeps_what_their_role_has_no_room_for(office: Office) -> None:
    said = {"username": "ma.li", "name": "马力", "role": "inspector", "organisation": "o-bureau"}
    refused(
        await office.post(ADMIN, "/register/people", said | {"rank": "head"}),
        *(422, "malformed", "register.entry"),
    )
    person = (await added(office, "people", **said))["entry_id"]
    refused(await office.post(ADMIN, "/register/people", said), 409, "conflict", "register.taken")
    certified = {"certificate": "执0012", "certificate_expires": "2028-05-31"}
    view = ok(await changing(office, "people", person, **certified))
    assert {one["value"] for one in view["facts"]} >= {"执0012", "2028-05-31"}
    line = [one["details"] for one in await office.world.audit() if one["action"] == "register"][-1]
    assert line["fields"] == {"certificate": None, "certificate_expires": None}

    team = await added(
        office, "teams", name="第一小组", leader="chief-office", members=["ma.li", "li-office"]
    )
    auditor = {"role": "auditor", "organisation": None}
    seated = await changing(office, "people", person, **auditor)
    refused(seated, 409, "requirement_missing", "register.seats")
    twice = {"name": "第二小组", "leader": "chief-office", "members": ["ma.li", "ma.li"]}
    refused(await office.post(ADMIN, "/register/teams", twice), 422, "malformed", "register.entry")
    firm = {"name": "第二小组", "leader": "firm-office", "members": ["ma.li", "li-office"]}
    refused(await office.post(ADMIN, "/register/teams", firm), 422, "malformed", "register.entry")
    ok(await changing(office, "teams", team["entry_id"], members=["zhao-office", "li-office"]))
    ok(await closing(office, "teams", team["entry_id"]))
    promoted = {"role": "section_head", "rank": "section_head"}
    assert ok(await changing(office, "people", person, **promoted))["entry"]["rank"] == "section_head"
    ok(await changing(office, "people", person, rank=None, **auditor))

    await office.submitted()  # in wang's hands
    refused(await changing(office, "people", "wang", **auditor), 409, "requirement_missing", "register.cases")


def code(no: int) -> str:
    """A valid unified social credit code."""
    body = f"91110105MA00{no:05d}"
    return body + uscc.calc_check_digit(body)


async def test_an_enterprise_is_kept_by_hand_and_its_double_merged_into_it(office: Office) -> None:
    firm = {"territory": "t-east", "industry": "dust_explosion"}
    group = {"team_id": "g-1", "district_id": "d-1", "name": "第一小组", "leader_id": "chief"}
    await office.world.add(tables.teams, group | {"member_one_id": "wang", "member_two_id": "li"})
    wrong = await office.post(ADMIN, "/register/enterprises", firm | {"uscc": "911", "name": "甲厂"})
    refused(wrong, 422, "malformed", "enterprises.uscc")
    stays = await added(office, "enterprises", **firm, uscc=code(1), name="甲木器厂", key=True)
    double = await added(
        office, "enterprises", **firm, uscc=code(2), name="甲木业有限公司", regulator="o-bureau", team="g-1"
    )
    this, other = stays["entry_id"], double["entry_id"]
    assert await listed(office, "enterprises", q="木", without="regulator") == ["甲木器厂"]
    assert await listed(office, "enterprises", without="team") == ["甲木器厂"]
    ok(await changing(office, "enterprises", this, place=[39.9, 116.4], name="甲家具厂"))
    assert await listed(office, "enterprises", q="木器") == ["甲家具厂"]
    assert "甲家具厂" not in await listed(office, "enterprises", without="place")

    account = {"username": "jia", "name": "甲厂安全员", "role": "enterprise", "enterprise": code(2)}
    person = (await added(office, "people", **account))["entry_id"]
    path, into = f"/register/enterprises/{other}/merge", {"into": code(1)}
    looked = ok(await office.get(ADMIN, path, **into))
    assert (looked["people"], looked["former_names"], looked["obstacles"]) == (
        ["甲厂安全员"],
        ["甲木业有限公司"],
        [],
    )
    assert [one["zh"] for one in looked["filled"]] == ["“监管部门”", "“挂钩小组”"]
    refused(await office.post("head", path, into | {"reason": "x"}), 403, "not_authorised", "register.role")
    done = ok(await office.post(ADMIN, path, into | {"reason": "重复登记"}))
    assert (done["active"], done["merged_into"], done["closed_reason"]) == (False, this, "重复登记")
    kept = await shown(office, "enterprises", this)
    assert kept["former_names"] == ["甲木器厂", "甲木业有限公司"]
    assert (kept["entry"]["regulator"], kept["entry"]["team"]) == ("o-bureau", "g-1")
    assert (await shown(office, "people", person))["entry"]["enterprise"] == code(1)
    assert await listed(office, "enterprises", q=code(2), active=True) == ["甲家具厂"]
    names = [one["name"] for one in ok(await office.get("wang", "/enterprises", q="甲"))["items"]]
    assert names == ["甲家具厂"]
    pointed = ok(await office.get("wang", f"/enterprises/{other}"))["merged_into"]
    assert pointed == {"id": this, "name": "甲家具厂"}

    lead = tip(enterprise_id=other)
    refused(await office.post("wang", "/cases", lead), 409, "requirement_missing", "enterprises.merged")
    refused(await changing(office, "enterprises", other, name="又一名"), 409, "requirement_missing")
    again = await office.post(ADMIN, path, into | {"reason": "x"})
    refused(again, 409, "requirement_missing", "register.merge.again")


async def test_an_entry_with_a_record_of_its_own_is_not_merged(office: Office) -> None:
    stays = await added(office, "enterprises", territory="t-east", uscc=code(3), name="乙厂")
    await office.case()  # of e-a
    path = "/register/enterprises/e-a/merge"
    (told,) = ok(await office.get(ADMIN, path, into=code(3)))["obstacles"]
    assert told["rule"] == "register.merge.on_record"
    body = {"into": code(3), "reason": "重复"}
    refused(await office.post(ADMIN, path, body), 409, "requirement_missing", "register.merge.on_record")
    own = f"/register/enterprises/{stays['entry_id']}/merge"
    refused(await office.post(ADMIN, own, body), 409, "requirement_missing", "register.merge.another")
    refused(await office.post(ADMIN, own, body | {"into": "91110"}), 404, "not_found")


async def test_a_file_registers_nothing_with_what_is_closed_nor_brings_a_merged_entry_back(
    office: Office,
) -> None:
    area = (await added(office, "territories", name="旧街道"))["entry_id"]
    ok(await closing(office, "territories", area))
    firms = [
        (await added(office, "enterprises", territory="t-east", uscc=code(no), name=f"{no}厂"))["entry_id"]
        for no in (5, 6)
    ]
    body = {"into": code(5), "reason": "重复"}
    ok(await office.post(ADMIN, f"/register/enterprises/{firms[1]}/merge", body))
    before = await office.world.rows(tables.enterprises)
    for place, number, rule in ((area, 7, "register.closed"), ("t-east", 6, "enterprises.merged")):
        file = Register(
            district=District(id="d-1", name="区"),
            territories=(Territory(id=place, name="旧街道"),),
            enterprises=(Enterprise(uscc=code(number), name="新厂", territory=place),),
        )
        with pytest.raises(RequirementMissing) as refusal:
            await set_up(office.world.database, file, office.now)
        assert refusal.value.rule == rule
    assert await office.world.rows(tables.enterprises) == before
