"""Papers of a penalty (告知、听证、审核、讨论、决定) and of a power cut: what each must say."""

from __future__ import annotations

from datetime import datetime

from models.actors import Role
from models.clocks import SHANGHAI, due
from models.commands import measures as f
from models.decisions.base import Context, require
from models.decisions.measures.parts import (
    LEADERS,
    OFFICIALS,
    Facts,
    notice_given,
    officials,
    served,
)
from models.decisions.measures.persons import recused
from models.decisions.measures.violations import base_of, within_article
from models.instants import day_of
from models.measures.kinds import MeasureKind
from models.measures.snapshot import Measure
from models.measures.steps import Step
from models.snapshot import Case

BUREAU_LEADERS = LEADERS - {Role.GOVERNMENT}


def intended(_: Case, measure: Measure, __: Step, form: f.IntendedPenalty, ctx: Context) -> Facts:
    amount = _amount(measure, form, ctx)
    answered = _answered(measure)
    require(
        answered is None or form.amount is None or form.amount <= answered or form.new_facts,
        f"不得因当事人陈述、申辩而给予更重的处罚（原告知{answered}元）",
        f"nothing gets heavier because of a defence ({answered} yuan were notified before)",
        rule="penalty.defence_punished",
        article="《行政处罚法》第四十五条",
        remedy_zh="减至原告知数额以内；确有新的违法事实的，写明新的事实",
        remedy_en="stay within it, or state the new facts that have come to light",
    )
    kept = {"answered": answered} if answered is not None and not form.new_facts else {}
    return {**served(form.service, ctx), **amount, **kept}


def _answered(measure: Measure) -> int | None:
    """The amount the party has answered, by a defence or at a hearing: the least, if more than one."""
    before = measure.fact("serve_notice", "answered")
    amount = measure.fact("serve_notice", "amount")
    spoken = measure.fact("record_defence", "waived") is False or "hold_hearing" in measure.done
    found = [int(one) for one in (before, amount if spoken else None) if one is not None]
    return min(found, default=None)


def _amount(measure: Measure, form: f.IntendedPenalty | f.PenaltyDecision, ctx: Context) -> Facts:
    """A fine says its amount, within its article; everything else has none."""
    given = form.amount
    fine = measure.amount is not None
    require(
        fine == (given is not None),
        "罚款须写明金额" if fine else "该措施没有罚款金额",
        "a fine says its amount" if fine else "this measure has no amount",
        rule="penalty.amount",
        article="《行政处罚法》第四十四条、第五十九条",
        remedy_zh="填写金额（元）" if fine else "去掉金额",
        remedy_en="give the amount in yuan" if fine else "leave the amount out",
    )
    require(
        measure.kind is not MeasureKind.DAILY_FINE or given == measure.amount,
        f"按日连续处罚按照原处罚数额计算（{measure.amount}元）",
        f"a daily fine has the amount of the fine before it ({measure.amount} yuan)",
        rule="daily_fine.amount",
        article="《安全生产法》第一百一十二条",
        remedy_zh="按原处罚数额填写",
        remedy_en="give that amount",
    )
    if given is None or measure.kind is not MeasureKind.FINE:
        require(
            form.base is None,
            "该措施不按基数计罚",
            "this measure has no base",
            rule="penalty.base",
            remedy_zh="去掉计罚基数",
            remedy_en="leave the base out",
        )
        return {} if given is None else {"amount": given}
    within_article(measure, given, form.base or base_of(measure), ctx)
    return {"amount": given, "base": form.base} if form.base else {"amount": given}


def hearing_notice(_: Case, measure: Measure, __: Step, form: f.HearingNotice, ctx: Context) -> Facts:
    service = served(form.service, ctx)
    notice_given(
        "hearing.notice", datetime.fromisoformat(service["served_at"]), form.held_at, ctx, "听证", "a hearing"
    )
    officials([form.presiding], ctx, OFFICIALS, "听证主持人", "presiding officer")
    worked = {*measure.proposed_by, *measure.officers, *recused(measure)}
    for key in ("conclude_investigation", "approve"):
        taken = measure.done.get(key)
        worked |= {*taken.by, *taken.facts.get("officers", ())} if taken else set()
    require(
        form.presiding not in worked,
        "听证由非本案调查人员主持",
        "somebody who did not work on the case presides",
        rule="hearing.apart",
        article="《行政处罚法》第六十四条",
        remedy_zh="指定其他人员主持",
        remedy_en="name somebody else",
    )
    return {**service, "held_at": form.held_at.isoformat(), "presiding": form.presiding}


def hearing_record(_: Case, __: Measure, ___: Step, form: f.HearingRecord, ____: Context) -> Facts:
    return {"held_at": form.held_at.isoformat()}


