"""A step whose time is over says so: what was done, by whom and when, and the way back; what is still to come is greyed."""

from __future__ import annotations

import re

from console.life import passed_by
from models.measures.kinds import MeasureKind
from models.measures.procedures import PROCEDURES
from tests.api.support import major
from tests.console.conftest import House
from tests.console.reading import read

PAST = "这一步已经办过了"


async def test_a_command_of_a_state_that_is_past_names_who_carried_the_case_on(house: House) -> None:
    case_id = await house.office.submitted()
    for who, command, words in (
        ("wang", "serve_order", "wang同志"),
        ("firm", "signal_completion", "firm同志"),
    ):
        page = await house.get(who, f"/cases/{case_id}/do/{command}")
        found = read(page.text)
        assert PAST in page.text, command
        assert words in page.text.split(PAST)[1]
        assert f"/cases/{case_id}" in found.links
        assert "回到案件" in page.text


async def test_a_command_of_a_state_to_come_is_not_past(house: House) -> None:
    case_id = await house.office.case()
    for command in ("sign_off", "record_look_back", "void"):
        assert PAST not in (await house.get("chief", f"/cases/{case_id}/do/{command}")).text, command


async def test_a_step_of_a_measure_that_was_taken_is_past(house: House) -> None:
    office = house.office
    case_id = await office.case()
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    here = f"/cases/{case_id}/measures/{fine}"
    assert PAST not in (await house.get("head", f"{here}/decide")).text
    await office.stepped("head", case_id, fine, "approve")
    for step in ("approve", "refuse"):
        page = (await house.get("head", f"{here}/{step}")).text
        assert "head同志" in page.split(PAST)[1], step
        assert "回到措施" in page


async def test_the_row_of_steps_shows_what_is_to_come_and_who_must_act(house: House) -> None:
    office = house.office
    case_id = await office.case()
    fine = await office.proposed(case_id, "fine", officers=["wang", "li"], amount=20_000)
    here = f"/cases/{case_id}/measures/{fine}"
    page = (await house.get("wang", here)).text
    bar = page.split("stepbar procedure")[1].split("</ol>")[0]
    ahead = re.findall(r'<li class="ahead"><b>([^<]+)</b>', bar)
    assert "<b>立案审批</b><span>下一步</span>" in bar, "whoever may not take it sees where it stands"
    assert ahead[0] == "调查终结"
    assert ahead[-1] == "确认缴清、结案"
    assert "申请听证" not in ahead
    assert "审批时限" in page or "审批" in page.split('id="turn"')[1].split("</section>")[0]
    decider = (await house.get("head", here)).text.split("stepbar procedure")[1].split("</ol>")[0]
    assert re.findall(r'<li class="here"><b>([^<]+)</b>', decider) == ["立案审批"], (
        "what leads off is no step ahead"
    )
    await office.stepped("head", case_id, fine, "refuse", reason="证据不足")
    assert '<li class="ahead">' not in (await house.get("wang", here)).text


async def test_what_acted_first_has_its_approval_behind_it(house: House) -> None:
    office = house.office
    case_id = await office.submitted()
    seal = await office.sealed(case_id)
    page = (await house.get("wang", f"/cases/{case_id}/measures/{seal}")).text
    bar = page.split("stepbar procedure")[1].split("</ol>")[0]
    assert not {"批准查封、扣押", "实施查封、扣押"} & {*re.findall(r"<b>([^<]+)</b>", bar)}


def test_every_procedure_has_a_way_that_leads_into_force() -> None:
    for kind, procedure in PROCEDURES.items():
        way = [row.key for row in procedure.rows if row.key in procedure.way]
        assert len(way) == len(procedure.way), kind
        assert all(set(procedure.steps[key].needs) <= procedure.way for key in way), kind
        assert not {"refuse", "withdraw", "annul", "ask_hearing"} & procedure.way, kind
    assert PROCEDURES[MeasureKind.SUSPENSION].way >= {
        "approve",
        "decide",
        "serve_decision",
        "approve_resumption",
    }


def test_what_was_entered_again_is_not_past() -> None:
    moved = [(None, "A", 1), ("A", "B", 2), ("B", "A", 3)]
    assert passed_by({"A"}, moved) is None
    assert passed_by({"A"}, [*moved, ("A", "C", 4)]) == 4
    assert passed_by({"C"}, moved) is None


async def test_an_enterprise_sees_the_day_of_a_stage_reached_by_what_it_is_not_told(house: House) -> None:
    """The grade was being determined when the order was served: the enterprise is told of the order, not of that."""
    case_id = await major(house.office)
    for who in ("wang", "firm"):
        bar = (await house.get(who, f"/cases/{case_id}")).text.split('class="stepbar"')[1].split("</ol>")[0]
        assert re.search(r'class="here"[^>]*><b>责令整改</b><span>\d+月\d+日</span>', bar), who
