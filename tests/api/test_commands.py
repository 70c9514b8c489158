"""Commands over HTTP: every refusal with rule and article, and what the API adds to a command."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import tables
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE
from models.instants import day_of
from models.lifecycle import CaseState
from models.policy import Policy
from tests.api.support import Office, finding, key, ledger, major, ok, refused
from tests.api.words import passed


@pytest.mark.parametrize(
    ("who", "command", "body", "status", "code", "rule"),
    [
        ("firm", "sign_off", {}, 403, "not_authorised", "authority.sign_off.role"),
        ("deputy", "reinspect", {}, 403, "not_authorised", "authority.reinspect.role"),
        ("wang", "signal_completion", {"text": "完成"}, 403, "not_authorised", None),
        ("u-expired", "reinspect", {}, 403, "not_authorised", "authority.reinspect.certificate"),
        ("chief", "sign_off", {}, 409, "transition_not_allowed", "lifecycle.sign_off"),
        ("firm", "signal_completion", {"text": "完成"}, 409, "requirement_missing", "completion.evidence"),
        (
            "firm",
            "signal_completion",
            {"text": "完成", "evidence": ["nothing"]},
            409,
            "requirement_missing",
            "evidence.own",
        ),
        ("firm", "request_extension", {"days": 3650}, 409, "limit_exceeded", None),
        ("chief", "grant_extension", {"days": 5}, 409, "requirement_missing", None),
        ("chief", "assign_handler", {"handler_id": "nobody"}, 409, "requirement_missing", "assign.official"),
        ("wang", "void", {"reason": "误立"}, 403, "not_authorised", None),
        ("chief", "adopt_policy", {"version": "1999", "reason": "新"}, 409, "requirement_missing", None),
        ("chief", "close_with_enterprise", {"decision_no": "1"}, 403, "not_authorised", None),
    ],
)
async def test_refusals_name_their_rule_and_change_nothing(
    office: Office, who: str, command: str, body: dict[str, Any], status: int, code: str, rule: str | None
) -> None:
    whole = {
        "reinspect": {"officers": [who, "li"], "findings": passed(1)},
        "request_extension": {"reason": "到货迟", "interim_measures": "停用"},
        "close_with_enterprise": {"decided_on": "2026-11-20"},
    }.get(command, {}) | body
    case_id = await office.case()
    before = await ledger(office, case_id)
    words = len(await office.world.rows(tables.contents))
    problem = refused(await office.give(who, case_id, command, **whole), status, code, rule)
    assert problem["rule"]
    assert problem["detail"]
    assert await ledger(office, case_id) == before
    assert len(await office.world.rows(tables.contents)) == words, "the words of a refused command are gone"
    (line,) = [one for one in await office.world.audit() if one["outcome"] == "refused"]
    assert (line["action"], line["code"], line["case_id"], line["actor_id"]) == (command, code, case_id, who)
    assert line["details"]["rule"] == problem["rule"]
    assert not any(word in str(line) for word in ("完成", "到货迟", "误立"))


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("zh-CN", "销号须由主要负责人或以上批准"),
        ("en-GB", "to sign off takes the rank of head or higher"),
    ],
)
async def test_the_cores_own_words_reach_the_asker_in_their_language(
    office: Office, language: str, detail: str
) -> None:
    case_id = await major(office)
    office.gateway.cases[case_id].case.state = CaseState.SIGNING_OFF
    path = f"/cases/{case_id}/commands/sign_off"
    answer = await office.post("chief", path, {}, **{"Accept-Language": language})
    problem = refused(answer, 403, "not_authorised", "authority.sign_off.rank")
    assert problem["detail"] == detail
    assert problem["article"] == "《安全生产事故隐患排查治理暂行规定》第二十三条"
    assert problem["remedy"]


async def test_a_second_determination_is_told_who_made_the_first(office: Office) -> None:
    case_id = await major(office)
    again = await office.give("chief", case_id, "determine_grade", grade="general", reason="一般")
    problem = refused(again, 409, "transition_not_allowed", "grade.once")
    day = day_of(office.world.clock())
    assert problem["detail"] == f"本案已由chief同志于{day}判定为重大隐患"
    assert problem["details"]["grade"] == "major"
    never = await office.case()
    other = await office.give("chief", never, "determine_grade", grade="general", reason="一般")
    refused(other, 409, "transition_not_allowed", "lifecycle.determine_grade")


async def test_who_reinspected_does_not_sign_off_not_even_through_a_delegate(office: Office) -> None:
    case_id = await office.submitted()
    await office.done("chief", case_id, "reinspect", officers=["chief", "li"], findings=passed(1))
    problem = refused(
        await office.give("chief", case_id, "sign_off"),
        403,
        "duties_not_separated",
        "authority.sign_off.apart",
    )
    assert "第二十三条" in problem["article"]
    await office.delegated("chief", "u-section")
    path = f"/cases/{case_id}/commands/sign_off"
    answer = await office.post("u-section", path, {}, **{"X-Acting-For": "chief"})
    refused(answer, 403, "duties_not_separated")
    ok(await office.post("u-section", path, {}))


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("sign_off", {"opinion": 5}),
        ("sign_off", {"unknown": "x"}),
        ("reinspect", {}),
        ("reinspect", {"officers": ["wang"], "findings": [{"no": 0, "passed": True}]}),
        ("serve_order", {"service": {"served_at": "yesterday"}}),
        ("issue_order", {"officers": ["wang", "li"], "deadline_days": 5, "order_id": "mine"}),
        ("adopt_policy", {"policy": {}, "reason": "x"}),
        ("signal_completion", {"text": "长" * 4001}),
        ("void", None),
    ],
)
async def test_malformed_commands(office: Office, command: str, body: Any) -> None:
    case_id = await office.case()
    answer = await office.post("wang", f"/cases/{case_id}/commands/{command}", body)
    problem = refused(answer, 422, "malformed", "api.schema")
    assert problem["details"]["fields"]


async def test_commands_without_a_door_here(office: Office) -> None:
    case_id = await office.case()
    for command in ("open", "adopt_calendar", "explode"):
        refused(await office.give("wang", case_id, command), 404, "not_found", "api.path")


async def test_a_key_is_needed(office: Office) -> None:
    case_id = await office.case()
    client = await office.person("chief")
    answer = await client.post(f"/api/v1/cases/{case_id}/commands/void", json={"reason": "误立"})
    refused(answer, 400, "idempotency_key_missing")


# -- what the API adds -------------------------------------------------------------------------------
async def test_no_word_travels(office: Office) -> None:
    case_id = await office.case("绝密要求")
    await office.done("firm", case_id, "report_progress", text="绝密进展")
    sent = "".join(envelope.model_dump_json() for envelope in office.gateway.sent)
    assert "绝密" not in sent
    assert "东区家具厂" not in sent
    assert "同志" not in sent


async def test_facts_come_from_sql_not_from_the_asker(office: Office) -> None:
    case_id, other = await office.case(), await office.case()
    stray = await office.photo("firm", other)
    await office.give("firm", case_id, "signal_completion", text="完成", evidence=[stray])
    assert office.gateway.sent[-1].facts.evidence == {}
    await office.give(
        "wang", case_id, "reinspect", officers=["wang", "u-expired", "deputy", "zhao"], findings=passed(1)
    )
    assert office.gateway.sent[-1].facts.certified == ("wang", "zhao")
    for handler, fits in (
        ("li", True),
        ("chief", True),
        ("firm", False),
        ("u-gone", False),
        ("u-foreign", False),
    ):
        await office.give("chief", case_id, "assign_handler", handler_id=handler)
        assert office.gateway.sent[-1].facts.handler_ok is fits, handler


async def test_internal_words_stay_inside(office: Office) -> None:
    case_id = await office.case()
    await office.done("chief", case_id, "assign_handler", handler_id="li", reason="内部安排")
    told = {who: (await ledger(office, case_id, who))[-1]["texts"] for who in ("zhao", "firm", "town")}
    assert told == {"zhao": {"reason": "内部安排"}, "firm": None, "town": None}


async def test_a_newer_policy_is_adopted_by_its_version(office: Office) -> None:
    case_id = await office.case()
    current = ok(await office.get("wang", f"/cases/{case_id}"))["policy_version"]
    document = (await office.world.rows(tables.policies))[0]["document"]
    newer = Policy.model_validate(document | {"version": "2027.1"})
    async with office.world.database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, newer)
    refused(
        await office.give("chief", case_id, "adopt_policy", version=current, reason="同版"), 409, "conflict"
    )
    done = await office.done("chief", case_id, "adopt_policy", version="2027.1", reason="新规")
    assert done["case"]["policy_version"] == "2027.1"
    assert done["events"][0]["texts"] == {"reason": "新规"}


async def test_a_command_without_fields_needs_no_body(office: Office) -> None:
    case_id = await major(office)
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await office.done("firm", case_id, "report_major_hazard", **report)
    client = await office.person("wang")
    answer = await client.post(
        f"/api/v1/cases/{case_id}/commands/acknowledge_report", headers={"Idempotency-Key": key()}
    )
    assert ok(answer)["events"][0]["event"] == "report_acknowledged"


async def test_each_order_has_its_number_and_its_cases(office: Office) -> None:
    found = await office.inspected(finding() | {"deadline_days": None}, kind="guidance", service=None)
    case_id = found["cases"][0]["case_id"]
    issued = await office.done("wang", case_id, "issue_order", officers=["wang", "li"], deadline_days=10)
    order = ok(await office.get("wang", f"/orders/{issued['case']['order_id']}"))
    assert order["number"] == issued["case"]["order_no"]
    assert [item["case_id"] for item in order["items"]] == [case_id]
