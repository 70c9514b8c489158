"""The power cut (停止供电): five conditions, the head in person, twenty-four hours, and prompt restoring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from tests.builders import CHIEF, DEPUTY, HEAD, MAYOR, WANG, Story, at, major, refusal
from tests.measure_forms import CONDITIONS, HEAD2, delegate
from tests.measures import (
    clock,
    corrected,
    cut,
    last_day,
    measure,
    not_proposed,
    not_taken,
    propose,
    refuses,
    resumed,
    stopped,
    take,
    tasks,
)
from tests.situations import SITUATIONS

WSL_70 = "《安全生产法》第七十条"


def unstopped() -> Story:
    return major()


def unrefused() -> Story:
    return take(propose(major(), "interim_stop"), "confirm", HEAD)


def minor() -> Story:
    """Stopped while its grade was being determined, refused, and then found to be a general hazard."""
    story = take(propose(SITUATIONS["suspected under order"](), "interim_stop"), "confirm", HEAD)
    refuses(story, "interim_stop")
    return story.give("determine_grade", CHIEF, grade="general", reason="不符合判定标准")


WITHOUT: dict[str, tuple[Callable[[], Story], dict[str, object]]] = {
    "①": (minor, {}),
    "②": (unstopped, {}),
    "③": (unrefused, {}),
    "④": (stopped, {"conditions": {**CONDITIONS, "danger": {"text": "有危险"}}}),
    "⑤": (stopped, {"conditions": {**CONDITIONS, "assured": {"text": "已安排"}}}),
}
"""Condition → a case that has all but this one, and the proposal made there."""


@pytest.mark.parametrize("condition", WITHOUT)
def test_a_power_cut_without_one_of_its_conditions_is_refused_saying_which(condition: str) -> None:
    story, given = WITHOUT[condition]
    refused = not_proposed(story(), "power_cut", **given)
    assert refused.rule == "power_cut.conditions"
    assert condition in refused.zh
    assert condition in refused.details["missing"]
    assert refused.article == WSL_70
    if condition != "②":
        assert refused.details["missing"] == [condition]


def test_a_power_cut_over_a_hazard_already_removed_is_refused() -> None:
    refused = not_proposed(corrected(stopped()), "power_cut")
    assert refused.details["missing"] == ["①"]


def test_a_power_cut_must_say_what_is_cut_and_prove_its_conditions() -> None:
    refused = not_proposed(stopped(), "power_cut", conditions=None, object="")
    assert refused.details["missing"] == ["object", "conditions"]


def test_a_power_cut_takes_two_certified_officers() -> None:
    assert not_proposed(stopped(), "power_cut", officers=["wang"]).rule == "officers.two"
    assert not_proposed(stopped(), "power_cut", officers=["wang", "rookie"]).rule == "officers.certified"


def test_a_deputy_may_not_approve_a_power_cut() -> None:
    refused = not_taken(propose(stopped(), "power_cut"), "approve", DEPUTY)
    assert refused.rule == "authority.approve.role"
    assert refused.article == WSL_70


def test_nobody_above_or_below_the_head_may_approve_a_power_cut() -> None:
    story = propose(stopped(), "power_cut")
    for actor in (CHIEF, MAYOR, WANG):
        assert not_taken(story, "approve", actor).rule == "authority.approve.role"


def test_a_delegate_of_the_head_may_not_approve_a_power_cut() -> None:
    refused = not_taken(propose(stopped(), "power_cut"), "approve", delegate(HEAD, DEPUTY))
    assert refused.rule == "authority.approve.in_person"
    assert "本人" in refused.zh
    assert refused.article == WSL_70


def test_a_condition_gone_between_proposal_and_approval_is_noticed() -> None:
    story = propose(stopped(), "power_cut")
    take(story, "annul", HEAD, "interim_stop")
    assert not_taken(story, "approve", HEAD, "power_cut").details["missing"] == ["②", "③"]


def approved(**given: Any) -> Story:
    """Approved by the head, the supplier told in writing."""
    return take(take(propose(stopped(), "power_cut", **given), "approve", HEAD), "notify_supplier", WANG)


def test_the_supplier_is_told_in_writing_before_anything_is_cut() -> None:
    """《安全生产法》第七十条: 通知应当采用书面形式."""
    story = take(propose(stopped(), "power_cut"), "approve", HEAD)
    refused = not_taken(story, "cut", WANG, emergency=True, emergency_reason="可燃气体泄漏")
    assert refused.details["missing"] == ["notify_supplier"]
    take(story, "notify_supplier", WANG)
    assert story.entries[-1].data["instrument"] == "supplier_notice"


def test_the_supply_of_explosives_is_stopped_without_a_day_s_notice_but_not_at_night() -> None:
    story = approved(supply="explosives", object="雷管、炸药供应")
    assert measure(story).fact("propose", "supply") == "explosives"
    night = take(approved(supply="explosives", object="雷管、炸药供应"), "notify", WANG)
    assert not_taken(night.until(at("2026-09-03 22:00")), "cut", WANG).rule == "power_cut.night"
    assert measure(take(story, "cut", WANG)).in_force
    assert last_day(story, "reconsider") == date(2026, 11, 2)


def test_only_a_cut_names_what_is_no_longer_supplied() -> None:
    assert not_proposed(major(), "seal", supply="explosives").rule == "power_cut.supply"


def test_without_notice_the_power_is_not_cut() -> None:
    refused = not_taken(approved(), "cut", WANG)
    assert refused.rule == "power_cut.notice"
    assert refused.details["missing"] == ["notify"]


def test_twenty_three_hours_of_notice_are_refused_twenty_four_accepted() -> None:
    story = take(approved(), "notify", WANG).pass_time(hours=23)
    refused = not_taken(story, "cut", WANG)
    assert refused.rule == "power_cut.notice"
    assert "24小时" in refused.zh
    assert refused.article == WSL_70
    story.pass_time(minutes=59, seconds=59)
    assert not_taken(story, "cut", WANG).rule == "power_cut.notice"
    story.pass_time(seconds=1)
    assert measure(take(story, "cut", WANG)).in_force


def test_the_notice_counts_from_its_service_not_from_its_record() -> None:
    story = approved().pass_time(hours=5)
    take(story, "notify", WANG, service={"served_at": at("2026-09-01 11:00").isoformat()})
    assert clock(story, "power_cut.notice").due_at == at("2026-09-02 11:00")


def test_no_notice_before_the_approval() -> None:
    story = propose(stopped(), "power_cut").pass_time(hours=1)
    take(story, "approve", HEAD)
    refused = not_taken(story, "notify", WANG, service={"served_at": at("2026-09-01 10:00").isoformat()})
    assert refused.rule == "service.after_issue"


@pytest.mark.parametrize("day", ["2026-09-05 10:00", "2026-09-06 10:00", "2026-10-01 10:00"])
def test_no_power_cut_on_a_day_off(day: str) -> None:
    story = take(approved(), "notify", WANG).until(at(day))
    refused = not_taken(story, "cut", WANG)
    assert refused.rule == "power_cut.day_off"
    assert refused.article == "《行政强制法》第四十三条"


def test_a_worked_saturday_is_no_day_off() -> None:
    story = take(approved(), "notify", WANG).until(at("2026-09-20 10:00"))
    assert story.hazard.rules.calendar.is_working_day(story.now.date())
    assert measure(take(story, "cut", WANG)).in_force


@pytest.mark.parametrize("hour", ["2026-09-03 22:00", "2026-09-04 05:59"])
def test_no_power_cut_at_night(hour: str) -> None:
    story = take(approved(), "notify", WANG).until(at(hour))
    assert not_taken(story, "cut", WANG).rule == "power_cut.night"


@pytest.mark.parametrize("hour", ["2026-09-03 21:59", "2026-09-04 06:00"])
def test_the_day_ends_at_ten_and_begins_at_six(hour: str) -> None:
    story = take(approved(), "notify", WANG).until(at(hour))
    assert measure(take(story, "cut", WANG)).in_force


def test_an_emergency_needs_its_reason_and_then_no_notice() -> None:
    story = approved().until(at("2026-09-05 23:00"))
    refused = not_taken(story, "cut", WANG, emergency=True)
    assert refused.rule == "power_cut.emergency"
    assert refused.article == WSL_70
    story = take(story, "cut", WANG, emergency=True, emergency_reason="可燃气体泄漏")
    assert measure(story).in_force
    assert measure(story).fact("cut", "emergency") is True


def test_a_cut_before_its_approval_or_in_the_future_is_no_cut() -> None:
    story = take(propose(stopped(), "power_cut").pass_time(hours=1), "approve", HEAD)
    take(story, "notify_supplier", WANG)
    early = at("2026-09-01 10:30").isoformat()
    assert not_taken(story, "cut", WANG, executed_at=early).rule == "power_cut.approved"
    late = at("2026-09-01 12:00").isoformat()
    assert not_taken(story, "cut", WANG, executed_at=late).rule == "time.not_in_future"


def test_with_everything_the_power_is_cut_and_the_enterprise_s_file_learns_of_it() -> None:
    story = cut()
    assert measure(story).in_force
    entry = story.entries[-1]
    assert entry.event == "measure_step"
    assert entry.data["bearing"] == "stop_in_force"
    assert entry.data["facts"]["kind"] == "power_cut"
    assert clock(story, "carry_out").status is ClockStatus.MET


# -- restoring ---------------------------------------------------------------------------------------
def test_restoring_is_proposed_the_moment_the_correction_is_accepted() -> None:
    story = corrected(cut())
    assert story.events[-2:] == ["reinspection_passed", "lift_due"]
    passed, lift = story.entries[-2:]
    assert lift.at == passed.at == story.now
    due = clock(story, "power_cut.lift")
    assert (due.due_at - story.now).total_seconds() == 24 * 3600
    assert f"m{measure(story).no}/power_cut.lift" in tasks(story, "section_head")
    assert any(one.audience_role == "section_head" for one in story.outcome.notices)


def test_no_sign_off_while_the_power_is_cut() -> None:
    story = corrected(cut())
    resumed(story, "interim_stop")
    refused = refusal(story, "sign_off", HEAD)
    assert refused.rule == "sign_off.measures"
    assert "停止供电" in refused.zh
    assert "解除停止供应" in str(refused.remedy_zh)
    take(story, "lift", CHIEF, "power_cut")
    assert measure(story, "power_cut").outcome == "lifted"
    assert clock(story, "power_cut.lift", "power_cut").status is ClockStatus.MET
    assert story.give("sign_off", HEAD).state == "SIGNED_OFF"


def test_unrestored_after_a_day_the_leaders_hear_of_it() -> None:
    story = corrected(cut())
    story.until(clock(story, "power_cut.lift").due_at)
    assert clock(story, "power_cut.lift").status is ClockStatus.MISSED
    assert {"deputy_head", "head", "section_head"} <= {one.audience_role for one in story.outcome.notices}
    assert clock(take(story, "lift", CHIEF), "power_cut.lift").status is ClockStatus.LATE


def test_a_second_acceptance_starts_no_second_clock() -> None:
    story = corrected(cut())
    first = clock(story, "power_cut.lift")
    story.give("refuse_sign_off", HEAD, items=[1], new_deadline_days=5, reason="现场仍有积尘")
    corrected(story)
    assert story.events.count("lift_due") == 1
    assert clock(story, "power_cut.lift") == first


def test_a_cut_only_proposed_needs_no_restoring() -> None:
    story = corrected(propose(stopped(), "power_cut"))
    assert "lift_due" not in story.events


def test_any_head_in_person_may_approve() -> None:
    assert measure(take(propose(stopped(), "power_cut"), "approve", HEAD2)).state == "APPROVED"


def test_two_cuts_of_the_same_are_one_too_many() -> None:
    story = propose(stopped(), "power_cut")
    refused = not_proposed(story, "power_cut")
    assert refused.rule == "measure.once"
    assert refused.details["measure_id"] == "power_cut"
    assert len(propose(story, "power_cut", object="二号车间电源", measure_id="other").case.measures) == 3
