"""Somebody leaves: their work is on the section head's lists until it is handed over, and nothing new is given to them."""

from __future__ import annotations

import pytest

from ledger import tables
from tests.api.support import Office, ok, refused


async def leave(office: Office, user_id: str) -> dict[str, object]:
    left: dict[str, object] = ok(await office.post("u-admin", f"/accounts/{user_id}/deactivate", None))
    return left


async def seen(office: Office, who: str, path: str, **query: object) -> set[str]:
    return {one["case_id"] for one in ok(await office.get(who, path, **query))["items"]}


async def test_work_of_a_departed_person_is_the_section_heads_until_it_is_handed_over(office: Office) -> None:
    case_id = await office.submitted()
    mine = {"mine": True}
    assert case_id in await seen(office, "wang", "/tasks")
    for path in ("/tasks", "/notices"):
        assert case_id not in await seen(office, "chief", path)
    left = await leave(office, "wang")
    assert (left["active"], left["open_cases"]) == (False, 1)
    assert (await office.get("wang", "/cases")).status_code == 401

    assert case_id in await seen(office, "chief", "/tasks")
    assert case_id in await seen(office, "chief", "/notices")
    assert case_id in await seen(office, "chief", "/cases", **mine)
    assert await seen(office, "chief", "/cases", handler="wang") == {case_id}
    assert case_id not in await seen(office, "li", "/tasks")

    to_the_departed = await office.post("chief", "/accounts/wang/hand-over", {"to": "wang"})
    refused(to_the_departed, 409, "requirement_missing", "assign.official")
    refused(await office.post("li", "/accounts/wang/hand-over", {"to": "li"}), 403, "not_authorised")
    done = ok(await office.post("chief", "/accounts/wang/hand-over", {"to": "li", "reason": "离任移交"}))
    assert (done["moved"], done["refused"], done["open_cases"]) == ([case_id], {}, 0)
    assert case_id in await seen(office, "li", "/tasks")
    assert case_id not in await seen(office, "chief", "/tasks")
    assert await seen(office, "chief", "/cases", handler="wang") == set()
    again = ok(await office.post("chief", "/accounts/wang/hand-over", {"to": "li"}))
    assert again["moved"] == []


async def test_every_list_of_work_is_narrowed_to_its_handler(office: Office) -> None:
    """Of a person in office, and of one who has left: lists of cases, tasks, decisions, measures, visits, orders."""
    hers, his = await office.submitted(), await office.submitted()
    await office.done("chief", his, "assign_handler", handler_id="li")
    for case_id in (hers, his):
        await office.proposed(case_id, "supervision_letter")
    await leave(office, "wang")
    for path, who in (
        ("/tasks", "chief"),
        ("/approvals", "chief"),
        ("/measures", "head"),
        ("/cases", "head"),
    ):
        both = await seen(office, who, path)
        assert {hers, his} <= both, path
        assert await seen(office, who, path, handler="wang") == {hers}, path
        assert await seen(office, who, path, handler="li") == {his}, path
        assert await seen(office, who, path, handler="nobody") == set(), path
    for path in ("/inspections", "/orders"):
        found = [ok(await office.get("head", path, handler=who))["items"] for who in ("wang", "li", "nobody")]
        assert [len(items) for items in found] == [1, 1, 0], path
        assert found[0] != found[1]
    assert await seen(office, "firm", "/measures", handler="li") == set()


@pytest.mark.parametrize("who", ["wang", "chief", "head", "firm", "u-auditor"])
async def test_only_an_administrator_ends_accounts(office: Office, who: str) -> None:
    refused(
        await office.post(who, "/accounts/li/deactivate", None), 403, "not_authorised", "accounts.deactivate"
    )


async def test_an_administrator_ends_neither_their_own_account_nor_a_foreign_one(office: Office) -> None:
    own = await office.post("u-admin", "/accounts/u-admin/deactivate", None)
    refused(own, 409, "requirement_missing", "accounts.deactivate.own")
    refused(
        await office.post("u-admin", "/accounts/u-foreign/deactivate", None),
        404,
        "not_found",
        "scope.account",
    )


