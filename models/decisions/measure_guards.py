"""Rules of the procedures that need more than a step done; each names what is missing and the article that asks for it.

A guard looks at the case, the measure and the asker, never at the words of the step: so it also says which buttons
may be shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.caseclocks import ClockStatus
from models.decisions.base import Context, require
from models.doc import Case
from models.measures import facts
from models.measures.doc import Measure

Guard = Callable[[Case, Measure, Context], None]
GUARDS: dict[str, Guard] = {}
"""Name in a step's row → rule."""


def guard(rule: Guard) -> Guard:
    """Register a rule under its name."""
    GUARDS[rule.__name__] = rule
    return rule


def _running(case: Case, measure: Measure, key: str, at: datetime) -> bool:
    clock = case.clocks.get(measure.clock(key))
    return clock is not None and clock.status is ClockStatus.RUNNING and at < clock.due_at


def _begun(case: Case, measure: Measure, key: str) -> bool:
    return measure.clock(key) in case.clocks


def _last_day(case: Case, measure: Measure, key: str) -> str:
    return str(case.clocks[measure.clock(key)].last_day) if _begun(case, measure, key) else ""


# -- persons ---------------------------------------------------------------------------------------
@guard
def proposer(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        ctx.actor.persons & set(measure.proposed_by),
        "只有提请人可以撤回或补正",
        "only whoever proposed it may do this",
        rule="measure.proposer",
        remedy_zh="由提请人办理；审批人可退回或不予批准",
        remedy_en="let the proposer do it; whoever approves may return or refuse it",
    )


@guard
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


# -- correction ------------------------------------------------------------------------------------
@guard
def all_items_passed(case: Case, _: Measure, __: Context) -> None:
    unmet = [item.no for item in case.items if item.passed is not True]
    require(
        not unmet,
        f"第{'、'.join(map(str, unmet))}项整改要求未复查合格",
        f"items {unmet} have not passed re-inspection",
        rule="measure.items",
        article="《安全生产事故隐患排查治理暂行规定》第二十三条",
        remedy_zh="复查合格后再办理",
        remedy_en="re-inspect first",
        items=unmet,
    )


@guard
def review_passed(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("review_resumption", "passed"),
        "现场审查未通过，不得同意恢复生产",
        "the site review did not pass",
        rule="resume.review_passed",
        article="《安全生产法》第六十五条",
        remedy_zh="不同意恢复生产，整改后重新申请",
        remedy_en="refuse the resumption; the enterprise applies again after correcting",
    )


@guard
def order_refused(case: Case, _: Measure, __: Context) -> None:
    require(
        facts.order_refused(case),
        "没有“拒不执行”的事实：须有已送达的责令整改指令且期限届满未改，或者两名执法人员登记的拒不执行记录",
        "no refusal to comply: it takes a served order whose deadline passed, or a refusal recorded by two officers",
        rule="refusal.shown",
        article="《安全生产法》第一百零二条",
        remedy_zh="先送达指令并待期限届满，或由两名执法人员登记拒不执行",
        remedy_en="serve the order and let its deadline pass, or have two officers record the refusal",
    )


@guard
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


# -- talks, publications -----------------------------------------------------------------------------
@guard
def talk_time_past(_: Case, measure: Measure, ctx: Context) -> None:
    held_at = measure.fact("serve_talk_notice", "held_at")
    require(
        held_at and ctx.at >= datetime.fromisoformat(held_at),
        "约谈时间未到",
        "the time of the talk has not come",
        rule="talk.time",
        remedy_zh="到约谈时间后再登记",
        remedy_en="record it after that time",
        held_at=held_at,
    )


@guard
def secrets_passed(_: Case, measure: Measure, __: Context) -> None:
    require(
        measure.fact("check_secrets", "passed"),
        "保密审查未通过，不得公开",
        "the secrets check did not pass",
        rule="exposure.secrets",
        article="《政府信息公开条例》第二十条、第二十六条",
        remedy_zh="删除涉密内容后重新审查",
        remedy_en="remove what is secret and have it checked again",
    )


