"""The shapes of orders to rectify (责令限期整改指令书), from rows; pure functions, no IO."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.readers.paging import Found
from models.actors import Role
from models.calendar import WorkingCalendar
from models.commands import ServiceMethod
from models.commands.base import SERVICE_METHOD_LABELS
from models.explain import Label
from models.lifecycle import CaseState
from models.remaining import moved
from models.sight import Sight
from services.labels import label, state_label
from services.named import Id, Named, Names, people
from services.paging import Paged


class OrderItem(BaseModel):
    """One hazard on the order; ``deadline_at`` (UTC, exclusive end) is known from service on."""

    no: int
    case_id: str
    case_number: str
    title: str
    requirement: str
    state: CaseState
    state_label: Label
    deadline_days: int | None
    deadline_at: datetime | None
    deadline_moved: Label | None
    """Why it is not the day counted from service; null where it is, or before service."""


class OrderQuery(Paged):
    """Which orders, latest first."""

    enterprise: Id | None = None
    officer: Id | None = None
    handler: Annotated[Id | None, Field(description="案件的承办人 / who handles a case under it")] = None
    served: Annotated[bool | None, Field(description="已送达 / served")] = None


class OrderRow(BaseModel):
    """An order with its service (送达), in a list (UTC instants)."""

    order_id: str
    number: str
    enterprise_id: str
    enterprise_name: str
    """As it was called when the order was issued."""
    inspection_id: str | None
    issued_at: datetime
    officers: list[Named]
    served_at: datetime | None
    served_method: ServiceMethod | None
    served_label: Label | None


class OrderDetail(OrderRow):
    """An order with its items."""

    items: list[OrderItem]


def order_detail(
    order: Found, items: Iterable[Found], names: Names, role: Role, calendar: WorkingCalendar
) -> OrderDetail:
    """An order with its items, as far as ``role`` may know it."""
    return OrderDetail(
        **_fields(order, names, role), items=[_item(row, order.served_at, calendar) for row in items]
    )


def order_row(order: Found, names: Names, role: Role) -> OrderRow:
    """An order as a list shows it, as far as ``role`` may know it."""
    return OrderRow(**_fields(order, names, role))


def _fields(order: Found, names: Names, role: Role) -> dict[str, Any]:
    method = ServiceMethod(order.served_method) if order.served_method else None
    return {
        "order_id": order.order_id,
        "number": order.number,
        "enterprise_id": order.enterprise_id,
        "enterprise_name": order.enterprise_name,
        "inspection_id": Sight(role).inspection(order.inspection_id),
        "issued_at": order.issued_at,
        "officers": people(order.officers, {**names, **(order.called or {})}),
        "served_at": order.served_at,
        "served_method": method,
        "served_label": label(SERVICE_METHOD_LABELS[method]) if method else None,
    }


def _item(row: Found, served_at: datetime | None, calendar: WorkingCalendar) -> OrderItem:
    return OrderItem(
        no=row.no,
        case_id=row.case_id,
        case_number=row.case_number,
        title=row.title,
        requirement=row.requirement,
        state=row.state,
        state_label=state_label(row.state),
        deadline_days=row.deadline_days,
        deadline_at=row.deadline_at,
        deadline_moved=moved(served_at, row.deadline_days, row.deadline_at, calendar),
    )
