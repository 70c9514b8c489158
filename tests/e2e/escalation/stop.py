"""The suspension (责令停产停业整顿): with its hearing, and the resumption that is refused."""

from __future__ import annotations

from tests.api.support import refused
from tests.api.words import PLAN, passed
from tests.e2e.escalation.story import (
    HEARING_LAW,
    PENALTY,
    TWO,
    Story,
    approved,
    refused_with,
    shanghai,
    standing,
)


async def suspension_prepared(story: Story) -> None:
    """责令停产停业整顿: proposed by the ladder on the fine served and the refusal; noticed on the eve of National Day."""
    town, main, late = story.town, story.main, story.late
    waiting = await main.inbox("wang", "proposal.answer", "suspension")
    assert (waiting["proposal"]["facts"], waiting["last_day"]) == ({"fined_and_refused": 1}, "2026-09-30")
    await town.until("2026-09-24 14:00")
    await main.proposed("wang", "suspension", **TWO, scope="whole", proposal=waiting["proposal"]["key"])
    await late.proposed("wang", "suspension", **TWO, scope="whole")
    assert await main.clock("suspension", "approval.decide") == ("2026-09-29", "running")
    await town.until("2026-09-28 10:00")
    for matter in (main, late):
        await approved(matter, "suspension", "head", "deputy")
    assert await main.clock("suspension", "penalty.decide") == ("2026-12-27", "running")
    await town.until("2026-09-29 10:00")
    for matter in (main, late):
        await matter.take("li", "suspension", "conclude_investigation", **TWO, text="拒不执行")
    await town.until("2026-09-30 15:00")
    for matter in (main, late):
        await matter.serve("wang", "suspension", "serve_notice", **PENALTY)
        assert await matter.clock("suspension", "hearing.request") == ("2026-10-13", "running")
    await town.until("2026-10-10 10:00")
    publication = {"channel": "信用中国", "published_at": town.now.isoformat()}
    await main.take("wang", "fine", "publish", **publication)
    assert await main.clock("fine", "publish.penalty") == ("2026-10-10", "met")
    assert await main.clock("fine", "fine.pay") == ("2026-10-09", "missed")


async def hearing(story: Story) -> None:
    """Asked for in the last half hour of the last lawful day; one working day later it is refused."""
    town, main, late = story.town, story.main, story.late
    await town.until("2026-10-13 23:30")
    asked = await main.take("firm", "suspension", "ask_hearing", text="要求听证")
    assert asked["events"][0]["event"] == "measure_step"
    assert await main.clock("suspension", "hearing.request") == ("2026-10-13", "met")
    await town.until("2026-10-14 10:00")
    problem = refused(
        await late.step("firm", "suspension", "ask_hearing", text="要求听证"), 409, "requirement_missing"
    )
    assert (problem["rule"], problem["article"]) == ("window.hearing.request", HEARING_LAW)
    assert problem["detail"] == "申请听证的期限已过（截止2026-10-13）"
    pending = await main.step("li", "suspension", "submit_review")
    assert refused(pending, 409, "requirement_missing", "hearing.held")["details"]["missing"] == [
        "hold_hearing"
    ]
    notice = {"place": "局听证室", "presiding": "lawyer2", "service": town.service()}
    monday = shanghai("2026-10-26 09:00")
    step = ("wang", "suspension", "serve_hearing_notice")
    for changed, status, rule in (
        ({"held_at": shanghai("2026-10-23 16:00")}, 409, "notice.hearing.notice"),
        ({"held_at": monday, "presiding": "li"}, 409, "hearing.apart"),
        ({"held_at": monday, "presiding": "head"}, 409, "hearing.apart"),
    ):
        problem = refused_with(await main.step(*step, **notice | changed), status, rule)
        assert problem["article"] == HEARING_LAW
    await main.take(*step, **notice, held_at=monday)
    assert await main.clock("suspension", "hearing.notice") == ("2026-10-23", "running")
    await town.until("2026-10-26 08:00")
    record = {"record": "当事人陈述意见", "report": "事实清楚，建议处罚"}
    early = await main.step("lawyer2", "suspension", "hold_hearing", **record, held_at=town.now.isoformat())
    refused_with(early, 409, "hearing.before_notice")
    await town.until("2026-10-26 12:00")
    usurped = await main.step("lawyer", "suspension", "hold_hearing", **record, held_at=monday)
    refused_with(usurped, 409, "hearing.presiding")
    await main.take("lawyer2", "suspension", "hold_hearing", **record, held_at=monday)