# -- acting first ------------------------------------------------------------------------------------
@guard
def acted_first(case: Case, measure: Measure, _: Context) -> None:
    require(
        _begun(case, measure, "urgent_measure.report"),
        "该措施不是先行采取的紧急措施，无须事后确认",
        "this measure did not act first; there is nothing to confirm",
        rule="urgent.acted_first",
        article="《行政强制法》第十九条",
    )


@guard
def not_confirmed(_: Case, measure: Measure, __: Context) -> None:
    require(
        "confirm" not in measure.done,
        "紧急措施已经确认，应按解除或复工复产程序办理",
        "it has been confirmed: release it, or approve the resumption",
        rule="urgent.confirmed",
        article="《安全生产法》第六十五条",
        remedy_zh="办理解除或复工复产审批",
        remedy_en="release it or approve the resumption",
    )


@guard
def term_running(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        _running(case, measure, "seizure", ctx.at),
        "查封、扣押期限只能在届满前延长一次",
        "the term can be extended once, before it ends",
        rule="seal.extend",
        article="《行政强制法》第二十五条",
        remedy_zh="期限届满的，应当解除",
        remedy_en="release it when the term is over",
        last_day=_last_day(case, measure, "seizure"),
    )


# -- power cut ---------------------------------------------------------------------------------------
@guard
def power_conditions(case: Case, measure: Measure, _: Context) -> None:
    conditions = {
        ("①存在重大事故隐患", "a major hazard"): case.major,
        ("②停产停业等决定已依法送达", "a stop decided and served"): facts.stop_in_force(case) is not None,
        ("③拒不执行该决定", "the stop refused, recorded by two officers"): facts.stop_refused(case),
        ("④有发生事故的现实危险的证据", "evidence of real danger"): measure.fact("propose", "danger"),
        ("⑤保证安全的前提的证据", "evidence that the cut is safe"): measure.fact("propose", "assured"),
    }
    missing = [names for names, met in conditions.items() if not met]
    require(
        not missing,
        f"停止供电缺少法定条件：{'、'.join(zh for zh, _ in missing)}",
        f"conditions of a power cut are missing: {', '.join(en for _, en in missing)}",
        rule="power_cut.conditions",
        article="《安全生产法》第七十条",
        remedy_zh="补齐上述条件及证据后再提请",
        remedy_en="meet these conditions, with evidence, first",
        missing=[zh[0] for zh, _ in missing],
    )


# -- rights before a decision ------------------------------------------------------------------------
@guard
def hearing_right(_: Case, measure: Measure, ctx: Context) -> None:
    large = ctx.rules.policy.figure(f"hearing.large_fine.{measure.target}")
    require(
        facts.hearing_due(measure, ctx.rules),
        f"拟处罚款未达较大数额（{large.value}元），不属于听证范围",
        f"the intended fine is below the amount ({large.value} yuan) that gives a right to a hearing",
        rule="hearing.scope",
        article="《行政处罚法》第六十三条",
        remedy_zh="可以陈述申辩",
        remedy_en="a statement in defence is possible",
    )


@guard
def defence_window(case: Case, measure: Measure, ctx: Context) -> None:
    _in_window(case, measure, ctx, "defence.period", "陈述申辩", "the time for a defence")


@guard
def hearing_window(case: Case, measure: Measure, ctx: Context) -> None:
    _in_window(case, measure, ctx, "hearing.request", "申请听证", "the time to ask for a hearing")


def _in_window(case: Case, measure: Measure, ctx: Context, key: str, zh: str, en: str) -> None:
    last = _last_day(case, measure, key)
    require(
        _running(case, measure, key, ctx.at),
        f"{zh}的期限已过（截止{last}）" if last else f"尚未告知，{zh}期限未开始",
        f"{en} ended on {last}" if last else f"{en} has not begun",
        rule=f"window.{key}",
        article=ctx.rules.policy.clock(key).basis,
        remedy_zh="可在决定后申请复议或提起诉讼",
        remedy_en="reconsideration and suit remain possible after the decision",
        last_day=last,
    )


