"""What is due after a decision, and what closure and referral ask for: payment, demand, court, police, grounds."""

from __future__ import annotations

from models.caseclocks import ClockStatus
from models.decisions.base import Context, require
from models.decisions.measure_guards import begun, guard, last_day, running
from models.doc import Case
from models.measures import facts
from models.measures.doc import Measure


@guard
def paid_in_full(_: Case, measure: Measure, __: Context) -> None:
    owed, given = facts.amount_of(measure), facts.paid(measure)
    require(
        given >= owed,
        f"罚款{owed}元，已缴{given}元，尚未缴清",
        f"{given} of {owed} yuan have been paid",
        rule="fine.paid",
        article="《行政处罚法》第六十六条、第六十七条",
        remedy_zh="缴清后再确认，或催告后申请强制执行",
        remedy_en="wait for full payment, or demand it and go to court",
    )


@guard
def payment_overdue(case: Case, measure: Measure, _: Context) -> None:
    clock = case.clocks.get(measure.clock("fine.pay"))
    require(
        clock is not None and clock.status is ClockStatus.MISSED,
        "缴款期限未满，不得催告",
        "the time to pay has not passed",
        rule="demand.overdue",
        article="《行政处罚法》第六十七条、《行政强制法》第五十四条",
        remedy_zh="待缴款期限届满",
        remedy_en="let the time to pay end",
        last_day=last_day(case, measure, "fine.pay"),
    )


@guard
def demand_unanswered(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        not running(case, measure, "demand.before_court", ctx.at),
        f"催告后未满法定期限（{last_day(case, measure, 'demand.before_court')}）",
        "the time given by the demand has not passed",
        rule="court.demand",
        article="《行政强制法》第五十四条",
        remedy_zh="待催告期满",
        remedy_en="let it end",
    )


@guard
def court_window(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        running(case, measure, "court.apply_window", ctx.at),
        "须在复议、诉讼期限届满后三个月内申请法院强制执行"
        + (
            f"（截止{last_day(case, measure, 'court.apply_window')}）"
            if begun(case, measure, "court.apply_window")
            else "，现未届满"
        ),
        "the court is asked within three months after the time for remedies has passed",
        rule="court.window",
        article="《行政强制法》第五十三条",
        remedy_zh="待复议、诉讼期限届满",
        remedy_en="wait until the time for remedies has passed",
    )


@guard
def review_window(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        running(case, measure, "criminal.review", ctx.at),
        f"提请复议的期限已过（{last_day(case, measure, 'criminal.review')}）",
        "the time to ask for a review has passed",
        rule="criminal.review",
        article="《行政执法机关移送涉嫌犯罪案件的规定》第九条",
        remedy_zh="退回后终结，行政处理继续",
        remedy_en="close it; the administrative procedure goes on",
    )


# -- closure -----------------------------------------------------------------------------------------
@guard
def closure_ground(case: Case, measure: Measure, ctx: Context) -> None:
    shown = {
        "counter": "counter" in ctx.facts.grounds or measure.fact("propose", "vouched"),
        "accident": "accident" in ctx.facts.grounds or measure.fact("propose", "vouched"),
        "unfit_after_rectification": facts.unfit_after_suspension(case),
        "refuses_suspension": facts.suspension_refused(case),
    }
    require(
        shown.get(measure.ground or ""),
        "提请关闭的法定情形未有事实支持",
        "nothing on record shows the ground for closure",
        rule="closure.ground",
        article="《安全生产法》第一百一十三条",
        remedy_zh="须有：处罚次数达到法定标准、整顿后复工申请未获同意、登记的拒不执行停产停业整顿，或事故记录",
        remedy_en="it takes the penalties counted, a refused resumption, a recorded refusal of the suspension, or an accident",
        ground=measure.ground,
    )
