"""The list of those in bad faith (严重失信主体名单): its term, removal before it ends, being listed again."""

from __future__ import annotations

from datetime import date

from models.caseclocks import ClockStatus
from tests.builders import (
    DEPUTY,
    FIRM,
    HEAD,
    rules,
)
from tests.models.enterprises import (
    Firm,
    bearing,
    clocks,
    listed,
)


def test_three_years_on_the_list_end_by_themselves() -> None:
    firm = listed()
    assert firm.entity.bad_faith.last_day == date(2029, 9, 1)
    firm.until("2029-09-01 23:59")
    assert firm.entity.listing is not None
    firm.until("2029-09-02 00:00")
    assert firm.events[-1] == "bad_faith_expired"
    assert firm.entity.bad_faith.status == "expired"
    assert firm.entity.clocks["badfaith.term"].status is ClockStatus.MET
    assert firm.told == {("bad_faith_expired", "enterprise"), ("bad_faith_expired", "section_head")}
    assert "reminded" not in firm.events
    assert firm.refused("request_removal", FIRM, text="申请移出").rule == "badfaith.listed"


def test_an_annulled_listing_never_stood_and_a_later_one_does() -> None:
    firm = listed("2026-09-01")
    measure_id = firm.entity.bad_faith.measure_id
    firm.read(bearing("bad_faith_annulled", firm.now, case="c-b", seq=10, measure_id="another"))
    assert firm.entity.listing is not None
    firm.read(bearing("bad_faith_annulled", firm.now, case="c-b", seq=11, measure_id=measure_id))
    assert firm.events[-1] == "bad_faith_annulled"
    assert (firm.entity.bad_faith.status, firm.entity.listing) == ("annulled", None)
    assert not [clock for clock in firm.entity.active_clocks() if clock.key == "badfaith.term"]


def test_a_term_ends_on_a_holiday_too() -> None:
    assert listed("2026-10-01").entity.bad_faith.last_day == date(2029, 10, 1)


def test_early_removal_may_be_applied_for_after_twelve_months_and_not_before() -> None:
    firm = listed().until("2027-09-01 23:00")
    early = firm.refused("request_removal", FIRM, text="申请移出")
    assert (early.rule, early.details["earliest"]) == ("badfaith.early_removal", "2027-09-02")
    assert "2027-09-02" in str(early.remedy_zh)
    assert early.article == rules().policy.clock("badfaith.early_removal").basis
    firm.until("2027-09-02 00:00").give("request_removal", FIRM, text="已整改，申请移出")
    assert ("removal_requested", "head") in firm.told
    assert firm.refused("request_removal", FIRM, text="再申请").rule == "badfaith.removal_pending"


def test_the_head_decides_an_application() -> None:
    firm = listed().until("2027-09-06 10:00").give("request_removal", FIRM, text="申请")
    assert clocks(firm)["removal.decide"].last_day > date(2027, 9, 27)
    assert firm.refused("decide_removal", DEPUTY, granted=True).rule == "authority.decide_removal.rank"
    assert firm.refused("decide_removal", HEAD, granted=False).rule == "badfaith.removal_reason"
    firm.give("decide_removal", HEAD, granted=False, reason="仍有未履行义务")
    assert firm.entity.listing is not None
    assert firm.refused("decide_removal", HEAD, granted=True).rule == "badfaith.removal_requested"
    firm.give("request_removal", FIRM, text="再申请").give("decide_removal", HEAD, granted=True)
    assert firm.entity.bad_faith.status == "removed"
    assert clocks(firm) == {}
    assert ("removed_early", "enterprise") in firm.told
    firm.until("2029-12-01 10:00")
    assert "bad_faith_expired" not in firm.events


def test_an_application_left_lying_is_told_and_falls_away_with_the_term() -> None:
    firm = listed().until("2029-08-20 10:00").give("request_removal", FIRM, text="申请")
    firm.until("2029-09-02 00:00")
    assert firm.events[-1] == "bad_faith_expired"
    assert firm.entity.clocks["removal.decide"].status is ClockStatus.STOPPED
    slow = (
        listed()
        .until("2027-09-06 10:00")
        .give("request_removal", FIRM, text="申请")
        .until("2027-11-01 10:00")
    )
    assert slow.events.count("clocks_missed") == 1


def test_listed_again_the_term_begins_anew() -> None:
    firm = listed().until("2027-10-08 10:00").give("request_removal", FIRM, text="申请")
    firm.read(bearing("listed_bad_faith", firm.now, case="c-b2", facts={"decided_on": "2027-10-08"}))
    assert firm.entity.bad_faith.last_day == date(2030, 10, 8)
    assert firm.entity.bad_faith.removal is None
    assert set(clocks(firm)) == {"badfaith.term"}


def test_a_listing_read_years_late_is_over_at_once() -> None:
    firm = Firm("2031-01-01 10:00")
    firm.read(bearing("listed_bad_faith", firm.now, facts={"decided_on": "2026-09-01"}))
    assert firm.events == ["enrolled", "bad_faith_listed", "bad_faith_expired"]
