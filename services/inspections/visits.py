"""An inspection as it is told, and how it becomes one envelope with an opening for each finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from ledger.claims import Words
from ledger.readers.people import certified
from ledger.sessions import ReadSession
from models.actors import Actor, Role
from models.commands import (
    OptionalText,
    Order,
    RiskColour,
    Service,
    ServiceMethod,
    Source,
    StandardRef,
    Text,
    Title,
    UserId,
)
from models.decisions import Context
from models.decisions.base import TWO_OFFICERS, not_in_future, two_officers
from models.envelope import Facts
from models.errors import LimitExceeded, NotAuthorised, RequirementMissing
from models.inspection import InspectionEnvelope, InspectionKind
from services.asking import Asking, derived_id
from services.cases.giving import Sealed, sealed
from services.cases.openings import Grounds, grounds_for
from services.named import Id

MAX_FINDINGS = 30


class Told(BaseModel):
    """A part of an inspection as it is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Finding(Told):
    """One hazard found. ``deadline_days`` are calendar days from service; left out, the policy's default."""

    title: Title
    description: OptionalText = ""
    location: OptionalText = ""
    requirements: Annotated[tuple[Text, ...], Field(min_length=1, max_length=30)]
    deadline_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    suspected_major: StandardRef | None = None
    fixed_on_spot: bool = False
    risk_colour: RiskColour | None = None


class Handover(Told):
    """Service of the order (送达) at the visit or since."""

    served_at: AwareDatetime
    method: ServiceMethod = ServiceMethod.IN_PERSON
    witnesses: Annotated[tuple[UserId, ...], Field(max_length=4)] = ()


class Visit(Told):
    """An inspection: where, when, by which officers (two or more), what was found, and whether the order was served."""

    enterprise_id: Id
    kind: InspectionKind
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    started_at: AwareDatetime
    ended_at: AwareDatetime
    place: Text
    summary: OptionalText = ""
    findings: Annotated[tuple[Finding, ...], Field(max_length=MAX_FINDINGS)] = ()
    service: Handover | None = None

    @model_validator(mode="after")
    def _times(self) -> Self:
        if self.ended_at < self.started_at:
            raise ValueError("ended_at lies before started_at")
        return self


@dataclass(frozen=True, slots=True)
class Prepared:
    """An inspection ready to be sent, and the words that stay in SQL; the visit's own words come first."""

    envelope: InspectionEnvelope
    words: tuple[Words, ...]


def inspection_id_of(command_id: str) -> str:
    """The id of the inspection a request records."""
    return derived_id(command_id, "inspection")


async def prepare(session: ReadSession, ask: Asking, visit: Visit) -> Prepared:
    """The envelope of the visit. Raises NotFound, NotAuthorised and the refusals of an inspection."""
    now = ask.services.clock()
    grounds = await grounds_for(session, ask.scope, visit.enterprise_id, now)
    district_id = grounds.enterprise.district_id
    may_inspect(ask.actor, district_id)
    facts = Facts(certified=await certified(session, visit.officers, district_id, now))
    check(visit, Context(actor=ask.actor, at=now, rules=grounds.rules, facts=facts))
    openings = [_opening(ask, visit, grounds, facts, no, now) for no in range(len(visit.findings))]
    envelope = InspectionEnvelope(
        inspection_id=inspection_id_of(ask.command_id),
        command_id=ask.command_id,
        actor=ask.actor,
        record=_record(visit, grounds),
        openings=tuple(opening.envelope for opening in openings),
        issued_at=now,
    )
    own = Words(ask.command_id, None, district_id, {"place": visit.place, "summary": visit.summary})
    return Prepared(envelope, (own, *(opening.words for opening in openings)))


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


