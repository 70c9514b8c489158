"""From the order to the talk and the listing (约谈、挂牌督办): what is proposed, asked again, and done."""

from __future__ import annotations

from tests.api.support import ok, refused
from tests.e2e.escalation.story import FINE_LAW, TWO, Story, approved, shanghai
from tests.e2e.skipped import Matter


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
