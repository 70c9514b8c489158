"""Penalties before they are decided: windows to the day, the hearing, what must be weighed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from tests.builders import (
    DEPUTY,
    FIRM,
    HEAD,
    LAWYER,
    LI,
    WANG,
    Story,
    at,
    served,
)
from tests.measure_forms import HEARD, LAWYER2, SMALL, WEIGHTY, later
from tests.measures import (
    clock,
    decided,
    last_day,
    measure,
    not_taken,
    noticed,
    overdue_major,
    propose,
    reviewed,
    silent,
    take,
    tasks,
)


# -- windows -----------------------------------------------------------------------------------------
def test_the_windows_open_at_service_and_their_last_day_is_exact() -> None:
    story = noticed(amount=HEARD)
    assert last_day(story, "defence.period") == last_day(story, "hearing.request") == date(2026, 9, 30)


def test_a_hearing_may_be_asked_for_on_the_last_lawful_day() -> None:
    story = noticed("suspension").until(at("2026-09-30 23:59"))
    take(story, "ask_hearing", FIRM)
    assert clock(story, "hearing.request").status is ClockStatus.MET


def test_one_working_day_later_the_right_is_spent() -> None:
    story = noticed("suspension").until(at("2026-10-01 00:00"))
    refused = not_taken(story, "ask_hearing", FIRM)
    assert refused.rule == "window.hearing.request"
    assert "2026-09-30" in refused.zh
    assert refused.details["last_day"] == "2026-09-30"
    assert refused.article == "《行政处罚法》第六十四条"
    assert clock(story, "hearing.request").status is ClockStatus.EXPIRED
    assert "windows_closed" in story.events
    assert not_taken(story, "waive_hearing", FIRM).rule == "window.hearing.request"


def test_the_window_counts_from_the_service_recorded_not_from_the_record() -> None:
    story = take(propose(overdue_major(), "suspension"), "approve", HEAD)
    take(story, "conclude_investigation", LI).until(at("2026-09-24 10:00"))
    take(story, "serve_notice", WANG, service=served(at("2026-09-23 09:00")))
    assert last_day(story, "hearing.request") == date(2026, 10, 8)


def test_a_small_fine_gives_no_right_to_a_hearing_but_to_a_defence() -> None:
    story = noticed(amount=HEARD - 10_001)
    assert clock(story, "hearing.request") is None
    refused = not_taken(story, "ask_hearing", FIRM)
    assert refused.rule == "hearing.scope"
    assert "50000" in refused.zh
    take(story, "record_defence", FIRM)
    assert clock(story, "defence.period").status is ClockStatus.MET


def test_a_person_s_fine_is_large_sooner_than_a_unit_s() -> None:
    story = noticed(amount=20_000, target="person")
    assert take(story, "ask_hearing", FIRM).case.measures[-1].done["ask_hearing"]


@pytest.mark.parametrize(
    ("step", "actor"), [("submit_decision", WANG), ("submit_review", LI), ("discuss", DEPUTY)]
)
def test_nothing_is_weighed_while_a_window_runs(step: str, actor: Any) -> None:
    story = noticed("suspension")
    refused = not_taken(story, step, actor)
    assert refused.rule == "defence.over"
    take(story, "record_defence", FIRM)
    refused = not_taken(story, step, actor)
    assert refused.rule == "hearing.window_open"
    assert "2026-09-30" in refused.zh


def test_a_decision_whose_rights_were_waived_need_not_wait() -> None:
    story = noticed(amount=HEARD)
    take(take(story, "record_defence", FIRM, waived=True), "waive_hearing", FIRM)
    decided(story)
    assert measure(story).fact("decide", "decided_on") == "2026-09-22"


def test_a_hearing_waived_cannot_be_asked_for_nor_the_other_way_round() -> None:
    story = take(noticed(amount=HEARD), "waive_hearing", FIRM)
    assert not_taken(story, "ask_hearing", FIRM).rule == "window.hearing.request"
    other = take(noticed(amount=HEARD), "ask_hearing", FIRM)
    assert not_taken(other, "waive_hearing", FIRM).rule == "window.hearing.request"


# -- the hearing -------------------------------------------------------------------------------------
def asked() -> Story:
    return take(noticed("suspension"), "ask_hearing", FIRM)


def test_a_hearing_takes_seven_working_days_notice() -> None:
    story = asked()
    early = not_taken(story, "serve_hearing_notice", WANG, held_at=later(story.now, 17))
    assert early.rule == "notice.hearing.notice"
    assert "2026-10-09" in early.zh
    assert early.details["earliest"] == str(at("2026-10-10 00:00"))
    take(story, "serve_hearing_notice", WANG, held_at="2026-10-10T09:00:00+08:00")
    assert last_day(story, "hearing.notice") == date(2026, 10, 9)


def test_whoever_worked_on_the_case_does_not_preside() -> None:
    story = asked()
    for presiding in ("wang", "li", "head"):
        refused = not_taken(story, "serve_hearing_notice", WANG, presiding=presiding)
        assert refused.rule == "hearing.apart"
        assert refused.article == "《行政处罚法》第六十四条"
    assert not_taken(story, "serve_hearing_notice", WANG, presiding="stranger").rule == "officials.known"


def test_the_presiding_officer_named_holds_it_and_not_before_its_time() -> None:
    story = take(asked(), "serve_hearing_notice", WANG)
    assert not_taken(story, "hold_hearing", LAWYER).rule == "hearing.presiding"
    assert not_taken(story, "hold_hearing", LAWYER2).rule == "hearing.before_notice"
    story.until(at("2026-10-12 12:00"))
    take(story, "hold_hearing", LAWYER2)
    assert "hold_hearing" in measure(story).done


def test_a_hearing_may_be_set_anew_until_it_has_been_held() -> None:
    story = take(asked(), "serve_hearing_notice", WANG)
    take(story, "serve_hearing_notice", WANG, held_at=later(story.now, 30))
    assert measure(story).done["serve_hearing_notice"].times == 2
    story.until(at("2026-10-23 12:00"))
    take(story, "hold_hearing", LAWYER2)
    assert not_taken(story, "serve_hearing_notice", WANG).rule == "hearing.once"


def test_a_hearing_asked_for_must_be_held_before_anything_is_weighed() -> None:
    story = take(asked(), "record_defence", FIRM).until(at("2026-10-20 10:00"))
    for step, actor in (("submit_review", LI), ("discuss", DEPUTY), ("submit_decision", WANG)):
        refused = not_taken(story, step, actor)
        assert refused.rule == "hearing.held"
        assert refused.details["missing"] == ["hold_hearing"]
    assert not_taken(story, "serve_notice", WANG).rule == "hearing.held"


# -- weighing ----------------------------------------------------------------------------------------
def test_a_failed_review_stops_the_decision_until_another_passes() -> None:
    story = take(silent(noticed(amount=HEARD)), "submit_review", LI)
    take(story, "legal_review", LAWYER, passed=False)
    assert not_taken(story, "submit_decision", WANG).rule == "review.passed"
    again = not_taken(story, "legal_review", LAWYER)
    assert again.details["missing"] == ["submit_review"]
    reviewed(story)
    assert measure(take(story, "submit_decision", WANG)).done["legal_review"].times == 2


def test_a_review_from_before_the_hearing_does_not_count() -> None:
    """A notice given anew, heavier than the first: what was reviewed then is not what is decided now."""
    story = reviewed(silent(noticed(amount=SMALL, article="98")))
    take(story, "serve_notice", WANG, amount=HEARD)
    assert not {"legal_review", "submit_review"} & measure(story).done.keys()
    take(story, "ask_hearing", FIRM)
    take(story, "serve_hearing_notice", WANG, held_at=later(story.now, 20)).pass_time(days=21)
    take(story, "hold_hearing", LAWYER2)
    assert not_taken(story, "submit_decision", WANG).rule == "review.done"


def test_the_reviewer_and_the_investigators_do_not_decide_nor_review_each_other() -> None:
    story = take(silent(noticed(amount=HEARD)), "submit_review", LI)
    refused = not_taken(story, "legal_review", WANG)
    assert refused.rule == "authority.legal_review.role"
    assert not_taken(reviewed(story), "decide", DEPUTY).rule == "authority.decide.rank"


def test_a_weighty_fine_takes_three_leaders_of_the_bureau() -> None:
    story = reviewed(silent(noticed(amount=WEIGHTY)))
    missing = not_taken(story, "submit_decision", WANG)
    assert missing.rule == "discussion.done"
    assert missing.details["missing"] == ["discuss"]
    for named in (["head", "deputy"], ["head", "deputy", "lawyer"], ["head", "deputy", "deputy"]):
        refused = not_taken(story, "discuss", HEAD, participants=named)
        assert refused.rule == "discussion.participants", named
    for named in (["head", "deputy", "wang"], ["head", "deputy", "mayor"], ["head", "deputy", "firm"]):
        assert not_taken(story, "discuss", HEAD, participants=named).rule == "officials.known"
    take(story, "discuss", HEAD, participants=["head", "deputy", "chief", "lawyer"])
    assert take(story, "submit_decision", WANG).case.measures[-1].done["submit_decision"]


def test_a_submission_may_be_returned_and_made_again() -> None:
    story = take(silent(noticed()), "submit_decision", WANG)
    assert f"m{measure(story).no}/approval.decide" in tasks(story, "head")
    take(story, "return_decision", HEAD)
    assert not_taken(story, "decide", HEAD).details["missing"] == ["submit_decision"]
    assert tasks(story, "head") == []
    assert clock(story, "penalty.decide").active
    take(take(story, "submit_decision", WANG), "decide", HEAD)
