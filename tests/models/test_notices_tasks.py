"""Who is told and who must act: one notice per audience and waking, tasks addressed by role, rank and person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest

from models.actors import ROLE_OF_RANK, Rank, Role
from models.batch import Batch, Notice
from models.caselives import LIVES
from models.events import EVENTS
from models.measures.escalation import asked, next_up, ranks_up
from models.measures.snapshot import Proposal
from models.notices import BY_CLOCK, TOLD, TURN
from models.sight import next_told, sight_on
from models.tasks import tasks_of
from tests.builders import (
    ASSESSOR,
    CHIEF,
    FIRM,
    SYSTEM,
    WANG,
    Story,
    at,
    general,
    lead,
    major,
    order,
    served,
)
from tests.situations import (
    DONE,
    PAUSE,
    SITUATIONS,
    TWO,
    assessed,
    failed,
    looked_back,
    overdue,
    passed,
    signed_off,
    submitted,
)

COMMISSION = {"assessor_org_id": "a-1", "independence_declared": True}


def told(story: Story) -> dict[str, Notice]:
    """Audience → notice of the last application."""
    notices: tuple[Notice, ...] = story.outcome.notices
    assert len({notice.audience_role for notice in notices}) == len(notices)
    spoken = {entry.seq: entry.event for entry in story.outcome.entries}
    assert all(spoken[notice.seq] == notice.kind for notice in notices), (
        "a notice names the entry it tells of"
    )
    return {notice.audience_role: notice for notice in notices}


# -- the tables --------------------------------------------------------------------------------------
def test_the_tables_name_events_and_clocks_that_exist() -> None:
    assert set(TOLD) | set(TURN) | set(BY_CLOCK) <= set(EVENTS)
    assert set(TURN.values()) == {
        *(
            "lead.sign",
            "major.determine",
            "regrade.decide",
            "plan.review",
            "extension.answer",
            "sign_off.decide",
        )
    }
    assert not set(TOLD) & set(BY_CLOCK)


@pytest.mark.parametrize("key", LIVES)
def test_a_missed_clock_is_told_to_somebody_else_than_its_owner(key: str) -> None:
    assert set(LIVES[key].told) - {LIVES[key].owner}


# -- notices -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tell", "audiences"),
    [
        (general, {"inspector", "territory", "enterprise"}),
        (lead, {"inspector", "territory"}),
        (lambda: lead().give("verify", WANG, officers=TWO, findings="属实"), {"deputy_head"}),
        (lambda: SITUATIONS["suspected"](), {"section_head"}),
        (lambda: SITUATIONS["extension asked"](),
         {"section_head", "inspector"}),
        (lambda: SITUATIONS["extension asked"]().give("grant_extension", CHIEF, days=5), {"enterprise", "inspector"}),
        (lambda: general().give("pause", CHIEF, **PAUSE), {"enterprise", "inspector"}),
        (submitted, {"inspector"}),
        (lambda: SITUATIONS["major, plan filed"](), {"section_head", "inspector"}),
        (lambda: SITUATIONS["assessing"](), {"assessor", "inspector"}),
        (assessed, {"enterprise", "inspector"}),
        (lambda: passed(submitted()), {"enterprise", "section_head"}),
        (lambda: passed(assessed()), {"enterprise", "head"}),
        (signed_off, {"enterprise", "inspector", "territory"}),
        (lambda: looked_back(looked_back(signed_off())), {"enterprise", "inspector"}),
        (lambda: SITUATIONS["recurred"](), {"enterprise", "section_head", "territory"}),
        (lambda: general().give("void", CHIEF, reason="重复"), {"enterprise", "inspector", "territory"}),
        (lambda: lead().give("void", CHIEF, reason="重复"), {"inspector", "territory"}),
        (lambda: SITUATIONS["regrade proposed"](), {"section_head"}),
        (lambda: overdue(general()), {"enterprise", "inspector", "section_head", "territory"}),
    ],
)  # fmt: skip
def test_an_event_tells_whom_it_concerns(tell: Callable[[], Story], audiences: set[str]) -> None:
    assert set(told(tell())) == audiences


def test_an_enterprise_does_not_hear_of_a_lead_against_it() -> None:
    story = lead("2026-09-01 10:00")
    seen = list(story.outcome.notices)
    for _ in range(12):
        story.until(story.case.wakes_at)
        seen += story.outcome.notices
    seen += story.give("void", CHIEF, reason="重复").outcome.notices
    assert {notice.audience_role for notice in seen} == {"inspector", "section_head", "territory"}


def test_an_enterprise_that_reported_itself_hears_of_its_case() -> None:
    story = lead(source="self_report", actor=FIRM).give("void", CHIEF, reason="重复")
    assert "enterprise" in told(story)


def test_a_reminder_tells_the_owner_and_a_miss_those_above_too() -> None:
    story = general("2026-09-01 10:00")
    story.until(story.case.wakes_at)
    assert {role: notice.kind for role, notice in told(story).items()} == {"enterprise": "reminded"}
    story = SITUATIONS["recorded"]()
    story.until(story.case.clocks["order.issue"].due_at)
    assert {role: notice.clock for role, notice in told(story).items()} == {
        "inspector": "order.issue",
        "section_head": "order.issue",
    }


def test_each_audience_hears_of_its_own_clock() -> None:
    story = overdue(general("2026-09-01 10:00")).until(at("2026-09-21 09:00"))
    outcome = story.hazard.apply_due(
        at("2026-09-25 09:00")
    )  # the enterprise's digest and the officers' reminder
    assert {entry.event for entry in outcome.entries} == {"digested", "reminded"}
    clocks = {notice.audience_role: notice.clock for notice in outcome.notices}
    assert clocks["enterprise"] == "rectify"
    for notice in outcome.notices:
        assert notice.due_at == story.case.clocks[str(notice.clock)].due_at


def test_a_notice_says_the_deadline_that_matters_from_now_on() -> None:
    assert told(submitted())["inspector"].clock == "reinspect.within"
    assert told(failed(submitted()))["enterprise"].clock == "rectify"
    ended = told(signed_off(passed(submitted())))
    assert {notice.clock for notice in ended.values() if notice.audience_role != "inspector"} == {None}
    assert ended["inspector"].clock == "lookback.first"


def test_of_a_clock_that_ended_with_what_began_it_nobody_is_told() -> None:
    start = at("2026-09-14 09:30")
    story = Story(start, order=order(), service=served(start))
    assert {role: notice.clock for role, notice in told(story).items()} == {
        "inspector": "rectify",
        "territory": "rectify",
        "enterprise": "rectify",
    }


def test_the_assessor_is_reminded_of_the_assessment_it_owes() -> None:
    story = SITUATIONS["assessing"]()
    story.until(story.case.wakes_at)
    assert set(told(story)) == {"assessor"}
    story = SITUATIONS["major, submitted"]()
    story.until(story.case.wakes_at)
    assert set(told(story)) == {"enterprise"}


def test_a_notice_names_the_person_the_enterprise_or_the_territory() -> None:
    notices = told(overdue(general()))
    assert (notices["inspector"].user_id, notices["enterprise"].enterprise_id) == ("wang", "e-1")
    assert (notices["territory"].territory_id, notices["section_head"].user_id) == ("t-1", None)
    story = general().give("assign_handler", CHIEF, handler_id="zhao")
    assert told(story)["inspector"].user_id == "zhao"


def test_a_decision_is_asked_of_the_rank_that_decides() -> None:
    notice = told(passed(assessed()))["head"]
    assert (notice.rank, notice.clock) == ("head", "sign_off.decide")


def test_a_new_calendar_tells_only_those_whose_clocks_moved() -> None:
    years = general().hazard.rules.calendar.model_dump(mode="json")["years"]
    for year in years:
        if year["year"] == 2027:
            year.update(days_off=["2027-01-01", "2027-01-11"], confirmed=True, source="国办通知")
    calendar = {"years": years}
    assert set(told(general("2026-12-25 10:00").give("adopt_calendar", SYSTEM, calendar=calendar))) == {
        "enterprise"
    }
    assert set(told(lead("2026-12-28 10:00").give("adopt_calendar", SYSTEM, calendar=calendar))) == {
        "inspector"
    }
    assert told(general("2026-09-01 10:00").give("adopt_calendar", SYSTEM, calendar=calendar)) == {}


def test_the_same_projection_twice_makes_the_same_notices() -> None:
    same, other = (Story(at("2026-09-01 10:00"), case_id="one") for _ in range(2))
    assert [n.notice_id for n in same.outcome.notices] == [n.notice_id for n in other.outcome.notices]


def test_no_notice_id_comes_twice_in_the_life_of_a_case() -> None:
    story = major("2026-09-01 10:00")
    seen = [notice.notice_id for notice in story.outcome.notices]
    for _ in range(40):
        story.until(story.case.wakes_at)
        seen += [notice.notice_id for notice in story.outcome.notices]
    assert len(seen) == len(set(seen)) > 40


# -- tasks -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("reported", {"lead.verify": ("inspector", None)}),
        ("recorded", {"order.issue": ("inspector", None)}),
        ("order unserved", {"order.serve": ("inspector", None)}),
        ("suspected", {"major.determine": ("section_head", "section_head")}),
        ("ordered", {"rectify": ("enterprise", None)}),
        ("extension asked", {"extension.answer": ("section_head", "section_head"), "rectify": ("enterprise", None)}),
        ("paused", {"pause.review": ("section_head", "section_head")}),
        ("submitted", {"reinspect.within": ("inspector", None)}),
        ("major, submitted", {"assessment.file": ("enterprise", None)}),
        ("assessing", {"assessment.file": ("assessor", None)}),
        ("overdue", {"rectify": ("enterprise", None), "reinspect.within": ("inspector", None)}),
        ("signing off", {"sign_off.decide": ("section_head", "section_head")}),
        ("major, signing off", {"sign_off.decide": ("head", "head")}),
        ("signed off", {"lookback.first": ("inspector", None), "lookback.second": ("inspector", None)}),
        ("recurred", {"order.issue": ("inspector", None)}),
        ("archived", {}),
    ],
)  # fmt: skip
def test_whose_turn_it_is_in_a_situation(name: str, tasks: dict[str, tuple[str, str | None]]) -> None:
    story = SITUATIONS[name]()
    found = tasks_of(story.case, story.hazard.rules)
    assert {task.key: (task.role, task.rank) for task in found} == tasks
    assert [task.due_at for task in found] == sorted(task.due_at for task in found if task.due_at)


def test_a_task_names_the_person_the_enterprise_or_the_assessor() -> None:
    (officer,) = tasks_of(submitted().case, submitted().hazard.rules)
    assert (officer.user_id, officer.enterprise_id) == ("wang", None)
    story = SITUATIONS["assessing"]()
    (assessor,) = tasks_of(story.case, story.hazard.rules)
    assert (assessor.assessor_org_id, assessor.user_id) == (ASSESSOR.assessor_org_id, None)
    (firm,) = tasks_of(general().case, general().hazard.rules)
    assert (firm.enterprise_id, firm.user_id) == ("e-1", None)


# -- batches -----------------------------------------------------------------------------------------
def test_a_batch_shows_the_case_after_its_last_entry() -> None:
    story = general()
    batch = story.hazard.batch(story.outcome)
    assert batch.doc == story.case.model_dump(mode="json")
    assert batch.entries == tuple(story.entries)
    assert batch.tasks == tasks_of(story.case, story.hazard.rules)
    assert batch.doc["state"] == "ORDERED"
    assert batch.doc["rectify_due_at"] is not None
    assert batch.doc["seq"] == batch.entries[-1].seq


def test_batches_merge_to_all_entries_and_the_last_picture() -> None:
    story = general()
    first = story.hazard.batch(story.outcome)
    story.give("signal_completion", FIRM, **DONE)
    second = story.hazard.batch(story.outcome)
    merged = Batch.merge([first, second])
    assert [entry.seq for entry in merged.entries] == [1, 2, 3, 4]
    assert (merged.doc, merged.tasks) == (second.doc, second.tasks)
    assert merged.notices == (*first.notices, *second.notices)
    assert Batch.merge([first]) is first


def test_what_the_read_model_filters_by_follows_the_case() -> None:
    story = SITUATIONS["paused"]()
    assert (story.case.rectify_due_at, story.case.next_clock) == (None, "pause.review")
    story = overdue(general())
    assert (story.case.next_clock, story.case.next_due_at) == ("rectify", story.case.rectify_due_at)
    ended = SITUATIONS["archived"]().case
    assert (ended.next_clock, ended.next_due_at, ended.rectify_due_at) == (None, None, None)
    assert ended.closed_at == ended.last_at
    assert SITUATIONS["assessing"]().case.assessor_org_id == "a-1"
    again = SITUATIONS["recurred, ordered"]().case
    assert (again.order_id, again.officers) == ("r-2", ("li", "wang"))


@pytest.mark.parametrize("name", [*SITUATIONS])
def test_the_next_deadline_an_enterprise_may_know_of_follows_what_it_sees(name: str) -> None:
    case = SITUATIONS[name]().case
    seen = sight_on(case, Role.ENTERPRISE).next_clock(case.clocks, None)
    told = next_told(case.model_dump(mode="json"))
    assert (told and datetime.fromisoformat(told)) == (seen and seen.due_at)


def test_whoever_comes_next_up_the_ranks_is_known_by_the_role_below() -> None:
    chains = [[(ROLE_OF_RANK[one], one.value) for one in ranks_up(rank, 9)] for rank in Rank]
    chains += [
        [(one, one.value) for one in asked(Proposal.model_construct(role=role.value, escalated=9))]
        for role in Role
    ]
    steps = [step for chain in chains for step in pairwise(chain)]
    assert len(steps) > len(Rank)
    for (role, _), (_, above) in steps:
        assert above in next_up(role.value)
    assert next_up("head") == ()