async def suspension_decided(story: Story) -> None:
    """Reviewed, discussed, decided, served: the enterprise is stopped."""
    town, main = story.town, story.main
    await town.until("2026-10-26 16:00")
    await main.take("li", "suspension", "submit_review")
    assert await main.clock("suspension", "review.legal") == ("2026-11-02", "running")
    await town.until("2026-10-27 10:00")
    await main.take("lawyer", "suspension", "legal_review", passed=True, opinion="程序合法")
    undiscussed = await main.step("wang", "suspension", "submit_decision")
    assert refused_with(undiscussed, 409, "discussion.done")["article"] == "《行政处罚法》第五十七条"
    leaders = {"participants": ["chief", "deputy", "head"], "held_at": town.now.isoformat()}
    few = await main.step(
        "deputy", "suspension", "discuss", **leaders | {"participants": ["deputy", "head"]}, conclusion="同意"
    )
    refused_with(few, 409, "discussion.participants")
    await main.take("deputy", "suspension", "discuss", **leaders, conclusion="同意停产停业整顿")
    await main.take("wang", "suspension", "submit_decision")
    assert await main.clock("suspension", "approval.decide") == ("2026-10-29", "running")
    await town.until("2026-10-28 10:00")
    await approved(main, "suspension", "head", "deputy", "decide", **PENALTY)
    assert await main.clock("suspension", "service.after_decision") == ("2026-11-06", "running")
    await town.relayed()
    assert (await standing(town))["status"] == "running"
    await town.until("2026-10-28 15:00")
    await main.serve("wang", "suspension", "serve_decision")
    assert await main.clock("suspension", "reconsider") == ("2026-12-28", "running")
    assert await main.clock("suspension", "litigate") == ("2027-04-28", "running")
    await town.relayed()
    for who in ("wang", "firm", "town", "mayor"):
        assert (await standing(town, who))["status"] == "stopped", who
    found = await standing(town)
    assert [one["decided_on"] for one in found["penalties"]] == ["2026-09-23", "2026-10-28"]
    assert found["why"][0]["case_id"] == main.case_id
    await town.until("2026-11-02 10:00")
    publication = {"channel": "信用中国", "published_at": town.now.isoformat()}
    await main.take("wang", "suspension", "publish", **publication)


async def corrected_but_not_signed_off(story: Story) -> None:
    """At last every item passes; yet nobody may sign off while the listing and the suspension are in force."""
    town, main = story.town, story.main
    photo = await town.photo("firm", main.case_id)
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await main.done("firm", "file_plan", **PLAN)
    await main.done("chief", "accept_plan")
    await main.done("firm", "report_major_hazard", **report)
    await main.done("wang", "acknowledge_report")
    await main.done("firm", "report_to_congress", held_on="2026-11-01", evidence=[photo])
    await main.done("firm", "signal_completion", text="已更换除尘系统", evidence=[photo])
    await main.done("firm", "commission_assessment", assessor_org_id="o-assess", independence_declared=True)
    await main.done("assessor", "file_assessment", conclusion="effective", text="达到治理要求")
    await town.until("2026-11-04 10:00")
    findings = {"officers": ["zhao", "sun"], "findings": passed(1)}
    await main.done("zhao", "reinspect", **findings)
    problem = refused_with(await main.give("head", "sign_off"), 409, "sign_off.measures")
    assert "挂牌督办" in problem["detail"]
    assert "责令停产停业整顿" in problem["detail"]
    assert problem["detail"].startswith("仍有措施在执行")


async def resumption_refused(story: Story) -> None:
    """It applies to resume; the site review fails; the head may only refuse."""
    town, main = story.town, story.main
    await town.until("2026-11-09 10:00")
    await main.take("firm", "suspension", "apply_resumption", text="申请恢复生产")
    assert await main.clock("suspension", "resume.site_review.within") == ("2026-11-19", "running")
    unseen = await main.step("head", "suspension", "approve_resumption")
    assert refused(unseen, 409, "requirement_missing")["details"]["missing"] == ["review_resumption"]
    await town.until("2026-11-11 10:00")
    await main.take(
        "zhao", "suspension", "review_resumption", officers=["zhao", "sun"], passed=False, text="联锁失效"
    )
    assert await main.clock("suspension", "approval.decide") == ("2026-11-13", "running")
    await town.until("2026-11-12 10:00")
    refused_with(await main.step("head", "suspension", "approve_resumption"), 409, "resume.review_passed")
    groundless = await main.propose("wang", "closure", **TWO, ground="unfit_after_rectification")
    assert refused_with(groundless, 409, "closure.ground")["article"] == "《安全生产法》第一百一十三条"
    low = await main.step("deputy", "suspension", "refuse_resumption", reason="不具备条件")
    refused_with(low, 403, "authority.refuse_resumption.rank")
    await main.take("head", "suspension", "refuse_resumption", reason="不具备安全生产条件")
    await town.relayed()
    assert (await standing(town))["status"] == "stopped"
