"""Words are found among the nearest cases or by the cards: either way exactly what a scan of every case finds, in the order of
the list, page after page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Column, select
from sqlalchemy.exc import DBAPIError

from ledger.append import append
from ledger.readers import case_lists, paging
from ledger.readers.case_lists import list_of, listed
from ledger.readers.cases import SORTS, CaseFilters
from ledger.readers.paging import fetch_page
from ledger.scope import Scope
from ledger.sessions import Database, ReadSession
from ledger.tables import cards, case_cards, case_texts, cases, enterprises
from models.searching import wanted
from tests.ledger.looking import change, past_locks, rows
from tests.ledger.makers import AUDITOR, BUREAU, FIRM_A, OTHER_BUREAU, TOWN_EAST, TOWN_WEST, batch, entry
from tests.ledger.test_enterprise_files import firm
from tests.ledger.test_readers import NOW, open_case

SAID = ("除尘系统未清理", "液氨储罐压力异常", "储罐液位计失准", "消防通道堵塞 a-b", "aa车间除尘", "氨")
WORDS = (
    "除尘",
    "氨",
    "液氨",
    "储罐",
    "a",
    "aa",
    "a-b",
    "除尘系统",
    "储罐液",
    "通道堵",
    "2026",
    "号",
    "无此词",
)
QUERIES = (*WORDS, "液氨 储罐", "除尘 清理", "除尘系统 氨", "化工 除", "霖澜化工", "霖澜", "木业 尘系统")
ORDERS = [way + name for way, name in product(("", "-"), SORTS)]
OFFICIALS = (BUREAU, AUDITOR, TOWN_EAST, TOWN_WEST)


async def gather(ledger: Database) -> None:
    """Cases of two territories, some with a deadline and some at the same moment, some ended; one firm renamed."""
    renamed = await firm(ledger)
    for no in range(36):
        due = NOW + timedelta(days=no * 7 % 5) if no % 3 else None
        town, enterprise = (("t-east", "e-a"), ("t-west", "e-b"), ("t-east", renamed))[no % 3]
        ended = {"state": "SIGNED_OFF", "closed_at": NOW.isoformat()} if no % 4 == 0 else {}
        await open_case(
            ledger,
            SAID[no * 5 % len(SAID)],
            due=due,
            enterprise_id=enterprise,
            territory_id=town,
            grade=("major", "general")[no % 2],
            at=NOW - timedelta(hours=no // 2),
            **ended,
        )
    async with past_locks(ledger) as superuser:
        await change(superuser, enterprises, {"search_text": "霖澜化工"}, enterprise_id=renamed)


@pytest.fixture(scope="module")
async def crowd(ledger: Database) -> Database:
    await gather(ledger)
    return ledger


async def paged_through(
    session: ReadSession, scope: Scope, filters: CaseFilters, sort: str, limit: int
) -> list[str]:
    found, after = [], None
    while True:
        page = await fetch_page(
            session, list_of(scope, filters, now=NOW, sort=sort), limit=limit, after=after
        )
        found += [row.case_id for row in page.items]
        after = page.next
        if after is None:
            return found


async def told(session: ReadSession, key: Column[str], words: Column[str]) -> dict[str, str]:
    return {row[0]: row[1] for row in await session.execute(select(key, words))}


async def scanned(session: ReadSession, scope: Scope, filters: CaseFilters, sort: str) -> list[str]:
    """Every case of the list, looked through one by one here."""
    every = await session.execute(listed(scope, replace(filters, search=None), now=NOW, sort=sort))
    said = await told(session, case_texts.c.case_id, case_texts.c.search_text)
    names = await told(session, enterprises.c.enterprise_id, enterprises.c.search_text)
    words = wanted(filters.search or "")
    return [
        row.case_id
        for row in every
        if all(word in said[row.case_id] or word in names.get(row.enterprise_id, "") for word in words)
    ]


@pytest.fixture(params=[(0, 1000), (4, 1000), (4, 4), (1000, 1000)], ids=lambda one: f"near-{one}")
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is found by the cards; some; what has many hits among half as many more; all among the nearest."""
    first, further = request.param
    monkeypatch.setattr(paging, "NEAR", first)
    monkeypatch.setattr(case_lists, "NEAR", further)
    monkeypatch.setattr(case_lists, "SORTED", 2)


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("scope", OFFICIALS, ids=lambda one: f"{one.role.value}-{one.territory_id}")
async def test_a_search_finds_what_a_scan_finds(crowd: Database, near: None, scope: Scope, sort: str) -> None:
    async with crowd.read(scope) as session:
        for words in QUERIES:
            filters = CaseFilters(search=words)
            expected = await scanned(session, scope, filters, sort)
            assert await paged_through(session, scope, filters, sort, 3) == expected, words


