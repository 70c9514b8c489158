"""What the statute asks of fines by the day (按日连续处罚), from the outside: on skipped time over HTTP.

The days are those of 2026: Mid-Autumn on 25 September and National Day from 1 to 7 October are days off, Sunday
20 September and Saturday 10 October are worked in exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.api.support import ok, refused
from tests.builders import at
from tests.e2e.proceedings import (
    TWO,
    corrected,
    decided,
    fined,
    moment,
    notified,
    publish,
    refused_by,
    remedied,
    serve,
    today,
)
from tests.e2e.skipped import Matter, Town, tell


@dataclass
class Story:
    """Two hazards ordered to be put right on 3 October, each fined 30,000 and refused."""

    town: Town
    soon: Matter
    """Corrected on 14 October."""
    late: Matter
    """Corrected on 15 November."""

    @property
    def both(self) -> tuple[Matter, Matter]:
        return (self.soon, self.late)


async def third_of_october(office: Town) -> Story:
    story = Story(office, *[Matter(office, await office.opened()) for _ in range(2)])
    for one in story.both:
        await one.done("wang", "record_refusal", **TWO, text="拒不改正")
        unfined = await one.propose("wang", "daily_fine", **TWO, amount=30_000)
        refused_by(unfined, "daily_fine.fined", "《安全生产法》第一百一十二条")
        await fined(one, "firm", 30_000)
    return story


async def a_daily_fine_is_heard_reviewed_and_discussed(story: Story) -> None:
    """(A2) 30,000 a day is no small fine: what it comes to is open."""
    await story.town.until("2026-10-08 10:00")
    for one in story.both:
        await notified(one, "daily_fine", "firm", amount=30_000)
        assert await one.clock("daily_fine", "hearing.request") == ("2026-10-14", "running")
        await one.take("firm", "daily_fine", "ask_hearing", text="要求听证")
        pending = await one.step("li", "daily_fine", "submit_review")
        refused_by(pending, "hearing.held", "《行政处罚法》第六十三条、第六十四条、第六十五条")
        await one.take("firm", "daily_fine", "withdraw_hearing", text="不再要求听证")
        unreviewed = await one.step("wang", "daily_fine", "submit_decision")
        refused_by(unreviewed, "review.done", "《行政处罚法》第五十八条")
        await one.take("li", "daily_fine", "submit_review")
        await one.take("lawyer", "daily_fine", "legal_review", passed=True, opinion="程序合法")
        undiscussed = await one.step("wang", "daily_fine", "submit_decision")
        refused_by(undiscussed, "discussion.done", "《行政处罚法》第五十七条")
        leaders = {"participants": ["chief", "deputy", "head"], "held_at": moment(story.town)}
        await one.take("deputy", "daily_fine", "discuss", **leaders, conclusion="同意")
        await decided(one, "daily_fine", amount=30_000)
        await serve(one, "daily_fine", "serve_decision")
        await publish(one, "daily_fine")
        assert "fine.pay" not in [key["key"].rpartition("/")[2] for key in await clocks(one)]
        paid = await one.step("wang", "daily_fine", "record_payment", amount=30_000, paid_on="2026-10-08")
        assert refused(paid, 409, "requirement_missing")["details"]["missing"] == [
            "serve_total",
        ]


async def clocks(matter: Matter, kind: str = "daily_fine") -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await matter.measure(kind))["clocks"]
    return found


async def no_day_counts_after_the_correction(story: Story) -> None:
    """(A3) 拒不改正: from the day after the order to the day the correction was accepted, eleven days."""
    town, soon = story.town, story.soon
    await town.until("2026-10-14 10:00")
    await corrected(soon)
    await town.until("2026-11-03 10:00")
    for days in (("2026-10-04", "2026-11-03"), ("2026-10-03", "2026-10-14"), ("2026-10-04", "2026-10-15")):
        counted = await soon.step("head", "daily_fine", "stop_counting", **count(*days))
        problem = refused_by(counted, "daily_fine.days", "《安全生产法》第一百一十二条")
        found = problem["details"]["earliest"], problem["details"]["latest"]
        assert found == ("2026-10-04", "2026-10-14")
    uncorrected = await story.late.step(
        "head", "daily_fine", "stop_counting", **count("2026-10-04", "2026-11-02")
    )
    refused_by(uncorrected, "daily_fine.correction", "《安全生产法》第一百一十二条")
    await total(soon, "2026-10-14", 11, 330_000)
    assert await soon.clock("daily_fine", "fine.pay") == ("2026-11-18", "running")


def count(from_on: str, until_on: str) -> dict[str, str]:
    return {"from_on": from_on, "until_on": until_on, "text": "核定天数"}


async def total(matter: Matter, until_on: str, days: int, yuan: int) -> None:
    """The total is a decision of its own: document, service, publication; to be paid from that service."""
    told = await matter.take("head", "daily_fine", "stop_counting", **count("2026-10-04", until_on))
    facts = told["events"][0]["facts"]["facts"]
    assert (facts["days"], facts["total"]) == (days, yuan)
    papers = ok(await matter.town.get("wang", f"/cases/{matter.case_id}/instruments"))["items"]
    assert papers[-1]["kind"] == "daily_fine_total"
    await serve(matter, "daily_fine", "serve_total")
    await publish(matter, "daily_fine", "publish_total")
    much = await matter.step("wang", "daily_fine", "record_payment", amount=yuan + 1, paid_on=today(matter))
    refused_by(much, "fine.beyond_owed")


async def forty_three_days(story: Story) -> None:
    """(A2) Corrected on 15 November: 43 days, 1,290,000."""
    town, late = story.town, story.late
    await town.until("2026-11-15 10:00")
    await corrected(late)
    await town.until("2026-11-16 10:00")
    await total(late, "2026-11-15", 43, 1_290_000)
    assert await late.clock("daily_fine", "fine.pay") == ("2026-12-01", "running")
    await late.take("wang", "daily_fine", "record_payment", amount=1_290_000, paid_on="2026-11-16")
    await late.take("wang", "daily_fine", "settle")
    assert (await late.measure("daily_fine"))["outcome"] == "paid"


async def an_outcome_recorded_late(story: Story) -> None:
    """(A18) Annulled on 2 November, recorded on the twentieth: withdrawn by 5 November, and so overdue at once."""
    town, soon = story.town, story.soon
    await town.until("2026-11-20 10:00")
    await remedied(soon, "fine", "filed", "2026-10-10")
    await remedied(soon, "fine", "annulled", "2026-11-02")
    await town.until("2026-11-20 11:00")
    assert await soon.clock("fine", "publish.withdraw") == ("2026-11-05", "missed")
    await soon.take("head", "fine", "annul", reason="行政复议决定撤销")
    assert await soon.clock("fine", "publish.withdraw") == ("2026-11-05", "missed")
    await soon.take("deputy", "fine", "withdraw_publication", reason="行政复议决定撤销")
    assert await soon.clock("fine", "publish.withdraw") == ("2026-11-05", "late")
    assert not town.alarms


CHAPTERS = (
    a_daily_fine_is_heard_reviewed_and_discussed,
    no_day_counts_after_the_correction,
    forty_three_days,
    an_outcome_recorded_late,
)


async def test_fines_by_the_day(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-10-03 10:00"), third_of_october, CHAPTERS)
