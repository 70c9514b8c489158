"""A general hazard (一般隐患) from its first record to the archive, and every fork on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.errors import NotFound, RequirementMissing
from models.events import fold
from tests.builders import (
    CHIEF,
    DEPUTY,
    FACTS,
    FIRM,
    HEAD,
    MAYOR,
    WANG,
    ZHAO,
    Story,
    at,
    findings,
    general,
    order,
    refusal,
    served,
)
from tests.invariants import check_case
from tests.situations import (
    DONE,
    SITUATIONS,
    TWO,
    failed,
    looked_back,
    overdue,
    passed,
    recurred,
    signed_off,
    submitted,
)

START = "2026-09-01 10:00"
AGAIN = {"officers": TWO, "findings": findings(True, False)}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_keeps_the_invariants(name: str) -> None:
    story = SITUATIONS[name]()
    check_case(story.hazard, story.entries, story.now)


def test_from_the_finding_to_the_archive() -> None:
    story = Story(at(START)).give("issue_order", WANG, order=order()).pass_time(hours=2)
    story.give("serve_order", WANG, service=served(story.now)).pass_time(days=4)
    story.give("report_progress", FIRM, text="已停机清理", percent=40, evidence=["photo"]).pass_time(days=5)
    story.give("signal_completion", FIRM, **DONE).pass_time(days=2)
    story.give("reinspect", ZHAO, officers=TWO, findings=findings(True, True), evidence=["photo"]).pass_time(
        days=1
    )
    looked_back(looked_back(story.give("sign_off", CHIEF, opinion="同意销号")))
    assert [event for event in story.events if event != "reminded"] == [
        "opened",
        "order_issued",
        "order_served",
        "rectification_begun",
        "completion_signalled",
        "reinspection_passed",
        "signed_off",
        "look_back_passed",
        "look_back_completed",
    ]
    assert story.state == "ARCHIVED"
    assert {clock.status for clock in story.case.clocks.values()} == {ClockStatus.MET}
    assert story.case.closed_at == story.now
    assert all(item.passed for item in story.case.items)
    assert fold(story.entries) == story.case


def test_an_inspection_opens_orders_and_serves_in_one_breath() -> None:
    story = general(START)
    assert story.events == ["opened", "order_issued", "order_served"]
    assert [entry.command_id is not None for entry in story.entries] == [True, False, False]
    assert story.case.handler_id == "wang"
    assert story.case.officers == ("li", "wang")


def test_what_is_fixed_on_the_spot_goes_straight_to_re_inspection() -> None:
    story = SITUATIONS["fixed on the spot"]()
    assert story.events == ["opened", "fixed_on_spot"]
    assert story.state == "SUBMITTED"
    assert story.case.order is None
    assert passed(story).give("sign_off", CHIEF).state == "SIGNED_OFF"


# -- completion and re-inspection --------------------------------------------------------------------
def test_completion_needs_evidence_of_this_case() -> None:
    story = general(START)
    assert refusal(story, "signal_completion", FIRM, text="完成").rule == "completion.evidence"
    error = refusal(story, "signal_completion", FIRM, text="完成", evidence=["photo", "elsewhere"])
    assert (error.rule, error.details) == ("evidence.own", {"evidence": ["elsewhere"]})
    story.give("signal_completion", FIRM, **DONE)
    assert story.entries[-1].data["evidence"] == [f"photo@{FACTS.evidence['photo']}"]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"findings": findings(True)}, "reinspect.every_item"),
        ({"findings": findings(True, True, True)}, "items.known"),
        ({"findings": [*findings(True, True), {"no": 1, "passed": False}]}, "reinspect.every_item"),
        ({"findings": findings(True, False)}, "reinspect.new_deadline"),
        ({"findings": findings(True, False), "new_deadline_days": 31}, "deadline.max"),
        ({"findings": findings(True, True), "officers": ["zhao"]}, "officers.two"),
        ({"findings": findings(True, True), "officers": ["wang", "li"]}, "officers.present"),
        ({"findings": findings(True, True), "evidence": ["elsewhere"]}, "evidence.own"),
    ],
)
def test_a_re_inspection_is_complete_or_refused(fields: dict[str, Any], rule: str) -> None:
    assert refusal(submitted(), "reinspect", ZHAO, **{"officers": TWO, **fields}).rule == rule


def test_a_failed_re_inspection_goes_back_with_items_deadline_and_count() -> None:
    story = submitted().give("reinspect", ZHAO, **AGAIN, new_deadline_days=7)
    assert story.state == "RECTIFYING"
    assert story.case.failures == 1
    assert story.case.failed_items == (2,)
    assert story.case.clocks["rectify"].status is ClockStatus.RUNNING
    story.give("signal_completion", FIRM, **DONE).give("reinspect", ZHAO, **AGAIN, new_deadline_days=7)
    assert story.case.failures == 2


def test_officers_re_inspect_an_overdue_case_whether_or_not_the_enterprise_reports() -> None:
    story = overdue(general(START))
    assert story.case.clocks["reinspect.within"].status is ClockStatus.RUNNING
    assert passed(story).state == "SIGNING_OFF"
    assert story.case.clocks["rectify"].status is ClockStatus.LATE
    again = failed(overdue(general(START)))
    assert (again.state, again.case.failures) == ("RECTIFYING", 1)


def test_the_enterprise_can_still_signal_completion_when_overdue() -> None:
    story = overdue(general(START)).give("signal_completion", FIRM, **DONE)
    assert story.state == "SUBMITTED"
    assert story.case.clocks["rectify"].status is ClockStatus.LATE
    assert story.case.clocks["reinspect.within"].status is ClockStatus.RUNNING


# -- sign-off ----------------------------------------------------------------------------------------
def test_a_refused_sign_off_goes_back_with_a_new_deadline() -> None:
    story = SITUATIONS["signing off"]()
    assert (
        refusal(story, "refuse_sign_off", CHIEF, items=[3], new_deadline_days=5, reason="不符").rule
        == "items.known"
    )
    story.give("refuse_sign_off", CHIEF, items=[2], new_deadline_days=5, reason="清扫记录不全")
    assert (story.state, story.case.failures, story.case.failed_items) == ("RECTIFYING", 1, (2,))
    assert story.case.clocks["sign_off.decide"].status is ClockStatus.MET


def test_the_hazard_is_not_struck_off_before_every_item_has_passed() -> None:
    story = SITUATIONS["signing off"]()
    unmet = story.case.items[0].model_copy(update={"passed": False})
    story.hazard.case = story.case.model_copy(update={"items": (unmet, story.case.items[1])})
    error = refusal(story, "sign_off", CHIEF)
    assert isinstance(error, RequirementMissing)
    assert error.rule == "sign_off.items"
    assert "第1项" in error.zh


# -- look-back ---------------------------------------------------------------------------------------
def test_what_comes_back_is_ordered_again_and_its_history_kept() -> None:
    story = recurred(signed_off(passed(failed(submitted()).give("signal_completion", FIRM, **DONE))))
    case = story.case
    assert (story.state, case.recurrences, case.failures, case.failed_items) == ("RECURRED", 1, 1, (1,))
    assert (case.order, case.signed_off_at, case.extensions, case.pauses) == (None, None, 0, 0)
    assert case.clocks["lookback.first"].status is ClockStatus.MET
    assert case.clocks["lookback.second"].status is ClockStatus.STOPPED
    story.give("issue_order", WANG, order=order(order_id="r-2"))
    story.give("serve_order", WANG, service=served(story.now))
    assert (story.state, story.case.orders, story.case.order_id) == ("ORDERED", 2, "r-2")
    looked_back(looked_back(signed_off(passed(submitted(story)))))
    assert story.state == "ARCHIVED"


def test_a_recurrence_says_which_items_came_back() -> None:
    error = refusal(signed_off(), "record_look_back", ZHAO, officers=TWO, recurred=True, text="复发")
    assert error.rule == "look_back.items"


# -- the other ends ----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [n for n, tell in SITUATIONS.items() if not tell().case.final])
def test_an_open_case_ends_with_its_enterprise(name: str) -> None:
    story = SITUATIONS[name]()
    today = story.now.date().isoformat()
    story.give("close_with_enterprise", MAYOR, decision_no="示政关〔2026〕1号", decided_on=today)
    assert story.state == "CLOSED_WITH_ENTERPRISE"
    ended = {clock.status for clock in story.case.clocks.values()}
    assert not ended & {ClockStatus.RUNNING, ClockStatus.PAUSED, ClockStatus.MISSED}
    check_case(story.hazard, story.entries, story.now)


def test_a_closure_is_not_dated_ahead() -> None:
    story = general(START)
    error = refusal(
        story, "close_with_enterprise", MAYOR, decision_no="示政关〔2026〕1号", decided_on="2026-09-02"
    )
    assert error.rule == "time.not_in_future"


def test_a_void_case_keeps_its_reason_and_ends_its_clocks() -> None:
    story = general(START).give("void", DEPUTY, reason="重复立案")
    assert story.state == "VOIDED"
    assert story.case.clocks["rectify"].status is ClockStatus.STOPPED
    assert story.entries[-1].data["by"] == ["deputy"]


def test_an_ended_case_takes_no_command() -> None:
    story = SITUATIONS["voided"]()
    error = refusal(story, "signal_completion", FIRM, **DONE)
    assert error.code == "transition_not_allowed"
    assert error.remedy_zh == "案件已终结，不可再办理"


# -- upkeep ------------------------------------------------------------------------------------------
def test_a_case_is_assigned_to_an_official_of_the_district() -> None:
    story = general(START)
    elsewhere = FACTS.model_copy(update={"handler_ok": False})
    assert refusal(story, "assign_handler", CHIEF, facts=elsewhere, handler_id="x").rule == "assign.official"
    assert refusal(story, "assign_handler", CHIEF, handler_id="wang").rule == "assign.same"
    assert story.give("assign_handler", CHIEF, handler_id="zhao").case.handler_id == "zhao"


def test_a_newer_policy_is_adopted_by_a_person_and_an_older_one_never() -> None:
    story = general(START)
    present = story.hazard.rules.policy

    def packed(**changes: Any) -> dict[str, Any]:
        return present.model_copy(update=changes).model_dump(mode="json", exclude_defaults=True)

    older = packed(version="2020.1", effective_from=present.effective_from.replace(year=2020))
    assert refusal(story, "adopt_policy", CHIEF, policy=packed(), reason="新版").rule == "policy.same"
    assert refusal(story, "adopt_policy", CHIEF, policy=older, reason="旧版").rule == "policy.newer"
    assert (
        refusal(story, "adopt_policy", CHIEF, policy={"version": "x"}, reason="坏").rule == "command.policy"
    )
    story.give("adopt_policy", CHIEF, policy=packed(version="2027.1"), reason="新版施行")
    assert story.case.policy_version == story.hazard.rules.policy.version == "2027.1"
    assert story.case.policy_digest == story.hazard.rules.policy.digest()


def test_another_enterprise_cannot_tell_this_case_from_none() -> None:
    rival = FIRM.model_copy(update={"enterprise_id": "e-2"})
    assert isinstance(refusal(general(START), "signal_completion", rival, **DONE), NotFound)


def test_the_head_may_do_what_a_section_head_may() -> None:
    assert SITUATIONS["signing off"]().give("sign_off", HEAD).state == "SIGNED_OFF"


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [(0, 0, 1), (14, 15, 1), (15, 29, 2), (15, 30, 0), (29, 89, 0)],
)
def test_a_look_back_counts_only_once_its_window_is_open(first: int, second: int, refused: int) -> None:
    story = signed_off()
    look = {"officers": TWO, "recurred": False, "text": "未复发"}
    signed = story.now
    for no, day in enumerate((first, second), start=1):
        story.until(signed + timedelta(days=day))
        if no == refused:
            assert refusal(story, "record_look_back", ZHAO, **look).rule == "look_back.window"
            break
        story.give("record_look_back", ZHAO, **look)
    assert (story.state == "ARCHIVED") == (not refused)


def test_what_has_come_back_is_recorded_on_the_very_day() -> None:
    assert (
        signed_off().give("record_look_back", ZHAO, officers=TWO, recurred=True, items=[1], text="复发").state
        == "RECURRED"
    )
