"""How a case begins: what an inspection or a lead brings along, the order and its service (送达)."""

from __future__ import annotations

from typing import Any

import pytest

from models.actors import Rank
from models.case import HazardCase
from models.caseclocks import ClockStatus
from models.errors import LimitExceeded, Refused, TransitionNotAllowed, XiaohaoError
from models.tasks import tasks_of
from tests.builders import (
    CHIEF,
    DEPUTY,
    FIRM,
    MAYOR,
    STANDARD,
    STATED,
    WANG,
    ZHAO,
    Story,
    at,
    findings,
    general,
    lead,
    opening,
    order,
    refusal,
    served,
)
from tests.situations import (
    SITUATIONS,
    TWO,
)

START = "2026-09-01 10:00"
AGAIN = {"officers": TWO, "findings": findings(True, False)}


# -- opening -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"inspection_id": None}, "open.inspection"),
        ({"fixed_on_spot": True, "order": order()}, "open.fixed_on_spot"),
        ({"fixed_on_spot": True, "suspected_major": STANDARD}, "open.fixed_on_spot"),
        ({"service": served(at(START))}, "open.service"),
        ({"industry": "煤矿（井工）"}, "coal.elsewhere"),
        ({"industry": "煤炭开采", "source": "tip", "inspection_id": None}, "coal.elsewhere"),
        ({"source": "tip", "inspection_id": None, "order": order()}, "open.verify_first"),
        ({"source": "tip", "inspection_id": None, "suspected_major": STANDARD}, "open.verify_first"),
        ({"source": "tip", "inspection_id": None, "fixed_on_spot": True}, "open.verify_first"),
        ({"order": order(officers=("wang",))}, "officers.two"),
        ({"order": order(officers=("wang", "wang"))}, "officers.two"),
        ({"order": order(officers=("wang", "stranger"))}, "officers.certified"),
        ({"order": order(officers=("li", "zhao"))}, "officers.present"),
        ({"order": order(31)}, "deadline.max"),
        ({"order": {**order(), "issued_on": "2026-09-02"}}, "time.not_in_future"),
        ({"order": order(), "service": served(at("2026-09-01 10:03"))}, "time.not_in_future"),
        ({"policy": {"version": "x"}}, "command.policy"),
        ({"policy": {"version": "x", "packed": "?"}}, "command.policy"),
        ({"calendar": {"years": "2026"}}, "command.calendar"),
        ({"requirements": []}, "command.shape"),
    ],
)
def test_an_opening_that_does_not_fit_together_is_refused(fields: dict[str, Any], rule: str) -> None:
    sent = opening(now=at(START))
    changed = sent.model_copy(update={"payload": {**sent.payload, **fields}})
    with pytest.raises(XiaohaoError) as refused:
        HazardCase.open(changed, at(START))
    assert refused.value.rule == rule


def test_the_first_command_must_be_the_opening() -> None:
    sent = opening(now=at(START))
    for wrong in (
        sent.model_copy(update={"case_id": "another"}),
        sent.model_copy(update={"command": "acknowledge_report", "payload": {}}),
    ):
        with pytest.raises(Refused) as refused:
            HazardCase.open(wrong, at(START))
        assert refused.value.rule == "open.first"


def test_a_case_is_opened_once() -> None:
    story = general(START)
    with pytest.raises(TransitionNotAllowed):
        story.hazard.apply(opening(story.case.case_id, now=story.now), story.now)


# -- leads -------------------------------------------------------------------------------------------
def test_a_lead_is_verified_before_it_is_ordered() -> None:
    story = lead(START)
    assert refusal(story, "issue_order", WANG, order=order()).code == "transition_not_allowed"
    story.give("verify", WANG, officers=TWO, findings="属实", evidence=["photo"])
    assert story.state == "RECORDED"
    assert story.case.clocks["lead.verify"].status is ClockStatus.MET
    assert refusal(story, "issue_order", WANG, order=order()).rule == "lead.signed"
    story.give("sign_lead", DEPUTY)
    assert refusal(story, "issue_order", WANG, order=order()).rule == "order.facts"
    assert story.give("issue_order", WANG, order=order(), stated=STATED).case.order is not None


@pytest.mark.parametrize(
    ("name", "state", "outcome"),
    [("unfounded", "UNFOUNDED", ClockStatus.MET), ("transferred", "TRANSFERRED", ClockStatus.STOPPED)],
)
def test_a_lead_may_end_without_a_case(name: str, state: str, outcome: ClockStatus) -> None:
    story = SITUATIONS[name]()
    assert (story.state, story.case.clocks["lead.verify"].status) == (state, outcome)


# -- order and service -------------------------------------------------------------------------------
def test_an_order_is_issued_once_and_served_once() -> None:
    story = SITUATIONS["order unserved"]()
    assert refusal(story, "issue_order", WANG, order=order()).rule == "order.once"
    story.give("serve_order", WANG, service=served(story.now))
    assert refusal(story, "serve_order", WANG, service=served(story.now)).code == "transition_not_allowed"


def test_nothing_is_served_before_an_order_exists() -> None:
    error = refusal(SITUATIONS["recorded"](), "serve_order", WANG, service=served(at(START)))
    assert (error.rule, error.article) == ("order.issued", "《安全生产法》第六十五条")


