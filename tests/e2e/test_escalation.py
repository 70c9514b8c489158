"""From an overdue major hazard to the closing of the enterprise, as separate people over HTTP, on skipped time.

The days are those of 2026: Mid-Autumn on 25 September and National Day from 1 to 7 October are days off, Sunday
20 September and Saturday 10 October are worked in exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from models.clocks import SHANGHAI
from models.errors import SignatureInvalid
from operations.verify import verify, verify_enterprises
from tests.api.support import PLAN, ok, passed, refused
from tests.builders import CHIEF, at, envelope
from tests.e2e.skipped import Matter, Town, tell
from workflows.messages import case_workflow_id

TWO = {"officers": ["wang", "li"]}
PENALTY = {"facts": "逾期未消除重大事故隐患", "basis": "《安全生产法》第一百零二条"}
FINE_LAW = "《安全生产法》第一百零二条；《行政处罚法》第五十四条、第七十六条（应当及时立案）"
HEARING_LAW = "《行政处罚法》第六十四条"
ENDED = "CLOSED_WITH_ENTERPRISE"
PAPERS = [
    *("talk_notice", "talk_minutes", "listing_notice"),
    *("filing", "investigation", "penalty_notice", "legal_review", "discussion", "penalty_decision"),
    *("filing", "investigation", "penalty_notice", "hearing_notice", "hearing_report"),
    *("legal_review", "discussion", "penalty_decision", "resume_application", "resume_review"),
    *("closure_notice", "legal_review", "discussion", "closure_request"),
]
"""The documents of the main case in their order."""


@dataclass
class Story:
    """The cases of the story."""

    town: Town
    main: Matter
    """The major hazard everything is about."""
    late: Matter
    """Another case of the same enterprise, whose hearing is asked for too late."""
    third: Matter
    """A third case of it, about which nothing is done."""
    other: Matter
    """A case of another enterprise."""

    @property
    def all(self) -> tuple[Matter, ...]:
        return (self.main, self.late, self.third, self.other)


def shanghai(day: str) -> str:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).isoformat()


def refused_with(answer: Any, status: int, rule: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["rule"]) == (status, rule), answer.text
    return problem


async def standing(town: Town, who: str = "wang", enterprise: str = "e-a") -> dict[str, Any]:
    found: dict[str, Any] = ok(await town.get(who, f"/enterprises/{enterprise}/standing"))
    return found


async def approved(
    matter: Matter, kind: str, right: str, low: str, step: str = "approve", **form: Any
) -> dict[str, Any]:
    """A decision of that rank: neither the proposer as its delegate, nor a lower rank; and not twice."""
    own = await matter.step("wang", kind, step, acting_for=right, **form)
    if right == "mayor":  # nobody of the bureau decides for the government, whatever the delegation says
        refused(own, 403, "not_authorised", f"authority.{step}.role")
    else:
        refused(own, 403, "duties_not_separated", f"authority.{step}.apart")
    problem = refused(await matter.step(low, kind, step, **form), 403, "not_authorised")
    assert problem["rule"] == f"authority.{step}.rank"
    taken = await matter.take(right, kind, step, **form)
    again = refused(await matter.step(right, kind, step, **form), 409, "conflict")
    assert again["details"]["decided_by"] == [{"id": right, "name": f"{right}同志"}]
    assert again["details"]["answer"] == step
    return taken


async def opening(office: Town) -> Story:
    """Monday, 3 August: three cases of one enterprise, one of another; the main one's order is not handed over."""
    policy = ok(await office.get("wang", "/policies/current"))
    standard = {"standard_id": policy["standards"][0]["id"], "version": "2023", "clause": "第四条"}
    story = Story(
        office,
        Matter(office, await office.opened({"service": None}, suspected_major=standard)),
        Matter(office, await office.opened()),
        Matter(office, await office.opened(rests=True)),
        Matter(office, await office.opened({"enterprise_id": "e-b"}, rests=True)),
    )
    for principal in ("deputy", "head", "mayor"):
        await office.delegates(principal, "wang")
    return story


