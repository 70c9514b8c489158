"""Pages: nothing beyond what the API tells, and no way around it."""

from __future__ import annotations

import re

import pytest

from console.pages import desk
from console.rendering import FILES, VERSION
from models.errors import Conflict, EngineUnavailable, TooManyRequests
from tests.api.support import major, ok
from tests.api.words import tip
from tests.console.conftest import PASSWORD, House
from tests.console.reading import ALL, read


async def test_a_page_shows_a_case_exactly_to_those_the_api_shows_it_to(house: House) -> None:
    office = house.office
    case_id = await office.case()
    hidden = ok(await office.post("wang", "/cases", tip()), 201)["case_id"]
    for who in ALL:
        for one in (case_id, hidden):
            allowed = (await office.get(who, f"/cases/{one}")).status_code
            for path in (f"/cases/{one}", f"/cases/{one}/timeline", f"/cases/{one}/do/report_progress"):
                answer = await house.get(who, path)
                assert answer.status_code == allowed, f"{who} {path}"
                if allowed == 404:
                    assert "除尘风管" not in answer.text


async def test_an_enterprise_reads_nothing_of_a_measure_in_preparation_nor_of_a_tip(house: House) -> None:
    office = house.office
    case_id = await office.case()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=31_700)
    opened = ok(await office.post("wang", "/cases", tip(title="夜间偷排的线索")), 201)["case_id"]
    for path in ("/", "/cases", f"/cases/{case_id}", f"/cases/{case_id}/timeline", "/enterprises/e-a"):
        text = (await house.get("firm", path)).text
        assert "31,700" not in text
        assert measure_id not in text
        assert "夜间偷排的线索" not in text
        assert opened not in text
    assert (await house.get("firm", f"/cases/{case_id}/measures/{measure_id}")).status_code == 404
    inside = (await house.get("wang", f"/cases/{case_id}")).text
    assert "31,700" in inside


async def test_forms_offer_an_enterprise_nobody_but_whom_its_case_names(house: House) -> None:
    office = house.office
    case_id = await office.case()
    measure_id = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    await office.stepped("head", case_id, measure_id, "approve")
    record = {"officers": ["wang", "li"], "text": "报告"}
    await office.stepped("wang", case_id, measure_id, "conclude_investigation", **record)
    notice = {"facts": "事实", "basis": "依据", "amount": 20_000, "service": office.delivered()}
    await office.stepped("wang", case_id, measure_id, "serve_notice", **notice)
    asked = await house.get("firm", f"/cases/{case_id}/measures/{measure_id}/ask_recusal")
    assert asked.status_code == 200
    offered = set(re.findall(r'<option value="([a-z-]+)"', asked.text))
    assert {"wang", "li"} <= offered <= {"wang", "li", "head"}
    inside = await house.get("wang", f"/cases/{case_id}/measures/{measure_id}/ask_recusal")
    assert {"zhao", "deputy", "lawyer"} <= set(re.findall(r'<option value="([a-z-]+)"', inside.text))


async def test_the_major_hazard_asks_the_enterprise_for_its_plan_in_words(house: House) -> None:
    case_id = await major(house.office)
    form = (await house.get("firm", f"/cases/{case_id}/do/file_plan")).text
    for part in ("治理目标", "责任", "治理措施", "资金", "时限", "应急预案"):
        assert part in form


# -- coming in, language, static files -------------------------------------------------------------------
async def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back(house: House) -> None:
    async with house.stranger() as browser:
        asked = await browser.get("/cases?overdue=true")
        assert asked.status_code == 303
        assert asked.headers["location"] == "/login?next=%2Fcases%3Foverdue%3Dtrue"
        read((await browser.get(asked.headers["location"])).text)
        wrong = await browser.post("/login", data={"username": "inspector", "password": "no", "next": "/"})
        assert (wrong.status_code, "错误：" in wrong.text, "用户名或密码不正确" in wrong.text) == (
            401,
            True,
            True,
        )
        empty = await browser.post("/login", data={"username": "", "password": ""})
        assert (empty.status_code, "“用户名”：必填" in empty.text or "用户名" in empty.text) == (422, True)
        told = {"username": "inspector", "password": PASSWORD, "next": "/cases?overdue=true"}
        inside = await browser.post("/login", data=told)
        assert (inside.status_code, inside.headers["location"]) == (303, "/cases?overdue=true")
        assert "httponly" in inside.headers["set-cookie"].lower()
        assert (await browser.get("/cases")).status_code == 200
        out = await browser.post("/logout")
        assert out.headers["location"] == "/login"
        assert (await browser.get("/cases")).status_code == 303


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example", "/\\evil.example", "/api/v1/me", "x"]
)
async def test_signing_in_leads_nowhere_else(house: House, away: str) -> None:
    async with house.stranger() as browser:
        told = {"username": "inspector", "password": PASSWORD, "next": away}
        assert (await browser.post("/login", data=told)).headers["location"] == "/"


async def test_a_form_posted_after_the_session_ended_says_that_nothing_typed_is_lost(house: House) -> None:
    async with house.stranger() as browser:
        answer = await browser.post("/cases/x/do/report_progress", data={"text": "进展"})
        assert answer.status_code == 401
        assert "仍保存在本机" in answer.text
        assert 'href="/login?next=%2Fcases%2Fx%2Fdo%2Freport_progress"' in answer.text


