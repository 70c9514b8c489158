"""The State Council's yearly holiday notice: previewed, published once, carried to the open cases.

None of these takes an Idempotency-Key: a preview stores nothing, and the same notice again changes nothing.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request

from api.deps import ActorDep, ServicesDep, client_ip
from api.parts import part
from api.problems import ON_BODIES, responses
from api.refusals import name_for_audit
from models.audit import AuditAction
from models.errors import Conflict, RequirementMissing
from models.yearnotice import Notice
from services.calendars import previews, publishing
from services.calendars.views import BatchView, NoticeGiven, NoticeStanding, Published

router = part("policies")
Year = Annotated[int, Path(ge=publishing.FIRST_YEAR, le=publishing.LAST_YEAR)]

router.acts("/calendar/preview", previews.preview, name="preview_notice")


@router.post("/calendar", responses=responses(*ON_BODIES, Conflict))
async def publish_notice(
    given: NoticeGiven, actor: ActorDep, services: ServicesDep, request: Request
) -> Published:
    """Publish a year's notice (administrators): it is stored, and every open case derives its deadlines anew in the
    background. The same days again change nothing; other days for a confirmed year are refused unless ``correct`` says
    that they correct it."""
    name_for_audit(request, AuditAction.PUBLISH_CALENDAR)
    notice = Notice.model_validate(given.model_dump(exclude={"correct"}))
    now, ip = services.clock(), client_ip(request)
    return await publishing.publish(services.database, actor, notice, now, ip=ip, correct=given.correct)


@router.get("/calendar/{year}", responses=responses())
async def show_year(year: Year, actor: ActorDep, services: ServicesDep) -> NoticeStanding:
    """A year as it is known; for administrators, how far its notice has been carried to the open cases."""
    return await publishing.show(services, actor, year)


@router.post("/calendar/{year}/again", responses=responses(RequirementMissing))
async def carry_again(year: Year, actor: ActorDep, services: ServicesDep, request: Request) -> BatchView:
    """Carry a published notice to the open cases once more, for those that did not take it (administrators)."""
    name_for_audit(request, AuditAction.PUBLISH_CALENDAR)
    return await publishing.again(services.database, actor, year, services.clock(), ip=client_ip(request))