async def only_signed_messages(story: Story) -> None:
    """Behind this API stands the engine itself: what the API did not sign is turned away, and heard of."""
    case_id = story.main.case_id
    forged = envelope(case_id, "determine_grade", CHIEF, now=story.town.now, grade="general", reason="无")
    with pytest.raises(SignatureInvalid):
        await story.town.doors.command(forged.model_copy(update={"signature": "00"}))
    assert [(code, details["reason"]) for _, code, details in story.town.alarms] == [
        ("signature_invalid", "signature")
    ]
    story.town.alarms.clear()


async def refusal_takes_service(story: Story) -> None:
    """Nobody refuses what was never served on them."""
    town, main = story.town, story.main
    await main.done("chief", "determine_grade", grade="major", reason="符合判定标准")
    await town.kept("e-a")
    early = await main.give("wang", "record_refusal", **TWO, text="拒绝整改")
    refused(early, 409, "requirement_missing", "refusal.served")
    fined = await main.propose("wang", "suspension", **TWO, scope="whole")
    problem = refused(fined, 409, "requirement_missing", "refusal.shown")
    assert problem["article"] == "《安全生产法》第一百零二条"
    await town.until("2026-08-03 14:00")
    served = await main.done("wang", "serve_order", service=town.service())
    assert served["case"]["deadline"]["last_day"] == "2026-08-18"
    assert served["case"]["grade"] == "major"


async def overdue_and_refused(story: Story) -> None:
    """The last day passes, and a fine is proposed; two officers record the refusal, one alone cannot."""
    town, main = story.town, story.main
    await town.until("2026-08-18 23:50")
    assert (await main.case())["state"] == "ORDERED"
    await town.until("2026-08-19 10:00")
    assert (await main.case())["state"] == "OVERDUE"
    alone = await main.give("wang", "record_refusal", officers=["wang"], text="法定代表人拒绝")
    refused(alone, 409, "requirement_missing")
    await main.done("wang", "record_refusal", **TWO, text="法定代表人当面拒绝整改")
    waiting = await main.inbox("wang", "proposal.answer", "fine")
    assert waiting["proposal"]["facts"] == {"not_corrected": 1}
    assert waiting["proposal"]["basis"] == FINE_LAW
    assert waiting["last_day"] == "2026-08-24"
    assert (waiting["facts"]["days_overdue"], waiting["facts"]["refusals"]) == (1, 1)
    tasks = ok(await town.get("wang", "/tasks", limit=100))["items"]
    mine = next(one for one in tasks if one["proposal"] == waiting["proposal"]["key"])
    assert [one["command"] for one in mine["commands"]] == ["propose_measure"]
    for day, kind in (("2026-08-24", "warning_talk"), ("2026-08-29", "listing")):
        assert kind not in await proposed_kinds(main), f"before {day}"
        await town.until(f"{day} 10:00")
        assert kind in await proposed_kinds(main)
        if kind == "warning_talk":
            await unanswered(story)
            await warning_talk(story)


async def proposed_kinds(matter: Matter) -> list[str]:
    found = ok(await matter.town.get("wang", f"/cases/{matter.case_id}/measures"))
    return [one["kind"] for one in found["proposals"]]


async def unanswered(story: Story) -> None:
    """The letter proposed for the missing plan on 18 August goes up on the 22nd; the section head closes it."""
    main = story.main
    waiting = await main.inbox("chief", "proposal.answer", "supervision_letter")
    assert waiting["proposal"]["facts"] == {"plan_missed": 1}
    assert waiting["escalated_from"]["zh"] == "执法人员"
    close = {"proposal": waiting["proposal"]["key"], "reason": "并入约谈办理"}
    refused(await main.give("wang", "close_proposal", **close), 403, "not_authorised")
    await main.done("chief", "close_proposal", **close)


