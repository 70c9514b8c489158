"""The State Council's yearly holiday notice: previewed by an administrator before it is published."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import ActorDep, ServicesDep
from api.problems import responses
from models.errors import NotAuthorised
from models.yearnotice import Notice
from services.calendars import previews
from services.calendars.views import NoticePreview

router = APIRouter(tags=["policies"])


@router.post("/calendar/preview", responses=responses(NotAuthorised))
async def preview_notice(notice: Notice, actor: ActorDep, services: ServicesDep) -> NoticePreview:
    """Which clocks of the district's open cases a year's notice would move, from when to when (administrators).

    Nothing is stored. All are counted, the first 200 named."""
    return await previews.preview(services, actor, notice)
