"""Penalties decided (处罚决定): no heavier than their notice, in time, served, owed, refused; suspensions, fines by the day."""

from __future__ import annotations

from datetime import date, timedelta

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureState
from tests.builders import (
    CHIEF,
    DEPUTY,
    HEAD,
    LAWYER,
    LI,
    WANG,
    ZHAO,
    Story,
    at,
    general,
    refusal,
    served,
)
from tests.measure_forms import APL, KNOWN, SMALL, TEXT, WEIGHTY
from tests.measures import (
    clock,
    decided,
    imposed,
    last_day,
    measure,
    not_proposed,
    not_taken,
    noticed,
    overdue_major,
    propose,
    refuses,
    resumed,
    silent,
    suspended,
    take,
)


# -- the decision ------------------------------------------------------------------------------------
def test_a_decision_is_not_heavier_than_the_notice_unless_notice_is_given_anew() -> None:
    story = take(silent(noticed(amount=SMALL)), "submit_decision", WANG)
    refused = not_taken(story, "decide", HEAD, amount=SMALL + 1)
    assert refused.rule == "penalty.not_heavier"
    assert str(SMALL) in refused.zh
    assert refused.article == "《行政处罚法》第四十五条"
    take(story, "serve_notice", WANG, amount=SMALL + 1)
    assert clock(story, "approval.decide").status is ClockStatus.STOPPED
    assert clock(story, "defence.period").status is ClockStatus.RUNNING
    take(take(silent(story), "submit_decision", WANG), "decide", HEAD, amount=SMALL + 1)
    lighter = take(silent(noticed(amount=SMALL)), "submit_decision", WANG)
    assert measure(take(lighter, "decide", HEAD, amount=SMALL - 1)).fact("decide", "amount") == SMALL - 1


def test_a_fine_says_its_amount_and_a_suspension_has_none() -> None:
    assert not_proposed(general(), "fine", amount=None).details["missing"] == ["amount"]
    assert not_proposed(overdue_major(), "suspension", amount=SMALL).rule == "penalty.amount"
    story = take(silent(noticed()), "submit_decision", WANG)
    assert not_taken(story, "decide", HEAD, amount=None).rule == "penalty.amount"


def test_ninety_days_end_on_the_ninetieth_day_even_on_the_national_day() -> None:
    """Filed on 3 July: the ninetieth day, 1 October, is a holiday; the authority's own maximum does not roll."""
    story = take(propose(general("2026-07-03 10:00"), "fine"), "approve", HEAD)
    assert last_day(story, "penalty.decide") == date(2026, 10, 1)


def test_a_late_decision_stands_and_is_recorded_as_late() -> None:
    story = take(propose(general("2026-07-03 10:00"), "fine"), "approve", HEAD)
    take(take(story, "conclude_investigation", LI), "serve_notice", WANG)
    story.until(at("2026-10-09 10:00"))
    assert clock(story, "penalty.decide").status is ClockStatus.MISSED
    decided(story)
    assert clock(story, "penalty.decide").status is ClockStatus.LATE


def test_a_decision_in_time_is_recorded_as_met() -> None:
    story = decided(silent(noticed()))
    assert clock(story, "penalty.decide").status is ClockStatus.MET
    entry = story.entries[-1]
    assert entry.data["bearing"] == "penalty_decided"
    assert entry.data["instrument"] == "penalty_decision"
    assert entry.data["facts"] == {"kind": "fine", "amount": SMALL, "decided_on": "2026-10-01"}


def test_nothing_is_served_or_published_before_it_is_decided() -> None:
    story = take(silent(noticed()), "submit_decision", WANG)
    for step in ("serve_decision", "publish"):
        refused = not_taken(story, step, WANG)
        assert refused.details["missing"] == ["decide"]
        assert APL in str(refused.article)


def test_a_decision_is_not_served_before_it_was_made() -> None:
    story = decided(silent(noticed())).pass_time(hours=1)
    refused = not_taken(story, "serve_decision", WANG, service=served(story.now - timedelta(hours=2)))
    assert refused.rule == "service.after_issue"


def test_leaving_it_takes_witnesses_or_pictures() -> None:
    story = decided(silent(noticed()))
    left = {"served_at": story.now.isoformat(), "method": "witnessed_leave"}
    assert not_taken(story, "serve_decision", WANG, service=left).rule == "service.witnessed_leave"
    take(story, "serve_decision", WANG, service={**left, "witnesses": ["wang", "town"]})


