"""Assumed people and measures: each form filled in well, each answer the one its word says, whole procedures walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.commands import measures as forms
from models.lives import Nature
from models.measures.clocks import MEASURE_LIVES
from models.measures.procedures import PROCEDURES
from models.rehearsal import HappeningKind, Rehearsal
from rehearsal.forms import FILLED
from rehearsal.measures import LEFT_TO_NAMES, MEASURE_ANSWERS, UNHURRIED
from rehearsal.run import rehearse
from tests.builders import CHIEF, STANDARD, WANG, Story, order, rules, served
from tests.rehearsal.support import end_of_day, real_lines, told_lines
from workflows.messages import Carried

TWO = ["wang", "zhao"]
AT_WILL = {
    *("record_absence", "record_no_show", "withdraw_hearing"),
    *("ask_recusal", "ask_deferral", "impose_surcharge"),
    *("record_revocation", "record_ban", "finish"),
}
"""Steps of whoever chooses to, of a day gone wrong, or after government decided: nobody is assumed to take them."""
EVERYBODY = ("officers=act@+1d", "leaders=act@+1d")


def overdue_soon(*, refused: bool = False, **fields: Any) -> Story:
    """An ordered hazard whose deadline ends in a week, under the whole ladder."""
    start = datetime.now(UTC) - timedelta(days=3)
    story = Story(start, order=order(10), service=served(start), ladder=True, **fields)
    if fields.get("suspected_major"):
        story.give("determine_grade", CHIEF, grade="major", reason="符合判定标准")
    if refused:
        story.give("record_refusal", WANG, officers=TWO, text="拒不停用")
    return story


def carried(story: Story) -> Carried:
    return Carried(case=story.case, rules=rules(ladder=True))


def happenings(told: Rehearsal, *kinds: HappeningKind) -> list[Any]:
    return [one for day in told.days for one in day.happenings if one.kind in kinds]


def answers(told: Rehearsal) -> list[str]:
    return [one.text.zh for one in happenings(told, HappeningKind.ANSWER)]


def in_order(found: list[str], *wanted: str) -> bool:
    rest = iter(found)
    return all(one in rest for one in wanted)


def test_every_form_but_a_courts_can_be_filled_in() -> None:
    every = {cls for cls in vars(forms).values() if isinstance(cls, type) and issubclass(cls, forms.Form)}
    assert every - set(FILLED) == {forms.Form, forms.Remedy}


def test_every_step_that_goes_on_is_taken_by_somebody() -> None:
    """A step no clock asks for is taken as the next one; one that ends a clock is that clock's answer."""
    aside = {forms.Reasoned, forms.Remedy}  # turning back, and what courts do
    aside |= {forms.AppraisalPeriod, forms.AppraisalEnd}  # not every seal takes tests
    waits = {clock for clock, life in MEASURE_LIVES.items() if life.nature is Nature.WAIT}
    assert set(MEASURE_ANSWERS) >= LEFT_TO_NAMES
    for kind, procedure in PROCEDURES.items():
        clocked = {row.key for row in procedure.rows if set(row.ends) - LEFT_TO_NAMES - waits}
        going_on = {row.key for row in procedure.rows if row.form not in aside} - AT_WILL
        assert going_on - clocked == set(UNHURRIED[kind]), kind


async def test_the_ladder_proposes_and_goes_up_the_ranks_as_the_pure_core_says() -> None:
    story = overdue_soon()
    before = len(story.entries)
    told = await rehearse(carried(story), days=90)
    story.until(end_of_day(told.last_day))
    assert told_lines(told) == real_lines(story.entries, before)
    proposed = happenings(told, HappeningKind.PROPOSED)
    assert [one.text.zh for one in proposed] == [
        "系统提出升级建议：罚款",
        "系统提出升级建议：督办",
        "系统提出升级建议：约谈",
    ]
    assert all([label.zh for label in one.to] == ["执法人员"] for one in proposed)
    raised = [
        [label.zh for label in one.to]
        for one in happenings(told, HappeningKind.ESCALATED)
        if one.clock == "p1/proposal.answer"
    ]
    assert raised[:3] == [["科室负责人"], ["分管负责人"], ["主要负责人"]]


