"""What HTTP asks of a door: HEAD, paths that are what they say, whose word counts for where a request comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from runtime.settings import Settings
from serve import server_config
from tests.api.conftest import World


async def test_head_is_answered_as_get_is_without_the_body(world: World) -> None:
    client = await world.as_("u-inspector")
    for path in ("/healthz", "/api/v1/me", "/api/v1/openapi.json", "/api/v1/cases", "/api/v1/cases/none"):
        looked, asked = await client.head(path), await client.get(path)
        assert (looked.status_code, looked.content) == (asked.status_code, b"")
        assert looked.headers["content-length"] == asked.headers["content-length"]
    assert (await world.client().head("/api/v1/me")).status_code == 401


async def test_no_address_leads_to_the_host_a_request_names(world: World) -> None:
    client = await world.as_("u-inspector", Host="evil.test")
    for path in ("/api/v1/cases/", "/api/v1/me/", "/healthz/", "/api/v1//cases"):
        answer = await client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("trusted", "peer", "believed"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.9"),
        ("10.0.0.0/8", "10.1.2.3", "203.0.113.9"),
        ("10.0.0.0/8", "127.0.0.1", "127.0.0.1"),
    ],
)
async def test_nobody_is_believed_about_addresses_without_being_trusted(
    tmp_path: Path, trusted: str, peer: str, believed: str
) -> None:
    async def whoami(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["client"][0].encode()})

    config = server_config(Settings(home=tmp_path, trusted_proxies=trusted), whoami)
    config.load()
    transport = httpx2.ASGITransport(app=config.loaded_app, client=(peer, 1))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.get("/", headers={"X-Forwarded-For": "203.0.113.9"})).text == believed


async def test_the_description_claims_only_formats_that_its_values_have(world: World) -> None:
    def formats(part: Any) -> set[str]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        own = {part["format"]} if isinstance(part, dict) and isinstance(part.get("format"), str) else set()
        return own.union(*map(formats, inner))

    described = (await world.client().get("/api/v1/openapi.json")).json()
    assert formats(described) <= {"date", "date-time", "binary", "password"}
