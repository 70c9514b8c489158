"""The file types that are accepted as evidence, told by content and never by name.

A file is accepted when its first bytes say one of :data:`KINDS`, its name and its declared media type do not
say another, and it is not also something else (a page, a script, an archive, a second document).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UnsupportedMedia

HEAD_BYTES = 4096
"""How much of the beginning :func:`sniff` wants to see."""

_MEGAPIXEL = 1_000_000


@dataclass(frozen=True)
class Kind:
    """One accepted type. ``formats`` are the Pillow decoders allowed to touch it (none: not an image)."""

    key: str
    media_type: str
    suffixes: tuple[str, ...]
    declared: tuple[str, ...]
    formats: tuple[str, ...] = ()
    max_pixels: int = 0

    @property
    def is_image(self) -> bool:
        """Whether copies and thumbnails can be drawn from it."""
        return bool(self.formats)


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "jpeg",
            "image/jpeg",
            (".jpg", ".jpeg", ".jpe", ".jfif"),
            ("image/jpeg", "image/jpg", "image/pjpeg"),
            ("JPEG",),
            110 * _MEGAPIXEL,  # decoded at a reduced size (draft), so a phone's largest photo passes
        ),
        Kind("png", "image/png", (".png",), ("image/png",), ("PNG",), 50 * _MEGAPIXEL),
        Kind("webp", "image/webp", (".webp",), ("image/webp",), ("WEBP",), 50 * _MEGAPIXEL),
        Kind(
            "heic",
            "image/heic",
            (".heic", ".heif", ".hif"),
            ("image/heic", "image/heif"),
            ("HEIF",),
            50 * _MEGAPIXEL,
        ),
        Kind("pdf", "application/pdf", (".pdf",), ("application/pdf", "application/x-pdf")),
        Kind("mp4", "video/mp4", (".mp4", ".m4v"), ("video/mp4", "video/x-m4v")),
    )
}
ACCEPTED_ZH = "JPEG、PNG、WebP、HEIC 图片，PDF 文件，MP4 视频"
ACCEPTED_EN = "JPEG, PNG, WebP or HEIC pictures, PDF documents, MP4 video"
_UNSPECIFIC = frozenset({"", "application/octet-stream", "binary/octet-stream", "multipart/form-data"})

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
)
_ACTIVE = re.compile(
    rb"<script|<html[\s>]|<\?php\s|<!doctype|<iframe|<svg\s[^>]{0,200}xmlns|javascript:", re.IGNORECASE
)
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_PDF_FLAGS = {
    "javascript": _ACTIVE_PDF,
    "submits": re.compile(rb"/(?:SubmitForm|ImportData|GoToR|GoToE)\b"),
    "page": _ACTIVE,
}
_MEDIA_FLAGS = {"archive": re.compile(rb"PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")}
_SCAN_BYTES = 1 << 20
_OVERLAP = 256


def _iso_kind(head: bytes) -> Kind | None:
    brand = head[8:12]
    if brand in _HEIC_BRANDS:
        return KINDS["heic"]
    return KINDS["mp4"] if brand in _MP4_BRANDS else None


def sniff(head: bytes) -> Kind | None:
    """The kind the first bytes say, or None when it is none that is accepted."""
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpeg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return KINDS["webp"]
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    return _iso_kind(head) if head[4:8] == b"ftyp" else None


def refuse(zh: str, en: str, rule: str, **details: Any) -> UnsupportedMedia:
    """The refusal of a file, always naming what would be accepted."""
    return UnsupportedMedia(
        zh,
        en,
        rule=rule,
        remedy_zh=f"请上传{ACCEPTED_ZH}",
        remedy_en=f"Upload {ACCEPTED_EN}",
        **details,
    )


def recognise(head: bytes, suffix: str, declared: str) -> Kind:
    """The kind of a file from its content, checked against its name's suffix and its declared media type.

    A missing suffix or an unspecific declaration is no contradiction. Raises UnsupportedMedia.
    """
    kind = sniff(head)
    if kind is None:
        raise refuse("文件类型不被接受", "This type of file is not accepted", "evidence.type")
    if suffix and suffix.lower() not in kind.suffixes:
        raise refuse(
            f"文件内容是 {kind.media_type}，与扩展名 {suffix} 不符",
            f"The content is {kind.media_type}, which the extension {suffix} contradicts",
            "evidence.extension",
            found=kind.media_type,
        )
    stated = declared.split(";")[0].strip().lower()
    if stated not in _UNSPECIFIC and stated not in kind.declared:
        raise refuse(
            f"文件内容是 {kind.media_type}，与声明的类型 {stated[:80]} 不符",
            f"The content is {kind.media_type}, which the declared type {stated[:80]} contradicts",
            "evidence.declared_type",
            found=kind.media_type,
        )
    return kind


def _windows(path: Path) -> Iterator[bytes]:
    """The file piece by piece, each with the end of the one before."""
    carried = b""
    with path.open("rb") as file:
        while block := file.read(_SCAN_BYTES):
            yield carried + block
            carried = (carried + block)[-_OVERLAP:]


def _contains(path: Path, pattern: re.Pattern[bytes]) -> bool:
    return any(pattern.search(window) for window in _windows(path))


def flags_of(path: Path, kind: Kind) -> tuple[str, ...]:
    """What is odd about a file that was accepted, as keys of :data:`models.evidence.WARNING_LABELS`; names in a PDF are
    read as they are meant."""
    wanted = _PDF_FLAGS if kind.key == "pdf" else _MEDIA_FLAGS
    found: set[str] = set()
    for window in _windows(path):
        plain = _ESCAPED.sub(lambda one: bytes([int(one[1], 16)]), window) if kind.key == "pdf" else window
        found |= {flag for flag, pattern in wanted.items() if pattern.search(plain)}
    return tuple(sorted(found))


def reject_polyglot(path: Path, kind: Kind, head: bytes) -> None:
    """Refuse a file that can also be read as an archive, a page, a script or a second document."""
    disguised = zipfile.is_zipfile(path)
    if kind.key == "pdf":
        disguised = disguised or _contains(path, _ACTIVE_PDF)
    else:
        disguised = disguised or b"%PDF-" in head or _contains(path, _ACTIVE)
    if disguised:
        raise refuse(
            "文件含有脚本、压缩包或另一种文件的内容",
            "The file carries a script, an archive or a second kind of file",
            "evidence.polyglot",
        )
