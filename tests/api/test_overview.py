"""The overview: every number is the length of the list it names, for everybody who is shown it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ledger import tables
from models.instants import day_of
from tests.api.support import Office, finding, major, ok, opened, refused
from tests.api.words import STATED
from tests.ledger import looking

OVERSEERS = ("chief", "deputy", "head", "mayor", "office", "town", "far-town", "u-auditor")
OTHERS = ("wang", "lawyer", "firm", "assessor", "u-admin")


def counted(part: Any) -> Iterator[dict[str, Any]]:
    """Every number in the overview."""
    if isinstance(part, dict):
        if part.keys() == {"n", "of", "asked"}:
            yield part
        else:
            for inner in part.values():
                yield from counted(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from counted(inner)


async def length(office: Office, who: str, number: dict[str, Any]) -> int:
    """How long the list of a number is for somebody, over all its pages."""
    client, found, after = await office.person(who), 0, None
    while True:
        more = {"limit": "50"} | ({"after": after} if after else {})
        page = ok(await client.get(f"/api/v1/{number['of']}", params=number["asked"] | more))
        found, after = found + len(page["items"]), page["next"]
        if after is None:
            return found


async def busy(office: Office) -> None:
    """A district with a past: cases of every age, colour and place, late, done, void, untouched, with measures."""
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])  # of the small district: rows without words
    await office.inspected(finding(title="旧的", risk_colour="red", deadline_days=5))
    done = await office.signing_off(risk_colour="blue")
    await office.done("chief", done, "sign_off", opinion="同意销号")
    await office.pass_time(days=40)
    listed = await major(office)
    await office.proposed(listed, "listing")
    fine = await office.proposed(listed, "fine", officers=["wang", "li"], amount=20_000)
    await office.stepped("head", listed, fine, "approve")
    await office.inspected(finding(), enterprise_id="e-b")
    lead = await opened(office, "office", enterprise_id="e-c", risk_colour="yellow")
    gone = await opened(office, "office", enterprise_id="e-c")
    await office.done("chief", gone["case_id"], "void", reason="重复登记")
    await office.pass_time(days=9)
    await office.done("wang", lead["case_id"], "verify", officers=["wang", "li"], findings="属实")
    await office.case(risk_colour="orange")


@pytest.mark.slow
async def test_every_number_is_the_length_of_the_list_it_names(office: Office) -> None:
    await busy(office)
    seen: dict[str, dict[str, Any]] = {}
    for who in OVERSEERS:
        seen[who] = ok(await office.get(who, "/overview", idle=8))
        lists = {str(one): one for one in counted(seen[who])}
        assert len(lists) > 20, who
        for one in lists.values():
            assert await length(office, who, one) == one["n"], f"{who} {one}"
    figures = {who: {one["key"]: one["number"]["n"] for one in part["figures"]} for who, part in seen.items()}
    assert figures["head"]["open"] == figures["town"]["open"] + figures["far-town"]["open"]
    assert figures["head"]["overdue"] >= 1
    assert (figures["head"]["major"], figures["head"]["listed"], figures["far-town"]["listed"]) == (1, 1, 0)
    assert 0 < figures["head"]["idle"] < figures["head"]["open"]
    assert seen["mayor"] == seen["head"] | {"at": seen["mayor"]["at"]}
    assert {line["key"] for line in seen["town"]["colours"]["lines"]} == {"t-east"}
    taken = {
        one["key"]: {step["key"]: step["number"]["n"] for step in one["steps"]}
        for one in seen["head"]["steps"]
    }
    assert taken == {"listing": {"propose": 1}, "fine": {"approve": 1}}
    assert ok(await office.get("firm", "/measures", step="approve"))["items"] == []


async def test_nobody_else_is_shown_it(office: Office) -> None:
    for who in OTHERS:
        refused(await office.get(who, "/overview"), 403, "not_authorised", "overview.role")
    refused(await office.get("head", "/overview", idle=0), 422, "malformed")
    refused(await office.get("head", "/overview", district="d-other"), 422, "malformed")


async def test_an_empty_district_has_an_overview(office: Office) -> None:
    async with office.world.superuser.begin() as connection:
        await looking.empty(connection, [tables.cases])
    seen = ok(await office.get("head", "/overview"))
    assert [one["number"]["n"] for one in seen["figures"]] == [0, 0, 0, 0, 0]
    assert (seen["ages"]["lines"], seen["heat"]["lines"], seen["rate"]["percent"], seen["rates"]) == (
        [],
        [],
        None,
        [],
    )
    assert [one["opened"]["n"] for one in seen["months"]] == [0] * 12


async def test_the_filters_behind_the_numbers_keep_the_days_of_shanghai(office: Office) -> None:
    case_id = await office.case(risk_colour="red")
    before, today, after = (str(day_of(office.now) + timedelta(days=n)) for n in (-1, 0, 1))

    async def found(who: str = "head", **query: Any) -> bool:
        return case_id in {
            one["case_id"] for one in ok(await office.get(who, "/cases", limit=200, **query))["items"]
        }

    for who in ("head", "firm"):
        assert await found(who, opened_from=today, opened_to=today)
        assert not await found(who, opened_to=before)
        assert not await found(who, opened_from=after)
        assert not await found(who, closed_from=before)
    assert await found(colour="red")
    assert not await found(colour="none")
    assert not await found(industry="none")
    assert await found(territory="t-east")
    assert not await found(territory="none")


async def test_a_case_nobody_moves_is_found_by_the_days_and_clocks_are_nobody(office: Office) -> None:
    case_id = await office.case()

    async def still(days: int, who: str = "head") -> bool:
        return case_id in {
            one["case_id"] for one in ok(await office.get(who, "/cases", limit=200, idle=days))["items"]
        }

    assert not await still(1)
    await office.pass_time(days=16)
    assert await still(16)
    assert not await still(17)
    told = await entries(office, case_id)
    assert {one["role"] for one in told if one["at"] > office.now - timedelta(days=15)} == {"system"}
    await office.done("firm", case_id, "report_progress", text="正在清理")
    assert not await still(1)


@pytest.mark.slow
async def test_outside_nobody_learns_from_a_filter_how_long_a_case_was_known_or_who_moved_it(
    office: Office,
) -> None:
    lead = (await opened(office))["case_id"]
    known = day_of(office.now)
    await office.pass_time(days=1)
    two = {"officers": ["wang", "li"]}
    await office.done("wang", lead, "verify", **two, findings="属实")
    await office.done("deputy", lead, "sign_lead", opinion="同意")
    await office.done("wang", lead, "issue_order", **two, deadline_days=30, stated=STATED)
    await office.pass_time(days=1)
    await office.done("wang", lead, "serve_order", service=office.delivered())
    await office.pass_time(days=10)
    await office.proposed(lead, "fine", officers=["wang", "li"], amount=20_000)

    async def found(who: str, **query: Any) -> bool:
        listed = ok(await office.get(who, "/cases", limit=200, **query))["items"]
        return lead in {one["case_id"] for one in listed}

    for who, began in (("head", known), ("firm", known + timedelta(days=2))):
        assert await found(who, opened_from=str(began), opened_to=str(began))
        assert not await found(who, opened_to=str(began - timedelta(days=1)))
    assert not await found("head", idle=1)
    assert await found("firm", idle=10)


async def entries(office: Office, case_id: str) -> list[dict[str, Any]]:
    async with office.world.superuser.begin() as connection:
        return [one._asdict() for one in await looking.rows(connection, tables.case_events, case_id=case_id)]
