"""Policy versions: the one in force with every basis, those stored, checked, compared, activated, adopted; the calendar.

Neither storing nor activating takes an Idempotency-Key: the same document, or the same day, again changes nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, ON_WRITES, responses
from api.refusals import name_for_audit
from api.writing import WritingDep
from models.audit import AuditAction
from models.errors import (
    Conflict,
    IdempotencyConflict,
    LimitExceeded,
    NotAuthorised,
    NotFound,
    PolicyError,
    RequirementMissing,
)
from services.paging import Listing, Paged
from services.policies import adopting, reads, versions
from services.policies.adopting import CandidateQuery
from services.policies.adoption_views import AdoptionAsked, AdoptionPreview, AdoptionView, Candidate, Choice
from services.policies.version_views import Activation, Checked, Compared, Document, Stored, VersionView
from services.policies.views import CalendarView, PolicyView

router = part("policies")
_DOCUMENT_BYTES = 600_000
"""A document as JSON text, its quotes and lines escaped."""


@router.get("/policies/current", responses=responses())
async def show_current(actor: ActorDep, services: ServicesDep) -> PolicyView:
    """The policy new cases are opened under; a case keeps the version it was opened under."""
    return await reads.show_current(services, actor)


@router.get("/policies", responses=responses())
async def list_versions(
    query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[VersionView]:
    """Every stored version and where it stands, the last stored first."""
    return await versions.list_versions(services, actor, query)


@router.post("/policies/check", max_body_size=_DOCUMENT_BYTES, responses=responses(*ON_BODIES, NotAuthorised))
async def check_document(document: Document, actor: ActorDep, services: ServicesDep) -> Checked:
    """Hold a policy document against the statutes (administrators): every fault at its place with its article, or how it
    differs from the version in force. Nothing is stored."""
    return await versions.check(services.database, actor, document, services.clock())


@router.post(
    "/policies",
    max_body_size=_DOCUMENT_BYTES,
    responses=responses(*ON_BODIES, NotAuthorised, Conflict, PolicyError),
)
async def store_version(
    document: Document, actor: ActorDep, services: ServicesDep, request: Request
) -> Stored:
    """Store a policy document as a version (administrators); it is in force from no day until it is activated. A stored
    version never changes: the same again changes nothing, other content under its number is refused."""
    name_for_audit(request, AuditAction.STORE_POLICY)
    return await versions.store(services.database, actor, document, services.clock(), ip=client_ip(request))


@router.get("/policies/{version}", responses=responses(NotFound))
async def show_version(version: str, actor: ActorDep, services: ServicesDep) -> PolicyView:
    """A stored version whole: every clock, cap and rank with its basis and how far it was verified."""
    return await versions.show_version(services, actor, version)


@router.get("/policies/{version}/differences", responses=responses(NotFound))
async def compare_versions(
    version: str, actor: ActorDep, services: ServicesDep, against: str | None = None
) -> Compared:
    """In what a version differs from the one in force, or from ``against``: added, removed, changed, in words."""
    return await versions.compare(services, actor, version, against)


@router.post(
    "/policies/{version}/activate",
    responses=responses(*ON_BODIES, NotAuthorised, NotFound, Conflict, LimitExceeded),
)
async def activate_version(
    version: str, asked: Activation, actor: ActorDep, services: ServicesDep, request: Request
) -> VersionView:
    """Put a stored version in force from a day (administrators): today or later, never before the day the document says,
    never an older document after a newer one. Open cases keep their version."""
    name_for_audit(request, AuditAction.ACTIVATE_POLICY)
    now, ip = services.clock(), client_ip(request)
    return await versions.activate(services.database, actor, version, asked.from_day, now, ip=ip)


@router.get(
    "/policies/{version}/candidates", responses=responses(NotAuthorised, NotFound, RequirementMissing)
)
async def list_candidates(
    version: str, query: Annotated[CandidateQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[Candidate]:
    """The open cases that do not go by the version yet (leaders)."""
    return await adopting.candidates(services, actor, version, query)


@router.post(
    "/policies/{version}/adoptions/preview",
    responses=responses(*ON_BODIES, NotAuthorised, NotFound, RequirementMissing),
)
async def preview_adoption(
    version: str, choice: Choice, actor: ActorDep, services: ServicesDep
) -> AdoptionPreview:
    """What adopting the version would do to the chosen open cases (leaders): which clocks change, from when to when, and
    which cases would not take it. Nothing is stored. All are counted, the first 200 named."""
    return await adopting.preview(services, actor, version, choice)


@router.post(
    "/policies/{version}/adoptions",
    status_code=201,
    response_model=AdoptionView,
    responses=responses(*ON_WRITES, NotAuthorised, NotFound, RequirementMissing, IdempotencyConflict),
)
async def adopt_version(version: str, asked: AdoptionAsked, write: WritingDep) -> Any:
    """Adopt the version for the chosen open cases (leaders), one after the other in the background, each once."""
    ask = write.asking("policies.adopt", version, asked, audited=AuditAction.ADOPT_POLICY)
    location = f"/api/v1/policies/{version}/adoptions"
    return await write.answer(
        ask, lambda: adopting.adopt(ask, version, asked, ip=write.ip), location, created=True
    )


@router.get("/policies/{version}/adoptions", responses=responses(NotAuthorised))
async def list_adoptions(
    version: str, query: Annotated[Paged, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[AdoptionView]:
    """The adoptions of a version in my district, the latest first, as far as each has come."""
    return await adopting.adoptions_of(services, actor, version, query)


@router.get("/calendar", responses=responses())
async def show_calendar(actor: ActorDep, services: ServicesDep) -> CalendarView:
    """The working calendar (工作日历) of the years around now; a year without its notice is provisional."""
    return await reads.show_calendar(services, actor)
