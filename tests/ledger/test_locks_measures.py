"""The locks of measures and entities: an enterprise learns of a measure when it may, of its entity the status only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from ledger.append import append
from ledger.append_enterprise import append_enterprise
from ledger.claims import take_back
from ledger.readers import case as case_reader
from ledger.scope import MEASURE_EVENTS, Scope
from ledger.sessions import Database
from ledger.tables import (
    case_clocks,
    case_events,
    case_measures,
    contents,
    enterprise_entities,
    enterprise_events,
    enterprise_inbox,
    enterprise_tasks,
    instruments,
)
from models.actors import Role
from models.batch import Task
from models.events import EVENTS, measures
from tests.builders import WANG
from tests.ledger import makers
from tests.ledger.makers import batch, entity_batch, entry, fresh, measure, step, told

OF_MEASURES = (case_measures, instruments)
OF_ENTITIES = (enterprise_events, enterprise_entities, enterprise_inbox, enterprise_tasks)
OFFICIALS = (makers.BUREAU, makers.AUDITOR)
STRANGERS = (
    makers.OTHER_BUREAU,
    makers.FIRM_B,
    makers.TOWN_WEST,
    makers.ASSESSOR,
    makers.OTHER_ASSESSOR,
    makers.ADMIN,
    Scope(Role.AUDITOR, district_id="d2", user_id="x"),
    *(Scope(role, user_id=None) for role in Role if role not in (Role.SYSTEM, Role.REPORTER)),
)
KNOWN: Mapping[Scope, int] = {
    **dict.fromkeys(OFFICIALS, 2),
    makers.TOWN_EAST: 2,
    makers.FIRM_A: 1,
    **dict.fromkeys(STRANGERS, 0),
}
"""How many of the two measures of enterprise A, one of which it may know of, a scope sees."""

KEPT_INSIDE = {"lead_signed", "refusal_withdrawn"}
"""Entries that speak of no measure and are as quiet: a leader signs before the measure, a refusal feeds one."""

UNTOLD = {"told_seq": None, "told_at": None}


@dataclass(frozen=True)
class Files:
    """A case of enterprise A with a known and an unknown measure, a tip that is not disclosed, and the entity."""

    case_id: str
    tip: str


@pytest.fixture(scope="module")
async def files(ledger: Database) -> Files:
    both = [measure(1, known=True), measure(2)]
    clocks = {
        key: {"key": key, "status": "running", "due_at": "2026-11-18T16:00:00Z"}
        for key in (
            "rectify",
            "m1/hearing.request",
            "m2/approval.decide",
            "ladder/overdue",
            "p1/proposal.answer",
        )
    }
    ids = []
    for extra in ({"assessor_org_id": "o-assess"}, {"source": "tip", "state": "REPORTED", **UNTOLD}):
        case_id = fresh()
        entries = [
            entry(case_id, 1),
            step(case_id, 2, instrument="talk_notice", open=True),
            step(case_id, 3, instrument="filing", measure_id="m-2"),
            step(case_id, 4, measure_id="m-2").model_copy(
                update={"role": "enterprise", "actor_id": "firm-a"}
            ),
            entry(case_id, 5, event="graded"),
        ]
        await append(ledger, batch(case_id, entries, measures=both, clocks=clocks, **extra))
        ids.append(case_id)
    tasks = (Task(key="closure.flag", role="head"),)
    await append_enterprise(ledger, entity_batch("e-a", [told("e-a", 1, (ids[0], 5))], tasks=tasks))
    return Files(*ids)


async def seen(ledger: Database, scope: Scope, table: Table, **equal: Any) -> int:
    """Rows that PostgreSQL alone lets the scope see: no predicate of ours."""
    async with ledger.read(scope) as session:
        return await _count(session, table, **equal)


async def _count(session: Any, table: Table, *more: Any, **equal: Any) -> int:
    wanted = select(func.count()).select_from(table)
    return int(await session.scalar(wanted.where(*(table.c[k] == v for k, v in equal.items()), *more)) or 0)


@pytest.mark.parametrize("scope", KNOWN, ids=lambda scope: f"{scope.role.value}-{scope.user_id}")
async def test_measures_are_seen_by_whom_they_concern(ledger: Database, files: Files, scope: Scope) -> None:
    for table in OF_MEASURES:
        assert await seen(ledger, scope, table, case_id=files.case_id) == KNOWN[scope], table.name
    async with makers.past_locks(ledger) as superuser:  # nothing but the first lock is left
        for table in OF_MEASURES:
            found = await _count(superuser, table, scope.where(table), case_id=files.case_id)
            assert found == KNOWN[scope], table.name


@pytest.mark.parametrize("scope", KNOWN, ids=lambda scope: f"{scope.role.value}-{scope.user_id}")
async def test_the_entity_is_the_officials(ledger: Database, files: Files, scope: Scope) -> None:
    for table in OF_ENTITIES:
        found = await seen(ledger, scope, table, enterprise_id="e-a")
        assert (found > 0) == (scope in OFFICIALS), table.name
    async with makers.past_locks(ledger) as superuser:
        for table in OF_ENTITIES:
            found = await _count(superuser, table, scope.where(table), enterprise_id="e-a")
            assert (found > 0) == (scope in OFFICIALS), table.name


async def test_every_event_about_measures_is_known_to_both_locks(ledger: Database) -> None:
    quiet = {
        kind.type
        for kind in EVENTS.values()
        if kind.__module__ == measures.__name__ or issubclass(kind, measures.MeasureEvent)
    }
    assert quiet | KEPT_INSIDE == set(MEASURE_EVENTS)
    shape = "SELECT qual FROM pg_policies WHERE tablename = 'case_events' AND policyname = :name"
    async with ledger.engine.connect() as owner:
        for name in ("xh_enterprise_select", "xh_assessor_select"):
            policy = str(await owner.scalar(text(shape), {"name": name}))
            assert {event for event in MEASURE_EVENTS if f"'{event}'" not in policy} == set()


async def test_a_reporter_has_no_right_to_either(ledger: Database, files: Files) -> None:
    reporter = Scope(Role.REPORTER, district_id="d1", user_id="0" * 64)
    for table in (*OF_MEASURES, *OF_ENTITIES):
        with pytest.raises(DBAPIError, match="permission denied"):
            await seen(ledger, reporter, table)


async def test_measures_of_an_undisclosed_case_stay_undisclosed(ledger: Database, files: Files) -> None:
    for table in OF_MEASURES:
        assert await seen(ledger, makers.FIRM_A, table, case_id=files.tip) == 0
        assert await seen(ledger, makers.BUREAU, table, case_id=files.tip) == 2


@pytest.mark.parametrize(
    ("scope", "seqs", "keys"),
    [
        (makers.BUREAU, [1, 2, 3, 4, 5], 5),
        (makers.TOWN_EAST, [1, 2, 3, 4, 5], 5),
        (makers.FIRM_A, [1, 2, 4, 5], 2),
        (makers.ASSESSOR, [1, 5], 1),
    ],
)
async def test_ledger_and_clocks_are_as_quiet_as_the_measure(
    ledger: Database, files: Files, scope: Scope, seqs: list[int], keys: int
) -> None:
    async with ledger.read(scope) as session:
        page = await case_reader.events(session, scope, files.case_id)
    assert [row.seq for row in page.items] == seqs
    assert await seen(ledger, scope, case_events, case_id=files.case_id) == len(seqs)
    assert await seen(ledger, scope, case_clocks, case_id=files.case_id) == keys
    async with makers.past_locks(ledger) as superuser:
        for table, number in ((case_events, len(seqs)), (case_clocks, keys)):
            assert await _count(superuser, table, scope.where(table), case_id=files.case_id) == number


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_measures SET state = 'ENDED'",
        "UPDATE instruments SET number = 'x'",
        "DELETE FROM instruments",
        "INSERT INTO enterprise_tasks SELECT * FROM enterprise_tasks",
        "UPDATE enterprise_entities SET status = 'running'",
        "UPDATE enterprise_inbox SET consumed_seq = NULL",
        "DELETE FROM enterprise_inbox",
    ],
)
async def test_only_the_service_writes_them(ledger: Database, files: Files, statement: str) -> None:
    for scope in (makers.BUREAU, makers.FIRM_A, makers.TOWN_EAST, makers.AUDITOR, makers.ADMIN):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with ledger.write(scope) as session:
                await session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE instruments SET number = 'x'",
        "DELETE FROM enterprise_inbox",
        "UPDATE enterprise_inbox SET kind = 'closed'",
        "UPDATE enterprises SET name = 'x'",
    ],
)
async def test_not_even_the_service_changes_what_was_issued_or_said(
    ledger: Database, files: Files, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with ledger.write(makers.SYSTEM_SCOPE) as session:
            await session.execute(text(statement))


async def test_words_of_a_command_to_an_enterprise_stay(ledger: Database) -> None:
    said, refused = fresh(), fresh()
    row = {"district_id": "d1", "actor_id": "wang", "body": {"text": "事故"}, "digest": "x"}
    async with ledger.write(makers.BUREAU) as session:
        for command in (said, refused):
            await session.execute(insert(contents).values(command_id=command, **row))
    await append_enterprise(ledger, entity_batch("e-b", [told("e-b", 1, command_id=said)]))
    await take_back(ledger, WANG, said, refused)
    async with ledger.read(makers.BUREAU) as session:
        kept = select(contents.c.command_id).where(contents.c.command_id.in_([said, refused]))
        assert (await session.scalars(kept)).all() == [said]
