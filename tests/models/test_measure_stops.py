"""Interim stop (暂时停产停业), seal and seizure (查封、扣押), and resuming (复工复产)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.notices import Notice
from tests.builders import (
    CHIEF,
    DEPUTY,
    FIRM,
    HEAD,
    LI,
    WANG,
    ZHAO,
    Story,
    at,
    general,
    major,
    refusal,
    served,
)
from tests.measure_forms import HEAD2, ROOKIE, delegate, pair
from tests.measures import (
    clock,
    corrected,
    last_day,
    measure,
    not_proposed,
    not_taken,
    propose,
    resumed,
    suspended,
    take,
    tasks,
)
from tests.situations import SITUATIONS


def stop() -> Story:
    """Two officers stop a workshop on site on Tuesday at ten."""
    return propose(major(), "interim_stop")


def urgent_seal() -> Story:
    return propose(major(), "seal", urgent=True)


def sealed() -> Story:
    return take(take(propose(major(), "seal"), "approve", HEAD), "execute", WANG)


def told(notices: tuple[Notice, ...]) -> set[str]:
    return {notice.audience_role for notice in notices}


# -- acting first ------------------------------------------------------------------------------------
def test_an_interim_stop_acts_at_once_and_the_head_has_a_day_to_confirm_it() -> None:
    story = stop()
    assert measure(story).in_force
    entry = story.entries[-1]
    assert (entry.event, entry.data["bearing"], entry.data["instrument"]) == (
        "measure_proposed",
        "stop_in_force",
        "on_site_measure",
    )
    assert entry.data["facts"]["scope"] == "whole"
    assert clock(story, "urgent_measure.report").due_at == at("2026-09-02 10:00")
    assert last_day(story, "interim_stop.max") == date(2027, 3, 1)
    assert "m1/urgent_measure.report" in tasks(story, "head")
    assert {"head", "enterprise"} <= told(story.outcome.notices)


def test_its_clocks_count_from_its_service() -> None:
    story = propose(major().pass_time(hours=3), "interim_stop", service=served(at("2026-09-01 11:00")))
    assert clock(story, "urgent_measure.report").due_at == at("2026-09-02 11:00")


@pytest.mark.parametrize("missing", ["scope", "object", "service"])
def test_an_interim_stop_says_exactly_what_stops_and_is_served(missing: str) -> None:
    empty = "" if missing == "object" else None
    refused = not_proposed(major(), "interim_stop", **{missing: empty})
    assert refused.details["missing"] == [missing]
    assert refused.article == "《安全生产法》第六十五条"


def test_an_interim_stop_takes_two_certified_officers_on_site() -> None:
    assert not_proposed(major(), "interim_stop", officers=["wang"]).rule == "officers.two"
    assert not_proposed(major(), "interim_stop", officers=["li", "zhao"]).rule == "officers.present"
    assert (
        not_proposed(major(), "interim_stop", ROOKIE, officers=["rookie", "li"]).rule == "officers.certified"
    )
    assert not_proposed(major(), "interim_stop", HEAD).rule == "measure.interim_stop.propose"


@pytest.mark.parametrize("make", [stop, urgent_seal])
def test_unconfirmed_after_a_day_it_is_overdue_stays_in_force_and_goes_up(make: Any) -> None:
    """《行政强制法》第十九条 binds the officer: nothing dissolves by itself."""
    story = make().until(at("2026-09-02 10:00"))
    assert measure(story).in_force
    assert clock(story, "urgent_measure.report").status is ClockStatus.MISSED
    assert {"head", "deputy_head", "section_head", "inspector", "government"} <= told(story.outcome.notices)
    story.until(at("2026-09-03 09:00"))
    assert story.entries[-1].event == "digested"
    assert {"head", "government"} <= told(story.outcome.notices)
    story.until(at("2026-09-20 10:00"))
    assert measure(story).in_force
    assert "m1/urgent_measure.report" in tasks(story, "head")
    take(story, "confirm", HEAD)
    assert clock(story, "urgent_measure.report").status is ClockStatus.LATE
    assert measure(story).in_force


@pytest.mark.parametrize("make", [stop, urgent_seal])
def test_confirmed_in_time_it_stays(make: Any) -> None:
    story = make().until(at("2026-09-02 09:59"))
    for actor in (CHIEF, DEPUTY):
        assert not_taken(story, "confirm", actor).rule == "authority.confirm.rank"
    take(story, "confirm", HEAD)
    assert clock(story, "urgent_measure.report").status is ClockStatus.MET
    assert measure(story.until(at("2026-09-10 10:00"))).in_force
    assert not_taken(story, "confirm", HEAD2).rule.endswith("confirm.once")
    assert not_taken(story, "revoke", HEAD).rule == "urgent.confirmed"


def test_a_stop_may_be_revoked_while_unconfirmed() -> None:
    story = take(stop(), "revoke", HEAD)
    assert measure(story).state is MeasureState.REVOKED
    assert story.entries[-1].data["bearing"] == "stop_ended"


def test_who_stopped_it_does_not_confirm_it_through_a_delegation() -> None:
    story = propose(major(), "interim_stop", CHIEF)
    refused = not_taken(story, "confirm", delegate(HEAD, CHIEF))
    assert refused.rule == "authority.confirm.apart"
    assert "代理" in refused.zh
    refused = not_taken(propose(major(), "seal"), "approve", delegate(HEAD, WANG))
    assert refused.rule == "authority.approve.apart"


def test_only_what_the_law_lets_act_first_acts_first() -> None:
    refused = not_proposed(general(), "fine", urgent=True, service=served(at("2026-09-01 10:00")))
    assert refused.rule == "measure.fine.urgent"
    assert measure(propose(major(), "seal")).state is MeasureState.PROPOSED
    refused = not_proposed(major(), "seal", urgent=True, inventory="")
    assert refused.details["missing"] == ["inventory"]
    assert not_taken(sealed(), "confirm", HEAD).rule == "urgent.acted_first"


def test_two_workshops_may_be_stopped_but_one_only_once() -> None:
    story = propose(major(), "interim_stop", scope="equipment", object="一号烘房")
    assert not_proposed(story, "interim_stop", scope="equipment", object="一号烘房").rule == "measure.once"
    propose(story, "interim_stop", measure_id="other", scope="equipment", object="二号烘房")
    assert [one.in_force for one in story.case.measures] == [True, True]


def test_after_six_months_the_stop_is_overdue_not_gone() -> None:
    story = take(stop(), "confirm", HEAD).until(at("2027-03-02 00:00"))
    assert measure(story).in_force
    assert clock(story, "interim_stop.max").status is ClockStatus.MISSED
    assert {"section_head", "deputy_head", "head"} <= told(story.outcome.notices)


# -- seals -------------------------------------------------------------------------------------------
def test_a_seal_takes_the_head_first_and_its_term_runs_from_its_service() -> None:
    story = propose(major(), "seal")
    assert not_taken(story, "execute", WANG).details["missing"] == ["approve"]
    assert not_taken(story, "approve", DEPUTY).rule == "authority.approve.rank"
    take(story, "approve", HEAD)
    assert clock(story, "carry_out").active
    take(story, "execute", WANG)
    assert last_day(story, "seizure") == date(2026, 10, 1)  # the National Day: a maximum does not roll
    assert clock(story, "carry_out").status is ClockStatus.MET


def test_a_seal_whose_term_is_over_is_owed_its_release_with_an_alarm() -> None:
    """《行政强制法》第二十八条第四项: the term is over, so it must be released; disposing of it is too late."""
    story = sealed().until(at("2026-10-01 23:59"))
    assert clock(story, "seizure").status is ClockStatus.RUNNING
    story.until(at("2026-10-02 00:00"))
    assert measure(story).in_force
    assert clock(story, "seizure").status is ClockStatus.MISSED
    assert {"head", "deputy_head", "section_head", "inspector"} <= told(story.outcome.notices)
    assert "m1/seizure" in tasks(story, "head")
    assert not_taken(story, "dispose", HEAD).rule == "seal.term"
    assert not_taken(story, "extend", HEAD).rule == "seal.extend"
    take(story.until(at("2026-10-08 10:00")), "release", HEAD)
    assert clock(story, "seizure").status is ClockStatus.LATE
    assert (measure(story).outcome, story.entries[-1].data["bearing"]) == ("released", "stop_ended")


def test_one_extension_of_thirty_days_before_the_end() -> None:
    story = sealed().until(at("2026-10-01 10:00"))
    assert not_taken(story, "extend", DEPUTY).rule == "authority.extend.rank"
    take(story, "extend", HEAD)
    assert clock(story, "seizure").status is ClockStatus.MET
    assert last_day(story, "seizure.extension") == date(2026, 10, 31)  # a Saturday
    assert not_taken(story, "extend", HEAD).rule == "measure.seal.extend.once"
    story.until(at("2026-11-01 00:00"))
    assert clock(story, "seizure.extension").status is ClockStatus.MISSED
    assert measure(take(story, "release", HEAD)).outcome == "released"


# -- tests and appraisals: their time is none of the term (《行政强制法》第二十五条第三款) ---------------------------
TESTED = {"from_on": "2026-09-10", "until_on": "2026-09-20"}


def in_tests() -> Story:
    """Sealed on 1 September; tests told on the 9th, from the 10th to the 20th."""
    return take(sealed().until(at("2026-09-09 10:00")), "begin_tests", WANG, **TESTED)


def test_the_days_of_tests_do_not_count_towards_the_term() -> None:
    story = in_tests()
    assert last_day(story, "seizure") == date(2026, 10, 11)
    assert story.entries[-1].data["instrument"] == "test_notice"
    assert not_taken(story, "begin_tests", WANG, **TESTED).rule == "seal.tests"
    assert not_taken(story, "extend", HEAD).rule == "seal.tests"
    assert not_taken(story.until(at("2026-09-21 10:00")), "end_tests", WANG).rule == "seal.tests"
    again = {"from_on": "2026-10-10", "until_on": "2026-10-12"}
    assert last_day(take(story, "begin_tests", LI, **again), "seizure") == date(2026, 10, 13)


def test_tests_that_end_sooner_give_the_rest_of_their_days_back() -> None:
    story = in_tests().until(at("2026-09-14 10:00"))
    assert not_taken(story, "end_tests", WANG, ended_on="2026-09-09").rule == "seal.tests.period"
    take(story, "end_tests", WANG, ended_on="2026-09-13")
    assert last_day(story, "seizure") == date(2026, 10, 4)
    take(story, "extend", HEAD)
    assert last_day(story, "seizure.extension") == date(2026, 11, 3)


@pytest.mark.parametrize(
    "given",
    [
        {"from_on": "2026-09-08"},  # before they were told
        {"from_on": "2026-09-21"},  # after their own end
        {"from_on": "2026-10-02", "until_on": "2026-10-09"},  # after the term
    ],
)
def test_a_period_of_tests_is_told_before_it_begins_and_begins_within_the_term(given: dict[str, str]) -> None:
    story = sealed().until(at("2026-09-09 10:00"))
    assert not_taken(story, "begin_tests", WANG, **TESTED | given).rule == "seal.tests.period"


@pytest.mark.parametrize("step", ["release", "dispose"])
def test_a_seal_is_released_or_disposed_of_by_the_head(step: str) -> None:
    story = sealed()
    assert not_taken(story, step, DEPUTY).rule == f"authority.{step}.rank"
    take(story, step, HEAD)
    assert measure(story).state is MeasureState.ENDED
    assert story.entries[-1].data["bearing"] == "stop_ended"
    assert clock(story, "seizure").status is ClockStatus.MET


# -- resuming ----------------------------------------------------------------------------------------
def test_resuming_takes_an_application_a_site_review_and_an_approval() -> None:
    story = suspended()
    assert not_taken(story, "approve_resumption", HEAD).details["missing"] == [
        "apply_resumption",
        "review_resumption",
    ]
    assert not_taken(story, "review_resumption", LI).details["missing"] == ["apply_resumption"]
    take(story, "apply_resumption", FIRM)
    assert last_day(story, "resume.site_review.within") == date(2026, 10, 11)  # a Sunday
    take(story, "review_resumption", LI)
    assert clock(story, "resume.site_review.within").status is ClockStatus.MET
    assert f"m{measure(story).no}/approval.decide" in tasks(story, "head")
    assert not_taken(story, "approve_resumption", DEPUTY).rule == "authority.approve_resumption.rank"
    take(story, "approve_resumption", HEAD)
    assert measure(story).outcome == "resumed"


def test_a_review_that_fails_cannot_be_approved() -> None:
    story = take(suspended(), "apply_resumption", FIRM)
    take(story, "review_resumption", LI, passed=False)
    refused = not_taken(story, "approve_resumption", HEAD)
    assert refused.rule == "resume.review_passed"
    take(story, "refuse_resumption", HEAD)


def test_once_refused_everything_is_done_again() -> None:
    story = take(suspended(), "apply_resumption", FIRM)
    take(take(story, "review_resumption", LI), "refuse_resumption", HEAD)
    assert measure(story).in_force
    assert measure(story).refused_resumptions == 1
    assert not_taken(story, "approve_resumption", HEAD).details["missing"] == [
        "apply_resumption",
        "review_resumption",
    ]
    take(story, "apply_resumption", FIRM)
    assert not_taken(story, "approve_resumption", HEAD).details["missing"] == ["review_resumption"]
    take(take(story, "review_resumption", ZHAO), "approve_resumption", HEAD)
    assert measure(story).outcome == "resumed"


def test_who_reviewed_the_site_does_not_approve_not_even_for_the_head() -> None:
    story = take(suspended(), "apply_resumption", FIRM)
    take(story, "review_resumption", CHIEF)
    refused = not_taken(story, "approve_resumption", delegate(HEAD, CHIEF))
    assert refused.rule == "authority.approve_resumption.apart"
    refused = not_taken(story, "approve_resumption", delegate(HEAD, LI))
    assert refused.rule == "authority.approve_resumption.apart"
    assert measure(take(story, "approve_resumption", delegate(HEAD, DEPUTY))).outcome == "resumed"


def test_a_stop_in_force_keeps_the_sign_off_waiting() -> None:
    story = corrected(take(stop(), "confirm", HEAD))
    refused = refusal(story, "sign_off", HEAD)
    assert refused.rule == "sign_off.measures"
    assert "暂时停产停业" in refused.zh
    assert refused.remedy_zh == "办理复工复产审批"
    resumed(story, "interim_stop")
    assert story.give("sign_off", HEAD).state == "SIGNED_OFF"


def test_a_seal_in_force_keeps_the_sign_off_waiting_even_when_its_term_is_over() -> None:
    story = corrected(sealed())
    assert refusal(story, "sign_off", HEAD).remedy_zh == "解除或处理查封、扣押"
    story.until(at("2026-10-02 00:00"))
    assert refusal(story, "sign_off", HEAD).rule == "sign_off.measures"
    assert take(story, "release", HEAD).give("sign_off", HEAD).state == "SIGNED_OFF"


def test_work_resumes_after_the_interim_stop_only_when_every_item_has_passed() -> None:
    """《安全生产法》第六十五条: 重大事故隐患排除后，经审查同意，方可恢复."""
    story = take(take(stop(), "confirm", HEAD), "apply_resumption", FIRM)
    take(story, "review_resumption", LI)
    refused = not_taken(story, "approve_resumption", HEAD)
    assert (refused.rule, refused.details["items"]) == ("measure.items", [1, 2])
    assert "《安全生产法》第六十五条" in str(refused.article)
    take(corrected(story), "approve_resumption", HEAD)
    assert measure(story).outcome == "resumed"


def test_an_interim_stop_is_for_a_major_hazard_or_while_the_grade_is_determined() -> None:
    refused = not_proposed(general(), "interim_stop")
    assert (refused.rule, refused.article) == ("interim_stop.major", "《安全生产法》第六十五条")
    assert measure(propose(SITUATIONS["suspected"](), "interim_stop")).in_force


def test_a_stop_over_what_turns_out_a_general_hazard_is_revoked_though_confirmed() -> None:
    story = take(propose(SITUATIONS["suspected"](), "interim_stop"), "confirm", HEAD)
    assert not_taken(story, "revoke", HEAD).rule == "urgent.confirmed"
    story.give("determine_grade", CHIEF, grade="general", reason="不符合判定标准")
    assert measure(take(story, "revoke", HEAD)).state is MeasureState.REVOKED


def test_the_time_for_remedies_runs_from_the_service_of_a_stop_a_seal_a_cut() -> None:
    for story in (stop(), sealed(), urgent_seal()):
        assert last_day(story, "reconsider") == date(
            2026, 11, 2
        )  # the sixtieth day, 31 October, is a Saturday
        assert last_day(story, "litigate") == date(2027, 3, 1)


@pytest.mark.parametrize(("step", "article"), [("release", "第二十八条"), ("dispose", "第二十七条")])
def test_release_and_disposal_stand_on_their_own_articles(step: str, article: str) -> None:
    assert PROCEDURES[MeasureKind.SEAL].steps[step].basis == f"《行政强制法》{article}"


def test_the_officers_named_in_a_record_are_two_and_certified() -> None:
    story = take(suspended(), "apply_resumption", FIRM)
    assert not_taken(story, "review_resumption", LI, officers=["li"]).rule == "officers.two"
    assert not_taken(story, "review_resumption", LI, officers=["li", "rookie"]).rule == "officers.certified"
    assert not_taken(story, "review_resumption", ZHAO, officers=pair(LI)).rule == "officers.present"
    assert not_taken(story, "review_resumption", ROOKIE).rule == "authority.review_resumption.certificate"
