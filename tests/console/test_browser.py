"""A real browser over the real application: an inspector finds a case and gives a command with the keyboard alone."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from tests.api.support import ledger
from tests.console.chromium import PATIENCE_MS, in_a_browser
from tests.console.conftest import PASSWORD, House

pytestmark = [pytest.mark.slow, in_a_browser]


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing called ``name`` has the focus."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "document.activeElement.textContent.trim() || document.activeElement.name || ''"
        )
        if focused == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


async def watched(browser: Browser, wrong: list[str]) -> Page:
    """A page that notes what the browser complains of."""
    page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    return page


async def test_an_inspector_gives_a_command_with_the_keyboard_alone(
    house: House, address: str, browser: Browser
) -> None:
    await house.office.case()
    case_id = await house.office.submitted()
    wrong: list[str] = []
    page = await watched(browser, wrong)
    await page.goto(f"{address}/cases/{case_id}")
    await page.keyboard.type("inspector")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{address}/cases/{case_id}")
    await expect(page.locator("h1")).to_have_text("除尘风管积尘超过规定厚度")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await tab_to(page, "整改复查")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/do/reinspect")
    await tab_to(page, "提交：整改复查")
    await page.keyboard.press("Enter")
    await expect(page.locator("#wrong")).to_be_focused(timeout=PATIENCE_MS)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.name") == "findings.0.passed"
    await expect(page.locator('[name="officers"][value="u-inspector"]')).to_be_checked()
    await page.locator('[name="officers"][value="wang"]').focus()
    await page.keyboard.press("Space")
    await page.locator('[name="findings.0.passed"][value="true"]').focus()
    await page.keyboard.press("Space")
    await page.locator('textarea[name="opinion"]').focus()
    await page.keyboard.type("积尘已清理")
    await tab_to(page, "提交：整改复查")
    await page.keyboard.press("Enter")
    await expect(page.locator("#done")).to_be_focused(timeout=PATIENCE_MS)
    await expect(page.locator("#done")).to_contain_text("复查")
    told = (await ledger(house.office, case_id))[-1]
    assert (told["actor"]["user_id"], told["texts"]["opinion"]) == ("u-inspector", "积尘已清理")
    assert not [one for one in wrong if "422" not in one]


async def test_what_was_typed_survives_the_end_of_the_session(
    house: House, address: str, browser: Browser
) -> None:
    case_id = await house.office.submitted()
    wrong: list[str] = []
    page = await watched(browser, wrong)
    form = f"{address}/cases/{case_id}/do/record_refusal"
    await page.goto(form)
    await sign_in(page)
    await page.fill('textarea[name="text"]', "写了一半的经过")
    await page.context.clear_cookies()
    await page.click("[data-submit]")
    await expect(page.locator("h1")).to_have_text("登录已失效，请重新登录")
    await page.click("a.primary")
    await sign_in(page)
    await page.wait_for_url(form)
    await expect(page.locator('textarea[name="text"]')).to_have_value("写了一半的经过")
    await expect(page.locator(".kept")).to_be_visible()
    assert not [one for one in wrong if "401" not in one]


async def sign_in(page: Page) -> None:
    await page.fill('input[name="username"]', "inspector")
    await page.fill('input[name="password"]', PASSWORD)
    await page.keyboard.press("Enter")


def noise() -> bytes:
    """A picture of about a megabyte."""
    stream = io.BytesIO()
    Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3)).save(stream, "JPEG", quality=90)
    return stream.getvalue()


async def test_an_upload_says_how_much_of_it_has_gone(house: House, address: str, browser: Browser) -> None:
    case_id = await house.office.case()
    page = await watched(browser, [])
    secret = (await house.browser("firm")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    await page.goto(f"{address}/cases/{case_id}/do/signal_completion")
    devtools = await page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    await devtools.send("Network.emulateNetworkConditions", slow)
    picture = {"name": "now.jpg", "mimeType": "image/jpeg", "buffer": noise()}
    await page.locator("input[type=file]").first.set_input_files(picture)  # type: ignore[arg-type]
    await page.click("[data-submit]")
    await expect(page.locator(".sending")).to_contain_text("%")
    await expect(page.locator("#wrong")).to_be_focused()
    await expect(page.locator("h1")).to_contain_text("报告整改完成")
    kept = page.locator('input[name="evidence"]:checked')
    await expect(kept).to_have_count(1)
    await page.fill('textarea[name="text"]', "已清理")
    await page.click("[data-submit]")
    await expect(page.locator("#done")).to_be_visible()
    assert (await ledger(house.office, case_id))[-1]["event"] == "completion_signalled"


async def test_files_and_days_are_said_in_the_language_of_the_page(
    house: House, address: str, browser: Browser
) -> None:
    wrong: list[str] = []
    page = await watched(browser, wrong)
    secret = (await house.browser("firm")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    await page.goto(f"{address}/selfchecks/findings/new")
    chosen = page.locator(".uploads .file")
    await expect(chosen.first).to_contain_text("拍照或选择照片")
    await expect(chosen.first).to_contain_text("未选择")
    await expect(chosen.nth(1)).to_be_hidden()
    picture = {"name": "风管.jpg", "mimeType": "image/jpeg", "buffer": noise()}
    await chosen.first.locator("input").set_input_files(picture)  # type: ignore[arg-type]
    await expect(chosen.first).to_contain_text("风管.jpg")
    await expect(chosen.nth(1)).to_be_visible()
    await page.fill("#f-finish_on", "2026-12-11")
    await expect(page.locator("#f-finish_on + .day-said")).to_have_text("2026年12月11日星期五")
    await tab_to(page, "photos@file")
    assert await page.evaluate("document.activeElement.type") == "file", (
        "the keyboard reaches what is dressed"
    )
    await page.context.add_cookies([{"name": "xiaohao_lang", "value": "en", "url": address}])
    await page.goto(f"{address}/selfchecks/findings/new")
    await expect(page.locator("#f-finish_on + .day-said")).to_have_text("Fri, 11 Dec 2026")
    await page.focus("#f-finish_on")
    await expect(page.locator("#f-finish_on + .day-said")).to_be_hidden()
    await page.goto(f"{address}/tip")
    await expect(page.locator(".uploads .file").first).to_contain_text("Take or choose a photograph")
    assert not wrong


async def test_the_language_chosen_in_the_office_holds_in_the_field(
    house: House, address: str, browser: Browser
) -> None:
    page = await watched(browser, [])
    secret = (await house.browser("wang")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    await page.goto(f"{address}/field")
    await expect(page.locator("h1")).to_have_text("外业")
    await page.goto(address)
    await page.click("form[action='/language'] button")
    await expect(page.locator("h1")).to_have_text("My work")
    await page.goto(f"{address}/field")
    await expect(page.locator("h1")).to_have_text("In the field")


async def test_the_menu_of_a_phone_shows_whole_words_and_that_there_are_more(
    house: House, address: str, browser: Browser
) -> None:
    page = await watched(browser, [])
    secret = (await house.browser("wang")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    for path in ("/", "/notices", "/policy", "/inspections", "/measures", "/account/notices"):
        await page.goto(f"{address}{path}")
        cut = await page.evaluate(
            """() => {
              const edge = document.querySelector(".menu .further").getBoundingClientRect().left;
              const words = [...document.querySelectorAll(".menu li:not(.further) span")];
              const boxes = words.map((one) => one.getBoundingClientRect());
              return boxes.filter((box) => (box.left < 0 && box.right > 0) || (box.left < edge && box.right > edge + 1)).length;
            }"""
        )
        assert cut == 0, path
        await expect(page.locator(".menu .further")).to_be_in_viewport()


async def test_a_form_gone_back_to_and_sent_again_acts_once(
    house: House, address: str, browser: Browser
) -> None:
    page = await watched(browser, [])
    secret = (await house.browser("wang")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    form = f"{address}/enterprises/e-a/inspections/new"

    async def say() -> None:
        await page.select_option("[name=kind]", "special")
        await page.check('[name="officers"][value="li"]')
        for name in ("started_at", "ended_at", "service.served_at"):
            await page.fill(f'[name="{name}"]', "2026-11-20T09:00")
        await page.fill('[name="place"]', "仓库")
        await page.fill('[name="findings.0.title"]', "灭火器被遮挡")
        await page.fill('[name="findings.0.requirements"]', "移开遮挡物")
        await page.fill('[name="findings.0.deadline_days"]', "15")

    await page.goto(address)
    await page.goto(form)
    await say()
    await page.dblclick("[data-submit]")
    await page.wait_for_url("**/inspections/*?done=1")
    first = page.url
    await page.go_back()
    await page.wait_for_url(form)
    await say()
    await page.click("[data-submit]")
    await page.wait_for_url("**/inspections/*?done=1")
    assert page.url == first
    await page.goto(form)
    await say()
    await page.click("[data-submit]")
    await page.wait_for_url("**/inspections/*?done=1")
    assert page.url != first, "a form opened anew is another visit"


async def test_the_rules_are_folded_away_and_open_where_a_link_leads(
    house: House, address: str, browser: Browser
) -> None:
    page = await watched(browser, [])
    secret = (await house.browser("firm")).cookies["xiaohao_session"]
    await page.context.add_cookies([{"name": "xiaohao_session", "value": secret, "url": address}])
    await page.goto(f"{address}/policy")
    assert await page.evaluate("document.documentElement.scrollHeight") < 844 * 6
    await page.goto(f"{address}/policy#c-rectify")
    await expect(page.locator("#c-rectify")).to_be_visible()
    await page.goto(f"{address}/policy")
    await page.click("[data-open-all]")
    assert await page.locator("details:not([open])").count() == 0
