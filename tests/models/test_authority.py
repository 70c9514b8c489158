"""Who may give which command: the table itself, and role, rank, certificate, scope and separation of duties."""

from __future__ import annotations

from datetime import timedelta

import pytest

import policies
from models.actors import Actor, Rank, Role
from models.authority import BY_COMMAND, GRANTS, Grant, in_scope, needed_rank, refusals
from models.caseclocks import Rules
from models.commands import COMMANDS
from models.decisions import DECISIONS
from models.errors import DutiesNotSeparated, NotAuthorised, NotFound, PolicyError
from models.lifecycle import MOVES, OPEN, TRIGGERS, CaseState
from models.policy import parse_policy
from tests.builders import (
    ADMIN,
    ASSESSOR,
    AUDITOR,
    CHIEF,
    DEPUTY,
    EVERYONE,
    FACTS,
    FIRM,
    HEAD,
    LI,
    MAYOR,
    RIVAL,
    STANDARD,
    SYSTEM,
    TOWN,
    WANG,
    ZHAO,
    Story,
    at,
    findings,
    general,
    lead,
    person,
    refusal,
    rules,
)
from tests.invariants import may
from tests.situations import SITUATIONS, TWO, assessed, passed, submitted

DEFAULT_POLICY = policies.default_policy_path().read_text(encoding="utf-8")
HUMAN = [grant for grant in GRANTS if grant.command not in ("open", "adopt_calendar")]

BRINGS: dict[str, tuple[str, ...]] = {
    "verify": ("verified",),
    "mark_unfounded": ("found_unfounded",),
    "government_verify": ("verified", "found_unfounded"),
    "correct": (
        "completion_withdrawn",
        "plan_withdrawn",
        "overdue_withdrawn",
        "overdue_withdrawn_unbegun",
        "reinspection_withdrawn",
        "reinspection_withdrawn_overdue",
        "reinspection_withdrawn_assessing",
    ),
    "transfer": ("transferred",),
    "suspect_major": ("major_suspected",),
    "determine_grade": ("graded", "graded_under_order"),
    "decide_regrade": ("plan_dropped",),
    "serve_order": ("order_served",),
    "file_plan": ("plan_filed",),
    "accept_plan": ("plan_accepted",),
    "return_plan": ("plan_returned",),
    "report_progress": ("rectification_begun",),
    "signal_completion": ("completion_signalled",),
    "commission_assessment": ("assessment_commissioned",),
    "file_assessment": ("assessment_filed",),
    "reinspect": ("reinspection_passed", "reinspection_failed"),
    "sign_off": ("signed_off",),
    "refuse_sign_off": ("sign_off_refused",),
    "record_look_back": ("look_back_completed", "recurred"),
    "void": ("voided",),
    "close_with_enterprise": ("enterprise_closed",),
}
"""Command → the moves it can make."""

WITHOUT_COMMAND = {
    *("fixed_on_spot", "deadline_passed"),
    *("order_taken_over", "overdue_taken_over", "closure_taken_over"),
}
"""Moves of the opening itself, and of time."""


# -- the table ---------------------------------------------------------------------------------------
def test_every_command_has_one_row_and_a_decision() -> None:
    assert sorted(grant.command for grant in GRANTS) == sorted(COMMANDS)
    assert set(DECISIONS) == set(COMMANDS) - {"open"}


@pytest.mark.parametrize("grant", GRANTS, ids=lambda grant: grant.command)
def test_a_row_is_complete(grant: Grant) -> None:
    open_measures_outlive_the_case = grant.command == "take_step"
    assert open_measures_outlive_the_case or set(grant.states) <= set(OPEN)
    assert len(set(grant.states)) == len(grant.states)
    assert bool(grant.states) == (grant.command != "open")
    assert grant.roles
    assert len(set(grant.roles)) == len(grant.roles)
    assert grant.zh
    assert grant.en.isascii()
    assert grant.basis
    if grant.rank is not None and grant.rank != "sign_off":
        assert rules().policy.rank(grant.rank)


def test_a_command_moves_only_from_states_in_which_it_may_be_given() -> None:
    assert {trigger for moves in BRINGS.values() for trigger in moves} | WITHOUT_COMMAND == TRIGGERS
    sources = {trigger: {s for m in MOVES if m.trigger == trigger for s in m.sources} for trigger in TRIGGERS}
    for command, moves in BRINGS.items():
        for state in BY_COMMAND[command].states:
            own_guard = (command, state) in {("serve_order", CaseState.DETERMINING)}
            stays = command in ("correct", "decide_regrade", "report_progress", "grant_extension")
            assert own_guard or stays or any(state in sources[move] for move in moves), (
                f"{command} in {state}"
            )


