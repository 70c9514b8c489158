"""Half a body holds up nobody: over a real socket, where a body may stop in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import uvicorn

from api import bodies
from services.limits import Limits
from tests.api.conftest import PASSWORD, World
from tests.storage import corpus

pytestmark = pytest.mark.slow
LOGIN = json.dumps({"username": "inspector", "password": PASSWORD}).encode()
PLACES = 4
HALVES = 12
"""More than there are places; a person may have half of two for each place of theirs."""


@pytest.fixture
async def port(world: World) -> AsyncIterator[int]:
    world.services.limits = Limits(writes=PLACES, writes_each=PLACES, strangers=HALVES, uploads_each=HALVES)
    server = uvicorn.Server(uvicorn.Config(world.app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110  an attribute, not an event
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


class Sender:
    """One connection that sends what it is told and nothing more."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> tuple[int, dict[str, object]]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        body = await self.reader.readexactly(length)
        return int(head.split(b" ", 2)[1]), json.loads(body)


@contextlib.asynccontextmanager
async def sent(
    port: int,
    path: str,
    body: bytes,
    *,
    of: int | None = None,
    kind: str = "application/json",
    token: str = "",
) -> AsyncIterator[Sender]:
    """A POST whose Content-Length says ``of`` bytes and which sends ``body``."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /api/v1{path} HTTP/1.1\r\nHost: xiaohao.test\r\nContent-Type: {kind}\r\n"
    head += f"Content-Length: {len(body) if of is None else of}\r\nIdempotency-Key: {id(writer):016d}\r\n"
    head += f"Authorization: Bearer {token}\r\n" if token else ""
    writer.write(head.encode() + b"\r\n" + body)
    await writer.drain()
    try:
        yield Sender(reader, writer)
    finally:
        writer.close()


def form(purpose: str) -> tuple[bytes, str]:
    """An upload as a browser sends it, and its media type."""
    parts = [
        b'Content-Disposition: form-data; name="purpose"\r\n\r\n' + purpose.encode(),
        b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        + corpus.jpeg(),
    ]
    return b"".join(
        b"--b\r\n" + part + b"\r\n" for part in parts
    ) + b"--b--\r\n", "multipart/form-data; boundary=b"


async def test_half_a_sign_in_stops_neither_sign_ins_nor_writes(port: int, world: World) -> None:
    token = await world.token("u-inspector")
    async with contextlib.AsyncExitStack() as halves:
        oldest = await halves.enter_async_context(sent(port, "/sessions", LOGIN[:9], of=len(LOGIN)))
        for _ in range(HALVES - 1):
            await halves.enter_async_context(sent(port, "/sessions", LOGIN[:9], of=len(LOGIN)))
        async with sent(port, "/sessions", LOGIN) as whole:
            assert (await whole.answer())[0] == 201
        status, said = await oldest.answer()
        assert (status, said["code"]) == (408, "too_slow"), "the oldest makes room for the newest"
        for _ in range(2 * PLACES - 1):
            await halves.enter_async_context(sent(port, "/cases", b"{", of=90, token=token))
        async with sent(port, "/notices/none/read", b"", token=token) as write:
            assert (await write.answer())[0] == 404, "a write of the same person"
        assert world.services.limits.writes.current == 0
        other = await world.token("u-head")
        async with sent(port, "/notices/none/read", b"", token=other) as write:
            assert (await write.answer())[0] == 404


async def test_slow_uploads_of_one_enterprise_stop_nobody_else(port: int, world: World) -> None:
    mine, theirs = await world.token("u-factory-a"), await world.token("u-factory-b")
    body, kind = form("整改后照片")
    async with contextlib.AsyncExitStack() as slow:
        for _ in range(HALVES):
            half = sent(port, "/cases/case-a/evidence", body[:90], of=len(body), kind=kind, token=mine)
            await slow.enter_async_context(half)
        async with asyncio.timeout(10):
            while world.services.limits.uploads.current < HALVES:  # noqa: ASYNC110  a counter, not an event
                await asyncio.sleep(0.01)
        async with sent(port, "/cases/case-b/evidence", body, kind=kind, token=theirs) as upload:
            assert (await upload.answer())[0] == 201
        async with sent(port, "/cases/case-a/evidence", body, kind=kind, token=mine) as upload:
            status, said = await upload.answer()
            assert (status, said["rule"]) == (429, "limits.uploads_in_flight")
        async with sent(port, "/notices/none/read", b"", token=mine) as write:
            assert (await write.answer())[0] == 404


async def test_a_body_that_stops_is_cut_off(port: int, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await world.token("u-factory-a")
    monkeypatch.setattr(bodies, "WRITES", replace(bodies.WRITES, grace=0.2))
    monkeypatch.setattr(bodies, "UPLOADS", replace(bodies.UPLOADS, grace=0.2))
    body, kind = form("整改后照片")
    for half in (
        sent(port, "/sessions", LOGIN[:9], of=len(LOGIN)),
        sent(port, "/cases/case-a/commands/report_progress", b"{", of=90, token=token),
        sent(port, "/cases/case-a/evidence", body[:90], of=len(body), kind=kind, token=token),
    ):
        async with half as sender:
            status, said = await sender.answer()
            assert (status, said["rule"]) == (408, "api.body_pace")
            assert await sender.reader.read() == b"", "the connection ends"
    limits = world.services.limits
    assert (limits.uploads.current, limits.bodies.current, limits.writes.current) == (0, 0, 0)


async def test_a_large_body_is_refused_before_it_comes(port: int, world: World) -> None:
    token = await world.token("u-factory-a")
    for path, large, who in (("/sessions", 9_000, ""), ("/cases", 300_000, token)):
        async with sent(port, path, b"{", of=large, token=who) as sender:
            assert (await sender.answer())[0] == 413


def test_a_pace_is_patient_as_long_as_the_body_comes() -> None:
    pace = bodies.Pace(deadline=10, grace=2, rate=100)
    assert [pace.patience(received) for received in (0, 100, 700, 10_000)] == [2, 3, 9, 10]