async def test_a_proposal_taken_approved_served_and_answered() -> None:
    told = await rehearse(
        carried(overdue_soon()),
        days=30,
        assumptions=(*EVERYBODY, "letter.answer=answer@+3d", "reinspect.within=never"),
    )
    assert in_order(
        answers(told), "提请采取措施：督办", "督办：签发督办函", "督办：送达督办函", "督办：答复督办函"
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("refuse", "督办：不予批准"), ("return", "督办：退回补正"), ("approve", "督办：签发督办函")],
)
async def test_an_approval_is_answered_as_assumed(outcome: str, said: str) -> None:
    told = await rehearse(
        carried(overdue_soon()),
        days=16,
        assumptions=("proposal.answer=propose@+1d", f"approval.decide={outcome}@due"),
    )
    assert said in answers(told)


async def test_a_closed_proposal_raises_nothing_more() -> None:
    told = await rehearse(carried(overdue_soon()), days=60, assumptions=("proposal.answer=close@+1d",))
    assert answers(told) == ["不采纳升级建议"] * 3
    assert not happenings(told, HappeningKind.ESCALATED)


async def test_a_fine_from_its_filing_to_its_payment() -> None:
    told = await rehearse(
        carried(overdue_soon(refused=True)),
        days=45,
        assumptions=(
            *EVERYBODY,
            "reinspect.within=never",
            "defence.period=waive@+1d",
            "fine.pay=pay@due",
        ),
    )
    assert in_order(
        answers(told),
        "提请采取措施：罚款",
        "罚款：立案审批",
        "罚款：调查终结",
        "罚款：送达告知书",
        "罚款：陈述申辩",
        "罚款：案件处理呈批",
        "罚款：作出处罚决定",
        "罚款：送达处罚决定书",
        "罚款：登记缴款",
        "罚款：确认缴清、结案",
    )


async def test_a_suspension_with_the_hearing_asked_on_the_last_day() -> None:
    """The rights are waited for: nothing is decided before the hearing was held, reviewed and discussed."""
    told = await rehearse(
        carried(overdue_soon(refused=True, suspected_major=STANDARD)),
        days=60,
        assumptions=(*EVERYBODY, "hearing.request=ask_hearing@due", "reinspect.within=never"),
    )
    found = answers(told)
    assert in_order(
        found,
        "责令停产停业整顿：送达告知书",
        "责令停产停业整顿：申请听证",
        "责令停产停业整顿：送达听证会通知书",
        "责令停产停业整顿：举行听证",
        "责令停产停业整顿：报送法制审核",
        "责令停产停业整顿：法制审核",
        "责令停产停业整顿：集体讨论",
        "责令停产停业整顿：案件处理呈批",
        "责令停产停业整顿：作出处罚决定",
        "责令停产停业整顿：送达处罚决定书",
    )
    assert "挂牌督办：批准挂牌督办" in found
    refused = happenings(told, HappeningKind.REFUSED_ANSWER)
    assert all(one.rule and one.text.zh for one in refused)
    assert len(refused) == len({(one.text.zh, one.rule) for one in refused}), "told once, then waited for"


async def test_an_urgent_stop_nobody_confirms_is_overdue_and_stays() -> None:
    story = overdue_soon(suspected_major=STANDARD)
    story.pass_time(days=2, hours=23)
    story.give(
        "propose_measure",
        WANG,
        measure_id="m-1",
        kind="interim_stop",
        cause="现场有爆炸危险",
        officers=TWO,
        scope="part",
        object="打磨车间",
        service=served(story.now),
    )
    told = await rehearse(carried(story), days=3)
    (missed,) = [one for one in happenings(told, HappeningKind.FELL_DUE) if one.event == "clocks_missed"]
    assert "紧急措施" in missed.text.zh
    confirmed = await rehearse(carried(story), days=3, assumptions=("urgent_measure.report=confirm@due",))
    assert "暂时停产停业、停止使用：确认紧急措施" in answers(confirmed)
