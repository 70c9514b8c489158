"""Remedies (复议、诉讼): what an outcome does to every later step, and from when the court may be asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureState
from tests.builders import DEPUTY, FIRM, HEAD, LAWYER, WANG, Story, at
from tests.measure_forms import SMALL
from tests.measures import (
    clock,
    cut,
    imposed,
    last_day,
    measure,
    not_proposed,
    not_taken,
    refuses,
    stopped,
    suspended,
    take,
    tasks,
)


def remedied(story: Story, event: str, on: str, way: str = "reconsideration", **given: Any) -> Story:
    """What became of a remedy, as the legal reviewer records it."""
    return take(story, "record_remedy", LAWYER, way=way, event=event, on=on, **given)


def demanded() -> Story:
    """A fine served on Thursday 2026-10-01, unpaid, demanded on 10-19."""
    return take(imposed().until(at("2026-10-19 10:00")), "serve_demand", WANG)


@pytest.mark.parametrize("outcome", ["annulled", "void"])
def test_what_is_annulled_is_neither_demanded_nor_enforced_nor_paid(outcome: str) -> None:
    story = imposed().until(at("2026-10-30 10:00"))
    remedied(story, outcome, "2026-10-30")
    for step, actor in (
        ("serve_demand", WANG),
        ("apply_to_court", HEAD),
        ("record_payment", WANG),
        ("settle", WANG),
    ):
        refused = not_taken(story, step, actor)
        assert refused.rule == "remedy.struck" or refused.rule.endswith(".needs"), step
        assert refused.article
    assert not_taken(story, "serve_demand", WANG).rule == "remedy.struck"
    assert {key for key in ("fine.pay", "litigate", "reconsider") if clock(story, key).active} == set()
    assert "m1/follow_up" in tasks(story, "head")
    take(story, "annul", HEAD)
    assert measure(story).state is MeasureState.REVOKED


def test_an_application_before_the_court_ends_with_the_annulment() -> None:
    story = demanded().until(at("2027-04-02 10:00"))
    take(story, "apply_to_court", HEAD)
    remedied(story, "annulled", "2027-04-02", "suit")
    assert not_taken(story, "record_enforcement", WANG).rule == "remedy.struck"


def test_after_a_change_only_the_changed_amount_is_demanded() -> None:
    story = demanded()
    remedied(story.until(at("2026-11-10 10:00")), "changed", "2026-11-10", "suit", amount=10_000)
    assert not_taken(story, "apply_to_court", HEAD).rule == "court.demand_changed"
    take(story.pass_time(hours=1), "serve_demand", WANG)
    assert measure(story).fact("serve_demand", "amount") == 10_000
    assert not_taken(story, "serve_demand", WANG).rule == "demand.once"
    take(story.until(at("2026-11-26 10:00")), "apply_to_court", HEAD)


def test_a_change_says_the_amount() -> None:
    assert not_taken(imposed(), "record_remedy", LAWYER, event="changed").rule == "remedy.amount"


@pytest.mark.parametrize(("event", "rule"), [("stayed", "court.stayed"), ("unlawful", "court.unlawful")])
def test_what_is_stayed_or_declared_unlawful_is_not_demanded(event: str, rule: str) -> None:
    story = imposed().until(at("2026-10-19 10:00"))
    remedied(story, event, "2026-10-19")
    assert not_taken(story, "serve_demand", WANG).rule == rule


def test_a_fine_annulled_carries_no_daily_fine_and_counts_no_more() -> None:
    story = remedied(imposed(), "annulled", "2026-10-01")
    assert story.entries[-1].data["bearing"] == "penalty_annulled"
    assert not_proposed(story, "daily_fine").rule == "daily_fine.fined"


def test_a_remedy_upheld_says_nothing_to_the_file() -> None:
    assert "bearing" not in remedied(imposed(), "upheld", "2026-10-01").entries[-1].data


def test_a_stop_annulled_stops_nothing_any_more() -> None:
    story = remedied(refuses(suspended(), "suspension"), "annulled", "2026-10-01")
    assert not measure(story).in_force
    assert not_taken(story, "apply_resumption", FIRM).rule == "remedy.struck"
    assert not_proposed(story, "closure", ground="refuses_suspension").rule == "closure.ground"
    interim = remedied(stopped(), "annulled", "2026-09-01", "suit")
    assert interim.entries[-1].data["bearing"] == "stop_ended"
    assert not_proposed(interim, "power_cut").rule != "measure.once"


def test_the_power_comes_back_when_the_stop_it_was_cut_for_is_annulled() -> None:
    story = cut()
    remedied_stop = take(
        story, "record_remedy", LAWYER, "interim_stop", event="annulled", on="2026-09-02", way="suit"
    )
    assert "lift_due" in remedied_stop.events
    take(remedied_stop, "lift", HEAD, "power_cut")


def test_a_fine_paid_long_ago_may_be_annulled_still() -> None:
    story = take(take(imposed(), "record_payment", WANG), "settle", WANG).until(at("2026-11-20 10:00"))
    remedied(story, "annulled", "2026-11-20", "suit")
    assert story.entries[-1].data["bearing"] == "penalty_annulled"
    assert last_day(story, "publish.withdraw") == date(2026, 11, 25)
    assert measure(story).outcome == "paid"
    take(story, "withdraw_publication", DEPUTY)
    assert clock(story, "publish.withdraw").status is ClockStatus.MET


# -- publication -------------------------------------------------------------------------------------
@pytest.mark.parametrize("outcome", ["annulled", "void", "unlawful", "changed"])
def test_the_publication_is_withdrawn_within_three_working_days_of_the_outcome(outcome: str) -> None:
    story = imposed().until(at("2026-11-20 10:00"))
    changed = {"amount": SMALL - 1} if outcome == "changed" else {}
    remedied(story, outcome, "2026-11-02", "suit", **changed)
    assert last_day(story, "publish.withdraw") == date(2026, 11, 5)
    story.until(at("2026-11-20 10:01"))
    assert clock(story, "publish.withdraw").status is ClockStatus.MISSED
    take(story, "withdraw_publication", DEPUTY)
    assert clock(story, "publish.withdraw").status is ClockStatus.LATE


def test_an_annulment_does_not_wait_for_the_withdrawal_which_stays_owed() -> None:
    story = take(imposed().until(at("2026-11-02 10:00")), "annul", HEAD)
    assert measure(story).state is MeasureState.REVOKED
    assert last_day(story, "publish.withdraw") == date(2026, 11, 5)
    assert "m1/publish.withdraw" in tasks(story, "deputy_head")
    take(story.until(at("2026-11-06 00:00")), "withdraw_publication", DEPUTY)
    assert clock(story, "publish.withdraw").status is ClockStatus.LATE


def test_what_was_never_published_need_not_be_withdrawn() -> None:
    from tests.measures import decided, filed, silent

    story = take(decided(silent(filed())), "annul", HEAD)
    assert clock(story, "publish.withdraw") is None


# -- the court's windows -------------------------------------------------------------------------------
def test_the_court_s_window_follows_the_fifteen_days_after_a_reconsideration() -> None:
    """Served 2026-10-01, upheld and received on 12-25, recorded the week after."""
    story = demanded().until(at("2026-11-20 10:00"))
    remedied(story, "filed", "2026-11-20")
    assert clock(story, "litigate").status is ClockStatus.STOPPED
    story.until(at("2026-12-30 10:00"))
    remedied(story, "upheld", "2026-12-21", received_on="2026-12-25")
    assert last_day(story, "litigate.after_reconsideration") == date(2027, 1, 11)
    assert not_taken(story.until(at("2027-01-11 23:59")), "apply_to_court", HEAD).rule == "court.window"
    story.until(at("2027-01-12 00:00"))
    assert last_day(story, "court.apply_window") == date(2027, 4, 12)
    take(story.until(at("2027-04-12 23:00")), "apply_to_court", HEAD)


def test_after_a_lost_suit_the_court_may_be_asked_for_two_years() -> None:
    story = demanded().until(at("2027-03-01 10:00"))
    remedied(story, "filed", "2027-03-01", "suit").until(at("2027-07-30 10:00"))
    assert clock(story, "court.apply_window") is None
    remedied(story, "upheld", "2027-07-20", "suit", received_on="2027-07-30")
    assert last_day(story, "court.after_suit") == date(2029, 7, 30)
    take(story.until(at("2029-07-30 12:00")), "apply_to_court", HEAD)
    assert clock(story, "court.after_suit").status is ClockStatus.MET


def test_a_reconsideration_taken_back_leaves_the_six_months_of_the_decision() -> None:
    story = demanded().until(at("2026-11-20 10:00"))
    remedied(story, "filed", "2026-11-20").until(at("2026-12-10 10:00"))
    remedied(story, "withdrawn", "2026-12-10")
    assert last_day(story, "litigate") == date(2027, 4, 1)
    story.until(at("2027-04-02 00:00"))
    assert last_day(story, "court.apply_window") == date(2027, 7, 1)


def test_a_suit_taken_back_after_the_time_to_sue_opens_the_window() -> None:
    story = demanded().until(at("2027-03-01 10:00"))
    remedied(story, "filed", "2027-03-01", "suit").until(at("2027-07-30 10:00"))
    assert not_taken(story, "apply_to_court", HEAD).rule == "court.remedy"
    remedied(story, "withdrawn", "2027-07-30", "suit")
    assert last_day(story, "court.apply_window") == date(2027, 11, 1)
    take(story, "apply_to_court", HEAD)


def test_an_outcome_is_not_received_before_it_was_made() -> None:
    refused = not_taken(
        imposed(), "record_remedy", LAWYER, event="upheld", on="2026-10-01", received_on="2026-09-30"
    )
    assert refused.rule == "time.before_act"
