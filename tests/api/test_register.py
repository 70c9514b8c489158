"""The register entry by entry: added, changed, closed; what depends on one keeps it open, and what it was called stays."""

from __future__ import annotations

from typing import Any

from ledger import tables
from tests.api.support import Office, key, ok, refused

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
    refused(await office.get("head", "/register/organisations"), 403, "not_authorised", "register.role")
    foreign = {"org_id": "o-foreign", "district_id": "d-other", "kind": "bureau", "name": "外区局"}
    await office.world.add(tables.organisations, foreign)
    refused(await office.get(ADMIN, "/register/organisations/o-foreign"), 404, "not_found")
    refused(await closing(office, "organisations", "o-foreign"), 404, "not_found")
    under = {"name": "某科", "kind": "section", "parent": "o-foreign"}
    refused(await office.post(ADMIN, "/register/organisations", under), 422, "malformed", "register.entry")
