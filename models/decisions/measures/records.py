"""Records of what was done (笔录、送达、公开、缴款): what each must say, and the facts the ledger keeps of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.commands import measures as f
from models.decisions.base import Context, not_in_future, require, two_officers
from models.decisions.measures.parts import (
    LEADERS,
    Facts,
    day,
    made_at,
    not_ahead,
    notice_given,
    officials,
    served,
)
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case


def opinion(_: Case, __: Measure, ___: Step, ____: f.Opinion, _____: Context) -> Facts:
    return {}


def defence(_: Case, __: Measure, ___: Step, form: f.Defence, ____: Context) -> Facts:
    require(
        form.waived or form.text,
        "须填写陈述申辩内容，或声明放弃",
        "say what is stated, or that it is waived",
        rule="defence.text",
        article="《行政处罚法》第四十五条",
        remedy_zh="填写内容或勾选放弃",
        remedy_en="fill in the text or waive it",
    )
    return {"waived": form.waived}


def delivery(_: Case, measure: Measure, step: Step, form: f.Delivery, ctx: Context) -> Facts:
    return served(form.service, ctx, made_at(measure, step))


def record(_: Case, __: Measure, ___: Step, form: f.Record, ctx: Context) -> Facts:
    return {"officers": list(two_officers(form.officers, ctx))}


def site_review(_: Case, __: Measure, ___: Step, form: f.SiteReview, ctx: Context) -> Facts:
    return {"officers": list(two_officers(form.officers, ctx)), "passed": form.passed}


def talk_notice(_: Case, measure: Measure, step: Step, form: f.TalkNotice, ctx: Context) -> Facts:
    service = served(form.service, ctx, made_at(measure, step))
    notice_given("interview.notice_before", form.service.served_at, form.held_at, ctx, "约谈", "a talk")
    return {**service, "held_at": form.held_at.isoformat()}


def minutes(_: Case, measure: Measure, __: Step, form: f.Minutes, ctx: Context) -> Facts:
    not_in_future(form.held_at, ctx, "约谈时间", "the time of the talk")
    planned = measure.fact("serve_talk_notice", "held_at")
    require(
        planned and form.held_at >= datetime.fromisoformat(planned),
        "约谈不得早于通知书载明的时间",
        "the talk was held before the time in its notice",
        rule="talk.before_notice",
        article=ctx.rules.policy.clock("interview.notice_before").basis,
        remedy_zh="请核对时间",
        remedy_en="check the time",
    )
    require(
        form.principal_attended and form.signed,
        "约谈须由主要负责人到场，纪要须双方签字",
        "the principal must attend and both sides must sign the minutes",
        rule="talk.minutes",
        article="安委〔2018〕2号",
        remedy_zh="未到的登记缺席并重新通知；补充签字",
        remedy_en="record the absence and give notice again; have them signed",
    )
    named = tuple(sorted(set(form.officers)))
    require(
        len(named) >= 2 and ctx.actor.user_id in named,
        "约谈须有两名以上工作人员，录入人须在其中",
        "a talk takes two people, the one who records it among them",
        rule="talk.two",
        article="安委〔2018〕2号",
    )
    known = {*ctx.facts.certified, *ctx.facts.officials, ctx.actor.user_id}
    require(
        set(named) <= known,
        "约谈人员中有人不是本辖区在职人员",
        "somebody named is not an active official of this district",
        rule="officials.known",
        article="安委〔2018〕2号",
        remedy_zh="更换人员",
        remedy_en="name somebody else",
        persons=sorted(set(named) - known),
    )
    return {"officers": list(named), "held_at": form.held_at.isoformat()}


def listing(_: Case, __: Measure, ___: Step, form: f.ListingDecision, ctx: Context) -> Facts:
    officials([form.sponsor_id], ctx, LEADERS, "包保领导", "sponsoring leader")
    require(
        form.finish_on > day(ctx.at),
        "挂牌督办的整改完成日期须晚于今天",
        "the day the hazard must be gone lies ahead",
        rule="listing.finish_on",
        remedy_zh="请核对日期",
        remedy_en="check the date",
    )
    return {"sponsor_id": form.sponsor_id, "finish_on": form.finish_on.isoformat()}


def secrets(_: Case, __: Measure, ___: Step, form: f.SecretsCheck, ____: Context) -> Facts:
    return {"passed": form.passed}


def publication(_: Case, __: Measure, ___: Step, form: f.Publication, ctx: Context) -> Facts:
    not_in_future(form.published_at, ctx, "公开时间", "the time of publication")
    return {"published_at": form.published_at.isoformat()}


def seal(_: Case, measure: Measure, step: Step, form: f.SealRecord, ctx: Context) -> Facts:
    officers = two_officers(form.officers, ctx)
    return {**served(form.service, ctx, made_at(measure, step)), "officers": list(officers)}


def payment(_: Case, measure: Measure, __: Step, form: f.Payment, ctx: Context) -> Facts:
    not_ahead(form.paid_on, ctx, "缴款日期", "the day of payment")
    total = facts.paid(measure) + form.amount
    return {"amount": form.amount, "paid_on": form.paid_on.isoformat(), "total": total}


def remedy(_: Case, measure: Measure, step: Step, form: f.Remedy, ctx: Context) -> Facts:
    not_ahead(form.on, ctx, "日期", "the day")
    require(
        form.amount is None or (form.event == "changed" and measure.amount is not None),
        "只有罚款被变更的，才填写变更后的金额",
        "an amount is given only where a fine was changed",
        rule="remedy.amount",
        article=step.basis,
        remedy_zh="去掉金额，或者选择“变更”",
        remedy_en="leave it out, or record a change",
    )
    changed = form.amount or measure.fact("record_remedy", "amount")
    amount = {"amount": changed} if changed else {}
    return {"way": form.way, "event": form.event, "on": form.on.isoformat(), **amount}


def daily_count(case: Case, measure: Measure, _: Step, form: f.DailyCount, ctx: Context) -> Facts:
    """From the day after the order to correct at the earliest, both days included; the total follows."""
    not_ahead(form.until_on, ctx, "截止日期", "the last day counted")
    ordered_on = case.order.issued_on if case.order else day(measure.proposed_at)
    require(
        ordered_on < form.from_on <= form.until_on,
        f"按日计罚自责令改正之日（{ordered_on}）的次日起计算，且不晚于截止日",
        f"the days count from the day after the order ({ordered_on}) and end no earlier than they begin",
        rule="daily_fine.days",
        article="《安全生产法》第一百一十二条",
        remedy_zh="请核对起止日期",
        remedy_en="check both days",
        earliest=str(ordered_on + timedelta(days=1)),
    )
    days = (form.until_on - form.from_on).days + 1
    return {
        "from_on": form.from_on.isoformat(),
        "until_on": form.until_on.isoformat(),
        "days": days,
        "total": days * facts.amount_of(measure),
    }


def closure(_: Case, __: Measure, ___: Step, form: f.ClosureDecision, ctx: Context) -> Facts:
    not_ahead(form.decided_on, ctx, "决定日期", "the day of the decision")
    return {"decision_no": form.decision_no, "decided_on": form.decided_on.isoformat()}