async def warning_talk(story: Story) -> None:
    """约谈: the deputy head approves; three working days' notice; the report within fifteen days."""
    town, main = story.town, story.main
    waiting = await main.inbox("wang", "proposal.answer", "warning_talk")
    assert waiting["proposal"]["facts"] == {"overdue_days": 5}
    draft = waiting["answers"][0]["draft"]
    await main.proposed("wang", draft["kind"], proposal=draft["proposal"])
    assert await main.clock("warning_talk", "approval.decide") == ("2026-08-26", "running")
    await town.until("2026-08-25 10:00")
    asked = await main.inbox("deputy", "approval.decide", "warning_talk")
    assert asked["asked"]["proposed_by"] == [{"id": "wang", "name": "wang同志"}]
    assert asked["asked"]["cause"] == "逾期未整改"
    await approved(main, "warning_talk", "deputy", "chief")
    assert await main.clock("warning_talk", "interview.hold_after_decision") == ("2026-09-01", "running")
    await town.until("2026-08-25 15:00")
    notice = {
        "cause": "逾期未整改",
        "place": "局会议室",
        "attendees": "主要负责人",
        "service": town.service(),
    }
    soon = await main.step(
        "wang", "warning_talk", "serve_talk_notice", **notice, held_at=shanghai("2026-08-28 15:00")
    )
    problem = refused(soon, 409, "limit_exceeded", "notice.interview.notice_before")
    assert "2026-08-28" in problem["detail"]
    held = shanghai("2026-08-31 09:00")
    await main.take("wang", "warning_talk", "serve_talk_notice", **notice, held_at=held)


async def talk_held_and_listing(story: Story) -> None:
    """The talk is held and reported on; 挂牌督办: the head approves, it is served and published."""
    town, main = story.town, story.main
    await town.until("2026-08-31 10:00")
    minutes = {"held_at": shanghai("2026-08-31 09:00"), "text": "要求限期整改"}
    present = minutes | {"principal_attended": True, "signed": True}
    await main.take("wang", "warning_talk", "hold", **TWO, **present)
    assert await main.clock("warning_talk", "interview.report_after") == ("2026-09-15", "running")
    waiting = await main.inbox("wang", "proposal.answer", "listing")
    assert (waiting["proposal"]["facts"], waiting["last_day"]) == ({"overdue_days": 10}, "2026-09-02")
    await main.proposed("wang", "listing", proposal=waiting["proposal"]["key"])
    assert await main.clock("listing", "approval.decide") == ("2026-09-02", "running")
    await town.until("2026-09-01 10:00")
    decision = {"sponsor_id": "deputy", "finish_on": "2026-10-31"}
    await approved(main, "listing", "head", "deputy", **decision)
    assert await main.clock("listing", "carry_out") == ("2026-09-10", "running")
    await town.until("2026-09-01 15:00")
    await main.serve("wang", "listing", "serve")
    assert await main.clock("listing", "listing.publish") == ("2026-09-29", "running")
    assert await main.clock("listing", "progress.report.listed") == ("2026-12-01", "running")
    await town.until("2026-09-02 10:00")
    await main.take("wang", "listing", "publish", channel="区政府网站", published_at=town.now.isoformat())
    assert (await main.measure("listing", "firm"))["state"] == "IN_FORCE"


