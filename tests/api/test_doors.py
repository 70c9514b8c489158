"""Several doors, one guard: each door answers refusals in its own manner, and what is behind the guard stays the same."""

from __future__ import annotations

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.app import ROUTERS, create_app
from api.parts import part
from models.errors import XiaohaoError
from tests.api.conftest import World

pages = part("probe")


@pages.get("/pages/broken")
async def broken() -> None:
    raise RuntimeError("nobody foresaw this")


@pages.get("/pages/closed")
async def closed() -> None:
    raise XiaohaoError("不行", "no")


async def page(_: Request, error: XiaohaoError) -> Response:
    """A door that answers people."""
    return HTMLResponse(f"<h1>{error.code}</h1>", status_code=error.status)


@pytest.fixture
def two_doors(world: World) -> httpx2.AsyncClient:
    app = create_app(world.services, routers=(*ROUTERS, pages), doors={"/api/v1/pages": page})
    transport = httpx2.ASGITransport(app=app, client=("192.0.2.1", 1), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="http://xiaohao.test")


async def test_each_door_refuses_in_its_own_manner(two_doors: httpx2.AsyncClient, world: World) -> None:
    at_the_page = await two_doors.get("/api/v1/pages/closed")
    assert (at_the_page.status_code, at_the_page.text) == (401, "<h1>not_authenticated</h1>")
    at_the_api = await two_doors.get("/api/v1/cases")
    assert at_the_api.status_code == 401
    assert at_the_api.json()["code"] == "not_authenticated"
    signed = {"Authorization": f"Bearer {await world.token('u-inspector')}"}
    told = await two_doors.get("/api/v1/pages/closed", headers=signed)
    assert (told.status_code, told.text) == (500, "<h1>internal_error</h1>")
    unknown = await two_doors.get("/api/v1/pages/nowhere", headers=signed)
    assert (unknown.status_code, unknown.text) == (404, "<h1>not_found</h1>")
    assert (await two_doors.get("/api/v1/pagesaside", headers=signed)).json()["code"] == "not_found"
    await two_doors.aclose()


async def test_what_nobody_foresaw_is_answered_by_the_door_it_happened_at(
    two_doors: httpx2.AsyncClient, world: World
) -> None:
    signed = {"Authorization": f"Bearer {await world.token('u-inspector')}"}
    answer = await two_doors.get("/api/v1/pages/broken", headers=signed)
    assert (answer.status_code, answer.text) == (500, "<h1>internal_error</h1>")
    assert answer.headers["x-content-type-options"] == "nosniff"
    await two_doors.aclose()
