"""The order to rectify by a deadline (责令限期整改指令书) and its service (送达)."""

from __future__ import annotations

from datetime import datetime

from models.caseclocks import ClockRun, Rules
from models.commands import IssueOrder, Order, ServeOrder, Service
from models.decisions.base import (
    Context,
    available,
    deadline_cap,
    decides,
    require,
    two_officers,
    within_deadline_cap,
)
from models.decisions.serving import lawful_service
from models.events import Event, OrderIssued, OrderServed, ServiceRecorded
from models.instants import day_of
from models.lifecycle import CaseState
from models.snapshot import Case


@available(IssueOrder)
def no_order_yet(case: Case, _: Context) -> None:
    require(
        case.order is None,
        "本案已下达责令限期整改指令书",
        "an order has already been issued for this case",
        rule="order.once",
        remedy_zh="请登记送达，或在整改中办理延期",
        remedy_en="record its service, or extend it later",
    )
    require(
        not case.unsigned,
        "举报核实后须报经有关负责人签字，方可下达指令",
        "a report that was verified takes a leader's signature before the order",
        rule="lead.signed",
        article="《安全生产法》第七十三条",
        remedy_zh="先由负责人签批核查材料",
        remedy_en="let a leader sign what was verified first",
    )


@decides(IssueOrder)
def issue_order(case: Case, command: IssueOrder, ctx: Context) -> list[Event]:
    require(
        case.stated or command.stated,
        "本案来自举报或移送，举报内容不得告知企业，须由执法人员写明认定的事实和整改要求",
        "the case came from a tip or another department, whose words are not for the enterprise: "
        "the officers must state the facts and the requirements",
        rule="order.facts",
        remedy_zh="填写 stated（标题、情况、地点、整改要求）后下达",
        remedy_en="give stated: title, description, location, requirements",
    )
    issued = order_issued(case, command.order, ctx)
    if command.stated is None:
        return [issued]
    return [issued.model_copy(update={"items": len(command.stated.requirements)})]


def order_issued(case: Case, order: Order, ctx: Context, made_at: datetime | None = None) -> OrderIssued:
    """The order as an event; two certified officers sign it.

    It bears the day of the act: its own date, else that of the visit or the service it comes with, else today.
    """
    return OrderIssued(
        issued_on=order.issued_on or day_of(made_at or ctx.at),
        order_id=order.order_id,
        officers=two_officers(order.officers, ctx),
        deadline_days=within_deadline_cap(case, order.deadline_days, ctx),
        clocks=(*ctx.end(case, "order.issue"), ctx.start("order.serve")),
    )


@available(ServeOrder)
def order_not_served(case: Case, _: Context) -> None:
    require(
        case.order is not None,
        "尚未下达责令限期整改指令书",
        "no order has been issued yet",
        rule="order.issued",
        article="《安全生产法》第六十五条",
        remedy_zh="先下达指令书",
        remedy_en="issue the order first",
    )
    require(
        case.order is None or case.order.served is None,
        "指令书已送达",
        "the order has been served already",
        rule="order.served_once",
    )


@decides(ServeOrder)
def serve_order(case: Case, command: ServeOrder, ctx: Context) -> list[Event]:
    return [order_served(case, command.service, ctx)]


def order_served(case: Case, service: Service, ctx: Context) -> ServiceRecorded:
    """Service as an event: the rectification deadline starts at the moment of service, never at issue."""
    handed = lawful_service(service, ctx)
    rectify = ctx.start("rectify", handed.at, order_days(case, ctx.rules))
    if case.state is CaseState.DETERMINING:
        held = ctx.rules.hold(rectify, max(handed.at, _suspected_at(case, ctx)))
        kind, clocks = ServiceRecorded, (*ctx.end(case, "order.serve"), held)
    else:
        kind, clocks = OrderServed, (rectify, *major_clocks(case, ctx))
    return kind(
        served_at=handed.at,
        method=service.method,
        announced_at=handed.announced_at,
        evidence=handed.evidence,
        clocks=clocks,
    )


def order_days(case: Case, rules: Rules) -> int | None:
    """The days the order gives, or those policy allows a hazard of this grade where they are less."""
    return min(case.order.deadline_days, deadline_cap(case, rules)) if case.order else None


def _suspected_at(case: Case, ctx: Context) -> datetime:
    """Since when the office has been determining the grade: that time is not the enterprise's."""
    clock = case.active("major.determine")
    return clock.starts_at if clock else ctx.at


def major_clocks(case: Case, ctx: Context) -> tuple[ClockRun, ...]:
    """Plan and double report of a major hazard (治理方案、双报告), as far as they are still owed."""
    if not case.major:
        return ()
    owed = {
        "plan.file": not case.plan_accepted and not case.active("plan.review"),
        "major.report_by_enterprise": case.report.reported_at is None,
        "report.acknowledge": case.report.reported_at is not None and case.report.acknowledged_at is None,
        "double_report.congress": case.report.congress_on is None,
    }
    return tuple(ctx.start(key) for key, due in owed.items() if due and not case.active(key))
