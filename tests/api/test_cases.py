"""Cases over HTTP: opening, detail, ledger, explanation, and what a tip keeps hidden."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ledger import tables
from models.errors import Pending
from tests.api.support import Office, key, numbers, ok, opened, refused
from tests.api.words import BODIES, STATED, tip


async def test_a_tip_becomes_a_numbered_case_of_the_enterprises_place(office: Office) -> None:
    answer = await office.post("wang", "/cases", tip())
    case = ok(answer, 201)
    assert answer.headers["location"] == f"/api/v1/cases/{case['case_id']}"
    assert case["number"].endswith("号")
    assert (case["state"], case["source"], case["grade"]) == ("REPORTED", "tip", None)
    assert case["source_label"] == {"zh": "举报", "en": "tip"}
    assert case["risk_label"] == {"zh": "橙", "en": "orange"}
    assert case["territory"]["id"] == "t-east"
    assert case["industry"] == "dust_explosion"
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
    assert ended == [], "what came before service is the authority's own"
    assert detail["counts"]["events"] == 1
    assert detail["counts"]["evidence"] == 1
    official = ok(await office.get("wang", f"/cases/{case_id}"))
    assert {one["key"]: one["status_label"]["zh"] for one in official["clocks"][1:]} == {
        "order.issue": "按期完成",
        "order.serve": "按期完成",
    }
    assert official["counts"]["events"] == 3


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


async def test_a_tip_stays_hidden_from_the_enterprise_until_the_authority_acts(office: Office) -> None:
    case = await opened(office)
    case_id = case["case_id"]
    refused(await office.get("firm", f"/cases/{case_id}"), 404, "not_found")
    assert await numbers(office, "firm") == []
    await office.done("wang", case_id, "verify", officers=["wang", "li"], findings="现场属实")
    refused(await office.get("firm", f"/cases/{case_id}"), 404, "not_found")
    unsigned = await office.give("wang", case_id, "issue_order", officers=["wang", "li"], deadline_days=10)
    assert (
        refused(unsigned, 409, "requirement_missing", "lead.signed")["article"] == "《安全生产法》第七十三条"
    )
    await office.done("deputy", case_id, "sign_lead", opinion="同意")
    two = {"officers": ["wang", "li"], "deadline_days": 10}
    refused(
        await office.give("wang", case_id, "issue_order", **two), 409, "requirement_missing", "order.facts"
    )
    issued = await office.done("wang", case_id, "issue_order", **two, stated=STATED)
    order_id = issued["case"]["order_id"]
    refused(await office.get("firm", f"/orders/{order_id}"), 404, "not_found")
    refused(await office.get("firm", f"/cases/{case_id}"), 404, "not_found")
    await office.done("wang", case_id, "serve_order", service={"served_at": office.now.isoformat()})
    await _told_like_an_inspection(office, case, order_id)


async def _told_like_an_inspection(office: Office, tip: dict[str, Any], order_id: str) -> None:
    """What the enterprise is told of a served tip has nothing of the tip, and the form of an inspection's case."""
    case_id = tip["case_id"]
    seen = ok(await office.get("firm", f"/cases/{case_id}"))
    order = ok(await office.get("firm", f"/orders/{order_id}"))
    events = ok(await office.get("firm", f"/cases/{case_id}/events"))
    listed = ok(await office.get("firm", "/cases"))
    explained = ok(await office.get("firm", f"/cases/{case_id}/explanation"))
    for words in (tip["title"], "群众来电", "核实消防通道", '"tip"', "举报", ': "verified"', 'opened"'):
        for answer in (seen, order, events, listed, explained):
            assert words not in json.dumps(answer, ensure_ascii=False), words
    assert (seen["title"], seen["description"]) == (STATED["title"], STATED["description"])
    assert [item["text"] for item in seen["items"]] == ["立即清理并保持畅通"]
    assert [item["requirement"] for item in order["items"]] == ["立即清理并保持畅通"]
    assert [(one["seq"], one["event"]) for one in events["items"]] == [(1, "order_served")]

    other = ok(await office.get("firm", f"/cases/{await office.case()}"))
    same = ("source", "source_label", "inspection_id", "seq", "state", "counts", "overdue")
    assert {name: seen[name] for name in same} == {name: other[name] for name in same}
    assert [one["key"] for one in seen["clocks"]] == [one["key"] for one in other["clocks"]]
    assert seen["opened_at"] == other["opened_at"], "the day it was told of"

    for words, found in ((tip["title"], False), ("群众来电", False), ("杂物堵塞", True)):
        numbers_found = await numbers(office, "firm", q=words)
        assert (seen["number"] in numbers_found) is found, words
        assert seen["number"] in await numbers(office, "wang", q=words), words
    assert await numbers(office, "firm", source="tip") == []
    assert await numbers(office, "firm", source="inspection") == []
    assert await numbers(office, "town", source="tip") == [seen["number"]]


def place_of(number: str) -> int:
    """Which of its year it is."""
    return int(re.findall(r"\d+", number)[-1])


async def test_a_tip_s_number_does_not_tell_that_there_was_a_case_before_the_order(office: Office) -> None:
    tip = await opened(office)
    before = await office.case()
    case_id, officers = tip["case_id"], {"officers": ["wang", "li"]}
    await office.done("wang", case_id, "verify", **officers, findings="现场属实")
    await office.done("deputy", case_id, "sign_lead", opinion="同意")
    assert ok(await office.get("wang", f"/cases/{case_id}"))["number"] == tip["number"]
    issued = await office.done("wang", case_id, "issue_order", **officers, deadline_days=10, stated=STATED)
    numbered = issued["case"]["number"]
    served = await office.done("wang", case_id, "serve_order", service={"served_at": office.now.isoformat()})
    after = ok(await office.get("firm", f"/cases/{await office.case()}"))["number"]
    earlier = ok(await office.get("firm", f"/cases/{before}"))["number"]
    assert served["case"]["number"] == numbered, "once"
    assert [place_of(one) for one in (earlier, numbered, after)] == [
        place_of(tip["number"]) + no for no in (1, 2, 3)
    ]
    assert numbered in await numbers(office, "firm", q=numbered)
    assert await numbers(office, "firm", q=tip["number"]) == []
    assert await numbers(office, "wang", q=tip["number"]) == [numbered], "officials find it by both"
    assert tip["number"] not in (await office.get("firm", f"/orders/{issued['case']['order_id']}")).text
