"""Photographs that were kept while a form was filled in, added to the case it is about: each once, however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from console.page import Page
from models.errors import TransitionNotAllowed
from services.evidence import held
from services.evidence.writes import Said, attach


async def add_kept(page: Page, case_id: str, photos: Mapping[str, Any], said: Said, key: str) -> int:
    """Add what a field of photographs kept to a case that its form opened under ``key``; how many there are.

    Sent again when the case is long closed, they were added before.
    """
    with suppress(TransitionNotAllowed):
        return await add_pictures(page, case_id, photos, said, key)
    return len(photos["kept"])


async def add_pictures(page: Page, case_id: str, photos: Mapping[str, Any], said: Said, key: str) -> int:
    """Add what a field of photographs kept to a case; how many there are. Raises as :func:`attach`."""
    services, actor = page.services, page.actor
    said = replace(said, audience="parties") if photos["open"] else said
    for mark in photos["kept"]:
        kept = held.kept_by(services, actor, mark)
        await attach(
            services, actor, case_id, kept, said, f"{key}/{case_id[:8]}/{kept.sha256[:16]}/{said.item or 0}"
        )
    return len(photos["kept"])
