"""The pages of leaders and of the office: numbers that open their lists, delegations, one's own account, oversight."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from models.instants import day_of
from tests.api.support import ok
from tests.console.conftest import PASSWORD, House
from tests.console.reading import read


async def test_the_overview_is_numbers_that_open_their_lists(house: House) -> None:
    await house.office.case(risk_colour="red")
    await house.office.pass_time(days=30)
    await house.office.case()
    house.browsers.clear()
    page = await house.get("head", "/overview")
    links = {html.unescape(one) for one in read(page.text).links if one.startswith(("/cases?", "/measures?"))}
    assert len(links) > 12
    for link in links:
        assert (await house.get("head", link)).status_code == 200, link
    late = await house.get(
        "head", "/cases?overdue=true&territory=t-east&industry=%E7%B2%89%E5%B0%98%E6%B6%89%E7%88%86"
    )
    assert "行业：粉尘涉爆" in late.text
    assert 'name="industry"' in late.text  # the condition stays when the form is sent again
    assert (await house.get("wang", "/overview")).status_code == 403
    assert "/overview" not in read((await house.get("wang", "/")).text).links


async def test_a_rate_opens_the_hazards_it_counts_and_one_of_none_nothing(house: House) -> None:
    await house.office.case()
    page = (await house.get("head", "/reports/rates")).text
    rate = re.search(r'<a href="([^"]+)" title="0 / 1">0.0%</a><small>0/1</small>', page)
    assert rate
    assert (await house.get("head", html.unescape(rate[1]))).status_code == 200
    month = (await house.get("head", "/reports")).text
    assert ">0.0%</a>" in month
    assert '<td><span class="nil">—</span></td>' in month  # of major hazards there are none


async def test_a_list_keeps_every_condition_of_its_address(house: House) -> None:
    page = (
        await house.get(
            "head", "/cases?state=ORDERED&state=OVERDUE&idle=5&colour=none&opened_from=2026-01-02"
        )
    ).text
    for words in (
        "状态：已责令整改、逾期未改",
        "5 天无人办理",
        "风险颜色：未填写",
        "立案不早于：2026年1月2日",
    ):
        assert words in page
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    assert {("state", "ORDERED"), ("state", "OVERDUE"), ("idle", "5"), ("colour", "none")} <= set(hidden)
    town = (await house.get("town", "/cases?territory=t-east")).text
    assert ("territory", "t-east") in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', town)


async def test_what_was_done_and_what_is_over(house: House) -> None:
    office = house.office
    case_id = await office.submitted()
    assert "已办" in (await house.get("firm", "/done")).text
    assert case_id in (await house.get("firm", "/done")).text
    assert case_id in (await house.get("wang", "/done")).text
    assert case_id not in (await house.get("chief", "/done")).text
    assert case_id not in (await house.get("rival", "/done")).text
    assert case_id not in (await house.get("wang", "/done/over")).text
    await office.done("chief", case_id, "void", reason="重复登记")
    assert case_id in (await house.get("chief", "/done")).text
    for who in ("wang", "chief", "firm"):
        assert case_id in (await house.get(who, "/done/over")).text, who
    assert case_id not in (await house.get("li", "/done/over")).text


async def test_the_lists_of_my_work_stand_under_one_head(house: House) -> None:
    for who in ("wang", "head", "firm"):
        heads = set()
        for path in ("/", "/done", "/done/over"):
            page = (await house.get(who, path)).text
            (head,) = re.findall(r'<div class="head desks">.*?</nav>', page, re.DOTALL)
            assert f'href="{path}" aria-current="page"' in head
            heads.add(head.replace(' aria-current="page"', ""))
        assert len(heads) == 1, who


async def test_how_near_an_enterprise_is_to_its_closure_is_said_in_words(house: House) -> None:
    page = (await house.get("wang", "/enterprises/e-a")).text
    assert '提请关闭：<b class="when">目前 0 次</b>，还差 3 次' in page
    (await house.browser("wang")).cookies.set("xiaohao_lang", "en")
    page = (await house.get("wang", "/enterprises/e-a")).text
    assert 'requested at 3 within 180 days): <b class="when">0 so far</b>, 3 more would reach it' in page


async def test_what_was_done_to_an_enterprise_as_a_whole_stands_beside_it(house: House) -> None:
    office = house.office
    assert "还没有办过事项" in (await house.get("wang", "/done?to=enterprises")).text
    body = {"happened_at": office.now.isoformat(), "stop": True, "text": "机械伤害"}
    ok(await office.post("wang", "/enterprises/e-a/commands/record_accident", body))
    done = await house.get("wang", "/done?to=enterprises")
    read(done.text)
    assert '<a class="whole" href="/enterprises/e-a">' in done.text
    assert "东区家具厂" in done.text
    told = ok(await office.get("wang", "/done", to="enterprises"))["items"]
    assert [(one["event"], one["case_id"], one["state"]) for one in told] == [
        ("accident_recorded", None, "stopped")
    ]
    assert ok(await office.get("wang", "/done"))["items"] == []
    for who in ("li", "chief", "firm"):
        assert ok(await office.get(who, "/done", to="enterprises"))["items"] == [], who


async def test_somebody_delegates_for_days_and_ends_it(house: House) -> None:
    today = day_of(house.office.now)
    said = {
        "to": "deputy",
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=3)),
        "reason": "出差",
    }
    wrong = await house.post("head", "/delegations", **said | {"to": "firm", "ends_on": ""})
    assert wrong.status_code == 422
    assert 'href="#f-ends_on"' in wrong.text
    assert "出差" in wrong.text
    refused = await house.post("head", "/delegations", **said | {"to": "head"})
    assert (refused.status_code, "不能委托给自己" in refused.text) == (409, True)
    assert (await house.get("deputy", "/?for=head")).status_code == 403
    given = await house.post("head", "/delegations", **said)
    assert (given.status_code, given.headers["location"]) == (303, "/delegations")
    assert (await house.get("deputy", "/?for=head")).status_code == 200
    assert 'href="/?for=head"' in (await house.get("deputy", "/delegations")).text
    mine = (await house.get("head", "/delegations")).text
    (end,) = re.findall(r'action="(/delegations/[^"]+/end)"', mine)
    assert (await house.post("chief", end)).status_code == 404
    assert (await house.post("head", end)).status_code == 303
    assert (await house.get("deputy", "/?for=head")).status_code == 403
    assert (await house.get("firm", "/delegations")).status_code == 403
    assert "出差" in (await house.get("u-admin", "/admin/delegations")).text


async def test_a_password_is_changed_with_the_present_one_and_ends_the_other_sessions(house: House) -> None:
    async with house.stranger() as one, house.stranger() as other:
        for browser in (one, other):
            sent = await browser.post("/login", data={"username": "section", "password": PASSWORD})
            assert sent.status_code == 303
        new = "another fine password"
        told = {"password": PASSWORD, "new_password": new, "again": new}
        for wrong, status, words in (
            ({"again": "x"}, 409, "不一致"),
            ({"password": "not this one"}, 409, "当前密码不正确"),
            ({"new_password": "short", "again": "short"}, 409, "10"),
            ({"new_password": "", "again": ""}, 422, "新密码"),
        ):
            answer = await one.post("/account/password", data=told | wrong)
            assert (answer.status_code, words in answer.text) == (status, True), wrong
            assert new not in answer.text
        assert (await one.post("/account/password", data=told)).headers["location"] == "/account?changed=1"
        assert (await one.get("/account")).status_code == 200
        assert (await other.get("/account")).status_code == 303
        assert (
            await other.post("/login", data={"username": "section", "password": PASSWORD})
        ).status_code == 401
        assert (await other.post("/login", data={"username": "section", "password": new})).status_code == 303
        (end,) = re.findall(r'action="(/account/sessions/[^"]+/end)"', (await one.get("/account")).text)
        assert (await house.post("u-admin", end)).status_code == 404
        assert (await one.post(end)).status_code == 303
        assert (await other.get("/account")).status_code == 303


async def test_the_page_of_a_person_says_what_the_register_says_of_them(house: House) -> None:
    listed = (await house.get("u-admin", "/admin/people?role=enterprise")).text
    assert "东区家具厂" in listed
    firm = (await house.get("u-admin", "/admin/people/firm")).text
    assert '<a href="/admin/enterprises/e-a">东区家具厂</a>' in firm
    assert "执法证" not in firm
    given = {"to": "deputy", "starts_on": "2026-11-20", "ends_on": "2026-12-20", "reason": "外出"}
    ok(await house.office.post("head", "/delegations", given), 201)
    chief = (await house.get("u-admin", "/admin/people/chief")).text
    assert "示chief" in chief
    assert "没有委托" in chief
    for who in ("head", "deputy"):
        page = (await house.get("u-admin", f"/admin/people/{who}")).text
        assert "head同志" in page.split("委托代理</dt>")[1]
        assert "deputy同志" in page.split("委托代理</dt>")[1]
    assert "安评机构" in (await house.get("u-admin", "/admin/people/assessor")).text
    choices = (await house.get("u-admin", "/admin/people")).text
    assert 'value="reporter"' not in choices, "nobody is registered as one"


async def test_administrators_and_auditors_look_through_what_is_theirs(house: House) -> None:
    office = house.office
    case_id = await office.case()
    assert (await office.give("firm", case_id, "void", reason="x")).status_code == 403
    people = await house.get("u-admin", "/admin/people?q=wang&active=true")
    assert "wang同志" in people.text
    assert "chief同志" not in people.text
    assert "安评机构" in (await house.get("u-auditor", "/admin/organisations")).text
    for page in ("/admin/audit", "/admin/ledger"):
        assert (await house.get("u-admin", page)).status_code == 403
    told = (await house.get("u-auditor", f"/admin/audit?outcome=refused&case={case_id}")).text
    assert "firm同志" in told
    assert "无权操作" in told
    assert "规则：authority" in told
    assert "firm同志" not in (await house.get("u-auditor", "/admin/audit?action=logout")).text
    first = (await house.get("u-auditor", "/admin/audit?limit=1")).text
    assert 'rel="next"' in first
    checked = await house.get("u-auditor", "/admin/ledger?cases=1")
    assert "未发现不一致" in checked.text
    for page in (
        "/admin/people",
        "/admin/audit",
        "/admin/ledger",
        "/admin/delegations",
        "/admin/organisations",
    ):
        assert (await house.get("head", page)).status_code == 403
