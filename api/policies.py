"""Policy versions: the one in force with every basis, those stored, checked, compared, activated, adopted; the calendar.

Neither storing nor activating takes an Idempotency-Key: the same document, or the same day, again changes nothing.
"""

from __future__ import annotations

from fastapi import Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, responses
from api.refusals import name_for_audit
from models.audit import AuditAction
from models.errors import Conflict, LimitExceeded, PolicyError, RequirementMissing
from services.policies import adopting, reads, versions
from services.policies.version_views import Activation, Checked, Document, Stored, VersionView

router = part("policies")
_DOCUMENT_BYTES = 600_000
"""A document as JSON text, its quotes and lines escaped."""

router.reads("/policies/current", reads.show_current)
router.reads("/policies", versions.list_versions)


@router.post("/policies/check", max_body_size=_DOCUMENT_BYTES, responses=responses(*ON_BODIES))
async def check_document(document: Document, actor: ActorDep, services: ServicesDep) -> Checked:
    """Hold a policy document against the statutes (administrators): every fault at its place with its article, or how it
    differs from the version in force. Nothing is stored."""
    return await versions.check(services.database, actor, document, services.clock())


@router.post(
    "/policies", max_body_size=_DOCUMENT_BYTES, responses=responses(*ON_BODIES, Conflict, PolicyError)
)
async def store_version(
    document: Document, actor: ActorDep, services: ServicesDep, request: Request
) -> Stored:
    """Store a policy document as a version (administrators); it is in force from no day until it is activated. A stored
    version never changes: the same again changes nothing, other content under its number is refused."""
    name_for_audit(request, AuditAction.STORE_POLICY)
    return await versions.store(services.database, actor, document, services.clock(), ip=client_ip(request))


router.reads("/policies/{version}", versions.show_version)
router.reads("/policies/{version}/differences", versions.compare, name="compare_versions")


@router.post("/policies/{version}/activate", responses=responses(*ON_BODIES, Conflict, LimitExceeded))
async def activate_version(
    version: str, asked: Activation, actor: ActorDep, services: ServicesDep, request: Request
) -> VersionView:
    """Put a stored version in force from a day (administrators): today or later, never before the day the document says,
    never an older document after a newer one. Open cases keep their version."""
    name_for_audit(request, AuditAction.ACTIVATE_POLICY)
    now, ip = services.clock(), client_ip(request)
    return await versions.activate(services.database, actor, version, asked.from_day, now, ip=ip)


_ADOPTIONS = "/policies/{version}/adoptions"
router.reads(
    "/policies/{version}/candidates", adopting.candidates, RequirementMissing, name="list_candidates"
)
router.acts(
    "/policies/{version}/adoptions/preview", adopting.preview, RequirementMissing, name="preview_adoption"
)
router.writes(
    _ADOPTIONS,
    adopting.adopt,
    "policies.adopt",
    RequirementMissing,
    created=_ADOPTIONS,
    audited=AuditAction.ADOPT_POLICY,
    name="adopt_version",
)
router.reads(_ADOPTIONS, adopting.adoptions_of, given={"only": None}, name="list_adoptions")
router.reads("/calendar", reads.show_calendar)
