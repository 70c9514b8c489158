"""Upkeep of a case: assignment, voiding, closure with the enterprise, newer policy, newly published calendar."""

from __future__ import annotations

from datetime import datetime

from models.caseclocks import ClockRun, ClockStatus, Rules
from models.caselives import is_threshold
from models.commands import (
    AdoptCalendar,
    AdoptPolicy,
    AssignHandler,
    CloseWithEnterprise,
    TransferCase,
    VoidCase,
)
from models.decisions.base import Context, available, calendar_from, decides, policy_from, require
from models.decisions.ladder import fallen_away, newly_crossed
from models.errors import Conflict
from models.events import ClocksRederived, EnterpriseClosed, Event, HandlerAssigned, PolicyAdopted, Voided
from models.measures.kinds import KIND_LABELS
from models.snapshot import Case


@decides(AssignHandler)
def assign_handler(case: Case, command: AssignHandler, ctx: Context) -> list[Event]:
    require(
        ctx.facts.handler_ok,
        "承办人不是本辖区在岗人员",
        "the handler is not an active official of this district",
        rule="assign.official",
        remedy_zh="选择本辖区在岗人员",
        remedy_en="choose an active official of the district",
    )
    if command.handler_id == case.handler_id:
        raise Conflict("案件已由该承办人办理", "this person handles the case already", rule="assign.same")
    return [HandlerAssigned(handler_id=command.handler_id, by=ctx.by)]


def no_open_measure(case: Case, _: Context) -> None:
    under_way = [KIND_LABELS[measure.kind] for measure in case.measures if measure.open]
    require(
        not under_way,
        f"本案还有办理中的措施：{'、'.join(f'“{zh}”' for zh, _ in under_way)}",
        "still open in this case: " + ", ".join(f'the measure "{en}"' for _, en in under_way),
        rule="measure.open",
        remedy_zh="先撤回、终止或者办结这些措施",
        remedy_en="withdraw, discontinue or finish them first",
    )


available(VoidCase)(no_open_measure)
available(TransferCase)(no_open_measure)


@decides(VoidCase)
def void(_: Case, __: VoidCase, ctx: Context) -> list[Event]:
    return [Voided(by=ctx.by)]


@decides(CloseWithEnterprise)
def close_with_enterprise(_: Case, command: CloseWithEnterprise, ctx: Context) -> list[Event]:
    return [EnterpriseClosed(decided_on=command.decided_on, by=ctx.by)]


@decides(AdoptPolicy)
def adopt_policy(case: Case, command: AdoptPolicy, ctx: Context) -> list[Event]:
    policy = policy_from(command.policy)
    digest = policy.digest()
    if digest == case.policy_digest:
        raise Conflict("本案已适用该版规则", "the case runs under this policy already", rule="policy.same")
    if policy.effective_from < ctx.rules.policy.effective_from:
        raise Conflict(
            "只能适用比现行版本更新的规则",
            "only a newer policy than the present one can be adopted",
            rule="policy.newer",
            remedy_zh="选择更新的规则版本",
            remedy_en="choose a newer version",
        )
    rules = Rules(policy=policy, calendar=ctx.rules.calendar)
    ladder = (*fallen_away(case, rules, ctx.at), *newly_crossed(case, rules, ctx.at))
    return [PolicyAdopted(policy_version=policy.version, policy_digest=digest, by=ctx.by, clocks=ladder)]


@decides(AdoptCalendar)
def adopt_calendar(case: Case, command: AdoptCalendar, ctx: Context) -> list[Event]:
    calendar = calendar_from(command.calendar)
    if calendar == ctx.rules.calendar:
        raise Conflict("本案已适用该工作日历", "the case knows this calendar already", rule="calendar.same")
    moved = moved_clocks(case, Rules(policy=ctx.rules.policy, calendar=calendar), ctx.at)
    return [
        ClocksRederived(
            years=tuple(year.year for year in calendar.years if year.confirmed),
            moved=tuple(clock.key for clock in moved),
            clocks=moved,
        )
    ]


def moved_clocks(case: Case, rules: Rules, at: datetime) -> tuple[ClockRun, ...]:
    """The clocks that do not stay as they are once the case goes by the calendar of ``rules``, as they are then."""
    return tuple(
        fresh
        for clock in case.active_clocks()
        if not is_threshold(clock.key)
        and (fresh := rederived(clock, rules, at)) != clock
        and (clock.provisional or fresh.due_at > clock.due_at)
    )


def rederived(clock: ClockRun, rules: Rules, at: datetime) -> ClockRun:
    """``clock`` counted again from its start as it was then, with everything that was added to it.

    A deadline people relied on (not provisional) is never moved earlier by the caller. A clock missed too soon
    runs again; but an overdue case stays overdue, which only a person takes back.
    """
    end = rules.counted(clock)
    moved = clock.model_copy(
        update={"due_at": end.at, "last_day": end.last_day, "provisional": end.provisional}
    )
    if clock.status is ClockStatus.MISSED and end.at > at:
        again = moved.model_copy(update={"status": ClockStatus.RUNNING})
        return clock if clock.key == "rectify" else rules.rearm(again, at)
    if clock.status is not ClockStatus.RUNNING or end.at == clock.due_at:
        return moved
    return rules.rearm(moved, at)
