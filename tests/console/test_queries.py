"""What a page asks of the database does not grow with what it lists: no query a row."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.reads import AROUND, noted
from tests.api.support import Office, ok
from tests.api.words import tip
from tests.console.conftest import House

MOST = 18
"""Statements of the page that asks the most, at any size; sign-in and transactions not counted."""
PAGES = (
    *(("wang", path) for path in ("/", "/cases", "/notices", "/enterprises", "/enterprises/e-a")),
    *(("chief", path) for path in ("/", "/approvals", "/cases")),
    *(("deputy", path) for path in ("/", "/approvals")),
    *(("firm", path) for path in ("/", "/cases", "/enterprises/e-a")),
    *(("town", path) for path in ("/", "/cases", "/overview")),
    *(("head", path) for path in ("/overview", "/measures", "/done", "/done/over", "/delegations")),
    *(("head", path) for path in ("/reports", "/reports/rates", "/reports/major")),
    ("u-admin", "/admin/import"),
    *(("u-auditor", path) for path in ("/admin/people", "/admin/organisations", "/admin/audit")),
)


@contextmanager
def counting(office: Office) -> Iterator[list[str]]:
    """The statements the service sends meanwhile."""
    asked: list[str] = []

    def note(words: str, _: object) -> None:
        if not words.startswith(AROUND):
            asked.append(words)

    with noted(office.world.services.database, note):
        yield asked


async def some_more(office: Office) -> None:
    """A case under order, one submitted, one suspected to be major, a tip, a fine proposed, an accident at the firm."""
    case_id = await office.case()
    await office.submitted()
    await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    ok(await office.post("wang", "/cases", tip()), 201)


async def test_no_page_asks_a_query_a_row(house: House) -> None:
    async def asked() -> dict[tuple[str, str], int]:
        counts = {}
        for who, path in PAGES:
            with counting(house.office) as statements:
                answer = await house.get(who, path)
                await asyncio.sleep(0)  # the driver tells of its own a moment later
            assert answer.status_code == 200, f"{who} {path}"
            counts[who, path] = len(statements)
        return counts

    await some_more(house.office)
    few = await asked()
    for _ in range(3):
        await some_more(house.office)
    many = await asked()
    grown = {page: (few[page], count) for page, count in many.items() if count > few[page]}
    assert not grown, "these pages ask more where there is more"
    assert max(many.values()) <= MOST, many
