"""Whether this process lives, and whether the parts it stands on answer."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import Response
from pydantic import BaseModel

from api.deps import ServicesDep
from api.parts import part
from services.context import Probe

router = part("health", prefix="")
_log = structlog.get_logger("api.health")

PROBE_SECONDS = 2.0
"""How long one part may take to answer."""


class Alive(BaseModel):
    """The process runs."""

    status: str = "ok"


class Readiness(BaseModel):
    """``ready`` only when every part answers; ``parts`` says which do (``ok`` or ``unreachable``)."""

    status: str
    parts: dict[str, str]


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers; nothing else is asked."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "A part does not answer"}})
async def readyz(services: ServicesDep, response: Response) -> Readiness:
    """Whether PostgreSQL, Temporal and the object store answer now."""
    names = list(services.probes)
    answers = await asyncio.gather(*(_answers(name, services.probes[name]) for name in names))
    ready = all(answers)
    response.status_code = 200 if ready else 503
    parts = {name: "ok" if good else "unreachable" for name, good in zip(names, answers, strict=True)}
    return Readiness(status="ready" if ready else "not_ready", parts=parts)


async def _answers(name: str, probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
    except Exception as error:  # any failure of a part means the same here
        _log.warning("part_unreachable", part=name, error=type(error).__name__)
        return False
    return True