@pytest.mark.parametrize("state", OPEN)
def test_people_can_bring_every_open_state_to_its_end(state: CaseState) -> None:
    """By their commands alone: no state waits for a clock to let it go."""
    seen: set[CaseState] = set()
    ahead = [state]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        steps = [g.command for g in HUMAN if here in g.states and g.command not in ("void", "transfer")]
        moves = {trigger for command in steps for trigger in BRINGS.get(command, ())}
        ahead += [move.dest for move in MOVES if move.trigger in moves and here in move.sources]
    assert CaseState.ARCHIVED in seen


OF_MEASURES = ("correct", "propose_measure", "take_step", "close_proposal", "record_refusal")
"""Commands of measures, and corrections, whose own tests say when they may be given."""


def test_every_row_can_be_used_in_each_of_its_states() -> None:
    rows = [grant for grant in GRANTS if grant.command not in OF_MEASURES]
    granted = {(state, grant.command) for grant in rows for state in grant.states}
    used: set[tuple[CaseState, str]] = set()
    for tell in SITUATIONS.values():
        story = tell()
        used |= {
            (story.case.state, grant.command)
            for grant in rows
            if any(may(story.hazard, grant.command, actor, story.now) for actor in (*EVERYONE, LI, ZHAO))
        }
    assert used == granted


# -- role, certificate, rank -------------------------------------------------------------------------
@pytest.mark.parametrize("grant", HUMAN, ids=lambda grant: grant.command)
def test_only_the_roles_of_the_row_may(grant: Grant) -> None:
    story = next(s for s in (tell() for tell in SITUATIONS.values()) if s.case.state in grant.states)
    for actor in EVERYONE:
        found = list(refusals(story.case, grant, actor, story.hazard.rules))
        roles = [r for r in found if r.rule == f"authority.{grant.command}.role"]
        if not in_scope(story.case, actor):
            assert [type(r) for r in found] == [NotFound]
        else:
            assert bool(roles) == (actor.role not in grant.roles)
            assert all(type(r) is NotAuthorised and r.article == grant.basis for r in roles)


@pytest.mark.parametrize("command", [g.command for g in GRANTS if g.certified])
def test_acts_of_enforcement_take_a_valid_certificate(command: str) -> None:
    trainee = WANG.model_copy(update={"certified": False})
    found = refusals(general().case, BY_COMMAND[command], trainee, rules())
    assert f"authority.{command}.certificate" in [r.rule for r in found]


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [(CHIEF, False), (DEPUTY, False), (HEAD, True), (MAYOR, False)],
    ids=lambda v: str(v)[:20],
)
def test_a_major_hazard_is_signed_off_by_the_head(actor: Actor, allowed: bool) -> None:
    story = passed(assessed())
    assert may(story.hazard, "sign_off", actor, story.now) is allowed


@pytest.mark.parametrize("actor", [CHIEF, DEPUTY, HEAD])
def test_a_general_hazard_is_signed_off_by_a_section_head_or_anyone_above(actor: Actor) -> None:
    assert passed(submitted()).give("sign_off", actor).state == "SIGNED_OFF"


def test_the_rank_that_decides_is_policy() -> None:
    text = DEFAULT_POLICY.replace(
        'extension = { value = "section_head"', 'extension = { value = "deputy_head"'
    )
    stricter = Rules(policy=parse_policy(text), calendar=rules().calendar)
    story = SITUATIONS["extension asked"]()
    grant = BY_COMMAND["grant_extension"]
    assert needed_rank(grant, story.case, stricter) is Rank.DEPUTY_HEAD
    (found,) = refusals(story.case, grant, CHIEF, stricter)
    assert found.rule == "authority.grant_extension.rank"
    assert found.details == {"rank": "deputy_head"}
    assert not list(refusals(story.case, grant, DEPUTY, stricter))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sign_off_major = { value = "head"', 'sign_off_major = { value = "district_head"'),
        ('close_with_enterprise = { value = "district_head"', 'close_with_enterprise = { value = "head"'),
    ],
)
def test_no_policy_moves_a_decision_between_bureau_and_government(old: str, new: str) -> None:
    text = DEFAULT_POLICY
    assert old in text
    with pytest.raises(PolicyError, match=old.split(" ")[0]):
        parse_policy(text.replace(old, new))


@pytest.mark.parametrize("actor", [ADMIN, AUDITOR, SYSTEM])
@pytest.mark.parametrize("grant", HUMAN, ids=lambda grant: grant.command)
def test_operator_auditor_and_service_hold_no_case_powers(actor: Actor, grant: Grant) -> None:
    assert actor.role not in grant.roles


