"""Defence and hearing (陈述申辩、听证): said until the decision, asked on paper, taken back, given up; recusal."""

from __future__ import annotations

from models.caseclocks import ClockStatus
from tests.builders import DEPUTY, FIRM, HEAD, LAWYER, WANG, Story, at
from tests.measure_forms import HEAD2, HEARD, LAWYER2, SMALL, later
from tests.measures import clock, decided, filed, not_taken, reviewed, silent, take, tasks


# -- defence -------------------------------------------------------------------------------------------
def test_a_defence_takes_words_or_a_waiver() -> None:
    story = filed()
    assert not_taken(story, "record_defence", FIRM, text="").rule == "defence.text"
    take(story, "record_defence", FIRM, waived=True, text="")


def test_any_number_of_statements_until_the_decision() -> None:
    """Notice served on Tuesday 2026-09-22; the window ends on 09-30."""
    story = take(take(filed(), "record_defence", FIRM), "record_defence", FIRM)
    assert clock(story, "defence.period").status is ClockStatus.MET
    late = silent(filed())
    take(late, "record_defence", FIRM)
    take(take(late, "submit_decision", WANG), "record_defence", FIRM)
    take(late, "decide", HEAD)
    assert not_taken(late, "record_defence", FIRM).rule == "penalty.decided"


def test_a_heavier_second_notice_after_a_defence_takes_a_new_fact() -> None:
    story = take(filed(), "record_defence", FIRM)
    refused = not_taken(story, "serve_notice", WANG, amount=SMALL + 1)
    assert refused.rule == "penalty.defence_punished"
    assert refused.article == "《行政处罚法》第四十五条"
    take(story, "serve_notice", WANG, amount=SMALL)
    assert not_taken(story, "serve_notice", WANG, amount=SMALL + 1).rule == "penalty.defence_punished"
    take(story, "serve_notice", WANG, amount=SMALL + 1, new_facts="另查明一处同类隐患")
    silent_party = take(filed(), "record_defence", FIRM, waived=True)
    take(silent_party, "serve_notice", WANG, amount=SMALL + 1)


# -- the hearing ---------------------------------------------------------------------------------------
def asked() -> Story:
    return take(filed("suspension"), "ask_hearing", FIRM)


def noticed() -> Story:
    """A hearing set for 2026-10-12, with its notice served."""
    return take(asked(), "serve_hearing_notice", WANG, held_at=later(asked().now, 20))


def test_a_request_on_paper_is_recorded_by_an_officer_with_its_day_even_after_the_window() -> None:
    story = filed("suspension").until(at("2026-10-09 10:00"))
    assert not_taken(story, "ask_hearing", FIRM, made_on="2026-09-30").rule == "window.hearing.request"
    assert not_taken(story, "ask_hearing", WANG).rule == "window.hearing.request"
    assert not_taken(story, "ask_hearing", WANG, made_on="2026-10-08").rule == "window.hearing.request"
    assert not_taken(story, "ask_hearing", WANG, made_on="2026-09-21").rule == "time.before_act"
    assert not_taken(story, "ask_hearing", WANG, made_on="2026-10-10").rule == "time.not_in_future"
    take(story, "ask_hearing", WANG, made_on="2026-09-30")
    assert not_taken(story, "submit_review", WANG).rule == "hearing.held"


def test_a_request_taken_back_ends_the_hearing_and_is_not_made_again() -> None:
    story = take(noticed(), "withdraw_hearing", FIRM)
    assert clock(story, "hearing.notice").status is ClockStatus.STOPPED
    assert not_taken(story, "ask_hearing", FIRM).rule == "window.hearing.request"
    assert not_taken(story, "ask_hearing", WANG).rule == "window.hearing.request"
    assert not_taken(story, "hold_hearing", LAWYER2).details["missing"]
    decided(silent(story))


def test_who_stays_away_gives_the_hearing_up() -> None:
    story = noticed()
    assert not_taken(story, "record_no_show", LAWYER2).rule == "hearing.before_notice"
    story.until(at("2026-10-12 12:00"))
    assert not_taken(story, "record_no_show", LAWYER).rule == "hearing.presiding"
    take(story, "record_no_show", LAWYER2)
    assert not_taken(story, "ask_hearing", WANG, made_on="2026-09-30").rule == "window.hearing.request"
    decided(story)


# -- recusal -------------------------------------------------------------------------------------------
def test_a_recusal_is_decided_before_the_hearing_and_who_is_recused_does_not_preside() -> None:
    story = take(noticed(), "ask_recusal", FIRM)
    assert "m1/recusal.decide" in tasks(story, "head")
    assert not_taken(story, "ask_recusal", FIRM).rule == "recusal.pending"
    story.until(at("2026-10-12 12:00"))
    assert not_taken(story, "hold_hearing", LAWYER2).rule == "recusal.pending"
    assert not_taken(story, "decide_recusal", DEPUTY).rule == "authority.decide_recusal.rank"
    take(story, "decide_recusal", HEAD, granted=True)
    refused = not_taken(story, "hold_hearing", LAWYER2)
    assert refused.rule == "recusal.granted"
    assert refused.article == "《行政处罚法》第四十三条"
    assert not_taken(story, "serve_hearing_notice", WANG, presiding="lawyer2").rule == "hearing.apart"
    take(story, "serve_hearing_notice", WANG, presiding="lawyer", held_at=later(story.now, 20))
    take(story.pass_time(days=21), "hold_hearing", LAWYER)


def test_a_recusal_refused_leaves_the_hearing_as_it_was() -> None:
    story = take(take(noticed(), "ask_recusal", FIRM), "decide_recusal", HEAD).until(at("2026-10-12 12:00"))
    take(story, "hold_hearing", LAWYER2)


def test_nobody_decides_on_their_own_recusal_and_one_recused_stays_so() -> None:
    story = take(filed(amount=HEARD), "ask_recusal", FIRM, person="head")
    assert not_taken(story, "decide_recusal", HEAD).rule == "recusal.own"
    take(story, "decide_recusal", HEAD2, granted=True)
    take(take(story, "ask_recusal", WANG, person="chief"), "decide_recusal", HEAD2)
    take(reviewed(silent(story)), "submit_decision", WANG)
    assert not_taken(story, "decide", HEAD).rule == "recusal.granted"
    take(story, "decide", HEAD2)
