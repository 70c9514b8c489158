"""Uploads that no case took are cleared away after their days; what is evidence, or young, stays whole."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.actors import Actor, Role
from models.errors import RequirementMissing
from services.evidence import held
from services.evidence.clearing import clear_unattached
from services.evidence.writes import Said, attach, keep
from storage.objects import AREAS, ObjectStore, key_for
from storage.vault import Kept
from tests.api.support import Office, ok
from tests.storage import corpus

FIRM = Actor(user_id="firm", role=Role.ENTERPRISE, enterprise_id="e-a", district_id="d-1")
NOW = datetime.now(UTC)


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def kept(office: Office, colour: int) -> Kept:
    """A picture of its own, kept for a form that is not sent yet."""
    data = corpus.photo(orientation=colour)
    return await keep(office.world.services, FIRM, chunks(data), "a.jpg", "image/jpeg")


def aged(store: ObjectStore, days: int) -> None:
    """As if everything in the store had been kept so many days ago."""
    at = (NOW - timedelta(days=days)).timestamp()
    root = Path(store._root or "")
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (at, at))


async def left(store: ObjectStore) -> set[str]:
    """The digests of which anything is there."""
    return {Path(key).name.partition(".")[0] for area in AREAS async for key, _, _ in store.listed(area)}


async def test_what_no_case_took_is_cleared_away_and_what_is_evidence_or_young_stays(office: Office) -> None:
    services, database = office.world.services, office.world.database
    store = services.vault.store
    case_id = await office.case()
    await office.photo("firm", case_id)
    (evidence,) = ok(await office.get("firm", f"/cases/{case_id}/evidence"))["items"]
    late = await kept(office, 3)
    mark = held.mark_of(services, FIRM, late)
    assert (await clear_unattached(database, store, NOW - timedelta(days=14))).files == 0
    aged(store, 20)
    young = await kept(office, 6)
    cleared = await clear_unattached(database, store, NOW - timedelta(days=14))
    assert cleared.files == 1
    assert cleared.size > late.size, "the copies go with it"
    assert await left(store) == {evidence["sha256"], young.sha256}
    assert await store.size(key_for("thumbnail", evidence["sha256"], ".webp"))
    with pytest.raises(RequirementMissing) as refused:
        await attach(services, FIRM, case_id, held.kept_by(services, FIRM, mark), Said("照片"), "k1")
    assert refused.value.rule == "evidence.kept"
    again = await kept(office, 3)
    assert again.sha256 == late.sha256
    stored = await attach(services, FIRM, case_id, again, Said("照片"), "k2")
    assert stored.created
    aged(store, 20)
    await clear_unattached(database, store, NOW - timedelta(days=14))
    assert await left(store) == {evidence["sha256"], again.sha256}