@pytest.mark.parametrize(
    ("served_at", "rule"),
    [
        ("2026-09-02 00:10", None),
        ("2026-09-01 23:50", "service.after_issue"),
        ("2026-09-05 10:03", "time.not_in_future"),
    ],
)
def test_service_lies_between_the_order_and_now(served_at: str, rule: str | None) -> None:
    story = Story(at("2026-09-02 00:05")).give("issue_order", WANG, order=order())
    story.until(at("2026-09-05 10:00"))  # a reminder has come between
    assert story.events[-1] == "reminded"
    if rule is None:
        assert story.give("serve_order", WANG, service=served(at(served_at))).state == "ORDERED"
    else:
        assert refusal(story, "serve_order", WANG, service=served(at(served_at))).rule == rule


def test_an_order_signed_on_paper_days_ago_keeps_its_date() -> None:
    paper = {**order(), "issued_on": "2026-08-30"}
    story = Story(at(START), order=paper, service=served(at("2026-08-31 15:00")))
    assert str(story.case.order.issued_on) == "2026-08-30"
    assert str(story.case.clocks["rectify"].last_day) == "2026-09-15"


@pytest.mark.parametrize(
    ("service", "ok"),
    [
        ({"method": "in_person"}, True),
        ({"method": "witnessed_leave"}, False),
        ({"method": "witnessed_leave", "witnesses": ["w1"]}, False),
        ({"method": "witnessed_leave", "witnesses": ["w1", "w1"]}, False),
        ({"method": "witnessed_leave", "witnesses": ["w1", "w2"]}, True),
        ({"method": "witnessed_leave", "evidence": ["photo"]}, True),
        ({"method": "post"}, False),
        ({"method": "post", "evidence": ["photo"]}, True),
        ({"method": "electronic"}, False),
        ({"method": "electronic", "evidence": ["photo"]}, True),
        ({"method": "public_notice"}, False),
        ({"method": "public_notice", "evidence": ["photo"]}, True),
    ],
)
def test_each_way_of_serving_has_its_proof(service: dict[str, Any], ok: bool) -> None:
    story = SITUATIONS["order unserved"]()
    sent = {**served(story.now), **service}
    if ok:
        assert story.give("serve_order", WANG, service=sent).state == "ORDERED"
    else:
        assert refusal(story, "serve_order", WANG, service=sent).rule == f"service.{service['method']}"


# -- reports (举报) ------------------------------------------------------------------------------------
def test_a_report_takes_a_leaders_signature_before_the_order() -> None:
    story = SITUATIONS["verified, unsigned"]()
    assert story.case.active("lead.sign")
    assert story.case.active("order.issue") is None
    error = refusal(story, "issue_order", WANG, order=order())
    assert (error.rule, error.status, error.article) == ("lead.signed", 409, "《安全生产法》第七十三条")
    assert refusal(story, "sign_lead", CHIEF).rule == "authority.sign_lead.rank"
    story.give("sign_lead", DEPUTY, opinion="同意")
    assert story.case.active("order.issue")
    assert story.give("issue_order", WANG, order=order(), stated=STATED).case.order


def test_a_report_suspected_as_major_still_takes_the_signature() -> None:
    story = SITUATIONS["suspected, unsigned"]().give(
        "determine_grade", CHIEF, grade="general", reason="不构成"
    )
    assert refusal(story, "issue_order", WANG, order=order()).rule == "lead.signed"
    story = SITUATIONS["suspected, unsigned"]().give("sign_lead", DEPUTY, opinion="同意")
    assert story.give("determine_grade", CHIEF, grade="general", reason="r").case.active("order.issue")


def test_whoever_verified_a_report_does_not_sign_it() -> None:
    both = CHIEF.model_copy(update={"rank": Rank.DEPUTY_HEAD})
    story = lead().give("verify", CHIEF, officers=["chief", "zhao"], findings="属实")
    assert refusal(story, "sign_lead", both).rule == "authority.sign_lead.apart"


@pytest.mark.parametrize("source", ["transfer", "self_report"])
def test_what_was_no_report_takes_no_signature(source: str) -> None:
    story = lead(source=source, **({"actor": FIRM} if source == "self_report" else {}))
    story.give("verify", ZHAO, officers=["wang", "zhao"], findings="属实")
    assert refusal(story, "sign_lead", DEPUTY).rule == "lead.unsigned"
    assert story.give("issue_order", WANG, order=order(), stated=STATED).case.order


def test_a_report_of_deaths_is_verified_by_the_government() -> None:
    story = SITUATIONS["reported, deaths"]()
    for command in ("verify", "mark_unfounded"):
        assert refusal(story, command, ZHAO, officers=["wang", "zhao"], findings="属实").rule == "lead.deaths"
    assert [task.role for task in tasks_of(story.case, story.hazard.rules)] == ["government"]
    assert story.give("government_verify", MAYOR, founded=True, findings="属实").state == "RECORDED"
    other = SITUATIONS["reported, deaths"]()
    assert other.give("government_verify", MAYOR, founded=False, findings="不属实").state == "UNFOUNDED"
    assert refusal(lead(), "government_verify", MAYOR, founded=True, findings="x").rule == "lead.no_deaths"


def test_only_a_report_speaks_of_deaths() -> None:
    with pytest.raises(LimitExceeded) as error:
        lead(source="transfer", deaths=True)
    assert error.value.rule == "open.deaths"
