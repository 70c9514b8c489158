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


def _pending(measure: Measure) -> bool:
    return "ask_recusal" in measure.done and "decide_recusal" not in measure.done


def no_recusal_pending(_: Case, measure: Measure, __: Context) -> None:
    require(
        not _pending(measure),
        "当事人已申请回避，尚未决定",
        "a recusal was asked for and has not been decided",
        rule="recusal.pending",
        article="《行政处罚法》第四十三条",
        remedy_zh="先决定是否回避",
        remedy_en="decide the recusal first",
        missing=["decide_recusal"],
    )


def recusal_pending(_: Case, measure: Measure, __: Context) -> None:
    require(
        _pending(measure),
        "没有待决定的回避申请",
        "no recusal waits for a decision",
        rule="recusal.asked",
        article="《行政处罚法》第四十三条",
        remedy_zh="由当事人先提出申请",
        remedy_en="the party asks first",
    )


def not_concerned(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        measure.fact("ask_recusal", "person") not in ctx.actor.persons,
        "不得决定本人的回避",
        "nobody decides on their own recusal",
        rule="recusal.own",
        article="《行政处罚法》第四十三条",
        remedy_zh="由其他负责人决定",
        remedy_en="let another leader decide",
    )


def recused(measure: Measure) -> frozenset[str]:
    """Everybody whose recusal has been granted (已决定回避的人员)."""
    asked, ruled = measure.fact("ask_recusal", "recused"), measure.fact("decide_recusal", "recused")
    return frozenset(ruled if ruled is not None else asked or ())


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
