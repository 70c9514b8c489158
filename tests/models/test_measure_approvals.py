"""Approvals: who is asked, who is asked next, who is asked instead; and what open measures mean to their case."""

from __future__ import annotations

from typing import Any

import pytest

from models.authority import in_scope
from models.caseclocks import ClockStatus
from models.errors import Conflict
from models.explain import explain
from models.measures.kinds import MeasureKind, MeasureState
from models.measures.procedures import PROCEDURES
from models.tasks import tasks_of
from tests.builders import (
    ADMIN,
    CHIEF,
    DEPUTY,
    EVERYONE,
    FIRM,
    HEAD,
    LI,
    RIVAL,
    TOWN,
    WANG,
    ZHAO,
    Story,
    at,
    general,
    lead,
    major,
    refusal,
)
from tests.measure_forms import CHIEF2, HEAD2, KNOWN, TEXT, delegate
from tests.measures import (
    clock,
    corrected,
    filed,
    imposed,
    measure,
    not_proposed,
    not_taken,
    propose,
    proposed,
    silent,
    take,
    tasks,
)


def letter() -> Story:
    """A supervision letter proposed on Tuesday: to be decided by Thursday."""
    return propose(general(), "supervision_letter")


def ranks(story: Story) -> list[str | None]:
    return [
        task.rank for task in tasks_of(story.case, story.hazard.rules) if task.clock == "m1/approval.decide"
    ]


# -- unanswered --------------------------------------------------------------------------------------
def test_an_unanswered_approval_comes_before_the_next_rank_while_the_first_may_still_decide() -> None:
    story = letter()
    assert ranks(story) == ["section_head"]
    story.until(at("2026-09-03 23:59"))
    assert "reminded" in story.events
    assert ranks(story) == ["section_head"]
    story.until(at("2026-09-04 00:00"))
    assert story.events[-1] == "approval_escalated"
    assert story.entries[-1].data["times"] == 1
    assert ranks(story) == ["section_head", "deputy_head"]
    assert "deputy_head" in {one.audience_role for one in story.outcome.notices}
    assert clock(story, "approval.decide").last_day.isoformat() == "2026-09-07"  # two days from the last one
    story.until(at("2026-09-09 00:00"))
    assert ranks(story) == ["section_head", "deputy_head", "head"]
    take(story, "approve", CHIEF)
    assert measure(story).state is MeasureState.APPROVED
    assert ranks(story) == []


def test_at_the_top_it_stays_and_is_digested() -> None:
    story = letter().until(at("2026-10-30 10:00"))
    assert ranks(story) == ["section_head", "deputy_head", "head"]
    assert story.events.count("approval_escalated") == 2
    assert clock(story, "approval.decide").status is ClockStatus.MISSED
    assert any("m1/approval.decide" in one.data["keys"] for one in story.entries if one.event == "digested")
    take(story, "approve", HEAD)
    assert clock(story, "approval.decide").status is ClockStatus.LATE


def test_a_step_beside_it_does_not_call_an_approval_back_down() -> None:
    story = take(imposed("suspension"), "apply_resumption", FIRM)
    take(story, "review_resumption", LI).pass_time(days=6)
    before = measure(story).escalated
    take(story, "record_remedy", WANG)
    assert measure(story).escalated == before


def test_an_answer_starts_the_next_approval_at_its_own_rank() -> None:
    story = letter().until(at("2026-09-04 10:00"))
    take(story, "return_for_more", DEPUTY)
    assert measure(story).escalated == 0
    assert clock(story, "resubmit").last_day.isoformat() == "2026-09-09"
    assert tasks(story, "inspector") == ["m1/resubmit"]
    take(story, "resubmit", WANG)
    assert ranks(story) == ["section_head"]


# -- who may answer ----------------------------------------------------------------------------------
def test_who_proposed_does_not_approve_whatever_the_rank_or_the_delegation() -> None:
    story = propose(general(), "supervision_letter", CHIEF)
    for actor in (CHIEF, delegate(DEPUTY, CHIEF), delegate(CHIEF, DEPUTY), delegate(HEAD, CHIEF)):
        refused = not_taken(story, "approve", actor)
        assert refused.rule == "authority.approve.apart", actor
        assert not_taken(story, "refuse", actor).rule == "authority.refuse.apart"
    take(story, "approve", CHIEF2)


def test_neither_officer_named_in_a_proposal_approves_it() -> None:
    story = propose(general(), "fine", officers=["wang", "chief"])
    assert not_taken(story, "approve", delegate(HEAD, CHIEF)).rule == "authority.approve.apart"


def test_a_delegate_has_the_rank_of_the_one_acted_for_and_both_stand_in_the_record() -> None:
    story = propose(general(), "fine")
    assert not_taken(story, "approve", DEPUTY).rule == "authority.approve.rank"
    take(story, "approve", delegate(HEAD, DEPUTY))
    entry = story.entries[-1]
    assert entry.data["by"] == ["deputy", "head"]
    assert (entry.actor_id, entry.acting_for) == ("deputy", "head")


def test_the_delegate_s_own_rank_does_not_count_while_acting() -> None:
    story = propose(general(), "fine")
    assert not_taken(story, "approve", delegate(CHIEF, HEAD)).rule == "authority.approve.rank"