@pytest.mark.parametrize(
    "others", [{"open": True}, {"grade": "major"}, {"overdue": False}, {"mine": True}], ids=str
)
async def test_a_search_among_other_filters_finds_what_a_scan_finds(
    crowd: Database, near: None, others: dict[str, Any]
) -> None:
    async with crowd.read(BUREAU) as session:
        for words, sort in product(QUERIES, ("due", "-opened")):
            filters = CaseFilters(search=words, **others)
            expected = await scanned(session, BUREAU, filters, sort)
            assert await paged_through(session, BUREAU, filters, sort, 3) == expected, words


async def test_the_words_of_the_table_tell_something(crowd: Database) -> None:
    async with crowd.read(BUREAU) as session:
        sizes = {
            words: len(await scanned(session, BUREAU, CaseFilters(search=words), "due")) for words in QUERIES
        }
    assert [words for words, size in sizes.items() if not size] == ["无此词", "除尘系统 氨"]
    assert len({*sizes.values()}) >= 5, sizes


# -- cards -----------------------------------------------------------------------------------------------
async def test_a_card_follows_its_case(ledger: Database) -> None:
    case_id = await open_case(ledger, "液氨储罐")
    due = NOW + timedelta(days=3)
    moved = {"rectify_due_at": due.isoformat(), "next_due_at": due.isoformat()}
    await append(ledger, batch(case_id, [entry(case_id, 2)], **moved))
    async with past_locks(ledger) as superuser:
        (card,) = await rows(superuser, case_cards, case_id=case_id)
        (case,) = await rows(superuser, cases, case_id=case_id)
        assert card.due_sort == due
        await change(superuser, case_texts, {"search_text": "粉尘\n3号"}, case_id=case_id)
        (worded,) = await rows(superuser, case_cards, case_id=case_id)
    keys = [one.name for one in case_cards.c if one.name != "pieces"]
    assert [getattr(card, name) for name in keys] == [getattr(case, name) for name in keys]
    assert {"液氨", "氨储", "罐"} <= set(card.pieces)
    assert {"粉尘", "粉", "3号"} <= set(worded.pieces)
    assert "液氨" not in worded.pieces


@pytest.mark.parametrize("scope", [OTHER_BUREAU, TOWN_WEST], ids=lambda one: one.role.value)
async def test_nobody_sees_the_cards_of_others(ledger: Database, scope: Scope) -> None:
    mine = await open_case(ledger, "液氨储罐")
    seen = {}
    for asker in (BUREAU, TOWN_EAST, scope):
        async with ledger.read(asker) as session:
            seen[asker] = set((await session.scalars(select(cards.c.case_id))).all())
    assert mine in seen[BUREAU] & seen[TOWN_EAST]
    assert mine not in seen[scope]


@pytest.mark.parametrize("table", [cards, case_cards], ids=str)
async def test_an_enterprise_has_no_cards(ledger: Database, table: Any) -> None:
    async with ledger.read(FIRM_A) as session:
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(select(table.c.case_id))


async def test_what_an_enterprise_is_called_where_it_moved_to_finds_nothing_where_it_was(
    ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    enterprise_id = await firm(ledger)
    case_id = await open_case(ledger, enterprise_id=enterprise_id, territory_id="t-east")
    moved = {"territory_id": "t-west", "search_text": "霖澜冶炼新厂"}
    async with past_locks(ledger) as superuser:
        await change(superuser, enterprises, moved, enterprise_id=enterprise_id)
    for near, words in product((0, 1000), ("霖澜冶炼", "霖澜")):
        monkeypatch.setattr(paging, "NEAR", near)
        found = {}
        for scope in (BUREAU, TOWN_EAST):
            async with ledger.read(scope) as session:
                found[scope] = await paged_through(session, scope, CaseFilters(search=words), "due", 50)
        assert case_id in found[BUREAU]
        assert case_id not in found[TOWN_EAST]