def test_what_prepares_a_decision_is_over_once_it_is_made() -> None:
    story = decided(silent(noticed(amount=WEIGHTY)))
    for step, actor in (
        ("serve_notice", WANG),
        ("submit_review", LI),
        ("discuss", DEPUTY),
        ("decide_none", HEAD),
        ("discontinue", HEAD),
    ):
        assert not_taken(story, step, actor).rule == "penalty.decided", step


def test_after_service_payment_remedies_and_publication_run() -> None:
    story = decided(silent(noticed()))
    assert last_day(story, "service.after_decision") == date(2026, 10, 15)
    take(story, "serve_decision", WANG)
    assert last_day(story, "fine.pay") == date(2026, 10, 16)
    assert last_day(story, "reconsider") == date(2026, 11, 30)
    assert last_day(story, "litigate") == date(2027, 4, 1)
    assert last_day(story, "publish.penalty") == date(2026, 10, 15)
    assert clock(story, "service.after_decision").status is ClockStatus.MET


# -- what is owed ------------------------------------------------------------------------------------
def test_paid_in_full_it_is_settled() -> None:
    story = imposed()
    half = take(story, "record_payment", WANG, amount=SMALL - 1)
    refused = not_taken(half, "settle", WANG)
    assert refused.rule == "fine.paid"
    assert str(SMALL - 1) in refused.zh
    assert clock(half, "fine.pay").status is ClockStatus.RUNNING
    take(half, "record_payment", WANG, amount=1)
    assert clock(half, "fine.pay").status is ClockStatus.MET
    assert not_taken(half, "serve_demand", WANG).rule == "demand.overdue"
    take(half, "settle", WANG)
    assert (measure(half).state, measure(half).outcome) == (MeasureState.ENDED, "paid")


def test_unpaid_it_is_demanded_and_brought_before_the_court_in_its_window() -> None:
    story = imposed()
    early = not_taken(story, "serve_demand", WANG)
    assert early.rule == "demand.overdue"
    assert early.details["last_day"] == "2026-10-16"
    story.until(at("2026-10-19 10:00"))
    take(story, "serve_demand", WANG)
    assert last_day(story, "demand.before_court") == date(2026, 11, 2)
    refused = not_taken(story, "apply_to_court", HEAD)
    assert refused.rule == "court.demand"
    story.until(at("2026-11-03 10:00"))
    assert not_taken(story, "apply_to_court", HEAD).rule == "court.window"
    story.until(at("2027-04-02 00:00"))
    assert clock(story, "litigate").status is ClockStatus.EXPIRED
    assert last_day(story, "court.apply_window") == date(2027, 7, 1)
    story.until(at("2027-07-01 23:00"))
    assert not_taken(story, "apply_to_court", DEPUTY).rule == "authority.apply_to_court.rank"
    take(story, "apply_to_court", HEAD)
    assert clock(story, "court.apply_window").status is ClockStatus.MET
    assert clock(story, "follow_up").active
    take(story, "record_enforcement", WANG)
    assert measure(story).outcome == "enforced"


def test_after_three_months_the_court_is_not_asked_any_more_and_the_fine_can_be_ended() -> None:
    story = imposed().until(at("2026-10-19 10:00"))
    take(story, "serve_demand", WANG)
    assert not_taken(story, "end_uncollected", HEAD).rule == "fine.collectable"
    story.until(at("2027-07-02 00:00"))
    refused = not_taken(story, "apply_to_court", HEAD)
    assert refused.rule == "court.window"
    assert "2027-07-01" in refused.zh
    assert refused.article == "《行政强制法》第五十三条"
    take(story, "end_uncollected", HEAD)
    assert measure(story).outcome == "uncollected"


def test_a_remedy_stops_no_safety_measure() -> None:
    story = suspended()
    take(story, "record_remedy", LAWYER, event="filed")
    assert measure(story).in_force


def test_a_fine_changed_by_a_court_is_owed_as_changed() -> None:
    story = imposed()
    assert not_taken(story, "record_remedy", LAWYER, event="upheld", amount=1).rule == "remedy.amount"
    take(story, "record_remedy", LAWYER, event="changed", amount=10_000)
    take(story, "record_payment", WANG, amount=10_000)
    take(story, "settle", WANG)
    assert measure(story).outcome == "paid"


def test_annulling_takes_the_rank_that_decides_and_drops_the_penalty() -> None:
    story = imposed()
    assert not_taken(story, "annul", DEPUTY).rule == "authority.annul.rank"
    take(story, "annul", HEAD)
    assert measure(story).state is MeasureState.REVOKED
    assert story.entries[-1].data["bearing"] == "penalty_annulled"
    assert [c.key for c in story.case.active_clocks() if c.key.startswith("m1/")] == ["m1/publish.withdraw"]