# -- scope -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("actor", "sees"),
    [
        (WANG, True),
        (person("x", Role.INSPECTOR, district_id="d-2"), False),
        (person("x", Role.HEAD, district_id=None), False),
        (person("x", Role.COMMITTEE), True),
        (AUDITOR, True),
        (TOWN, True),
        (person("x", Role.TERRITORY, territory_id="t-2"), False),
        (person("x", Role.TERRITORY, territory_id=None), False),
        (FIRM, True),
        (RIVAL, False),
        (FIRM.model_copy(update={"enterprise_id": None}), False),
        (ASSESSOR, False),
        (ASSESSOR.model_copy(update={"assessor_org_id": None}), False),
        (person("x", Role.REPORTER), False),
        (ADMIN, False),
        (SYSTEM, True),
    ],
    ids=lambda v: v.role.value if isinstance(v, Actor) else str(v),
)
def test_a_case_is_seen_by_those_it_concerns(actor: Actor, sees: bool) -> None:
    assert in_scope(general().case, actor) is sees


def test_an_assessor_sees_a_case_once_it_is_commissioned_and_no_longer_when_replaced() -> None:
    story = SITUATIONS["assessing"]()
    assert in_scope(story.case, ASSESSOR)
    story.give("commission_assessment", FIRM, assessor_org_id="a-2", independence_declared=True)
    assert not in_scope(story.case, ASSESSOR)


@pytest.mark.parametrize("command", ["signal_completion", "sign_off"])
def test_a_stranger_learns_nothing_not_even_that_the_case_exists(command: str) -> None:
    fields = {"text": "完成", "evidence": ["photo"]} if command == "signal_completion" else {}
    error = refusal(general(), command, RIVAL, **fields)
    assert (type(error), error.rule, error.article, error.details) == (NotFound, "scope", None, {})


# -- separation of duties, also through a delegate ---------------------------------------------------
def apart(command: str) -> tuple[Story, Actor, dict[str, object]]:
    """A case in which ``actor`` did the earlier step and would now do ``command``."""
    if command == "mark_unfounded":
        return lead(actor=WANG), WANG, {"officers": ["wang", "li"], "findings": "未发现"}
    if command == "determine_grade":
        story = Story(at("2026-09-01 10:00")).give("suspect_major", CHIEF, standard=STANDARD, reason="疑似")
        return story, CHIEF, {"grade": "major", "reason": "符合"}
    if command == "decide_regrade":
        story = general().give("propose_regrade", CHIEF, grade="major", standard=STANDARD, reason="复核")
        return story, CHIEF, {"approve": True, "reason": "同意"}
    if command == "void":
        return Story(at("2026-09-01 10:00"), actor=CHIEF), CHIEF, {"reason": "重复"}
    officers = {"officers": ["chief", "zhao"], "findings": findings(True, True)}
    story = submitted().give("reinspect", CHIEF, **officers)
    more = {"items": [1], "new_deadline_days": 5, "reason": "不合格"} if command == "refuse_sign_off" else {}
    return story, CHIEF, more


APART = ["mark_unfounded", "determine_grade", "decide_regrade", "void", "sign_off", "refuse_sign_off"]


def test_the_rows_that_keep_two_steps_apart_are_all_tried_here() -> None:
    assert {grant.command for grant in GRANTS if grant.apart} == {*APART, "grant_extension", "sign_lead"}


@pytest.mark.parametrize("command", APART)
def test_who_did_the_earlier_step_does_not_decide_on_it(command: str) -> None:
    story, actor, fields = apart(command)
    error = refusal(story, command, actor, **fields)
    assert type(error) is DutiesNotSeparated
    assert error.rule == f"authority.{command}.apart"


@pytest.mark.parametrize("command", APART[1:])
def test_a_delegate_of_whoever_did_the_earlier_step_does_not_decide_on_it(command: str) -> None:
    story, actor, fields = apart(command)
    delegate = DEPUTY.model_copy(update={"acting_for": actor.user_id, "acting_rank": actor.rank})
    assert refusal(story, command, delegate, **fields).rule == f"authority.{command}.apart"
    assert story.give(command, DEPUTY, **fields), "the deputy on their own account may"


@pytest.mark.parametrize("command", APART[1:])
def test_who_did_the_earlier_step_does_not_decide_on_it_as_a_delegate(command: str) -> None:
    story, actor, fields = apart(command)
    delegate = actor.model_copy(update={"acting_for": "head", "acting_rank": Rank.HEAD})
    assert refusal(story, command, delegate, **fields).rule == f"authority.{command}.apart"


