"""Supervision letter (督办), warning talk (约谈), listed supervision (挂牌督办), exposure (通报曝光)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureState
from tests.builders import (
    CHIEF,
    DEPUTY,
    FIRM,
    HEAD,
    LI,
    MAYOR,
    OFFICE,
    TOWN,
    WANG,
    ZHAO,
    Story,
    at,
    general,
    refusal,
)
from tests.measure_forms import CHIEF2, VICE_MAYOR, later
from tests.measures import clock, corrected, last_day, measure, not_proposed, not_taken, propose, take, tasks


# -- letter ------------------------------------------------------------------------------------------
def lettered() -> Story:
    return take(take(propose(general(), "supervision_letter"), "approve", CHIEF), "serve", WANG)


def test_an_approved_letter_must_be_served() -> None:
    story = take(propose(general(), "supervision_letter"), "approve", CHIEF)
    assert last_day(story, "carry_out") == date(2026, 9, 10)
    assert "m1/carry_out" in tasks(story, "inspector")
    story.until(at("2026-09-11 00:00"))
    assert clock(story, "carry_out").status is ClockStatus.MISSED
    assert clock(take(story, "serve", WANG), "carry_out").status is ClockStatus.LATE


def test_the_enterprise_answers_a_letter_it_knows_of() -> None:
    story = take(propose(general(), "supervision_letter"), "approve", CHIEF)
    assert not_taken(story, "answer", FIRM).rule == "measure.scope"
    take(story, "serve", WANG)
    assert last_day(story, "letter.answer") == date(2026, 9, 11)
    assert "m1/letter.answer" in tasks(story, "enterprise")
    take(story, "answer", FIRM)
    assert (measure(story).state, measure(story).outcome) == (MeasureState.ENDED, "answered")


def test_an_unanswered_letter_goes_on_in_digests_until_answered_or_ended() -> None:
    story = lettered().until(at("2026-09-12 10:00"))
    assert clock(story, "letter.answer").status is ClockStatus.MISSED
    story.until(at("2026-09-30 10:00"))
    digests = [entry for entry in story.entries if entry.event == "digested"]
    assert any("m1/letter.answer" in entry.data["keys"] for entry in digests)
    take(story, "end", CHIEF)
    assert measure(story).outcome == "ended"
    assert clock(story, "letter.answer").status is ClockStatus.STOPPED


# -- talk --------------------------------------------------------------------------------------------
def talk() -> Story:
    return take(propose(general(), "warning_talk"), "approve", DEPUTY)


def test_a_talk_takes_three_working_days_notice() -> None:
    story = talk()
    refused = not_taken(story, "serve_talk_notice", WANG, held_at="2026-09-04T17:00:00+08:00")
    assert refused.rule == "notice.interview.notice_before"
    assert "2026-09-04" in refused.zh
    assert "3个工作日" in refused.zh
    take(story, "serve_talk_notice", WANG, held_at="2026-09-05T09:00:00+08:00")


def test_a_talk_is_held_at_its_time_with_the_principal_and_signed() -> None:
    story = take(talk(), "serve_talk_notice", WANG, held_at=later(at("2026-09-01 10:00"), 7))
    assert not_taken(story, "hold", DEPUTY).rule == "talk.before_notice"
    story.until(at("2026-09-08 10:30"))
    assert not_taken(story, "hold", DEPUTY, principal_attended=False).rule == "talk.minutes"
    assert not_taken(story, "hold", DEPUTY, signed=False).rule == "talk.minutes"
    assert not_taken(story, "hold", DEPUTY, officers=["deputy"]).rule == "talk.two"
    assert not_taken(story, "hold", DEPUTY, officers=["deputy", "stranger"]).rule == "officials.known"
    assert not_taken(story, "hold", DEPUTY, officers=["wang", "li"]).rule == "talk.two"
    take(story, "hold", DEPUTY)
    assert clock(story, "interview.hold_after_decision").status is ClockStatus.MET
    assert last_day(story, "interview.report_after") == date(2026, 9, 23)


def test_after_an_absence_there_is_a_new_notice() -> None:
    story = take(talk(), "serve_talk_notice", WANG)
    assert not_taken(story, "record_absence", WANG).rule == "talk.time"
    story.until(at("2026-09-08 10:00"))
    take(story, "record_absence", WANG)
    assert not_taken(story, "hold", DEPUTY).details["missing"] == ["serve_talk_notice"]
    assert not_taken(story, "record_absence", WANG).details["missing"] == ["serve_talk_notice"]
    assert last_day(story, "interview.hold_after_decision") == date(2026, 9, 15)
    take(story, "serve_talk_notice", WANG)
    take(story.until(at("2026-09-15 10:00")), "hold", DEPUTY)
    assert measure(story).in_force


def test_an_overdue_report_is_digested_returned_and_accepted() -> None:
    story = take(talk(), "serve_talk_notice", WANG).until(at("2026-09-08 10:00"))
    take(story, "hold", DEPUTY).until(at("2026-10-12 10:00"))
    assert clock(story, "interview.report_after").status is ClockStatus.MISSED
    assert any(
        "m1/interview.report_after" in entry.data["keys"]
        for entry in story.entries
        if entry.event == "digested"
    )
    assert not_taken(story, "accept_report", DEPUTY).details["missing"] == ["file_report"]
    take(story, "file_report", FIRM)
    assert clock(story, "interview.report_after").status is ClockStatus.LATE
    assert "m1/approval.decide" in tasks(story, "deputy_head")
    assert not_taken(story, "return_report", CHIEF).rule == "authority.return_report.rank"
    take(story, "return_report", DEPUTY)
    assert clock(story, "interview.report_after").status is ClockStatus.RUNNING
    take(take(story, "file_report", FIRM), "accept_report", DEPUTY)
    assert measure(story).outcome == "report_accepted"


def test_a_talk_whose_report_never_comes_can_be_ended() -> None:
    story = take(talk(), "serve_talk_notice", WANG).until(at("2026-09-08 10:00"))
    assert not_taken(take(story, "hold", DEPUTY), "end", CHIEF).rule == "authority.end.rank"
    assert measure(take(story, "end", DEPUTY)).outcome == "ended"


# -- listing -----------------------------------------------------------------------------------------
def listed() -> Story:
    return take(take(propose(general(), "listing"), "approve", HEAD), "serve", WANG)


def test_the_committee_may_propose_a_listing_and_nothing_else() -> None:
    assert measure(propose(general(), "listing", OFFICE)).kind == "listing"
    assert not_proposed(general(), "fine", OFFICE).rule == "measure.fine.propose"
    assert not_proposed(general(), "supervision_letter", OFFICE).rule == "measure.supervision_letter.propose"
    story = take(propose(general(), "listing", OFFICE), "return_for_more", HEAD)
    take(story, "resubmit", OFFICE)
    assert measure(take(story, "withdraw", OFFICE)).state is MeasureState.WITHDRAWN


@pytest.mark.parametrize("by", [HEAD, MAYOR, VICE_MAYOR])
def test_the_head_or_the_government_lists_with_a_sponsoring_leader(by: Any) -> None:
    story = propose(general(), "listing")
    for wrong, rule in (
        ({"sponsor_id": "wang"}, "officials.known"),
        ({"sponsor_id": "stranger"}, "officials.known"),
        ({"finish_on": "2026-09-01"}, "listing.finish_on"),
    ):
        assert not_taken(story, "approve", by, **wrong).rule == rule
    take(story, "approve", by)
    assert measure(story).fact("approve", "sponsor_id") == "deputy"


def test_a_deputy_does_not_list() -> None:
    assert not_taken(propose(general(), "listing"), "approve", DEPUTY).rule == "authority.approve.rank"


def test_a_listing_is_published_and_reported_on_every_quarter() -> None:
    story = listed()
    assert last_day(story, "listing.publish") == date(2026, 9, 29)
    assert last_day(story, "progress.report.listed") == date(2026, 12, 1)
    assert not_taken(story, "publish", TOWN).rule == "authority.publish.role"
    take(story, "publish", OFFICE)
    story.until(at("2026-11-20 10:00"))
    take(story, "report_listed_progress", FIRM)
    assert last_day(story, "progress.report.listed") == date(2027, 2, 22)
    story.until(at("2027-02-23 10:00"))
    assert clock(story, "progress.report.listed").status is ClockStatus.MISSED
    take(story, "report_listed_progress", FIRM)
    assert clock(story, "progress.report.listed").status is ClockStatus.RUNNING


def test_a_listing_is_lifted_when_every_item_has_passed_and_before_the_sign_off() -> None:
    story = take(listed(), "publish", WANG)
    refused = not_taken(story, "delist", HEAD)
    assert refused.rule == "measure.items"
    assert refused.details["items"] == [1, 2]
    corrected(story)
    refused = refusal(story, "sign_off", CHIEF2)
    assert refused.rule == "sign_off.measures"
    assert "挂牌督办" in refused.zh
    assert refused.remedy_zh == "解除挂牌督办"
    assert not_taken(story, "delist", DEPUTY).rule == "authority.delist.rank"
    take(story, "delist", HEAD)
    assert story.entries[-1].data["instrument"] == "delisting_notice"
    assert story.give("sign_off", CHIEF2).state == "SIGNED_OFF"


def test_an_unpublished_listing_is_not_lifted_and_one_made_in_error_is_revoked() -> None:
    story = corrected(listed())
    assert not_taken(story, "delist", HEAD).details["missing"] == ["publish"]
    wrong = take(listed(), "annul", HEAD)
    assert measure(wrong).state is MeasureState.REVOKED


# -- exposure ----------------------------------------------------------------------------------------
def exposable() -> Story:
    return take(propose(general(), "exposure"), "approve", DEPUTY)


def test_nothing_is_made_public_before_somebody_else_checked_it_for_secrets() -> None:
    story = exposable()
    refused = not_taken(story, "publish", WANG)
    assert refused.details["missing"] == ["check_secrets"]
    assert refused.article == "《政府信息公开条例》第十四条、第十五条、第十七条"
    assert not_taken(story, "check_secrets", WANG).rule == "authority.check_secrets.apart"
    take(story, "check_secrets", LI, passed=False)
    assert not_taken(story, "publish", WANG).rule == "exposure.secrets"
    take(story, "check_secrets", ZHAO)
    take(story, "publish", WANG)
    assert measure(story).in_force
    assert clock(story, "publish.other").status is ClockStatus.MET


def test_an_exposure_is_withdrawn_or_expires_after_its_term() -> None:
    story = take(take(exposable(), "check_secrets", LI), "publish", WANG)
    assert last_day(story, "exposure.term") == date(2027, 9, 1)
    assert not_taken(story, "withdraw_publication", CHIEF).rule == "authority.withdraw_publication.rank"
    story.until(at("2027-09-01 23:59"))
    assert measure(story).in_force
    story.until(at("2027-09-02 00:00"))
    assert (measure(story).state, measure(story).outcome) == (MeasureState.LAPSED, "lapsed:exposure.term")
    other = take(take(exposable(), "check_secrets", LI), "publish", WANG)
    assert measure(take(other, "withdraw_publication", DEPUTY)).outcome == "withdrawn"


def test_a_publication_lies_not_in_the_future() -> None:
    story = take(exposable(), "check_secrets", LI)
    ahead = later(story.now, 1)
    assert not_taken(story, "publish", WANG, published_at=ahead).rule == "time.not_in_future"
