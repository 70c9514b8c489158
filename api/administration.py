"""What an administrator does about the sign-ins of the district's people.

None of these takes an Idempotency-Key: what ends is ended once, and a new password is shown once.
"""

from __future__ import annotations

from fastapi import Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, responses
from api.refusals import name_for_audit
from models.errors import Conflict, RequirementMissing
from services.accounts import administration
from services.accounts.views import Identity
from services.named import Id

router = part("accounts", "/accounts/{user_id}")

router.reads("", administration.account)
router.acts("/end-sessions", administration.end_sessions, audited="end_sessions")
router.acts("/password", administration.reset_password, audited="reset_password")
router.ends("/factor", administration.reset_factor, audited="reset_factor")


@router.post("/identities", status_code=204, responses=responses(*ON_BODIES, RequirementMissing, Conflict))
async def bind(
    user_id: Id, identity: Identity, actor: ActorDep, services: ServicesDep, request: Request
) -> None:
    """Bind what a provider of single sign-on calls somebody to their account (administrators)."""
    name_for_audit(request, "bind_identity")
    provider, subject = identity.provider, identity.subject
    await administration.bind(services, actor, user_id, provider, subject, ip=client_ip(request))


router.ends("/identities/{provider}", administration.unbind, audited="unbind_identity")
