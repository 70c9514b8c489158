"""The field page in a real browser: nothing is lost when the server, the tab and the session go in the middle of a visit."""

from __future__ import annotations

import asyncio
import hashlib
import io
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect

from console.pages import field
from console.rendering import FILES, static
from tests.api.support import ok
from tests.console.chromium import PATIENCE_MS, in_a_browser
from tests.console.conftest import PASSWORD, House
from tests.console.reading import read


class Server:
    """The house at one address, that can be killed and started again."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._serve()

    def _serve(self) -> None:
        config = uvicorn.Config(self.house.transport.app, log_config=None, lifespan="off")
        self.server = uvicorn.Server(config)
        self.serving = asyncio.create_task(self.server.serve(sockets=[self.listening]))

    def start(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self._serve()

    async def kill(self) -> None:
        self.server.should_exit = self.server.force_exit = True
        await self.serving
        self.listening.close()


@pytest.fixture
async def server(house: House) -> AsyncIterator[Server]:
    started = Server(house)
    yield started
    await started.kill()


def photographs(count: int) -> list[bytes]:
    """JPEGs no two of which are alike."""
    found = []
    for no in range(count):
        stream = io.BytesIO()
        Image.new("RGB", (64, 48), (40 * no, 255 - 40 * no, 90)).save(stream, "JPEG", quality=90 - no)
        found.append(stream.getvalue())
    return found


async def opened(context: BrowserContext, address: str) -> Page:
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(f"{address}/field")
    return page


async def sign_in(page: Page) -> None:
    await page.fill('input[name="username"]', "inspector")
    await page.fill('input[name="password"]', PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/field")


async def take(page: Page, finding: int, shots: list[bytes]) -> None:
    """Photographs one by one, as a camera hands them over."""
    box = page.locator("fieldset.finding").nth(finding)
    for no, shot in enumerate(shots):
        before = await box.locator("img").count()
        await box.locator("input[type=file]").set_input_files(
            {"name": f"p{finding}{no}.jpg", "mimeType": "image/jpeg", "buffer": shot}
        )
        await expect(box.locator("img")).to_have_count(before + 1)


async def ready(page: Page) -> None:
    """Everything was taken along, and the phone can do without the server."""
    await expect(page.get_by_text("名录与案件更新于")).to_be_visible()
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")


async def begun(house: House, server: Server, browser: Browser, who: str = "", **options: Any) -> Page:
    """The page of ``who``, else of u-inspector who signs in there, with everything taken along."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, **options)
    if who:
        secret = (await house.browser(who)).cookies["xiaohao_session"]
        cookie = {"name": "xiaohao_session", "value": secret, "url": server.address}
        await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await opened(context, server.address)
    if not who:
        await page.click("text=先登录一次")
        await sign_in(page)
    await ready(page)
    return page


@pytest.mark.slow
@in_a_browser
async def test_one_visit_and_six_identical_files_whatever_goes_in_the_middle(
    house: House, server: Server, browser: Browser
) -> None:
    page = await begun(house, server, browser)
    context = page.context
    await server.kill()
    shots = photographs(6)

    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.reload()
    await page.click("text=新的检查")
    await page.fill("input[name=enterprise]", "e-a")
    await page.locator(".pick li button").first.click()
    await page.check('input[name="officers"][value="wang"]')
    await page.fill("input[name=place]", "打磨车间")
    await page.fill("fieldset.finding >> nth=0 >> input[name=title]", "除尘风管积尘")
    await page.fill("fieldset.finding >> nth=0 >> textarea[name=requirements]", "清理风管积尘")
    await take(page, 0, shots[:3])
    await page.click("text=再加一项问题")
    await page.fill("fieldset.finding >> nth=1 >> input[name=title]", "灭火器被遮")
    await expect(page.get_by_text("已存在手机上")).to_be_visible()
    await page.close()

    page = await opened(context, server.address)
    await expect(page.locator("#bar")).to_contain_text("没有网络")
    await page.locator(".works a").first.click()
    await expect(page.locator("fieldset.finding >> nth=1 >> input[name=title]")).to_have_value("灭火器被遮")
    await page.fill("fieldset.finding >> nth=1 >> textarea[name=requirements]", "移开遮挡物")
    await take(page, 1, shots[3:])
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator(".badge.queued")).to_be_visible()
    await expect(page.locator(".works")).to_contain_text("照片 0/6")

    await context.clear_cookies()
    server.start()
    await page.click("text=立即发送")
    await expect(page.locator("#bar")).to_contain_text("请重新登录")
    assert ok(await house.office.get("wang", "/inspections"))["items"] == []
    await page.click("#bar a")
    await sign_in(page)
    await expect(page.locator(".badge.sent")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator(".works").first).to_contain_text("照片 6/6")

    (visit,) = ok(await house.office.get("wang", "/inspections"))["items"]
    cases = ok(await house.office.get("wang", f"/inspections/{visit['inspection_id']}"))["cases"]
    assert [one["title"] for one in cases] == ["除尘风管积尘", "灭火器被遮"]
    kept = []
    for one in cases:
        files = ok(await house.office.get("wang", f"/cases/{one['case_id']}/evidence"))["items"]
        kept += [file["sha256"] for file in files]
        assert all(file["claimed"]["at"] for file in files)
    assert sorted(kept) == sorted(hashlib.sha256(shot).hexdigest() for shot in shots)
    await context.close()


