"""What the statutes ask of service, filing, deferral, surcharge and the court, from the outside: on skipped time over HTTP.

The town begins on 1 October 2026, the first of seven days off.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.support import ok, refused
from tests.builders import at
from tests.e2e.proceedings import (
    TWO,
    decided,
    moment,
    notified,
    refused_by,
    remedied,
    serve,
    today,
)
from tests.e2e.skipped import Matter, Town, tell


@dataclass
class Story:
    """Fines of e-c of 30,000, decided on 1 October, and a hazard nobody puts right."""

    town: Town
    upheld: Matter
    """Taken to reconsideration, which upholds it."""
    announced: Matter
    """Served by public notice."""
    deferred: Matter
    """Its payment is deferred to the end of May."""
    surcharged: Matter
    """Not paid; a reconsideration ran for three days."""
    unmet: Matter
    """A hazard of e-a whose order ran out on 16 October."""


async def first_of_october(office: Town) -> Story:
    """On the first day of the holidays three of the four decisions are handed over."""
    fines = [Matter(office, await office.opened({"enterprise_id": "e-c"})) for _ in range(4)]
    story = Story(office, *fines, Matter(office, await office.opened()))
    for one in fines:
        await notified(one, "fine", "third", amount=30_000)
        await decided(one, "fine", amount=30_000)
    for one in (story.upheld, story.deferred, story.surcharged):
        await serve(one, "fine", "serve_decision")
        assert await one.clock("fine", "fine.pay") == ("2026-10-16", "running")
    return story


async def each_way_of_serving_has_its_proof(story: Story) -> None:
    """(A16) By public notice: deemed served thirty days after, on 31 October; electronically: with signed consent."""
    town, announced = story.town, story.announced
    now = {"served_at": moment(town)}
    for way, article in (
        ("electronic", "《行政处罚法》第六十一条、《民事诉讼法》第九十条"),
        ("public_notice", "《民事诉讼法》第九十五条"),
        ("post", "《民事诉讼法》第九十一条"),
        ("witnessed_leave", "《民事诉讼法》第八十九条"),
    ):
        unproved = await announced.step("wang", "fine", "serve_decision", service={**now, "method": way})
        refused_by(unproved, f"service.{way}", article)
    notice = await town.photo("wang", announced.case_id, "公告及公告送达原因、经过的记录")
    service = {**now, "method": "public_notice", "evidence": [notice]}
    await announced.take("wang", "fine", "serve_decision", service=service)
    assert await announced.clock("fine", "fine.pay") == ("2026-11-16", "running")
    assert await announced.clock("fine", "reconsider") == ("2026-12-30", "running")


async def a_missed_deadline_asks_for_a_filing(story: Story) -> None:
    """(A14) 应当及时立案: proposed the moment the deadline has passed; the article bounds the amount."""
    town, unmet = story.town, story.unmet
    await town.until("2026-10-16 23:30")
    assert ok(await town.get("wang", f"/cases/{unmet.case_id}/measures"))["proposals"] == []
    await town.until("2026-10-17 10:00")
    proposals = ok(await town.get("wang", f"/cases/{unmet.case_id}/measures"))["proposals"]
    (filing,) = [one for one in proposals if one["kind"] == "fine"]
    assert filing["basis"].startswith("《安全生产法》第一百零二条；《行政处罚法》第五十四条、第七十六条")
    for amount, article, cap, law in (
        (9_000_000, "102", 50_000, "《安全生产法》第一百零二条"),
        (9_000_000, "99.overdue", 200_000, "《安全生产法》第九十九条"),
        (50_001, "102", 50_000, "《安全生产法》第一百零二条"),
    ):
        much = await unmet.propose("wang", "fine", **TWO, amount=amount, article=article)
        assert refused_by(much, "penalty.cap", law)["details"]["cap"] == cap
    await unmet.proposed("wang", "fine", **TWO, amount=50_000, article="102", proposal=filing["key"])


async def demanded_the_day_after(story: Story) -> None:
    """The last day to pay was the sixteenth; the demand gives ten working days."""
    await serve(story.upheld, "fine", "serve_demand")
    assert await story.upheld.clock("fine", "demand.before_court") == ("2026-10-30", "running")


async def deferred_until_the_end_of_may(story: Story) -> None:
    """(A20) 《行政处罚法》第六十六条: asked by the party, decided by the head; not overdue until then."""
    deferred = story.deferred
    early = await deferred.step("head", "fine", "grant_deferral", until_on="2027-05-31", reason="困难")
    assert refused(early, 409, "requirement_missing")["details"]["missing"] == ["ask_deferral"]
    await deferred.take("third", "fine", "ask_deferral", text="确有经济困难")
    assert (await deferred.inbox("head", "deferral.decide", "fine"))["last_day"] == "2026-10-20"
    parts = {"instalments": [{"due_on": "2027-05-31", "amount": 29_999}]}
    short = await deferred.step(
        "head", "fine", "grant_deferral", until_on="2027-05-31", reason="困难", **parts
    )
    refused_by(short, "deferral.amount", "《行政处罚法》第六十六条")
    low = await deferred.step("deputy", "fine", "grant_deferral", until_on="2027-05-31", reason="困难")
    refused_by(low, "authority.grant_deferral.rank", status=403)
    await deferred.take("head", "fine", "grant_deferral", until_on="2027-05-31", reason="确有经济困难")
    assert await deferred.clock("fine", "fine.pay") == ("2027-05-31", "running")


async def a_surcharge_stands_still_while_a_remedy_runs(story: Story) -> None:
    """(A20) 3 % of 30,000 a day from 17 October; three of eleven days a reconsideration was pending; never above the fine."""
    town, surcharged = story.town, story.surcharged
    await town.until("2026-10-27 10:00")
    await remedied(surcharged, "fine", "filed", "2026-10-22")
    await remedied(surcharged, "fine", "withdrawn", "2026-10-24")
    assert await surcharge(surcharged) == (8, 7_200)
    none = await story.deferred.step("head", "fine", "impose_surcharge")
    refused_by(none, "demand.overdue")
    await town.until("2026-12-25 10:00")
    assert (await surcharge(surcharged))[1] == 30_000
    much = await surcharged.step("wang", "fine", "record_payment", amount=60_001, paid_on=today(surcharged))
    assert refused_by(much, "fine.beyond_owed")["details"]["most"] == 60_000


async def surcharge(matter: Matter) -> tuple[int, int]:
    """Days late and yuan of the surcharge imposed today."""
    taken = await matter.take("head", "fine", "impose_surcharge")
    found: dict[str, Any] = taken["events"][0]["facts"]["facts"]
    return found["days"], found["surcharge"]


async def the_court_after_a_reconsideration(story: Story) -> None:
    """(A10) Upheld and received on 25 December: a suit until 11 January, then three months for the court."""
    town, upheld = story.town, story.upheld
    await remedied(upheld, "fine", "filed", "2026-11-20")
    await remedied(upheld, "fine", "upheld", "2026-12-25", received_on="2026-12-25")
    assert await upheld.clock("fine", "litigate.after_reconsideration") == ("2027-01-11", "running")
    town.running = [one for one in town.running if upheld.case_id in one or story.deferred.case_id in one]
    await town.until("2027-01-11 23:00")
    early = await upheld.step("head", "fine", "apply_to_court", text="申请强制执行")
    refused_by(early, "court.window", "《行政强制法》第五十三条")
    await town.until("2027-01-12 10:00")
    assert await upheld.clock("fine", "court.apply_window") == ("2027-04-12", "running")
    await town.until("2027-04-13 10:00")
    town.clients.clear()  # tokens of half a year have ended: everybody signs in anew
    late = await upheld.step("head", "fine", "apply_to_court", text="申请强制执行")
    refused_by(late, "court.window", "《行政强制法》第五十三条")
    lost = {"way": "suit", "event": "upheld", "on": "2027-04-12", "text": "判决驳回诉讼请求"}
    await upheld.take("wang", "fine", "record_remedy", **lost)
    assert await upheld.clock("fine", "court.after_suit") == ("2029-04-12", "running")
    await upheld.take("head", "fine", "apply_to_court", text="申请强制执行")


async def the_court_after_a_deferral(story: Story) -> None:
    """(A20) The time to sue ended on 1 April; the court's three months run from the end of the deferral."""
    town, deferred = story.town, story.deferred
    await town.until("2027-05-31 23:00")
    assert await deferred.clock("fine", "fine.pay") == ("2027-05-31", "running")
    await town.until("2027-06-01 10:00")
    assert await deferred.clock("fine", "fine.pay") == ("2027-05-31", "missed")
    assert await deferred.clock("fine", "court.apply_window") == ("2027-08-31", "running")
    assert not town.alarms


CHAPTERS = (
    each_way_of_serving_has_its_proof,
    a_missed_deadline_asks_for_a_filing,
    demanded_the_day_after,
    deferred_until_the_end_of_may,
    a_surcharge_stands_still_while_a_remedy_runs,
    the_court_after_a_reconsideration,
    the_court_after_a_deferral,
)


async def test_service_filing_money_and_the_court(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-10-01 10:00"), first_of_october, CHAPTERS)
