"""axe finds nothing serious on any page: light and dark, phone and desk, Chinese and English, forms filled in wrongly."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.console.conftest import House
from tests.console.test_browser import CHROMIUM, PATIENCE_MS, address, browser
from tests.console.test_links import made, order_of
from tests.console.test_tips import code_of, sent, the_tip

__all__ = ["address", "browser"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: apt install chromium)"),
]
GRAVE = ("serious", "critical")
SETTINGS: tuple[dict[str, Any], ...] = (
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "lang": "zh"},
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", "lang": "en"},
)


async def visited(house: House, browser: Browser, address: str, who: str, setting: dict[str, Any]) -> Page:
    """A page signed in as ``who`` (user id), under a setting."""
    shown = {name: value for name, value in setting.items() if name != "lang"}
    context = await browser.new_context(base_url=address, **shown)
    secret = (await house.browser(who)).cookies["xiaohao_session"]
    cookies = {"xiaohao_session": secret, "xiaohao_lang": setting["lang"]}
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def found_on(page: Page, path: str) -> list[str]:
    """What axe finds grave on a page, and whether it must be scrolled sideways."""
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status in (200, 404), path
    results = await Axe().run(page)
    grave = [one for one in results.response["violations"] if one["impact"] in GRAVE]
    told = [f"{path}: {one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}" for one in grave]
    if await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        told.append(f"{path}: wider than the window")
    return told


@pytest.mark.parametrize("setting", SETTINGS, ids=["phone light zh", "desk dark en"])
async def test_no_page_has_a_grave_fault(
    house: House, address: str, browser: Browser, setting: dict[str, Any]
) -> None:
    office = house.office
    case_id = await office.case()
    submitted = await office.submitted()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    case, measure = f"/cases/{case_id}", f"/cases/{case_id}/measures/{measure_id}"
    walks = {
        "wang": (
            *(
                "/",
                "/cases",
                "/cases?q=没有这样的隐患",
                "/notices",
                "/enterprises",
                "/enterprises/e-a",
                "/saved",
                "/nowhere",
            ),
            *(case, f"{case}/timeline", measure, f"{case}/measures/new?kind=fine"),
            *(
                "/enterprises/e-a/inspections/new",
                f"/cases/{submitted}/do/reinspect",
                "/styleguide",
                "/field",
            ),
        ),
        "chief": ("/approvals", f"{case}/do/void"),
        "head": (
            *(
                "/overview",
                "/reports",
                "/reports/rates",
                "/reports/major",
                "/measures?kind=fine&step=propose",
                "/done",
                "/done/over",
                "/delegations",
                "/account",
            ),
            "/cases?state=ORDERED&state=OVERDUE&idle=1&territory=t-east",
        ),
        "u-admin": ("/admin/import",),
        "u-auditor": tuple(
            f"/admin/{name}" for name in ("people", "organisations", "delegations", "audit", "ledger")
        ),
        "firm": ("/", "/cases", case, f"{case}/do/signal_completion", f"{case}/do/request_extension"),
    }
    faults = []
    for who, paths in walks.items():
        page = await visited(house, browser, address, who, setting)
        for path in paths:
            faults += await found_on(page, path)
        await page.context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("setting", SETTINGS, ids=["phone light zh", "desk dark en"])
async def test_no_page_for_people_without_an_account_has_one(
    house: House, address: str, browser: Browser, setting: dict[str, Any]
) -> None:
    case_id = await house.office.case()
    order_id = await order_of(house, case_id)
    link, _ = await made(house, order_id)
    code = code_of(await sent(house, photos=1))
    tip_id = (await the_tip(house))["tip_id"]
    page, faults = await visited(house, browser, address, "wang", setting), []
    case = f"/l/cases/{case_id}"
    for path in (link, case, f"{case}/do/signal_completion", "/l/nothing", "/tip", f"/tip/{code}"):
        faults += await found_on(page, path)
    for path in ("/tips", f"/tips/{tip_id}", f"/tips/{tip_id}/close", f"/orders/{order_id}/links"):
        faults += await found_on(page, path)
    await page.context.close()
    assert not faults, "\n".join(faults)
