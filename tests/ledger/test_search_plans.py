"""What a search looks at among some thousands of cases: so many of the nearest and no more, then the cards of its hits alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from benchmarks.multiplied import multiply
from ledger.readers import paging
from ledger.readers.case_lists import list_of
from ledger.readers.cases import CaseFilters
from ledger.readers.paging import Tried
from ledger.readers.searching import about
from ledger.scope import Scope
from ledger.sessions import Database, ReadSession
from ledger.tables import case_texts
from models.searching import wanted
from tests.ledger.makers import AUDITOR, BUREAU, TOWN_EAST
from tests.ledger.test_readers import NOW
from tests.ledger.test_searching import OFFICIALS, ORDERS, gather

TIMES = 200


@pytest.fixture(scope="module")
async def multitude(ledger: Database) -> Database:
    """Every case of the crowd told again many times over."""
    await gather(ledger)
    url = ledger.engine.url.set(drivername="postgresql", username="postgres")
    owner = await asyncpg.connect(url.render_as_string(hide_password=False))
    await multiply(owner, TIMES, lambda _: None)
    await owner.close()
    return ledger


async def plan_of(session: ReadSession, asked: Select[Any], *, run: bool) -> list[dict[str, Any]]:
    """The nodes of a statement's plan, run or not."""
    said = str(asked.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]
    how = "EXPLAIN (ANALYZE, FORMAT JSON)" if run else "EXPLAIN (FORMAT JSON)"
    told = (await session.exec_driver_sql(f"{how} {said.replace('%%', '%')}")).scalar_one()
    return [*nodes_of((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])]


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for under in plan.get("Plans", ()):
        yield from nodes_of(under)


def looked_at(nodes: Sequence[dict[str, Any]], table: str) -> float:
    """How many rows of a table came up, all in all."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes
        if node.get("Relation Name") == table
    )


def tables_of(nodes: Sequence[dict[str, Any]]) -> set[str]:
    return {node["Relation Name"] for node in nodes if "Relation Name" in node}


def tried(scope: Scope, words: str, sort: str = "due") -> Tried:
    found = list_of(scope, CaseFilters(search=words), now=NOW, sort=sort)
    assert isinstance(found, Tried)
    return found


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("scope", [BUREAU, AUDITOR], ids=lambda one: one.role.value)
async def test_only_the_nearest_are_looked_through(
    multitude: Database, scope: Scope, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "NEAR", 100)
    async with multitude.read(scope) as session:
        nodes = await plan_of(session, tried(scope, "无此词", sort).walked(51), run=True)
    assert looked_at(nodes, "case_texts") == 100
    assert looked_at(nodes, "cases") <= 2 * 100 + TIMES, "and what is equal to the last, to be sorted"


@pytest.mark.parametrize(
    ("words", "beside"), [("氨", set()), ("液氨 a", set()), ("储罐液", {"cases", "case_texts"})]
)
@pytest.mark.parametrize("scope", OFFICIALS, ids=lambda one: f"{one.role.value}-{one.territory_id}")
async def test_hits_are_sorted_by_their_cards_alone(
    multitude: Database, scope: Scope, words: str, beside: set[str]
) -> None:
    async with multitude.read(scope) as session:
        sure = await tried(scope, words).sure(session)
        nodes = await plan_of(session, sure.walked(51), run=False)
    assert "ix_case_cards_pieces" in {node.get("Index Name") for node in nodes}
    assert tables_of(nodes) <= {"case_cards"} | beside
    (sort,) = (node for node in nodes if node["Node Type"] == "Sort")
    assert tables_of([*nodes_of(sort)]) == {"case_cards"}


async def test_a_long_word_is_looked_for_until_the_page_is_full(multitude: Database) -> None:
    async with multitude.read(TOWN_EAST) as session:
        sure = await tried(TOWN_EAST, "储罐液位").sure(session)
        nodes = await plan_of(session, sure.walked(51), run=True)
    assert looked_at(nodes, "case_cards") > 10 * 51
    assert looked_at(nodes, "case_texts") <= 2 * 51


@pytest.mark.parametrize("scope", [BUREAU, TOWN_EAST], ids=lambda one: one.role.value)
@pytest.mark.parametrize("words", ["除尘", "储罐", "除尘 清理", "氨", "无此词"])
async def test_it_is_known_about_how_many_cases_have_a_word(
    multitude: Database, scope: Scope, words: str
) -> None:
    said = [case_texts.c.search_text.like(f"%{word}%") for word in wanted(words)]
    async with multitude.read(scope) as session:
        told = await about(session, scope, wanted(words))
        hits = await session.scalar(select(func.count()).where(scope.where(case_texts), *said)) or 0
    assert hits * 2 // 3 <= told <= hits * 3 // 2
