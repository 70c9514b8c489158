"""Evidence as its asker may see it: the list of a case, one file as copy, thumbnail or original."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from ledger import evidence
from ledger.readers.enterprises import find_enterprise
from ledger.readers.paging import Found
from ledger.readers.people import names_of
from ledger.sessions import Scope
from models.actors import Actor
from models.audiences import ORIGINAL_READERS
from models.audit import AuditAction
from models.enterprise.grants import ASKERS
from models.evidence import check_sees_originals
from services import audit
from services.context import Services
from services.evidence.views import EvidenceList, Variant, evidence_view, name_shown, warnings_of
from services.missing import missing
from storage.kinds import KINDS
from storage.names import content_disposition, with_suffix
from storage.objects import key_for

MEDIA_TYPES = tuple(sorted({one.media_type for one in KINDS.values()}))
"""What a file may come out as."""
MOST_OF_ENTERPRISE = 100
_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp"}


@dataclass(frozen=True, slots=True)
class File:
    """A stored file on its way out."""

    chunks: AsyncIterator[bytes]
    size: int
    media_type: str
    disposition: str
    """How it is to be saved or shown (RFC 6266), with its Chinese name right in every browser."""


async def list_of_case(services: Services, actor: Actor, case_id: str) -> EvidenceList:
    """The evidence of a case the asker sees, oldest first; for those who may see originals with what to look at. Raises
    NotFound."""
    case = await evidence.case_of(services.database, actor, case_id)
    if case is None:
        raise missing("case")
    found = await evidence.of_case(services.database, actor, case_id)
    async with services.database.read(Scope.of(actor)) as session:
        names = await names_of(session, (one for row in found for one in (row.uploaded_by, row.released_by)))
    if actor.role not in ORIGINAL_READERS:
        return EvidenceList(items=[evidence_view(row, actor.role, names=names) for row in found])
    reused = await evidence.reuse(services.database, actor, case_id)
    began = case.doc.get("failed_at") or case.doc.get("told_at")
    warnings = warnings_of(found, reused, datetime.fromisoformat(began) if began else None)
    return EvidenceList(
        items=[evidence_view(row, actor.role, warnings[row.evidence_id], names) for row in found]
    )


async def list_of_enterprise(services: Services, actor: Actor, enterprise_id: str) -> EvidenceList:
    """The newest hundred files of an enterprise's cases that the asker sees: what a command to the enterprise may
    cite. Raises NotFound."""
    scope = Scope.of(actor)
    async with services.database.read(scope) as session:
        if actor.role not in ASKERS or await find_enterprise(session, scope, enterprise_id) is None:
            raise missing("enterprise")
    found = await evidence.of_enterprise(services.database, actor, enterprise_id, MOST_OF_ENTERPRISE)
    async with services.database.read(scope) as session:
        names = await names_of(session, (one for row in found for one in (row.uploaded_by, row.released_by)))
    return EvidenceList(items=[evidence_view(row, actor.role, names=names) for row in found])


async def open_file(
    services: Services, actor: Actor, evidence_id: str, variant: Variant = "copy", *, ip: str
) -> File:
    """One file. Originals only for officials of the bureau and auditors; each look is recorded.

    Raises NotFound, NotAuthorised.
    """
    row = await evidence.one(services.database, actor, evidence_id)
    if row is None:
        raise missing("evidence")
    key, media_type, name = _variant_of(row, variant, name_shown(row, actor.role))
    if variant == "original":
        await _allow_original(services, actor, row, ip)
    stored = await services.vault.open(key, row.sha256 if key == row.object_key else None)
    inline = variant != "original" and media_type.startswith("image/")
    return File(stored.chunks, stored.size, media_type, content_disposition(name, inline=inline))


async def _allow_original(services: Services, actor: Actor, row: Found, ip: str) -> None:
    check_sees_originals(actor)
    await audit.succeeded(
        services,
        AuditAction.READ_EVIDENCE_ORIGINAL,
        actor,
        ip,
        case_id=row.case_id,
        details={"subject": row.evidence_id},
    )


def _variant_of(row: Found, variant: Variant, called: str) -> tuple[str, str, str]:
    """Object key, media type and download name of a variant. Raises NotFound when there is none."""
    if variant == "original":
        return row.object_key, row.media_type, row.original_name
    if variant == "copy":
        media_type = row.preview_media_type or row.media_type
        suffix = _SUFFIXES.get(media_type)
        name = with_suffix(called, suffix) if suffix else called
        return row.preview_key or row.object_key, media_type, name
    if not row.media_type.startswith("image/"):
        raise missing("evidence")
    return key_for("thumbnail", row.sha256, ".webp"), "image/webp", with_suffix(called, ".webp")
