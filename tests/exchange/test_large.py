"""A large ledger is taken out in memory that does not grow with it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import cast

import pytest

from benchmarks.overview import LEADER, TOWN, fill
from demo.people import user_id
from exchange.lists import HAZARDS, take_out
from ledger.sessions import Database
from ledger.urls import as_user
from models.actors import Actor
from runtime.postgres import SERVICE
from runtime.settings import Settings
from services.cases.views import CaseQuery
from services.context import Services, build_services
from services.gateway import Gateway
from tests.exchange.reading import sheets

pytestmark = pytest.mark.slow
ROWS = 3_000


@pytest.fixture(scope="module")
async def services(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """A district of that many cases."""
    owner = Database(database_url, pool_size=2)
    await fill(owner, database_url, ROWS)
    await owner.dispose()
    database = Database(as_user(database_url, SERVICE), pool_size=2)
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return build_services(settings, database, cast(Gateway, None))


async def taken(services: Services, actor: Actor, query: CaseQuery, file: Path) -> tuple[int, int]:
    """The ledger written to ``file``: its rows, and the most bytes Python held for it."""
    tracemalloc.start()
    try:
        made = await take_out(services, actor, HAZARDS, query, form="xlsx", lang="zh", ip="")
        with file.open("wb") as out:
            async for chunk in made.chunks():
                out.write(chunk)
        return made.rows, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_three_thousand_rows_take_the_memory_of_a_page(services: Services, tmp_path: Path) -> None:
    file = tmp_path / "ledger.xlsx"
    head = LEADER.model_copy(update={"user_id": user_id("head")})
    town = TOWN.model_copy(update={"user_id": user_id("territory")})
    few, little = await taken(services, town, CaseQuery(open=True), file)
    rows, peak = await taken(services, head, CaseQuery(), file)
    assert rows == ROWS > 4 * few > 0
    assert peak < 12_000_000
    assert peak < 2 * max(little, 4_000_000)
    read = sheets(file.read_bytes())["隐患台账"]
    assert len(read) == ROWS + 1
    assert len({row[0] for row in read[1:]}) == ROWS
    await services.database.dispose()