async def test_another_site_gives_no_command(house: House) -> None:
    browser = await house.browser("firm")
    case_id = await house.office.case()
    for told in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://evil.example"},
    ):
        answer = await browser.post(f"/cases/{case_id}/do/report_progress", data={"text": "x"}, headers=told)
        assert answer.status_code == 403
        assert "text/html" in answer.headers["content-type"]


async def test_the_pages_speak_english_when_asked_and_chinese_first(house: House) -> None:
    browser = await house.browser("wang")
    assert "我的工作" in (await browser.get("/")).text
    chosen = await browser.post("/language", data={"to": "en", "next": "/cases?open=true"})
    assert chosen.headers["location"] == "/cases?open=true"
    english = (await browser.get("/cases")).text
    assert 'lang="en"' in english
    assert "My work" in english
    await browser.post("/language", data={"to": "zh", "next": "/"})
    assert "隐患台账" in (await browser.get("/cases")).text


async def test_static_files_are_kept_for_ever_under_the_hash_of_what_they_are(house: House) -> None:
    async with house.stranger() as browser:
        for name in FILES:
            now = await browser.get(f"/static/{VERSION}/{name}")
            assert (now.status_code, now.content) == (200, FILES[name])
            assert "immutable" in now.headers["cache-control"]
            old = await browser.get(f"/static/0123456789ab/{name}")
            assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
        page = (await browser.get("/login")).text
        for link in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
            assert (await browser.get(link)).status_code == 200
        assert (await browser.get(f"/static/{VERSION}/../app.py")).status_code in (303, 404)


async def test_the_api_beside_the_pages_answers_as_it_did(house: House) -> None:
    browser = await house.browser("wang")
    assert (await browser.get("/api/v1/nowhere")).json()["code"] == "not_found"
    assert (await browser.get("/problems/not_found")).status_code == 200
    described = (await browser.get("/api/v1/openapi.json")).json()
    assert all(path.startswith(("/api/", "/healthz", "/readyz", "/problems")) for path in described["paths"])


async def test_an_enterprise_is_not_told_its_own_name_on_every_row(house: House) -> None:
    case_id = await house.office.case()
    await house.office.proposed(case_id, "supervision_letter")
    own = ok(await house.office.get("wang", f"/cases/{case_id}"))["enterprise"]["name"]
    for path, officer in (("/", "chief"), ("/cases", "wang"), ("/orders", "wang")):
        for who, named in ((officer, True), ("firm", False)):
            page = (await house.get(who, path)).text
            metas = re.findall(r'<p class="meta">(.*?)</p>', page, re.DOTALL)
            assert any(own in one for one in metas) == named, f"{who} {path}"
            assert metas, f"{who} {path}"


async def test_lists_keep_their_filters_in_the_address_and_turn_their_pages(house: House) -> None:
    for _ in range(3):
        await house.office.case()
    first = (await house.get("wang", "/cases?limit=2&sort=number&source=inspection")).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    path = following[1].replace("&amp;", "&")
    assert "limit=2" in path
    assert "source=inspection" in path
    second = (await house.get("wang", path)).text
    shown = [re.findall(r'href="/cases/([0-9a-f-]{36})"', page) for page in (first, second)]
    assert len(set(shown[0])) == 2
    assert not set(shown[0]) & set(shown[1])
    assert "回到第一页" in second
    assert (await house.get("wang", "/cases?after=forged")).status_code == 422
    assert (await house.get("wang", "/cases?state=NO_SUCH")).status_code == 422


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (EngineUnavailable("数据库没有响应", "away", retry_after=2), 503, "系统暂时没有响应，数据没有丢失"),
        (TooManyRequests("请求过多", "busy", retry_after=2), 429, "操作太频繁"),
        (Conflict("已经有人办理", "taken"), 409, "现在还不能办理"),
        (RuntimeError("a person's name"), 500, "系统出了问题，已记录"),
    ],
)
async def test_whatever_fails_is_told_in_words_and_tells_nothing_more(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int, words: str
) -> None:
    async def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(desk.tasks, "list_tasks", fail)
    answer = await house.get("wang", "/")
    assert (answer.status_code, words in answer.text) == (status, True)
    read(answer.text)
    assert "a person&#39;s name" not in answer.text
    assert "a person's name" not in answer.text
    assert answer.headers.get("retry-after") == ("2" if status in (429, 503) else None)


async def test_whoever_is_signed_in_keeps_the_menu_where_a_page_is_missing(house: House) -> None:
    for who, path, status in (
        ("wang", "/nowhere", 404),
        ("wang", "/cases/nothing", 404),
        ("wang", "/overview", 403),
    ):
        answer = await house.get(who, path)
        assert answer.status_code == status
        assert {"/cases", "/notices", "/account"} <= set(read(answer.text).links), path
        mine = (await house.get(who, "/notices")).text
        for part in (r'<b class="count"[^>]*>[^<]*</b>', r'<p class="me">[^\0]*?</p>'):
            assert re.findall(part, answer.text) == re.findall(part, mine) != [], path


async def test_what_is_missing_is_named_once_and_may_be_others(house: House) -> None:
    for path, what in (
        ("/nowhere", "没有这个网址"),
        ("/cases/nothing", "没有这个案件"),
        ("/%00", "没有这个网址"),
    ):
        answer = (await house.get("wang", path)).text
        assert f"<h1>{what}</h1>" in answer
        assert answer.count("不在您的职责范围内") == 1
    async with house.stranger() as nobody:
        assert "/cases" not in read((await nobody.get("/check/nothing")).text).links