def review(_: Case, __: Measure, ___: Step, form: f.LegalReview, ____: Context) -> Facts:
    return {"passed": form.passed}


def discussion(_: Case, __: Measure, ___: Step, form: f.Discussion, ctx: Context) -> Facts:
    named = tuple(sorted(set(form.participants)))
    officials(named, ctx, BUREAU_LEADERS | {Role.LEGAL_REVIEWER}, "集体讨论参加人员", "participant")
    leaders = [user for user in named if ctx.facts.officials[user] in {role.value for role in BUREAU_LEADERS}]
    least = int(ctx.rules.policy.figure("discussion.participants").value)
    require(
        len(leaders) >= least,
        f"集体讨论至少{least}名负责人参加",
        f"a collective discussion takes {least} leaders",
        rule="discussion.participants",
        article="《行政处罚法》第五十七条",
        remedy_zh="补充参加人员",
        remedy_en="name more participants",
    )
    return {"participants": list(named), "held_at": form.held_at.isoformat()}


def decision(_: Case, measure: Measure, __: Step, form: f.PenaltyDecision, ctx: Context) -> Facts:
    amount = _amount(measure, form, ctx)
    notified = measure.fact("serve_notice", "amount")
    require(
        form.amount is None or notified is None or form.amount <= int(notified),
        f"处罚不得重于告知的内容（{notified}元）",
        f"the decision may not be heavier than what was notified ({notified} yuan)",
        rule="penalty.not_heavier",
        article="《行政处罚法》第四十五条",
        remedy_zh="减至告知数额以内，或重新告知",
        remedy_en="stay within it, or give notice anew",
    )
    return {**amount, "decided_on": day_of(ctx.at).isoformat()}


def supplier_notice(_: Case, __: Measure, ___: Step, form: f.SupplierNotice, ctx: Context) -> Facts:
    """The words name the supplier; the ledger keeps that and when it was told in writing (采用书面形式)."""
    return served(form.service, ctx)


def cut(_: Case, measure: Measure, __: Step, form: f.CutRecord, ctx: Context) -> Facts:
    if form.emergency:
        require(
            form.emergency_reason,
            "紧急停电须写明危及生产安全的紧急情形",
            "an emergency cut says what the emergency is",
            rule="power_cut.emergency",
            article="《安全生产法》第七十条",
            remedy_zh="填写紧急情形，或提前二十四小时通知",
            remedy_en="state the emergency, or give 24 hours' notice",
        )
    elif measure.fact("propose", "supply") is None:
        _notice_of_cut(measure, form.executed_at, ctx)
    if not form.emergency:
        _by_day(form.executed_at, ctx)
    return {
        "executed_at": form.executed_at.isoformat(),
        "emergency": form.emergency,
        "scope": measure.scope,
    }


def _notice_of_cut(measure: Measure, executed_at: datetime, ctx: Context) -> None:
    spec = ctx.rules.policy.clock("power_cut.notice")
    served_at = measure.fact("notify", "served_at")
    free = due(spec, datetime.fromisoformat(served_at), ctx.rules.calendar).at if served_at else None
    require(
        free is not None and executed_at >= free,
        f"停止供电须提前{spec.n}小时通知生产经营单位",
        f"a power cut takes {spec.n} hours' notice",
        rule="power_cut.notice",
        article="《安全生产法》第七十条",
        missing=[] if served_at else ["notify"],
        remedy_zh=f"先送达通知并满{spec.n}小时，或有紧急情形",
        remedy_en="serve the notice and let the hours pass, unless there is an emergency",
        earliest=str(free) if free else None,
    )


def _by_day(executed_at: datetime, ctx: Context) -> None:
    """Not on a day off nor at night (夜间); the law gives no hours, so they are policy."""
    require(
        ctx.rules.calendar.is_working_day(day_of(executed_at)),
        "非紧急情形不得在节假日停止供应",
        "no cut on a day off unless there is an emergency",
        rule="power_cut.day_off",
        article="《行政强制法》第四十三条",
        remedy_zh="在工作日实施",
        remedy_en="do it on a working day",
    )
    begins, ends = (
        int(ctx.rules.policy.figure(f"power_cut.night.{end}").value) for end in ("begins", "ends")
    )
    require(
        ends <= executed_at.astimezone(SHANGHAI).hour < begins,
        "非紧急情形不得在夜间停止供应",
        "no cut at night unless there is an emergency",
        rule="power_cut.night",
        article="《行政强制法》第四十三条",
        remedy_zh=f"在{ends}时至{begins}时之间实施",
        remedy_en=f"do it between {ends}:00 and {begins}:00",
    )
