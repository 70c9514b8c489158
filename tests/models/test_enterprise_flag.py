"""The flag three major decisions raise (关闭提请), accidents that stop production, and closure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from models.actors import Rank, Role
from models.caseclocks import ClockStatus
from models.errors import Conflict, DutiesNotSeparated
from tests.builders import (
    CHIEF,
    DEPUTY,
    FACTS,
    FIRM,
    HEAD,
    LI,
    MAYOR,
    OFFICE,
    WANG,
    person,
)
from tests.models.enterprises import (
    Firm,
    accident,
    bearing,
    clocks,
    closed,
    flagged,
    penalty,
    reasons,
)

GOVERNOR = person("governor", Role.GOVERNMENT, rank=Rank.DISTRICT_DEPUTY)


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
