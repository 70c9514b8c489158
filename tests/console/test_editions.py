"""A page from before an upgrade: every form says of which edition it is, and one of another is told so and does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi.routing import APIRoute

from console.app import ROUTERS
from console.rendering import MADE_BY
from tests.console.conftest import PASSWORD, House
from tests.console.reading import ALL, OLD, THE_SAME_IN_EVERY_EDITION, older_told

STRANGERS = ("/login", "/tip", "/tip/look")


def _posts() -> Iterator[APIRoute]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "POST" in route.methods:
                yield route


def _answers(route: APIRoute) -> bool:
    """Whether a route gives a generated form, which is shown anew with all it said (test_giving)."""
    return "answer" in route.endpoint.__code__.co_names


async def test_no_way_to_post_a_form_passes_by_the_edition(house: House) -> None:
    """Whoever may ask it; the generated forms are shown anew instead."""
    known = {"{channel}": "email", "{year}": "2026", "{case_id}": await house.office.case()}
    passed: list[str] = []
    for route in _posts():
        path = re.sub(r"{\w+}", lambda name: known.get(name[0], "x"), route.path)
        if path in THE_SAME_IN_EVERY_EDITION or path.startswith("/l/") or _answers(route):
            continue
        async with house.stranger() as browser:
            answers = [await browser.post(path, data={MADE_BY: OLD})] if path in STRANGERS else []
        answers = answers or [await house.post(who, path, **{MADE_BY: OLD}) for who in ALL]
        passed += [path] if not any(map(older_told, answers)) else []
    assert not passed


async def test_what_was_typed_can_be_copied_but_no_password(house: House) -> None:
    browser = await house.browser("wang")
    told = {
        "password": PASSWORD,
        "new_password": "又一个新的口令",
        "again": "又一个新的口令",
        "name": "我的话",
    }
    older = await browser.post(
        "/account/password",
        data=told | {MADE_BY: OLD},
        headers={"Referer": "http://xiaohao.test/account?changed=1"},
    )
    assert older_told(older)
    assert "我的话" in older.text
    assert "又一个新的口令" not in older.text
    assert PASSWORD not in older.text
    assert 'href="/account?changed=1"' in older.text, "the way back to the page it came from"
    async with house.stranger() as stranger:
        tip = await stranger.post("/tip", data={"text": "夜间偷排", MADE_BY: OLD})
        assert older_told(tip)
        assert "夜间偷排" in tip.text
        into = await stranger.post(
            "/login", data={"username": "inspector", "password": PASSWORD, MADE_BY: OLD}
        )
        assert older_told(into)
        assert "set-cookie" not in into.headers
        assert PASSWORD not in into.text


async def test_a_form_that_says_no_edition_does_nothing_and_is_told_so(house: House) -> None:
    typed = {"name": "我的话", MADE_BY: ""}
    unsaid = await house.post("wang", "/saved", **typed)
    assert older_told(unsaid)
    assert "我的话" in unsaid.text
    path = f"/cases/{await house.office.case()}/do/report_progress"
    again = await house.post("firm", path, text="已清理一半", **{MADE_BY: ""})
    assert again.status_code == 409
    assert ">已清理一半</textarea>" in again.text


async def test_leaving_is_done_whatever_page_asks_it(house: House) -> None:
    browser = await house.browser("wang")
    assert (await browser.post("/language", data={"to": "en", MADE_BY: OLD})).status_code == 303
    assert (await browser.post("/logout", data={MADE_BY: OLD})).status_code == 303
    assert (await browser.get("/cases")).status_code == 303
