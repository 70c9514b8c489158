"""Every page with names as long as they come and an order of thirty items, on a phone and on a desk, light and dark, Chinese
and English: axe finds nothing serious, and nothing is wider than the window."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from console.pages import hazards as import_pages
from ledger import tables
from tests.api.support import finding, key, major, ok
from tests.console import test_hazards as hazards
from tests.console.axe import COLOURS, EVERYTHING, brought, faults
from tests.console.chromium import PATIENCE_MS, in_a_browser
from tests.console.conftest import House
from tests.console.test_links import made
from tests.console.test_telling import ON
from tests.console.test_tips import code_of, sent, the_tip
from tests.ledger import looking

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    in_a_browser,
]
SCHEMES: Mapping[Literal["light", "dark"], str] = {"light": EVERYTHING, "dark": COLOURS}
"""What is asked in the colours of the day and of the night: what is not of colours is the same in both."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SHOTS = os.environ.get("SHOTS")
"""A folder to keep the pages in, for looking at them: then in every setting."""
SETTINGS: Mapping[str, dict[str, Any]] = {
    "phone zh": {"viewport": PHONE, "lang": "zh"},
    "desk en": {"viewport": DESK, "lang": "en"},
} | (
    {"phone en": {"viewport": PHONE, "lang": "en"}, "desk zh": {"viewport": DESK, "lang": "zh"}}
    if SHOTS
    else {}
)
ITEMS = 30
FIRM = "中国石化集团示范区石油化工联合总厂第三分厂丙烯腈—聚丙烯一体化生产经营有限责任公司（中外合资）"
TITLE = "除尘系统未按规范设置泄爆装置且风管内积尘厚度超过三毫米，未见清扫记录，现场询问岗位人员不掌握应急处置措施和撤离路线"
WORD = "LongUnbrokenLatinName_with-no-space_AB1234567890CDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
async def named(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house with an enterprise and people whose names are as long as they come, and no case but those that were opened:
    what is written past the ledger is counted in no tally. No page refreshes itself while it is looked at."""
    monkeypatch.setattr(import_pages, "_REFRESH_SECONDS", 3600)
    async with house.office.world.superuser.begin() as connection:
        await looking.run(connection, "DELETE FROM cases WHERE doc = '{}'")
        await looking.change(
            connection, tables.enterprises, {"name": FIRM, "address": FIRM + WORD}, enterprise_id="e-a"
        )
        for who in ("wang", "chief"):
            await looking.change(
                connection, tables.users, {"display_name": "阿卜杜热合曼·买买提依明江·吐尔逊"}, user_id=who
            )
        await looking.change(
            connection, tables.territories, {"name": "示范区东部经济技术开发区综合保税园区街道"}
        )
    return house


async def pages(house: House) -> Mapping[str, Iterable[str]]:
    """Who looks at which pages; whoever has no account comes by ``wang``'s browser."""
    office = house.office
    items = (f"第 {no} 项：{TITLE}" for no in range(1, ITEMS + 1))
    found = await office.inspected(
        *(finding(item, title=f"{TITLE}（{no}）", location=WORD) for no, item in enumerate(items, 1))
    )
    ordered = found["cases"][0]["case_id"]
    order_id = ok(await office.get("wang", f"/cases/{ordered}"))["order_id"]
    link, _ = await made(house, order_id)
    case_id, submitted = await major(office), await office.submitted()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    code = code_of(await sent(house, photos=1))
    tip, order = f"/tips/{(await the_tip(house))['tip_id']}", f"/orders/{order_id}"
    case, measure = f"/cases/{case_id}", f"/cases/{case_id}/measures/{measure_id}"
    theirs = f"/l/cases/{ordered}"
    sheet = "\n".join((hazards.HEADING, *hazards.ROWS)).replace(hazards.FIRM, FIRM).encode()
    work = ok(await hazards.post(house, "chief", sheet), 201)["import_id"]
    services = house.office.world.services
    services.settings = services.settings.model_copy(update=ON)
    for who in ("wang", "chief"):
        told = await house.post(
            who,
            "/account/notices/email",
            _key=key(),
            address=f"{who}.{WORD.lower()[:50]}@aqjg.example.cn",
            pace="at_once",
            language="zh",
        )
        assert told.status_code == 303
    return {
        "wang": (
            *("/", "/cases", "/cases?q=没有这样的隐患", "/notices", "/saved", "/done", "/nowhere"),
            *(
                "/enterprises",
                "/enterprises/e-a",
                "/enterprises/e-a/inspections/new",
                "/field",
                "/styleguide",
            ),
            *("/inspections", f"/inspections/{found['inspection_id']}", "/orders", order, f"{order}/links"),
            *(case, f"{case}/timeline", f"{case}/print", f"{case}/photos", f"{case}/rehearsal"),
            *(measure, f"{case}/measures/new?kind=fine", f"/cases/{submitted}/do/reinspect"),
            *("/tips", tip, f"{tip}/close", "/tip", f"/tip/{code}", "/tips/new", "/transfers"),
            *(link, theirs, f"{theirs}/do/signal_completion", "/l/nothing"),
        ),
        "chief": (
            "/imports",
            f"/imports/{work}",
            f"/imports/{work}?state=wrong",
            "/account/notices",
            "/approvals",
            f"{case}/documents",
            f"{case}/do/void",
            f"{case}/do/determine_grade",
            "/delegations",
            "/handover/wang",
        ),
        "head": (
            *("/overview", "/reports", "/reports/rates", "/reports/major", "/policy", "/calendar"),
            *("/measures?kind=fine&step=propose", "/done", "/done/over", "/delegations", "/account"),
            "/cases?state=ORDERED&state=OVERDUE&idle=1&territory=t-east",
        ),
        "u-admin": (
            *("/admin/import", "/admin/programs", "/admin/deliveries", "/admin/people/wang"),
            *("/calendar/notice", "/account/factor", "/admin/enterprises", "/admin/enterprises/e-a"),
            *("/admin/territories/t-east", "/admin/people/wang/leave?successor=chief"),
            *("/admin/people/new", "/policy/versions", "/policy/load", "/policy/versions/2026.12"),
        ),
        "u-auditor": tuple(
            f"/admin/{name}" for name in ("people", "organisations", "delegations", "audit", "ledger")
        ),
        "firm": (
            *("/", "/cases", case, f"/orders/{order_id}"),
            *(f"{case}/do/signal_completion", f"{case}/do/request_extension"),
            *("/selfchecks", "/selfchecks/checks/new", "/selfchecks/findings/new", "/selfchecks/reports"),
        ),
    }


async def signed_in(house: House, context: BrowserContext, address: str, who: str, lang: str) -> None:
    """From now on it is ``who`` (user id) who looks; what the browser has loaded already it keeps."""
    secret = (await house.browser(who)).cookies["xiaohao_session"]
    cookies = {"xiaohao_session": secret, "xiaohao_lang": lang}
    await context.clear_cookies()
    await context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )


