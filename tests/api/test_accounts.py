"""Signing in, staying in, acting for another; and that nobody gets in without it."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest
from fastapi.routing import iter_route_contexts

from api.guard import PUBLIC
from ledger import passwords, tables
from models.errors import LimitExceeded
from services.accounts import passwords as checking
from services.accounts.passwords import hash_password
from services.limits import Limits
from tests.api.conftest import NOW, PASSWORD, World
from tests.conftest import AT_FULL_PRICE

LOGIN = {"username": "inspector", "password": PASSWORD}
ORIGIN = {"Origin": "http://xiaohao.test"}


async def test_every_route_but_the_public_ones_needs_an_actor(world: World) -> None:
    client = world.client()
    tried = 0
    for route in iter_route_contexts(world.app.routes):
        path = re.sub(r"\{[^}]+\}", "x", route.path or "")
        for method in route.methods or set():
            if (method, route.path) in PUBLIC or (method == "HEAD" and ("GET", route.path) in PUBLIC):
                continue
            answer = await client.request(method, path)
            assert answer.status_code == 401, f"{method} {route.path} answers without credentials"
            tried += 1
    assert tried >= 7
    unknown = await client.get("/api/v1/anything-at-all")
    assert unknown.status_code == 401
    assert unknown.headers["www-authenticate"].startswith("Bearer")


async def test_a_browser_signs_in_and_out(world: World) -> None:
    client = world.client()
    opened = await client.post("/api/v1/sessions", json=LOGIN | {"username": "Inspector"})
    assert opened.status_code == 201
    assert opened.json()["person"]["user_id"] == "u-inspector"
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("xiaohao_session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert opened.headers["cache-control"] == "no-store"

    me = (await client.get("/api/v1/me")).json()
    assert (me["role"], me["certified"], me["acting_for"]) == ("inspector", True, None)
    stored = await world.rows(tables.sessions)
    assert client.cookies["xiaohao_session"] not in str(stored), "only a hash is kept"

    secret = client.cookies["xiaohao_session"]
    assert (await client.delete("/api/v1/sessions", headers=ORIGIN)).status_code == 204
    stolen = world.client(cookies={"xiaohao_session": secret})
    assert (await stolen.get("/api/v1/me")).status_code == 401
    assert [(row["action"], row["outcome"]) for row in await world.audit()] == [
        ("login", "success"),
        ("logout", "success"),
    ]


async def test_the_cookie_is_bound_to_the_host_where_https_allows_it(world: World) -> None:
    world.services.settings = world.services.settings.model_copy(update={"cookie_secure": True})
    answer = await world.client().post("/api/v1/sessions", json=LOGIN)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-xiaohao=")
    assert "Secure" in cookie.split("; ")
    assert "Domain" not in cookie


async def test_a_session_ends_by_idleness_and_in_any_case(world: World) -> None:
    client = world.client()
    await client.post("/api/v1/sessions", json=LOGIN)
    for _ in range(29):
        world.clock.pass_(minutes=25)
        alive = (await client.get("/api/v1/me")).status_code == 200
        assert alive is (world.clock.now < NOW + timedelta(hours=12))
    fresh = world.client()
    await fresh.post("/api/v1/sessions", json=LOGIN)
    world.clock.pass_(minutes=31)
    assert (await fresh.get("/api/v1/me")).status_code == 401


async def test_tokens_are_named_expire_and_are_revoked_at_once(world: World) -> None:
    client = world.client()
    issued = (await client.post("/api/v1/tokens", json=LOGIN | {"name": "脚本", "days": 2})).json()
    assert issued["token"].startswith("xh_")
    assert issued["token"] not in str(await world.rows(tables.api_tokens))
    client.headers["Authorization"] = f"Bearer {issued['token']}"

    listed = (await client.get("/api/v1/tokens")).json()["items"]
    assert [one["name"] for one in listed] == ["脚本"]
    assert "token" not in listed[0]

    other = await world.as_("u-section")
    assert (await other.delete(f"/api/v1/tokens/{issued['token_id']}")).status_code == 404
    assert (await client.delete(f"/api/v1/tokens/{issued['token_id']}")).status_code == 204
    assert (await client.get("/api/v1/me")).status_code == 401

    short = (await world.client().post("/api/v1/tokens", json=LOGIN | {"days": 2})).json()
    late = world.client(headers={"Authorization": f"Bearer {short['token']}"})
    world.clock.pass_(hours=47)
    assert (await late.get("/api/v1/me")).status_code == 200
    world.clock.pass_(hours=2)
    assert (await late.get("/api/v1/me")).status_code == 401
    refused = await world.client().post("/api/v1/tokens", json=LOGIN | {"days": 9999})
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_exceeded")


async def test_a_deactivated_person_is_out_at_the_next_request(world: World) -> None:
    client = await world.as_("u-inspector")
    assert (await client.get("/api/v1/me")).status_code == 200
    async with world.superuser.begin() as connection:
        await connection.execute(
            tables.users.update().where(tables.users.c.user_id == "u-inspector").values(active=False)
        )
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await world.client().post("/api/v1/sessions", json=LOGIN)).status_code == 401


@pytest.mark.parametrize("secret", ["nonsense", "xh_" + "A" * 43, "'; DROP TABLE users;--", "\x7f"])
async def test_made_up_credentials_open_nothing(world: World, secret: str) -> None:
    assert (
        await world.client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/me")
    ).status_code == 401
    assert (await world.client(cookies={"xiaohao_session": secret}).get("/api/v1/me")).status_code == 401


async def test_a_stale_cookie_does_not_keep_anybody_from_signing_in(world: World) -> None:
    client = world.client(cookies={"xiaohao_session": "old"}, headers=ORIGIN)
    assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201


async def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(world: World) -> None:
    client = world.client()
    answers = [await client.post("/api/v1/sessions", json=LOGIN | {"password": "wrong"}) for _ in range(5)]
    right = await client.post("/api/v1/sessions", json=LOGIN)
    assert {answer.status_code for answer in (*answers, right)} == {401}

    def told(answer: object) -> dict[str, object]:
        return {key: value for key, value in answer.json().items() if key != "instance"}  # type: ignore[attr-defined]

    assert told(right) == told(answers[0]), "a locked account answers as a wrong password does"
    reasons = [row["details"]["reason"] for row in await world.audit()]
    assert reasons == ["password"] * 4 + ["now_locked", "locked"]
    world.clock.pass_(minutes=16)
    assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201


async def test_an_unknown_name_answers_and_costs_as_much_as_a_known_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = checking._verify

    def counted(password: str, stored: str) -> tuple[bool, str | None]:
        checked.append(price(stored))
        return verify(password, stored)

    async def attempts(*names: str) -> tuple[set[str], list[str]]:
        checked.clear()
        bodies = set()
        for name in names:
            asked = {"username": name, "password": "wrong"}
            body = (await world.client(ip=name).post("/api/v1/sessions", json=asked)).json()
            bodies.add(str(body | {"instance": ""}))
        return bodies, [*checked]

    monkeypatch.setattr(checking, "_verify", counted)
    known = await attempts("inspector", "section", "head", "auditor")
    assert known == await attempts("nobody", "none", "nil", "null"), "an unknown account costs a check too"
    assert len(known[1]) == 4


def test_a_password_costs_what_is_recommended() -> None:
    assert price(AT_FULL_PRICE().hash(PASSWORD)) == "$argon2id$v=19$m=65536,t=3,p=4"


def price(stored: str) -> str:
    """How a hash was made: its kind, version, memory, turns and lanes."""
    return "$".join(stored.split("$")[:4])


async def test_who_fails_from_an_address_blocks_nobody_else_there(world: World) -> None:
    client, body = world.client(ip="203.0.113.9"), {"username": "nobody", "password": "wrong"}
    codes = [(await client.post("/api/v1/sessions", json=body)).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    blocked = await client.post("/api/v1/sessions", json=body)
    assert int(blocked.headers["retry-after"]) > 60
    assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201, (
        "another name, same address"
    )
    elsewhere = await world.client(ip="192.0.2.7").post("/api/v1/sessions", json=body)
    assert elsewhere.status_code == 401, "the same name, another address"


async def test_a_burst_gets_as_many_guesses_as_the_lock_allows(world: World) -> None:
    client, wrong = world.client(), LOGIN | {"password": "wrong"}
    await asyncio.gather(*(client.post("/api/v1/sessions", json=wrong) for _ in range(40)))
    reasons = [
        row["details"].get("reason") for row in await world.audit() if row["code"] == "not_authenticated"
    ]
    assert [one for one in reasons if one != "locked"] == ["password"] * 4 + ["now_locked"]


async def test_one_address_cannot_try_every_name(world: World) -> None:
    world.services.limits = Limits(first_logins="3/15 minutes")
    client = world.client(ip="203.0.113.9")
    assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201
    codes = []
    for n in range(3):
        body = {"username": f"user{n}", "password": "wrong"}
        codes.append((await client.post("/api/v1/sessions", json=body)).status_code)
    assert codes == [401, 401, 429]
    assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201, "known here"


async def test_a_certificate_counts_through_its_last_day(world: World) -> None:
    async def certified(user: str) -> bool:
        return bool((await (await world.as_(user)).get("/api/v1/me")).json()["certified"])

    assert await certified("u-inspector")
    assert not await certified("u-expired")
    world.clock.now = NOW.replace(hour=15, minute=59)
    assert await certified("u-inspector"), "23:59 in Shanghai on the last day"
    world.clock.now = NOW.replace(hour=16)
    assert not await certified("u-inspector"), "midnight in Shanghai"


async def delegate(world: World, **changed: object) -> None:
    await world.add(
        tables.delegations,
        {
            "delegation_id": "x",
            "district_id": "d-1",
            "from_user_id": "u-head",
            "to_user_id": "u-section",
            "starts_at": NOW,
            "ends_at": NOW + timedelta(days=3),
            "created_by": "u-head",
        }
        | changed,
    )


async def test_a_delegate_acts_with_the_other_persons_rank_while_it_lasts(world: World) -> None:
    await delegate(world)
    client = await world.as_("u-section", **{"X-Acting-For": "u-head"})
    me = (await client.get("/api/v1/me")).json()
    assert (me["rank"], me["acting_for"], me["acting_rank"]) == ("section_head", "u-head", "head")
    stranger = await world.as_("u-inspector", **{"X-Acting-For": "u-head"})
    assert (await stranger.get("/api/v1/me")).status_code == 403
    client = await world.as_("u-section", **{"X-Acting-For": "u-head"})
    world.clock.now = NOW + timedelta(days=3)
    client = await world.as_("u-section", **{"X-Acting-For": "u-head"})
    answer = await client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["rule"]) == (403, "authority.delegation")
    refusals = [row for row in await world.audit() if row["outcome"] == "refused"]
    assert [(row["code"], row["details"]["rule"]) for row in refusals] == [
        ("not_authorised", "authority.delegation")
    ] * 2


@pytest.mark.parametrize(
    "changed",
    [
        {"starts_at": NOW + timedelta(hours=1)},
        {"revoked_at": NOW},
        {"from_user_id": "u-foreign"},
        {"from_user_id": "u-gone"},
    ],
    ids=["not yet", "revoked", "other district", "inactive"],
)
async def test_a_delegation_not_in_force_is_none(world: World, changed: dict[str, object]) -> None:
    await delegate(world, **changed)
    principal = str(changed.get("from_user_id", "u-head"))
    client = await world.as_("u-section", **{"X-Acting-For": principal})
    assert (await client.get("/api/v1/me")).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://xiaohao.test"}, 204),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://xiaohao.test"}, 204),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://sub.xiaohao.test"}, 403),
        ({}, 403),
    ],
)
async def test_a_cookie_does_not_work_for_another_sites_page(
    world: World, headers: dict[str, str], status: int
) -> None:
    client = world.client()
    await client.post("/api/v1/sessions", json=LOGIN)
    assert (await client.delete("/api/v1/sessions", headers=headers)).status_code == status


async def test_a_script_with_an_old_cookie_can_sign_in_again(world: World) -> None:
    client = world.client()
    for _ in range(2):
        assert (await client.post("/api/v1/sessions", json=LOGIN)).status_code == 201


async def test_a_new_password_ends_every_session_and_token(world: World) -> None:
    browser = world.client()
    await browser.post("/api/v1/sessions", json=LOGIN)
    program = await world.as_("u-inspector")
    new = "another long password"
    await passwords.set_password(world.database, "u-inspector", hash_password(new), NOW)
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await program.get("/api/v1/me")).status_code == 401
    assert (await browser.post("/api/v1/sessions", json=LOGIN)).status_code == 401
    assert (await browser.post("/api/v1/sessions", json=LOGIN | {"password": new})).status_code == 201


async def test_no_websocket_is_let_in(world: World) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/api/v1/live",
        "headers": [],
        "query_string": b"",
        "app": world.app,
    }
    await world.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_another_site_cannot_sign_a_browser_in(world: World) -> None:
    answer = await world.client().post(
        "/api/v1/sessions", json=LOGIN, headers={"Origin": "https://evil.test"}
    )
    assert (answer.status_code, answer.json()["rule"]) == (403, "api.cross_site")


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "名" * 64])
async def test_odd_names_are_refused_without_a_stumble(world: World, name: str) -> None:
    body = json.dumps({"username": name, "password": "x"})
    headers = {"Content-Type": "application/json"}
    answer = await world.client().post("/api/v1/sessions", content=body, headers=headers)
    assert answer.status_code in (401, 422), answer.text


async def test_a_form_post_is_not_a_login(world: World) -> None:
    answer = await world.client().post(
        "/api/v1/sessions", content=str(LOGIN), headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("password", ["short", "a" * 12, "x" * 300])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(LimitExceeded):
        hash_password(password)


async def test_answers_carry_security_headers_and_an_id(world: World) -> None:
    for answer in (await world.client().get("/healthz"), await world.client().get("/api/v1/me")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert len(answer.headers["x-request-id"]) == 36


async def test_the_access_log_names_routes_not_people(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await world.as_("u-inspector")
    await client.get("/api/v1/me?phone=13800000000")
    printed = "".join(capsys.readouterr())
    assert "route=/api/v1/me" in printed
    assert "13800000000" not in printed
    assert "u-inspector" not in printed
    assert "192.0.2.1" not in printed
