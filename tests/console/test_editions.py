"""A page from before an upgrade: every form says of which edition it is, and one of another is told so and does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx2
from fastapi.routing import APIRoute

from console.app import ROUTERS
from console.rendering import EDITION, MADE_BY
from tests.api.support import ok
from tests.console.conftest import PASSWORD, House
from tests.console.test_pages import ALL, pages, read

OLD = "0123456789ab"
SAYS = "系统升级前打开的"
THE_SAME_IN_EVERY_EDITION = {"/language", "/logout", "/l/end"}
"""To leave, and to go on in the other language: done whatever page asks it."""
STRANGERS = ("/login", "/tip", "/tip/look")


class Forms(HTMLParser):
    """The posted forms of a page: where each goes, and the editions it says it is of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and told.get("method") == "post":
            self.found.append((told.get("action") or "", []))
        if tag == "input" and told.get("name") == MADE_BY:
            self.found[-1][1].append(told.get("value") or "")


def _posts() -> Iterator[APIRoute]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "POST" in route.methods:
                yield route


def _answers(route: APIRoute) -> bool:
    """Whether a route gives a generated form, which is shown anew with all it said (test_giving)."""
    return "answer" in route.endpoint.__code__.co_names


def _told(answer: httpx2.Response) -> bool:
    return answer.status_code == 409 and SAYS in answer.text


async def test_every_form_of_every_page_says_its_edition_and_an_older_one_does_nothing(house: House) -> None:
    case_id = await house.office.case()
    measure_id = await house.office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    met = set()
    for who in ALL:
        for path in pages(case_id, measure_id):
            for action, editions in Forms((await house.get(who, path)).text).found:
                assert editions == [EDITION], f"{path}: {action}"
                if (who, action) in met or action in THE_SAME_IN_EVERY_EDITION:
                    continue
                met.add((who, action))
                older = await house.post(who, action, **{MADE_BY: OLD})
                assert _told(older), f"{who} {action}: {older.status_code} {older.text}"
                read(older.text)
    assert len({action for _, action in met}) > 40
    events = ok(await house.office.get("wang", f"/cases/{case_id}/events"))["items"]
    assert not [one for one in events if "progress" in one["event"]]


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
        passed += [path] if not any(map(_told, answers)) else []
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
    assert _told(older)
    assert "我的话" in older.text
    assert "又一个新的口令" not in older.text
    assert PASSWORD not in older.text
    assert 'href="/account?changed=1"' in older.text, "the way back to the page it came from"
    async with house.stranger() as stranger:
        tip = await stranger.post("/tip", data={"text": "夜间偷排", MADE_BY: OLD})
        assert _told(tip)
        assert "夜间偷排" in tip.text
        into = await stranger.post(
            "/login", data={"username": "inspector", "password": PASSWORD, MADE_BY: OLD}
        )
        assert _told(into)
        assert "set-cookie" not in into.headers
        assert PASSWORD not in into.text


async def test_a_form_that_says_no_edition_does_nothing_and_is_told_so(house: House) -> None:
    typed = {"name": "我的话", MADE_BY: ""}
    unsaid = await house.post("wang", "/saved", **typed)
    assert _told(unsaid)
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