async def found_on(page: Page, path: str) -> list[str]:
    """What axe finds grave on a page, in colours of the day and of the night, and whether it must be scrolled sideways."""
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status in (200, 404), path
    told = []
    for scheme, asked in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme)
        told += [f"{path} ({scheme}): {one}" for one in await faults(page, asked)]
        if SHOTS:
            lang = await page.evaluate("document.documentElement.lang")
            name = f"{page.viewport_size['width']}-{lang[:2]}-{scheme}-{path.strip('/').replace('/', '_')[:60]}.png"
            await page.screenshot(path=Path(SHOTS) / name, full_page=True)
    if await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        told.append(f"{path}: wider than the window")
    return told


@pytest.mark.parametrize("setting", SETTINGS)
async def test_no_page_has_a_grave_fault(named: House, address: str, browser: Browser, setting: str) -> None:
    told, how = [], SETTINGS[setting]
    context = await browser.new_context(base_url=address, viewport=how["viewport"], reduced_motion="reduce")
    await brought(context)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    for who, paths in (await pages(named)).items():
        await signed_in(named, context, address, who, how["lang"])
        for path in paths:
            told += await found_on(page, path)
    await context.close()
    assert not told, "\n".join(told)


ROWS = 30 * "<li><a href='#'>一项</a> <span class=late>逾期</span></li>"
FAINT = """<!doctype html><html lang=zh><title>淡</title><style>
  :root {{color-scheme: light dark; --late: #a00}} body {{background: #fff; color: #000}} .late {{color: var(--late)}}
  @media (prefers-color-scheme: dark) {{:root {{--late: #d88}} body {{background: #111; color: #eee}} a {{color: #8bf}}}}
  {0} </style><main><h1>淡</h1><ul>{1}</ul></main>"""


NIGHT = "@media (prefers-color-scheme: dark)"
FAULTS: Mapping[str, tuple[int, int]] = {
    "": (0, 0),
    ":root {--late: #aaa}": (1, 0),
    NIGHT + "{:root {--late: #333}}": (0, 1),
    "li:nth-child(17) {background: #b00}": (1, 1),
    "li:last-child span {color: #ccc}": (1, 0),
}
"""A style → how many rules it breaks by day and by night."""


async def test_what_is_too_faint_is_found_however_many_are_like_it(browser: Browser) -> None:
    context = await browser.new_context(reduced_motion="reduce")
    await brought(context)
    page = await context.new_page()
    for style, broken in FAULTS.items():
        await page.set_content(FAINT.format(style, ROWS))
        for (scheme, asked), found in zip(SCHEMES.items(), broken, strict=True):
            await page.emulate_media(color_scheme=scheme)
            told = await faults(page, asked)
            assert len(told) == found, f"{style} ({scheme}): {told}"
    await context.close()
