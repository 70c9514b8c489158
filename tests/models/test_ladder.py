"""The escalation ladder (升级阶梯): which fact makes the service propose what to whom, when to the second, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.caseclocks import ClockStatus
from models.explain import explain
from tests.builders import (
    CHIEF,
    DEPUTY,
    FIRM,
    HEAD,
    LI,
    MAYOR,
    PLAN,
    STANDARD,
    WANG,
    ZHAO,
    Story,
    at,
    findings,
    general,
    major,
    order,
    refusal,
    served,
)
from tests.measure_forms import TEXT
from tests.measures import (
    corrected,
    decided,
    filed,
    imposed,
    measure,
    not_proposed,
    propose,
    refuses,
    silent,
    take,
    tasks,
)


def minor(start: str = "2026-09-01 10:00") -> Story:
    """A general hazard with the ladder: its last day is 16 September."""
    return general(start, ladder=True)


def grave(start: str = "2026-09-01 10:00") -> Story:
    """A major hazard with the ladder: its last day is 21 September."""
    return major(start, ladder=True)


FILING = "not_corrected.fine"


def filings(story: Story) -> list[str]:
    """Standing of every proposal to file the penalty case."""
    return [one.status for one in story.case.proposals if one.rule == FILING]


def found(story: Story) -> list[tuple[str, str]]:
    """Rule and standing of every other proposal."""
    return [(one.rule, one.status) for one in story.case.proposals if one.rule != FILING]


def rules_of(story: Story) -> list[str]:
    return [rule for rule, _ in found(story)]


def of_rule(story: Story, rule: str) -> Any:
    """The last proposal of a rule."""
    return [one for one in story.case.proposals if one.rule == rule][-1]


def failed(story: Story) -> Story:
    """Completion signalled, and not found."""
    if story.state != "OVERDUE":
        story.give("signal_completion", FIRM, text=TEXT, evidence=["photo"])
    fields = {"officers": ["zhao", "li"], "findings": findings(True, False), "new_deadline_days": 20}
    return story.give("reinspect", ZHAO, **fields)


# -- thresholds --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "rule", "days"),
    [
        (minor, "overdue.letter", 1),
        (minor, "overdue.talk", 5),
        (grave, "overdue.listing", 10),
    ],
)
def test_a_threshold_is_crossed_to_the_second(make: Any, rule: str, days: int) -> None:
    story = make()
    end = story.case.clocks["rectify"].due_at + timedelta(days=days)
    story.until(end - timedelta(seconds=1))
    assert rule not in rules_of(story)
    story.until(end)
    (proposal,) = [one for one in story.case.proposals if one.rule == rule]
    assert proposal.raised_at == end
    assert proposal.facts == {"overdue_days": days}
    assert story.case.clocks[f"ladder/{rule}"].status is ClockStatus.EXPIRED


def test_a_general_hazard_is_not_listed_for_being_overdue() -> None:
    story = minor().until(at("2026-11-01 10:00"))
    assert rules_of(story) == ["overdue.letter", "overdue.talk"]


def test_a_hazard_found_major_while_overdue_is_measured_as_major() -> None:
    story = minor().until(at("2026-09-30 10:00"))
    story.give("propose_regrade", WANG, grade="major", standard=STANDARD, reason=TEXT)
    story.give("decide_regrade", CHIEF, approve=True, reason=TEXT).until(story.now)
    assert rules_of(story) == ["overdue.letter", "overdue.talk", "overdue.listing"]


def test_thresholds_end_when_the_hazard_is_overdue_no_more() -> None:
    story = minor().until(at("2026-09-18 10:00"))
    assert rules_of(story) == ["overdue.letter"]
    failed(story)
    assert story.case.clocks["ladder/overdue.talk"].status is ClockStatus.STOPPED
    story.until(at("2026-09-28 10:00"))
    assert "overdue.talk" not in rules_of(story)


def test_a_later_deadline_missed_is_another_fact() -> None:
    story = minor().until(at("2026-09-18 10:00"))
    story.give("close_proposal", CHIEF, proposal=of_rule(story, "overdue.letter").key, reason=TEXT)
    failed(story).until(at("2026-10-12 10:00"))
    assert found(story) == [("overdue.letter", "closed"), ("overdue.letter", "open")]


# -- counted facts -----------------------------------------------------------------------------------
def test_two_failed_re_inspections_propose_a_talk_and_a_listing_for_a_major_hazard() -> None:
    story = failed(minor())
    assert rules_of(story) == []
    assert rules_of(failed(story)) == ["failures.talk"]
    story = failed(failed(minor()))
    story.give("close_proposal", CHIEF, proposal="failures.talk#2", reason=TEXT)
    assert found(failed(story)) == [("failures.talk", "closed"), ("failures.talk", "open")]


def test_closing_a_proposal_answers_what_has_come_to_it_since() -> None:
    story = failed(failed(failed(minor())))
    assert rules_of(story) == ["failures.talk"]
    story.give("close_proposal", CHIEF, proposal="failures.talk#2", reason=TEXT)
    assert found(story) == [("failures.talk", "closed")]
    assert found(failed(story)) == [("failures.talk", "closed"), ("failures.talk", "open")]


def test_a_refusal_proposes_a_fine_and_after_the_fine_the_suspension() -> None:
    story = refuses(minor())
    (proposal,) = story.case.proposals
    assert (proposal.rule, proposal.kind, proposal.facts) == ("refused.fine", "fine", {"refused": 1})
    decided(silent(filed("fine", story)))
    assert found(story)[0] == ("refused.fine", "taken")
    assert "refused.suspension" not in rules_of(story)
    take(story, "serve_decision", WANG)
    assert story.case.proposals[-1].rule == "refused.suspension"
    assert story.events[-2:] == ["measure_step", "proposal_raised"]


def test_a_recurrence_proposes_a_fine_and_the_old_refusal_proposes_nothing_again() -> None:
    story = refuses(minor())
    story.give("close_proposal", CHIEF, proposal="refused.fine#1", reason=TEXT)
    corrected(story).give("sign_off", CHIEF)
    look = {"officers": ["zhao", "li"], "recurred": True, "items": [1], "text": TEXT}
    story.pass_time(days=10).give("record_look_back", ZHAO, **look)
    assert found(story) == [("refused.fine", "closed"), ("recurrence.fine", "open")]
    story.give("issue_order", WANG, order=order(order_id="r-2")).give(
        "serve_order", WANG, service=served(story.now)
    )
    assert found(story) == [("refused.fine", "closed"), ("recurrence.fine", "open")]
    assert not_proposed(story, "suspension").rule == "refusal.shown"


def test_a_plan_missed_proposes_a_letter_for_a_major_hazard_only() -> None:
    story = grave()
    end = story.case.clocks["plan.file"].due_at
    story.until(end - timedelta(seconds=1))
    assert rules_of(story) == []
    story.until(end)
    assert rules_of(story) == ["plan.letter"]


def test_a_progress_report_missed_proposes_a_letter_each_time_anew() -> None:
    story = propose(minor(), "listing")
    take(take(story, "approve", HEAD), "serve", WANG)
    take(story, "publish", WANG)
    failed(failed(story))
    for one in story.case.proposals:
        story.give("close_proposal", CHIEF, proposal=one.key, reason=TEXT)
    story.give("signal_completion", FIRM, text=TEXT, evidence=["photo"])
    story.until(at("2026-12-02 00:00"))
    (first,) = [one for one in story.case.proposals if one.rule == "progress.letter"]
    assert first.raised_at == at("2026-12-02 00:00")
    story.give("close_proposal", CHIEF, proposal=first.key, reason=TEXT)
    take(story, "report_listed_progress", FIRM)
    story.until(at("2027-03-03 00:00"))
    assert len([one for one in story.case.proposals if one.rule == "progress.letter"]) == 2


def test_a_resumption_refused_proposes_the_closure() -> None:
    story = imposed("suspension", grave().until(at("2026-09-22 00:00")))
    take(take(story, "apply_resumption", FIRM), "review_resumption", LI, passed=False)
    take(story, "refuse_resumption", HEAD)
    assert story.case.proposals[-1].rule == "closure.request"
    refuses(story, "suspension")
    assert rules_of(story).count("closure.request") == 1
    (closure,) = [one for one in story.case.proposals if one.rule == "closure.request"]
    story.give("close_proposal", DEPUTY, proposal=closure.key, reason=TEXT)
    assert [one for one in found(story) if one[0] == "closure.request"] == [("closure.request", "closed")]


def test_once_the_hazard_is_gone_nothing_more_is_proposed() -> None:
    story = filed("fine", minor().until(at("2026-09-17 10:00")))
    corrected(story)
    before = rules_of(story)
    decided(silent(story))
    take(story, "serve_decision", WANG)
    assert rules_of(story) == before


def test_nothing_is_proposed_twice_while_a_measure_of_that_kind_is_under_way() -> None:
    story = propose(minor(), "supervision_letter").until(at("2026-09-18 10:00"))
    assert "overdue.letter" not in rules_of(story)
    assert story.case.clocks["ladder/overdue.letter"].status is ClockStatus.EXPIRED


def test_a_policy_without_a_ladder_proposes_nothing() -> None:
    story = refuses(general()).until(at("2026-12-01 10:00"))
    assert story.case.proposals == ()
    assert not [key for key in story.case.clocks if key.startswith(("ladder/", "p")) and "/" in key]


# -- answers -----------------------------------------------------------------------------------------
def proposed_letter() -> Story:
    """Overdue by a day: a letter is proposed on Thursday at midnight, to be answered by Tuesday."""
    return minor().until(at("2026-09-18 00:00"))


def test_a_proposal_is_a_task_with_its_facts_and_its_basis() -> None:
    story = proposed_letter()
    assert "p2/proposal.answer" in tasks(story, "inspector")
    _, seen = explain(story.case, story.hazard.rules, WANG, story.now).proposals
    assert (seen.kind, seen.facts, seen.before) == ("supervision_letter", {"overdue_days": 1}, ("inspector",))
    assert seen.why.zh == "逾期未整改，建议督办"
    assert seen.basis
    assert explain(story.case, story.hazard.rules, FIRM, story.now).proposals == ()
    assert "enterprise" not in {one.audience_role for one in story.outcome.notices}


def test_an_unanswered_proposal_goes_up_rank_by_rank_and_stays_with_the_first() -> None:
    story = proposed_letter()
    assert story.case.clocks["p2/proposal.answer"].last_day.isoformat() == "2026-09-22"
    story.until(at("2026-09-23 00:00"))
    assert "proposal_escalated" in story.events
    assert "p2/proposal.answer" in tasks(story, "inspector")
    assert "p2/proposal.answer" in tasks(story, "section_head")
    story.until(at("2026-11-20 10:00"))
    for role in ("inspector", "section_head", "deputy_head", "head"):
        assert "p2/proposal.answer" in tasks(story, role)
    assert of_rule(story, "overdue.letter").escalated == 3
    assert story.case.measures == (), "nothing is ever taken by a clock"


def test_closing_takes_a_leader_and_a_reason() -> None:
    story = proposed_letter()
    key = of_rule(story, "overdue.letter").key
    assert (
        refusal(story, "close_proposal", WANG, proposal=key, reason=TEXT).rule
        == "authority.close_proposal.role"
    )
    assert refusal(story, "close_proposal", MAYOR, proposal=key, reason=TEXT).status == 403
    assert refusal(story, "close_proposal", CHIEF, proposal="other", reason=TEXT).rule == "proposal.open"
    with pytest.raises(ValueError, match="reason"):
        story.give("close_proposal", CHIEF, proposal=key, reason="")
    story.give("close_proposal", CHIEF, proposal=key, reason=TEXT)
    assert of_rule(story, "overdue.letter").status == "closed"
    assert story.case.clocks["p2/proposal.answer"].status is ClockStatus.MET
    assert refusal(story, "close_proposal", CHIEF, proposal=key, reason=TEXT).rule == "proposal.open"


def test_proposing_the_measure_takes_the_proposal() -> None:
    story = proposed_letter()
    key = of_rule(story, "overdue.letter").key
    refused = not_proposed(story, "warning_talk", proposal=key)
    assert refused.rule == "proposal.open"
    propose(story, "supervision_letter", proposal=key)
    assert of_rule(story, "overdue.letter").status == "taken"
    assert measure(story).proposal == key
    assert story.case.clocks["p2/proposal.answer"].status is ClockStatus.MET
    assert not_proposed(story, "supervision_letter", proposal=key).rule == "measure.once"


def test_a_proposal_falls_away_with_the_case() -> None:
    story = proposed_letter()
    story.give("void", CHIEF, reason=TEXT)
    assert of_rule(story, "overdue.letter").status == "closed"
    assert story.case.clocks["p2/proposal.answer"].status is ClockStatus.STOPPED
    assert story.case.over


def test_several_due_at_once_after_an_outage_come_each_once() -> None:
    story = grave()
    story.now = at("2026-10-20 10:00")
    story._keep(story.hazard.apply_due(story.now))
    assert rules_of(story) == ["overdue.letter", "overdue.talk", "overdue.listing"]
    assert len({one.kind for one in story.case.proposals}) == 4
    assert story.hazard.due(story.now) == []


# -- a filing, and what falls away -------------------------------------------------------------------
def test_a_missed_deadline_proposes_the_filing_of_a_penalty_case_at_once() -> None:
    story = minor()
    end = story.case.rectify_due_at
    story.until(end - timedelta(seconds=1))
    assert filings(story) == []
    story.until(end)
    assert (filings(story), of_rule(story, FILING).kind) == (["open"], "fine")
    assert story.events[-2:] == ["deadline_passed", "proposal_raised"]


def test_a_failed_re_inspection_proposes_the_filing_and_once_for_one_violation() -> None:
    story = failed(minor())
    assert filings(story) == ["open"]
    story.give("close_proposal", CHIEF, proposal=of_rule(story, FILING).key, reason=TEXT)
    assert filings(failed(story)) == ["closed"], "the same violation is not proposed again"


def test_a_fine_decided_is_not_proposed_again_for_the_same_violation() -> None:
    story = filed("fine", minor().until(at("2026-09-17 10:00")))
    decided(silent(story))
    take(story, "serve_decision", WANG)
    refuses(story)
    failed(story)
    fines = [one for one in story.case.proposals if one.kind == "fine"]
    assert [one.status for one in fines] == ["taken"]


def test_a_recurrence_after_a_fine_is_a_new_violation() -> None:
    story = filed("fine", minor().until(at("2026-09-17 10:00")))
    decided(silent(story))
    take(story, "serve_decision", WANG)
    corrected(story).give("sign_off", CHIEF)
    look = {"officers": ["zhao", "li"], "recurred": True, "items": [1], "text": TEXT}
    story.pass_time(days=10).give("record_look_back", ZHAO, **look)
    assert of_rule(story, "recurrence.fine").status == "open"


def test_a_proposal_falls_away_with_the_fact_it_rests_on_and_the_ledger_says_so() -> None:
    story = minor().until(at("2026-09-25 10:00"))
    assert [status for _, status in found(story)] == ["open", "open"]
    corrected(story)
    assert [status for _, status in found(story)] == ["closed", "closed"]
    assert filings(story) == ["closed"]
    lapses = [entry.data["rule"] for entry in story.entries if entry.event == "proposal_lapsed"]
    assert sorted(lapses) == [FILING, "overdue.letter", "overdue.talk"]
    assert not [task for task in tasks(story, "inspector") if "proposal" in task]
    story.until(at("2026-11-25 10:00"))
    assert "proposal_escalated" not in story.events[story.events.index("reinspection_passed") :]


def test_an_overdue_proposal_falls_away_when_a_new_deadline_is_set() -> None:
    story = failed(minor().until(at("2026-09-18 10:00")))
    assert found(story) == [("overdue.letter", "closed")]
    assert filings(story) == ["open"], "the deadline was missed all the same"


def test_a_letter_about_a_missing_plan_falls_away_with_the_plan() -> None:
    story = grave()
    story.until(story.case.clocks["plan.file"].due_at)
    assert found(story) == [("plan.letter", "open")]
    story.give("file_plan", FIRM, **PLAN)
    assert found(story) == [("plan.letter", "closed")]


def test_a_listing_falls_away_when_the_hazard_is_not_major_after_all() -> None:
    story = grave().until(at("2026-10-02 10:00"))
    assert of_rule(story, "overdue.listing").status == "open"
    story.give("propose_regrade", WANG, grade="general", reason=TEXT)
    story.give("decide_regrade", CHIEF, approve=True, reason=TEXT)
    assert of_rule(story, "overdue.listing").status == "closed"
    assert of_rule(story, "overdue.talk").status == "open"


def test_the_end_of_the_case_closes_what_is_proposed_with_an_entry() -> None:
    story = minor().until(at("2026-09-18 10:00")).give("void", CHIEF, reason=TEXT)
    assert story.events[-3:] == ["voided", "proposal_lapsed", "proposal_lapsed"]
    assert {one.status for one in story.case.proposals} == {"closed"}


def test_after_a_newer_policy_the_thresholds_begin_at_the_running_deadline() -> None:
    story = minor().until(at("2026-09-18 10:00"))  # due 09-17 00:00
    changed = tuple(
        rule.model_copy(update={"at_least": 3}) if rule.key == "overdue.talk" else rule
        for rule in story.hazard.rules.policy.ladder
    )
    newer = story.hazard.rules.policy.model_copy(update={"version": "2027.1", "ladder": changed})
    packed = newer.model_dump(mode="json", exclude_defaults=True)
    story.give("adopt_policy", CHIEF, policy=packed, reason=TEXT)
    story.until(at("2026-09-19 23:59"))
    assert "overdue.talk" not in rules_of(story)
    story.until(at("2026-09-20 00:00"))
    assert rules_of(story) == ["overdue.letter", "overdue.talk"]
