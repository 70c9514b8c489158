"""Bounds: what is beyond them gets 429 at once, and the next good request gets through."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from fastapi import Depends, FastAPI

from api.app import create_app
from api.deps import IdempotencyKeyDep, checked_key, idempotency_key
from api.parts import part
from models.errors import BadRequest, IdempotencyKeyMissing, TooManyRequests
from services.limits import Adaptive, InFlight, Limits, Rate
from tests.api.conftest import World

router = part("probe")
_gate = asyncio.Event()


@router.post("/slow")
async def slow() -> dict[str, bool]:
    await _gate.wait()
    return {"done": True}


@router.get("/look")
async def look() -> dict[str, bool]:
    return {"done": True}


@router.post("/keyed")
async def keyed(key: IdempotencyKeyDep) -> dict[str, str]:
    return {"key": key}


@router.post("/guarded", dependencies=[Depends(idempotency_key)])
async def guarded() -> None:
    return None


PUBLIC = [
    (method, f"/api/v1/{path}") for method in ("POST", "GET") for path in ("slow", "look", "keyed", "guarded")
]


def client_of(app: FastAPI) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://xiaohao.test")


async def test_writes_beyond_the_bound_are_refused_not_queued(world: World) -> None:
    world.services.limits = Limits(writes=3, retry_after=2)
    client = client_of(create_app(world.services, routers=[router], public=PUBLIC))
    _gate.clear()
    waiting = [asyncio.create_task(client.post("/api/v1/slow")) for _ in range(3)]
    async with asyncio.timeout(5):
        while world.services.limits.writes.current < 3:  # noqa: ASYNC110  a counter, not an event
            await asyncio.sleep(0)
    refused = await client.post("/api/v1/slow")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.json()["rule"] == "limits.writes_in_flight"
    assert (await client.get("/api/v1/look")).status_code == 200, "reads go on"
    _gate.set()
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 3
    assert (await client.post("/api/v1/slow")).status_code == 200
    assert world.services.limits.writes.current == 0


async def test_a_full_house_is_said_before_anybody_is_asked_who_they_are(world: World) -> None:
    world.services.limits = Limits(writes=1)
    client = client_of(create_app(world.services, routers=[router], public=PUBLIC))
    stranger = {"Authorization": "Bearer xh_nobody"}
    with world.services.limits.writes.slot("somebody"):
        assert (await client.post("/api/v1/nowhere", headers=stranger)).status_code == 429
        assert (await client.get("/api/v1/nowhere", headers=stranger)).status_code == 401
    assert (await client.post("/api/v1/nowhere", headers=stranger)).status_code == 401


class Days:
    """A clock that is told what time it is."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def worked(places: Adaptive, clock: Days, seconds: float, at_once: int) -> None:
    """So many writes at once, each of which takes so long."""
    with ExitStack() as all_of_them:
        for _ in range(at_once):
            all_of_them.enter_context(places.slot())
        clock.now += seconds


def test_the_bound_follows_what_is_done_in_time() -> None:
    clock = Days()
    places = Adaptive(24, 1, "test", clock=clock)
    for _ in range(40):
        worked(places, clock, 0.05, places.limit)
    assert places.limit == 24, "in time: up to the most it may be"
    worked(places, clock, 2, places.limit)
    assert places.limit == 19, "late together: narrowed once, not once for each"
    for _ in range(40):
        worked(places, clock, 2, places.limit)
    assert places.limit == Adaptive.LEAST, "never closed"
    with pytest.raises(TooManyRequests) as caught:
        worked(places, clock, 0, places.limit + 1)
    assert caught.value.details["limit"] == Adaptive.LEAST


def test_what_is_slow_by_itself_narrows_nothing() -> None:
    clock = Days()
    places = Adaptive(64, 1, "test", clock=clock)
    begun = places.limit
    for _ in range(20):
        worked(places, clock, 20, begun // 2 - 1)
    assert places.limit == begun


def test_whoever_is_refused_comes_again_when_their_turn_would_be() -> None:
    clock = Days()
    places = Adaptive(4, 1, "test", clock=clock)
    assert places.wait() == 1, "nobody knows the pace yet"
    inside = deque[Any]()
    for _ in range(200):  # a full house, ten answers a second
        if len(inside) == places.limit:
            inside.popleft().__exit__(None, None, None)
        inside.append(places.slot())
        inside[-1].__enter__()
        clock.now += 0.1
    assert places.full
    told = [places.wait() for _ in range(40)]
    assert told == sorted(told)
    assert (told[0], told[-1]) == (1, 4)
    assert max(told.count(second) for second in set(told)) <= 11, "as many a second as get done"
    clock.now += 4
    assert places.wait() == 1, "what was promised is over"
    assert max(places.wait() for _ in range(1000)) == Adaptive.LONGEST


def test_a_place_is_given_back_after_a_failure() -> None:
    places = InFlight(1, 1, "test")
    with pytest.raises(ValueError, match="boom"), places.slot():
        raise ValueError("boom")
    assert places.current == 0


def test_a_rate_counts_per_key_and_says_when() -> None:
    rate = Rate("2/minute", "test.rate")
    rate.hit("a")
    rate.check("a")
    rate.hit("a")
    with pytest.raises(TooManyRequests) as caught:
        rate.hit("a")
    assert 0 < caught.value.details["retry_after"] <= 61
    with pytest.raises(TooManyRequests):
        rate.check("a")
    rate.hit("b")


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("0f6d9f2e-5b0e-4f6e-9a43-0a2f5f0c7a11", 200, None),
        ("12345678", 200, None),
        ("k" * 128, 200, None),
        (None, 400, "idempotency_key_missing"),
        ("", 400, "idempotency_key_missing"),
        ("1234567", 400, "bad_request"),
        ("k" * 129, 400, "bad_request"),
        ("with space here", 400, "bad_request"),
    ],
)
async def test_writes_need_a_key(world: World, key: str | None, status: int, code: str | None) -> None:
    client = client_of(create_app(world.services, routers=[router], public=PUBLIC))
    headers = {"Idempotency-Key": key} if key is not None else {}
    answer = await client.post("/api/v1/keyed", headers=headers)
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body.get("code")) == (status, code)
    if code:
        assert "Idempotency-Key" in body["remedy"]


def test_the_key_check_is_one_function() -> None:
    assert checked_key("12345678") == "12345678"
    with pytest.raises(IdempotencyKeyMissing):
        checked_key(None)
    with pytest.raises(BadRequest):
        checked_key("汉字汉字汉字汉字")


async def test_health_and_readiness(world: World) -> None:
    client = world.client()
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]) == (200, {"postgresql": "ok"})

    async def away() -> None:
        raise ConnectionRefusedError

    async def hanging() -> None:
        await asyncio.sleep(60)

    world.services.probes = {"temporal": away, "object_store": world.services.vault.store.probe}
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {
        "status": "not_ready",
        "parts": {"temporal": "unreachable", "object_store": "ok"},
    }
    world.services.probes = {"temporal": hanging}
    assert (await client.get("/readyz")).status_code == 503
