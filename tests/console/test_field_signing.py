"""How the party signs on the field page: drawn on the screen, or refused before two witnesses, never both."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from ledger import tables
from models.evidence import PARTY_SIGNATURE
from tests.api.support import ok
from tests.console.chromium import in_a_browser
from tests.console.conftest import House
from tests.console.test_field import Server, server
from tests.console.test_field_more import begun

__all__ = ["server"]

pytestmark = [
    pytest.mark.slow,
    in_a_browser,
]


async def found(page: Page) -> None:
    """A visit that found one thing, ready to be signed."""
    await page.click("text=新的检查")
    await page.fill("input[name=enterprise]", "e-a")
    await page.locator(".pick li button").first.click()
    await page.check('input[name="officers"][value="wang"]')
    await page.fill("input[name=place]", "打磨车间")
    await page.fill("fieldset.finding input[name=title]", "除尘风管积尘")
    await page.fill("fieldset.finding textarea[name=requirements]", "清理风管积尘")


async def sign(page: Page) -> None:
    canvas = page.locator("canvas.sign")
    await canvas.scroll_into_view_if_needed()
    frame = await canvas.bounding_box()
    assert frame is not None
    x, y = frame["x"] + 20, frame["y"] + 20
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 80, y + 30, steps=4)
    await page.mouse.up()
    await page.wait_for_timeout(300)  # the picture is made and kept


async def recorded(house: House) -> dict[str, Any]:
    (row,) = await house.office.world.rows(tables.inspections)
    return dict(row)


async def test_what_is_drawn_is_told_with_the_visit_and_handed_in_after_it(
    house: House, server: Server, browser: Browser
) -> None:
    page = await begun(house, server, browser)
    await found(page)
    await sign(page)
    await page.get_by_role("button", name="提交", exact=True).click()
    await expect(page.locator(".badge.sent")).to_be_visible()
    visit = await recorded(house)
    assert visit["signing"] == {"on_screen": True}
    (case,) = ok(await house.office.get("wang", f"/inspections/{visit['inspection_id']}"))["cases"]
    (file,) = ok(await house.office.get("wang", f"/cases/{case['case_id']}/evidence"))["items"]
    assert (file["purpose"], file["media_type"]) == (PARTY_SIGNATURE, "image/png")


async def test_a_refusal_takes_two_witnesses_and_no_signature(
    house: House, server: Server, browser: Browser
) -> None:
    page = await begun(house, server, browser)
    await found(page)
    await page.fill("input[name=witness_one]", "周建平")
    submit = page.get_by_role("button", name="提交", exact=True)
    await submit.click()
    await expect(page.locator(".summary")).to_contain_text("两名见证人")
    await page.fill("input[name=witness_two]", "何敏")
    await sign(page)
    await submit.click()
    await expect(page.locator(".summary")).to_contain_text("当事人已签名")
    await page.get_by_role("button", name="重签", exact=True).click()
    await page.wait_for_timeout(300)
    await submit.click()
    await expect(page.locator(".badge.sent")).to_be_visible()
    assert (await recorded(house))["signing"] == {"refused_before": ["周建平", "何敏"]}
