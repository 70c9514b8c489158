"""Receiving a tip from somebody without an account, and what they read by their follow-up code.

Nothing is kept of whence it came: not in the tip, not in the audit log. Addresses are counted in memory alone.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import tips
from ledger.reporters import follow_up_scope, fresh_code
from ledger.sessions import Scope
from models.actors import PUBLIC, Actor, Role
from models.audit import AuditAction
from models.errors import NotFound, RequirementMissing, TooLarge, UnsupportedMedia
from models.tips import MAX_PHOTO_BYTES, MOST_PHOTOS, Tip, check_photos, check_room
from services import audit
from services.context import Services
from services.evidence.writes import file_of, there
from services.named import Named
from services.tips.sealing import Identity, seal
from services.tips.views import FollowUp, follow_up
from storage.vault import Kept


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it comes."""

    chunks: AsyncIterator[bytes]
    file_name: str | None
    media_type: str
    size: int


async def districts(services: Services) -> list[Named]:
    """The districts a tip may be for."""
    rows = await tips.districts_there(services.database, Scope(role=Role.REPORTER))
    return [Named(id=row.district_id, name=row.name) for row in rows]


def arrive(services: Services, ip: str) -> None:
    """Count one that comes with a tip, before anything of it is read. Raises TooManyRequests."""
    services.limits.tips_from_one.hit(ip)
    services.limits.tips.hit("")


async def receive(services: Services, district_id: str, tip: Tip, photos: Sequence[Photo]) -> str:
    """Keep a tip; its follow-up code, shown this once.

    Raises RequirementMissing for a district that is not there, LimitExceeded when too much waits or too many pictures
    come, UnsupportedMedia for what is no picture, TooLarge, BadRequest, TooManyRequests.
    """
    if district_id not in {one.id for one in await districts(services)}:
        raise RequirementMissing(
            "请选择辖区",
            "Choose the district",
            rule="tips.district",
            remedy_zh="在列表中选择企业所在的辖区；列表中没有的，请拨打 12350",
            remedy_en="choose where the enterprise is from the list; if it is not there, call 12350",
            field="district_id",
        )
    counting = Scope.of(Actor(user_id="tips", role=Role.AUDITOR, district_id=district_id))
    waiting, held = await tips.held(services.database, counting)
    check_room(waiting, services.settings.tips_waiting)
    room = services.settings.tip_photos_mb * 1_000_000
    code, tip_id, now = fresh_code(), str(uuid.uuid4()), services.clock()
    files: list[dict[str, Any]] = []
    pictures: list[Kept] = []
    for no, photo in enumerate(photos[:MOST_PHOTOS], 1):
        check_photos(held, MAX_PHOTO_BYTES, room)
        services.limits.tip_megabytes.hit("", cost=1 + min(photo.size, MAX_PHOTO_BYTES) // 1_000_000)
        kept = await services.vault.keep(bounded(photo.chunks), photo.file_name, photo.media_type)
        files.append(_file(kept, no))
        pictures.append(kept)
        held += kept.size
    who = Identity(tip.name, tip.telephone)
    identity = seal(services.settings, tip_id, who) if tip.name or tip.telephone else None
    words = {name: getattr(tip, name) for name in ("title", "text", "firm", "place")}
    await tips.add_tip(
        services.database,
        follow_up_scope(code, district_id),
        words,
        files,
        tip_id=tip_id,
        code=code,
        identity=identity,
        at=now,
        there=lambda: there(services, *pictures),
    )
    public = Actor(user_id=PUBLIC, role=Role.REPORTER, district_id=district_id)
    await audit.succeeded(services, AuditAction.RECEIVE_TIP, public, "", case_id=tip_id)
    return code


async def bounded(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A picture as it comes. Raises TooLarge beyond :data:`models.tips.MAX_PHOTO_BYTES`."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > MAX_PHOTO_BYTES:
            most = MAX_PHOTO_BYTES // 1_000_000
            raise TooLarge(
                f"每张照片不超过 {most} MB",
                f"A photograph has at most {most} MB",
                rule="tips.photo",
                limit=most,
            )
        yield chunk


def _file(kept: Kept, no: int) -> dict[str, Any]:
    if not kept.media_type.startswith("image/"):
        raise UnsupportedMedia("只接收照片", "Photographs only", rule="tips.photo")
    return {**file_of(kept), "original_name": f"{no}", "purpose": f"举报照片 {no}"}


async def show(services: Services, code: str, *, ip: str) -> FollowUp:
    """What a follow-up code shows. Raises NotFound for a wrong one, TooManyRequests."""
    services.limits.wrong_codes.check(ip)
    found = await tips.own_tip(services.database, follow_up_scope(code))
    if found is None:
        services.limits.wrong_codes.hit(ip)
        raise NotFound("没有这个查询码，请核对后再输入", "There is no such code; check it", rule="tips.code")
    return follow_up(*found)
