"""Single sign-on against a provider that is a process of its own: in, and every way not to get in, each in words."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from ledger import tables
from models.errors import EngineUnavailable
from runtime.providers import Match, Provider
from runtime.settings import Settings
from services.accounts.providers import Providers
from tests.api.conftest import PASSWORD, World, password_hash, pools, world
from tests.console.conftest import the_house

__all__ = ["password_hash", "pools", "world"]

PEOPLE = (
    {"sub": "s-100", "employee": "Inspector", "employee_verified": True},
    {"sub": "s-200", "employee": "section", "employee_verified": False},
    {"sub": "s-300", "employee": "admin", "employee_verified": True},
    {"sub": "s-400", "employee": "nobody-here", "employee_verified": True},
    {"sub": "s-500", "employee": "gone", "employee_verified": True},
    {"sub": "s-600", "employee": "inspector", "employee_verified": True},
)


class Issuer:
    """The provider's process; started again it has another key."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self, max_age: int = 3600) -> None:
        self.stop()
        claims = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(self.port)]
        command += ["--token-max-age", str(max_age), *claims]
        self.process = self._run(command)
        async with httpx2.AsyncClient() as client:
            for _ in range(600):
                try:
                    return (await client.get(f"{self.url}/jwks")).raise_for_status() and None
                except httpx2.HTTPError:
                    await asyncio.sleep(0.1)
        raise AssertionError("the provider does not start")

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.stop()


class Door:
    """The console, and browsers that go to the provider and come back."""

    def __init__(self, world: World, issuer: Issuer) -> None:
        self.world, self.issuer = world, issuer
        self.ahead = timedelta()
        world.clock.now = datetime.now(UTC)
        world.services.clock = lambda: datetime.now(UTC) + self.ahead
        world.services.providers = Providers()
        self.set()

    def set(self, **changed: Any) -> None:
        match = Match(claim="employee", field="username", verified_by="employee_verified")
        provider = Provider(
            id="sso",
            name="区统一身份认证",
            issuer=self.issuer.url,
            client_id="xiaohao",
            client_secret="top secret",
            match=match,
        )
        kept = self.world.services.settings
        told = {"home": kept.home, "cookie_secure": False, "oidc": (provider,)} | changed
        self.world.services.settings = Settings(**told)

    def browser(self) -> httpx2.AsyncClient:
        app = the_house()
        app.state.services = self.world.services
        transport = httpx2.ASGITransport(app=app, client=("192.0.2.7", 1), raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://xiaohao.test")

    async def leave(self, browser: httpx2.AsyncClient, sub: str, path: str = "/cases") -> str:
        """Off to the provider and signed in there as ``sub``: the address to come back to."""
        away = await browser.get(f"/login/with/sso?next={path}")
        assert away.status_code == 303, away.text
        url = away.headers["location"]
        assert url.startswith(self.issuer.url)
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert asked["redirect_uri"] == "http://xiaohao.test/login/back/sso"
        assert min(len(asked["state"]), len(asked["nonce"])) >= 40
        async with httpx2.AsyncClient() as there:
            answer = await there.post(url, data={"sub": sub} if sub else {"action": "deny"})
        back: str = answer.headers["location"]
        return (
            back if sub else f"{back}&state={asked['state']}"
        )  # which this provider forgets when it refuses

    async def arrive(self, sub: str) -> tuple[httpx2.AsyncClient, httpx2.Response]:
        """A browser that went there and back, and the answer."""
        browser = self.browser()
        return browser, await browser.get(await self.leave(browser, sub))

    async def refused(self) -> str | None:
        """Why the last sign-in was refused, by the audit log."""
        lines = [row for row in await self.world.audit() if row["action"] == "login"]
        assert lines[-1]["outcome"] == "refused"
        reason: str = lines[-1]["details"]["reason"]
        return reason


@pytest.fixture
async def door(world: World, issuer: Issuer) -> Door:
    if issuer.process is None:
        await issuer.start()
    return Door(world, issuer)


async def test_somebody_signs_in_by_the_provider_and_is_known_by_the_subject_from_then_on(door: Door) -> None:
    browser, answer = await door.arrive("s-100")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases"), answer.text
    assert (await browser.get("/api/v1/me")).json()["user_id"] == "u-inspector"
    (bound,) = await door.world.rows(tables.identities)
    assert (bound["provider"], bound["subject"], bound["user_id"]) == ("sso", "s-100", "u-inspector")
    await door.arrive("s-100")
    done = [(row["action"], row["details"].get("credential")) for row in await door.world.audit()]
    assert done == [("bind_identity", None), ("login", "oidc:sso"), ("login", "oidc:sso")]
    again, answer = await door.arrive("s-600")
    assert (answer.status_code, await door.refused()) == (403, "oidc.unknown"), (
        "the account is another subject's"
    )

    left = await browser.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert left.headers["location"] == "/login?left=sso"
    page = await browser.get("/login?left=sso")
    assert f"{door.issuer.url}/oauth2/end_session?client_id=xiaohao" in page.text
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await again.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    ("sub", "status", "rule", "words"),
    [
        ("s-200", 403, "oidc.unverified", "没有核实"),
        ("s-300", 403, "oidc.unknown", "没有对应账号"),
        ("s-400", 403, "oidc.unknown", "没有对应账号"),
        ("s-500", 403, "oidc.ended", "账号已停用"),
        ("", 403, "oidc.denied", "没有同意"),
    ],
    ids=["unverified claim", "an administrator by claim", "unknown person", "deactivated", "denied there"],
)
async def test_nobody_is_let_in_or_made_who_is_not_known(
    door: Door, sub: str, status: int, rule: str, words: str
) -> None:
    before = len(await door.world.rows(tables.users))
    browser, answer = await door.arrive(sub)
    assert (answer.status_code, await door.refused()) == (status, rule)
    assert words in answer.text
    assert "区统一身份认证" in answer.text, "the page offers to begin again"
    if rule == "oidc.unknown":
        assert f"<code>{sub}</code>" in answer.text
    assert len(await door.world.rows(tables.users)) == before
    assert not await door.world.rows(tables.sessions)
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_a_sign_in_belongs_to_one_browser_one_state_one_code_and_ten_minutes(door: Door) -> None:
    browser = door.browser()
    back = await door.leave(browser, "s-100")
    stranger = await door.browser().get(back)
    assert (stranger.status_code, await door.refused()) == (400, "oidc.state")
    other = re.sub("state=[^&]+", "state=wrong", back)
    cookies = dict(browser.cookies)
    assert (await browser.get(other)).status_code == 400
    assert await door.refused() == "oidc.state"

    def sent_back() -> httpx2.AsyncClient:
        made = door.browser()
        made.cookies.update(cookies)
        return made

    forged = door.browser()
    forged.cookies.set("xiaohao_sso", "bm90IHNlYWxlZCBieSB1cw==")
    assert (await forged.get(back)).status_code == 400
    assert (await sent_back().get(back)).status_code == 303
    replayed = await sent_back().get(back)
    assert (replayed.status_code, await door.refused()) == (400, "oidc.code")
    assert "已用过或已过期" in replayed.text
    late = door.browser()
    back = await door.leave(late, "s-100")
    door.ahead = timedelta(minutes=11)
    assert ((await late.get(back)).status_code, await door.refused()) == (400, "oidc.state")
    assert (await door.browser().get("/login/with/elsewhere")).status_code == 404


