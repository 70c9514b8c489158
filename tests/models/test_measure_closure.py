"""A closure decided is a penalty: served and public in seven working days, open to remedies; licences and ban recorded."""

from __future__ import annotations

from datetime import date

from models.caseclocks import ClockStatus
from models.measures.kinds import MeasureState
from tests.builders import DEPUTY, HEAD, LAWYER, MAYOR, WANG, Story, at
from tests.measures import (
    clock,
    last_day,
    measure,
    not_taken,
    overdue_major,
    propose,
    reviewed,
    silent,
    take,
    with_ground,
)


def closed() -> Story:
    """Decided on Monday 2026-10-12, recorded on the 14th; the file has closed the case since."""
    story = propose(overdue_major(), "closure", vouched=with_ground("counter"))
    take(take(story, "approve", HEAD), "serve_notice", WANG)
    take(take(reviewed(silent(story)), "discuss", DEPUTY), "request_government", HEAD)
    take(story.until(at("2026-10-14 10:00")), "decide_closure", MAYOR, decided_on="2026-10-12")
    story._keep(story.hazard.apply_closure(date(2026, 10, 12), story.now))
    assert story.state == "CLOSED_WITH_ENTERPRISE"
    return story


def test_a_closure_is_served_and_published_within_seven_working_days_of_the_decision() -> None:
    story = closed()
    assert last_day(story, "service.after_decision") == date(2026, 10, 21)
    assert last_day(story, "publish.penalty") == date(2026, 10, 21)
    take(story, "serve_decision", WANG)
    assert last_day(story, "reconsider") == date(2026, 12, 14)
    assert last_day(story, "litigate") == date(2027, 4, 14)
    assert clock(story, "service.after_decision").status is ClockStatus.MET
    take(story, "publish", WANG)
    assert clock(story, "publish.penalty").status is ClockStatus.MET


def test_licences_and_the_ban_are_recorded_before_it_is_finished() -> None:
    story = take(take(closed(), "serve_decision", WANG), "publish", WANG)
    refused = not_taken(story, "finish", WANG)
    assert refused.details["missing"] == ["record_revocation", "record_ban"]
    take(take(story, "record_revocation", WANG), "record_ban", WANG)
    assert measure(story).fact("record_ban", "ban_until") == "2031-10-12"
    take(story, "finish", WANG)
    assert (measure(story).state, measure(story).outcome) == (MeasureState.ENDED, "closed")
    assert story.case.over


def test_a_closure_annulled_is_withdrawn_from_the_public_and_goes_no_further() -> None:
    story = take(take(closed(), "serve_decision", WANG), "publish", WANG)
    take(story, "record_remedy", LAWYER, event="annulled", on="2026-10-14", way="reconsideration")
    assert last_day(story, "publish.withdraw") == date(2026, 10, 19)
    assert not_taken(story, "record_ban", WANG).rule == "remedy.struck"
    take(take(story, "annul", MAYOR), "withdraw_publication", DEPUTY)
    assert measure(story).state is MeasureState.REVOKED
