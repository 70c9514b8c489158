"""The long matters through pages alone, as separate people: a major hazard under listed supervision, a stop after a hearing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.api.support import ok
from tests.api.words import PLAN
from tests.console.chromium import in_a_browser
from tests.console.conftest import House
from tests.console.hands import Person, days_later, person

pytestmark = [
    pytest.mark.slow,
    in_a_browser,
]

NOW = "2026-11-20T10:00"
SERVED = {"service.served_at": NOW}
WORDS = {"text": "情况说明"}
PENALTY = {"facts": "未采取措施消除事故隐患", "basis": "《安全生产法》第一百零二条"}
VISIT = SERVED | {
    "kind": "special",
    "officers": ["wang", "li"],
    "started_at": "2026-11-20T09:00",
    "ended_at": NOW,
    "place": "打磨车间",
    "findings.0.title": "除尘系统未设泄爆装置",
    "findings.0.requirements": "加装泄爆装置",
    "findings.0.deadline_days": "15",
}


async def visited(inspector: Person) -> str:
    """A visit by wang and li to e-a that finds one hazard; its case."""
    await inspector.page.goto("/enterprises/e-a")
    await inspector.click("登记检查", "link")
    await inspector.fill(VISIT)
    await inspector.page.locator("[data-submit]").click()
    await inspector.page.locator("a.whole", has_text="泄爆装置").click()
    await inspector.page.wait_for_url("**/cases/*")
    return inspector.page.url.rpartition("/")[2]


async def state(house: House, case: str) -> str:
    return str(ok(await house.office.get("wang", f"/cases/{case}"))["state"])


async def test_a_major_hazard_from_the_suspicion_to_the_sign_off(
    house: House, address: str, browser: Browser
) -> None:
    wang, zhao, chief, head, firm, assessor = [
        await person(house, browser, address, one)
        for one in ("wang", "zhao", "chief", "head", "firm", "assessor")
    ]
    standard = ok(await house.office.get("wang", "/policies/current"))["standards"][0]
    clause = f"{standard['id']}|{standard['version']}|第四条"
    case = await visited(wang)
    await wang.give(case, "suspect_major", {"standard.ref": clause, "reason": "未设泄爆装置"})
    await chief.answer("determine_grade", {"grade": "major", "reason": "符合判定标准"})

    await wang.page.goto(f"/cases/{case}")
    await wang.page.goto(f"/cases/{case}/measures/new")
    await wang.send("new?kind=listing", {"cause": "重大事故隐患"})
    await head.answer("approve", {"sponsor_id": "head", "finish_on": "2027-01-20"})
    await wang.give(case, "measure/serve", SERVED)
    await wang.give(case, "measure/publish", {"channel": "区政府网站", "published_at": NOW})

    await firm.give(case, "file_plan", PLAN)
    await chief.answer("accept_plan")
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await firm.give(case, "report_major_hazard", report)
    await wang.give(case, "acknowledge_report")
    await firm.give(case, "report_to_congress", {"held_on": "2026-11-20"}, files=1)
    await firm.give(case, "measure/report_listed_progress", WORDS)
    await firm.give(case, "signal_completion", WORDS, files=1)
    chosen = {"assessor_org_id": "o-assess", "independence_declared": "true"}
    await firm.give(case, "commission_assessment", chosen)
    await assessor.give(case, "file_assessment", {"conclusion": "effective"} | WORDS)
    judged = {"officers": ["zhao", "wang"], "findings.0.passed": "true"}
    await zhao.give(case, "reinspect", judged)
    await head.give(case, "measure/delist", {"opinion": "同意摘牌"})
    await head.answer("sign_off", {"opinion": "同意销号"})
    assert await state(house, case) == "SIGNED_OFF"


async def test_a_stop_is_decided_after_a_hearing_and_ended_when_work_may_resume(
    house: House, address: str, browser: Browser
) -> None:
    wang = await person(house, browser, address, "wang")
    case = await visited(wang)
    await wang.give(case, "record_refusal", {"officers": ["wang", "li"], "text": "拒不整改"})
    await wang.page.goto(f"/cases/{case}/measures/new")
    proposal = {"cause": "拒不执行", "officers": ["wang", "li"], "scope": "whole"}
    await wang.send("new?kind=suspension", proposal)
    head, li, firm = [await person(house, browser, address, one) for one in ("head", "li", "firm")]
    await head.answer("approve", {"opinion": "同意立案"})
    await li.give(case, "measure/conclude_investigation", {"officers": ["li", "wang"]} | WORDS)
    await wang.give(case, "measure/serve_notice", PENALTY | SERVED)
    await firm.give(case, "measure/ask_hearing", {"text": "要求听证"})
    notice = {"held_at": "2026-12-04T09:00", "place": "局听证室", "presiding": "zhao"}
    await wang.give(case, "measure/serve_hearing_notice", notice | SERVED)
    await firm.page.goto(f"/cases/{case}")
    await firm.page.locator("#measures a.whole").last.click()
    await expect(firm.page.locator("main")).to_contain_text("局听证室")

    await days_later(house, 14)
    hands = ("wang", "zhao", "lawyer", "deputy", "head", "firm", "li")
    wang, zhao, lawyer, deputy, head, firm, li = [await person(house, browser, address, one) for one in hands]
    today = "2026-12-04T10:00"
    held = {"held_at": "2026-12-04T09:00", "record": "当事人陈述意见", "report": "事实清楚"}
    await zhao.give(case, "measure/hold_hearing", held)
    await wang.give(case, "measure/submit_review")
    await lawyer.give(case, "measure/legal_review", {"passed": "true", "opinion": "程序合法"})
    discussed = {"participants": ["chief", "deputy", "head"], "held_at": today, "conclusion": "同意"}
    await deputy.give(case, "measure/discuss", discussed)
    await wang.give(case, "measure/submit_decision")
    await head.answer("decide", PENALTY)
    await wang.give(case, "measure/serve_decision", {"service.served_at": today})
    await wang.give(case, "measure/publish", {"channel": "信用中国", "published_at": today})

    await firm.give(case, "signal_completion", WORDS, files=1)
    await wang.give(case, "reinspect", {"officers": ["wang", "zhao"], "findings.0.passed": "true"})
    await firm.give(case, "measure/apply_resumption", {"text": "已整改，申请恢复生产"})
    site = {"officers": ["li", "wang"], "passed": "true"} | WORDS
    await li.give(case, "measure/review_resumption", site)
    await head.answer("approve_resumption", {"opinion": "同意恢复生产"})
    chief = await person(house, browser, address, "chief")
    await chief.answer("sign_off", {"opinion": "同意销号"})
    assert await state(house, case) == "SIGNED_OFF"
