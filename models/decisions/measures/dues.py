"""What is due after a decision, and what closure and referral ask for: payment, demand, court, police, grounds."""

from __future__ import annotations

from models.caseclocks import ClockStatus
from models.decisions.base import Context, require
from models.decisions.measures.running import begun, last_day, running
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.snapshot import Case


def as_fined(case: Case, measure: Measure, _: Context) -> None:
    amounts = sorted(
        {facts.amount_of(one) for one in facts.standing_fines(case) if one.target == measure.target}
    )
    require(
        measure.amount in amounts,
        f"按日连续处罚按照原处罚数额计算（{'、'.join(map(str, amounts)) or '无'}元）",
        f"a daily fine has the amount of the fine before it ({', '.join(map(str, amounts)) or 'none'} yuan)",
        rule="daily_fine.amount",
        article="《安全生产法》第一百一十二条",
        remedy_zh="按原处罚数额填写",
        remedy_en="give that amount",
        amounts=amounts,
    )


def fined_already(case: Case, _: Measure, __: Context) -> None:
    require(
        facts.fined(case),
        "按日连续处罚须先有已送达的罚款决定",
        "a daily fine takes a fine decided and served before",
        rule="daily_fine.fined",
        article="《安全生产法》第一百一十二条",
        remedy_zh="先办理罚款",
        remedy_en="fine first",
    )


def paid_in_full(_: Case, measure: Measure, __: Context) -> None:
    owed, given = facts.owed(measure), facts.paid(measure)
    require(
        facts.settled(measure),
        f"罚款{owed}元，已缴{given}元，尚未缴清",
        f"{given} of {owed} yuan have been paid",
        rule="fine.paid",
        article="《行政处罚法》第六十六条、第六十七条",
        remedy_zh="缴清后再确认，或催告后申请强制执行",
        remedy_en="wait for full payment, or demand it and go to court",
    )


def unpaid(_: Case, measure: Measure, __: Context) -> None:
    require(
        not facts.settled(measure),
        "罚款已经缴清",
        "everything owed has been paid",
        rule="fine.settled",
        article="《行政处罚法》第六十六条、第六十七条",
        remedy_zh="确认缴清、结案",
        remedy_en="settle it",
    )


def uncollectable(case: Case, measure: Measure, _: Context) -> None:
    clock = case.clocks.get(measure.clock("court.apply_window"))
    gone = clock is not None and clock.status is ClockStatus.MISSED
    require(
        "apply_to_court" in measure.done or gone,
        "尚可催告、申请法院强制执行，不得以无法执行终结",
        "it can still be demanded and brought before the court",
        rule="fine.collectable",
        article="《行政强制法》第五十三条、第五十四条",
        remedy_zh="催告后申请法院强制执行",
        remedy_en="demand it and apply to the court",
    )


def no_remedy_pending(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("record_remedy", "event") not in ("filed", "stayed"),
        "复议或者诉讼尚未终结，不得申请法院强制执行",
        "a reconsideration or suit is pending: not yet for the court to enforce",
        rule="court.remedy",
        article="《行政强制法》第五十三条",
        remedy_zh="登记复议、诉讼结果后再申请",
        remedy_en="record how it ended first",
    )


def publication_withdrawn(_: Case, measure: Measure, __: Context) -> None:
    require(
        "publish" not in measure.done or "withdraw_publication" in measure.done,
        "处罚决定已公示，撤销前须先撤回公示",
        "the decision is published: withdraw the publication first",
        rule="publication.withdrawn",
        article="《行政处罚法》第四十八条",
        remedy_zh="先撤回公示",
        remedy_en="withdraw the publication",
        missing=["withdraw_publication"],
    )


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


def referral_ground(case: Case, measure: Measure, _: Context) -> None:
    """Refusal as a ground takes the refusal recorded, not the word for it."""
    require(
        measure.ground != "refused_stop" or facts.order_refused(case) or facts.stop_refused(case),
        "以“拒不执行”移送的，须有已送达的决定和登记的拒不执行事实",
        "a referral for refusal takes something served and its refusal on record",
        rule="refusal.shown",
        article="《行政处罚法》第二十七条",
        remedy_zh="由两名执法人员登记拒不执行",
        remedy_en="have two officers record the refusal",
    )


def police_asked(case: Case, measure: Measure, _: Context) -> None:
    waiting = any(case.active(measure.clock(key)) for key in ("criminal.police", "follow_up"))
    require(
        waiting,
        "公安机关的答复已登记，尚未再次提请",
        "the answer of the police is on record, and they have not been asked again",
        rule="criminal.asked",
        article="《行政执法机关移送涉嫌犯罪案件的规定》第九条",
        remedy_zh="提请复议后再登记答复，或者终结",
        remedy_en="ask for review first, or close it",
    )


def declined_again(_: Case, measure: Measure, __: Context) -> None:
    asked, declined = measure.done.get("ask_review"), measure.done.get("record_return")
    require(
        asked is not None and declined is not None and declined.at >= asked.at and declined.times > 1,
        "公安机关尚未作出不予立案的复议决定",
        "the police have not answered the review yet",
        rule="criminal.declined_again",
        article="《行政执法机关移送涉嫌犯罪案件的规定》第九条",
        remedy_zh="登记复议结果后再建议检察院立案监督",
        remedy_en="record the outcome of the review first",
    )


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
