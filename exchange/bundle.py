"""The portable bundle of a case (案卷数据包): papers, originals of evidence, the ledger as it is chained, a signed manifest, and
the program that checks all of it by itself.

Every part is named in the manifest with its SHA-256; the manifest names the head of the ledger and is signed (Ed25519).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from exchange import verifier
from exchange.files import Made
from exchange.making import Wanted, make_file
from models.actors import Actor
from models.clocks import SHANGHAI
from services.context import Services
from services.evidence.reads import list_of_case, open_file
from services.papers.casefile import WholeFile, bundled, signer
from services.papers.views import paper_label

_TITLE = ("案卷数据包", "case bundle")
_PROGRAM = Path(verifier.__file__).read_bytes()
_TOLD = """案卷数据包 · bundle of a case

核验（只需 Python 3.9 及以上，不需联网）· to check it, with Python 3.9 and nothing else:

    python -I verify.py .

请将显示的密钥指纹与执法机关公布的指纹核对。Compare the fingerprint it shows with the one the authority tells you.
"""


async def take_bundle(services: Services, actor: Actor, case_id: str, *, ip: str) -> Made:
    """The case as a bundle anybody can check without us (ZIP): documents, originals, ledger, signed manifest,
    `verify.py`.

    For officials of the bureau and auditors; it is recorded, and so is each original.

    Raises NotFound, NotAuthorised, RequirementMissing, Conflict for a file that is no longer what was handed in,
    TooManyRequests while another file is being made for the same person.
    """

    async def write(file: BinaryIO, _: str) -> int:
        whole, ledger = await bundled(services, actor, case_id)
        with ZipFile(file, "w") as archive:
            parts = _Parts(archive, services.clock())
            await parts.add("casefile.pdf", f"案卷{whole.case.number}", _once(whole.pdf))
            await _papers(parts, whole)
            for one in (await list_of_case(services, actor, case_id)).items:
                opened = await open_file(services, actor, one.evidence_id, "original", ip=ip)
                suffix = PurePosixPath(one.file_name).suffix.lower()
                await parts.add(f"evidence/{one.evidence_id}{suffix}", one.purpose, opened.chunks)
            lines = "".join(f"{line}\n" for line in ledger.lines).encode()
            await parts.add(verifier.LEDGER, "台账", _once(lines), packed=True)
            await parts.add("verify.py", "核验程序", _once(_PROGRAM), packed=True)
            await parts.add("README.txt", "说明", _once(_TOLD.encode()), packed=True)
            head = {"seq": ledger.seq, "hash": ledger.head_hash}
            key = signer(services)
            said = {"format": verifier.FORMAT, "case_id": case_id, "number": ledger.number, "head": head}
            made = services.clock().astimezone(SHANGHAI).isoformat(timespec="seconds")
            manifest = {**said, "made_at": made, "key": key.public.hex(), "parts": parts.told}
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            parts.plain(verifier.MANIFEST, text)
            parts.plain(verifier.SIGNATURE, key.sign(text).hex().encode())
        return len(parts.told)

    wanted = Wanted("case-bundle", _TITLE, {}, "zip", "zh", ip, case_id)
    return await make_file(services, actor, wanted, write)


async def _papers(parts: _Parts, whole: WholeFile) -> None:
    for no, one in enumerate(whole.papers, start=1):
        what = f"{paper_label(one.row.kind).zh}{one.row.number}"
        await parts.add(f"papers/{no:03d}-{one.row.kind}.pdf", what, _once(one.pdf))


class _Parts:
    """The parts of an archive, each hashed as it is written."""

    def __init__(self, archive: ZipFile, at: datetime) -> None:
        self._archive = archive
        self._at = at.astimezone(SHANGHAI).timetuple()[:6]
        self.told: dict[str, dict[str, Any]] = {}

    async def add(self, name: str, what: str, chunks: AsyncIterator[bytes], *, packed: bool = False) -> None:
        """Write a part; photographs and papers are packed already."""
        digest, size = hashlib.sha256(), 0
        with self._archive.open(self._info(name, packed), "w", force_zip64=True) as out:
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                await asyncio.to_thread(out.write, chunk)
        self.told[name] = {"sha256": digest.hexdigest(), "size": size, "what": what}

    def plain(self, name: str, data: bytes) -> None:
        """Write what the manifest does not name: itself, and the signature over it."""
        self._archive.writestr(self._info(name, packed=True), data)

    def _info(self, name: str, packed: bool) -> ZipInfo:
        info = ZipInfo(name, self._at)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o644 << 16
        return info


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
