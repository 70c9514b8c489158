"""Cases over HTTP: opening, lists with filters and pages, detail, ledger, explanation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger import tables
from models.errors import Pending
from tests.api.support import Office, finding, key, ok, passed, refused


def tip(**changed: Any) -> dict[str, Any]:
    return {
        "source": "tip",
        "enterprise_id": "e-a",
        "title": "夜间偷排并堵塞消防通道",
        "description": "群众来电",
        "location": "厂区北门",
        "requirements": ["核实消防通道是否畅通"],
        "risk_colour": "orange",
    } | changed


async def opened(office: Office, who: str = "wang", **changed: Any) -> dict[str, Any]:
    case: dict[str, Any] = ok(await office.post(who, "/cases", tip(**changed)), 201)
    return case


async def numbers(office: Office, who: str = "wang", **query: Any) -> list[str]:
    listed = ok(await office.get(who, "/cases", limit=200, **query))
    assert listed["next"] is None
    return [one["number"] for one in listed["items"]]


# -- opening -----------------------------------------------------------------------------------------
async def test_a_tip_becomes_a_numbered_case_of_the_enterprises_place(office: Office) -> None:
    answer = await office.post("wang", "/cases", tip())
    case = ok(answer, 201)
    assert answer.headers["location"] == f"/api/v1/cases/{case['case_id']}"
    assert case["number"].endswith("号")
    assert (case["state"], case["source"], case["grade"]) == ("REPORTED", "tip", None)
    assert case["source_label"] == {"zh": "举报", "en": "tip"}
    assert case["risk_label"] == {"zh": "橙", "en": "orange"}
    assert case["territory"]["id"] == "t-east"
    assert case["industry"] == "粉尘涉爆"
    assert case["next_clock"]["key"] == "lead.verify"
    assert case["next_clock"]["last_day"] == "2026-12-04", "ten working days"
    assert case["deadline"] is None
    (envelope,) = office.gateway.sent
    assert envelope.payload["policy"]["version"] == case["policy_version"]
    assert [year["year"] for year in envelope.payload["calendar"]["years"]] == list(range(2025, 2030))
    assert len(envelope.model_dump_json()) < 24_000


async def test_where_a_case_belongs_is_not_the_askers_to_say(office: Office) -> None:
    for field in ("district_id", "territory_id", "industry", "team_id", "policy", "officers", "order"):
        problem = refused(await office.post("wang", "/cases", tip(**{field: "x"})), 422, "malformed")
        assert field in problem["details"]["fields"][0]["field"]


async def test_a_notice_of_the_state_council_reaches_the_case(office: Office) -> None:
    await office.world.add(
        tables.calendar_notices,
        {"year": 2027, "source": "国办发明电〔2026〕9号", "days_off": [], "workdays": []},
    )
    await opened(office)
    years = {year["year"]: year for year in office.gateway.sent[-1].payload["calendar"]["years"]}
    assert years[2027]["source"] == "国办发明电〔2026〕9号"
    assert years[2027]["confirmed"] is True
    assert years[2028].get("confirmed", False) is False


@pytest.mark.parametrize(
    ("who", "source", "enterprise", "status"),
    [
        ("firm", "self_report", "e-a", 201),
        ("firm", "self_report", "e-b", 404),
        ("firm", "tip", "e-a", 403),
        ("wang", "self_report", "e-b", 201),
        ("wang", "transfer", "e-c", 201),
        ("office", "tip", "e-c", 201),
        ("town", "tip", "e-a", 201),
        ("town", "tip", "e-c", 404),
        ("head", "tip", "e-a", 403),
        ("mayor", "tip", "e-a", 403),
        ("u-auditor", "tip", "e-a", 403),
        ("u-admin", "tip", "e-a", 403),
        ("assessor", "tip", "e-a", 404),
        ("u-foreign", "tip", "e-a", 404),
    ],
)
async def test_who_opens_which_case(
    office: Office, who: str, source: str, enterprise: str, status: int
) -> None:
    answer = await office.post(who, "/cases", tip(source=source, enterprise_id=enterprise))
    if status == 201:
        assert ok(answer, 201)["enterprise"]["id"] == enterprise
        return
    problem = refused(answer, status, {403: "not_authorised", 404: "not_found"}[status])
    refusals = [line for line in await office.world.audit() if line["outcome"] == "refused"]
    if status == 403:
        assert problem["article"]
        assert [(line["action"], line["actor_id"]) for line in refusals] == [("open", who)]
    assert await office.world.rows(tables.contents) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "inspection"},
        {"title": "短"},
        {"requirements": []},
        {"requirements": [""]},
        {"risk_colour": "green"},
    ],
)
async def test_malformed_openings(office: Office, wrong: dict[str, Any]) -> None:
    refused(await office.post("wang", "/cases", tip(**wrong)), 422, "malformed", "api.schema")


async def test_the_same_key_is_the_same_case(office: Office) -> None:
    idem = key()
    first = await office.post("firm", "/cases", tip(source="self_report"), idem=idem)
    again = await office.post("firm", "/cases", tip(source="self_report"), idem=idem)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    refused(
        await office.post("firm", "/cases", tip(source="self_report", title="另一处"), idem=idem),
        409,
        "idempotency_conflict",
    )


@pytest.mark.parametrize("who", ["wang", "firm", "town"])
async def test_an_unconfirmed_opening_is_202_and_the_key_tells(office: Office, who: str) -> None:
    body, idem = tip(source="self_report" if who == "firm" else "tip"), key()
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await office.post(who, "/cases", body, idem=idem)
    assert (answer.status_code, answer.json()["code"]) == (202, "pending")
    case = ok(await office.get(who, answer.headers["location"].removeprefix("/api/v1")))
    replay = ok(await office.post(who, "/cases", body, idem=idem))
    assert (replay["number"], replay["title"]) == (case["number"], body["title"])


async def test_a_retry_before_the_case_exists_opens_it(office: Office) -> None:
    """The words were kept, the command never arrived: the same key sends it again."""
    body, idem = tip(source="self_report"), key()
    real, office.world.services.gateway = office.gateway, Unreachable()
    refused(await office.post("firm", "/cases", body, idem=idem), 503, "engine_unavailable")
    office.world.services.gateway = real
    assert ok(await office.post("firm", "/cases", body, idem=idem), 201)["title"] == body["title"]


class Unreachable:
    """A gateway with nothing behind it."""

    async def open(self, envelope: Any) -> Any:
        from models.errors import EngineUnavailable

        raise EngineUnavailable("引擎不可用", "the engine is away", rule="engine.reachable")

    command = inspect = open

    async def ready(self) -> bool:
        return False


async def test_the_same_key_after_a_change_of_policy_is_still_the_same_case(office: Office) -> None:
    idem = key()
    first = ok(await office.post("wang", "/cases", tip(), idem=idem), 201)
    await office.world.add(
        tables.calendar_notices, {"year": 2027, "source": "新通知", "days_off": [], "workdays": []}
    )
    again = await office.post("wang", "/cases", tip(), idem=idem)
    assert (again.status_code, again.json()["case_id"]) == (200, first["case_id"])


# -- lists -------------------------------------------------------------------------------------------
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
        ({"colour": "red"}, "colour"),
    ],
)
async def test_malformed_filters_name_the_field(office: Office, query: dict[str, Any], field: str) -> None:
    problem = refused(await office.get("wang", "/cases", **query), 422, "malformed", "api.schema")
    assert any(field in one["field"] for one in problem["details"]["fields"])


# -- one case ----------------------------------------------------------------------------------------
async def test_the_detail_has_words_order_clocks_and_counts(office: Office) -> None:
    case_id = await office.case("清理积尘", "建立清扫记录")
    await office.photo("firm", case_id)
    detail = ok(await office.get("firm", f"/cases/{case_id}"))
    assert [item["text"] for item in detail["items"]] == ["清理积尘", "建立清扫记录"]
    assert [item["passed"] for item in detail["items"]] == [None, None]
    assert detail["description"] == "三号打磨台上方风管"
    assert detail["order"]["number"] == detail["order_no"]
    assert [one["name"] for one in detail["order"]["officers"]] == ["li同志", "wang同志"]
    assert detail["order"]["served_label"]["zh"] == "直接送达"
    assert detail["handler"] == {"id": "wang", "name": "wang同志"}
    (rectify, *ended) = detail["clocks"]
    assert (rectify["key"], rectify["status"], rectify["last_day"]) == ("rectify", "running", "2026-12-07")
    assert rectify["label"] == {"zh": "整改期限", "en": "rectification deadline"}
    assert rectify["due_at"] == "2026-12-07T16:00:00Z"
    assert rectify["basis"]
    assert rectify["klass"] in "SRXD"
    assert {one["key"]: one["status_label"]["zh"] for one in ended} == {
        "order.issue": "按期完成",
        "order.serve": "按期完成",
    }
    assert detail["counts"]["events"] == 3
    assert detail["counts"]["evidence"] == 1


async def test_the_ledger_in_pages(office: Office) -> None:
    case_id = await office.signing_off()
    whole = ok(await office.get("wang", f"/cases/{case_id}/events"))
    assert whole["next"] is None
    seen: list[dict[str, Any]] = []
    after = 0
    while after is not None:
        page = ok(await office.get("wang", f"/cases/{case_id}/events", limit=2, after=after))
        seen += page["items"]
        after = page["next"]
    assert seen == whole["items"]
    assert len({one["hash"] for one in seen}) == len(seen)
    assert all("request" not in one["facts"] and "clocks" not in one["facts"] for one in seen)
    refused(await office.get("wang", f"/cases/{case_id}/events", after=-1), 422, "malformed")


async def test_the_explanation_says_what_i_may_do_and_why_not(office: Office) -> None:
    case_id = await office.signing_off()
    told = ok(await office.get("chief", f"/cases/{case_id}/explanation"))
    assert told["state_label"]["zh"] == "复查合格，待销号"
    assert told["why"]["zh"] == "复查合格"
    assert [one["clock"] for one in told["must_act"]] == ["sign_off.decide"]
    commands = {one["command"]: one for one in told["commands"]}
    assert commands["sign_off"]["allowed"] is True
    mine = ok(await office.get("wang", f"/cases/{case_id}/explanation"))
    (sign_off,) = [one for one in mine["commands"] if one["command"] == "sign_off"]
    assert sign_off["allowed"] is False
    assert sign_off["reasons"][0]["article"]


async def test_what_the_explanation_allows_the_command_does(office: Office) -> None:
    case_id = await office.submitted()
    for who in ("wang", "firm", "chief", "mayor"):
        told = ok(await office.get(who, f"/cases/{case_id}/explanation"))
        for one in told["commands"]:
            if not one["allowed"]:
                answer = await office.give(who, case_id, one["command"], **BODIES.get(one["command"], {}))
                assert answer.status_code in (403, 409), (who, one["command"], answer.text)
                assert answer.json()["rule"] == one["reasons"][0]["rule"], one["command"]


TWO = {"officers": ["wang", "zhao"]}
BODIES: dict[str, dict[str, Any]] = {
    "verify": TWO | {"findings": "属实"},
    "mark_unfounded": TWO | {"findings": "不属实"},
    "transfer": {"to_department": "住建局", "reason": "职责"},
    "suspect_major": {"standard": {"standard_id": "s", "version": "1", "clause": "1"}, "reason": "疑似"},
    "determine_grade": {"grade": "general", "reason": "一般"},
    "propose_regrade": {"grade": "general", "reason": "调整"},
    "decide_regrade": {"approve": True, "reason": "同意"},
    "issue_order": TWO | {"deadline_days": 5},
    "serve_order": {"service": {"served_at": "2026-11-20T00:00:00Z"}},
    "report_to_congress": {"held_on": "2026-11-20", "evidence": ["x"]},
    "return_plan": {"reason": "不全"},
    "report_progress": {"text": "进展"},
    "request_extension": {"days": 3, "reason": "迟", "interim_measures": "停用"},
    "grant_extension": {"days": 3},
    "refuse_extension": {"reason": "不准"},
    "pause": {"ground": "appraisal", "reason": "鉴定"},
    "signal_completion": {"text": "完成"},
    "commission_assessment": {"assessor_org_id": "o-assess"},
    "file_assessment": {"conclusion": "effective", "text": "有效"},
    "reinspect": TWO | {"findings": passed(1)},
    "refuse_sign_off": {"items": [1], "new_deadline_days": 3, "reason": "未改"},
    "record_look_back": TWO | {"recurred": False, "text": "无"},
    "assign_handler": {"handler_id": "li"},
    "void": {"reason": "误立"},
    "close_with_enterprise": {"decision_no": "1", "decided_on": "2026-11-20"},
    "adopt_policy": {"version": "2026.11", "reason": "新规"},
}


async def test_a_tip_stays_hidden_from_the_enterprise_until_the_authority_acts(office: Office) -> None:
    case = await opened(office)
    case_id = case["case_id"]
    refused(await office.get("firm", f"/cases/{case_id}"), 404, "not_found")
    assert await numbers(office, "firm") == []
    await office.done("wang", case_id, "verify", officers=["wang", "li"], findings="现场属实")
    refused(await office.get("firm", f"/cases/{case_id}"), 404, "not_found")
    await office.done("wang", case_id, "issue_order", officers=["wang", "li"], deadline_days=10)
    await office.done("wang", case_id, "serve_order", service={"served_at": office.now.isoformat()})
    seen = ok(await office.get("firm", f"/cases/{case_id}"))
    assert (seen["source"], seen["source_label"]) == (None, None)
    assert await numbers(office, "firm", source="tip") == []
    assert await numbers(office, "town", source="tip") == [case["number"]]
    events = ok(await office.get("firm", f"/cases/{case_id}/events"))["items"]
    assert "source" not in events[0]["facts"]
    verified = next(one for one in events if one["event"] == "verified")
    assert verified["texts"] is None
    assert [item["text"] for item in seen["items"]] == ["核实消防通道是否畅通"]
