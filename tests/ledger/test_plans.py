"""Hot lists rest on indexes: a database told to read no table whole and to sort nothing can do so, for every order of the case
list and for what waits for somebody; a page of several lists shown as one is their page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg

from ledger.readers.approvals import select_turns
from ledger.readers.case_lists import listed, paged
from ledger.readers.cases import CaseFilters, select_cases
from ledger.readers.paging import counted, fetch_page
from ledger.readers.tasks import Seat, select_done
from ledger.scope import Scope
from ledger.sessions import Database, ReadSession
from models.batch import Task
from tests.ledger.makers import BUREAU, FIRM_A, TOWN_EAST, fresh
from tests.ledger.test_readers import NOW, open_case

LARGE = "cases|case_tasks|case_events|case_texts|case_told|case_clocks"
RANKS = ("section_head", "deputy_head", "head")
SEATS = [Seat("inspector", "wang"), Seat("section_head", "wang"), Seat("head", "wang")]


async def plan(session: ReadSession, wanted: Select[Any]) -> str:
    """How the database reaches the rows when neither reading whole tables nor sorting is wanted."""
    said = wanted.compile(dialect=asyncpg.dialect(), compile_kwargs={"literal_binds": True})
    for cheap in (
        "enable_seqscan",
        "enable_bitmapscan",
        "enable_sort",
        "enable_hashjoin",
        "enable_mergejoin",
    ):
        await session.exec_driver_sql(f"SET LOCAL {cheap} = off")
    rows = await session.exec_driver_sql(f"EXPLAIN (COSTS OFF) {str(said).replace('%%', '%')}")
    return "\n".join(row[0] for row in rows)


def whole(told: str) -> list[str]:
    """Large tables read whole, and sorts of more than rows that come in order but for ties."""
    return re.findall(rf"Seq Scan on (?:{LARGE})\b|(?<!Incremental )\bSort$", told, re.MULTILINE)


@pytest.mark.parametrize("scope", [BUREAU, TOWN_EAST], ids=lambda one: one.role.value)
@pytest.mark.parametrize("sort", ["due", "-due", "opened", "-opened", "risk", "number"])
async def test_every_order_of_the_case_list_is_walked(ledger: Database, scope: Scope, sort: str) -> None:
    async with ledger.read(scope) as session:
        page = paged(scope, CaseFilters(), now=NOW, sort=sort)
        told = await plan(session, page.walked(51))
        assert whole(told) == []
        assert re.search(r"ix_cases_(district|territory)_id_", told), told
        assert whole(await plan(session, page.first(51))) in ([], ["Sort"])  # of the page alone


async def test_what_waits_and_what_was_done_are_walked(ledger: Database) -> None:
    async with ledger.read(BUREAU) as session:
        turns = select_turns(BUREAU, SEATS, ("section_head",), now=NOW)
        told = await plan(session, turns.each[0].order_by(*turns.order).limit(51))
        assert whole(told) == [], told
        assert whole(await plan(session, select_done(BUREAU).limit(51))) == []


@pytest.mark.parametrize("heads", ["section_head", "deputy_head", "head"])
async def test_what_waits_for_a_decision_is_walked_by_whom_it_was_raised_to(
    ledger: Database, heads: str
) -> None:
    upto = RANKS[: RANKS.index(heads) + 1]
    seats = [Seat(role, "boss") for role in upto]
    async with ledger.read(BUREAU) as session:
        turns = select_turns(BUREAU, seats, upto, now=NOW, decisions=True)
        for one in turns.each[:-1]:
            told = await plan(session, one.order_by(*turns.order[:1]).limit(51))
            assert whole(told) == [], told
            assert re.search(r"ix_case_tasks_decisions.*\n.*Index Cond:.*raised_to", told), told


async def test_an_enterprise_walks_its_own_list_by_the_clocks_it_may_know_of(ledger: Database) -> None:
    async with ledger.read(FIRM_A) as session:
        told = await plan(session, listed(FIRM_A, CaseFilters(), now=NOW, sort="due").limit(51))
    assert whole(told) == [], told
    assert "ix_cases_told" in told


async def test_an_enterprise_walks_its_own_turns(ledger: Database) -> None:
    seats = [Seat("enterprise", "firm-a")]
    async with ledger.read(FIRM_A) as session:
        turns = select_turns(FIRM_A, seats, (), now=NOW)
        told = await plan(session, turns.each[0].order_by(*turns.order).limit(51))
        assert whole(told) == [], told
        assert "ix_case_tasks_enterprise_id_role_due_sort" in told
        assert not re.search(r"on case_tasks\n.*\n.*hashed", told), (
            "every case of the enterprise is looked at"
        )


def test_the_eye_sees_a_bad_plan() -> None:
    assert whole("Sort\n  ->  Seq Scan on cases") == ["Sort", "Seq Scan on cases"]
    assert whole("  ->  Incremental Sort\n  ->  Index Scan using x on cases\n  ->  Seq Scan on teams") == []


# -- two lists as one ----------------------------------------------------------------------------------
@pytest.fixture
async def waiting(ledger: Database) -> list[str]:
    """Tasks of three roles, in the order in which they are due; some at the same moment."""
    mark, due = fresh(), [5, 1, 3, 3, 3, 2, 9, 3]
    roles = ["inspector", "head", "section_head", "inspector", "head", "head", "inspector", "auditor"]
    for no, (days, role) in enumerate(zip(due, roles, strict=True)):
        task = Task(key=f"{no}-{mark}", role=role, due_at=NOW + timedelta(days=days))
        await open_case(ledger, f"案{no}", tasks=(task,))
    async with ledger.read(BUREAU) as session:
        rows = (await session.execute(select_turns(BUREAU, SEATS, (), now=NOW).first(99))).all()
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)
    assert [
        row.key[0] for row in rows if row.key.endswith(mark) and row.due_at == NOW + timedelta(days=3)
    ] == [*"234"]
    keys = [row.key for row in rows]
    assert {key[0] for key in keys if mark in key} == set("0123456")
    return keys


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_pages_over_every_role_are_the_whole_in_order(
    ledger: Database, waiting: list[str], limit: int
) -> None:
    wanted, after, seen = select_turns(BUREAU, SEATS, (), now=NOW), None, []
    async with ledger.read(BUREAU) as session:
        while True:
            page = await fetch_page(session, wanted, limit=limit, after=after)
            seen += [row.key for row in page.items]
            after = page.next
            if after is None:
                break
    assert seen == waiting


async def test_counting_ends_where_it_is_told(ledger: Database, waiting: list[str]) -> None:
    turns = select_turns(BUREAU, SEATS, (), now=NOW)
    async with ledger.read(BUREAU) as session:
        assert await counted(session, turns, 100) == min(100, len(waiting))
        assert await counted(session, turns, 3) == 3
        assert await counted(session, select_cases(BUREAU, CaseFilters(), now=NOW), 5) == 5
