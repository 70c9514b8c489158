"""Records of what was done (笔录、送达、公开、缴款): what each must say, and the facts the ledger keeps of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.actors import Role
from models.clocks import Unit, plus
from models.commands import measures as f
from models.decisions.base import Context, require, two_officers
from models.decisions.measures.parts import LEADERS, OFFICIALS, Facts, notice_given, officials, served
from models.decisions.measures.persons import recused
from models.decisions.measures.rights import asked_in_time
from models.instants import day_of
from models.measures import conditions as facts
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

OUTCOMES = ("upheld", "annulled", "changed", "unlawful", "void")
"""How a remedy may end that was not taken back."""


def opinion(_: Case, __: Measure, ___: Step, ____: f.Opinion, _____: Context) -> Facts:
    return {}


def reply(_: Case, __: Measure, ___: Step, form: f.Reply, ____: Context) -> Facts:
    """What another authority answered: the days run from its receipt, not from its recording."""
    return {"received_on": form.received_on.isoformat()}


def statement(case: Case, measure: Measure, step: Step, form: f.Statement, ctx: Context) -> Facts:
    return _made_on(case, measure, step, form.made_on, ctx)


def _made_on(case: Case, measure: Measure, step: Step, made_on: date | None, ctx: Context) -> Facts:
    """The day of what came on paper; a hearing is asked for on a day of its window."""
    if made_on is None and ctx.actor.role is Role.ENTERPRISE:
        return {}
    if step.key == "ask_hearing":
        asked_in_time(case, measure, made_on or day_of(ctx.at), ctx)
    return {"made_on": made_on.isoformat()} if made_on else {}


def recusal_request(case: Case, measure: Measure, step: Step, form: f.RecusalRequest, ctx: Context) -> Facts:
    officials([form.person], ctx, OFFICIALS, "被申请回避人员", "person to withdraw")
    before = {"recused": sorted(recused(measure))} if recused(measure) else {}
    return {"person": form.person, **before, **_made_on(case, measure, step, form.made_on, ctx)}


def recusal_decision(_: Case, measure: Measure, __: Step, form: f.RecusalDecision, ___: Context) -> Facts:
    person = measure.fact("ask_recusal", "person")
    found = recused(measure) | ({person} if form.granted else set())
    return {"person": person, "granted": form.granted, "recused": sorted(found)}


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
    demanded = {"amount": facts.unpaid(measure)} if step.key == "serve_demand" else {}
    return {**served(form.service, ctx), **demanded}


def record(_: Case, __: Measure, ___: Step, form: f.Record, ctx: Context) -> Facts:
    return {"officers": list(two_officers(form.officers, ctx))}


def site_review(_: Case, __: Measure, ___: Step, form: f.SiteReview, ctx: Context) -> Facts:
    return {"officers": list(two_officers(form.officers, ctx)), "passed": form.passed}


def talk_notice(_: Case, __: Measure, ___: Step, form: f.TalkNotice, ctx: Context) -> Facts:
    service = served(form.service, ctx)
    notice_given(
        "interview.notice_before",
        datetime.fromisoformat(service["served_at"]),
        form.held_at,
        ctx,
        "约谈",
        "a talk",
    )
    return {**service, "held_at": form.held_at.isoformat()}


def minutes(_: Case, __: Measure, ___: Step, form: f.Minutes, ctx: Context) -> Facts:
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
        form.finish_on > day_of(ctx.at),
        "挂牌督办的整改完成日期须晚于今天",
        "the day the hazard must be gone lies ahead",
        rule="listing.finish_on",
        remedy_zh="请核对日期",
        remedy_en="check the date",
    )
    return {"sponsor_id": form.sponsor_id, "finish_on": form.finish_on.isoformat()}


def secrets(_: Case, __: Measure, ___: Step, form: f.SecretsCheck, ____: Context) -> Facts:
    return {"passed": form.passed}


def publication(_: Case, __: Measure, ___: Step, form: f.Publication, ____: Context) -> Facts:
    return {"published_at": form.published_at.isoformat()}


def seal(_: Case, __: Measure, ___: Step, form: f.SealRecord, ctx: Context) -> Facts:
    officers = two_officers(form.officers, ctx)
    return {**served(form.service, ctx), "officers": list(officers)}


def payment(_: Case, measure: Measure, __: Step, form: f.Payment, ___: Context) -> Facts:
    total = facts.paid(measure) + form.amount
    return {"amount": form.amount, "paid_on": form.paid_on.isoformat(), "total": total}


def remedy(_: Case, measure: Measure, step: Step, form: f.Remedy, __: Context) -> Facts:
    """What became of it; the last outcome and its amount stay until there is another."""
    received_on = form.received_on or form.on
    changed = form.event == "changed" and measure.amount is not None
    require(
        changed == (form.amount is not None),
        "须填写变更后的金额" if changed else "只有罚款被变更的，才填写变更后的金额",
        "say what it was changed to" if changed else "an amount is given only where a fine was changed",
        rule="remedy.amount",
        article=step.basis,
        remedy_zh="填写变更后的金额" if changed else "去掉金额，或者选择“变更”",
        remedy_en="give the amount" if changed else "leave it out, or record a change",
    )
    amount = form.amount or measure.fact("record_remedy", "amount")
    outcome = form.event if form.event in OUTCOMES else measure.fact("record_remedy", "outcome")
    return {
        "way": form.way,
        "event": form.event,
        "on": form.on.isoformat(),
        "received_on": received_on.isoformat(),
        **({"outcome": outcome} if outcome else {}),
        **({"amount": amount} if amount else {}),
        "pauses": _pauses(measure, form),
    }


def _pauses(measure: Measure, form: f.Remedy) -> list[list[str | None]]:
    """The days on which a remedy was pending (《行政处罚法》第七十三条), both included; the last one open until it ends."""
    pauses = [list(one) for one in measure.fact("record_remedy", "pauses") or []]
    pending = bool(pauses) and pauses[-1][1] is None
    if form.event in ("filed", "stayed"):
        return pauses if pending else [*pauses, [form.on.isoformat(), None]]
    return [*pauses[:-1], [pauses[-1][0], form.on.isoformat()]] if pending else pauses


def daily_count(case: Case, measure: Measure, _: Step, form: f.DailyCount, ctx: Context) -> Facts:
    """From the day after the order to correct to the day the correction was accepted, both included at most."""
    ordered_on = case.order.issued_on if case.order else day_of(measure.proposed_at)
    accepted = case.passed_at or case.closed_at
    latest = day_of(accepted or ctx.at)
    require(
        ordered_on < form.from_on <= form.until_on <= latest,
        f"按日计罚自责令改正之日（{ordered_on}）的次日起，至改正经复查合格之日（{latest}）止",
        f"the days count from the day after the order ({ordered_on}) to the day the correction was accepted ({latest})",
        rule="daily_fine.days",
        article="《安全生产法》第一百一十二条",
        remedy_zh="请核对起止日期",
        remedy_en="check both days",
        earliest=str(ordered_on + timedelta(days=1)),
        latest=str(latest),
    )
    days = (form.until_on - form.from_on).days + 1
    return {
        "from_on": form.from_on.isoformat(),
        "until_on": form.until_on.isoformat(),
        "days": days,
        "total": days * facts.amount_of(measure),
        "decided_on": day_of(ctx.at).isoformat(),
    }


def deferral(_: Case, measure: Measure, step: Step, form: f.Deferral, ctx: Context) -> Facts:
    """Until a day that has not passed; instalments come to what is owed, the last one on that day."""
    owed, last = facts.unpaid(measure), form.instalments[-1].due_on if form.instalments else form.until_on
    days = [one.due_on for one in form.instalments]
    require(
        form.until_on >= day_of(ctx.at) and last == form.until_on and days == sorted(set(days)),
        "暂缓、分期缴纳的期限不得早于今天，分期日期须依次递增并止于该期限",
        "the deferral ends today or later; instalments follow one another, the last one on its last day",
        rule="deferral.days",
        article=step.basis,
        remedy_zh="请核对日期",
        remedy_en="check the days",
    )
    require(
        not form.instalments or sum(one.amount for one in form.instalments) == owed,
        f"分期数额合计须等于尚欠数额（{owed}元）",
        f"the instalments must come to what is still owed ({owed} yuan)",
        rule="deferral.amount",
        article=step.basis,
        remedy_zh="请核对分期数额",
        remedy_en="check the amounts",
    )
    parts = [[one.due_on.isoformat(), one.amount] for one in form.instalments]
    return {"until_on": form.until_on.isoformat(), "instalments": parts}


def surcharge(case: Case, measure: Measure, __: Step, ___: f.Surcharge, ctx: Context) -> Facts:
    late_from = case.clocks[measure.clock("fine.pay")].last_day
    days, amount = facts.surcharge(measure, late_from, day_of(ctx.at), ctx.rules)
    return {"days": days, "surcharge": amount, "decided_on": day_of(ctx.at).isoformat()}


def closure(_: Case, __: Measure, ___: Step, form: f.ClosureDecision, ____: Context) -> Facts:
    return {"decision_no": form.decision_no, "decided_on": form.decided_on.isoformat()}


def ban(_: Case, measure: Measure, __: Step, form: f.Ban, ctx: Context) -> Facts:
    """Years from the decision, or for life; never lengthened by holidays."""
    begun = date.fromisoformat(measure.fact("decide_closure", "decided_on"))
    years = int(ctx.rules.policy.figure("closure.ban.years").value)
    return {"life": form.life} if form.life else {"ban_until": plus(begun, years, Unit.YEARS).isoformat()}
