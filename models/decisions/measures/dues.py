"""What is due after a decision, and what closure and referral ask for: payment, demand, court, police, grounds."""

from __future__ import annotations

from models.caseclocks import ClockStatus
from models.decisions.base import Context, require
from models.decisions.measures.running import begun, last_day, running
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.snapshot import Case

COURT = ("court.apply_window", "court.after_suit")
"""Clocks within which the court may be asked."""
_INTERPRETATION = "《最高人民法院关于适用〈中华人民共和国行政诉讼法〉的解释》"


def as_fined(case: Case, measure: Measure, _: Context) -> None:
    amounts = sorted(
        {facts.principal(one) for one in facts.standing_fines(case) if one.target == measure.target}
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
    clocks = [case.clocks.get(measure.clock(key)) for key in COURT]
    gone = any(clock is not None and clock.status is ClockStatus.MISSED for clock in clocks)
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


def enforceable(_: Case, measure: Measure, __: Context) -> None:
    """Not stayed, and not declared unlawful."""
    require(
        measure.fact("record_remedy", "event") != "stayed",
        "处罚决定已停止执行，不得催告或者申请强制执行",
        "the decision has been stayed: it is neither demanded nor enforced",
        rule="court.stayed",
        article="《行政处罚法》第七十三条",
        remedy_zh="登记复议、诉讼结果后再办理",
        remedy_en="record how the remedy ended first",
    )
    require(
        measure.fact("record_remedy", "outcome") != "unlawful",
        "处罚决定已被确认违法，不得催告或者申请强制执行",
        "the decision has been declared unlawful: it is neither demanded nor enforced",
        rule="court.unlawful",
        article=f"{_INTERPRETATION}第一百六十一条",
        remedy_zh="依法撤销或者终结",
        remedy_en="annul it or end it",
    )


def demanded_as_owed(_: Case, measure: Measure, __: Context) -> None:
    """What a remedy changed after the demand has not been demanded yet."""
    demand, remedy = measure.done.get("serve_demand"), measure.done.get("record_remedy")
    changed = remedy is not None and remedy.facts.get("outcome") == "changed"
    require(
        demand is None or not changed or remedy is None or demand.at >= remedy.at,
        "催告后罚款已被变更，须按变更后的数额重新催告",
        "the fine was changed after the demand: demand the changed amount",
        rule="court.demand_changed",
        article="《行政强制法》第五十四条",
        remedy_zh="重新送达催告书",
        remedy_en="serve a new demand",
        missing=["serve_demand"],
    )


def not_in_court(_: Case, measure: Measure, __: Context) -> None:
    require(
        "apply_to_court" not in measure.done,
        "已经申请法院强制执行，不再办理暂缓、分期缴纳",
        "it is before the court: nothing is deferred any more",
        rule="deferral.court",
        article="《行政处罚法》第六十六条",
        remedy_zh="向人民法院提出",
        remedy_en="ask the court",
    )


def not_demanded(_: Case, measure: Measure, __: Context) -> None:
    """One demand is enough, unless what is owed has changed since."""
    demand, remedy = measure.done.get("serve_demand"), measure.done.get("record_remedy")
    changed = demand is not None and remedy is not None and remedy.at > demand.at
    require(
        demand is None or (changed and remedy is not None and remedy.facts.get("outcome") == "changed"),
        "已经催告，无须重复办理",
        "it has been demanded already",
        rule="demand.once",
        article="《行政强制法》第五十四条",
        remedy_zh="催告期满后申请法院强制执行",
        remedy_en="apply to the court when its time has passed",
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
    begun_ones = [key for key in COURT if begun(case, measure, key)]
    last = last_day(case, measure, begun_ones[-1]) if begun_ones else ""
    require(
        any(running(case, measure, key, ctx.at) for key in COURT),
        "须在复议、诉讼期限届满后三个月内（经诉讼的，二年内）申请法院强制执行"
        + (f"（截止{last}）" if last else "，现未届满"),
        "the court is asked within three months after the time for remedies has passed, two years after a suit",
        rule="court.window",
        article="《行政强制法》第五十三条",
        remedy_zh="待复议、诉讼期限届满",
        remedy_en="wait until the time for remedies has passed",
    )


def referral_ground(case: Case, measure: Measure, _: Context) -> None:
    """Refusal as a ground takes a major hazard, and the refusal recorded: a deadline that passed is none."""
    if measure.ground != "refused_stop":
        return
    require(
        case.major,
        "以“拒不执行”移送的，须为重大事故隐患",
        "a referral for refusal takes a major hazard",
        rule="referral.major",
        article="《刑法》第一百三十四条之一、法释〔2022〕19号第三条",
        remedy_zh="先判定为重大事故隐患，或者按行政处罚办理",
        remedy_en="have it graded major first, or go on with penalties",
    )
    require(
        facts.recorded_refusal(case, "order") or facts.stop_refused(case),
        "以“拒不执行”移送的，须有两名执法人员登记的拒不执行事实，逾期未改不等于拒不执行",
        "a referral for refusal takes a refusal recorded by two officers; a missed deadline is none",
        rule="refusal.shown",
        article="《刑法》第一百三十四条之一、法释〔2022〕19号第三条",
        remedy_zh="由两名执法人员登记拒不执行",
        remedy_en="have two officers record the refusal",
    )


def penalised(case: Case, measure: Measure, _: Context) -> None:
    require(
        facts.penalised(case) or measure.fact("propose", "penalised"),
        "列入严重失信主体名单，须先受到行政处罚",
        "a bad-faith listing takes a penalty decided and served before",
        rule="bad_faith.penalised",
        article="应急管理部令第11号第三条",
        remedy_zh="先依法作出并送达行政处罚决定",
        remedy_en="impose the penalty first",
    )


def remedies_over(case: Case, measure: Measure, ctx: Context) -> None:
    """Until the time for remedies is over and none is pending, the listing may still be annulled in the case."""
    pending = measure.fact("record_remedy", "event") in ("filed", "stayed")
    open_still = any(running(case, measure, key, ctx.at) for key in ("reconsider", "litigate"))
    require(
        not pending and not open_still,
        f"复议、诉讼期限未满（{last_day(case, measure, 'litigate')}）或者尚未终结，暂不移交",
        "the time for remedies is running, or one is pending: not yet handed over",
        rule="bad_faith.remedies",
        article="《行政复议法》第二十条、《行政诉讼法》第四十六条",
        remedy_zh="待期限届满、登记复议诉讼结果后移交",
        remedy_en="let it end, and record how a remedy ended",
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


def review_answered(_: Case, measure: Measure, __: Context) -> None:
    """The procuratorate may be asked at once; once a review was asked for, after its answer."""
    asked, declined = measure.done.get("ask_review"), measure.done.get("record_return")
    require(
        asked is None or (declined is not None and declined.at >= asked.at),
        "公安机关尚未作出不予立案的复议决定",
        "the police have not answered the review yet",
        rule="criminal.declined_again",
        article="《行政执法机关移送涉嫌犯罪案件的规定》第九条",
        remedy_zh="登记复议结果后再建议检察院立案监督",
        remedy_en="record the outcome of the review first",
    )


def not_accepted(_: Case, measure: Measure, __: Context) -> None:
    require(
        "record_acceptance" not in measure.done,
        "公安机关已经立案，不得退回终结",
        "the police have accepted it: it was not returned",
        rule="criminal.accepted",
        article="《行政执法机关移送涉嫌犯罪案件的规定》第十二条",
        remedy_zh="移交涉案物品和案件材料",
        remedy_en="hand over the items and the case",
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
