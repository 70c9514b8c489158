"""A deadline says what gave its days: the order that was served, a later decision, the old ledger; never a practice."""

from __future__ import annotations

from models.explain import clock_view
from models.givendays import ANEW, BY_OLD_LEDGER, BY_ORDER, given_by
from tests.builders import WANG, Story, general, major, order, served
from tests.models.test_takeover import old
from tests.situations import failed, passed, recurred, signed_off, submitted


def of(story: Story) -> tuple[str, str, str]:
    view = clock_view(story.case, story.case.clocks["rectify"], story.hazard.rules)
    return view.basis, view.klass, view.verified


def test_the_order_gives_its_own_days() -> None:
    for story in (general(), general(days=20).pass_time(days=30), major()):
        assert of(story) == (BY_ORDER.basis, "S", "F")
    assert "惯例" not in BY_ORDER.basis


def test_a_failed_re_inspection_gives_them_anew() -> None:
    assert of(failed(submitted()))[0] == ANEW.basis


def test_after_a_recurrence_it_is_the_new_order_again() -> None:
    story = recurred(signed_off(passed(submitted(failed(submitted())))))
    assert story.case.failures
    story.give("issue_order", WANG, order=order(days=7))
    story.give("serve_order", WANG, service=served(story.now))
    assert of(story)[0] == BY_ORDER.basis


def test_until_the_order_of_a_recurrence_is_issued_it_is_the_last_order() -> None:
    story = recurred(signed_off(passed(submitted())))
    assert story.case.order is None
    assert of(story)[0] == BY_ORDER.basis


def test_of_an_old_ledger_it_is_what_stands_there() -> None:
    held, _ = old(deadline="2026-10-03")
    case = held.case
    assert given_by(case, case.clocks["rectify"]) is BY_OLD_LEDGER


def test_every_other_clock_rests_on_its_policy() -> None:
    story = general()
    others = [one for one in story.case.clocks.values() if one.key != "rectify"]
    assert all(given_by(story.case, one) is None for one in others)
