"""Enterprises: one batch, any number of deliveries, the same ledger; each bearing consumed once."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from ledger.append import append
from ledger.append_enterprise import append_enterprise
from ledger.chain import ENTERPRISE_FIELDS, check_chain
from ledger.errors import LedgerConflict, LedgerGap
from ledger.readers.approvals import OF_ENTERPRISE, select_turns
from ledger.readers.enterprise_files import (
    Waiting,
    closure_for,
    enterprise_entries_after,
    entity_of,
    find_enterprise_command,
    select_enterprise_events,
    standing_of,
    unread,
    waiting,
)
from ledger.readers.notices import mark_read, select_notices
from ledger.readers.tasks import Seat
from ledger.scope import Scope
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import enterprise_entities, enterprise_events, enterprise_tasks, enterprises
from models.actors import Role
from models.batch import Notice, Task
from models.enterprise.batch import Bearing, EnterpriseEntry
from tests.ledger import makers
from tests.ledger.looking import past_locks
from tests.ledger.makers import BUREAU, FIRM_A, START, batch, entity_batch, entry, fresh, told

HEAD = Scope(Role.HEAD, district_id="d1", user_id="boss")


async def firm(ledger: Database) -> str:
    """A new enterprise of the district."""
    enterprise_id = fresh()
    async with past_locks(ledger) as superuser:
        await superuser.execute(
            enterprises.insert().values(
                enterprise_id=enterprise_id,
                district_id="d1",
                territory_id="t-east",
                uscc=fresh(),
                name="示范丙厂",
            )
        )
    return enterprise_id


async def graded(
    ledger: Database, enterprise_id: str, *, at: datetime = START, **fields: Any
) -> tuple[str, int]:
    """A case of the enterprise whose second entry bears on it."""
    case_id = fresh()
    entries = [entry(case_id, 1, at=at), entry(case_id, 2, event="graded", at=at)]
    await append(
        ledger, batch(case_id, entries, enterprise_id=enterprise_id, opened_at=at.isoformat(), **fields)
    )
    return case_id, 2


async def inbox(ledger: Database, enterprise_id: str) -> list[Bearing]:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return await unread(session, enterprise_id)


async def entries(ledger: Database, enterprise_id: str) -> list[EnterpriseEntry]:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return await enterprise_entries_after(session, enterprise_id, 0)


async def row_of(ledger: Database, table: Any, enterprise_id: str) -> Any:
    async with past_locks(ledger) as superuser:
        return (await superuser.execute(select(table).where(table.c.enterprise_id == enterprise_id))).one()


# -- appending -------------------------------------------------------------------------------------------
async def test_double_delivery_writes_once(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    source = await graded(ledger, enterprise_id)
    item = entity_batch(enterprise_id, [told(enterprise_id, 1, source), told(enterprise_id, 2)])
    answers = await asyncio.gather(*(append_enterprise(ledger, item) for _ in range(5)))
    assert answers == [[]] * 5
    assert await entries(ledger, enterprise_id) == list(item.entries)
    async with ledger.read(SYSTEM_SCOPE) as session:
        assert await entity_of(session, enterprise_id) == item.doc
        stored = select(enterprise_events).where(enterprise_events.c.enterprise_id == enterprise_id)
        chain = (await session.execute(stored.order_by(enterprise_events.c.seq))).mappings().all()
    assert check_chain(enterprise_id, [dict(row) for row in chain], ENTERPRISE_FIELDS) is None
    assert (await row_of(ledger, enterprise_entities, enterprise_id)).head_hash == chain[-1]["hash"]


async def test_the_ledger_wins_over_another_batch_at_the_same_place(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    stored = entity_batch(enterprise_id, [told(enterprise_id, 1), told(enterprise_id, 2)], status="stopped")
    await append_enterprise(ledger, stored)
    other = entity_batch(enterprise_id, [told(enterprise_id, 1, data={"no": 9})], status="closed")
    assert await append_enterprise(ledger, other) == list(stored.entries)
    assert await entries(ledger, enterprise_id) == list(stored.entries)
    assert (await row_of(ledger, enterprises, enterprise_id)).status == "stopped"


async def test_an_old_or_overlapping_batch_adds_only_what_is_new(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    all_three = [told(enterprise_id, seq) for seq in (1, 2, 3)]
    await append_enterprise(ledger, entity_batch(enterprise_id, all_three[:2]))
    assert await append_enterprise(ledger, entity_batch(enterprise_id, all_three)) == []
    assert await append_enterprise(ledger, entity_batch(enterprise_id, all_three[:1])) == []
    assert await entries(ledger, enterprise_id) == all_three
    assert (await row_of(ledger, enterprise_entities, enterprise_id)).seq == 3


async def test_a_batch_ahead_of_its_turn_waits(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    with pytest.raises(LedgerGap):
        await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 2)]))
    await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 1)]))
    with pytest.raises(LedgerGap):
        await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 3)]))


@pytest.mark.parametrize("wrong", [[], [1, 3], ["other"]])
async def test_a_batch_must_be_of_one_enterprise_and_without_holes(
    ledger: Database, wrong: list[Any]
) -> None:
    listed = [told("e-x", 1) if one == "other" else told("e-a", one) for one in wrong]
    item = entity_batch("e-a", listed or [told("e-a", 1)]).model_copy(update={"entries": tuple(listed)})
    with pytest.raises(ValueError, match="batch"):
        await append_enterprise(ledger, item)


async def test_a_command_counts_once(ledger: Database) -> None:
    enterprise_id, another = await firm(ledger), await firm(ledger)
    given = told(enterprise_id, 1, command_id=fresh())
    await append_enterprise(ledger, entity_batch(enterprise_id, [given]))
    again = told(enterprise_id, 2, command_id=given.command_id)
    assert await append_enterprise(ledger, entity_batch(enterprise_id, [again])) == [given]
    stray = told(another, 1, command_id=given.command_id)
    with pytest.raises(LedgerConflict):
        await append_enterprise(ledger, entity_batch(another, [stray]))
    assert await entries(ledger, another) == []


async def test_tasks_and_status_follow_the_snapshot(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    due = START + timedelta(days=5)
    both = (
        Task(key="closure.flag", role="head", rank="head", due_at=due, clock="closure.flag"),
        Task(key="x", role="head"),
    )
    await append_enterprise(
        ledger, entity_batch(enterprise_id, [told(enterprise_id, 1)], tasks=both, status="power_cut")
    )
    assert (await row_of(ledger, enterprises, enterprise_id)).status == "power_cut"
    later = entity_batch(enterprise_id, [told(enterprise_id, 2)], tasks=both[:1])
    await append_enterprise(ledger, later)
    assert (await row_of(ledger, enterprise_tasks, enterprise_id)).key == "closure.flag"
    assert (await row_of(ledger, enterprises, enterprise_id)).status == "running"


# -- bearings --------------------------------------------------------------------------------------------
async def test_bearings_are_read_in_order_until_they_are_consumed(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    later = await graded(ledger, enterprise_id, at=START + timedelta(days=2))
    earlier = await graded(ledger, enterprise_id, grade="major")
    found = await inbox(ledger, enterprise_id)
    assert [(one.case_id, one.seq, one.kind, one.major) for one in found] == [
        (*earlier, "graded", True),
        (*later, "graded", False),
    ]
    async with ledger.read(SYSTEM_SCOPE) as session:
        assert len(await unread(session, enterprise_id, limit=1)) == 1
    await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 1, earlier)]))
    assert [one.case_id for one in await inbox(ledger, enterprise_id)] == [later[0]]


async def test_a_bearing_is_consumed_once_in_the_whole_ledger(ledger: Database, count: Any) -> None:
    enterprise_id = await firm(ledger)
    source = await graded(ledger, enterprise_id)
    consumed = told(enterprise_id, 1, source)
    await append_enterprise(ledger, entity_batch(enterprise_id, [consumed]))
    again = entity_batch(enterprise_id, [told(enterprise_id, 2, source)])
    assert await append_enterprise(ledger, again) == [consumed]
    times = await count("SELECT count(*) FROM enterprise_events WHERE source_case_id = :c", c=source[0])
    assert times == 1
    assert await count("SELECT consumed_seq FROM enterprise_inbox WHERE case_id = :c", c=source[0]) == 1


async def test_racing_consumers_consume_it_once(ledger: Database, count: Any) -> None:
    enterprise_id = await firm(ledger)
    sources = [await graded(ledger, enterprise_id) for _ in range(4)]
    turns = [
        entity_batch(enterprise_id, [told(enterprise_id, 1, source, data={"try": no})])
        for no, source in enumerate(sources * 3)
    ]
    answers = await asyncio.gather(*(append_enterprise(ledger, item) for item in turns))
    assert answers.count([]) == 1
    assert {tuple(one.seq for one in answer) for answer in answers} == {(), (1,)}
    assert (
        await count("SELECT count(*) FROM enterprise_events WHERE enterprise_id = :e", e=enterprise_id) == 1
    )
    assert len(await inbox(ledger, enterprise_id)) == 3


async def test_nobody_consumes_what_is_not_in_the_inbox_of_the_enterprise(ledger: Database) -> None:
    enterprise_id, another = await firm(ledger), await firm(ledger)
    source = await graded(ledger, another)
    for stray in (source, (source[0], 1), (fresh(), 1)):
        with pytest.raises(LedgerConflict, match="inbox"):
            await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 1, stray)]))
    assert await entries(ledger, enterprise_id) == []
    assert len(await inbox(ledger, another)) == 1


# -- whom to tell ------------------------------------------------------------------------------------------
async def whom(ledger: Database) -> set[tuple[str, str]]:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return {(one.kind, one.id) for one in await waiting(session, 10_000)}


async def close(ledger: Database, enterprise_id: str, at: datetime) -> dict[str, Any]:
    """The government closes the enterprise at ``at``."""
    closure = {
        "decision_no": "府决〔2026〕1号",
        "decided_on": "2026-12-01",
        "at": at.isoformat(),
        "source_case_id": "c",
    }
    doc = {"status": "closed", "closed_at": at.isoformat(), "closure": closure}
    await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 1)], **doc))
    return closure


async def test_the_relay_tells_enterprises_with_unread_bearings(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    assert ("enterprise", enterprise_id) not in await whom(ledger)
    source = await graded(ledger, enterprise_id)
    assert ("enterprise", enterprise_id) in await whom(ledger)
    async with ledger.read(SYSTEM_SCOPE) as session:
        assert len([one for one in await waiting(session, 1) if one.kind == "enterprise"]) == 1
        assert all(isinstance(one, Waiting) for one in await waiting(session, 1))
    await append_enterprise(ledger, entity_batch(enterprise_id, [told(enterprise_id, 1, source)]))
    assert ("enterprise", enterprise_id) not in await whom(ledger)


async def test_the_open_cases_of_a_closed_enterprise_end(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    closed_at = START + timedelta(days=30)
    before, _ = await graded(ledger, enterprise_id)
    after, _ = await graded(ledger, enterprise_id, at=closed_at + timedelta(seconds=1))
    ended, _ = await graded(ledger, enterprise_id, state="ARCHIVED", closed_at=START.isoformat())
    elsewhere, _ = await graded(ledger, await firm(ledger))
    async with ledger.read(SYSTEM_SCOPE) as session:
        assert await closure_for(session, before) is None
    await close(ledger, enterprise_id, closed_at)
    told_ = await whom(ledger)
    assert {one for one in (before, after, ended, elsewhere) if ("case", one) in told_} == {before}
    async with ledger.read(SYSTEM_SCOPE) as session:
        found = await closure_for(session, before)
        assert await closure_for(session, after) is None
        assert await closure_for(session, elsewhere) is None
    assert found is not None
    assert (found.decided_on, found.at, found.decision_no) == (
        date(2026, 12, 1),
        closed_at,
        "府决〔2026〕1号",
    )
    over = batch(before, [entry(before, 3)], enterprise_id=enterprise_id, closed_at=closed_at.isoformat())
    await append(ledger, over)
    assert ("case", before) not in await whom(ledger)


# -- readers -------------------------------------------------------------------------------------------------
async def test_standing_shows_the_entity_to_officials_and_the_status_to_the_enterprise(
    ledger: Database,
) -> None:
    async with past_locks(ledger) as superuser:
        await superuser.execute(text("UPDATE enterprises SET status = 'running' WHERE enterprise_id = 'e-a'"))
    await append_enterprise(ledger, entity_batch("e-a", [told("e-a", 1)], status="part_stopped"))
    for scope, status, doc in (
        (BUREAU, "part_stopped", True),
        (makers.AUDITOR, "part_stopped", True),
        (FIRM_A, "part_stopped", False),
        (makers.TOWN_EAST, "part_stopped", False),
        (makers.FIRM_B, None, False),
        (makers.OTHER_BUREAU, None, False),
    ):
        async with ledger.read(scope) as session:
            found = await standing_of(session, scope, "e-a")
            history = (await session.execute(select_enterprise_events(scope, "e-a"))).all()
        assert (found.status if found else None) == status
        assert bool(found and found.doc) is doc
        assert bool(history) is doc


async def test_tasks_and_notices_about_an_enterprise_reach_their_seat(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    notices = (
        Notice(notice_id=fresh(), seq=1, kind="closure_flagged", audience_role="head", at=START),
        Notice(
            notice_id=fresh(),
            seq=1,
            kind="closed",
            audience_role="enterprise",
            enterprise_id=enterprise_id,
            at=START,
        ),
    )
    tasks = (
        Task(key="later", role="head", due_at=START + timedelta(days=3)),
        Task(key="soon", role="head", due_at=START + timedelta(days=1)),
        Task(key="section", role="section_head"),
    )
    given = told(enterprise_id, 1, command_id=fresh())
    for _ in range(2):
        await append_enterprise(ledger, entity_batch(enterprise_id, [given], tasks=tasks, notices=notices))
    async with ledger.read(HEAD) as session:
        turns = await session.execute(select_turns(HEAD, [Seat("head", "boss")], (), now=START).first(9))
        mine = [row for row in turns if (row.subject, row.subject_id) == (OF_ENTERPRISE, enterprise_id)]
        shown = (await session.execute(select_notices(HEAD))).all()
        command = await find_enterprise_command(session, HEAD, str(given.command_id))
    assert [(row.key, row.enterprise_name) for row in mine] == [("soon", "示范丙厂"), ("later", "示范丙厂")]
    told_head = {row.notice_id: row for row in shown}[notices[0].notice_id]
    assert (told_head.case_id, told_head.about_enterprise_id, told_head.title) == (
        None,
        enterprise_id,
        "示范丙厂",
    )
    assert command is not None
    async with ledger.write(HEAD) as session:
        await mark_read(session, HEAD, [notices[0].notice_id])
    own = Scope(Role.ENTERPRISE, district_id="d1", enterprise_id=enterprise_id, user_id="x")
    for scope, seen in ((own, [notices[1].notice_id]), (makers.FIRM_B, []), (makers.OTHER_BUREAU, [])):
        async with ledger.read(scope) as session:
            found = (await session.execute(select_notices(scope))).all()
        assert [row.notice_id for row in found] == seen