async def fine_prepared(story: Story) -> None:
    """罚款: filed, investigated, notified; the talk's report comes on its last day."""
    town, main = story.town, story.main
    waiting = await main.inbox("head", "proposal.answer", "fine")
    assert waiting["escalated_from"]["zh"] == "执法人员"
    key = waiting["proposal"]["key"]
    lone = await main.propose("wang", "fine", officers=["wang"], amount=80_000, article="98", proposal=key)
    refused(lone, 409, "requirement_missing")
    await main.proposed("wang", "fine", **TWO, amount=80_000, article="98", proposal=key)
    assert await main.clock("fine", "approval.decide") == ("2026-09-04", "running")
    await town.until("2026-09-03 10:00")
    await approved(main, "fine", "head", "deputy")
    assert await main.clock("fine", "penalty.decide") == ("2026-12-02", "running")
    early = await main.step("wang", "fine", "serve_notice", **PENALTY, amount=80_000, service=town.service())
    problem = refused(early, 409, "requirement_missing", "measure.fine.serve_notice.needs")
    assert problem["details"]["missing"] == ["conclude_investigation"]
    assert problem["article"] == "《行政处罚法》第四十二条、第五十四条"
    await town.until("2026-09-04 10:00")
    await main.take("li", "fine", "conclude_investigation", **TWO, text="事实清楚")
    refused(await town.get("firm", f"/cases/{main.case_id}/measures/{main.ids['fine']}"), 404, "not_found")
    await town.until("2026-09-14 10:00")
    await main.serve("wang", "fine", "serve_notice", **PENALTY, amount=80_000)
    assert await main.clock("fine", "hearing.request") == ("2026-09-20", "running")
    assert await main.clock("fine", "defence.period") == ("2026-09-20", "running")
    await town.until("2026-09-15 16:00")
    await main.take("firm", "warning_talk", "file_report", text="正在整改")
    await town.until("2026-09-16 10:00")
    low = await main.step("chief", "warning_talk", "accept_report")
    refused(low, 403, "not_authorised", "authority.accept_report.rank")
    await main.take("deputy", "warning_talk", "accept_report")
    assert (await main.measure("warning_talk"))["outcome"] == "report_accepted"


async def fine_decided(story: Story) -> None:
    """Nobody asks for a hearing until Sunday, 20 September, a working day; then it is decided, served, published."""
    town, main = story.town, story.main
    await town.until("2026-09-20 23:30")
    early = await main.step("li", "fine", "submit_review")
    assert refused(early, 409, "requirement_missing")["details"].get("missing") is None
    await town.until("2026-09-21 10:00")
    assert await main.clock("fine", "hearing.request") == ("2026-09-20", "expired")
    asked = refused(
        await main.step("firm", "fine", "ask_hearing", text="要求听证"), 409, "requirement_missing"
    )
    assert (asked["rule"], asked["article"]) == ("window.hearing.request", HEARING_LAW)
    assert asked["details"]["last_day"] == "2026-09-20"
    rash = await main.step("wang", "fine", "submit_decision")
    assert refused(rash, 409, "requirement_missing", "review.done")["article"] == "《行政处罚法》第五十八条"
    await main.take("li", "fine", "submit_review")
    assert await main.clock("fine", "review.legal") == ("2026-09-29", "running")
    assert (await main.inbox("lawyer", "review.legal", "fine"))["last_day"] == "2026-09-29"
    await town.until("2026-09-22 10:00")
    await main.take("lawyer", "fine", "legal_review", passed=True, opinion="程序合法")
    leaders = {"participants": ["chief", "deputy", "head"], "held_at": town.now.isoformat()}
    await main.take("deputy", "fine", "discuss", **leaders, conclusion="同意处罚")
    await main.take("wang", "fine", "submit_decision")
    assert await main.clock("fine", "approval.decide") == ("2026-09-24", "running")
    await town.until("2026-09-23 10:00")
    heavier = await main.step("head", "fine", "decide", **PENALTY, amount=90_000)
    refused(heavier, 409, "requirement_missing", "penalty.not_heavier")
    await approved(main, "fine", "head", "deputy", "decide", **PENALTY, amount=80_000)
    assert await main.clock("fine", "penalty.decide") == ("2026-12-02", "met")
    assert await main.clock("fine", "service.after_decision") == ("2026-10-10", "running")
    assert await main.clock("fine", "publish.penalty") == ("2026-10-10", "running")
    await town.until("2026-09-24 10:00")
    await main.serve("wang", "fine", "serve_decision")
    assert await main.clock("fine", "fine.pay") == ("2026-10-09", "running")
    assert await main.clock("fine", "reconsider") == ("2026-11-23", "running")
    assert await main.clock("fine", "litigate") == ("2027-03-24", "running")


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


