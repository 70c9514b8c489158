"""A sign-in that owes something, second factors, and what an administrator does about other people's sign-ins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pyotp
import pytest

from ledger import passwords, tables
from models.actors import Role
from models.signon import SignOnRules
from services.accounts.passwords import hash_password
from tests.api.conftest import PASSWORD, World
from tests.api.support import refused

LOGIN = {"username": "inspector", "password": PASSWORD}
ORIGIN = {"Origin": "http://xiaohao.test"}
NEW = "消防通道每天都要看一遍"


async def signed_in(world: World, **body: str) -> tuple[httpx2.AsyncClient, dict[str, Any]]:
    """A browser that signed in, and what it was told."""
    browser = world.client(headers=ORIGIN)
    answer = await browser.post("/api/v1/sessions", json=LOGIN | body)
    assert answer.status_code == 201, answer.text
    return browser, answer.json()


async def enrolled(world: World) -> tuple[httpx2.AsyncClient, pyotp.TOTP, list[str]]:
    """An inspector with a second factor: the browser it was set up in, the app, the recovery codes."""
    browser, _ = await signed_in(world)
    begun = (await browser.post("/api/v1/me/factor")).json()
    app = pyotp.TOTP(begun["secret"])
    done = await browser.post("/api/v1/me/factor/confirm", json={"code": app.at(world.clock())})
    assert done.status_code == 200, done.text
    world.clock.pass_(seconds=30)
    return browser, app, done.json()["recovery_codes"]


async def test_a_password_set_by_somebody_else_lets_its_holder_choose_another_and_nothing_more(
    world: World,
) -> None:
    admin = await world.as_("u-admin")
    old, _ = await signed_in(world)
    given = (await admin.post("/api/v1/accounts/u-inspector/password")).json()["password"]
    assert (await old.get("/api/v1/me")).status_code == 401, "sessions end with the password"
    refused(
        await world.client().post("/api/v1/tokens", json=LOGIN | {"password": given}), 403, "not_authorised"
    )

    browser, told = await signed_in(world, password=given)
    assert told["owes"] == "password"
    assert (await browser.get("/api/v1/me")).status_code == 200
    problem = refused(await browser.get("/api/v1/cases"), 403, "not_authorised")
    assert (problem["rule"], "/api/v1/me/password" in problem["remedy"]) == ("accounts.owed", True)
    assert (await browser.post("/api/v1/me/factor")).status_code == 403
    for wanted in ("Password123!", given, "inspector-2026"):
        again = await browser.post("/api/v1/me/password", json={"password": given, "new_password": wanted})
        assert again.status_code == 409, wanted
    changed = await browser.post("/api/v1/me/password", json={"password": given, "new_password": NEW})
    assert changed.status_code == 204, changed.text
    assert (await browser.get("/api/v1/cases")).status_code == 200
    back = await browser.post("/api/v1/me/password", json={"password": NEW, "new_password": PASSWORD})
    assert refused(back, 409, "requirement_missing")["detail"].startswith("新密码不能与最近 5 次")
    assert len(await world.rows(tables.former_passwords)) == 2
    actions = [row["action"] for row in await world.audit() if row["outcome"] == "success"]
    assert actions == ["login", "reset_password", "login", "change_password"]
    assert given not in str(await world.audit())


async def test_a_password_expires_where_the_rules_say_so(world: World) -> None:
    await passwords.set_password(world.database, "u-inspector", hash_password(NEW), world.clock())
    world.services.rules = replace(world.services.rules, sign_on=SignOnRules(password_days=30))
    _, told = await signed_in(world, password=NEW)
    assert told["owes"] is None
    world.clock.pass_(days=30)
    _, told = await signed_in(world, password=NEW)
    assert told["owes"] == "password"


async def test_an_account_with_a_second_factor_needs_its_code_once_a_sign_in(world: World) -> None:
    first, app, codes = await enrolled(world)
    assert (await first.get("/api/v1/cases")).status_code == 200
    stored = str(await world.rows(tables.second_factors)) + str(await world.rows(tables.recovery_codes))
    assert app.secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)

    browser, told = await signed_in(world)
    assert told["owes"] == "code"
    refused(await browser.get("/api/v1/cases"), 403, "not_authorised")
    refused(
        await browser.post("/api/v1/me/password", json={"password": PASSWORD, "new_password": NEW}),
        403,
        "not_authorised",
    )
    now = app.at(world.clock())
    wrong = f"{(int(now) + 1) % 1_000_000:06}"
    problem = refused(
        await browser.post("/api/v1/sessions/code", json={"code": wrong}), 401, "not_authenticated"
    )
    assert problem["rule"] == "accounts.code"
    assert (await browser.post("/api/v1/sessions/code", json={"code": now})).status_code == 204
    assert (await browser.get("/api/v1/cases")).status_code == 200
    refused(await browser.post("/api/v1/sessions/code", json={"code": now}), 404, "not_found")

    other, _ = await signed_in(world)
    replayed = await other.post("/api/v1/sessions/code", json={"code": now})
    assert replayed.status_code == 401, "a code is good once"
    assert (await other.post("/api/v1/sessions/code", json={"code": codes[0].upper()})).status_code == 204
    third, _ = await signed_in(world)
    assert (await third.post("/api/v1/sessions/code", json={"code": codes[0]})).status_code == 401
    assert (await first.get("/api/v1/me/factor")).json()["recovery_codes_left"] == len(codes) - 1
    refused(await first.post("/api/v1/me/factor"), 409, "requirement_missing")


async def test_a_token_takes_the_code_with_the_password(world: World) -> None:
    _, app, _ = await enrolled(world)
    problem = refused(await world.client().post("/api/v1/tokens", json=LOGIN), 401, "not_authenticated")
    assert (problem["rule"], problem["details"]["owes"]) == ("accounts.code", "code")
    body = LOGIN | {"code": app.at(world.clock())}
    assert (await world.client().post("/api/v1/tokens", json=body)).status_code == 201
    assert (await world.client().post("/api/v1/tokens", json=body)).status_code == 401


async def test_wrong_codes_lock_the_account_though_the_password_is_right(world: World) -> None:
    _, app, _ = await enrolled(world)
    browser, _ = await signed_in(world)
    for n in range(5):
        if n == 2:
            await signed_in(world)  # a right password in between forgives nothing
        assert (await browser.post("/api/v1/sessions/code", json={"code": "000000"})).status_code == 401
    right = await browser.post("/api/v1/sessions/code", json={"code": app.at(world.clock())})
    assert right.status_code == 401
    assert (await world.client().post("/api/v1/sessions", json=LOGIN)).status_code == 401
    reasons = [row["details"]["reason"] for row in await world.audit() if row["code"] == "not_authenticated"]
    assert reasons == ["code"] * 4 + ["now_locked", "locked", "locked"]


async def test_a_role_that_needs_a_second_factor_sets_it_up_before_anything_else(world: World) -> None:
    rules = SignOnRules(factor_roles=frozenset({Role.INSPECTOR}))
    world.services.rules = replace(world.services.rules, sign_on=rules)
    browser, told = await signed_in(world)
    assert told["owes"] == "factor"
    refused(await browser.get("/api/v1/cases"), 403, "not_authorised")
    refused(await world.client().post("/api/v1/tokens", json=LOGIN), 403, "not_authorised")
    begun = (await browser.post("/api/v1/me/factor")).json()
    refused(
        await browser.post("/api/v1/me/factor/confirm", json={"code": "000000"}), 409, "requirement_missing"
    )
    code = pyotp.TOTP(begun["secret"]).at(world.clock())
    assert (await browser.post("/api/v1/me/factor/confirm", json={"code": code})).status_code == 200
    assert (await browser.get("/api/v1/cases")).status_code == 200


async def test_an_administrator_ends_sessions_and_takes_a_lost_factor_away_in_the_own_district_alone(
    world: World,
) -> None:
    browser, _, _ = await enrolled(world)
    admin = await world.as_("u-admin")
    seen = (await admin.get("/api/v1/accounts/u-inspector")).json()
    assert (seen["sessions"], seen["must_change"]) == (1, False)
    assert seen["factor_since"]
    acts = ("end-sessions", "password")
    for who, subject, status in (("u-section", "u-inspector", 403), ("u-admin", "u-foreign", 404)):
        client = await world.as_(who)
        answers = [await client.post(f"/api/v1/accounts/{subject}/{act}") for act in acts]
        answers += [await client.delete(f"/api/v1/accounts/{subject}/factor")]
        answers += [await client.get(f"/api/v1/accounts/{subject}")]
        assert {one.status_code for one in answers} == {status}
    assert (await admin.post("/api/v1/accounts/u-inspector/end-sessions")).json() == {"ended": 1}
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await admin.delete("/api/v1/accounts/u-inspector/factor")).status_code == 204
    refused(await admin.delete("/api/v1/accounts/u-inspector/factor"), 404, "not_found")
    _, told = await signed_in(world)
    assert told["owes"] is None
    done = {(row["action"], row["details"].get("subject")) for row in await world.audit()}
    assert {("end_sessions", "u-inspector"), ("reset_factor", "u-inspector")} <= done


async def test_one_ends_ones_other_sessions_and_keeps_this_one(world: World) -> None:
    browsers = [(await signed_in(world))[0] for _ in range(3)]
    listed = (await browsers[0].get("/api/v1/sessions")).json()["items"]
    assert len(listed) == 3
    assert listed[0]["device"]["en"] == "Python"
    assert (await browsers[0].post("/api/v1/sessions/end-others")).json() == {"ended": 2}
    assert [(await one.get("/api/v1/me")).status_code for one in browsers] == [200, 401, 401]


@pytest.mark.parametrize("setting", ["admin,head", ""])
def test_roles_that_need_a_second_factor_are_a_setting(setting: str) -> None:
    from runtime.settings import Settings
    from services.context import sign_on_rules

    found = sign_on_rules(Settings(second_factor_roles=setting)).factor_roles
    assert found == frozenset(Role(one) for one in setting.split(",") if one)
    with pytest.raises(ValueError, match="emperor"):
        Settings(second_factor_roles="emperor")
