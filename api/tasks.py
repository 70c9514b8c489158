"""The worklist (待办): what I must do about cases and enterprises, next clock first, and with which commands or steps."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.deps import ActorDep, ServicesDep
from api.parts import part
from api.problems import responses
from services.paging import Listing
from services.tasks import reads
from services.tasks.views import DoneQuery, DoneView, TaskQuery, TaskView

router = part("tasks")


@router.get("/tasks", responses=responses())
async def list_tasks(
    query: Annotated[TaskQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[TaskView]:
    """My worklist: tasks of my role, of my rank and those below, of my person, and of those I may act for.

    ``acting_for`` names whom I act for when my own rank is not enough: send that user id as X-Acting-For.
    """
    return await reads.list_tasks(services, actor, query)


@router.get("/done", responses=responses())
async def list_done(
    query: Annotated[DoneQuery, Query()], actor: ActorDep, services: ServicesDep
) -> Listing[DoneView]:
    """What I have done (已办): my commands that took effect, newest first; to cases, or to enterprises as a whole."""
    return await reads.list_done(services, actor, query)