async def closure_requested(story: Story) -> None:
    """提请关闭: the bureau asks, after notice, waived hearing, review and discussion; it never decides."""
    town, main = story.town, story.main
    waiting = await main.inbox("wang", "proposal.answer", "closure")
    assert (waiting["proposal"]["facts"], waiting["last_day"]) == ({"closure_ground": 1}, "2026-11-17")
    await town.until("2026-11-13 10:00")
    ground = {"ground": "unfit_after_rectification", "proposal": waiting["proposal"]["key"]}
    await main.proposed("wang", "closure", **TWO, **ground)
    assert await main.clock("closure", "approval.decide") == ("2026-11-17", "running")
    await town.until("2026-11-16 10:00")
    await approved(main, "closure", "head", "deputy")
    assert await main.clock("closure", "prepare") == ("2026-12-16", "running")
    await town.until("2026-11-17 10:00")
    await main.serve("wang", "closure", "serve_notice", facts="整顿后仍不具备条件", basis="第一百一十三条")
    assert await main.clock("closure", "hearing.request") == ("2026-11-24", "running")
    assert await main.clock("closure", "prepare") == ("2026-12-17", "running")
    rash = await main.step("head", "closure", "request_government")
    refused_with(rash, 409, "defence.over")
    await town.until("2026-11-18 10:00")
    await main.take("firm", "closure", "record_defence", waived=True)
    refused_with(await main.step("li", "closure", "submit_review"), 409, "hearing.window_open")
    await main.take("firm", "closure", "waive_hearing")
    await main.take("li", "closure", "submit_review")
    assert await main.clock("closure", "review.legal") == ("2026-11-25", "running")
    await town.until("2026-11-19 10:00")
    await main.take("lawyer", "closure", "legal_review", passed=True, opinion="符合法定情形")
    leaders = {"participants": ["chief", "deputy", "head"], "held_at": town.now.isoformat()}
    await main.take("deputy", "closure", "discuss", **leaders, conclusion="同意提请关闭")
    assert await main.clock("closure", "approval.decide") == ("2026-11-23", "running")
    await town.until("2026-11-20 10:00")
    await approved(main, "closure", "head", "deputy", "request_government")
    assert await main.clock("closure", "closure.decide") == ("2026-12-20", "running")


async def government_decides(story: Story) -> None:
    """The district government decides; the bureau and the deputy mayor cannot."""
    town, main = story.town, story.main
    asked = await main.inbox("mayor", "closure.decide", "closure")
    assert asked["asked"]["ground"]["zh"] == "经停产停业整顿，仍不具备安全生产条件"
    assert {one["step"] for one in asked["answers"]} == {"decide_closure", "decline_closure"}
    await town.until("2026-11-25 10:00", everybody=True)
    decision = {"decision_no": "示政关〔2026〕1号", "decided_on": "2026-11-25"}
    bureau = await main.step("head", "closure", "decide_closure", **decision)
    refused_with(bureau, 403, "authority.decide_closure.role")
    assert [(await one.case())["state"] for one in story.all] == ["SIGNING_OFF", *["OVERDUE"] * 3]
    await approved(main, "closure", "mayor", "vice", "decide_closure", **decision)
    assert (await standing(town))["status"] == "stopped"


async def everything_ends(story: Story) -> None:
    """Through the enterprise's own ledger every open case of it ends, once; the other enterprise's goes on."""
    town, mine = story.town, (story.main, story.late, story.third)
    before = await story.other.events()
    await town.relayed()
    for one in mine:
        assert (await one.case())["state"] == ENDED
        assert [entry["event"] for entry in await one.events()].count("enterprise_closed") == 1
    found = await standing(town, "mayor")
    assert (found["status"], found["closure"]["decision_no"]) == ("closed", "示政关〔2026〕1号")
    assert (await town.told("e-a")).count("closed_by_government") == 1
    assert await town.relayed() == 0
    assert await story.other.events() == before
    assert (await story.other.case())["state"] == "OVERDUE"
    assert (await standing(town, enterprise="e-b"))["status"] == "running"
    assert (await story.main.measure("closure"))["state"] == "IN_FORCE"
    assert (await story.late.measure("suspension"))["state"] == "ENDED"


