"""Rehearsals over HTTP: who may ask, what is handed over, what is refused; bounded in number and time, writing nothing."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from typing import Any

import pytest

from ledger import tables
from models.explain import Label
from models.rehearsal import Rehearsal, RehearsalEnd, RehearsalRequest
from services.limits import Limits
from services.rehearsals import rehearser
from services.rehearsals.rehearser import Rehearser
from tests.api.support import Office, ok, refused

pytestmark = pytest.mark.slow

KEPT = (
    tables.case_events,
    tables.cases,
    tables.case_tasks,
    tables.notices,
    tables.contents,
    tables.idempotency_keys,
    tables.instruments,
)


class Stage:
    """A rehearsal that only remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[RehearsalRequest] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, asked: RehearsalRequest) -> Rehearsal:
        self.asked.append(asked)
        await self.open.wait()
        end = RehearsalEnd(
            state="ORDERED", state_label=Label(zh="已责令整改", en="ordered"), over=False, tasks=(), clocks=()
        )
        return Rehearsal(
            case_id="c",
            first_day=date(2026, 11, 20),
            last_day=date(2026, 11, 21),
            assumptions=(),
            days=(),
            end=end,
        )


async def rehearse(office: Office, who: str, case_id: str, /, lang: str = "zh", **body: Any) -> Any:
    client = await office.person(who)
    path = f"/api/v1/cases/{case_id}/rehearsals"
    return await client.post(path, json=body, headers={"Accept-Language": lang})


async def everything(office: Office) -> list[Any]:
    return [await office.world.rows(table) for table in KEPT]


async def test_who_may_ask_and_what_is_handed_over(office: Office) -> None:
    stage = office.world.services.rehearse = Stage()
    case_id = await office.case()
    await office.proposed(case_id, "supervision_letter")
    before = await everything(office)
    for who in ("wang", "chief", "mayor", "office", "lawyer", "u-auditor"):
        told = ok(await rehearse(office, who, case_id, assumptions={"rectify": "never"}))
        assert (told["from"], told["to"]) == ("2026-11-20", "2026-11-21")
    for who in ("firm", "town"):
        refused(await rehearse(office, who, case_id), 403, "not_authorised", "rehearsal.roles")
    asked = stage.asked[0]
    (row,) = [one for one in await office.world.rows(tables.cases) if one["case_id"] == case_id]
    assert asked.carried["case"] == row["doc"]
    assert set(asked.carried["rules"]) == {"policy", "calendar"}  # type: ignore[call-overload]
    assert (asked.days, asked.assumptions, asked.number) == (90, ("rectify=never",), row["number"])
    assert await everything(office) == before, "nothing is written"
    lines = [one for one in await office.world.audit() if one["action"] == "rehearse"]
    assert [(one["outcome"], one["case_id"]) for one in lines] == [("success", case_id)] * 6 + [
        ("refused", case_id)
    ] * 2
    assert lines[0]["details"] == {"days": 90, "assumptions": {"rectify": "never"}}


@pytest.mark.parametrize(
    "body",
    [{"days": 0}, {"days": 366}, {"day": 3}, {"assumptions": {"rectify": ""}}, {"assumptions": ["x=y"]}],
)
async def test_malformed_questions(office: Office, body: dict[str, Any]) -> None:
    office.world.services.rehearse = Stage()
    refused(await rehearse(office, "wang", await office.case(), **body), 422, "malformed", "api.schema")


async def test_beyond_two_at_once_the_answer_is_429(office: Office) -> None:
    stage = office.world.services.rehearse = Stage()
    office.world.services.limits = Limits(rehearsals=2)
    case_id = await office.case()
    stage.open.clear()
    running = [asyncio.create_task(rehearse(office, "wang", case_id)) for _ in range(2)]
    while len(stage.asked) < 2:  # noqa: ASYNC110  a counter, not an event
        await asyncio.sleep(0.01)
    answer = await rehearse(office, "chief", case_id)
    refused(answer, 429, "too_many_requests", "limits.rehearsals_in_flight")
    assert int(answer.headers["retry-after"]) > 0
    stage.open.set()
    assert [one.status_code for one in await asyncio.gather(*running)] == [200, 200]
    ok(await rehearse(office, "chief", case_id))


@pytest.mark.parametrize(
    ("program", "rule"),
    [
        ("import time; time.sleep(60)", "rehearsal.time"),
        (
            "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
            "rehearsal.time",
        ),
        ("print('no answer')", "rehearsal.process"),
        ("raise SystemExit(3)", "rehearsal.process"),
        (
            'print(\'{"error": {"code": "cannot_start", "zh": "没有程序", "en": "no program", "rule": "r"}}\')',
            "r",
        ),
    ],
)
async def test_a_rehearsal_that_does_not_answer_is_503_and_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch, program: str, rule: str
) -> None:
    monkeypatch.setattr(rehearser, "_GRACE", 0.2)
    office.world.services.rehearse = Rehearser(seconds=0.8, command=(sys.executable, "-c", program))
    problem = refused(await rehearse(office, "wang", await office.case()), 503, "engine_unavailable", rule)
    assert problem["detail"]


@pytest.mark.timeout(120)
async def test_the_production_workflow_tells_what_would_come(office: Office) -> None:
    case_id = await office.case()
    before = await everything(office)
    told = ok(await rehearse(office, "wang", case_id, days=60, assumptions={"enterprise": "never"}))
    assert told["case_id"] == case_id
    assert told["number"].startswith("（示）应急患")
    kinds = {one["kind"] for day in told["days"] for one in day["happenings"]}
    assert {"fell_due", "proposed"} <= kinds
    assert [day["date"] for day in told["days"]] == sorted(day["date"] for day in told["days"])
    assert told["end"]["state"] == "OVERDUE"
    assert await everything(office) == before
    for lang, words in (("zh", "假定"), ("en", "assum")):
        problem = refused(
            await rehearse(office, "wang", case_id, lang, assumptions={"weather": "fine@due"}),
            422,
            "malformed",
        )
        assert words in problem["detail"], problem
