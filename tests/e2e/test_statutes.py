"""What the statutes ask of remedies, seals, stops and the counter, from the outside: on skipped time over HTTP.

The days are those of 2026: Mid-Autumn on 25 September and National Day from 1 to 7 October are days off, Sunday
20 September and Saturday 10 October are worked in exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.api.support import ok, refused
from tests.builders import at
from tests.e2e.proceedings import (
    OTHERS,
    TWO,
    fined,
    major,
    major_corrected,
    moment,
    paid,
    refused_by,
    remedied,
    serve,
    standing,
)
from tests.e2e.skipped import Matter, Town, tell

CLOSURE_LAW = "《安全生产法》第一百一十三条"
COURT_LAW = "《行政强制法》第四十条"


@dataclass
class Story:
    """The cases of the story: fines of e-c, a seal, a stop and small fines of e-a."""

    town: Town
    annulled: Matter
    """Fined 30,000; the fine is annulled before any demand."""
    demanded: Matter
    """The same, demanded before it is annulled."""
    changed: Matter
    """The same; it is changed to 20,000 after the demand."""
    sealed: Matter
    extended: Matter
    stopped: Matter
    """A major hazard under an interim stop."""
    small: Matter
    """A general hazard of the same enterprise, with small fines."""

    @property
    def fines(self) -> tuple[Matter, ...]:
        return (self.annulled, self.demanded, self.changed)


async def first_of_september(office: Town) -> Story:
    fines = [Matter(office, await office.opened({"enterprise_id": "e-c"})) for _ in range(3)]
    seals = [Matter(office, await office.opened()) for _ in range(2)]
    story = Story(office, *fines, *seals, await major(office), Matter(office, await office.opened()))
    for one in story.fines:
        await fined(one, "third", 30_000)
        assert await one.clock("fine", "fine.pay") == ("2026-09-16", "running")
    for one in seals:
        await one.proposed("wang", "seal", **TWO, object="喷漆房")
        await one.take("head", "seal", "approve")
        served = {"service": {"served_at": moment(office)}, "inventory": "清单", "text": "现场笔录"}
        await one.take("wang", "seal", "execute", **TWO, **served)
        assert await one.clock("seal", "seizure") == ("2026-10-01", "running"), "30 days, holiday or not"
    return story


async def only_a_major_hazard_is_stopped_at_once(story: Story) -> None:
    """(A6) 《安全生产法》第六十五条: 重大事故隐患排除前或者排除过程中无法保证安全的."""
    town = story.town
    stop = {**TWO, "scope": "whole", "object": "涂装车间", "service": {"served_at": moment(town)}}
    general = await story.small.propose("wang", "interim_stop", **stop)
    refused_by(general, "interim_stop.major", "《安全生产法》第六十五条")
    await story.stopped.proposed("wang", "interim_stop", **stop)
    await town.kept("e-a")
    assert (await standing(town, "e-a", "firm"))["status"] == "stopped"


async def nothing_without_its_ground(story: Story) -> None:
    """(A8, A22) A referral for refusal takes a refusal on record; a bad-faith listing takes a penalty."""
    crime = "《刑法》第一百三十四条之一、法释〔2022〕19号第三条"
    refusal = {**TWO, "ground": "refused_stop"}
    general = await story.small.propose("wang", "criminal_referral", **refusal)
    refused_by(general, "referral.major", crime)
    unrefused = await story.stopped.propose("wang", "criminal_referral", **refusal)
    refused_by(unrefused, "refusal.shown", crime)
    listing = {"ground": "evades_penalty", "industry": "machinery"}
    unpunished = await story.small.propose("wang", "bad_faith", **listing)
    refused_by(unpunished, "bad_faith.penalised", "应急管理部令第11号第三条")


async def an_unconfirmed_stop_is_overdue_and_in_force(story: Story) -> None:
    """(A5) Twenty-four hours bind the officer; the stop holds until it is revoked or work may resume."""
    town, stopped = story.town, story.stopped
    assert await stopped.clock("interim_stop", "urgent_measure.report") == ("2026-09-02", "running")
    assert await stopped.clock("interim_stop", "interim_stop.max") == ("2027-03-01", "running")
    await town.until("2026-09-02 15:00")
    assert await stopped.clock("interim_stop", "urgent_measure.report") == ("2026-09-02", "missed")
    assert (await stopped.measure("interim_stop", "firm"))["state"] == "IN_FORCE"
    assert (await standing(town, "e-a"))["status"] == "stopped"
    for who in ("head", "mayor"):
        told = ok(await town.get(who, "/notices", limit=100))["items"]
        keys = [one["clock"] for one in told if one["case_id"] == stopped.case_id]
        assert any("urgent_measure.report" in (key or "") for key in keys), who
    assert (await stopped.inbox("head", "urgent_measure.report", "interim_stop"))["last_day"] == "2026-09-02"
    refused(await stopped.step("wang", "interim_stop", "confirm"), 403, "not_authorised")
    await stopped.take("head", "interim_stop", "confirm")
    assert await stopped.clock("interim_stop", "urgent_measure.report") == ("2026-09-02", "late")
    taken_back = await stopped.step("head", "interim_stop", "revoke", reason="撤销")
    refused_by(taken_back, "urgent.confirmed", "《安全生产法》第六十五条")


async def work_resumes_after_the_hazard_is_gone(story: Story) -> None:
    """(A7) A site review alone does not lift an interim stop: every item has passed first."""
    town, stopped = story.town, story.stopped
    await town.until("2026-09-03 10:00")
    await stopped.take("firm", "interim_stop", "apply_resumption", text="申请恢复生产")
    assert await stopped.clock("interim_stop", "resume.site_review.within") == ("2026-09-13", "running")
    review = {**OTHERS, "passed": True, "text": "现场符合"}
    await stopped.take("zhao", "interim_stop", "review_resumption", **review)
    early = refused_by(await stopped.step("head", "interim_stop", "approve_resumption"), "measure.items")
    assert early["article"].startswith("《安全生产法》第六十五条")
    assert early["details"]["items"] == [1]
    assert (await standing(town, "e-a"))["status"] == "stopped"
    await town.until("2026-09-04 10:00")
    await major_corrected(stopped)
    await stopped.take("head", "interim_stop", "approve_resumption")
    assert (await stopped.measure("interim_stop", "firm"))["outcome"] == "resumed"


async def the_counter_counts_the_unit(story: Story) -> None:
    """(A9) 生产经营单位…受到行政处罚: fines of a person are none, and an accident must be a grave one; (A13) none is fined
    twice for the same."""
    town, small, stopped = story.town, story.small, story.stopped
    for no in range(3):
        person = {"target": "person", "article": "98", "new_violation": f"新的违法行为{no}"}
        await fined(small, "firm", 5_000, **person)
        await paid(small, 5_000)
    assert await counted(town) == (0, False, None)
    happened = {"happened_at": town.now.isoformat(), "stop": False, "text": "事故"}
    larger = {**happened, "gravity": "larger"}
    ok(await town.post("wang", "/enterprises/e-a/commands/record_accident", larger))
    for ground in ("counter", "accident"):
        asked = await small.propose("wang", "closure", **TWO, ground=ground)
        refused_by(asked, "closure.ground", CLOSURE_LAW)
    for no in range(3):
        await fined(small, "firm", 10_000, new_violation=f"又一违法行为{no}")
        await paid(small, 10_000)
        assert (await counted(town))[0] == no + 1
    again = await small.propose("wang", "fine", **TWO, amount=10_000)
    refused_by(again, "penalty.once", "《行政处罚法》第二十九条")
    found = await standing(town, "e-a")
    assert found["major_cases"] == [stopped.case_id]
    assert await counted(town) == (3, True, "short")


async def counted(town: Town) -> tuple[int, bool, str | None]:
    """Of the short window: how many, whether it is full; and which window the open flag was raised for."""
    found = await standing(town, "e-a")
    short = next(one for one in found["windows"] if one["window"] == "short")
    flag = found["closure_flag"]
    return short["counted"], short["full"], flag["window"] if flag else None


async def a_hazard_signed_off_is_no_ground(story: Story) -> None:
    """(A9) Who has no major hazard any more is not closed for having had one, whatever look-backs are to come."""
    town, small, stopped = story.town, story.small, story.stopped
    await stopped.done("head", "sign_off")
    found = await standing(town, "e-a")
    assert (found["major_cases"], found["closure_flag"]["status"]) == ([], "dropped")
    assert (await stopped.case())["state"] == "SIGNED_OFF"
    asked = await small.propose("wang", "closure", **TWO, ground="counter")
    refused_by(asked, "closure.ground", CLOSURE_LAW)


async def demanded_in_time(story: Story) -> None:
    """Two of the fines are demanded the day after the last day to pay; all three go to reconsideration."""
    town = story.town
    await town.until("2026-09-17 10:00")
    for one in (story.demanded, story.changed):
        await serve(one, "fine", "serve_demand")
        assert await one.clock("fine", "demand.before_court") == ("2026-10-08", "running")
    await town.until("2026-09-21 10:00")
    for one in story.fines:
        await remedied(one, "fine", "filed", "2026-09-18")


async def a_term_ends_on_its_day(story: Story) -> None:
    """(A4) 不得超过三十日: no holiday lengthens a seal; extended in time it has thirty days more, else it is released."""
    town, sealed, extended = story.town, story.sealed, story.extended
    await town.until("2026-09-30 10:00")
    await extended.take("head", "seal", "extend", reason="情况复杂")
    assert await extended.clock("seal", "seizure.extension") == ("2026-10-31", "running")
    await town.until("2026-10-01 23:30")
    assert await sealed.clock("seal", "seizure") == ("2026-10-01", "running")


async def outcomes_of_the_first_of_october(story: Story) -> None:
    """(A1) Two fines are annulled, one is changed to 20,000."""
    for one in (story.annulled, story.demanded):
        await remedied(one, "fine", "annulled", "2026-10-01")
        assert await one.clock("fine", "publish.withdraw") == ("2026-10-10", "running")
    await remedied(story.changed, "fine", "changed", "2026-10-01", amount=20_000)
    assert await story.changed.clock("fine", "litigate.after_reconsideration") == ("2026-10-16", "running")
    assert (await standing(story.town, "e-c"))["penalties"][0]["case_id"] == story.changed.case_id


async def an_expired_seal_is_released_at_once(story: Story) -> None:
    """(A4, A19) After its last day nothing is left but to release it, and everybody hears of it."""
    town, sealed = story.town, story.sealed
    await town.until("2026-10-02 10:00")
    assert await sealed.clock("seal", "seizure") == ("2026-10-01", "missed")
    late = await sealed.step("head", "seal", "extend", reason="情况复杂")
    assert refused_by(late, "seal.extend", "《行政强制法》第二十五条")["details"]["last_day"] == "2026-10-01"
    used = await sealed.step("head", "seal", "dispose", reason="没收")
    refused_by(used, "seal.term", "《行政强制法》第二十七条、第二十八条")
    assert (await sealed.measure("seal"))["state"] == "IN_FORCE"
    for who in ("wang", "chief", "deputy", "head"):
        told = ok(await town.get(who, "/notices", limit=100))["items"]
        assert any(one["case_id"] == sealed.case_id and one["clock"] == "m1/seizure" for one in told), who
    await sealed.take("head", "seal", "release", reason="期限届满")
    assert await sealed.clock("seal", "seizure") == ("2026-10-01", "late")


async def an_annulled_seal_is_none(story: Story) -> None:
    """(A1) From the recorded annulment on nothing is done on it, and the enterprise is not under it."""
    town, extended = story.town, story.extended
    assert extended.case_id in [one["case_id"] for one in (await standing(town, "e-a"))["why"]]
    await remedied(extended, "seal", "filed", "2026-09-30")
    await remedied(extended, "seal", "annulled", "2026-10-02")
    assert await extended.clock("seal", "seizure.extension") == ("2026-10-31", "stopped")
    for step in ("release", "dispose"):
        refused_by(await extended.step("head", "seal", step, reason="处理"), "remedy.struck", COURT_LAW)
    found = await standing(town, "e-a", "firm")
    assert (found["status"], found["why"]) == ("running", [])
    await extended.take("head", "seal", "annul", reason="行政复议决定撤销")
    assert (await extended.measure("seal", "firm"))["outcome"] == "annulled"


async def nothing_annulled_is_enforced(story: Story) -> None:
    """(A1) Neither demanded nor brought before the court; what was changed is, in its new amount only."""
    town, annulled, demanded, changed = story.town, story.annulled, story.demanded, story.changed
    await town.until("2026-10-30 10:00")
    service = {"service": {"served_at": moment(town)}}
    for one, step, form in (
        (annulled, "serve_demand", service),
        (annulled, "impose_surcharge", {}),
        (annulled, "record_payment", {"amount": 30_000, "paid_on": "2026-10-30"}),
        (annulled, "ask_deferral", {"text": "申请暂缓"}),
        (demanded, "apply_to_court", {"text": "申请强制执行"}),
    ):
        who = "head" if step in ("impose_surcharge", "apply_to_court") else "wang"
        problem = refused_by(await one.step(who, "fine", step, **form), "remedy.struck", COURT_LAW)
        assert "2026-10-01" in problem["detail"]
    old = await changed.step("head", "fine", "apply_to_court", text="申请强制执行")
    refused_by(old, "court.demand_changed", "《行政强制法》第五十四条")
    more = await changed.step("wang", "fine", "record_payment", amount=20_001, paid_on="2026-10-30")
    assert refused_by(more, "fine.beyond_owed")["details"]["most"] == 20_000
    again = await serve(changed, "fine", "serve_demand")
    assert again["events"][0]["facts"]["facts"]["amount"] == 20_000
    assert await changed.clock("fine", "demand.before_court") == ("2026-11-13", "running")
    assert await changed.clock("fine", "court.apply_window") == ("2027-01-18", "running")
    await town.until("2026-11-16 10:00")
    await changed.take("head", "fine", "apply_to_court", text="申请强制执行")
    for one in (annulled, demanded):
        await one.take("head", "fine", "annul", reason="行政复议决定撤销")
        assert (await one.measure("fine"))["outcome"] == "annulled"
    assert not town.alarms


CHAPTERS = (
    only_a_major_hazard_is_stopped_at_once,
    nothing_without_its_ground,
    an_unconfirmed_stop_is_overdue_and_in_force,
    work_resumes_after_the_hazard_is_gone,
    the_counter_counts_the_unit,
    a_hazard_signed_off_is_no_ground,
    demanded_in_time,
    a_term_ends_on_its_day,
    outcomes_of_the_first_of_october,
    an_expired_seal_is_released_at_once,
    an_annulled_seal_is_none,
    nothing_annulled_is_enforced,
)


async def test_remedies_stops_and_the_counter(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-09-01 10:00"), first_of_september, CHAPTERS)
