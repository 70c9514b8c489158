"""One batch, any number of deliveries, the same ledger."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

import ledger.append as appending
from ledger.append import AppendResult, append
from ledger.chain import check_chain
from ledger.errors import LedgerConflict, LedgerGap
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.tables import (
    case_clocks,
    case_events,
    case_tasks,
    case_texts,
    cases,
    notices,
    order_items,
    orders,
)
from models.batch import Batch, Notice, Task
from models.searching import folded
from tests.ledger.makers import START, batch, entry, first, fresh, say
from tests.ledger.pools import ledger, rows

__all__ = ["ledger"]


async def one(ledger: Database, table: Any, case_id: str) -> Any:
    (row,) = await rows(ledger, table, case_id)
    return row


async def test_the_first_batch_opens_the_case(ledger: Database) -> None:
    case_id, command = fresh(), fresh()
    body = {"title": "积尘", "location": "一车间", "requirements": [{"text": "清理"}, {"text": "记录"}]}
    await say(ledger, command, case_id, body)
    result = await append(
        ledger, batch(case_id, [entry(case_id, 1, command_id=command)], risk_colour="orange")
    )
    row, words = await one(ledger, cases, case_id), await one(ledger, case_texts, case_id)
    assert (row.number, row.seq, row.head_hash) == (result.case_no, 1, result.last_hash)
    assert (row.risk_rank, row.opened_by, row.disclosed) == (11, "wang", True)
    assert words.requirement == "1. 清理\n2. 记录"
    for part in (result.case_no, "积尘", "一车间", "记录", "示范甲木业有限公司", "粉尘涉爆"):
        assert folded(part) in words.search_text


async def test_double_delivery_writes_once_and_answers_the_same(ledger: Database, count: Any) -> None:
    case_id = fresh()
    notice = Notice(notice_id=fresh(), seq=1, kind="opened", audience_role="inspector", at=START)
    opened = first(case_id, tasks=(Task(key="t", role="inspector"),), notices=(notice,))
    once = await append(ledger, opened)
    twice = await append(ledger, opened)
    assert once == twice
    assert len(await rows(ledger, case_events, case_id)) == 1
    assert len(await rows(ledger, notices, case_id)) == 1


async def test_concurrent_deliveries_of_everything_write_once(ledger: Database) -> None:
    case_id = fresh()
    batches = [first(case_id)] + [batch(case_id, [entry(case_id, seq)]) for seq in range(2, 6)]

    async def deliver(one_batch: Batch) -> AppendResult:
        while True:
            try:
                return await append(ledger, one_batch)
            except LedgerGap:
                await asyncio.sleep(0.005)

    mixed = [item for item in reversed(batches) for _ in range(4)]
    answers = await asyncio.gather(*(deliver(item) for item in mixed))
    assert len({(answer.last_seq, answer.last_hash) for answer in answers}) == 5
    assert len({answer.case_no for answer in answers}) == 1
    assert [row.seq for row in await rows(ledger, case_events, case_id)] == [1, 2, 3, 4, 5]
    assert (await one(ledger, cases, case_id)).seq == 5


async def test_an_old_batch_never_turns_the_read_model_back(ledger: Database) -> None:
    case_id = fresh()
    opened = first(case_id, state="RECORDED")
    later = batch(case_id, [entry(case_id, 2)], state="ORDERED", tasks=(Task(key="a", role="enterprise"),))
    await append(ledger, opened)
    await append(ledger, later)
    await append(ledger, opened)
    assert (await one(ledger, cases, case_id)).state == "ORDERED"
    assert [task.key for task in await rows(ledger, case_tasks, case_id)] == ["a"]


async def test_a_batch_that_overlaps_adds_only_what_is_new(ledger: Database) -> None:
    case_id = fresh()
    entries = [entry(case_id, seq) for seq in range(1, 5)]
    await append(ledger, batch(case_id, entries[:2]))
    result = await append(ledger, batch(case_id, entries))
    stored = sorted(await rows(ledger, case_events, case_id), key=lambda row: row.seq)
    assert [row.seq for row in stored] == [1, 2, 3, 4]
    assert [row.prev_hash for row in stored[1:]] == [row.hash for row in stored[:-1]]
    assert result.last_hash == stored[-1].hash


async def test_a_batch_ahead_of_its_turn_waits(ledger: Database) -> None:
    case_id = fresh()
    with pytest.raises(LedgerGap):
        await append(ledger, batch(case_id, [entry(case_id, 2)]))
    await append(ledger, first(case_id))
    with pytest.raises(LedgerGap):
        await append(ledger, batch(case_id, [entry(case_id, 3)]))
    assert len(await rows(ledger, case_events, case_id)) == 1


async def test_a_crash_before_commit_leaves_nothing_and_after_commit_everything(
    ledger: Database, monkeypatch: pytest.MonkeyPatch, count: Any
) -> None:
    opened = first()

    def die(*args: Any) -> None:
        raise ConnectionResetError("killed before commit")

    numbers = await count("SELECT coalesce(sum(n), 0) FROM counters WHERE kind = 'case'")
    monkeypatch.setattr(appending, "_done", die)
    with pytest.raises(ConnectionResetError):
        await append(ledger, opened)
    monkeypatch.undo()
    assert await rows(ledger, case_events, opened.case_id) == []
    assert await count("SELECT coalesce(sum(n), 0) FROM counters WHERE kind = 'case'") == numbers
    committed = await append(
        ledger, opened
    )  # the answer is lost with the worker; the next one delivers again
    assert await append(ledger, opened) == committed
    assert await count("SELECT coalesce(sum(n), 0) FROM counters WHERE kind = 'case'") == numbers + 1


async def test_other_content_at_the_same_place_is_a_conflict(ledger: Database) -> None:
    opened = first()
    await append(ledger, opened)
    forged = opened.entries[0].model_copy(update={"actor_id": "someone-else"})
    with pytest.raises(LedgerConflict) as refused:
        await append(ledger, opened.model_copy(update={"entries": (forged,)}))
    assert refused.value.details["seq"] == 1
    assert (await one(ledger, case_events, opened.case_id)).actor_id == "wang"


async def test_a_command_counts_once_in_the_whole_ledger(ledger: Database) -> None:
    command, case_id = fresh(), fresh()
    await append(ledger, batch(case_id, [entry(case_id, 1, command_id=command)]))
    other = fresh()
    for again in (
        batch(case_id, [entry(case_id, 2, command_id=command)]),
        batch(other, [entry(other, 1, command_id=command)]),
    ):
        with pytest.raises(LedgerConflict):
            await append(ledger, again)
    assert (await one(ledger, cases, case_id)).seq == 1
    assert await rows(ledger, cases, other) == []


@pytest.mark.parametrize(
    "entries",
    [
        lambda c: [entry(c, 1), entry(c, 3)],
        lambda c: [entry(c, 1), entry("another", 2)],
        lambda c: [entry(c, 1, event="progress_reported")],
    ],
)
async def test_a_batch_must_be_of_one_case_and_without_holes(ledger: Database, entries: Any) -> None:
    case_id = fresh()
    with pytest.raises(ValueError, match=r"entries of a batch|must be 'opened'"):
        await append(ledger, batch(case_id, entries(case_id)))


async def test_tasks_and_clocks_follow_the_snapshot(ledger: Database) -> None:
    case_id = fresh()
    due = START + timedelta(days=15)
    clock = {"key": "rectify", "due_at": due.isoformat(), "last_day": "2026-11-17", "status": "running"}
    both = (
        Task(key="rectify", role="enterprise", enterprise_id="e-a", due_at=due),
        Task(key="x", role="head"),
    )
    await append(ledger, first(case_id, tasks=both, clocks={"rectify": clock}, next_due_at=due.isoformat()))
    assert {task.key for task in await rows(ledger, case_tasks, case_id)} == {"rectify", "x"}
    assert (await one(ledger, cases, case_id)).due_sort == due
    met = {**clock, "status": "met", "next_at": None}
    await append(ledger, batch(case_id, [entry(case_id, 2)], clocks={"rectify": met}))
    assert await rows(ledger, case_tasks, case_id) == []
    assert (await one(ledger, case_clocks, case_id)).status == "met"
    assert (await one(ledger, cases, case_id)).due_sort.year == 9999


async def test_one_order_for_the_cases_of_an_inspection(ledger: Database) -> None:
    order_id, ids = fresh(), [fresh(), fresh()]
    for case_id in ids:
        issued = entry(
            case_id,
            2,
            event="order_issued",
            command_id=None,
            data={"order_id": order_id, "deadline_days": 15},
        )
        await append(ledger, batch(case_id, [entry(case_id, 1), issued], order_id=order_id))
    served = datetime(2026, 11, 3, tzinfo=UTC)
    data = {"served_at": served.isoformat(), "method": "post"}
    due = {"rectify": {"key": "rectify", "due_at": "2026-11-18T16:00:00Z", "status": "running"}}
    result = await append(
        ledger,
        batch(
            ids[0],
            [entry(ids[0], 3, event="order_served", data=data)],
            order_id=order_id,
            clocks=due,
        ),
    )
    async with ledger.read(SYSTEM_SCOPE) as session:
        order = (await session.execute(select(orders).where(orders.c.order_id == order_id))).one()
        items = (await session.execute(select(order_items).where(order_items.c.order_id == order_id))).all()
    assert result.order_no == order.number
    assert (order.served_at, order.served_method) == (served, "post")
    assert sorted(item.no for item in items) == [1, 2]
    assert {item.case_id: item.deadline_at is not None for item in items} == {ids[0]: True, ids[1]: False}
    assert (await one(ledger, cases, ids[1])).order_no == order.number


async def test_a_tip_is_disclosed_only_once_the_authority_acts_openly(ledger: Database) -> None:
    case_id = fresh()
    await append(ledger, first(case_id, source="tip", state="REPORTED", told_seq=None, told_at=None))
    assert not (await one(ledger, cases, case_id)).disclosed
    await append(ledger, batch(case_id, [entry(case_id, 2)], source="tip", state="ORDERED", told_seq=2))
    row = await one(ledger, cases, case_id)
    assert (row.disclosed, row.told_seq) == (True, 2)


async def test_without_its_policy_no_number_is_given(ledger: Database) -> None:
    opened = first(policy_version="1999.1")
    with pytest.raises(LedgerGap, match="1999"):
        await append(ledger, opened)
    assert await rows(ledger, cases, opened.case_id) == []


async def test_workers_that_take_turns_never_trust_what_they_remember(
    database_url: str, ledger: Database
) -> None:
    other = Database(database_url, projector=True)
    case_id = fresh()
    batches = [first(case_id)] + [batch(case_id, [entry(case_id, seq)]) for seq in range(2, 9)]
    turns = (ledger, ledger, other, other, ledger, other, ledger, ledger)
    for pool, item in zip(turns, batches, strict=True):
        await append(pool, item)
    again = [await append(pool, item) for pool in (ledger, other) for item in batches]
    await other.dispose()
    stored = sorted(await rows(ledger, case_events, case_id), key=lambda row: row.seq)
    assert check_chain(case_id, [row._mapping for row in stored]) is None
    assert [answer.last_hash for answer in again] == [row.hash for row in stored] * 2


async def test_a_worker_that_did_not_write_the_entry_before_asks_where_the_ledger_stands(
    database_url: str, ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = fresh()
    await append(ledger, first(case_id))
    other = Database(database_url, projector=True)

    async def locked(*_: Any) -> Any:
        raise AssertionError("no lock is needed for it")

    monkeypatch.setattr(appending, "_append_anywhere", locked)
    for seq in (2, 3):
        await append(other, batch(case_id, [entry(case_id, seq)]))
    await other.dispose()
    stored = sorted(await rows(ledger, case_events, case_id), key=lambda row: row.seq)
    assert [row.seq for row in stored] == [1, 2, 3]
    assert check_chain(case_id, [row._mapping for row in stored]) is None


async def test_a_remembered_place_taken_by_another_entry_is_a_conflict(
    database_url: str, ledger: Database
) -> None:
    other = Database(database_url, projector=True)
    case_id = fresh()
    await append(ledger, first(case_id))
    await append(other, batch(case_id, [entry(case_id, 2)]))
    await other.dispose()
    with pytest.raises(LedgerGap):
        await append(ledger, batch(case_id, [entry(case_id, 4)]))
    with pytest.raises(LedgerConflict):
        await append(ledger, batch(case_id, [entry(case_id, 2)]))
    assert len(await rows(ledger, case_events, case_id)) == 2
