"""Commands over HTTP: the whole life of a general and a major hazard, every refusal with rule and article, idempotency."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ledger import tables
from ledger.registry import store_policy
from ledger.sessions import SYSTEM_SCOPE
from models.errors import EngineUnavailable, Pending
from models.lifecycle import CaseState
from models.policy import Policy
from tests.api.support import PLAN, Office, finding, key, ok, passed, refused


async def ledger(office: Office, case_id: str, who: str = "wang") -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = ok(await office.get(who, f"/cases/{case_id}/events"))["items"]
    return events


async def state(office: Office, case_id: str) -> str:
    return str(ok(await office.get("wang", f"/cases/{case_id}"))["state"])


async def test_the_whole_life_of_a_general_hazard(office: Office) -> None:
    case_id = await office.case("清理积尘", "建立清扫记录")
    begun = await office.done("firm", case_id, "report_progress", text="已停机清理", percent=30)
    assert (begun["case"]["state"], begun["events"][0]["event"]) == ("RECTIFYING", "rectification_begun")
    assert begun["events"][0]["texts"] == {"text": "已停机清理"}
    assert begun["events"][0]["facts"]["percent"] == 30
    assert begun["seq"] == begun["case"]["seq"]
    photo = await office.photo("firm", case_id)
    signalled = await office.done("firm", case_id, "signal_completion", text="已完成", evidence=[photo])
    assert signalled["case"]["state_label"] == {
        "zh": "已报整改完成，待复查",
        "en": "completion signalled, re-inspection due",
    }
    failed = [{"no": 1, "passed": True}, {"no": 2, "passed": False, "note": "记录不全"}]
    again = await office.done(
        "wang", case_id, "reinspect", officers=["wang", "li"], findings=failed, new_deadline_days=5
    )
    assert (again["case"]["state"], again["case"]["failures"]) == ("RECTIFYING", 1)
    assert again["case"]["deadline"]["last_day"] == "2026-11-25"
    assert again["events"][0]["texts"]["findings"][1] == {"note": "记录不全"}
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="记录已补", evidence=[photo])
    await office.done("wang", case_id, "reinspect", officers=["wang", "li"], findings=passed(1, 2))
    done = await office.done("chief", case_id, "sign_off", opinion="同意销号")
    assert done["case"]["state"] == "SIGNED_OFF"
    assert done["case"]["next_clock"]["key"] == "lookback.first"
    for month in range(2):
        await office.pass_time(days=30)
        look = await office.done(
            "wang", case_id, "record_look_back", officers=["wang", "zhao"], recurred=False, text="未复发"
        )
        assert look["case"]["state"] == ("SIGNED_OFF", "ARCHIVED")[month]
    entries = await ledger(office, case_id)
    assert [one["seq"] for one in entries] == list(range(1, len(entries) + 1))
    events = [one for one in entries if one["event"] != "reminded"]
    assert [one["event"] for one in events] == [
        "opened",
        "order_issued",
        "order_served",
        "rectification_begun",
        "completion_signalled",
        "reinspection_failed",
        "completion_signalled",
        "reinspection_passed",
        "signed_off",
        "look_back_passed",
        "look_back_completed",
    ]
    assert events[0]["texts"]["requirements"] == [{"text": "清理积尘"}, {"text": "建立清扫记录"}]
    assert events[8]["actor"] == {
        "user_id": "chief",
        "name": "chief同志",
        "role": "section_head",
        "role_label": {"zh": "科室负责人", "en": "section head"},
        "acting_for": None,
    }


async def major(office: Office) -> str:
    """A case graded major by the section head, under a served order."""
    policy = ok(await office.get("wang", "/policies/current"))
    standard = {"standard_id": policy["standards"][0]["id"], "version": "1", "clause": "4(2)"}
    case_id = await office.case(suspected_major=standard)
    graded = await office.done("chief", case_id, "determine_grade", grade="major", reason="符合判定标准")
    assert (graded["case"]["state"], graded["case"]["grade"]) == ("ORDERED", "major")
    return case_id


async def test_the_whole_life_of_a_major_hazard(office: Office) -> None:
    case_id = await major(office)
    short = PLAN | {"funds": ""}
    problem = refused(
        await office.give("firm", case_id, "file_plan", **short), 409, "requirement_missing", "plan.parts"
    )
    assert "资金" in problem["detail"]
    assert problem["details"]["missing"] == ["funds"]
    assert "第十五条" in problem["article"]
    await office.done("firm", case_id, "file_plan", **PLAN)
    await office.done("chief", case_id, "accept_plan", opinion="同意")
    photo = await office.photo("firm", case_id)
    problem = refused(
        await office.give("firm", case_id, "signal_completion", text="完成", evidence=[photo]),
        409,
        "requirement_missing",
        "double_report",
    )
    assert "第四十一条" in problem["article"]
    report = {"present_state": "现状", "harm_and_difficulty": "危害", "treatment": "方案"}
    await office.done("firm", case_id, "report_major_hazard", **report)
    await office.done("wang", case_id, "acknowledge_report")
    minutes = await office.photo("firm", case_id, "职工大会记录")
    await office.done("firm", case_id, "report_to_congress", held_on="2026-11-20", evidence=[minutes])
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    refused(
        await office.give("wang", case_id, "reinspect", officers=["wang", "zhao"], findings=passed(1)),
        409,
        "requirement_missing",
        "reinspect.assessment",
    )
    refused(
        await office.give("firm", case_id, "commission_assessment", assessor_org_id="o-bureau"),
        409,
        "requirement_missing",
        "assessment.independent",
    )
    chosen = {"independence_declared": True}
    refused(
        await office.give("firm", case_id, "commission_assessment", assessor_org_id="o-bureau", **chosen),
        409,
        "requirement_missing",
        "assessment.registered",
    )
    refused(await office.get("assessor", f"/cases/{case_id}"), 404, "not_found")
    await office.done("firm", case_id, "commission_assessment", assessor_org_id="o-assess", **chosen)
    seen = ok(await office.get("assessor", f"/cases/{case_id}"))
    assert seen["state"] == "ASSESSING"
    await office.done("assessor", case_id, "file_assessment", conclusion="effective", text="治理有效")
    problem = refused(
        await office.give("wang", case_id, "reinspect", officers=["wang", "li"], findings=passed(1)),
        403,
        "duties_not_separated",
        "reinspect.fresh_eyes",
    )
    assert "第六十七条" in problem["article"]
    await office.done("wang", case_id, "reinspect", officers=["wang", "zhao"], findings=passed(1))
    problem = refused(
        await office.give("chief", case_id, "sign_off"), 403, "not_authorised", "authority.sign_off.rank"
    )
    assert "第二十三条" in problem["article"]
    assert "主要负责人" in problem["detail"]
    assert (await office.done("head", case_id, "sign_off"))["case"]["state"] == "SIGNED_OFF"
    detail = ok(await office.get("firm", f"/cases/{case_id}"))
    assert detail["plan"] == {"status": "accepted"}
    assert detail["report"]["congress_on"] == "2026-11-20"
    assert detail["assessment"] == {"org_id": "o-assess", "conclusion": "effective"}
    assert detail["counts"]["evidence"] == 2


async def test_left_alone_it_becomes_overdue_and_extension_and_pause_move_it(office: Office) -> None:
    case_id = await office.case()
    asked = await office.done(
        "firm", case_id, "request_extension", days=10, reason="设备到货迟", interim_measures="停用该设备"
    )
    assert asked["case"]["state"] == "ORDERED"
    detail = ok(await office.get("firm", f"/cases/{case_id}"))
    assert detail["extension"]["days"] == 10
    refused(await office.give("firm", case_id, "grant_extension", days=10), 403, "not_authorised")
    granted = await office.done("chief", case_id, "grant_extension", days=10, opinion="同意")
    assert granted["case"]["deadline"]["last_day"] == "2026-12-17", "10 days after 7 December"
    assert [clock["last_day"] for clock in granted["events"][0]["clocks"] if clock["key"] == "rectify"] == [
        "2026-12-17"
    ]
    paused = await office.done("chief", case_id, "pause", ground="appraisal", reason="等待鉴定")
    assert paused["case"]["deadline"]["paused"] is True
    assert paused["case"]["overdue"] is False
    await office.pass_time(days=7)
    resumed = await office.done("chief", case_id, "resume")
    assert resumed["case"]["deadline"]["last_day"] == "2026-12-24"
    await office.pass_time(days=40)
    view = ok(await office.get("wang", f"/cases/{case_id}"))
    assert (view["state"], view["overdue"]) == ("OVERDUE", True)
    photo = await office.photo("firm", case_id)
    late = await office.done("firm", case_id, "signal_completion", text="迟到的完成", evidence=[photo])
    assert (late["case"]["state"], late["case"]["overdue"]) == ("SUBMITTED", False)


async def test_a_look_back_that_finds_it_again_reopens_it_with_its_history(office: Office) -> None:
    case_id = await office.signing_off()
    await office.done("chief", case_id, "sign_off")
    await office.pass_time(days=30)
    again = await office.done(
        "wang",
        case_id,
        "record_look_back",
        officers=["wang", "li"],
        recurred=True,
        items=[1],
        text="积尘再次超标",
    )
    assert (again["case"]["state"], again["case"]["recurrences"]) == ("RECURRED", 1)
    first = again["case"]["order_no"]
    issued = await office.done("wang", case_id, "issue_order", officers=["wang", "li"], deadline_days=10)
    assert issued["case"]["order_no"] not in (None, first)
    served = await office.done("wang", case_id, "serve_order", service={"served_at": office.now.isoformat()})
    assert served["case"]["state"] == "ORDERED"


# -- refusals ----------------------------------------------------------------------------------------
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
    await office.world.add(
        tables.delegations,
        {
            "delegation_id": key(),
            "district_id": "d-1",
            "from_user_id": "chief",
            "to_user_id": "u-section",
            "starts_at": office.now,
            "ends_at": office.now.replace(year=2027),
            "reason": "出差",
            "created_by": "chief",
        },
    )
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


# -- idempotency -------------------------------------------------------------------------------------
async def test_the_same_key_answers_the_same_and_acts_once(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    first = await office.post("firm", path, {"text": "一", "percent": 10}, idem=idem)
    await office.done("firm", case_id, "report_progress", text="二", percent=20)
    again = await office.post("firm", path, {"text": "一", "percent": 10}, idem=idem)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["events"] == first.json()["events"]
    assert again.json()["seq"] == first.json()["seq"]
    assert [one["event"] for one in await ledger(office, case_id)][3:] == [
        "rectification_begun",
        "progress_reported",
    ]
    for other in ({"text": "一", "percent": 11}, {"text": "壹", "percent": 10}):
        refused(await office.post("firm", path, other, idem=idem), 409, "idempotency_conflict")
    elsewhere = f"/cases/{await office.case()}/commands/report_progress"
    refused(
        await office.post("firm", elsewhere, {"text": "一", "percent": 10}, idem=idem),
        409,
        "idempotency_conflict",
    )


async def test_keys_of_different_people_do_not_meet(office: Office) -> None:
    idem, case_id = key(), await office.case()
    ok(await office.post("firm", f"/cases/{case_id}/commands/report_progress", {"text": "一"}, idem=idem))
    path = f"/cases/{case_id}/commands/assign_handler"
    answer = await office.post("chief", path, {"handler_id": "li"}, idem=idem)
    assert ok(answer)["events"][0]["event"] == "handler_assigned"
    assert "Idempotency-Replayed" not in answer.headers


async def test_a_refused_key_may_be_tried_again_with_the_same_request_only(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/sign_off"
    refused(await office.post("chief", path, {"opinion": "同意"}, idem=idem), 409, "transition_not_allowed")
    refused(await office.post("chief", path, {"opinion": "不同"}, idem=idem), 409, "idempotency_conflict")
    photo = await office.photo("firm", case_id)
    await office.done("firm", case_id, "signal_completion", text="完成", evidence=[photo])
    await office.done("wang", case_id, "reinspect", officers=["wang", "li"], findings=passed(1))
    answer = await office.post("chief", path, {"opinion": "同意"}, idem=idem)
    assert ok(answer)["events"][0]["texts"] == {"opinion": "同意"}


async def test_at_once_with_one_key_it_happens_once(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    answers = await asyncio.gather(
        *(office.post("firm", path, {"text": "同时", "percent": 5}, idem=idem) for _ in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({str(answer.json()["events"]) for answer in answers}) == 1
    assert len(await ledger(office, case_id)) == 4
    cases = [await office.case() for _ in range(4)]
    idem = key()
    answers = await asyncio.gather(
        *(
            office.post("firm", f"/cases/{one}/commands/report_progress", {"text": "同时"}, idem=idem)
            for one in cases
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409], "one key, one request"


async def test_an_unconfirmed_command_is_202_and_the_key_tells(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    office.gateway.failing = [Pending("尚未确认", "not confirmed yet", rule="engine.timeout")]
    answer = await office.post("firm", path, {"text": "在途"}, idem=idem)
    assert (answer.status_code, answer.json()["code"]) == (202, "pending")
    assert answer.headers["location"] == f"/api/v1/cases/{case_id}"
    assert int(answer.headers["retry-after"]) > 0
    replay = await office.post("firm", path, {"text": "在途"}, idem=idem)
    assert (replay.status_code, replay.headers["Idempotency-Replayed"]) == (200, "true")
    assert replay.json()["events"][0]["texts"] == {"text": "在途"}


async def test_an_unreachable_engine_is_503_and_keeps_the_words(office: Office) -> None:
    case_id, idem = await office.case(), key()
    path = f"/cases/{case_id}/commands/report_progress"
    office.gateway.failing = [EngineUnavailable("引擎不可用", "the engine is away")]
    refused(await office.post("firm", path, {"text": "等等"}, idem=idem), 503, "engine_unavailable")
    assert (await ledger(office, case_id))[-1]["texts"] == {"text": "等等"}


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
    newer = Policy.model_validate(document | {"version": "2026.12"})
    async with office.world.database.write(SYSTEM_SCOPE) as session:
        await store_policy(session, newer)
    refused(
        await office.give("chief", case_id, "adopt_policy", version=current, reason="同版"), 409, "conflict"
    )
    done = await office.done("chief", case_id, "adopt_policy", version="2026.12", reason="新规")
    assert done["case"]["policy_version"] == "2026.12"
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
