"""Deadlines on skipped time, across the 2026 National Day holiday (国庆节), on exactly the right days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.clocks import SHANGHAI
from tests.builders import CHIEF, FIRM, WANG, ZHAO, at, findings, opening, order, served
from tests.workflows.engine import Engine


def days(entries: Any, event: str, key: str = "rectify") -> list[str]:
    return [
        entry.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        for entry in entries
        if entry.event == event and key in entry.data.get("keys", [key])
    ]


async def ordered(engine: Engine, start: str, deadline: int = 15) -> str:
    now = at(start)
    reply = await engine.open(opening(now=now, order=order(deadline), service=served(now)))
    return reply.case_id


async def test_left_alone_across_national_day(engine: Engine, shifted: Any) -> None:
    """15 days from 22 September end on 7 October, a holiday: the last day is 8 October, and not one day earlier."""
    shifted(at("2026-09-22 10:00"))
    case = await ordered(engine, "2026-09-22 10:00")
    await engine.until(case, at("2026-10-20 12:00"))
    entries = await engine.ledger(case)
    assert days(entries, "reminded") == ["10-01 09:00", "10-05 09:00", "10-07 09:00", "10-08 09:00"]
    assert days(entries, "deadline_passed") == ["10-09 00:00"]
    assert days(entries, "digested") == ["10-09 09:00", "10-15 09:00"]


async def test_extension_moves_the_deadline_by_what_was_granted(engine: Engine, shifted: Any) -> None:
    shifted(at("2026-09-01 10:00"))
    case = await ordered(engine, "2026-09-01 10:00", 20)
    await engine.give(
        case, "request_extension", FIRM, days=10, reason="备件未到", interim_measures="停用设备"
    )
    await engine.give(case, "grant_extension", CHIEF, days=7)
    snapshot = await engine.handle(case).query("snapshot", result_type=dict)
    assert snapshot["case"]["clocks"]["rectify"]["last_day"] == "2026-09-28"


async def test_a_pause_adds_the_whole_days_it_took(engine: Engine, shifted: Any) -> None:
    shifted(at("2026-09-01 10:00"))
    case = await ordered(engine, "2026-09-01 10:00", 10)
    await engine.give(case, "pause", CHIEF, ground="appraisal", reason="等待鉴定")
    await engine.until(case, at("2026-09-20 10:00"))
    assert "deadline_passed" not in await engine.told(case)
    resumed = await engine.give(case, "resume", CHIEF)
    assert resumed.state == "ORDERED"
    entries = await engine.ledger(case)
    rectify = next(c for c in entries[-1].data["clocks"] if c["key"] == "rectify")
    assert (entries[-1].data["added_days"], rectify["added"]) == (19, [19])
    await engine.until(case, at("2026-10-01 12:00"))
    assert "deadline_passed" in await engine.told(case)


async def test_look_back_that_finds_it_again_reopens_it_with_its_history(
    engine: Engine, shifted: Any
) -> None:
    shifted(at("2026-09-01 10:00"))
    case = await ordered(engine, "2026-09-01 10:00")
    await engine.give(case, "signal_completion", FIRM, text="完成", evidence=["photo"])
    await engine.give(case, "reinspect", WANG, officers=["wang", "li"], findings=findings(True, True))
    await engine.give(case, "sign_off", CHIEF)
    await engine.pass_time(case, at("2026-10-05 10:00") - engine.now(case))
    reply = await engine.give(
        case, "record_look_back", ZHAO, officers=["zhao", "wang"], recurred=True, items=[2], text="又积尘"
    )
    assert reply.state == "RECURRED"
    await engine.give(case, "issue_order", WANG, order=order(10, order_id="r-2"))
    reply = await engine.give(
        case, "serve_order", WANG, service=served(engine.now(case) - timedelta(minutes=5))
    )
    assert reply.state == "ORDERED"
    told = await engine.told(case)
    assert told.count("order_served") == 2
    assert "signed_off" in told
    assert "recurred" in told
