"""Who may act on a measure besides what rank and role say (提请人、听证主持人)."""

from __future__ import annotations

from models.decisions.base import Context, require
from models.measures.snapshot import Measure
from models.snapshot import Case


def proposer(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        ctx.actor.persons & set(measure.proposed_by),
        "只有提请人可以撤回或补正",
        "only whoever proposed it may do this",
        rule="measure.proposer",
        remedy_zh="由提请人办理；审批人可退回或不予批准",
        remedy_en="let the proposer do it; whoever approves may return or refuse it",
    )


def presides(_: Case, measure: Measure, ctx: Context) -> None:
    presiding = measure.fact("serve_hearing_notice", "presiding")
    require(
        presiding in ctx.actor.persons,
        "听证由听证会通知书载明的主持人主持",
        "the presiding officer named in the notice holds the hearing",
        rule="hearing.presiding",
        article="《行政处罚法》第六十四条",
        remedy_zh="由指定的主持人录入",
        remedy_en="let the officer named in the notice record it",
    )
