"""The closure (提请关闭): asked for, decided by the government, and what it ends."""

from __future__ import annotations

from tests.api.support import refused
from tests.e2e.escalation.story import ENDED, TWO, Story, approved, refused_with, standing


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
