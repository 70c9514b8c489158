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
