"""Waiting for a connection: in the order they came, while the database moves, and not for one that stands still."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from ledger.places import Places
from ledger.sessions import SYSTEM_SCOPE, Database

ONE_BY_ONE = 12


async def test_nobody_who_waits_is_overtaken() -> None:
    places, came = Places(1, patience=60), []

    async def come(who: int) -> None:
        async with places.place():
            came.append(who)
            await asyncio.sleep(0)

    async with places.place():
        waiting = [asyncio.create_task(come(who)) for who in range(5)]
        await asyncio.sleep(0)
    late = asyncio.create_task(come(99))  # the place is free this very moment, and promised
    await asyncio.gather(*waiting, late)
    assert came == [0, 1, 2, 3, 4, 99]


async def test_who_stops_waiting_leaves_the_place_to_the_others() -> None:
    places = Places(1, patience=60)
    async with places.place():
        gone = asyncio.create_task(places.place().__aenter__())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait({gone})
    async with asyncio.timeout(30), places.place():
        pass


async def test_a_place_nobody_leaves_is_not_waited_for_for_ever() -> None:
    places = Places(1, patience=0.05)
    async with places.place():
        with pytest.raises(TimeoutError):
            async with places.place():
                pass


async def test_a_busy_database_lets_everybody_through(database_url: str) -> None:
    """All of them together take longer than the patience of one."""
    database = Database(database_url, pool_size=1, overflow=0, patience=3.0)

    async def work() -> None:
        async with database.write(SYSTEM_SCOPE) as session:
            await session.execute(text("SELECT pg_sleep(0.4)"))

    try:
        await asyncio.gather(*(work() for _ in range(ONE_BY_ONE)))
    finally:
        await database.dispose()