async def test_keys_rotate_tokens_expire_and_a_provider_that_is_away_says_so(door: Door) -> None:
    assert (await door.arrive("s-100"))[1].status_code == 303
    await door.issuer.start(max_age=60)  # the same provider with another key; the old one is kept here
    assert (await door.arrive("s-100"))[1].status_code == 303
    browser = door.browser()
    back = await door.leave(browser, "s-100")
    door.ahead = timedelta(minutes=5)
    late = await browser.get(back)
    assert (late.status_code, await door.refused()) == (400, "oidc.expired")
    door.ahead = timedelta()
    browser = door.browser()
    back = await door.leave(browser, "s-100")
    door.issuer.stop()
    away = await browser.get(back)
    assert (away.status_code, await door.refused()) == (503, "oidc.away")
    assert "暂时没有响应" in away.text
    door.world.services.providers = Providers()
    gone = await door.browser().get("/login/with/sso")
    assert gone.status_code == EngineUnavailable.status
    assert "用密码登录" in gone.text, "who has a password gets in"


async def test_where_local_accounts_are_off_a_password_opens_nothing_but_in_an_emergency(door: Door) -> None:
    from ledger.passwords import set_password
    from services.accounts.passwords import hash_password

    door.set(local_accounts=False)
    browser = door.browser()
    page = await browser.get("/login")
    assert 'name="password"' not in page.text
    assert 'name="password"' in (await browser.get("/login?emergency=1")).text
    body = {"username": "admin", "password": PASSWORD}
    for path in ("/api/v1/sessions", "/api/v1/tokens"):
        assert (await browser.post(path, json=body)).status_code == 401
    until = door.world.services.clock() + timedelta(hours=1)
    await set_password(
        door.world.database,
        "u-admin",
        hash_password(PASSWORD),
        door.world.services.clock(),
        local_until=until,
    )
    assert (await browser.post("/api/v1/sessions", json=body)).status_code == 201
    door.ahead = timedelta(hours=2)
    assert (await door.browser().post("/api/v1/sessions", json=body)).status_code == 401


async def test_an_administrator_binds_and_unbinds_and_the_settings_carry_to_other_processes(
    door: Door,
) -> None:
    admin = await door.world.as_("u-admin")
    path = "/api/v1/accounts/u-section/identities"
    assert (await admin.post(path, json={"provider": "sso", "subject": "s-400"})).status_code == 204
    taken = await admin.post(
        "/api/v1/accounts/u-head/identities", json={"provider": "sso", "subject": "s-400"}
    )
    assert taken.status_code == 409
    assert (await admin.post(path, json={"provider": "none", "subject": "x"})).status_code == 404
    foreign = "/api/v1/accounts/u-foreign/identities"
    assert (await admin.post(foreign, json={"provider": "sso", "subject": "y"})).status_code == 404
    seen = (await admin.get("/api/v1/accounts/u-section")).json()["identities"]
    assert [(one["provider"], one["subject"]) for one in seen] == [("sso", "s-400")]
    assert (await admin.delete(f"{path}/sso")).status_code == 204
    assert (await admin.delete(f"{path}/sso")).status_code == 404
    environment = door.world.services.settings.as_environment()
    assert json.loads(environment["XIAOHAO_OIDC"])[0]["issuer"] == door.issuer.url
    again = Settings(oidc=json.loads(environment["XIAOHAO_OIDC"]))
    assert again.oidc == door.world.services.settings.oidc
    assert "top secret" not in repr(again)