async def nothing_more(story: Story) -> None:
    """An ended case takes no command; the fine it still owes is paid, the closure served and made public, and then its
    workflow ends too."""
    town, main = story.town, story.main
    for matter in (story.late, story.third):
        assert await town.over(matter.case_id) == ENDED
        gone = await matter.give("wang", "record_refusal", **TWO, text="拒绝整改")
        refused(gone, 409, "refused", "case.over")
    again = await main.give("wang", "record_refusal", **TWO, text="拒绝整改")
    refused(again, 409, "transition_not_allowed", "lifecycle.record_refusal")
    late = await main.step("firm", "listing", "report_listed_progress", text="进展")
    refused_with(late, 409, "measure.listing.report_listed_progress.ended")
    anew = await main.propose("wang", "listing")
    refused(anew, 409, "transition_not_allowed", "lifecycle.propose_measure")
    await main.take("wang", "fine", "record_payment", amount=80_000, paid_on="2026-11-25")
    await main.take("wang", "fine", "settle")
    assert (await main.measure("fine"))["outcome"] == "paid"
    assert (await main.clock("closure", "publish.penalty"))[1] == "running"
    await town.until("2026-11-25 15:00")
    await main.serve("wang", "closure", "serve_decision")
    await main.take("wang", "closure", "publish", channel="门户网站", published_at=town.now.isoformat())
    await main.take("wang", "closure", "record_revocation", text="吊销安全生产许可证")
    await main.take("wang", "closure", "record_ban", principal="主要负责人")
    await main.take("wang", "closure", "finish")
    assert await town.over(main.case_id) == ENDED
    assert not town.alarms


async def the_record(story: Story) -> None:
    """What is left of it: proposals on their days, numbered documents, ledgers that prove themselves."""
    town, main = story.town, story.main
    events = await main.events()
    told = [(one["event"], one["facts"], shanghai_time(one["at"])) for one in events]
    assert [(facts["kind"], when) for event, facts, when in told if event == "proposal_raised"] == [
        ("supervision_letter", "08-18 00:00"),
        ("fine", "08-19 00:00"),
        ("warning_talk", "08-24 00:00"),
        ("listing", "08-29 00:00"),
        ("suspension", "09-24 10:00"),
        ("closure", "11-12 10:00"),
    ]
    assert [when for event, _, when in told if event == "deadline_passed"] == ["08-19 00:00"]
    assert [when for event, _, when in told if event == "proposal_escalated"] == [
        "08-22 00:00",
        "08-25 00:00",
        "08-28 00:00",
        "09-02 00:00",
    ]
    papers = ok(await town.get("wang", f"/cases/{main.case_id}/instruments"))["items"]
    assert [one["kind"] for one in papers] == PAPERS
    decided = [one["number"] for one in papers if one["kind"] == "penalty_decision"]
    assert decided == ["（示）应急罚决〔2026〕1号", "（示）应急罚决〔2026〕2号"]
    for check in (verify, verify_enterprises):
        wrong = {one: found async for one, found in check(town.world.database, town.env.client) if found}
        assert not wrong
    described = await town.env.client.get_workflow_handle(case_workflow_id(main.case_id)).describe()
    assert described.raw_info.first_run_id != described.run_id, "it never continued as new"


def shanghai_time(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%m-%d %H:%M")


CHAPTERS = (
    only_signed_messages,
    refusal_takes_service,
    overdue_and_refused,
    talk_held_and_listing,
    fine_prepared,
    fine_decided,
    suspension_prepared,
    hearing,
    suspension_decided,
    corrected_but_not_signed_off,
    resumption_refused,
    closure_requested,
    government_decides,
    everything_ends,
    nothing_more,
    the_record,
)


async def test_from_an_overdue_hazard_to_the_closed_enterprise(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-08-03 10:00"), opening, CHAPTERS)