def check(visit: Visit, ctx: Context) -> None:
    """What must be true of the visit as a whole; each finding's own rules are the case's. Raises the refusal."""
    two_officers(visit.officers, ctx)
    not_in_future(visit.ended_at, ctx, "检查结束时间", "the end of the inspection")
    if visit.kind is InspectionKind.GUIDANCE:
        no_order(visit)
    elif visit.service is not None:
        served_after(visit)


def no_order(visit: Visit) -> None:
    """A guidance visit (服务督导) is not an administrative inspection: nothing in it may be ordered."""
    if visit.service is not None or any(finding.deadline_days for finding in visit.findings):
        raise RequirementMissing(
            "服务督导不是行政检查，不得下达或送达责令整改指令",
            "a guidance visit is no administrative inspection: it can neither issue nor serve an order",
            rule="inspection.guidance",
            article=TWO_OFFICERS,
            remedy_zh="去掉整改期限和送达，仅记录隐患；需要责令整改的，另行开展执法检查",
            remedy_en="leave out deadlines and service and record the hazards only; to order, inspect",
        )


def served_after(visit: Visit) -> None:
    """An order can only be served once there is one, and not before the visit began."""
    service = visit.service
    if not any(_ordered(visit, finding) for finding in visit.findings):
        raise RequirementMissing(
            "本次检查没有需要送达的责令整改指令",
            "this inspection has no order to serve",
            rule="inspection.nothing_to_serve",
            article="《安全生产法》第六十五条",
            remedy_zh="去掉送达信息",
            remedy_en="leave out the service",
        )
    if service is not None and service.served_at < visit.started_at:
        raise LimitExceeded(
            "送达时间早于检查开始时间",
            "the order was served before the inspection began",
            rule="service.after_inspection",
            article="《民事诉讼法》第八十七条至第九十五条",
            remedy_zh="请核对送达时间",
            remedy_en="check the time of service",
        )


def _ordered(visit: Visit, finding: Finding) -> bool:
    """Whether a finding goes on the order; one fixed on the spot does only when a deadline was given with it,
    which the case then refuses."""
    if visit.kind is InspectionKind.GUIDANCE:
        return False
    return not finding.fixed_on_spot or finding.deadline_days is not None


def _opening(ask: Asking, visit: Visit, grounds: Grounds, facts: Facts, no: int, now: datetime) -> Sealed:
    finding = visit.findings[no]
    case_id = derived_id(ask.command_id, "case", no)
    command = grounds.opening(
        case_id,
        Source.INSPECTION,
        finding.requirements,
        title=finding.title,
        description=finding.description,
        location=finding.location,
        risk_colour=finding.risk_colour,
        suspected_major=finding.suspected_major,
        inspection_id=inspection_id_of(ask.command_id),
        fixed_on_spot=finding.fixed_on_spot,
        **_order(ask, visit, grounds, finding),
    )
    command_id = derived_id(ask.command_id, "open", no)
    district_id = grounds.enterprise.district_id
    return sealed(
        ask, command, case_id=case_id, district_id=district_id, facts=facts, now=now, command_id=command_id
    )


def _order(ask: Asking, visit: Visit, grounds: Grounds, finding: Finding) -> dict[str, Any]:
    if not _ordered(visit, finding):
        return {}
    order = Order(
        order_id=derived_id(ask.command_id, "order"),
        officers=visit.officers,
        deadline_days=finding.deadline_days or grounds.rules.policy.caps.deadline_default_days,
    )
    service = Service(**visit.service.model_dump()) if visit.service else None
    return {"order": order, "service": service}


def _record(visit: Visit, grounds: Grounds) -> dict[str, Any]:
    """What the ledger writes of the visit: ids, kind and times."""
    enterprise = grounds.enterprise
    told = visit.model_dump(mode="json", include={"kind", "officers", "started_at", "ended_at"})
    return told | {
        "district_id": enterprise.district_id,
        "territory_id": enterprise.territory_id,
        "enterprise_id": enterprise.enterprise_id,
        "policy_version": grounds.rules.policy.version,
    }
