"""The enterprise over all its cases: status, flag, bad faith, accidents, closure; who may say what, and why not."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actors import Actor, Rank, Role
from models.batch import LedgerEntry
from models.calendar import CalendarYear, WorkingCalendar
from models.caseclocks import ClockStatus, Rules
from models.clocks import SHANGHAI
from models.commands import COMMANDS
from models.enterprise.batch import EnterpriseBatch
from models.enterprise.bearing import BEARINGS, bearing_of
from models.enterprise.commands import ENTERPRISE_COMMANDS
from models.enterprise.consume import MEANINGS
from models.enterprise.entity import EnterpriseEntity
from models.enterprise.event_labels import ENTERPRISE_EVENT_LABELS
from models.enterprise.events import EVENTS
from models.enterprise.fold import fold
from models.enterprise.grants import ENTERPRISE_GRANTS
from models.enterprise.rules import PackedRules, digest_of
from models.enterprise.snapshot import Status
from models.enterprise.standing import standing
from models.envelope import check_signature
from models.errors import Conflict, DutiesNotSeparated, NotFound, SignatureInvalid, XiaohaoError
from tests.builders import (
    AUDITOR,
    CHIEF,
    DEPUTY,
    ENTERPRISE,
    EVERYONE,
    FACTS,
    FIRM,
    HEAD,
    KEY,
    LI,
    MAYOR,
    OFFICE,
    RIVAL,
    TOWN,
    WANG,
    at,
    person,
    rules,
)
from tests.models.enterprises import Firm, bearing, envelope, penalty, stop

THREE = ("2026-09-01", "2026-09-02", "2026-09-03")
GOVERNOR = person("governor", Role.GOVERNMENT, rank=Rank.DISTRICT_DEPUTY)


def flagged() -> Firm:
    return Firm("2026-09-01 10:00").read(*(penalty(day) for day in THREE))


def listed(day: str = "2026-09-01") -> Firm:
    firm = Firm(f"{day} 10:00")
    return firm.read(bearing("listed_bad_faith", firm.now, case="c-b", facts={"decided_on": day}))


def accident(firm: Firm | None = None, *, by: Actor = WANG, halt: bool = True) -> Firm:
    firm = firm or Firm()
    happened = (firm.now - timedelta(hours=2)).isoformat()
    return firm.give("record_accident", by, happened_at=happened, stop=halt, text="粉尘爆燃")


def clocks(firm: Firm) -> dict[str, Any]:
    return {clock.key: clock for clock in firm.entity.active_clocks()}


# -- bearings --------------------------------------------------------------------------------------
def entry(event: str, **data: Any) -> LedgerEntry:
    return LedgerEntry(case_id="c", seq=3, event=event, at=at("2026-09-01 10:00"), data=data)


def test_what_an_entry_of_a_case_means_to_its_enterprise() -> None:
    assert bearing_of(entry("measure_step", bearing="penalty_decided")) == "penalty_decided"
    assert bearing_of(entry("measure_lapsed", bearing="stop_ended")) == "stop_ended"
    assert bearing_of(entry("measure_step")) is None
    assert bearing_of(entry("measure_step", bearing="nonsense")) is None
    assert bearing_of(entry("opened")) is None
    assert bearing_of(entry("graded_under_order")) == "graded"
    assert bearing_of(entry("recurred")) == "recurred"
    for final in ("voided", "transferred", "found_unfounded", "look_back_completed", "enterprise_closed"):
        assert bearing_of(entry(final)) == "case_ended"
    by_the_government = entry("enterprise_closed").model_copy(update={"command_id": "k"})
    assert bearing_of(by_the_government) == "closed"
    assert set(MEANINGS) == BEARINGS


@given(
    kind=st.sampled_from([*sorted(BEARINGS), "of a later version"]),
    major=st.booleans(),
    data=st.dictionaries(
        st.sampled_from(["measure_id", "facts", "kind"]),
        st.none()
        | st.text(max_size=5)
        | st.dictionaries(
            st.sampled_from(["decided_on", "kind", "scope", "decision_no"]), st.none() | st.text(max_size=8)
        ),
    ),
)
@settings(deadline=None)
def test_every_bearing_is_consumed_whatever_it_says(kind: str, major: bool, data: dict[str, Any]) -> None:
    firm = flagged()
    before = len(firm.entries)
    firm.read(bearing(kind, firm.now, case="c-odd", seq=77, major=major).model_copy(update={"data": data}))
    fresh = firm.entries[before:]
    assert (fresh[0].source_case_id, fresh[0].source_seq) == ("c-odd", 77)
    assert all(one.source_case_id is None for one in fresh[1:])
    assert fold(firm.entries) == firm.entity


# -- status ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "scope", "status"),
    [
        ("interim_stop", "whole", "stopped"),
        ("interim_stop", None, "stopped"),
        ("interim_stop", "part", "part_stopped"),
        ("interim_stop", "equipment", "part_stopped"),
        ("seal", "equipment", "part_stopped"),
        ("seal", "whole", "part_stopped"),
        ("suspension", None, "stopped"),
        ("suspension", "part", "stopped"),
        ("power_cut", None, "power_cut"),
    ],
)
def test_a_measure_in_force_sets_the_status_until_it_ends(kind: str, scope: str | None, status: str) -> None:
    firm = Firm().read(stop(kind, scope, measure_id="m1"))
    assert firm.status == status
    firm.read(bearing("stop_ended", firm.now, seq=12, measure_id="another"))
    assert firm.status == status
    assert firm.events[-1] == "bearing_noted"
    firm.read(bearing("stop_ended", firm.now, seq=13, measure_id="m1"))
    assert firm.status == "running"


def test_the_gravest_of_all_its_cases_counts() -> None:
    made = {
        Status.CLOSED: bearing(
            "closed", at("2026-09-01 10:00"), case="c-close", facts={"decided_on": "2026-09-01"}
        ),
        Status.POWER_CUT: stop("power_cut", case="c-power"),
        Status.STOPPED: stop("suspension", case="c-stop"),
        Status.PART_STOPPED: stop("seal", case="c-part"),
    }
    for order in itertools.permutations(made):
        firm, seen = Firm(), []
        for status in order:
            firm.read(made[status])
            seen.append(status)
            gravest = next(one for one in made if one in seen)
            assert firm.status == gravest.value


def test_an_annulled_suspension_stops_nobody() -> None:
    firm = Firm().read(stop("suspension", case="c-s", measure_id="m1"))
    firm.read(bearing("penalty_annulled", firm.now, case="c-s", seq=14, measure_id="m1"))
    assert firm.status == "running"


def test_status_since_is_when_the_status_changed() -> None:
    firm = Firm().read(stop("suspension"))
    since = firm.entity.status_since
    firm.later(days=3).read(stop("interim_stop", "whole", case="c-2", when=firm.now))
    assert firm.entity.status_since == since


def test_recurrences_are_counted() -> None:
    firm = Firm()
    firm.read(*(bearing("recurred", firm.now, seq=seq) for seq in (20, 40)))
    assert firm.entity.recurrences == 2


# -- the flag --------------------------------------------------------------------------------------
def test_three_decisions_in_three_cases_raise_exactly_one_flag_for_the_head() -> None:
    firm = flagged()
    assert firm.events.count("closure_flagged") == 1
    assert ("closure_flagged", "head") in firm.told
    (task,) = firm.held.batch(firm.outcome).tasks
    assert (task.role, task.rank, task.clock) == ("head", "head", "closure.flag.answer")
    assert clocks(firm)["closure.flag.answer"].last_day == date(2026, 9, 10)  # 5 working days
    firm.read(penalty("2026-09-04"))
    assert firm.events.count("closure_flagged") == 1


def test_an_answered_flag_rises_again_only_with_a_further_decision() -> None:
    firm = (
        flagged()
        .read(penalty("2026-09-04"))
        .give("answer_closure_flag", HEAD, answer="declined", reason="正在整改")
    )
    assert firm.entity.flag.status == "declined"
    assert firm.held.batch(firm.outcome).tasks == ()
    firm.read(bearing("graded", firm.now, case="c-g", major=True))
    assert firm.events.count("closure_flagged") == 1
    firm.read(penalty("2026-09-07"))
    assert firm.events.count("closure_flagged") == 2
    firm.give("answer_closure_flag", HEAD, answer="requested", case_id="c-2026-09-07")
    assert firm.entity.flag.case_id == "c-2026-09-07"


def test_answers_need_what_they_need() -> None:
    assert (
        Firm().refused("answer_closure_flag", HEAD, answer="declined", reason="无").rule
        == "closure.flag.open"
    )
    firm = flagged()
    assert firm.refused("answer_closure_flag", HEAD, answer="declined").rule == "closure.flag.reason"
    assert firm.refused("answer_closure_flag", HEAD, answer="requested").rule == "closure.flag.case"
    foreign = FACTS.model_copy(update={"case_ok": False})
    named = firm.refused(
        "answer_closure_flag", HEAD, answer="requested", case_id="c-elsewhere", facts=foreign
    )
    assert named.rule == "closure.flag.case"
    assert firm.refused("answer_closure_flag", DEPUTY, answer="requested", case_id="c").rule == (
        "authority.answer_closure_flag.rank"
    )
    firm.give("answer_closure_flag", HEAD, answer="requested", case_id="c")
    late = firm.refused("answer_closure_flag", MAYOR, answer="declined", reason="晚了")
    assert isinstance(late, Conflict)
    assert late.details["answered_by"] == ["head"]


def test_an_unanswered_flag_goes_up_once_and_stays_owed() -> None:
    firm = flagged().until("2026-09-10 23:00")
    assert "closure_flag_escalated" not in firm.events
    assert firm.events.count("reminded") == 3  # 3, 1 and 0 days before; raised less than 7 days before
    firm.until("2026-09-11 00:00")
    assert firm.events[-1] == "closure_flag_escalated"
    assert {("closure_flag_escalated", "head"), ("closure_flag_escalated", "government")} <= firm.told
    government = next(n for n in firm.outcome.notices if n.audience_role == "government")
    assert government.rank == "district_deputy"
    assert {task.role for task in firm.held.batch(firm.outcome).tasks} == {"head", "government"}
    firm.until("2026-09-30 12:00")
    assert firm.events.count("closure_flag_escalated") == 1
    assert firm.events.count("digested") >= 2
    firm.give("answer_closure_flag", GOVERNOR, answer="requested", case_id="c-1")
    assert firm.entity.clocks["closure.flag.answer"].status is ClockStatus.LATE
    assert firm.held.batch(firm.outcome).tasks == ()


# -- bad faith -------------------------------------------------------------------------------------
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


# -- accidents -------------------------------------------------------------------------------------
def test_production_stops_until_it_is_accepted() -> None:
    firm = accident()
    assert firm.status == "stopped"
    (task,) = firm.held.batch(firm.outcome).tasks
    assert (task.key, task.role, task.rank, task.due_at) == ("accident/1", "head", "head", None)
    assert ("accident_recorded", "enterprise") in firm.told
    asked: dict[str, Any] = {"accident": 1, "officers": ["wang", "li"], "text": "验收合格"}
    assert (
        firm.refused("accept_after_accident", CHIEF, **asked).rule == "authority.accept_after_accident.rank"
    )
    assert firm.refused("accept_after_accident", HEAD, **{**asked, "officers": ["li"]}).rule == "officers.two"
    stranger = firm.refused("accept_after_accident", HEAD, **{**asked, "officers": ["li", "nobody"]})
    assert (stranger.rule, stranger.details["officers"]) == ("officers.certified", ["nobody"])
    assert firm.refused("accept_after_accident", HEAD, **{**asked, "accident": 2}).rule == "accident.waiting"
    firm.give("accept_after_accident", HEAD, **asked)
    assert firm.status == "running"
    assert firm.entity.accidents[0].officers == ("li", "wang")
    assert firm.refused("accept_after_accident", HEAD, **asked).rule == "accident.waiting"


def test_whoever_recorded_an_accident_does_not_accept_it() -> None:
    deputy = person(
        "wang", Role.SECTION_HEAD, rank=Rank.SECTION_HEAD, acting_for="head", acting_rank=Rank.HEAD
    )
    firm = accident(by=WANG)
    refused = firm.refused("accept_after_accident", deputy, accident=1, officers=["li", "zhao"], text="合格")
    assert isinstance(refused, DutiesNotSeparated)
    both = accident(firm, by=LI)
    held = both.refused("accept_after_accident", deputy, accident=1, officers=["li", "zhao"], text="合格")
    assert isinstance(held, DutiesNotSeparated)
    both.give("accept_after_accident", deputy, accident=2, officers=["li", "zhao"], text="合格")


def test_an_accident_without_stop_stops_nothing() -> None:
    firm = accident(halt=False)
    assert firm.status == "running"
    assert firm.held.batch(firm.outcome).tasks == ()
    future = (firm.now + timedelta(hours=1)).isoformat()
    refused = firm.refused("record_accident", OFFICE, happened_at=future, stop=True, text="尚未发生")
    assert refused.rule == "time.not_in_future"


# -- closure ---------------------------------------------------------------------------------------
def closed() -> Firm:
    firm = accident(flagged())
    facts = {"decided_on": "2026-09-03", "decision_no": "区政关〔2026〕1号"}
    return firm.read(bearing("closed", firm.now, case="c-close", seq=30, measure_id="m-close", facts=facts))


def test_a_closure_that_is_annulled_closes_nobody_any_more() -> None:
    firm = closed()
    other = bearing("penalty_annulled", firm.now, case="c-close", seq=40, measure_id="another")
    assert firm.read(other).status == "closed"
    firm.read(bearing("penalty_annulled", firm.now, case="c-close", seq=41, measure_id="m-close"))
    assert firm.events[-1] == "closure_annulled"
    assert firm.status != "closed"
    assert firm.held.batch(firm.outcome).doc["closed_at"] is None
    assert not [one for one in reasons(firm, WANG, "record_accident") if one.rule == "enterprise.closed"]
    later = bearing("closed", firm.now, case="c-later", seq=5, facts={"decided_on": "2026-10-09"})
    assert firm.read(later).status == "closed"


def test_closed_is_for_ever() -> None:
    firm = closed()
    assert firm.status == "closed"
    doc = firm.held.batch(firm.outcome).doc
    assert doc["closed_at"] == doc["closure"]["at"]
    assert doc["closure"]["decision_no"] == "区政关〔2026〕1号"
    assert doc["closure"]["source_case_id"] == "c-close"
    assert firm.held.batch(firm.outcome).tasks == ()
    for name in ("answer_closure_flag", "accept_after_accident", "record_accident", "request_removal"):
        actor = {"request_removal": FIRM, "record_accident": WANG}.get(name, HEAD)
        (reason, *_) = [one for one in reasons(firm, actor, name) if one.rule == "enterprise.closed"]
        assert reason.article == "《安全生产法》第一百一十三条"
    again = bearing("closed", firm.now, case="c-later", facts={"decided_on": "2027-01-01"})
    firm.read(again, penalty("2026-09-21"), penalty("2026-09-22"))
    assert firm.status == "closed"
    assert firm.entity.closure.source_case_id == "c-close"
    assert firm.events.count("closure_flagged") == 1
    firm.until("2028-01-01 10:00")
    assert "closure_flag_escalated" not in firm.events


# -- authority -------------------------------------------------------------------------------------
ASKED: dict[str, dict[str, Any]] = {
    "record_accident": {"happened_at": "2026-08-31T10:00:00+08:00", "stop": True, "text": "事故"},
    "accept_after_accident": {"accident": 1, "officers": ["li", "zhao"], "text": "合格"},
    "answer_closure_flag": {"answer": "declined", "reason": "理由"},
    "request_removal": {"text": "申请"},
    "decide_removal": {"granted": True},
}
MAY = {
    "record_accident": {"wang", "chief", "office"},
    "accept_after_accident": {"head"},
    "answer_closure_flag": {"head", "mayor"},
    "request_removal": {"firm"},
    "decide_removal": {"head"},
}


def ready() -> Firm:
    """An enterprise on which every command is possible for the right person."""
    firm = listed().until("2027-09-06 10:00")
    firm.read(*(penalty(day) for day in ("2027-09-01", "2027-09-02", "2027-09-03")))
    return accident(firm, by=person("someone", Role.INSPECTOR))


@pytest.mark.parametrize("command", ENTERPRISE_COMMANDS)
@pytest.mark.parametrize("actor", EVERYONE, ids=lambda actor: actor.user_id)
def test_who_may_give_which_command(command: str, actor: Actor) -> None:
    firm = ready()
    if command == "decide_removal":
        firm.give("request_removal", FIRM, text="申请")
    shown = not reasons(firm, actor, command) if actor.role is not Role.ADMIN else False
    if actor.user_id in MAY[command]:
        assert shown
        firm.give(command, actor, **ASKED[command])
    else:
        refused = firm.refused(command, actor, **ASKED[command])
        assert refused.status in (403, 404)
        assert not shown


def reasons(firm: Firm, actor: Actor, command: str) -> list[Any]:
    try:
        seen = standing(firm.entity, firm.held.rules, actor, firm.now)
    except NotFound as hidden:
        return [hidden]
    return list(next(one for one in seen.commands if one.command == command).reasons)


def test_another_district_and_another_enterprise_see_nothing() -> None:
    firm = ready()
    for stranger in (RIVAL, HEAD.model_copy(update={"district_id": "d-2"})):
        with pytest.raises(NotFound):
            standing(firm.entity, firm.held.rules, stranger, firm.now)
        assert isinstance(
            firm.refused("answer_closure_flag", stranger, answer="declined", reason="无"), NotFound
        )


def test_every_refusal_says_what_why_and_what_would_help() -> None:
    firms = (Firm(), ready(), closed())
    for firm, actor, command in itertools.product(firms, EVERYONE, ENTERPRISE_COMMANDS):
        for reason in reasons(firm, actor, command):
            if not isinstance(reason, NotFound):
                assert all(
                    (reason.zh, reason.en, reason.rule, reason.article, reason.remedy_zh, reason.remedy_en)
                ), reason


# -- time and rules --------------------------------------------------------------------------------
def test_after_an_outage_a_clock_speaks_once() -> None:
    firm = flagged()
    firm.now = at("2026-11-20 10:00")
    firm._keep(firm.held.apply_due(firm.now))
    assert firm.events.count("closure_flag_escalated") == 1
    assert "reminded" not in firm.events
    assert firm.held.due(firm.now) == []


def test_a_newer_policy_is_adopted_and_told_to_the_ledger() -> None:
    firm = flagged()
    due = clocks(firm)["closure.flag.answer"].due_at
    newer = rules().policy.model_copy(update={"version": "2099.1"})
    firm._keep(firm.held.adopt_rules(Rules(policy=newer, calendar=rules().calendar), firm.now))
    assert firm.entries[-1].event == "rules_adopted"
    assert firm.entity.policy_version == "2099.1"
    assert clocks(firm)["closure.flag.answer"].due_at == due
    assert firm.held.adopt_rules(firm.held.rules, firm.now).entries == ()
    unknown = EnterpriseEntity.new(rules(), ENTERPRISE, "d-1")
    assert unknown.adopt_rules(Rules(policy=newer, calendar=rules().calendar), firm.now).entries == ()
    assert unknown.rules.policy.version == "2099.1"


def test_a_calendar_published_later_moves_what_was_guessed() -> None:
    unknown = Rules(policy=rules().policy, calendar=WorkingCalendar())
    firm = Firm("2026-09-28 10:00", unknown)
    firm.read(*(penalty(day) for day in ("2026-09-26", "2026-09-27", "2026-09-28")))
    assert clocks(firm)["closure.flag.answer"].provisional
    notice = CalendarYear(
        year=2026,
        days_off=tuple(date(2026, 10, day) for day in range(1, 8)),
        workdays=(date(2026, 10, 10),),
        confirmed=True,
        source="国办发明电",
    )
    known = Rules(policy=rules().policy, calendar=WorkingCalendar(years=(notice,)))
    firm._keep(firm.held.adopt_rules(known, firm.now))
    moved = clocks(firm)["closure.flag.answer"]
    assert (moved.last_day, moved.provisional) == (date(2026, 10, 10), False)
    assert fold(firm.entries) == firm.entity


def test_rules_survive_packing() -> None:
    packed = PackedRules.model_validate_json(PackedRules.of(rules()).model_dump_json())
    assert packed.rules() == rules()
    assert packed.digest == digest_of(packed.rules())
    assert len(packed.model_dump_json()) < 40_000


# -- the ledger ------------------------------------------------------------------------------------
def long_story() -> Firm:
    firm = listed("2026-08-01")
    firm.read(stop("interim_stop", "whole", case="c-i"), *(penalty(day) for day in THREE))
    accident(firm).give("accept_after_accident", HEAD, accident=1, officers=["li", "zhao"], text="合格")
    firm.until("2026-10-20 10:00").give("answer_closure_flag", MAYOR, answer="declined", reason="理由")
    firm.until("2027-09-06 10:00").give("request_removal", FIRM, text="申请").give(
        "decide_removal", HEAD, granted=True
    )
    return firm.read(bearing("recurred", firm.now, seq=50), bearing("closed", firm.now, seq=60))


def test_folding_the_ledger_gives_the_same_enterprise() -> None:
    firm = long_story()
    assert [one.seq for one in firm.entries] == list(range(1, len(firm.entries) + 1))
    assert fold(firm.entries) == firm.entity
    assert fold(firm.entries).model_dump(mode="json") == firm.held.batch(firm.outcome).doc
    stored = [type(one).model_validate_json(one.model_dump_json()) for one in firm.entries]
    assert fold(stored) == firm.entity
    with pytest.raises(ValueError, match="enrolled"):
        fold(firm.entries[1:])


def test_no_words_of_people_reach_history_or_ledger() -> None:
    firm = accident()
    sent = envelope("answer_closure_flag", HEAD, now=firm.now, answer="declined", reason="张三说的理由")
    assert "张三" not in sent.model_dump_json()
    told = json.dumps([one.model_dump(mode="json") for one in firm.entries], ensure_ascii=False)
    assert "粉尘爆燃" not in told
    assert firm.entries[-1].data["texts"]


def test_a_command_is_signed_for_one_enterprise() -> None:
    now = at("2026-09-01 10:00")
    sent = envelope("request_removal", FIRM, now=now, text="申请")
    check_signature(sent, [KEY], ENTERPRISE, now)
    with pytest.raises(SignatureInvalid):
        check_signature(sent, [KEY], "e-2", now)
    with pytest.raises(SignatureInvalid):
        check_signature(sent.model_copy(update={"district_id": "d-2"}), [KEY], ENTERPRISE, now)


def test_unknown_and_malformed_commands_are_refused() -> None:
    firm = Firm()
    good = envelope("request_removal", FIRM, now=firm.now, text="申请")
    for wrong in ({"command": "sign_off"}, {"payload": {"text": 5, "more": 1}}):
        with pytest.raises(XiaohaoError) as refused:
            firm.held.apply(good.model_copy(update=wrong), firm.now)
        assert refused.value.code == "malformed"
    assert not set(ENTERPRISE_COMMANDS) & set(COMMANDS)


def test_tables_are_complete() -> None:
    assert {grant.command for grant in ENTERPRISE_GRANTS} == set(ENTERPRISE_COMMANDS)
    assert set(ENTERPRISE_EVENT_LABELS) == set(EVENTS)


def test_batches_merge_like_a_case_s() -> None:
    firm = Firm().read(stop("seal"))
    first = firm.held.batch(firm.outcome)
    firm.read(penalty("2026-09-02"))
    merged = EnterpriseBatch.merge([first, firm.held.batch(firm.outcome)])
    assert [one.seq for one in merged.entries] == [1, 2, 3]
    assert merged.doc["seq"] == 3
    assert EnterpriseBatch.merge([first]) is first


# -- standing --------------------------------------------------------------------------------------
def test_standing_says_until_when_each_decision_counts() -> None:
    firm = flagged().read(stop("power_cut", case="c-p", when=at("2026-09-03 16:00")))
    seen = standing(firm.entity, firm.held.rules, AUDITOR, firm.now)
    assert (seen.status, seen.status_label.zh) == (Status.POWER_CUT, "停止供电、停止供应民用爆炸物品")
    (first, *_) = seen.penalties
    assert {one.window: one.until for one in first.counts} == {
        "short": date(2027, 2, 28),
        "long": date(2027, 9, 1),
    }
    assert [(one.window, one.counted, one.needed, one.full) for one in seen.windows] == [
        ("short", 3, 3, True),
        ("long", 3, 4, False),
    ]
    assert seen.closure_flag is not None
    assert [one.label.zh for one in seen.why] == ["停止供电、停止供应民用爆炸物品"]
    assert seen.clocks[0].basis
    later = standing(firm.entity, firm.held.rules, HEAD, at("2027-03-02 10:00"))
    assert [one.counted for one in later.windows] == [1, 3]
    assert [count.now for count in later.penalties[0].counts] == [False, True]
    assert standing(firm.entity, firm.held.rules, HEAD, at("2027-09-04 10:00")).penalties == ()


def test_the_enterprise_is_not_shown_what_officials_weigh() -> None:
    firm = ready()
    seen = standing(firm.entity, firm.held.rules, FIRM, firm.now)
    assert seen.closure_flag is None
    assert (seen.penalties, seen.windows, seen.tasks) == ((), (), ())
    assert {clock.key for clock in seen.clocks} == {"badfaith.term"}
    assert seen.bad_faith is not None
    assert [one.accident for one in seen.why] == [1]
    town = standing(firm.entity, firm.held.rules, TOWN, firm.now)
    assert (town.closure_flag, town.penalties, town.windows, town.tasks) == (None, (), (), ())
    assert standing(firm.entity, firm.held.rules, HEAD, firm.now).closure_flag is not None


def test_days_are_shanghai_days() -> None:
    firm = Firm("2026-09-01 00:30")
    firm.read(bearing("penalty_decided", firm.now, facts={"kind": "fine"}))
    assert firm.entity.penalties[0].decided_on == firm.now.astimezone(SHANGHAI).date() == date(2026, 9, 1)
