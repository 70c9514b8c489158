"""What a sign-in owes, at a page: a code, a password, a second factor; and an administrator at somebody's account."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import httpx2
import pyotp

from models.actors import Role
from models.signon import SignOnRules
from tests.api.conftest import PASSWORD, World, password_hash, pools, world
from tests.console.conftest import Browser, the_house
from tests.console.reading import read

__all__ = ["password_hash", "pools", "world"]

NEW = "消防通道每天都要看一遍"


def browser(world: World) -> httpx2.AsyncClient:
    app = the_house()
    app.state.services = world.services
    transport = httpx2.ASGITransport(app=app, client=("192.0.2.7", 1), raise_app_exceptions=False)
    headers = {"Sec-Fetch-Site": "same-origin"}
    return Browser(transport=transport, base_url="http://xiaohao.test", headers=headers)


async def sign_in(world: World, username: str, password: str = PASSWORD) -> httpx2.AsyncClient:
    made = browser(world)
    answer = await made.post("/login", data={"username": username, "password": password, "next": "/notices"})
    assert answer.status_code == 303, answer.text
    return made


async def test_a_one_time_password_leads_to_one_page_until_another_is_chosen(world: World) -> None:
    admin = await sign_in(world, "admin")
    assert 'href="/admin/people/u-section"' in (await admin.get("/admin/people")).text
    read((await admin.get("/admin/people/u-section")).text)
    given = await admin.post("/admin/people/u-section/password")
    read(given.text)
    password = unescape(re.search(r"<code>([^<]+)</code>", given.text)[1])  # type: ignore[index]
    assert password not in (await admin.get("/admin/people/u-section")).text, "shown once"

    chief = await sign_in(world, "section", password)
    for path in ("/", "/notices", "/account", "/cases"):
        answer = await chief.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/account/owed")
    page = await chief.get("/account/owed?next=/notices")
    read(page.text)
    assert 'value="/notices"' in page.text
    fields = {"password": password, "new_password": NEW, "again": NEW, "next": "/notices"}
    twice = await chief.post("/account/owed", data=fields | {"again": "something else"})
    assert (twice.status_code, 'id="e-again"' in twice.text) == (409, True)
    common = await chief.post(
        "/account/owed", data=fields | {"new_password": "Password123!", "again": "Password123!"}
    )
    assert (common.status_code, "最常见的密码" in common.text) == (409, True)
    done = await chief.post("/account/owed", data=fields)
    assert (done.status_code, done.headers["location"]) == (303, "/notices")
    assert (await chief.get("/notices")).status_code == 200
    assert (await chief.get("/account/owed")).status_code == 303


async def test_a_second_factor_is_set_up_with_a_qr_code_and_asked_for_from_then_on(world: World) -> None:
    rules = SignOnRules(factor_roles=frozenset({Role.HEAD}))
    world.services.rules = replace(world.services.rules, sign_on=rules)
    head = await sign_in(world, "head")
    assert (await head.get("/")).headers["location"] == "/account/owed"
    assert (await head.get("/account/owed")).headers["location"] == "/account/factor"
    assert (await head.post("/account/factor")).status_code == 303
    page = await head.get("/account/factor")
    read(page.text)
    assert "<svg" in page.text
    app = pyotp.TOTP(re.search(r'class="secret">([A-Z2-7]+)<', page.text)[1])  # type: ignore[index]
    wrong = await head.post("/account/factor", data={"code": "12345"})
    assert (wrong.status_code, 'id="e-code"' in wrong.text) == (422, True)
    codes = await head.post("/account/factor", data={"code": app.at(world.clock())})
    read(codes.text)
    recovery = re.findall(r"<li><code>([a-z2-7-]{19})</code>", codes.text)
    assert len(recovery) == 8
    account = await head.get("/account")
    assert "剩余恢复码 8" in account.text
    world.clock.pass_(seconds=60)

    again = await sign_in(world, "head")
    assert (await again.get("/")).headers["location"] == "/account/owed"
    read((await again.get("/account/owed")).text)
    refused = await again.post("/account/owed", data={"code": "not-a-code-at-all"})
    assert (refused.status_code, "动态口令不正确" in refused.text) == (401, True)
    assert (await again.post("/account/owed", data={"code": recovery[0]})).status_code == 303
    assert (await again.get("/")).status_code == 200

    admin = await sign_in(world, "admin")
    assert "解除动态口令" in (await admin.get("/admin/people/u-head")).text
    assert (await admin.post("/admin/people/u-head/factor")).headers["location"].endswith("done=factor")
    assert (await again.get("/")).headers["location"] == "/login"
    for path in ("password", "factor", "sessions/end"):
        inspector = await sign_in(world, "inspector")
        assert (await inspector.post(f"/admin/people/u-head/{path}")).status_code == 403
        assert (await admin.post(f"/admin/people/u-foreign/{path}")).status_code == 404
    assert (await admin.post("/admin/people/u-head/sessions/end")).status_code == 303


async def test_devices_are_told_in_words_and_signed_out_together(world: World) -> None:
    one, two = await sign_in(world, "section"), await sign_in(world, "section")
    page = await one.get("/account")
    read(page.text)
    assert "Python 程序" in page.text
    assert (await one.post("/account/sessions/end-others")).status_code == 303
    assert (await two.get("/account")).status_code == 303
    assert "退出其他全部设备" not in (await one.get("/account")).text
