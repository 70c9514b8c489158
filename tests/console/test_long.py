"""Names as long as they come and an order of thirty items: every page holds them, on a phone and on a desk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from ledger import tables
from tests.api.support import finding, major, ok
from tests.console.conftest import House
from tests.console.test_accessibility import visited
from tests.console.test_browser import CHROMIUM, address, browser
from tests.console.test_links import made
from tests.ledger import looking

__all__ = ["address", "browser"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (Debian: apt install chromium)"),
]
SETTINGS: tuple[dict[str, Any], ...] = (
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "lang": "zh"},
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", "lang": "en"},
)
ITEMS = 30
FIRM = "中国石化集团示范区石油化工联合总厂第三分厂丙烯腈—聚丙烯一体化生产经营有限责任公司（中外合资）"
TITLE = "除尘系统未按规范设置泄爆装置且风管内积尘厚度超过三毫米，未见清扫记录，现场询问岗位人员不掌握应急处置措施和撤离路线"
WORD = "LongUnbrokenLatinName_with-no-space_AB1234567890CDEFGHIJKLMNOPQRSTUVWXYZ"
SHOTS = os.environ.get("SHOTS")
"""A folder to keep the pages in, for looking at them."""


@pytest.fixture
async def named(house: House) -> House:
    """The house with an enterprise and people whose names are as long as they come."""
    async with house.office.world.superuser.begin() as connection:
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


def pages(
    case_id: str, measure_id: str, order_id: str, visit_id: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    case, measure = f"/cases/{case_id}", f"/cases/{case_id}/measures/{measure_id}"
    yield (
        "wang",
        (
            "/",
            "/cases",
            "/enterprises",
            "/enterprises/e-a",
            "/inspections",
            f"/inspections/{visit_id}",
            "/orders",
        ),
    )
    yield (
        "wang",
        (
            f"/orders/{order_id}",
            f"/orders/{order_id}/links",
            case,
            f"{case}/timeline",
            f"{case}/print",
            measure,
        ),
    )
    yield (
        "wang",
        (
            f"{case}/photos",
            f"{case}/rehearsal",
            f"{case}/measures/new?kind=fine",
            "/notices",
            "/done",
            "/field",
        ),
    )
    yield "chief", ("/approvals", f"{case}/do/determine_grade", "/delegations")
    yield (
        "head",
        (
            "/overview",
            "/reports",
            "/reports/rates",
            "/reports/major",
            "/measures",
            "/policy",
            "/calendar",
            "/account",
        ),
    )
    yield "firm", ("/", "/cases", case, f"{case}/do/signal_completion", f"/orders/{order_id}")
    yield "u-admin", ("/admin/import",)
    yield "u-auditor", ("/admin/people", "/admin/organisations", "/admin/audit", "/admin/ledger")


@pytest.mark.parametrize("setting", SETTINGS, ids=["phone dark zh", "desk light en"])
async def test_every_page_holds_long_names_and_thirty_items(
    named: House, address: str, browser: Browser, setting: dict[str, Any]
) -> None:
    office = named.office
    found = await office.inspected(
        *(
            finding(f"第 {no} 项：{TITLE}", title=f"{TITLE}（{no}）", location=WORD)
            for no in range(1, ITEMS + 1)
        )
    )
    case_id = await major(office)
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    order_id = ok(await office.get("wang", f"/cases/{found['cases'][0]['case_id']}"))["order_id"]
    link, _ = await made(named, order_id)
    wide = []
    for no, (who, paths) in enumerate(
        [*pages(case_id, measure_id, order_id, found["inspection_id"]), ("wang", (link,))]
    ):
        page = await visited(named, browser, address, who, setting)
        for path in paths:
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, (who, path)
            if await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
                wide.append((who, path))
            if SHOTS:
                name = f"{setting['viewport']['width']}-{no}-{path.strip('/').replace('/', '_')[:40]}.png"
                await page.screenshot(path=Path(SHOTS) / name, full_page=True)
        await page.context.close()
    assert not wide
