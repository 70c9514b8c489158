"""The console over the same small district as the API's tests: both doors of the house, and people with browsers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
import pytest
import uvicorn

from api.app import Api
from console.rendering import EDITION, MADE_BY
from serve import both_doors
from tests.api.conftest import PASSWORD, World, office, password_hash, pools, world
from tests.api.support import Office
from tests.console.chromium import browser, browsers

__all__ = ["browser", "browsers", "office", "password_hash", "pools", "world"]


class Browser(httpx2.AsyncClient):
    """A browser: what it posts to a page says of which edition the page is, unless the test says another."""

    async def post(self, url: Any, *, data: Any = None, **more: Any) -> httpx2.Response:
        if not str(url).startswith("/api/") and not more.keys() & {"json", "content"}:
            data = {MADE_BY: EDITION} | (data or {})
        return await super().post(url, data=data, **more)


@dataclass
class House:
    """Both doors over one office; a browser a person, signed in by the page."""

    office: Office
    transport: httpx2.ASGITransport
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    def stranger(self) -> httpx2.AsyncClient:
        """A browser in which nobody is signed in."""
        return Browser(
            transport=self.transport,
            base_url="http://xiaohao.test",
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    async def browser(self, who: str) -> httpx2.AsyncClient:
        """The browser of ``who`` (user id), with a session of its own."""
        if who not in self.browsers:
            from ledger import credentials

            services = self.office.world.services
            secret, _ = await credentials.open_session(
                services.database, who, services.clock(), services.rules, ip="192.0.2.7", user_agent="test"
            )
            self.browsers[who] = self.stranger()
            self.browsers[who].cookies.set("xiaohao_session", secret)
        return self.browsers[who]

    async def get(self, who: str, path: str) -> httpx2.Response:
        """A page as ``who`` sees it."""
        return await (await self.browser(who)).get(path)

    async def post(self, who: str, path: str, **fields: object) -> httpx2.Response:
        """A form as ``who`` sends it."""
        return await (await self.browser(who)).post(path, data=fields)


@cache
def the_house() -> Api:
    """One application a process, as :func:`tests.api.conftest.the_app`."""
    return both_doors(https=False)


@pytest.fixture
async def house(office: Office) -> AsyncIterator[House]:
    """Both doors as :mod:`serve` composes them, over the office."""
    app = the_house()
    app.state.services = office.world.services
    made = House(office, httpx2.ASGITransport(app=app, client=("192.0.2.7", 1), raise_app_exceptions=False))
    yield made
    for one in made.browsers.values():
        await one.aclose()


@pytest.fixture
async def address(house: House) -> AsyncIterator[str]:
    """Where the house answers to a browser."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(house.transport.app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


__all__ += ["PASSWORD", "World"]
