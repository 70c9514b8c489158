"""An inspection as it is told, and how it becomes one envelope with an opening for each finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from ledger.claims import Words
from ledger.readers.people import certified
from ledger.sessions import ReadSession
from models import visits
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
from models.envelope import Facts
from models.inspection import InspectionEnvelope, InspectionKind
from models.instants import Instant
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


class VisitService(Told):
    """Service of the order (送达) at the visit or since."""

    served_at: Instant
    method: ServiceMethod = ServiceMethod.IN_PERSON
    witnesses: Annotated[tuple[UserId, ...], Field(max_length=4)] = ()


class Signing(Told):
    """How the party signed record and order (当事人签名): on the screen, its picture handed in to the first case as evidence for
    “当事人现场签名”, for which their papers wait a while; or it refused, before two witnesses at least (拒绝签字)."""

    on_screen: bool = False
    refused_before: Annotated[tuple[Title, ...], Field(max_length=4)] = ()

    @field_validator("refused_before")
    @classmethod
    def _two(cls, witnesses: tuple[str, ...], told: ValidationInfo) -> tuple[str, ...]:
        if told.data.get("on_screen") and witnesses:
            raise PydanticCustomError("signed_and_refused", "cannot be with a signature")
        if len(set(witnesses)) == 1 or len(set(witnesses)) != len(witnesses):
            raise PydanticCustomError("two_witnesses", "takes two different witnesses")
        return witnesses


class Visit(Told):
    """An inspection: where, when, by which officers (two or more), what was found, and whether the order was served."""

    enterprise_id: Id
    kind: InspectionKind
    officers: Annotated[tuple[UserId, ...], Field(min_length=1, max_length=6)]
    started_at: Instant
    ended_at: Instant
    place: Text
    summary: OptionalText = ""
    findings: Annotated[tuple[Finding, ...], Field(max_length=MAX_FINDINGS)] = ()
    service: VisitService | None = None
    signing: Signing = Signing()

    @field_validator("ended_at")
    @classmethod
    def _in_order(cls, ended_at: datetime, told: ValidationInfo) -> datetime:
        if ended_at < told.data.get("started_at", ended_at):
            raise PydanticCustomError("ended_before_started", "lies before started_at")
        return ended_at


@dataclass(frozen=True, slots=True)
class Prepared:
    """An inspection ready to be sent, and the words that stay in SQL; the visit's own words come first."""

    envelope: InspectionEnvelope
    words: tuple[Words, ...]


def inspection_id_of(ask: Asking) -> str:
    """The id of the inspection a request records."""
    return derived_id(ask.command_id, "inspection")


def case_id_of(command_id: str, no: int) -> str:
    """The id of the case that finding ``no`` (from 0) of the visit a request records opens."""
    return derived_id(command_id, "case", no)


async def prepare(session: ReadSession, ask: Asking, visit: Visit) -> Prepared:
    """The envelope of the visit. Raises NotFound, NotAuthorised and the refusals of an inspection."""
    now = ask.services.clock()
    grounds = await grounds_for(session, ask.scope, visit.enterprise_id, now)
    district_id = grounds.enterprise.district_id
    visits.may_inspect(ask.actor, district_id)
    facts = Facts(certified=await certified(session, visit.officers, district_id, now))
    limits = grounds.rules.policy.limits
    recording = visits.Recording(ask.actor, now, facts, limits)
    lawful, noted = visits.check_visit(_lawful(visit, district_id), recording)
    visit = visit.model_copy(update={"started_at": lawful.started_at, "ended_at": lawful.ended_at})
    openings = [_opening(ask, visit, grounds, facts, no, now) for no in range(len(visit.findings))]
    envelope = InspectionEnvelope(
        inspection_id=inspection_id_of(ask),
        command_id=ask.command_id,
        actor=ask.actor,
        record=_record(visit, grounds) | ({"taken_as_now": noted} if noted else {}),
        openings=tuple(opening.envelope for opening in openings),
        facts=facts,
        limits=limits,
        issued_at=now,
    )
    told = {"place": visit.place, "summary": visit.summary, **_signing(visit.signing)}
    own = Words(ask.command_id, None, district_id, told)
    return Prepared(envelope, (own, *(opening.words for opening in openings)))


def _signing(told: Signing) -> dict[str, Any]:
    """How the party signed, where that was said at all."""
    said = told.model_dump(mode="json", exclude_defaults=True)
    return {"signing": said} if said else {}


def _lawful(visit: Visit, district_id: str) -> visits.Visit:
    """The visit as its rules see it."""
    return visits.Visit(
        kind=visit.kind,
        officers=visit.officers,
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        district_id=district_id,
        orders=any(_ordered(visit, one) or one.deadline_days for one in visit.findings),
        served_at=(visit.service.served_at,) if visit.service else (),
    )


def _ordered(visit: Visit, finding: Finding) -> bool:
    """Whether a finding goes on the order; one fixed on the spot does only when a deadline was given with it,
    which the case then refuses."""
    if visit.kind is InspectionKind.GUIDANCE:
        return False
    return not finding.fixed_on_spot or finding.deadline_days is not None


def _opening(ask: Asking, visit: Visit, grounds: Grounds, facts: Facts, no: int, now: datetime) -> Sealed:
    finding = visit.findings[no]
    case_id = case_id_of(ask.command_id, no)
    command = grounds.opening(
        case_id,
        Source.INSPECTION,
        finding.requirements,
        title=finding.title,
        description=finding.description,
        location=finding.location,
        risk_colour=finding.risk_colour,
        suspected_major=finding.suspected_major,
        inspection_id=inspection_id_of(ask),
        found_at=visit.started_at,
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
