"""Lists: filters, Chinese substrings, orders, pages that hold still."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.append import append
from ledger.inspections import record_inspection
from ledger.readers import case as case_reader
from ledger.readers import enterprises as enterprise_reader
from ledger.readers.approvals import select_turns
from ledger.readers.case_lists import list_of
from ledger.readers.cases import SORTS, CaseFilters, list_cases, overdue, select_cases
from ledger.readers.keeping import kept
from ledger.readers.notices import mark_read, select_inbox, select_notices
from ledger.readers.paging import fetch_page
from ledger.readers.tasks import Seat
from ledger.scope import Scope
from ledger.sessions import Database
from models.actors import Role
from models.batch import Notice, Task
from models.errors import Malformed
from models.inspection import InspectionEnvelope
from tests.builders import WANG, opening, order
from tests.ledger import makers
from tests.ledger.makers import BUREAU, FIRM_A, START, TOWN_EAST, batch, entry, fresh, say

NOW = START + timedelta(days=10)


async def open_case(ledger: Database, title: str = "", *, due: datetime | None = None, **fields: Any) -> str:
    case_id, command = fresh(), fresh()
    await say(ledger, command, case_id, {"title": title, "description": "现场检查发现"})
    dates = {"rectify_due_at": due.isoformat(), "next_due_at": due.isoformat()} if due else {}
    opened = entry(case_id, 1, command_id=command, at=fields.pop("at", START))
    tasks, notices = fields.pop("tasks", ()), fields.pop("notices", ())
    await append(
        ledger,
        batch(
            case_id,
            [opened],
            tasks=tasks,
            notices=notices,
            opened_at=opened.at.isoformat(),
            **dates,
            **fields,
        ),
    )
    return case_id


async def listed(ledger: Database, scope: Scope = BUREAU, sort: str = "due", **filters: Any) -> list[str]:
    async with ledger.read(scope) as session:
        wanted = list_of(scope, CaseFilters(**filters), now=NOW, sort=sort)
        page = await fetch_page(session, wanted, limit=200)
    return [row.case_id for row in page.items]


# -- search ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words", ["消防通道", "通道被", "通道", "示范甲木业", "甲木", "粉尘涉爆", "Dust-7", "dust-7", "现场检查"]
)
@pytest.mark.parametrize("scope", [BUREAU, FIRM_A, TOWN_EAST, makers.AUDITOR], ids=lambda s: s.role.value)
async def test_any_substring_is_found_by_everyone_who_may_see_it(
    ledger: Database, words: str, scope: Scope
) -> None:
    case_id = await open_case(ledger, "二楼消防通道被木料堵塞 Dust-7")
    assert case_id in await listed(ledger, scope, search=words)


async def test_a_number_is_found_by_any_part_of_it(ledger: Database) -> None:
    case_id = await open_case(ledger)
    async with ledger.read(BUREAU) as session:
        row = await case_reader.find_case(session, BUREAU, case_id, now=NOW)
        assert row is not None
        assert await case_reader.find_by_number(session, BUREAU, row.number) == case_id
    assert await listed(ledger, search=row.number) == [case_id]
    assert case_id in await listed(ledger, search=row.number[3:12])


@pytest.mark.parametrize("words", ["%", "_", "\\", "%%%%", "____", "消_通道", "消%道", "没有的词语"])
async def test_nothing_in_the_words_is_a_wildcard(ledger: Database, words: str) -> None:
    await open_case(ledger, "消防通道堵塞")
    assert await listed(ledger, search=words) == []


async def test_special_characters_are_found_as_themselves(ledger: Database) -> None:
    case_id = await open_case(ledger, r"含尘量 50%_限值\超标")
    for words in ("50%_限", "%_", "\\超"):
        assert await listed(ledger, search=words) == [case_id]


@pytest.mark.parametrize("words", ["", "  ", "\u3000", "\u200b"])
async def test_a_search_for_nothing_finds_nothing(ledger: Database, words: str) -> None:
    await open_case(ledger)
    assert await listed(ledger, search=words) == []


@pytest.mark.parametrize(
    "words",
    [
        "液氨 泄漏",
        "泄漏　液氨",
        "液氨泄漏",
        "ＡＢＣ",
        "abc",
        "(3号)",
        "[3号]",
        "（3 号）",
        "【３号】",
        "阀门 液氨",
    ],
)
@pytest.mark.parametrize("scope", [BUREAU, FIRM_A], ids=lambda s: s.role.value)
async def test_width_case_brackets_and_spacing_make_no_difference(
    ledger: Database, words: str, scope: Scope
) -> None:
    case_id = await open_case(ledger, "ABC 液氨 泄漏〔3号〕阀门")
    assert case_id in await listed(ledger, scope, search=words)
    assert case_id not in await listed(ledger, scope, search=f"{words} 没有的词语")


@pytest.mark.parametrize("brackets", ["[]", "〔〕", "【】", "（）", "()"])
async def test_a_number_is_found_in_any_brackets(ledger: Database, brackets: str) -> None:
    case_id = await open_case(ledger)
    async with ledger.read(BUREAU) as session:
        row = await case_reader.find_case(session, BUREAU, case_id, now=NOW)
    assert row is not None
    asked = row.number.replace("〔", brackets[0]).replace("〕", brackets[1])
    assert await listed(ledger, search=asked) == [case_id]


async def test_a_case_is_found_by_what_its_enterprise_was_and_is_called(ledger: Database) -> None:
    case_id = await open_case(ledger, enterprise_id="e-b")
    await makers.rename(ledger, "更名后化工有限公司")
    later = await open_case(ledger, enterprise_id="e-b")
    try:
        for scope in (BUREAU, makers.FIRM_B):
            for words in ("更名后化工", "示范乙木业"):
                assert {case_id, later} <= set(await listed(ledger, scope, search=words))
        async with ledger.read(BUREAU) as session:
            kept = await case_reader.find_case(session, BUREAU, case_id, now=NOW)
            fresh_name = await case_reader.find_case(session, BUREAU, later, now=NOW)
        assert kept is not None
        assert fresh_name is not None
        assert (kept.enterprise_name, fresh_name.enterprise_name) == (
            "示范乙木业有限公司",
            "更名后化工有限公司",
        )
    finally:
        await makers.rename(ledger, "示范乙木业有限公司")


# -- filters -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "filters"),
    [
        ({"state": "ASSESSING"}, {"states": ("ASSESSING", "SUBMITTED")}),
        ({"grade": "major"}, {"grade": "major"}),
        ({"enterprise_id": "e-b"}, {"enterprise_id": "e-b"}),
        ({"enterprise_id": "e-b"}, {"territory_id": "t-west"}),
        ({"industry": "涉氨制冷"}, {"industry": "ammonia_refrigeration"}),
        ({"team_id": "team-7"}, {"team_id": "team-7"}),
        ({"inspection_id": "i-7"}, {"inspection_id": "i-7"}),
        ({"state": "ARCHIVED", "closed_at": START.isoformat()}, {"open": False}),
        ({"due": NOW - timedelta(seconds=1)}, {"overdue": True}),
        ({"due": NOW}, {"overdue": True}),
        ({"due": NOW - timedelta(days=1)}, {"due_before": NOW}),
        ({"handler_id": "wang"}, {"mine": True}),
        ({"officers": ["li", "wang"]}, {"mine": True}),
    ],
)
async def test_each_filter_keeps_and_leaves_out(
    ledger: Database, fields: dict[str, Any], filters: dict[str, Any]
) -> None:
    wanted = await open_case(ledger, **fields)
    other = await open_case(ledger, due=NOW + timedelta(days=1), opened_by=["sun"])
    found = await listed(ledger, **filters)
    assert wanted in found
    assert other not in found


async def test_all_of_an_outsiders_cases_are_its_own(ledger: Database) -> None:
    case_id = await open_case(ledger)
    assert case_id in await listed(ledger, FIRM_A, mine=True)


@pytest.mark.parametrize(
    ("due", "closed"),
    [(None, None), (NOW, None), (NOW - timedelta(days=1), None), (NOW + timedelta(days=1), None), (NOW, NOW)],
)
async def test_overdue_is_a_deadline_still_owed(
    ledger: Database, due: datetime | None, closed: datetime | None
) -> None:
    case_id = await open_case(ledger, due=due, closed_at=closed.isoformat() if closed else None)
    async with ledger.read(BUREAU) as session:
        row = await case_reader.find_case(session, BUREAU, case_id, now=NOW)
    assert row is not None
    assert row.overdue is (closed is None and due is not None and due <= NOW)


def test_overdue_is_an_expression_over_the_deadline_alone() -> None:
    assert "rectify_due_at <=" in str(overdue(NOW))


# -- order and pages ---------------------------------------------------------------------------------
@pytest.mark.parametrize("turn", ["", "-"])
@pytest.mark.parametrize("sort", SORTS)
async def test_pages_hold_still_while_rows_come(ledger: Database, sort: str, turn: str) -> None:
    mark = fresh()
    colours = ("red", None, "blue", "red", "orange", None, "yellow")
    mine = {
        await open_case(
            ledger,
            industry=mark,
            risk_colour=colour,
            due=NOW + timedelta(days=no % 3) if no % 2 else None,
            at=START + timedelta(hours=no // 2),
        )
        for no, colour in enumerate(colours)
    }
    whole = await listed(ledger, industry=mark, sort=f"{turn}{sort}")
    walked: list[str] = []
    after = None
    while True:
        async with ledger.read(BUREAU) as session:
            page = await list_cases(
                session,
                BUREAU,
                CaseFilters(industry=mark),
                now=NOW,
                sort=f"{turn}{sort}",
                limit=2,
                after=after,
            )
        walked += [row.case_id for row in page.items]
        if page.next is None:
            break
        after = page.next
        await open_case(ledger, industry=mark, risk_colour="blue")  # a row comes in between two pages
    assert set(whole) == mine
    assert [case_id for case_id in walked if case_id in mine] == whole
    assert len(walked) == len(set(walked))


@pytest.mark.parametrize("scope", [BUREAU, FIRM_A], ids=lambda s: s.role.value)
@pytest.mark.parametrize("sort", ["due", "opened", "risk", "number"])
async def test_what_is_equal_comes_by_number(ledger: Database, scope: Scope, sort: str) -> None:
    mark, due = fresh(), NOW + timedelta(days=3)
    in_order = [await open_case(ledger, industry=mark, due=due, disclosed=True) for _ in range(6)]
    assert await listed(ledger, scope, sort, industry=mark) == in_order
    assert await listed(ledger, scope, f"-{sort}", industry=mark) == in_order[::-1]


@pytest.mark.parametrize("bookmark", ["nonsense", ">i:1", ">s:a~s:b~s:c", ">dt:x~s:y"])
async def test_a_bookmark_from_elsewhere_is_malformed(ledger: Database, bookmark: str) -> None:
    async with ledger.read(BUREAU) as session:
        with pytest.raises(Malformed):
            await list_cases(session, BUREAU, CaseFilters(), now=NOW, after=bookmark)


async def test_limits_and_orders_are_checked(ledger: Database) -> None:
    async with ledger.read(BUREAU) as session:
        for limit in (0, 201):
            with pytest.raises(Malformed):
                await list_cases(session, BUREAU, CaseFilters(), now=NOW, limit=limit)
    with pytest.raises(Malformed):
        select_cases(BUREAU, CaseFilters(), now=NOW, sort="colour")


# -- one case ----------------------------------------------------------------------------------------
async def test_events_come_in_order_with_their_words(ledger: Database) -> None:
    case_id = await open_case(ledger, "积尘")
    for seq in range(2, 8):
        await append(ledger, batch(case_id, [entry(case_id, seq)]))
    seen: list[Any] = []
    after = None
    async with ledger.read(FIRM_A) as session:
        while True:
            page = await case_reader.events(session, FIRM_A, case_id, limit=3, after=after)
            seen += page.items
            if (after := page.next) is None:
                break
        assert [row.seq for row in seen] == list(range(1, 8))
        assert (seen[0].texts["title"], seen[1].texts) == ("积尘", None)
        command = await case_reader.find_command(session, FIRM_A, seen[3].command_id)
        assert command is not None
        assert command.seq == 4
        assert await case_reader.find_command(session, makers.FIRM_B, seen[3].command_id) is None


# -- tasks, notices, enterprises ---------------------------------------------------------------------
async def test_the_worklist_is_mine_and_next_clock_first(ledger: Database) -> None:
    role = Role.LEGAL_REVIEWER
    scope = Scope(role, district_id="d1", user_id="lawyer")

    def task(key: str, due: int | None, user: str | None = None, role: str = role.value) -> Task:
        return Task(
            key=key, role=role, user_id=user, due_at=NOW + timedelta(days=due) if due is not None else None
        )

    await open_case(
        ledger, "一", tasks=(task("later", 9), task("never", None), task("other", 1, "colleague"))
    )
    await open_case(ledger, "二", tasks=(task("named", 2, "lawyer"), task("heads", 1, None, "head")))
    async with ledger.read(scope) as session:
        page = await fetch_page(session, select_turns(scope, [Seat("legal_reviewer", "lawyer")], (), now=NOW))
        assert [row.key for row in page.items] == ["named", "later", "never"]
        assert [row.title for row in page.items] == ["二", "一", "一"]
        wanted = select_turns(scope, [Seat("legal_reviewer", "lawyer"), Seat("head", "boss")], (), now=NOW)
        both = await fetch_page(session, wanted, limit=2)
        assert [row.key for row in both.items] == ["heads", "named"]
        rest = await fetch_page(session, wanted, after=both.next)
        assert [row.key for row in rest.items] == ["later", "never"]


async def test_notices_of_one_moment_come_by_number_the_latest_first(ledger: Database) -> None:
    scope = Scope(Role.LEGAL_REVIEWER, district_id="d1", user_id="lawyer")
    told = [
        Notice(notice_id=fresh(), seq=1, kind="reminded", audience_role="legal_reviewer", at=START)
        for _ in range(6)
    ]
    for one in told:
        await open_case(ledger, notices=(one,))
    async with ledger.read(scope) as session:
        seen: list[str] = []
        after = None
        while True:
            page = await fetch_page(session, kept(select_inbox, scope), limit=2, after=after)
            seen += [row.notice_id for row in page.items]
            after = page.next
            if after is None:
                break
    assert [one for one in seen if one in {each.notice_id for each in told}] == [
        one.notice_id for one in reversed(told)
    ]


async def test_notices_reach_their_audience_and_are_read_once(ledger: Database) -> None:
    def notice(role: str, user: str | None = None, **more: Any) -> Notice:
        return Notice(
            notice_id=fresh(), seq=1, kind="reminded", audience_role=role, user_id=user, at=START, **more
        )

    mine, all_of_us, others = (
        notice("committee", "office"),
        notice("committee"),
        notice("committee", "another"),
    )
    await open_case(ledger, notices=(mine, all_of_us, others, notice("enterprise", enterprise_id="e-a")))
    scope = Scope(Role.COMMITTEE, district_id="d1", user_id="office")
    async with ledger.write(scope) as session:
        await mark_read(session, scope, [mine.notice_id, others.notice_id])
        await mark_read(session, scope, [mine.notice_id])
    async with ledger.read(scope) as session:
        rows = (await fetch_page(session, select_notices(scope))).items
        unread = (await fetch_page(session, select_notices(scope, unread=True))).items
    assert {row.notice_id: row.read_at is not None for row in rows} == {
        mine.notice_id: True,
        all_of_us.notice_id: False,
    }
    assert [row.notice_id for row in unread] == [all_of_us.notice_id]


async def test_a_notice_brings_the_entry_it_tells_of_where_the_asker_may_know_it(ledger: Database) -> None:
    case_id = await open_case(ledger)
    quiet = entry(case_id, 2, event="measure_step", data={"kind": "fine", "step": "approve"})
    loud = entry(
        case_id, 3, event="measure_step", data={"kind": "fine", "step": "serve_notice", "open": True}
    )
    told = [
        Notice(
            notice_id=fresh(),
            seq=seq,
            kind="measure_step",
            audience_role="enterprise",
            enterprise_id="e-a",
            at=START,
        )
        for seq in (2, 3)
    ]
    await append(ledger, batch(case_id, [quiet, loud], notices=tuple(told)))
    async with ledger.read(FIRM_A) as session:
        rows = {row.notice_id: row.entry for row in await session.execute(select_notices(FIRM_A))}
    assert [rows[one.notice_id] for one in told] == [None, loud.data]


@pytest.mark.parametrize(
    ("scope", "words", "found"),
    [
        (BUREAU, "木业", ["e-b", "e-a"]),
        (BUREAU, makers.CODES[1], ["e-b"]),
        (BUREAU, "甲", ["e-a"]),
        (FIRM_A, "木业", ["e-a"]),
        (makers.TOWN_WEST, "木业", ["e-b"]),
        (makers.OTHER_BUREAU, "木业", []),
    ],
)
async def test_enterprises_by_substring_within_the_scope(
    ledger: Database, scope: Scope, words: str, found: list[str]
) -> None:
    async with ledger.read(scope) as session:
        wanted = enterprise_reader.select_enterprises(scope, search=words)
        page = await fetch_page(session, wanted)
        assert [row.enterprise_id for row in page.items] == found
        one = await enterprise_reader.find_enterprise(session, scope, "e-a")
        assert (one is not None) == ("e-a" in found or words in (makers.CODES[1],))


async def test_an_inspection_shows_its_order_items_and_cases(ledger: Database) -> None:
    order_id = fresh()
    inspection = InspectionEnvelope(
        inspection_id=fresh(),
        command_id=fresh(),
        actor=WANG,
        record={
            "kind": "surprise",
            "started_at": "2026-11-02T01:00:00Z",
            "district_id": "d1",
            "territory_id": "t-east",
            "enterprise_id": "e-a",
        },
        openings=tuple(opening(fresh(), order=order(order_id=order_id)) for _ in range(2)),
        issued_at=START,
    )
    numbers = await record_inspection(ledger, inspection)
    for sent in inspection.openings:
        issued = entry(
            sent.case_id, 2, event="order_issued", data={"order_id": order_id, "deadline_days": 15}
        )
        served = entry(
            sent.case_id,
            3,
            event="order_served",
            data={"served_at": "2026-11-02T02:00:00Z", "method": "post"},
        )
        opened = [entry(sent.case_id, 1), issued, served]
        await append(
            ledger, batch(sent.case_id, opened, order_id=order_id, inspection_id=inspection.inspection_id)
        )
    for scope, visible in ((BUREAU, True), (FIRM_A, True), (TOWN_EAST, True), (makers.FIRM_B, False)):
        async with ledger.read(scope) as session:
            found = await enterprise_reader.find_inspection(session, scope, inspection.inspection_id)
            issued_orders = await enterprise_reader.orders_of(
                session, scope, inspection_id=inspection.inspection_id
            )
            items = await enterprise_reader.order_items_of(session, scope, order_id)
        assert (found is not None) is visible
        assert [row.number for row in issued_orders] == ([numbers.order_no] if visible else [])
        assert [row.no for row in items] == ([1, 2] if visible else [])


async def test_inspections_of_one_instant_stand_by_number_the_last_first(ledger: Database) -> None:
    firm = f"e-{fresh()}"
    visit = InspectionEnvelope(
        inspection_id="",
        command_id="",
        actor=WANG,
        record={
            "kind": "surprise",
            "district_id": "d1",
            "territory_id": "t-east",
            "enterprise_id": firm,
            "policy_version": makers.POLICY.version,
        },
        openings=(),
        issued_at=START,
    )
    begun = [START, START, START + timedelta(hours=1), START, START]
    for at in begun:
        record = {**visit.record, "started_at": at.isoformat()}
        ids = {"inspection_id": fresh(), "command_id": fresh()}
        await record_inspection(ledger, visit.model_copy(update={**ids, "record": record}))
    wanted = enterprise_reader.select_inspections(BUREAU, enterprise_id=firm)
    async with ledger.read(BUREAU) as session:
        whole = [row.number_key for row in (await fetch_page(session, wanted)).items]
        first = await fetch_page(session, wanted, limit=3)
        rest = await fetch_page(session, wanted, limit=3, after=first.next)
    third, *others = whole
    assert others == sorted(others, reverse=True)
    assert others[1] > third > others[2], "the later visit leads, whatever its number"
    assert [row.number_key for row in (*first.items, *rest.items)] == whole