async def test_delegations_end_with_the_account(office: Office) -> None:
    row = {"from_user_id": "head", "to_user_id": "wang", "district_id": "d-1", "created_by": "head"}
    between = {"starts_at": office.now, "ends_at": office.now.replace(year=office.now.year + 1)}
    await office.world.add(tables.delegations, {"delegation_id": "leaving", **row, **between})
    await leave(office, "wang")
    (found,) = await office.world.rows(tables.delegations)
    assert found["revoked_at"] is not None


async def test_seats_and_delegations_go_to_a_successor_in_one_act_or_nothing_does(office: Office) -> None:
    world = office.world
    group = {"team_id": "g-1", "district_id": "d-1", "name": "第一小组", "leader_id": "chief"}
    await world.add(tables.teams, group | {"member_one_id": "wang", "member_two_id": "li"})
    row = {"to_user_id": "wang", "district_id": "d-1", "created_by": "head"}
    between = {"starts_at": office.now, "ends_at": office.now.replace(year=office.now.year + 1)}
    for name, giver in (("from-head", "head"), ("from-zhao", "zhao")):
        await world.add(tables.delegations, {"delegation_id": name, "from_user_id": giver} | row | between)

    async def looked(successor: str | None) -> tuple[list[str], list[str]]:
        query = {"successor": successor} if successor else {}
        told = ok(await office.get("u-admin", "/accounts/wang/departure", **query))
        assert [one["name"] for one in told["seats"]] == ["第一小组"]
        return [one["rule"] for one in told["obstacles"]], [one["principal"]["id"] for one in told["moving"]]

    assert await looked(None) == (["departure.seats"], [])
    assert (await looked("li"))[0] == ["departure.members"]
    assert (await looked("lawyer"))[0] == ["departure.role"]
    assert (await looked("u-gone"))[0] == ["departure.successor"]
    assert await looked("zhao") == ([], ["head"])
    refused(
        await office.get("chief", "/accounts/wang/departure"), 403, "not_authorised", "accounts.deactivate"
    )
    refused(await office.get("u-admin", "/accounts/wang/departure", successor="u-foreign"), 404, "not_found")

    path = "/accounts/wang/deactivate"
    for successor, rule in ((None, "departure.seats"), ("li", "departure.members")):
        body = {"successor": successor}
        refused(await office.post("u-admin", path, body), 409, "requirement_missing", rule)
    assert (await office.get("wang", "/cases")).status_code == 200
    left = ok(await office.post("u-admin", path, {"successor": "zhao"}))
    assert left["active"] is False
    (team,) = await world.rows(tables.teams)
    assert (team["leader_id"], team["member_one_id"], team["member_two_id"]) == ("chief", "zhao", "li")
    live = [one for one in await world.rows(tables.delegations) if one["revoked_at"] is None]
    assert [(one["from_user_id"], one["to_user_id"], one["ends_at"]) for one in live] == [
        ("head", "zhao", between["ends_at"])
    ]
    (line,) = [one for one in await world.audit() if one["action"] == "deactivate_account"][-1:]
    assert line["details"]["successor"] == "zhao"


async def test_the_last_administrator_does_not_leave_and_keeps_the_role(office: Office) -> None:
    second = {"username": "second", "name": "另一管理员", "role": "admin"}
    made = ok(await office.post("u-admin", "/register/people", second), 201)
    ok(await office.post(made["entry_id"], "/accounts/u-admin/deactivate", None))
    told = ok(await office.get(made["entry_id"], f"/accounts/{made['entry_id']}/departure"))
    assert [one["rule"] for one in told["obstacles"]] == ["register.administrator"]
    path = f"/register/people/{made['entry_id']}"
    now = ok(await office.get(made["entry_id"], path))
    body = {"entry": now["entry"] | {"role": "auditor"}, "version": now["version"]}
    refused(
        await office.post(made["entry_id"], f"{path}/change", body),
        409,
        "requirement_missing",
        "register.administrator",
    )