@pytest.mark.slow
@in_a_browser
async def test_a_refused_visit_says_why_and_stops_nobody_else(
    house: House, server: Server, browser: Browser
) -> None:
    page = await begun(house, server, browser)
    context = page.context
    for second, title in (("u-section", "第一次"), ("wang", "第二次")):
        await page.click("text=新的检查")
        await page.fill("input[name=enterprise]", "e-a")
        await page.locator(".pick li button").first.click()
        await page.check('input[name="officers"][value="wang"]')
        await page.fill("input[name=place]", "打磨车间")
        await page.fill("fieldset.finding >> nth=0 >> input[name=title]", title)
        await page.fill("fieldset.finding >> nth=0 >> textarea[name=requirements]", "移开遮挡物")
        if second != "wang":
            await page.fill("input[name=started_at]", "2031-01-01T08:00")
        await page.get_by_role("button", name="提交", exact=True).click()
        await page.wait_for_url("**/field#")
    await expect(page.locator(".badge.sent")).to_be_visible()
    refusal = page.locator(".refusal")
    await expect(refusal).to_contain_text("早于开始时间")
    (visit,) = ok(await house.office.get("wang", "/inspections"))["items"]
    (case,) = ok(await house.office.get("wang", f"/inspections/{visit['inspection_id']}"))["cases"]
    assert case["title"] == "第二次"
    await context.close()


@pytest.mark.slow
@in_a_browser
async def test_a_new_version_is_taken_when_the_user_says_so(
    house: House, server: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await begun(house, server, browser)
    context = page.context
    await page.click("text=新的检查")
    await page.fill("input[name=place]", "打磨车间")
    await expect(page.get_by_text("已存在手机上")).to_be_visible()
    monkeypatch.setattr(field, "VERSION", "of tomorrow")
    await page.click(".crumbs a")
    await page.click("text=立即发送")
    await expect(page.locator("#bar")).to_contain_text("有新版本")
    await expect(page.locator('html:not([data-version="of tomorrow"])')).to_have_count(1)
    await page.locator("#bar").get_by_role("button", name="更新", exact=True).click()
    await expect(page.locator('html[data-version="of tomorrow"]')).to_have_count(1)
    await expect(page.locator(".works a")).to_have_count(1)
    await context.close()


async def test_the_page_is_nobodys_and_every_file_it_keeps_is_there(house: House) -> None:
    stranger = house.stranger()
    page = await stranger.get("/field")
    assert page.status_code == 200
    assert "worker-src 'self'" in page.headers["content-security-policy"]
    worker = (await stranger.get("/field/sw.js")).text
    assets = worker.partition("const ASSETS = ")[2].partition(";\n")[0]
    for path in assets.strip("[]").replace('"', "").split(", "):
        assert (await stranger.get(path)).status_code == 200, path
    imported = {name for name in FILES if name.startswith("field_") and name != "field_worker.js"}
    assert {static(name) for name in imported} <= set(assets.strip("[]").replace('"', "").split(", "))
    told = (await stranger.get("/field/version")).json()
    assert told["version"] in page.text
    manifest = (await stranger.get("/field/manifest.webmanifest")).json()
    for icon in manifest["icons"]:
        assert (await stranger.get(icon["src"])).headers["content-type"] == "image/png"
    read(page.text)
    await stranger.aclose()


async def test_officials_are_named_to_those_inside_only(house: House) -> None:
    inside = ok(await house.office.get("wang", "/officials"))["items"]
    assert {"wang", "li"} <= {one["user_id"] for one in inside}
    assert ok(await house.office.get("firm", "/officials"))["items"] == []
