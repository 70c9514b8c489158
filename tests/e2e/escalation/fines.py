"""The fine (罚款): prepared, decided when nobody asked for a hearing, published."""

from __future__ import annotations

from tests.api.support import refused
from tests.e2e.escalation.story import HEARING_LAW, PENALTY, TWO, Story, approved


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
