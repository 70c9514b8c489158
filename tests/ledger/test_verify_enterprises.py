"""The verifier of enterprises and of their inbox: every disagreement is found and named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ledger.append import append
from ledger.append_enterprise import append_enterprise
from ledger.sessions import SYSTEM_SCOPE, Database
from ledger.verify_cases import Finding, verify_case
from ledger.verify_enterprises import verify_enterprise, verify_enterprises
from models.batch import Task
from models.enterprise.batch import EnterpriseEntry
from models.envelope import text_digest
from tests.ledger.looking import past_locks
from tests.ledger.makers import START, batch, entity_batch, entry, fresh, say, step, told
from tests.ledger.test_enterprise_files import firm, graded


def fold(entries: Sequence[EnterpriseEntry]) -> Mapping[str, Any]:
    """What :func:`tell` stores as the snapshot."""
    return {"enterprise_id": entries[0].enterprise_id, "status": "running", "seq": len(entries)}


async def tell(ledger: Database) -> tuple[str, str]:
    """An enterprise that consumed two bearings of a case and took a command, and the case."""
    enterprise_id = await firm(ledger)
    case_id = fresh()
    entries = [
        entry(case_id, 1),
        entry(case_id, 2, event="graded"),
        step(case_id, 3, bearing="stop_in_force"),
    ]
    await append(ledger, batch(case_id, entries, enterprise_id=enterprise_id))
    consumed = [
        told(enterprise_id, 1, (case_id, 2)),
        told(enterprise_id, 2, (case_id, 3)),
        told(enterprise_id, 3),
    ]
    turn = Task(key="listing.remove", role="section_head", due_at=START + timedelta(days=30))
    for one in consumed:
        assert await append_enterprise(ledger, entity_batch(enterprise_id, [one], tasks=(turn,))) == []
    return enterprise_id, case_id


async def finding(ledger: Database, enterprise_id: str, **options: Any) -> Finding | None:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return await verify_enterprise(session, enterprise_id, fold, **options)


async def case_finding(ledger: Database, case_id: str) -> Finding | None:
    async with ledger.read(SYSTEM_SCOPE) as session:
        return await verify_case(session, case_id)


async def tamper(ledger: Database, *statements: str, **values: Any) -> None:
    """What somebody who owns the database could do."""
    async with past_locks(ledger) as superuser:
        for table in ("enterprise_events", "case_events"):
            await superuser.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        for statement in statements:
            await superuser.execute(
                text(statement), {k: v for k, v in values.items() if f":{k}" in statement}
            )
        for table in ("enterprise_events", "case_events"):
            await superuser.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only"))


@pytest.mark.parametrize(
    ("statement", "kind", "seq"),
    [
        ("UPDATE enterprise_events SET data = '{}' WHERE enterprise_id = :e AND seq = 2", "chain", 2),
        ("UPDATE enterprise_events SET role = 'head' WHERE enterprise_id = :e AND seq = 3", "chain", 3),
        ("UPDATE enterprise_events SET source_seq = 99 WHERE enterprise_id = :e AND seq = 1", "chain", 1),
        ("DELETE FROM enterprise_events WHERE enterprise_id = :e AND seq = 2", "chain", 2),
        ("DELETE FROM enterprise_events WHERE enterprise_id = :e AND seq = 3", "head", 3),
        ("DELETE FROM enterprise_events WHERE enterprise_id = :e", "bare", None),
        ("DELETE FROM enterprise_entities WHERE enterprise_id = :e", "orphan", None),
        ("UPDATE enterprise_entities SET seq = 2 WHERE enterprise_id = :e", "head", 3),
        (
            "UPDATE enterprise_entities SET doc = jsonb_set(doc, '{status}', '\"closed\"') WHERE enterprise_id = :e",
            "fold",
            3,
        ),
        ("UPDATE enterprise_entities SET status = 'stopped' WHERE enterprise_id = :e", "fold", 3),
        ("UPDATE enterprises SET status = 'closed' WHERE enterprise_id = :e", "fold", 3),
        ("UPDATE enterprise_inbox SET consumed_seq = NULL WHERE case_id = :c AND seq = 3", "bearing", 2),
        ("UPDATE enterprise_inbox SET kind = 'closed' WHERE case_id = :c AND seq = 2", "bearing", 1),
        ("DELETE FROM enterprise_inbox WHERE case_id = :c AND seq = 2", "bearing", 1),
        ("UPDATE case_events SET event = 'reminded' WHERE case_id = :c AND seq = 2", "bearing", 1),
        ("UPDATE case_events SET data = data - 'bearing' WHERE case_id = :c AND seq = 3", "bearing", 2),
        ("DELETE FROM case_events WHERE case_id = :c AND seq = 3", "bearing", 2),
        ("UPDATE cases SET enterprise_id = 'e-b' WHERE case_id = :c", "bearing", 1),
        ("DELETE FROM enterprise_tasks WHERE enterprise_id = :e", "task", 3),
        ("UPDATE enterprise_tasks SET decision = NOT decision WHERE enterprise_id = :e", "task", 3),
        ("UPDATE enterprise_tasks SET raised_to = 'head' WHERE enterprise_id = :e", "task", 3),
    ],
)
async def test_tampering_is_found_and_named(
    ledger: Database, statement: str, kind: str, seq: int | None
) -> None:
    enterprise_id, case_id = await tell(ledger)
    assert await finding(ledger, enterprise_id) is None
    await tamper(ledger, statement, e=enterprise_id, c=case_id)
    found = await finding(ledger, enterprise_id)
    assert found is not None
    assert (found.kind, found.seq, found.subject) == (kind, seq, enterprise_id)


@pytest.mark.parametrize(("mark", "seq"), [(4, 2), (2, 4)])
async def test_a_bearing_consumed_twice_is_found(ledger: Database, mark: int, seq: int) -> None:
    """Past the lock that forbids it, with a chain that holds: two entries of one bearing, the inbox names one."""
    enterprise_id, case_id = await tell(ledger)
    lock = "uq_enterprise_events_source_case_id_source_seq"
    await tamper(ledger, f"ALTER TABLE enterprise_events DROP CONSTRAINT {lock}")
    again = told(enterprise_id, 4, (case_id, 3))
    assert await append_enterprise(ledger, entity_batch(enterprise_id, [again])) == []
    await tamper(
        ledger,
        "UPDATE enterprise_inbox SET consumed_seq = :m WHERE case_id = :c AND seq = 3",
        m=mark,
        c=case_id,
    )
    found = await finding(ledger, enterprise_id)
    await tamper(
        ledger, "DELETE FROM enterprise_events WHERE enterprise_id = :e AND seq = 4", e=enterprise_id
    )
    await tamper(
        ledger, f"ALTER TABLE enterprise_events ADD CONSTRAINT {lock} UNIQUE (source_case_id, source_seq)"
    )
    assert found is not None
    assert (found.kind, found.seq) == ("bearing", seq)
    assert f"{case_id}#3" in found.detail


async def test_changed_words_of_a_command_are_found(ledger: Database) -> None:
    enterprise_id, command = await firm(ledger), fresh()
    await say(ledger, command, enterprise_id, {"reason": "三次处罚"})
    sealed = told(enterprise_id, 1, command_id=command, data={"reason": text_digest("三次处罚")})
    await append_enterprise(ledger, entity_batch(enterprise_id, [sealed]))
    assert await finding(ledger, enterprise_id) is None
    await tamper(ledger, 'UPDATE contents SET body = \'{"reason": "无"}\' WHERE command_id = :m', m=command)
    found = await finding(ledger, enterprise_id)
    assert found is not None
    assert (found.kind, found.seq) == ("words", 1)


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("DELETE FROM enterprise_inbox WHERE case_id = :c AND seq = 3", 3),
        ("UPDATE enterprise_inbox SET kind = 'closed' WHERE case_id = :c AND seq = 2", 2),
        (
            "INSERT INTO enterprise_inbox SELECT case_id, 1, enterprise_id, district_id, 'closed', major, at, data"
            " FROM enterprise_inbox WHERE case_id = :c AND seq = 2",
            1,
        ),
    ],
)
async def test_an_inbox_that_says_something_else_than_the_case_is_found(
    ledger: Database, statement: str, seq: int
) -> None:
    _, case_id = await tell(ledger)
    assert await case_finding(ledger, case_id) is None
    await tamper(ledger, statement, c=case_id)
    found = await case_finding(ledger, case_id)
    assert found is not None
    assert (found.kind, found.seq) == ("inbox", seq)


async def test_unread_bearings_are_told_only_when_asked(ledger: Database) -> None:
    enterprise_id = await firm(ledger)
    await graded(ledger, enterprise_id)
    assert await finding(ledger, enterprise_id) is None
    assert await finding(ledger, enterprise_id, unread_since=START) is None
    found = await finding(ledger, enterprise_id, unread_since=START + timedelta(minutes=5))
    assert found is not None
    assert (found.kind, found.seq) == ("waiting", None)


async def test_every_enterprise_is_visited_once(ledger: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.verify_enterprises.PER_STEP", 3)
    ids = {(await tell(ledger))[0] for _ in range(7)}
    unread_only = await firm(ledger)
    await graded(ledger, unread_only)
    found = [enterprise_id async for enterprise_id, _ in verify_enterprises(ledger)]
    assert len(found) == len(set(found))
    assert ids | {unread_only} <= set(found)
