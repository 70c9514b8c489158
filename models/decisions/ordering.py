"""The order to rectify by a deadline (责令限期整改指令书) and its service (送达)."""

from __future__ import annotations

from datetime import datetime

from models.caseclocks import ClockRun, lengthened
from models.clocks import SHANGHAI
from models.commands import IssueOrder, Order, ServeOrder, Service
from models.decisions.base import (
    Context,
    available,
    decides,
    lawful_service,
    require,
    two_officers,
    within_deadline_cap,
)
from models.errors import LimitExceeded
from models.events import Event, OrderIssued, OrderServed, ServiceRecorded
from models.lifecycle import CaseState
from models.snapshot import Case

_SERVICE = "《民事诉讼法》第八十七条至第九十五条"


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


@decides(IssueOrder)
def issue_order(case: Case, command: IssueOrder, ctx: Context) -> list[Event]:
    return [order_issued(case, command.order, ctx)]


def order_issued(case: Case, order: Order, ctx: Context, service: Service | None = None) -> OrderIssued:
    """The order as an event; two certified officers sign it.

    Without a date of its own it was issued today, or when it was served on the spot and is only recorded today.
    """
    today = ctx.at.astimezone(SHANGHAI).date()
    served_on = service.served_at.astimezone(SHANGHAI).date() if service else today
    issued_on = order.issued_on or min(served_on, today)
    if issued_on > today:
        raise LimitExceeded(
            "指令书日期不得晚于今天",
            "the order's date lies in the future",
            rule="time.not_in_future",
            remedy_zh="请核对日期",
            remedy_en="check the date",
            given=str(issued_on),
        )
    return OrderIssued(
        issued_on=issued_on,
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
    lawful_service(service, ctx)
    issued_on = case.order.issued_on if case.order else None
    require(
        issued_on is None or service.served_at.astimezone(SHANGHAI).date() >= issued_on,
        "送达时间早于指令书下达时间",
        "the order was served before it was issued",
        rule="service.after_issue",
        article=_SERVICE,
        remedy_zh="请核对送达时间",
        remedy_en="check the time of service",
    )
    if case.state is CaseState.DETERMINING:
        return ServiceRecorded(
            served_at=service.served_at, method=service.method, clocks=ctx.end(case, "order.serve")
        )
    return OrderServed(
        served_at=service.served_at,
        method=service.method,
        clocks=correction_clocks(case, service.served_at, ctx),
    )


def correction_clocks(case: Case, served_at: datetime, ctx: Context) -> tuple[ClockRun, ...]:
    """The clocks of the correction period: the deadline from service, and a major hazard's own duties from now.

    A deadline that stood still while the grade was determined keeps what had been added to it.
    """
    days = case.order.deadline_days if case.order else None
    rectify = ctx.start("rectify", served_at, days)
    before = case.clocks.get("rectify")
    if before is not None and before.same_run(rectify) and before.added:
        end = lengthened(rectify.due, before, ctx.rules.calendar)
        rectify = ctx.rules.move(rectify, end, ctx.at, added=before.added)
    return (rectify, *major_clocks(case, ctx))


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
