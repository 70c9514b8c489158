"""Criminal referral (移送), request for closure (提请关闭), serious bad faith (严重失信名单)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from tests.builders import CHIEF, DEPUTY, FIRM, HEAD, LI, MAYOR, WANG, Story, at, general, major
from tests.measure_forms import KNOWN, LAWYER2, VICE_MAYOR, delegate, later
from tests.measures import (
    clock,
    decided,
    imposed,
    last_day,
    measure,
    not_proposed,
    not_taken,
    overdue_major,
    propose,
    refuses,
    reviewed,
    silent,
    suspended,
    take,
    tasks,
    with_ground,
)

TRF = "《行政执法机关移送涉嫌犯罪案件的规定》"
WSL_113 = "《安全生产法》第一百一十三条"


# -- criminal referral -------------------------------------------------------------------------------
def sent() -> Story:
    return take(take(propose(general(), "criminal_referral"), "approve", HEAD), "send", WANG)


def test_the_head_decides_a_referral_within_three_days() -> None:
    story = propose(general(), "criminal_referral")
    assert last_day(story, "criminal.decide") == date(2026, 9, 4)
    assert tasks(story, "head") == ["m1/criminal.decide"]
    refused = not_taken(story, "approve", DEPUTY)
    assert refused.rule == "authority.approve.role"
    assert refused.article == f"{TRF}第五条"
    story.until(at("2026-09-05 00:00"))
    assert clock(story, "criminal.decide").status is ClockStatus.MISSED
    assert {"section_head", "deputy_head"} <= {one.audience_role for one in story.outcome.notices}
    take(story, "approve", delegate(HEAD, DEPUTY))
    assert clock(story, "criminal.decide").status is ClockStatus.LATE


def test_the_police_get_it_within_a_day_and_answer_within_three() -> None:
    story = take(propose(general(), "criminal_referral"), "approve", HEAD)
    assert clock(story, "criminal.send").due_at == at("2026-09-02 10:00")
    take(story.until(at("2026-09-02 09:00")), "send", WANG)
    assert clock(story, "criminal.send").status is ClockStatus.MET
    assert last_day(story, "criminal.police") == date(2026, 9, 5)  # a Saturday
    assert "m1/criminal.police" in tasks(story, "inspector")


def test_what_the_police_accepted_is_handed_over_within_three_days_of_their_notice() -> None:
    """《…移送…规定》第十二条: the days run from its receipt, not from its recording."""
    story = take(sent().until(at("2026-09-04 10:00")), "record_acceptance", WANG, received_on="2026-09-02")
    assert measure(story).in_force
    assert last_day(story, "criminal.hand_over") == date(2026, 9, 5)
    assert not_taken(story, "record_return", WANG).rule == "criminal.asked"
    story.until(at("2026-09-06 00:00"))
    assert clock(story, "criminal.hand_over").status is ClockStatus.MISSED
    assert measure(take(story, "hand_over", LI)).outcome == "accepted"


def test_declined_the_procuratorate_may_be_asked_at_once() -> None:
    story = take(sent(), "record_return", WANG)
    assert not_taken(story, "ask_prosecutor", DEPUTY).rule == "authority.ask_prosecutor.rank"
    take(story, "ask_prosecutor", HEAD)
    assert clock(story, "follow_up").active
    assert measure(take(take(story, "record_acceptance", WANG), "hand_over", WANG)).outcome == "accepted"
    assert measure(take(take(sent(), "record_return", WANG), "close_returned", HEAD)).outcome == "returned"


def test_declined_a_review_within_three_days_then_the_procuratorate() -> None:
    story = take(sent(), "record_return", WANG)
    assert last_day(story, "criminal.review") == date(2026, 9, 4)
    assert not_taken(story, "record_return", WANG).rule == "criminal.asked"
    assert not_taken(story, "ask_review", DEPUTY).rule == "authority.ask_review.rank"
    take(story.until(at("2026-09-04 23:00")), "ask_review", HEAD)
    assert not_taken(story, "ask_prosecutor", HEAD).rule == "criminal.declined_again"
    take(story.until(at("2026-09-07 10:00")), "record_return", WANG)
    assert last_day(story, "criminal.review") == date(2026, 9, 10)
    take(story, "ask_prosecutor", HEAD)
    assert clock(story, "follow_up").active


def test_the_days_for_a_review_run_from_the_receipt_of_the_refusal() -> None:
    story = sent().until(at("2026-09-07 10:00"))
    assert not_taken(story, "record_return", WANG, received_on="2026-08-31").rule == "criminal.received"
    assert not_taken(story, "record_return", WANG, received_on="2026-09-08").rule == "time.not_in_future"
    take(story, "record_return", WANG, received_on="2026-09-05")
    assert last_day(story, "criminal.review") == date(2026, 9, 8)


def test_too_late_for_a_review_it_is_closed() -> None:
    story = take(sent(), "record_return", WANG).until(at("2026-09-05 00:00"))
    refused = not_taken(story, "ask_review", HEAD)
    assert refused.rule == "criminal.review"
    assert "2026-09-04" in refused.zh
    assert refused.article == f"{TRF}第九条"
    assert PROCEDURES[MeasureKind.CRIMINAL_REFERRAL].steps["close_returned"].basis == f"{TRF}第十条"
    assert measure(take(story, "close_returned", HEAD)).outcome == "returned"


def test_what_the_police_accepted_is_not_closed_as_returned() -> None:
    story = take(take(sent(), "record_return", WANG), "ask_prosecutor", HEAD)
    take(story, "record_acceptance", WANG)
    assert not_taken(story, "close_returned", HEAD).rule == "criminal.accepted"


def test_a_referral_takes_two_officers_and_a_ground_the_law_names() -> None:
    assert not_proposed(general(), "criminal_referral", officers=["wang"]).rule == "officers.two"
    refused = not_proposed(general(), "criminal_referral", ground="nuisance")
    assert refused.rule == "measure.criminal_referral.ground"
    assert not_proposed(general(), "criminal_referral", ground=None).details["missing"] == ["ground"]
    propose(general(), "criminal_referral", ground="monitors_disabled")


def test_a_referral_for_refusal_takes_a_major_hazard_and_the_refusal_on_record() -> None:
    """法释〔2022〕19号第三条: a deadline that passed is no refusal, and a general hazard no ground."""
    for story in (major(), overdue_major()):
        assert not_proposed(story, "criminal_referral", ground="refused_stop").rule == "refusal.shown"
    refused = not_proposed(refuses(general()), "criminal_referral", ground="refused_stop")
    assert refused.rule == "referral.major"
    assert "第一百三十四条之一" in str(refused.article)
    propose(refuses(overdue_major()), "criminal_referral", ground="refused_stop")


# -- serious bad faith: what it takes ------------------------------------------------------------------
UNPUNISHED = KNOWN.model_copy(update={"grounds": ()})


def test_a_bad_faith_listing_takes_a_penalty_that_stands() -> None:
    """令11第三条: 受到行政处罚，并且性质恶劣、情节严重."""
    refused = not_proposed(general(), "bad_faith", vouched=UNPUNISHED)
    assert (refused.rule, refused.article) == ("bad_faith.penalised", "应急管理部令第11号第三条")
    propose(imposed(), "bad_faith", vouched=UNPUNISHED)
    propose(general(), "bad_faith")  # the enterprise's file shows one
    annulled = take(imposed(), "withdraw_publication", HEAD)
    take(annulled, "annul", HEAD)
    assert not_proposed(annulled, "bad_faith", vouched=UNPUNISHED).rule == "bad_faith.penalised"


def test_a_bad_faith_listing_names_an_industry_of_article_two() -> None:
    assert not_proposed(imposed(), "bad_faith", industry=None).details["missing"] == ["industry"]
    assert not_proposed(imposed(), "bad_faith", industry="catering").rule == "measure.bad_faith.industry"
    assert not_proposed(imposed(), "fine", industry="mining").rule == "measure.fine.industry"


# -- closure -----------------------------------------------------------------------------------------
def unfit() -> Story:
    story = take(suspended(), "apply_resumption", FIRM)
    return take(take(story, "review_resumption", LI, passed=False), "refuse_resumption", HEAD)


@pytest.mark.parametrize("ground", ["counter", "accident"])
def test_a_ground_of_the_enterprise_s_file_is_vouched_for(ground: str) -> None:
    refused = not_proposed(overdue_major(), "closure", ground=ground)
    assert refused.rule == "closure.ground"
    assert refused.article == WSL_113
    other = "accident" if ground == "counter" else "counter"
    assert (
        not_proposed(overdue_major(), "closure", vouched=with_ground(other), ground=ground).rule
        == "closure.ground"
    )
    propose(overdue_major(), "closure", vouched=with_ground(ground), ground=ground)


def test_unfit_after_rectification_takes_a_resumption_refused() -> None:
    ground = "unfit_after_rectification"
    assert not_proposed(suspended(), "closure", ground=ground).rule == "closure.ground"
    story = unfit()
    propose(story, "closure", ground=ground)
    resumed = unfit()
    take(take(resumed, "apply_resumption", FIRM), "review_resumption", LI)
    take(resumed, "approve_resumption", HEAD)
    assert not_proposed(resumed, "closure", ground=ground).rule == "closure.ground"


def test_refusing_the_suspension_takes_a_refusal_recorded() -> None:
    ground = "refuses_suspension"
    assert not_proposed(suspended(), "closure", ground=ground).rule == "closure.ground"
    propose(refuses(suspended(), "suspension"), "closure", ground=ground)


@pytest.mark.parametrize("ground", ["disorder", "evades_penalty"])
def test_closure_has_a_closed_list_of_grounds(ground: str) -> None:
    assert not_proposed(overdue_major(), "closure", ground=ground).rule == "measure.closure.ground"
    assert not_proposed(overdue_major(), "closure", ground=None).details["missing"] == ["ground"]


def requested() -> Story:
    story = propose(overdue_major(), "closure", vouched=with_ground("counter"))
    take(take(story, "approve", HEAD), "serve_notice", WANG)
    take(reviewed(silent(story)), "discuss", DEPUTY)
    return take(story, "request_government", HEAD)


def test_closure_gives_a_hearing_and_takes_review_and_discussion() -> None:
    story = propose(overdue_major(), "closure", vouched=with_ground("counter"))
    take(take(story, "approve", HEAD), "serve_notice", WANG)
    assert last_day(story, "hearing.request") == date(2026, 9, 30)
    take(story, "ask_hearing", FIRM)
    take(story, "serve_hearing_notice", WANG, held_at=later(story.now, 20)).pass_time(days=21)
    assert not_taken(story, "submit_review", LI).rule == "hearing.held"
    take(story, "hold_hearing", LAWYER2)
    assert not_taken(story, "discuss", DEPUTY).rule == "review.done"
    assert not_taken(story, "request_government", HEAD).rule == "review.done"
    reviewed(story)
    assert not_taken(story, "request_government", HEAD).rule == "discussion.done"
    take(story, "discuss", DEPUTY)
    assert clock(story, "prepare").status is ClockStatus.MET
    assert "m1/approval.decide" in tasks(story, "head")
    take(story, "request_government", HEAD)
    assert last_day(story, "closure.decide") == date(2026, 11, 12)


@pytest.mark.parametrize("actor", [HEAD, DEPUTY, VICE_MAYOR])
def test_the_bureau_never_decides_a_closure_nor_does_a_deputy_of_the_government(actor: Any) -> None:
    story = requested()
    refused = not_taken(story, "decide_closure", actor)
    assert refused.rule in ("authority.decide_closure.role", "authority.decide_closure.rank")
    assert refused.article == "《安全生产法》第一百一十三条、第一百一十五条"


def test_the_government_decides_once_requested() -> None:
    story = propose(overdue_major(), "closure", vouched=with_ground("counter"))
    take(story, "approve", HEAD)
    refused = not_taken(story, "decide_closure", MAYOR)
    assert refused.details["missing"] == ["request_government"]
    story = requested()
    assert not_taken(story, "decide_closure", MAYOR, decided_on="2026-12-01").rule == "time.not_in_future"
    take(story, "decide_closure", MAYOR)
    entry = story.entries[-1]
    assert entry.data["bearing"] == "closed"
    assert entry.data["facts"]["decision_no"] == "示政关〔2026〕1号"
    assert entry.data["facts"]["decided_on"] == "2026-10-01"


def test_a_closure_declined_is_over() -> None:
    story = take(requested(), "decline_closure", MAYOR)
    assert (measure(story).state, measure(story).outcome) == (MeasureState.REFUSED, "declined")


def test_with_the_enterprise_closed_measures_end_and_what_is_owed_stays() -> None:
    story = propose(suspended(), "fine")
    take(take(story, "approve", HEAD), "conclude_investigation", LI)
    decided(silent(take(story, "serve_notice", WANG)))
    take(take(story, "serve_decision", WANG), "publish", WANG)
    propose(story, "supervision_letter")
    story._keep(story.hazard.apply_closure(date(2026, 10, 20), story.now))
    assert story.state == "CLOSED_WITH_ENTERPRISE"
    suspension, fine, letter = story.case.measures
    assert (suspension.state, suspension.outcome) == (MeasureState.ENDED, "enterprise_closed")
    assert (letter.state, letter.outcome) == (MeasureState.ENDED, "enterprise_closed")
    assert fine.in_force
    assert not story.case.over
    closed_at = story.case.closed_at
    assert {key.partition("/")[0] for key in (c.key for c in story.case.active_clocks())} == {"m2"}
    assert not_proposed(story, "fine").rule == "lifecycle.propose_measure"
    story.pass_time(days=3)
    take(take(story, "record_payment", WANG, "fine"), "settle", WANG, "fine")
    assert story.case.over
    assert story.case.closed_at == closed_at
    assert story.case.active_clocks() == ()


# -- bad faith ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("ground", ["major_hazard", "counter", "refuses_suspension"])
def test_bad_faith_has_a_closed_list_of_grounds(ground: str) -> None:
    refused = not_proposed(general(), "bad_faith", ground=ground)
    assert refused.rule == "measure.bad_faith.ground"
    assert refused.article == "应急管理部令第11号"


def test_bad_faith_takes_a_notice_first_and_reaches_the_file_when_served() -> None:
    story = take(propose(general(), "bad_faith"), "approve", HEAD)
    assert not_taken(story, "decide", HEAD).details["missing"] == ["serve_notice", "submit_decision"]
    take(story, "serve_notice", WANG)
    assert not_taken(story, "submit_decision", WANG).rule == "defence.over"
    take(silent(story), "submit_decision", WANG)
    assert clock(story, "prepare").status is ClockStatus.MET
    take(story, "return_decision", HEAD)
    assert clock(story, "prepare").status is ClockStatus.RUNNING
    take(take(story, "submit_decision", WANG), "decide", HEAD)
    take(story.pass_time(days=1), "serve_decision", WANG)
    entry = story.entries[-1]
    assert entry.data["bearing"] == "listed_bad_faith"
    assert entry.data["facts"]["decided_on"] == measure(story).fact("decide", "decided_on")
    take(story, "publish", WANG)
    assert measure(story).in_force
    assert not_taken(story, "hand_over", WANG).rule == "bad_faith.remedies"
    story.until(clock(story, "litigate").due_at)
    assert clock(story, "follow_up").active
    assert measure(take(story, "hand_over", WANG)).outcome == "listed"


def listed_for_bad_faith() -> Story:
    story = take(take(propose(general(), "bad_faith"), "approve", HEAD), "serve_notice", WANG)
    take(take(silent(story), "submit_decision", WANG), "decide", HEAD)
    return take(take(story.pass_time(days=1), "serve_decision", WANG), "publish", WANG)


def test_a_bad_faith_listing_is_annulled_in_the_case_and_in_the_file() -> None:
    story = take(listed_for_bad_faith(), "record_remedy", WANG, event="filed")
    story.until(clock(story, "litigate").due_at)
    assert not_taken(story, "hand_over", WANG).rule == "bad_faith.remedies"
    assert not_taken(story, "annul", DEPUTY).rule == "authority.annul.rank"
    take(story, "annul", HEAD)
    assert measure(story).state is MeasureState.REVOKED
    assert story.entries[-1].data["bearing"] == "bad_faith_annulled"


def test_bad_faith_by_a_deputy_is_refused() -> None:
    assert not_taken(propose(general(), "bad_faith"), "approve", DEPUTY).rule == "authority.approve.rank"
    assert not_taken(propose(general(), "bad_faith"), "approve", CHIEF).rule == "authority.approve.rank"
