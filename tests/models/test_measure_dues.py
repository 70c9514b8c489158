"""What a fine comes to: the days of a daily fine and its total, deferral and instalments, the surcharge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.caseclocks import ClockStatus
from models.measures import conditions as facts
from tests.builders import DEPUTY, FIRM, HEAD, LAWYER, LI, WANG, Story, at
from tests.measure_forms import SMALL, shanghai
from tests.measures import (
    clock,
    corrected,
    decided,
    filed,
    imposed,
    last_day,
    measure,
    not_taken,
    silent,
    take,
)


# -- the daily fine ------------------------------------------------------------------------------------
def test_a_daily_fine_gives_a_hearing_and_takes_review_and_discussion_whatever_the_amount() -> None:
    story = filed("daily_fine", imposed())
    assert clock(story, "hearing.request").status is ClockStatus.RUNNING
    silent(story)
    assert not_taken(story, "submit_decision", WANG).rule == "review.done"
    take(take(story, "submit_review", LI), "legal_review", LAWYER)
    assert not_taken(story, "submit_decision", WANG).rule == "discussion.done"
    take(story, "discuss", DEPUTY)
    take(story, "submit_decision", WANG)
    asked = take(filed("daily_fine", imposed()), "ask_hearing", FIRM)
    assert "ask_hearing" in measure(asked).done


def daily() -> Story:
    return imposed("daily_fine", imposed())


def test_the_days_end_with_the_accepted_correction() -> None:
    story = daily()
    assert not_taken(story, "stop_counting", HEAD).rule == "daily_fine.correction"
    accepted = shanghai(corrected(story).now)
    story.pass_time(days=20)
    refused = not_taken(story, "stop_counting", HEAD, from_on="2026-09-02", until_on=shanghai(story.now))
    assert refused.rule == "daily_fine.days"
    assert refused.details["latest"] == accepted
    late = not_taken(story, "stop_counting", HEAD, from_on="2026-09-02", until_on=shanghai(story.now, 1))
    assert late.rule == "time.not_in_future"
    early = not_taken(story, "stop_counting", HEAD, from_on="2026-09-01", until_on=accepted)
    assert early.details["earliest"] == "2026-09-02"
    take(story, "stop_counting", HEAD, from_on="2026-09-02", until_on=accepted)
    days = (date.fromisoformat(accepted) - date(2026, 9, 1)).days
    assert measure(story).fact("stop_counting", "days") == days
    assert measure(story).fact("stop_counting", "total") == days * SMALL


def counted() -> Story:
    """Ten days of a daily fine decided."""
    return take(corrected(daily()), "stop_counting", HEAD, from_on="2026-09-22", until_on="2026-10-01")


def test_the_total_is_a_decision_of_its_own_and_is_paid_from_its_service() -> None:
    story = counted()
    assert story.entries[-1].data["instrument"] == "daily_fine_total"
    assert clock(story, "fine.pay") is None
    assert not_taken(story, "record_payment", WANG).details["missing"] == ["serve_total"]
    assert clock(story, "service.after_decision").active
    begun = clock(story, "litigate").last_day
    story.pass_time(days=5)
    take(story, "serve_total", WANG)
    assert clock(story, "service.after_decision").status is ClockStatus.MET
    served_on = date.fromisoformat(shanghai(story.now))
    assert last_day(story, "fine.pay") >= served_on + timedelta(days=15)
    assert last_day(story, "litigate") > begun
    take(story, "record_payment", WANG, amount=10 * SMALL)
    assert not_taken(story, "settle", WANG).details["missing"] == ["publish_total"]
    take(take(story, "publish_total", WANG), "settle", WANG)
    assert measure(story).outcome == "paid"


def test_days_are_not_counted_on_a_fine_that_was_annulled() -> None:
    story = corrected(daily())
    take(story, "record_remedy", LAWYER, "fine", event="annulled", on=shanghai(story.now))
    refused = not_taken(story, "stop_counting", HEAD, from_on="2026-09-22", until_on="2026-10-01")
    assert refused.rule == "daily_fine.fined"
    pending = silent(filed("daily_fine", imposed()))
    take(pending, "record_remedy", LAWYER, "fine", event="annulled", on=shanghai(pending.now))
    take(take(pending, "submit_review", LI), "legal_review", LAWYER)
    take(take(pending, "discuss", DEPUTY), "submit_decision", WANG)
    assert not_taken(pending, "decide", HEAD).rule == "daily_fine.fined"


# -- deferral ------------------------------------------------------------------------------------------
def deferred(until_on: str = "2027-05-31") -> Story:
    story = take(imposed(), "ask_deferral", FIRM)
    return take(story, "grant_deferral", HEAD, until_on=until_on)


def test_the_court_s_months_run_from_the_end_of_the_deferral() -> None:
    story = deferred()
    assert last_day(story, "fine.pay") == date(2027, 5, 31)
    assert clock(story, "deferral.decide").status is ClockStatus.MET
    assert not_taken(story, "serve_demand", WANG).rule == "demand.overdue"
    story.until(at("2027-05-31 23:00"))
    assert clock(story, "litigate").status is ClockStatus.EXPIRED
    assert clock(story, "court.apply_window") is None
    story.until(at("2027-06-01 00:00"))
    assert last_day(story, "court.apply_window") == date(2027, 8, 31)
    take(story, "serve_demand", WANG)
    take(story.until(at("2027-08-31 10:00")), "apply_to_court", HEAD)


def test_a_deferral_that_ends_before_the_time_to_sue_does_not_open_the_court_sooner() -> None:
    story = deferred("2026-12-31").until(at("2027-01-02 10:00"))
    assert clock(story, "fine.pay").status is ClockStatus.MISSED
    assert clock(story, "court.apply_window") is None
    story.until(at("2027-04-02 00:00"))
    assert last_day(story, "court.apply_window") == date(2027, 7, 1)


def test_a_deferral_granted_in_the_court_s_window_closes_it_until_its_end() -> None:
    story = imposed().until(at("2027-04-10 10:00"))
    assert clock(story, "court.apply_window").active
    take(take(story, "ask_deferral", FIRM), "grant_deferral", HEAD, until_on="2027-05-31")
    assert clock(story, "court.apply_window").status is ClockStatus.STOPPED
    assert last_day(story.until(at("2027-06-01 00:00")), "court.apply_window") == date(2027, 8, 31)


def test_a_deferral_is_asked_for_and_instalments_come_to_what_is_owed() -> None:
    assert not_taken(imposed(), "grant_deferral", HEAD).details["missing"] == ["ask_deferral"]
    story = take(imposed(), "ask_deferral", FIRM)
    assert not_taken(story, "grant_deferral", DEPUTY).rule == "authority.grant_deferral.rank"
    parts = [{"due_on": "2026-11-02", "amount": 10_000}, {"due_on": "2026-12-01", "amount": 10_000}]
    refused = not_taken(story, "grant_deferral", HEAD, until_on="2026-12-01", instalments=parts)
    assert refused.rule == "deferral.amount"
    parts[1]["amount"] = 20_000
    assert (
        not_taken(story, "grant_deferral", HEAD, until_on="2026-12-31", instalments=parts).rule
        == "deferral.days"
    )
    take(story, "grant_deferral", HEAD, until_on="2026-12-01", instalments=parts)
    assert last_day(story, "fine.pay") == date(2026, 12, 1)


def test_a_deferral_refused_leaves_the_time_to_pay_and_may_be_asked_for_again() -> None:
    story = take(take(imposed(), "ask_deferral", FIRM), "refuse_deferral", HEAD)
    assert last_day(story, "fine.pay") == date(2026, 10, 16)
    take(story, "ask_deferral", FIRM)


# -- surcharge -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "amount"), [("2026-10-17", 900), ("2026-10-26", 9_000), ("2027-01-10", 30_000)]
)
def test_a_surcharge_is_three_percent_a_day_and_never_more_than_the_fine(on: str, amount: int) -> None:
    """Payable until Friday 2026-10-16."""
    story = imposed()
    assert not_taken(story, "impose_surcharge", HEAD).rule == "demand.overdue"
    take(story.until(at(f"{on} 10:00")), "impose_surcharge", HEAD)
    assert measure(story).fact("impose_surcharge", "surcharge") == amount
    assert facts.owed(measure(story)) == SMALL + amount
    take(story, "record_payment", WANG, amount=SMALL)
    assert not_taken(story, "settle", WANG).rule == "fine.paid"


def test_the_days_of_a_remedy_add_nothing_to_the_surcharge() -> None:
    story = imposed().until(at("2026-10-20 10:00"))
    take(story, "record_remedy", LAWYER, way="reconsideration", event="filed", on="2026-10-20")
    story.until(at("2026-11-20 10:00"))
    take(story, "record_remedy", LAWYER, way="reconsideration", event="upheld", on="2026-11-20")
    take(story.until(at("2026-11-22 10:00")), "impose_surcharge", HEAD)
    assert measure(story).fact("impose_surcharge", "days") == 3 + 2


def test_a_surcharge_falls_with_the_fine_that_a_court_changed() -> None:
    story = take(imposed().until(at("2026-10-26 10:00")), "impose_surcharge", HEAD)
    take(story, "record_remedy", LAWYER, way="suit", event="changed", on="2026-10-26", amount=10_000)
    assert facts.owed(measure(story)) == 10_000


def test_what_has_been_decided_counts_only_once_it_is_served() -> None:
    assert clock(decided(silent(filed())), "fine.pay") is None