def test_of_two_answers_the_second_hears_who_gave_the_first() -> None:
    story = take(propose(general(), "fine"), "approve", HEAD)
    for step in ("approve", "refuse", "return_for_more"):
        refused = not_taken(story, step, HEAD2)
        assert isinstance(refused, Conflict), step
        assert refused.details["decided_by"] == ["head"]
        assert refused.details["answer"] == "approve"
    assert not_taken(story, "withdraw", WANG).details["decided_by"] == ["head"]
    gone = take(propose(general(), "fine"), "withdraw", WANG)
    assert not_taken(gone, "approve", HEAD).details["answer"] == "withdraw"


def test_only_who_proposed_withdraws_or_submits_again() -> None:
    story = propose(general(), "fine")
    assert not_taken(story, "withdraw", ZHAO).rule == "measure.proposer"
    assert not_taken(story, "withdraw", CHIEF).rule == "measure.proposer"
    take(story, "return_for_more", HEAD)
    assert not_taken(story, "resubmit", ZHAO).rule == "measure.proposer"
    assert not_taken(story, "approve", HEAD).details["missing"] == ["resubmit"]
    take(story, "resubmit", LI)
    take(story, "approve", HEAD)


def test_a_refusal_takes_its_reason_and_is_final() -> None:
    story = take(propose(general(), "fine"), "refuse", HEAD)
    assert (measure(story).state, measure(story).outcome) == (MeasureState.REFUSED, "refused")
    assert not_taken(story, "resubmit", WANG).rule == "measure.fine.resubmit.ended"
    propose(story, "fine", measure_id="anew")


@pytest.mark.parametrize("actor", [FIRM, RIVAL, TOWN, ADMIN])
def test_outsiders_propose_nothing(actor: Any) -> None:
    fields = proposed("supervision_letter", WANG, at("2026-09-01 10:00"), "x")
    refused = refusal(general(), "propose_measure", actor, facts=KNOWN, **fields)
    assert refused.status in (403, 404)


def test_a_wrong_form_is_malformed_and_an_unknown_step_not_found() -> None:
    story = propose(general(), "fine")
    fields = {"measure_id": "fine", "form": {"form": "reasoned", "reason": TEXT}}
    assert refusal(story, "take_step", HEAD, facts=KNOWN, step="approve", **fields).rule == "measure.form"
    assert refusal(story, "take_step", HEAD, facts=KNOWN, step="vanish", **fields).rule == "measure.step"
    other = {**fields, "measure_id": "other"}
    assert refusal(story, "take_step", HEAD, facts=KNOWN, step="approve", **other).rule == "measure.scope"


# -- the case ----------------------------------------------------------------------------------------
def test_no_measure_before_the_hazard_is_verified() -> None:
    assert not_proposed(lead(), "fine").rule == "lifecycle.propose_measure"


@pytest.mark.parametrize(("command", "fields"), [("void", {"reason": TEXT})])
def test_a_case_with_an_open_measure_is_not_voided(command: str, fields: dict[str, str]) -> None:
    story = letter()
    refused = refusal(story, command, CHIEF, **fields)
    assert refused.rule == "measure.open"
    assert "督办" in refused.zh
    take(story, "withdraw", WANG)
    assert story.give(command, CHIEF, **fields).case.over


def test_nor_is_it_transferred() -> None:
    story = propose(Story(at("2026-09-01 10:00")), "supervision_letter")
    fields = {"to_department": "消防救援大队", "reason": "职责"}
    assert refusal(story, "transfer", CHIEF, **fields).rule == "measure.open"
    take(story, "withdraw", WANG)
    assert story.give("transfer", CHIEF, **fields).state == "TRANSFERRED"


def test_an_open_fine_does_not_keep_a_hazard_from_its_sign_off() -> None:
    story = corrected(imposed("fine", general()))
    assert story.give("sign_off", CHIEF2).state == "SIGNED_OFF"
    story.pass_time(days=31).give(
        "record_look_back", ZHAO, officers=["zhao", "wang"], recurred=False, text=TEXT
    )
    story.pass_time(days=61).give(
        "record_look_back", ZHAO, officers=["zhao", "wang"], recurred=False, text=TEXT
    )
    assert (story.state, story.case.over) == ("ARCHIVED", False)
    closed_at = story.case.closed_at
    story.pass_time(days=1)
    take(take(story, "record_payment", WANG), "settle", WANG)
    assert story.case.over
    assert story.case.closed_at == closed_at


# -- what is seen ------------------------------------------------------------------------------------
def test_an_enterprise_sees_a_measure_from_its_service_on_and_only_the_open_steps() -> None:
    story = letter()
    assert explain(story.case, story.hazard.rules, FIRM, story.now).measures == ()
    take(take(story, "approve", CHIEF), "serve", WANG)
    (seen,) = explain(story.case, story.hazard.rules, FIRM, story.now).measures
    steps = {step.step for step in seen.steps}
    assert steps == {key for key, row in PROCEDURES[MeasureKind.SUPERVISION_LETTER].steps.items() if row.open}
    assert [step.step for step in seen.steps if step.allowed] == ["answer"]
    assert "approve" not in steps


def test_everything_offered_is_accepted_and_everything_refused_has_its_reason() -> None:
    for story in (letter(), propose(major(), "interim_stop"), silent(_noticed()), imposed()):
        for actor in (*EVERYONE, LI, CHIEF2, HEAD2):
            if not in_scope(story.case, actor):
                continue
            for seen in explain(story.case, story.hazard.rules, actor, story.now).measures:
                for step in seen.steps:
                    assert step.allowed != bool(step.reasons)
                    for reason in step.reasons:
                        assert reason.zh
                        assert reason.en
                        assert reason.rule


def _noticed() -> Story:
    return filed("fine", general())
