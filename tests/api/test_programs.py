"""Programs: narrower than their owner, never approving or signing, named in the audit log, ended with their owner."""

from __future__ import annotations

import re
from typing import Any

import httpx2

from api.parts import PREFIX
from api.permissions import ALWAYS, COVERS
from ledger import passwords, tables
from models.programs import PERMISSION_LABELS
from tests.api.conftest import NOW, World
from tests.api.routes import every_route
from tests.api.support import refused


async def program(world: World, *may: str, owner: str = "u-inspector") -> tuple[str, httpx2.AsyncClient]:
    """A program of somebody's: its id, and a client with its token."""
    admin = await world.as_("u-admin")
    asked = {"name": "数据交换", "owner": owner, "may": list(may)}
    made = await admin.post("/api/v1/programs", json=asked)
    assert made.status_code == 201, made.text
    return made.json()["program_id"], await tokened(world, made.json()["program_id"], owner)


async def tokened(
    world: World, program_id: str, owner: str = "u-inspector", **asked: Any
) -> httpx2.AsyncClient:
    issued = await (await world.as_(owner)).post(f"/api/v1/programs/{program_id}/tokens", json=asked)
    assert issued.status_code == 201, issued.text
    token = issued.json()["token"]
    assert token not in str(await world.rows(tables.api_tokens))
    return world.client(headers={"Authorization": f"Bearer {token}"})


def test_every_permission_names_requests_there_are_and_none_that_decides() -> None:
    assert set(COVERS) == set(PERMISSION_LABELS)
    shapes = {(method, re.sub(r"\{[^}]+\}", "{}", path)) for method, path in every_route()}
    for method, path in (*ALWAYS, *(row for rows in COVERS.values() for row in rows)):
        if "{file:path}" not in path:
            assert (method, re.sub(r"\{[^}]+\}", "{}", path)) in shapes, path
    written = {row for rows in COVERS.values() for row in rows if row[0] != "GET"}
    assert written == {("POST", "/cases"), ("POST", "/cases/{case_id}/evidence"), ("POST", "/imports/{kind}")}


async def test_a_program_may_what_it_was_given_and_nothing_else(world: World) -> None:
    _, reader = await program(world, "read")
    assert (await reader.get("/api/v1/cases")).status_code == 200
    assert (await reader.get("/api/v1/me")).json()["user_id"] == "u-inspector"
    with_everything = await program(world, *(one.value for one in PERMISSION_LABELS))
    for method, path in sorted(every_route()):
        if any((method, path) in rows for rows in (*COVERS.values(), ALWAYS)) or path.startswith(
            ("/exports/", "/reports/")
        ):
            continue
        answer = await with_everything[1].request(method, PREFIX + re.sub(r"\{[^}]+\}", "x", path))
        if path in ("/sessions", "/tokens") and method == "POST":
            continue  # open to everybody: it takes a password
        assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"
        assert answer.json()["rule"] == "programs.may"
    assert (await reader.get("/api/v1/exports/cases.csv")).status_code == 403
    assert (await with_everything[1].get("/api/v1/exports/cases.csv")).status_code == 200
    acting = await reader.get("/api/v1/cases", headers={"X-Acting-For": "u-head"})
    assert (acting.status_code, acting.json()["rule"]) == (403, "programs.may")


async def test_what_a_program_does_names_it_and_its_owner(world: World) -> None:
    program_id, writer = await program(world, "open_cases", "export")
    await writer.post("/api/v1/cases", json={}, headers={"Idempotency-Key": "k" * 8})
    assert (await writer.get("/api/v1/exports/cases.csv")).status_code == 200
    by_it = [row for row in await world.audit() if row["details"].get("program") == program_id]
    acts = [(row["action"], row["actor_id"], row["details"].get("by")) for row in by_it]
    assert acts == [
        ("make_program", "u-admin", None),
        ("renew_program", "u-inspector", None),
        ("program", "u-inspector", "数据交换"),
        ("export", "u-inspector", "数据交换"),
    ]


async def test_tokens_overlap_for_a_day_expire_and_end_with_program_and_owner(world: World) -> None:
    program_id, first = await program(world, "read")
    second = await tokened(world, program_id, days=90)
    assert (await first.get("/api/v1/me")).status_code == 200
    seen = (await (await world.as_("u-inspector")).get("/api/v1/programs")).json()["items"]
    assert [len(one["tokens"]) for one in seen] == [2]
    assert sorted(one["last_used_at"] is not None for one in seen[0]["tokens"]) == [False, True]
    world.clock.pass_(hours=25)
    assert (await first.get("/api/v1/me")).status_code == 401
    assert (await second.get("/api/v1/me")).status_code == 200
    world.clock.pass_(days=90)
    assert (await second.get("/api/v1/me")).status_code == 401
    third = await tokened(world, program_id)
    owner = await world.as_("u-inspector")
    refused(
        await owner.post(f"/api/v1/programs/{program_id}/tokens", json={"days": 9999}), 409, "limit_exceeded"
    )
    assert (await (await world.as_("u-admin")).delete(f"/api/v1/programs/{program_id}")).status_code == 204
    assert (await third.get("/api/v1/me")).status_code == 401
    _, other = await program(world, "read")
    await passwords.set_password(world.database, "u-inspector", "hash", NOW)
    assert (await other.get("/api/v1/me")).status_code == 200, "a new password of its owner leaves it be"
    await passwords.end_all(world.database, "u-inspector", NOW)
    assert (await other.get("/api/v1/me")).status_code == 401
    assert not (await (await world.as_("u-admin")).get("/api/v1/programs")).json()["items"]


async def test_programs_are_their_districts_and_a_token_their_owners(world: World) -> None:
    program_id, _ = await program(world, "read", owner="u-head")
    admin = await world.as_("u-admin")
    mine = await admin.post(f"/api/v1/programs/{program_id}/tokens", json={})
    assert (mine.status_code, mine.json()["rule"]) == (403, "programs.owner"), (
        "it would see with the head's eyes"
    )
    stranger = await world.as_("u-foreign")
    assert (await stranger.delete(f"/api/v1/programs/{program_id}")).status_code == 404
    assert not (await stranger.get("/api/v1/programs")).json()["items"]
    asked = {"name": "x", "owner": "u-foreign", "may": ["read"]}
    assert (await admin.post("/api/v1/programs", json=asked)).status_code == 404
    gone = await admin.post("/api/v1/programs", json=asked | {"owner": "u-gone"})
    assert refused(gone, 409, "requirement_missing")["rule"] == "programs.owner"
    assert (await (await world.as_("u-head")).post("/api/v1/programs", json=asked)).status_code == 403
    for wrong in ([], ["approve"], ["read", "sign"]):
        assert (await admin.post("/api/v1/programs", json=asked | {"may": wrong})).status_code == 422
