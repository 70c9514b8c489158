"""Rights before a decision (陈述申辩、听证、法制审核、集体讨论): what must have been offered, used or let pass."""

from __future__ import annotations

from datetime import date, datetime

from models.actors import Role
from models.decisions.base import Context, require
from models.decisions.measures.running import begun, last_day, running
from models.instants import day_of
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.snapshot import Case


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


def hearing_window(case: Case, measure: Measure, ctx: Context) -> None:
    """Asked within the window; what came on paper may be recorded after it, with its day (``asked_in_time``)."""
    if ctx.actor.role is not Role.ENTERPRISE and begun(case, measure, "hearing.request"):
        return
    last = last_day(case, measure, "hearing.request")
    require(
        running(case, measure, "hearing.request", ctx.at),
        f"申请听证的期限已过（截止{last}）" if last else "尚未告知，申请听证期限未开始",
        f"the time to ask for a hearing ended on {last}"
        if last
        else "the time to ask for a hearing has not begun",
        rule="window.hearing.request",
        article=ctx.rules.policy.clock("hearing.request").basis,
        remedy_zh="可在决定后申请复议或提起诉讼",
        remedy_en="reconsideration and suit remain possible after the decision",
        last_day=last,
    )


def asked_in_time(case: Case, measure: Measure, made_on: date, ctx: Context) -> None:
    """The day on the paper lies in the window, and the right was neither used nor waived before."""
    last = last_day(case, measure, "hearing.request")
    told_on = day_of(datetime.fromisoformat(measure.fact("serve_notice", "served_at")))
    gone = {"waive_hearing", "withdraw_hearing", "record_no_show", "hold_hearing"} & measure.done.keys()
    require(
        not gone and told_on <= made_on and made_on.isoformat() <= last,
        f"申请听证须在期限内提出（{told_on}至{last}）",
        f"a hearing is asked for in its window ({told_on} to {last}), once",
        rule="window.hearing.request",
        article=ctx.rules.policy.clock("hearing.request").basis,
        remedy_zh="可以陈述申辩；决定后可申请复议或提起诉讼",
        remedy_en="a statement in defence is possible, and reconsideration or suit after the decision",
        last_day=last,
    )


def hearing_time_past(_: Case, measure: Measure, ctx: Context) -> None:
    held_at = measure.fact("serve_hearing_notice", "held_at")
    require(
        held_at and ctx.at >= datetime.fromisoformat(held_at),
        "听证时间未到",
        "the time of the hearing has not come",
        rule="hearing.before_notice",
        article="《行政处罚法》第六十四条",
        remedy_zh="到听证时间后再登记",
        remedy_en="record it after that time",
        held_at=held_at,
    )


def rights_heard(case: Case, measure: Measure, ctx: Context) -> None:
    """Defence made, waived or its time past; a hearing held when asked, and its window closed when not."""
    require(
        "record_defence" in measure.done or not running(case, measure, "defence.period", ctx.at),
        f"陈述申辩期限未满（{last_day(case, measure, 'defence.period')}），不得作出决定",
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
        missing=["hold_hearing"],
    )
    require(
        asked
        or "waive_hearing" in measure.done
        or not begun(case, measure, "hearing.request")
        or not running(case, measure, "hearing.request", ctx.at),
        f"申请听证期限未满（{last_day(case, measure, 'hearing.request')}），不得作出决定",
        "the time to ask for a hearing is still running",
        rule="hearing.window_open",
        article="《行政处罚法》第六十四条",
        remedy_zh="待期满，或由当事人放弃听证",
        remedy_en="let it end, or have the hearing waived",
    )


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
        missing=["legal_review"],
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


def discussed_when_due(_: Case, measure: Measure, ctx: Context) -> None:
    require(
        not facts.discussion_due(measure, ctx.rules) or "discuss" in measure.done,
        "情节复杂或者重大违法行为的处罚，须经负责人集体讨论",
        "a weighty penalty takes a collective discussion of the leaders",
        rule="discussion.done",
        article="《行政处罚法》第五十七条",
        remedy_zh="先进行集体讨论",
        remedy_en="discuss it first",
        missing=["discuss"],
    )


def before_decision(_: Case, measure: Measure, __: Context) -> None:
    """What prepares a decision comes before it."""
    require(
        not {"decide", "request_government"} & measure.done.keys(),
        "决定已经作出或者已报请政府决定，不再办理此前的步骤",
        "the decision has been made or asked for; what prepares it is over",
        rule="penalty.decided",
        article="《行政处罚法》第五十七条",
        remedy_zh="继续办理后续步骤；确有错误的，依法撤销",
        remedy_en="go on from there; a wrong decision is annulled",
    )


def no_hearing_pending(_: Case, measure: Measure, __: Context) -> None:
    require(
        "ask_hearing" not in measure.done or "hold_hearing" in measure.done,
        "当事人已申请听证，听证结束前不得重新告知",
        "a hearing was asked for: no new notice before it has been held",
        rule="hearing.held",
        article="《行政处罚法》第六十三条、第六十四条、第六十五条",
        remedy_zh="先通知并举行听证",
        remedy_en="hold the hearing first",
        missing=["hold_hearing"],
    )


def not_heard(_: Case, measure: Measure, __: Context) -> None:
    require(
        "hold_hearing" not in measure.done,
        "听证已经举行，无须再通知",
        "the hearing has been held",
        rule="hearing.once",
        article="《行政处罚法》第六十四条",
        remedy_zh="继续办理法制审核",
        remedy_en="go on with the legal review",
    )


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