def test_whom_a_re_inspecting_delegate_acted_for_does_not_sign_off() -> None:
    delegate = ZHAO.model_copy(update={"acting_for": "chief", "acting_rank": Rank.SECTION_HEAD})
    story = submitted().give("reinspect", delegate, officers=TWO, findings=findings(True, True))
    assert set(story.case.reinspected_by) == {"wang", "zhao", "chief"}
    assert refusal(story, "sign_off", CHIEF).rule == "authority.sign_off.apart"


# -- delegation --------------------------------------------------------------------------------------
def test_a_delegate_has_the_rank_of_the_person_acted_for() -> None:
    story = passed(assessed())
    assert refusal(story, "sign_off", DEPUTY).rule == "authority.sign_off.rank"
    story.give("sign_off", DEPUTY.model_copy(update={"acting_for": "head", "acting_rank": Rank.HEAD}))
    assert story.state == "SIGNED_OFF"
    signed = next(entry for entry in story.entries if entry.event == "signed_off")
    assert (signed.actor_id, signed.acting_for) == ("deputy", "head")
    assert signed.data["by"] == ["deputy", "head"]


def test_an_officer_may_stand_in_for_a_section_head() -> None:
    story = passed(submitted())
    stand_in = LI.model_copy(update={"acting_for": "chief", "acting_rank": Rank.SECTION_HEAD})
    assert refusal(story, "sign_off", LI).rule == "authority.sign_off.role"
    assert story.give("sign_off", stand_in).state == "SIGNED_OFF"


def test_a_delegate_of_a_lower_rank_has_no_more_than_that_rank() -> None:
    lent = HEAD.model_copy(update={"acting_for": "chief", "acting_rank": Rank.SECTION_HEAD})
    assert refusal(passed(assessed()), "sign_off", lent).rule == "authority.sign_off.rank"


# -- opening -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "actor", "allowed"),
    [
        ("inspection", WANG, True),
        ("inspection", CHIEF, True),
        ("inspection", TOWN, False),
        ("inspection", FIRM, False),
        ("inspection", WANG.model_copy(update={"certified": False}), False),
        ("inspection", WANG.model_copy(update={"district_id": "d-2"}), False),
        ("tip", person("office", Role.COMMITTEE), True),
        ("tip", TOWN, True),
        ("tip", TOWN.model_copy(update={"territory_id": "t-2"}), False),
        ("tip", WANG.model_copy(update={"certified": False}), True),
        ("tip", FIRM, False),
        ("transfer", person("office", Role.COMMITTEE), True),
        ("self_report", FIRM, True),
        ("self_report", RIVAL, False),
        ("self_report", TOWN, False),
        ("self_report", WANG, True),
        ("tip", AUDITOR, False),
        ("tip", ADMIN, False),
    ],
    ids=lambda v: v.user_id if isinstance(v, Actor) else str(v),
)
def test_who_may_open_which_kind_of_case(source: str, actor: Actor, allowed: bool) -> None:
    fields = {} if source == "inspection" else {"inspection_id": None}
    if allowed:
        story = Story(at("2026-09-01 10:00"), actor=actor, source=source, **fields)
        assert story.state == ("RECORDED" if source == "inspection" else "REPORTED")
        assert story.case.opened_by == (actor.user_id,)
        return
    with pytest.raises(NotAuthorised) as refused:
        Story(at("2026-09-01 10:00"), actor=actor, source=source, **fields)
    assert str(refused.value.rule).startswith("authority.open")


def test_facts_about_officers_come_from_the_api_and_not_from_the_asker() -> None:
    doubtful = FACTS.model_copy(update={"certified": ("wang",)})
    story = submitted()
    sent = {"officers": TWO, "findings": findings(True, True)}
    error = refusal(story, "reinspect", WANG, facts=doubtful, **sent)
    assert (error.rule, error.details) == ("officers.certified", {"officers": ["zhao"]})


def test_time_does_not_change_who_may() -> None:
    story = general()
    later = story.now + timedelta(days=400)
    assert may(story.hazard, "void", CHIEF, story.now)
    assert may(story.hazard, "void", CHIEF, later)


def test_what_the_government_decides_nobody_of_a_bureau_decides_for_it() -> None:
    deputed = {"acting_for": MAYOR.user_id, "acting_rank": Rank.DISTRICT_HEAD}
    head = HEAD.model_copy(update=deputed)
    assert (head.effective_role, head.effective_rank) == (Role.HEAD, Rank.HEAD)
    assert head.persons == {"head", "mayor"}
    vice = person("vice", Role.GOVERNMENT, rank=Rank.DISTRICT_DEPUTY).model_copy(update=deputed)
    assert (vice.effective_role, vice.effective_rank) == (Role.GOVERNMENT, Rank.DISTRICT_HEAD)
