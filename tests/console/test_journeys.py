"""Work done through pages alone, in real browsers: a hazard, the link of an order, a tip, a number and its list."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.api.support import ok
from tests.console.chromium import PATIENCE_MS, in_a_browser
from tests.console.conftest import House
from tests.console.hands import Person, person, photograph
from tests.console.test_links import order_of

pytestmark = [
    pytest.mark.slow,
    in_a_browser,
]


async def test_a_general_hazard_from_the_visit_to_the_sign_off(
    house: House, address: str, browser: Browser
) -> None:
    inspector = await person(house, browser, address, "wang")
    await inspector.click("企业", "link", "nav.menu")
    await inspector.page.locator('a[href^="/enterprises/e-a"]').first.click()
    await inspector.click("登记检查", "link")
    await inspector.choose("kind", "special")
    await inspector.tick("officers", "li")
    await inspector.write("started_at", "2026-11-20T09:00")
    await inspector.write("ended_at", "2026-11-20T09:50")
    await inspector.write("place", "打磨车间")
    await inspector.write("findings.0.title", "除尘风管积尘")
    await inspector.write("findings.0.requirements", "清理风管积尘")
    await inspector.write("service.served_at", "2026-11-20T09:50")
    await inspector.click("提交")
    await inspector.page.locator("a.whole", has_text="除尘风管积尘").click()
    await inspector.page.wait_for_url("**/cases/*")
    case = inspector.page.url.rpartition("/")[2]

    firm = await person(house, browser, address, "firm")
    await firm.page.goto(f"/cases/{case}")
    await firm.click("报告整改完成", "link")
    await firm.write("text", "积尘已清理，建立清扫记录")
    await firm.attach(photograph())
    await firm.click("提交")
    await expect(firm.page.locator("#done")).to_be_visible()

    await inspector.page.goto(f"/cases/{case}")
    await inspector.click("整改复查", "link")
    for officer in ("wang", "li"):
        await inspector.tick("officers", officer)
    await inspector.tick("findings.0.passed", "true")
    await inspector.click("提交")
    await expect(inspector.page.locator("#done")).to_be_visible()

    chief = await person(house, browser, address, "chief")
    await chief.page.goto("/approvals")
    await chief.click("销号", "link")
    await chief.write("opinion", "同意销号")
    await chief.click("提交")
    await expect(chief.page.locator("#done")).to_contain_text("销号")
    assert ok(await house.office.get("wang", f"/cases/{case}"))["state"] == "SIGNED_OFF"
    hands = (inspector, firm, chief)
    print(f"{sum(one.clicks for one in hands)} clicks, {sum(one.typed for one in hands)} fields typed")


async def test_an_enterprise_by_the_link_of_its_order(house: House, address: str, browser: Browser) -> None:
    case = await house.office.case()
    inspector = await person(house, browser, address, "wang")
    await inspector.page.goto(f"/orders/{await order_of(house, case)}/links")
    await inspector.click("生成链接和二维码")
    await expect(inspector.page.locator("svg").first).to_be_visible()
    link = await inspector.page.locator(".out-url").inner_text()

    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(link.strip().replace("http://xiaohao.test", address))
    await page.wait_for_url(f"{address}/l/cases**")
    firm = Person(page)
    await page.locator("main a", has_text="除尘风管").first.click()
    await firm.attach(photograph())
    await firm.click("上传")
    await firm.click("报告整改完成", "link")
    await firm.write("text", "积尘已清理")
    await page.locator('input[name="evidence"]').first.check()
    await firm.click("提交")
    await page.wait_for_url(lambda url: "/do/" not in url)
    told = ok(await house.office.get("wang", f"/cases/{case}"))
    assert told["state"] == "SUBMITTED"
    assert len(ok(await house.office.get("wang", f"/cases/{case}/evidence"))["items"]) == 1


async def test_a_tip_and_what_came_of_it(house: House, address: str, browser: Browser) -> None:
    context = await browser.new_context(base_url=address, java_script_enabled=False)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto("/tip")
    stranger = Person(page)
    told = {"title": "消防通道被堵", "place": "东街 8 号", "text": "三楼通道堆满纸箱"}
    for name, text in told.items():
        await stranger.write(name, text)
    if await page.locator('select[name="district_id"]').count():
        await stranger.choose("district_id", "d-1")
    await stranger.attach(photograph())
    await page.locator("main form button.primary").first.click()
    code = await page.locator(".out-code").inner_text()

    officer = await person(house, browser, address, "wang")
    await officer.page.goto("/tips")
    await officer.click("消防通道被堵", "link")
    await officer.page.locator('main a[href$="/close"]').click()
    await officer.write("text", "已由消防部门处理")
    await officer.page.locator("main form button.primary").first.click()
    await expect(officer.page.locator("#done")).to_be_visible()

    await page.goto(f"/tip/{code}")
    await expect(page.locator("main")).to_contain_text("已由消防部门处理")


async def test_a_leader_comes_from_a_number_to_the_case(house: House, address: str, browser: Browser) -> None:
    case = await house.office.case()
    leader = await person(house, browser, address, "head")
    await leader.page.goto("/overview")
    await leader.page.locator("main a", has_text="在办").first.click()
    await leader.page.wait_for_url("**/cases?**")
    await leader.page.locator(f'a[href^="/cases/{case}"]').first.click()
    await expect(leader.page.locator("h1")).to_have_text("除尘风管积尘超过规定厚度")
