"""The notice of 2027: previewed, published once, carried to 500 open cases; who may, and what is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from ledger.sessions import SYSTEM_SCOPE
from ledger.tables import audit_log, calendar_batches, case_clocks, case_events, cases
from ledger.tables import notices as told
from models.actors import Actor, Role
from models.case import HazardCase
from models.envelope import Envelope, Reply
from models.errors import EngineUnavailable
from models.snapshot import Case
from services.calendars.carrying import Carrier
from services.calendars.publishing import progress
from tests.api.conftest import World
from tests.api.support import Office, ok
from tests.api.words import tip

NOTICE: dict[str, Any] = {
    "year": 2027,
    "source": "国办发明电〔2026〕9号",
    "days_off": ["2027-01-01", "2027-01-04", "2027-01-05"],
    "workdays": ["2027-01-09"],
}
MANY = 500
LIKE_IT = (
    "INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('case_id', id, 'number', id,"
    " 'number_key', c.number_key + n, 'lead_no', id, 'doc', c.doc || jsonb_build_object('case_id', id)))).*"
    " FROM cases c, generate_series(1, :last) n, format('%s-%s', CAST(:named AS text), lpad(n::text, 4, '0')) id"
    " WHERE c.case_id = :first",
    *(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(c, jsonb_build_object('case_id', id))).*"  # noqa: S608
        f" FROM {table} c, generate_series(1, :last) n, format('%s-%s', CAST(:named AS text), lpad(n::text, 4, '0')) id"
        " WHERE c.case_id = :first"
        for table in ("case_clocks", "case_tasks")
    ),
)
"""Rows like those of the first case, under ids and numbers of their own."""


def carrier(office: Office, **options: Any) -> Carrier:
    world: World = office.world
    return Carrier(world.database, office.gateway, clock=world.clock, **options)


async def many(office: Office, n: int) -> list[str]:
    """Open tips of the end of 2026: the first by the door, the others as rows and snapshots like it."""
    async with office.world.superuser.begin() as connection:
        await connection.execute(update(cases).values(closed_at=office.world.clock.now))
    first = ok(await office.post("wang", "/cases", tip()), 201)["case_id"]
    named = uuid.uuid4().hex[:8]
    ids = [f"{named}-{no:04}" for no in range(1, n)]
    async with office.world.superuser.begin() as connection:
        for statement in LIKE_IT:
            await connection.execute(text(statement), {"first": first, "last": n - 1, "named": named})
    model = office.gateway.cases[first]
    for one in ids:
        snapshot = Case.model_validate(model.case.model_dump(mode="json") | {"case_id": one})
        office.gateway.cases[one] = HazardCase(model.rules, snapshot)
    return [first, *ids]


async def days(office: Office) -> dict[str, tuple[date, bool]]:
    """Case → when its lead has to be verified, and whether that is provisional."""
    wanted = select(case_clocks).where(case_clocks.c.key == "lead.verify")
    async with office.world.database.read(SYSTEM_SCOPE) as session:
        rows = await session.execute(wanted)
        return {row.case_id: (row.last_day, row.provisional) for row in rows}


async def count(office: Office, table: Any, *where: Any) -> int:
    async with office.world.superuser.begin() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)


async def test_the_notice_moves_the_deadlines_of_500_open_cases_once(office: Office) -> None:
    office.world.clock.now = datetime(2026, 12, 29, 2, tzinfo=UTC)
    ids = await many(office, MANY)
    before = await days(office)
    assert {provisional for _, provisional in before.values()} == {True}

    preview = ok(await office.post("u-admin", "/calendar/preview", NOTICE))
    assert (preview["cases"], preview["moved"], preview["known"], preview["corrects"]) == (
        *(MANY, MANY),
        *(False, False),
    )
    assert len(preview["first"]) == 200
    assert {
        one["case_id"] + one["number"] + one["enterprise"] + one["clock"] for one in preview["first"]
    } == {""}, "a tip"
    assert "2027-10-01" in preview["forgotten"]
    (after,) = {one["after"] for one in preview["first"]}
    assert {one["before"] for one in preview["first"]} == {str(day) for day, _ in before.values()}
    assert await days(office) == before, "a preview stores nothing"
    assert ok(await office.get("u-admin", "/calendar/2027"))["year"]["confirmed"] is False

    done = ok(await office.post("u-admin", "/calendar", NOTICE))
    assert (done["effect"], done["batch"]["state"]) == ("added", "waiting")
    step = carrier(office, at_once=50)
    for _ in range(3):
        await step.once()
    half = ok(await office.get("u-admin", "/calendar/2027"))["batch"]
    assert (half["state"], half["total"], half["done"], half["clocks"]) == ("running", MANY, 150, 150)

    office.gateway.failing = [EngineUnavailable("引擎不可用", "away", rule="engine.reachable")] * 50
    office.gateway.ready = unready  # type: ignore[method-assign]
    with pytest.raises(EngineUnavailable):
        await step.once()
    assert ok(await office.get("u-admin", "/calendar/2027"))["batch"]["done"] == 150
    del office.gateway.ready  # type: ignore[method-assign]

    late = ok(await office.post("wang", "/cases", tip()), 201)["case_id"]  # it knows the calendar
    other = carrier(office, at_once=100)
    while await other.once():
        pass
    assert set((await days(office)).values()) == {(date.fromisoformat(after), False)}
    batch = ok(await office.get("u-admin", "/calendar/2027"))["batch"]
    assert (batch["state"], batch["refused"], batch["clocks"]) == ("done", 0, MANY)
    adopted = case_events.c.event == "clocks_rederived"
    assert await count(office, case_events, adopted) == MANY
    assert await count(office, case_events, adopted, case_events.c.case_id == late) == 0
    assert await count(office, told, told.c.kind == "clocks_rederived", told.c.case_id == ids[7]) > 0

    again = ok(await office.post("u-admin", "/calendar", NOTICE))
    assert (again["effect"], again["batch"]["state"]) == ("same", "done")
    assert ok(await office.post("u-admin", "/calendar/preview", NOTICE))["cases"] == 0
    assert not await other.once()
    assert await count(office, case_events, adopted) == MANY
    assert await count(office, audit_log, audit_log.c.action == "publish_calendar") == 1


async def unready() -> bool:
    return False


async def test_a_case_none_of_whose_deadlines_moves_does_not_stop_the_others(office: Office) -> None:
    async with office.world.superuser.begin() as connection:
        await connection.execute(update(cases).values(closed_at=office.world.clock.now))
    opened = []
    for month, day in ((9, 1), (12, 29)):
        office.world.clock.now = datetime(2026, month, day, 2, tzinfo=UTC)
        office.clients.clear()  # whoever comes back signs in anew
        opened.append(ok(await office.post("wang", "/cases", tip()), 201)["case_id"])
    still, moves = opened
    notice = {**NOTICE, "days_off": [*NOTICE["days_off"], "2027-01-06"], "correct": True}
    ok(await office.post("u-admin", "/calendar", notice))
    step = carrier(office)
    while await step.once():
        pass
    batch = ok(await office.get("u-admin", "/calendar/2027"))["batch"]
    assert (batch["state"], batch["done"], batch["clocks"], batch["refused"]) == ("done", 2, 1, 0)
    for case_id, moved in ((still, None), (moves, ["lead.verify"])):
        events = ok(await office.get("wang", f"/cases/{case_id}/events"))["items"]
        assert [one["facts"].get("moved") for one in events if one["event"] == "clocks_rederived"] == [moved]


async def test_a_confirmed_year_changes_only_where_it_is_said_to_be_corrected(office: Office) -> None:
    ok(await office.post("u-admin", "/calendar", NOTICE))
    other = NOTICE | {"days_off": ["2027-01-01"]}
    refused = await office.post("u-admin", "/calendar", other)
    assert (refused.status_code, refused.json()["rule"]) == (409, "calendar.confirmed")
    assert "更正" in str(refused.json()["remedy"])
    assert ok(await office.post("u-admin", "/calendar/preview", other))["corrects"] is True
    done = ok(await office.post("u-admin", "/calendar", other | {"correct": True}))
    assert done["effect"] == "corrected"
    year = ok(await office.get("firm", "/calendar/2027"))
    assert (year["year"]["days_off"], year["batch"]) == (["2027-01-01"], None)
    renamed = other | {"source": "国办发明电〔2026〕10号"}
    assert ok(await office.post("u-admin", "/calendar", renamed))["effect"] == "same"
    assert ok(await office.post("u-admin", "/calendar", renamed | {"correct": True}))["effect"] == "corrected"
    packaged = NOTICE | {"year": 2026, "days_off": ["2026-01-01"], "workdays": []}
    assert (await office.post("u-admin", "/calendar", packaged)).status_code == 409, "known without a notice"


async def test_who_may_and_what_is_no_notice(office: Office) -> None:
    for who in ("wang", "chief", "head", "firm", "town", "u-auditor", "assessor"):
        for path in ("/calendar/preview", "/calendar"):
            assert (await office.post(who, path, NOTICE)).status_code == 403, who
        assert (await office.post(who, "/calendar/2027/again", {})).status_code == 403, who
        assert ok(await office.get(who, "/calendar/2027"))["batch"] is None
    wrong = NOTICE | {"days_off": ["2027-01-01", "2027-01-01", "2025-05-01"], "workdays": ["2027-01-06"]}
    for path in ("/calendar/preview", "/calendar"):
        answer = await office.post("u-admin", path, wrong)
        assert answer.status_code == 422
        fields = [one["field"] for one in answer.json()["details"]["fields"]]
        assert fields == ["days_off", "days_off", "workdays"]
    assert (await office.post("u-admin", "/calendar/2027/again", {})).status_code == 404


async def test_a_case_that_does_not_take_it_is_named_and_asked_again(office: Office) -> None:
    office.world.clock.now = datetime(2026, 12, 29, 2, tzinfo=UTC)
    first, second = await many(office, 2)
    lost = office.gateway.cases.pop(second)
    ok(await office.post("u-admin", "/calendar", NOTICE))
    assert (await office.post("u-admin", "/calendar/2027/again", {})).status_code == 409, "under way"
    step = carrier(office)
    command, others = office.gateway.command, []

    async def while_waiting(envelope: Envelope) -> Reply:
        async with (
            office.world.superuser.begin() as connection
        ):  # held by no transaction, and no other worker takes it
            await connection.execute(select(calendar_batches).with_for_update(nowait=True))
        others.append(await carrier(office).once())
        return await command(envelope)

    office.gateway.command = while_waiting  # type: ignore[method-assign]
    while await step.once():
        pass
    del office.gateway.command  # type: ignore[method-assign]
    assert others == [0, 0]
    batch = ok(await office.get("u-admin", "/calendar/2027"))["batch"]
    assert (batch["done"], batch["clocks"], batch["refused"]) == (2, 1, 1)
    assert [(one["case_id"], one["reason"]["zh"]) for one in batch["refusals"]] == [(second, "没有这个案件")]
    stranger = Actor(user_id="far-admin", role=Role.ADMIN, district_id="elsewhere")
    elsewhere = await progress(office.world.database, stranger, 2027)
    assert elsewhere is not None
    assert (elsewhere.refused, elsewhere.refusals) == (1, []), "which cases is their own district's"
    office.gateway.cases[second] = lost
    office.world.clock.pass_(minutes=1)
    assert ok(await office.post("u-admin", "/calendar/2027/again", {}))["state"] == "waiting"
    while await step.once():
        pass
    batch = ok(await office.get("u-admin", "/calendar/2027"))["batch"]
    assert (batch["done"], batch["clocks"], batch["refused"]) == (2, 1, 0)
    assert len({*(await days(office)).values()}) == 1
    assert first in await days(office)