def test_a_decision_found_wrong_before_its_service_can_be_annulled() -> None:
    story = take(decided(silent(noticed())), "annul", HEAD)
    assert measure(story).state is MeasureState.REVOKED


def test_no_penalty_ends_it_and_counts_for_nothing() -> None:
    story = take(noticed(), "decide_none", HEAD)
    assert measure(story).outcome == "no_penalty"
    assert "bearing" not in story.entries[-1].data
    assert clock(story, "penalty.decide").status is ClockStatus.MET


def test_a_fine_discontinued_before_its_decision() -> None:
    story = take(noticed(), "discontinue", HEAD)
    assert (measure(story).state, measure(story).outcome) == (MeasureState.WITHDRAWN, "discontinued")


# -- suspension and daily fine -----------------------------------------------------------------------
def test_a_suspension_takes_a_refusal_shown() -> None:
    refused = not_proposed(general(), "suspension")
    assert refused.rule == "refusal.shown"
    assert refused.article == "《安全生产法》第一百零二条"
    assert len(propose(refuses(general()), "suspension").case.measures) == 1
    assert len(propose(overdue_major(), "suspension").case.measures) == 1


def test_a_refusal_needs_something_served_and_two_officers() -> None:
    unserved = Story(at("2026-09-01 10:00"))
    fields = {"officers": ["wang", "li"], "text": TEXT}
    assert refusal(unserved, "record_refusal", WANG, facts=KNOWN, **fields).rule == "refusal.served"
    story = general()
    assert (
        refusal(story, "record_refusal", WANG, facts=KNOWN, **{**fields, "officers": ["wang"]}).rule
        == "officers.two"
    )
    assert refusal(story, "record_refusal", ZHAO, facts=KNOWN, **fields).rule == "officers.present"
    letter = take(take(propose(general(), "supervision_letter"), "approve", CHIEF), "serve", WANG)
    refused = refusal(letter, "record_refusal", WANG, facts=KNOWN, subject="supervision_letter", **fields)
    assert refused.rule == "refusal.served"


def test_a_suspension_ends_with_its_resumption_and_stands_in_the_file() -> None:
    story = suspended()
    served_entry = next(e for e in reversed(story.entries) if e.data.get("step") == "serve_decision")
    assert served_entry.data["bearing"] == "stop_in_force"
    assert served_entry.data["facts"]["decided_on"] == "2026-10-01"
    resumed(story, "suspension")
    assert story.entries[-1].data["bearing"] == "stop_ended"
    assert measure(story).outcome == "resumed"


def test_a_daily_fine_takes_an_order_a_fine_and_a_refusal() -> None:
    assert not_proposed(general(), "daily_fine").rule == "refusal.shown"
    assert not_proposed(overdue_major(), "daily_fine").rule == "daily_fine.fined"
    assert not_proposed(decided(silent(noticed())), "daily_fine").rule == "daily_fine.fined"
    story = imposed()
    refused = not_proposed(story, "daily_fine", amount=SMALL * 2)
    assert refused.rule == "daily_fine.amount"
    assert str(SMALL) in refused.zh
    propose(story, "daily_fine")
    annulled = take(imposed(), "annul", HEAD)
    assert not_proposed(annulled, "daily_fine").rule == "daily_fine.fined"


def test_unit_and_person_are_fined_side_by_side() -> None:
    story = propose(general(), "fine")
    assert not_proposed(story, "fine").rule == "measure.once"
    propose(story, "fine", measure_id="person", target="person", amount=SMALL)
    assert len(story.case.measures) == 2
    assert not_proposed(story, "seal", measure_id="person").rule == "measure.id"


# -- a suspension refused --------------------------------------------------------------------------------
def test_a_refused_suspension_is_demanded_and_brought_before_the_court() -> None:
    """《行政强制法》第十三条、第五十三条: money is not the only duty a court enforces."""
    story = suspended()
    refused = not_taken(story, "serve_demand", WANG)
    assert (refused.rule, refused.article) == ("refusal.shown", "《行政强制法》第五十三条、第五十四条")
    take(refuses(story, "suspension"), "serve_demand", WANG)
    assert not_taken(story, "apply_to_court", HEAD).rule == "court.demand"
    story.until(clock(story, "demand.before_court").due_at)
    assert not_taken(story, "apply_to_court", HEAD).rule == "court.window"
    story.until(clock(story, "litigate").due_at)
    assert clock(story, "court.apply_window").active
    take(story, "apply_to_court", HEAD)
    assert clock(story, "follow_up").active
    take(story, "record_enforcement", WANG)
    assert measure(story).in_force
