"""The case list over HTTP: filters, search, orders, pages, bookmarks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.support import Office, finding, numbers, ok, opened, refused


async def test_an_empty_list_is_a_list(office: Office) -> None:
    assert ok(await office.get("third", "/cases")) == {"items": [], "next": None}


async def stock(office: Office) -> dict[str, str]:
    """Cases of every kind the filters tell apart; numbers by name."""
    found = await office.inspected(
        finding(title="粉尘清扫不及时", risk_colour="red", deadline_days=5),
        finding(title="安全通道堵塞", deadline_days=20),
    )
    named = {"five": found["cases"][0]["number"], "twenty": found["cases"][1]["number"]}
    office.world.clock.pass_(minutes=1)
    lead = await opened(
        office, "office", enterprise_id="e-c", title="冷库氨气泄漏 100% 未处置", requirements=["核实"]
    )
    return named | {"tip": lead["number"]}


async def test_filters(office: Office) -> None:
    named = await stock(office)
    for query, names in (
        ({}, ["five", "tip", "twenty"]),
        ({"state": "REPORTED"}, ["tip"]),
        ({"state": ["REPORTED", "ORDERED"]}, ["five", "tip", "twenty"]),
        ({"grade": "major"}, []),
        ({"enterprise": "e-a"}, ["five", "twenty"]),
        ({"territory": "t-west"}, ["tip"]),
        ({"industry": "涉氨制冷"}, ["tip"]),
        ({"team": "nobody"}, []),
        ({"source": "inspection"}, ["five", "twenty"]),
        ({"source": ["tip", "transfer"]}, ["tip"]),
        ({"overdue": True}, []),
        ({"overdue": False}, ["five", "tip", "twenty"]),
        ({"open": False}, []),
        ({"due_before": "2026-12-01T00:00:00+08:00"}, ["five"]),
        ({"q": "通道"}, ["twenty"]),
        ({"q": "安全通道堵"}, ["twenty"]),
        ({"q": "100%"}, ["tip"]),
        ({"q": "1_0%"}, []),
        ({"q": "西区氨"}, ["tip"]),
        ({"q": named["five"]}, ["five"]),
        ({"q": "不存在的词"}, []),
        ({"sort": "-next_due_at"}, ["twenty", "tip", "five"]),
        ({"sort": "number"}, ["five", "twenty", "tip"]),
        ({"sort": "-number"}, ["tip", "twenty", "five"]),
        ({"sort": "-opened_at"}, ["tip", None, None]),
        ({"sort": "risk"}, ["five", "tip", "twenty"]),
    ):
        got = await numbers(office, **query)
        wanted = [named[name] if name else one for name, one in zip(names, got, strict=True)]
        assert got == wanted, query
    assert await numbers(office, "li", mine=True) == [named["five"], named["twenty"]]
    assert await numbers(office, "zhao", mine=True) == []
    assert await numbers(office, "office", mine=True) == [named["tip"]]
    assert await numbers(office, "firm", mine=True) == [named["five"], named["twenty"]]
    assert await numbers(office, "firm", q="通道") == [named["twenty"]]


async def test_overdue_is_computed_when_asked_not_when_a_timer_fires(office: Office) -> None:
    named = await stock(office)
    deadline = datetime.fromisoformat("2026-11-26T00:00:00+08:00")
    office.world.clock.now = deadline - timedelta(seconds=1)
    office.clients.clear()
    assert await numbers(office, overdue=True) == []
    office.world.clock.now = deadline
    assert await numbers(office, overdue=True) == [named["five"]]
    (view,) = [
        one for one in ok(await office.get("wang", "/cases"))["items"] if one["number"] == named["five"]
    ]
    assert (view["state"], view["overdue"], view["next_clock"]["overdue"]) == ("ORDERED", True, True)


@pytest.mark.parametrize("sort", ["next_due_at", "-opened_at", "-number", "risk"])
async def test_pages_stay_stable_while_cases_come(office: Office, sort: str) -> None:
    await office.inspected(*(finding(title=f"隐患{n}", deadline_days=n + 1) for n in range(7)))
    whole = await numbers(office, sort=sort)
    seen: list[str] = []
    after: dict[str, str] = {}
    for step in range(4):
        page = ok(await office.get("wang", "/cases", sort=sort, limit=2, **after))
        seen += [one["number"] for one in page["items"]]
        after = {"after": page["next"]} if page["next"] else {}
        assert bool(after) is (step < 3)
        if step == 1:
            await opened(office, title="插队的线索")
    assert [one for one in seen if one in whole] == whole


async def test_a_bookmark_belongs_to_its_list_its_filters_and_its_asker(office: Office) -> None:
    await office.inspected(*(finding(title=f"隐患{n}") for n in range(3)))
    mark = ok(await office.get("wang", "/cases", limit=1))["next"]
    ok(await office.get("wang", "/cases", limit=2, after=mark))
    for who, query in (
        ("wang", {"after": mark, "sort": "number"}),
        ("wang", {"after": mark, "state": "ORDERED"}),
        ("li", {"after": mark}),
        ("wang", {"after": mark[:-3] + "AAA"}),
        ("wang", {"after": "x"}),
        ("wang", {"after": "钥匙"}),
    ):
        problem = refused(await office.get(who, "/cases", **query), 422, "malformed", "api.schema")
        assert problem["details"]["fields"][0]["field"] == "query.after"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "ASLEEP"}, "state"),
        ({"grade": "huge"}, "grade"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"due_before": "tomorrow"}, "due_before"),
        ({"due_before": "2026-12-01T00:00:00"}, "due_before"),
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"sort": "title"}, "sort"),
        ({"q": ""}, "q"),
        ({"hue": "red"}, "hue"),
    ],
)
async def test_malformed_filters_name_the_field(office: Office, query: dict[str, Any], field: str) -> None:
    problem = refused(await office.get("wang", "/cases", **query), 422, "malformed", "api.schema")
    assert any(field in one["field"] for one in problem["details"]["fields"])
