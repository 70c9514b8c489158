"""Lists that are put together once for all who ask alike: who asks and for what is given when they are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from ledger.driver import Ready
from ledger.readers.enterprises import select_inspections
from ledger.readers.keeping import every, kept
from ledger.readers.notices import select_inbox
from ledger.readers.paging import Kept, fetch_page
from ledger.sessions import SYSTEM_SCOPE, Database, Scope
from ledger.tables import inspections
from tests.ledger.makers import BUREAU, FIRM_A, OTHER_BUREAU, fresh
from tests.ledger.test_readers import NOW


def written(list_: Kept) -> str:
    """The list with all that stands fast in it."""
    made = Ready(list_.listed)  # type: ignore[arg-type]
    return f"{made.text} {[fixed for name, _, fixed in made._places if name is None]}"


def test_all_who_ask_alike_share_one_list() -> None:
    one, other = (
        kept(select_inspections, scope, enterprise_id=firm, since=NOW - timedelta(days=days))
        for scope, firm, days in ((BUREAU, "e-a", 1), (OTHER_BUREAU, "e-b", 2))
    )
    assert one.listed is other.listed
    assert one.values != other.values
    for told in ("e-a", "e-b", BUREAU.district_id or "", OTHER_BUREAU.district_id or ""):
        assert f"'{told}'" not in written(one)
    assert one.listed is not kept(select_inspections, BUREAU, since=NOW).listed
    assert one.listed is not kept(select_inspections, FIRM_A, enterprise_id="e-a", since=NOW).listed


def test_a_choice_is_part_of_the_list() -> None:
    lists = [kept(select_inbox, BUREAU, unread=unread).listed for unread in (None, True, False)]
    assert len({id(one) for one in lists}) == len(lists)


@pytest.fixture
async def visits(ledger: Database) -> list[str]:
    """Three visits, the latest first, of a kind nobody else has."""
    rows = [
        {
            **dict.fromkeys(("inspection_id", "number", "digest"), fresh()),
            "district_id": "d1",
            "enterprise_id": "e-a",
            "kind": "kept",
            "officers": ["wang" if days else "li"],
            **dict.fromkeys(("started_at", "recorded_at"), NOW - timedelta(days=days)),
            **{"number_key": 9_000_000_000 - days, "recorded_by": "wang"},
        }
        for days in range(3)
    ]
    async with ledger.write(SYSTEM_SCOPE) as session:
        await session.execute(insert(inspections), rows)
    return [row["inspection_id"] for row in rows]


async def test_what_was_asked_for_is_given_when_the_list_is_read(ledger: Database, visits: list[str]) -> None:
    async def listed(scope: Scope = BUREAU, **asked: Any) -> list[str]:
        wanted, after, found = kept(select_inspections, scope, kind="kept", **asked), None, []
        async with ledger.read(scope) as session:
            whole = await every(session, select_inspections, scope, kind="kept", **asked)
            while True:
                page = await fetch_page(session, wanted, limit=1, after=after)
                found += [row.inspection_id for row in page.items if row.inspection_id in visits]
                if (after := page.next) is None:
                    break
        assert found == [row.inspection_id for row in whole if row.inspection_id in visits]
        return found

    assert await listed() == visits
    assert await listed(since=NOW - timedelta(days=1)) == visits[:2]
    assert await listed(since=NOW) == visits[:1]
    assert await listed(officer="wang", until=NOW - timedelta(days=1)) == visits[2:]
    assert await listed(OTHER_BUREAU) == []
