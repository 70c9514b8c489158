"""Sign-off (销号) and the look-backs (回头看) after it."""

from __future__ import annotations

from datetime import timedelta

from models.caselives import LIVES, LOOK_BACKS
from models.clocks import SHANGHAI
from models.commands import RecordLookBack, RefuseSignOff, SignOff
from models.decisions.base import (
    Context,
    available,
    decides,
    known_evidence,
    known_items,
    require,
    two_officers,
    within_deadline_cap,
)
from models.decisions.completion import double_report_done
from models.decisions.ordering import major_clocks
from models.events import Event, LookBackCompleted, LookBackPassed, Recurred, SignedOff, SignOffRefused
from models.measures.conditions import blocking
from models.measures.kinds import KIND_LABELS
from models.measures.procedures import PROCEDURES
from models.snapshot import Case

_BASIS = "《安全生产事故隐患排查治理暂行规定》第二十三条"


@available(SignOff)
def nothing_left(case: Case, _: Context) -> None:
    unmet = [item.no for item in case.items if item.passed is not True]
    require(
        not unmet,
        f"第{'、'.join(map(str, unmet))}项整改要求未复查合格，隐患不消除不销号",
        f"items {unmet} have not passed; no sign-off before the hazard is gone",
        rule="sign_off.items",
        article=_BASIS,
        remedy_zh="复查合格后再销号",
        remedy_en="re-inspect them first",
    )
    if case.major:
        double_report_done(case)
    waiting = [(KIND_LABELS[m.kind], PROCEDURES[m.kind].remedy or ("", "")) for m in blocking(case)]
    require(
        not waiting,
        f"仍有措施在执行：{'、'.join(zh for (zh, _), _ in waiting)}，不得销号",
        f"measures are still in force: {', '.join(en for (_, en), _ in waiting)}; no sign-off",
        rule="sign_off.measures",
        article="《安全生产法》第六十五条、《安全生产事故隐患排查治理暂行规定》第二十三条",
        remedy_zh="；".join(dict.fromkeys(zh for _, (zh, _) in waiting)),
        remedy_en="; ".join(dict.fromkeys(en for _, (_, en) in waiting)),
    )


@decides(SignOff)
def sign_off(_: Case, __: SignOff, ctx: Context) -> list[Event]:
    return [SignedOff(by=ctx.by, clocks=tuple(ctx.start(key) for key in LOOK_BACKS))]


@decides(RefuseSignOff)
def refuse_sign_off(case: Case, command: RefuseSignOff, ctx: Context) -> list[Event]:
    days = within_deadline_cap(case, command.new_deadline_days, ctx, again=True)
    failed = known_items(case, command.items)
    clocks = (ctx.start("rectify", n=days), *major_clocks(case, ctx))
    return [SignOffRefused(by=ctx.by, failed=failed, deadline_days=days, clocks=clocks)]


@decides(RecordLookBack)
def record_look_back(case: Case, command: RecordLookBack, ctx: Context) -> list[Event]:
    officers = two_officers(command.officers, ctx)
    evidence = known_evidence(command.evidence, ctx)
    key = LOOK_BACKS[min(case.look_backs, len(LOOK_BACKS) - 1)]
    if command.recurred:
        failed = known_items(case, command.items)
        require(
            failed,
            "须指明哪些整改要求再次出现问题",
            "say which items came back",
            rule="look_back.items",
            remedy_zh="填写复发的整改要求序号",
            remedy_en="give the numbers of the items",
        )
        clocks = (*ctx.end(case, key), ctx.start("order.issue"))
        return [Recurred(officers=officers, failed=failed, evidence=evidence, clocks=clocks)]
    window_open(case, key, ctx)
    last = case.look_backs + 1 >= len(LOOK_BACKS)
    kind = LookBackCompleted if last else LookBackPassed
    return [kind(officers=officers, evidence=evidence, clocks=ctx.end(case, key))]


def window_open(case: Case, key: str, ctx: Context) -> None:
    """A look-back that finds nothing counts from so many days after the sign-off; what has come back is recorded any day."""
    figure = ctx.rules.policy.figure(f"{key}.opens")
    signed = case.signed_off_at or ctx.at
    opens = signed.astimezone(SHANGHAI).date() + timedelta(days=int(figure.value))
    require(
        ctx.at.astimezone(SHANGHAI).date() >= opens,
        f"{LIVES[key].zh}须在销号满{figure.value}日后（{opens}起）进行",
        f"the {LIVES[key].en} counts from {opens} on, {figure.value} days after the sign-off",
        rule="look_back.window",
        article=figure.basis,
        remedy_zh=f"{opens}起办理；发现复发的可随时登记",
        remedy_en=f"record it from {opens} on; a recurrence may be recorded any day",
        opens=str(opens),
    )