@guard
def rights_heard(case: Case, measure: Measure, ctx: Context) -> None:
    """Defence made, waived or its time past; a hearing held when asked, and its window closed when not."""
    require(
        "record_defence" in measure.done or not _running(case, measure, "defence.period", ctx.at),
        f"陈述申辩期限未满（{_last_day(case, measure, 'defence.period')}），不得作出决定",
        "the time for a defence is still running",
        rule="defence.over",
        article="《行政处罚法》第四十四条、第四十五条、第六十二条",
        remedy_zh="待期满，或登记当事人陈述申辩、放弃",
        remedy_en="let it end, or record the defence or its waiver",
    )
    if "serve_notice" in measure.done and facts.hearing_due(measure, ctx.rules):
        _heard(case, measure, ctx)


def _heard(case: Case, measure: Measure, ctx: Context) -> None:
    asked = "ask_hearing" in measure.done
    require(
        not asked or "hold_hearing" in measure.done,
        "当事人已申请听证，尚未举行听证",
        "a hearing was asked for and has not been held",
        rule="hearing.held",
        article="《行政处罚法》第六十三条、第六十四条、第六十五条",
        remedy_zh="先通知并举行听证",
        remedy_en="give notice of the hearing and hold it",
    )
    require(
        asked
        or "waive_hearing" in measure.done
        or not _begun(case, measure, "hearing.request")
        or not _running(case, measure, "hearing.request", ctx.at),
        f"申请听证期限未满（{_last_day(case, measure, 'hearing.request')}），不得作出决定",
        "the time to ask for a hearing is still running",
        rule="hearing.window_open",
        article="《行政处罚法》第六十四条",
        remedy_zh="待期满，或由当事人放弃听证",
        remedy_en="let it end, or have the hearing waived",
    )


@guard
def reviewed_when_due(_: Case, measure: Measure, ctx: Context) -> None:
    if not facts.review_due(measure, ctx.rules):
        return
    review, heard = measure.done.get("legal_review"), measure.done.get("hold_hearing")
    require(
        review is not None and (heard is None or review.at >= heard.at),
        "未经法制审核，不得作出决定",
        "no decision without a legal review",
        rule="review.done",
        article="《行政处罚法》第五十八条",
        remedy_zh="报送法制审核",
        remedy_en="submit it for legal review",
    )
    require(
        measure.fact("legal_review", "passed"),
        "法制审核未通过，不得作出决定",
        "the legal review did not pass",
        rule="review.passed",
        article="《行政处罚法》第五十八条",
        remedy_zh="按审核意见补正后重新报审",
        remedy_en="put right what the review asks for and submit it again",
    )


@guard
def discussed_when_due(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        not facts.discussion_due(measure, ctx.rules) or "discuss" in measure.done,
        "情节复杂或者重大违法行为的处罚，须经负责人集体讨论",
        "a weighty penalty takes a collective discussion of the leaders",
        rule="discussion.done",
        article="《行政处罚法》第五十七条",
        remedy_zh="先进行集体讨论",
        remedy_en="discuss it first",
    )


@guard
def not_decided(_: Case, measure: Measure, __: Context) -> None:
    require(
        "decide" not in measure.done,
        "处罚决定已经作出",
        "the decision has been made",
        rule="penalty.decided",
        article="《行政处罚法》第五十七条",
        remedy_zh="送达决定；确需撤销的，依法撤销",
        remedy_en="serve it; an unlawful one is annulled",
    )


# -- collection --------------------------------------------------------------------------------------
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
        last_day=_last_day(case, measure, "fine.pay"),
    )


@guard
def demand_unanswered(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        not _running(case, measure, "demand.before_court", ctx.at),
        f"催告后未满法定期限（{_last_day(case, measure, 'demand.before_court')}）",
        "the time given by the demand has not passed",
        rule="court.demand",
        article="《行政强制法》第五十四条",
        remedy_zh="待催告期满",
        remedy_en="let it end",
    )


@guard
def court_window(case: Case, measure: Measure, ctx: Context) -> None:
    require(
        _running(case, measure, "court.apply_window", ctx.at),
        "须在复议、诉讼期限届满后三个月内申请法院强制执行"
        + (
            f"（截止{_last_day(case, measure, 'court.apply_window')}）"
            if _begun(case, measure, "court.apply_window")
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
        _running(case, measure, "criminal.review", ctx.at),
        f"提请复议的期限已过（{_last_day(case, measure, 'criminal.review')}）",
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
