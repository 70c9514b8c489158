"""Visits (检查): who may record one, and what must be true of it as a whole; each finding's own rules are its case's.

The API asks before it sends one, the workflow's validator again: a visit without findings has no case to refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, ValidationError

from models.actors import Actor, Role
from models.bounds import Between, Frame, Limits, bounded
from models.case import HazardCase
from models.commands import OpenCase, UserId
from models.decisions.base import TWO_OFFICERS, two_officers
from models.envelope import Facts
from models.errors import LimitExceeded, NotAuthorised, RequirementMissing, XiaohaoError
from models.inspection import InspectionEnvelope, InspectionKind
from models.instants import FIRST_DAY, Instant
from models.malformed import malformed


class Visit(BaseModel):
    """A visit as its rules need to know it."""

    model_config = ConfigDict(frozen=True)

    kind: InspectionKind
    officers: tuple[UserId, ...]
    started_at: Annotated[Instant, Between()]
    ended_at: Annotated[Instant, Between()]
    district_id: str
    orders: bool = False
    """Whether a finding of it goes on an order, or was given a deadline to put it right."""
    served_at: tuple[Instant, ...] = ()
    """When the order was served, for each finding that says so; empty when it was not."""


WIDEST = Limits(beginning=FIRST_DAY, horizon=timedelta(), skew=timedelta())
"""What dates may lie between where no policy says it closer: behind us, and no older than anything can be."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Who records it, when (UTC), what the API vouches for, and what dates may lie between."""

    actor: Actor
    at: datetime
    facts: Facts
    limits: Limits = WIDEST


def check_visit(told: Visit, ctx: Recording) -> tuple[Visit, dict[str, str]]:
    """The visit within its bounds, and what was taken as now in it; raises the refusal of the visit as a whole."""
    may_inspect(ctx.actor, told.district_id)
    two_officers(told.officers, ctx)
    visit, noted = bounded(
        told, Frame(acts=lambda _: None, sums=lambda _: None, at=ctx.at, limits=ctx.limits)
    )
    _in_order(visit)
    if visit.kind is InspectionKind.GUIDANCE:
        _no_order(visit)
    elif visit.served_at:
        _served_after(visit)
    return visit, noted


def check_inspection(inspection: InspectionEnvelope, at: datetime) -> None:
    """Raise the refusal of a visit on its way, as its workflow sees it at ``at`` (UTC); what was a little ahead was
    taken as now when it was recorded."""
    limits = inspection.limits or WIDEST
    ctx = Recording(inspection.actor, max(at, inspection.issued_at), inspection.facts, limits)
    check_visit(visit_in(inspection), ctx)


def visit_in(inspection: InspectionEnvelope) -> Visit:
    """The visit an envelope tells of. Raises :class:`Malformed`."""
    openings = [one for one in (sent.message() for sent in inspection.openings) if isinstance(one, OpenCase)]
    told = {name: inspection.record.get(name) for name in _TOLD}
    try:
        return Visit.model_validate(
            {
                **{name: value for name, value in told.items() if value is not None},
                "orders": any(one.order is not None for one in openings),
                "served_at": tuple(one.service.served_at for one in openings if one.service is not None),
            }
        )
    except ValidationError as error:
        raise malformed(error.errors(), rule="inspection.shape") from None


_TOLD = ("kind", "officers", "started_at", "ended_at", "district_id")
"""What an envelope's record says of the visit to its rules."""


def may_inspect(actor: Actor, district_id: str) -> None:
    """Only certified officers of the district inspect. Raises NotAuthorised."""
    if actor.role not in (Role.INSPECTOR, Role.SECTION_HEAD) or actor.district_id != district_id:
        raise NotAuthorised(
            "登记检查须由执法人员办理",
            "only officers record inspections",
            rule="authority.inspect.role",
            article=TWO_OFFICERS,
            remedy_zh="由本辖区执法人员办理",
            remedy_en="to be done by an officer of the district",
        )
    if not actor.certified:
        raise NotAuthorised(
            "没有有效执法证件，不得登记检查",
            "a valid enforcement certificate is needed to record an inspection",
            rule="authority.inspect.certificate",
            article=TWO_OFFICERS,
            remedy_zh="由持有效执法证的人员办理",
            remedy_en="to be done by an officer with a valid certificate",
        )


def _in_order(visit: Visit) -> None:
    if visit.ended_at < visit.started_at:
        raise LimitExceeded(
            "检查结束时间早于开始时间",
            "the inspection ended before it began",
            rule="inspection.times",
            article=TWO_OFFICERS,
            remedy_zh="请核对检查时间",
            remedy_en="check the times of the inspection",
        )


def _no_order(visit: Visit) -> None:
    """A guidance visit (服务督导) is not an administrative inspection: nothing in it may be ordered."""
    if visit.served_at or visit.orders:
        raise RequirementMissing(
            "服务督导不是行政检查，不得下达或送达责令整改指令",
            "a guidance visit is no administrative inspection: it can neither issue nor serve an order",
            rule="inspection.guidance",
            article=TWO_OFFICERS,
            remedy_zh="去掉整改期限和送达，仅记录隐患；需要责令整改的，另行开展执法检查",
            remedy_en="leave out deadlines and service and record the hazards only; to order, inspect",
        )


def _served_after(visit: Visit) -> None:
    """An order can only be served once there is one, and not before the visit began."""
    if not visit.orders:
        raise RequirementMissing(
            "本次检查没有需要送达的责令整改指令",
            "this inspection has no order to serve",
            rule="inspection.nothing_to_serve",
            article="《安全生产法》第六十五条",
            remedy_zh="去掉送达信息",
            remedy_en="leave out the service",
        )
    if min(visit.served_at) < visit.started_at:
        raise LimitExceeded(
            "送达时间早于检查开始时间",
            "the order was served before the inspection began",
            rule="service.after_inspection",
            article="《民事诉讼法》第八十七条至第九十五条",
            remedy_zh="请核对送达时间",
            remedy_en="check the time of service",
        )


def check_openings(inspection: InspectionEnvelope, at: datetime) -> None:
    """Raise the refusal of a finding on its way, as its case would at ``at`` (UTC); ``details['finding']`` is its number,
    counted from 1."""
    for number, opening in enumerate(inspection.openings, start=1):
        try:
            HazardCase.open(opening, at)
        except XiaohaoError as refusal:
            refusal.details["finding"] = number
            raise
