"""How a part of the console is begun: pages the API's description leaves out, with forms no larger than any body."""

from __future__ import annotations

from fastapi import APIRouter

from services.limits import MAX_BODY_BYTES


def part(below: str = "") -> APIRouter:
    """Pages below ``below``; an application takes them as they are (:mod:`api.parts` says why)."""
    return APIRouter(prefix=below, include_in_schema=False, max_body_size=MAX_BODY_BYTES)
