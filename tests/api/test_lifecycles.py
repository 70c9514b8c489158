"""The whole life of a general and of a major hazard over HTTP; deadlines left alone, extended, paused; recurrence."""

from __future__ import annotations

from tests.api.support import Office, ledger, major, ok, refused
from tests.api.words import PLAN, passed


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
        "proposal_raised",
        "completion_signalled",
        "reinspection_passed",
        "proposal_lapsed",
        "signed_off",
        "look_back_passed",
        "look_back_completed",
    ]
    assert events[0]["texts"]["requirements"] == [{"text": "清理积尘"}, {"text": "建立清扫记录"}]
    assert events[10]["actor"] == {
        "user_id": "chief",
        "name": "chief同志",
        "role": "section_head",
        "role_label": {"zh": "科室负责人", "en": "section head"},
        "acting_for": None,
    }


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
