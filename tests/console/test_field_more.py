"""The field page in a real browser: what is near and one's own, an industry's criteria; a case that moved; no room left."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from ledger import tables
from tests.api.support import ok
from tests.console.chromium import in_a_browser
from tests.console.conftest import House
from tests.console.test_field import Server, begun, opened, photographs, server, take
from tests.ledger import looking

__all__ = ["server"]

pytestmark = [
    pytest.mark.slow,
    in_a_browser,
]
HERE = {"latitude": 30.6, "longitude": 122.9}
NEAR, FAR = HERE | {"latitude": 30.605}, HERE | {"latitude": 30.9}


async def placed(house: House) -> None:
    """Three enterprises: one near, one far that the inspector's group watches over, one nobody knows the place of."""
    group = {"team_id": "g-1", "district_id": "d-1", "name": "第一挂钩小组", "leader_id": "u-inspector"}
    await house.office.world.add(
        tables.teams, group | {"member_one_id": "u-inspector", "member_two_id": "wang"}
    )
    changes: dict[str, dict[str, Any]] = {
        "e-a": NEAR | {"industry": "dust_explosion"},
        "e-b": FAR | {"team_id": "g-1"},
    }
    async with house.office.world.superuser.begin() as connection:
        for enterprise, changed in changes.items():
            await looking.change(connection, tables.enterprises, changed, enterprise_id=enterprise)


async def names(page: Page) -> list[str]:
    return await page.locator(".pick li b").all_inner_texts()


async def test_a_visit_begins_with_what_is_ones_own_and_near_and_the_criteria_of_its_industry(
    house: House, server: Server, browser: Browser
) -> None:
    await placed(house)
    page = await begun(house, server, browser, geolocation=HERE, permissions=["geolocation"])
    await page.click("text=新的检查")
    await expect(page.locator(".pick li").first).to_contain_text("我挂钩的")
    assert (await names(page))[0] == "东区铸造厂"
    await page.click("text=按距离排列")
    await expect(page.locator(".pick li").first).to_contain_text("米 ")
    assert await names(page) == ["东区家具厂", "东区铸造厂", "西区氨制冷有限公司"]
    await page.locator(".pick li button").first.click()
    own = page.locator('select[name="standard"] optgroup').first
    await expect(own).to_have_attribute("label", "本行业")
    assert [one.split(" ")[-1] for one in await own.locator("option").all_inner_texts()][-1] == "粉尘爆炸"
    chosen = page.locator('select[name="standard"]')
    await chosen.select_option(label=await own.locator("option").last.inner_text())
    await expect(page.locator('fieldset.finding input[name="title"]')).to_have_value("粉尘爆炸")
    await expect(page.locator('input[name="clause"]')).to_be_hidden()
    await chosen.select_option(value=await page.locator('option[value$="|"]').first.get_attribute("value"))
    await expect(page.locator('input[name="clause"]')).to_be_visible()
    await chosen.select_option("")
    await page.check('input[name="officers"][value="wang"]')
    await page.fill("input[name=place]", "打磨车间")
    await page.fill("fieldset.finding textarea[name=requirements]", "清理风管积尘")
    await take(page, 0, photographs(1))
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator(".badge.sent")).to_be_visible()
    (case,) = [
        one for one in ok(await house.office.get("wang", "/cases"))["items"] if one["title"] == "粉尘爆炸"
    ]
    (file,) = ok(await house.office.get("wang", f"/cases/{case['case_id']}/evidence"))["items"]
    assert (file["item"], file["shows"]) == (1, "before")


NO_ROOM = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (row) {
    if (this.name === "photos") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, row);
  };
}"""
"""The browser refuses a photograph as it does when its room is used up; a quota set by hand is not held to everywhere."""


async def test_a_case_that_moved_is_looked_at_first_and_a_photograph_that_does_not_fit_costs_no_word(
    house: House, server: Server, browser: Browser
) -> None:
    case = await house.office.submitted()
    page = await begun(house, server, browser, "wang")
    await page.click("text=开始复查")
    await page.check('input[name="officers"][value="li"]')
    await page.locator(".finding").get_by_label("通过", exact=True).check()
    one, other = photographs(2)
    await take(page, 0, [one])

    await page.evaluate(NO_ROOM)
    box = page.locator("fieldset.finding").first
    picture = {"name": "more.jpg", "mimeType": "image/jpeg", "buffer": other}
    async with page.expect_event("dialog") as told:
        await box.locator("input[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    dialog = await told.value
    assert "这张照片没有存下" in dialog.message
    await dialog.accept()
    await expect(box.locator("img")).to_have_count(1)
    await page.fill("textarea[name=opinion]", "现场已清理")
    await expect(page.get_by_text("已存在手机上")).to_be_visible()
    await page.reload()
    await expect(page.locator("textarea[name=opinion]")).to_have_value("现场已清理")

    await house.office.done("chief", case, "assign_handler", handler_id="li")
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator(".refusal")).to_contain_text("案件在您离线期间有变化")
    assert ok(await house.office.get("wang", f"/cases/{case}"))["state"] == "SUBMITTED"
    await page.get_by_role("button", name="仍按此提交").click()
    await expect(page.locator(".badge.sent")).to_be_visible()
    assert ok(await house.office.get("wang", f"/cases/{case}"))["state"] == "SIGNING_OFF"
    files = ok(await house.office.get("wang", f"/cases/{case}/evidence"))["items"]
    assert [(one["item"], one["shows"]) for one in files if one["purpose"] == "复查照片"] == [(1, "after")]


async def test_a_browser_that_keeps_nothing_is_said_at_once(
    house: House, server: Server, browser: Browser
) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page = await opened(context, server.address)
    await expect(page.locator("#bar")).to_contain_text("浏览器不允许保存")
    await context.close()
