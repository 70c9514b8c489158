"""Days that people move, from the outside: an office that takes its time, proposals whose ground is gone, a date of
service put right; on skipped time over HTTP.

The town begins on Monday, 2 November 2026; no day off but weekends lies in the weeks told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.api.support import ok
from tests.api.words import PLAN, passed
from tests.builders import at
from tests.e2e.proceedings import (
    TWO,
    completed,
    major,
    moment,
    refused_by,
    sound,
    suspicion,
)
from tests.e2e.skipped import Matter, Town, tell

SERVICE_LAW = "《民事诉讼法》第八十七条至第九十五条"


@dataclass
class November:
    """The cases of the story, all of e-a, their orders to be carried out by 17 November."""

    town: Town
    graded: Matter
    """Suspected to be major before its deadline, found general after it."""
    planned: Matter
    """A major hazard whose plan waits for its review beyond the deadline."""
    granted: Matter
    """An extension asked in time and granted late."""
    declined: Matter
    """One asked in time and refused late."""
    misdated: Matter
    """Served on 12 November; the second is what is on record."""


async def second_of_november(office: Town) -> November:
    graded, granted, declined = [Matter(office, await office.opened()) for _ in range(3)]
    misdated = Matter(office, await office.opened({"service": None}))
    await misdated.done("wang", "serve_order", service={"served_at": moment(office)})
    return November(office, graded, await major(office), granted, declined, misdated)


async def asked_of_the_office(story: November) -> None:
    """(B6) In time the enterprise asks for more days, files its plan; a suspicion is raised before the deadline."""
    town = story.town
    for one in (story.granted, story.declined):
        asked = {"days": 5, "reason": "设备未到", "interim_measures": "停用"}
        await one.done("firm", "request_extension", **asked)
        assert (await deadline(one))["last_day"] == "2026-11-17"
    await town.until("2026-11-10 10:00")
    await story.planned.done("firm", "file_plan", **PLAN)
    await town.until("2026-11-12 10:00")
    await story.graded.done(
        "wang", "suspect_major", standard=await suspicion(town), reason="发现疑似重大事故隐患"
    )
    assert (await story.graded.case())["state"] == "DETERMINING"


async def deadline(matter: Matter) -> dict[str, Any]:
    clocks = (await matter.case())["clocks"]
    found: dict[str, Any] = next(one for one in clocks if one["key"] == "rectify")
    return found


async def nobody_is_overdue_for_the_office(story: November) -> None:
    """(B6) The last day passes unanswered: no case is overdue, nobody is told so, the ladder proposes nothing."""
    await story.town.until("2026-11-20 10:00")
    for one in (story.graded, story.planned, story.granted, story.declined):
        case = await one.case()
        assert case["state"] != "OVERDUE", case["number"]
        assert (await deadline(one))["status"] == "held", case["number"]
        events = [entry["event"] for entry in await one.events()]
        assert "deadline_passed" not in events
        assert "proposal_raised" not in events
    waiting = await story.town.get("chief", "/approvals", limit=100)
    answers = {(one["case_id"], one["key"]) for one in ok(waiting)["items"]}
    for one in (story.granted, story.declined):
        assert any(case_id == one.case_id and "extension.answer" in key for case_id, key in answers)


async def the_days_of_the_office_are_added(story: November) -> None:
    """(B6) Answered on 20 November, each has its own days left, and becomes overdue the day after the last of them."""
    town = story.town
    await story.graded.done("chief", "determine_grade", grade="general", reason="不属于重大事故隐患")
    await story.planned.done("chief", "accept_plan")
    await story.granted.done("chief", "grant_extension", days=5)
    await story.declined.done("chief", "refuse_extension", reason="不予延期")
    days = {
        "graded": "2026-11-25",  # 17 November and the eight days of determining
        "planned": "2026-11-27",  # 17 November and the ten days of review
        "granted": "2026-11-25",  # 17 November, the five days granted and the three waited, in one sum
        "declined": "2026-11-20",  # 17 November and the three days waited
    }
    for name, last_day in days.items():
        found = await deadline(getattr(story, name))
        assert (name, found["last_day"], found["status"]) == (name, last_day, "running")
    await completed(story.declined)
    await town.until("2026-11-25 23:30")
    assert (await story.graded.case())["state"] == "ORDERED"
    await town.until("2026-11-26 10:00")
    assert (await story.graded.case())["state"] == "OVERDUE"
    assert (await story.planned.case())["state"] != "OVERDUE"


async def proposals(matter: Matter) -> list[str]:
    found = ok(await matter.town.get("wang", f"/cases/{matter.case_id}/measures"))["proposals"]
    return [one["kind"] for one in found]


async def lapsed(matter: Matter) -> list[str]:
    """The kinds of the proposals of which an entry says that their ground is gone."""
    return [one["facts"]["kind"] for one in await matter.events() if one["event"] == "proposal_lapsed"]


async def awaited(matter: Matter, who: str) -> list[str]:
    """What of the case waits in somebody's inbox."""
    items = ok(await matter.town.get(who, "/approvals", limit=100))["items"]
    return [one["key"] for one in items if one["case_id"] == matter.case_id]


async def a_date_of_service_is_put_right(story: November) -> None:
    """(B17) Served on the twelfth and recorded as of the second: overdue for nothing, and told so."""
    town, misdated = story.town, story.misdated
    await town.until("2026-11-18 10:00")
    assert (await misdated.case())["state"] == "OVERDUE"
    assert await proposals(misdated) == ["fine"]
    right = {"what": "service", "service": {"served_at": "2026-11-12T10:00:00+08:00"}}
    unexplained = await misdated.give("wang", "correct", **right)
    refused_by(unexplained, "api.schema", status=422)
    right["reason"] = "送达日期误填"
    foreign = await misdated.give("firm", "correct", **right)
    refused_by(foreign, "correct.stands")
    early = right | {"service": {"served_at": "2026-11-01T10:00:00+08:00"}}
    refused_by(await misdated.give("wang", "correct", **early), "service.after_issue", SERVICE_LAW)
    (served,) = [one["seq"] for one in await misdated.events() if one["event"] == "order_served"]
    await misdated.done("wang", "correct", **right)
    case = await misdated.case()
    assert (case["state"], case["deadline"]["last_day"]) == ("ORDERED", "2026-11-27")
    entries = {one["event"]: one for one in await misdated.events()}
    assert entries["service_corrected"]["facts"]["corrects"] == served
    assert entries["service_corrected"]["texts"]["reason"] == "送达日期误填"
    told = ok(await town.get("firm", f"/cases/{misdated.case_id}/events"))["items"]
    assert {"service_corrected", "overdue_withdrawn_unbegun"} <= {one["event"] for one in told}
    order = ok(await town.get("firm", f"/orders/{case['order_id']}"))
    assert order["served_at"] == "2026-11-12T02:00:00Z"
    assert order["items"][0]["deadline_at"] == case["deadline"]["due_at"]
    assert (await proposals(misdated), await lapsed(misdated)) == ([], ["fine"])


async def a_completion_is_taken_back(story: November) -> None:
    """(B17) By who signalled it, while nobody has answered it."""
    misdated = story.misdated
    await completed(misdated)
    back = {"what": "completion", "reason": "误报"}
    refused_by(await misdated.give("wang", "correct", **back), "authority.correct.role", status=403)
    await misdated.done("firm", "correct", **back)
    assert (await misdated.case())["state"] == "RECTIFYING"
    assert (await deadline(misdated))["last_day"] == "2026-11-27"
    refused_by(await misdated.give("firm", "correct", **back), "correct.stands")


async def a_proposal_ends_with_its_ground(story: November) -> None:
    """(B4) Overdue, then corrected: what the ladder proposed closes with an entry and waits for nobody."""
    town, graded = story.town, story.graded
    await town.until("2026-11-27 10:00")
    assert await proposals(graded) == ["fine", "supervision_letter"]
    assert len(await awaited(graded, "wang")) == 2
    await completed(graded)
    assert await lapsed(graded) == []
    await graded.done("wang", "reinspect", **TWO, findings=passed(1))
    assert (await proposals(graded), await lapsed(graded)) == ([], ["fine", "supervision_letter"])
    assert await awaited(graded, "wang") == []
    await graded.done("chief", "sign_off")
    await town.until("2026-12-10 10:00")
    events = [one["event"] for one in await graded.events()]
    assert "proposal_escalated" not in events
    await sound(town)
    assert not town.alarms


CHAPTERS = (
    asked_of_the_office,
    a_date_of_service_is_put_right,
    a_completion_is_taken_back,
    nobody_is_overdue_for_the_office,
    the_days_of_the_office_are_added,
    a_proposal_ends_with_its_ground,
)


async def test_days_that_people_move(database_url: str, tmp_path: Path) -> None:
    await tell(database_url, tmp_path, at("2026-11-02 10:00"), second_of_november, CHAPTERS)
