"""Reading a photo's facts and drawing the copies that are shown instead of it.

Copies carry no EXIF, stand upright and are drawn anew from the pixels; the original is never changed.
All functions block for tens to hundreds of milliseconds: call them in a thread.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from models.errors import UnsupportedMedia
from storage.kinds import KINDS, Kind, refuse

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = max(kind.max_pixels for kind in KINDS.values())


def load() -> None:
    """Load every reader; Pillow otherwise does so at the first picture."""
    Image.init()


MAX_EDGE = 20_000
"""Longest edge of a picture that is decoded, in pixels: a phone's panorama passes, a line of millions does not."""
_PLAIN = 4
COPY_EDGE = 2560
THUMBNAIL_EDGE = 480
"""Longest edges, in pixels."""
_SHANGHAI_OFFSET = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class PhotoFacts:
    """What a photo says of itself. ``captured_at`` is UTC; without ``offset_known`` the camera named no time
    zone and China's was assumed. Coordinates are decimal WGS-84 degrees. All of it is the file's claim."""

    width: int
    height: int
    captured_at: datetime | None = None
    offset_known: bool = False
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Copies:
    """The drawn copies, as encoded bytes: JPEG for looking at, WebP for lists; and what the picture looks like."""

    copy: bytes
    thumbnail: bytes
    look: str | None = None


@contextmanager
def _opened(path: Path, kind: Kind) -> Iterator[Image.Image]:
    """The image, decoded only by its own kind's decoders; everything Pillow cannot read is a refusal."""
    try:
        with Image.open(path, formats=kind.formats) as image:
            if image.width * image.height > kind.max_pixels or max(image.size) > MAX_EDGE:
                raise flood(kind)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise flood(kind) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise refuse("图片损坏，无法读取", "The picture is damaged", "evidence.readable") from error


def flood(kind: Kind) -> UnsupportedMedia:
    """The refusal of a picture that is too large to be decoded."""
    return refuse(
        f"图片像素超过上限 {kind.max_pixels // 1_000_000} 百万，或边长超过 {MAX_EDGE}",
        f"The picture has more than {kind.max_pixels // 1_000_000} million pixels, or an edge of more than {MAX_EDGE}",
        "evidence.pixels",
        limit=kind.max_pixels,
        edge=MAX_EDGE,
    )


def read_facts(path: Path, kind: Kind) -> PhotoFacts:
    """Verify the container and read size, time and place. Raises UnsupportedMedia."""
    with _opened(path, kind) as image:
        image.verify()
    with _opened(path, kind) as image:
        exif = image.getexif()
        details, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        captured, known = _captured(details)
        latitude, longitude = _position(gps)
        return PhotoFacts(image.width, image.height, captured, known, latitude, longitude)


def draw_copies(path: Path, kind: Kind) -> Copies:
    """Decode fully and draw the copies. Raises UnsupportedMedia for a picture that breaks off."""
    with _opened(path, kind) as image:
        image.draft("RGB", (COPY_EDGE, COPY_EDGE))
        small = _small(image)
        flat = _flatten(ImageOps.exif_transpose(small))
        copy = _encode(flat, "JPEG", quality=85, optimize=False)
        flat.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE))
        return Copies(copy, _encode(flat, "WEBP", quality=75, method=2), look_of(flat))


def _small(image: Image.Image) -> Image.Image:
    """The picture at the size of the copy before anything else is done to it: each step after costs its pixels."""
    plain = "RGBA" if image.has_transparency_data else "RGB"
    exact = image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert(plain)
    exact.thumbnail((COPY_EDGE, COPY_EDGE))
    return exact


def look_of(image: Image.Image) -> str | None:
    """What a picture looks like (感知哈希): 64 bits in hex, a bit for each step of brightness to the right on a grid of
    9 × 8 (difference hash); a few differ when it was saved anew. None for a plain one, which looks like any other."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    dots = list(grey.tobytes())
    rows = [dots[start : start + 9] for start in range(0, 72, 9)]
    bits = "".join(str(int(left > right)) for row in rows for left, right in pairwise(row))
    return f"{int(bits, 2):016x}" if _PLAIN < bits.count("1") < 64 - _PLAIN else None


def _flatten(image: Image.Image) -> Image.Image:
    """Opaque RGB: transparency becomes white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    white.alpha_composite(rgba)
    return white.convert("RGB")


def _encode(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.info.clear()  # no EXIF, no ICC remark, no XMP travels along
    image.save(target, form, **options)
    return target.getvalue()


def _offset(text: Any) -> timezone | None:
    """``+08:00`` as a zone; None for anything else."""
    try:
        moment = datetime.strptime(str(text).strip("\x00 "), "%z")
    except ValueError:
        return None
    offset = moment.utcoffset()
    return timezone(offset) if offset is not None else None


def _captured(details: dict[int, Any]) -> tuple[datetime | None, bool]:
    text = details.get(ExifTags.Base.DateTimeOriginal) or details.get(ExifTags.Base.DateTimeDigitized)
    try:
        local = datetime.strptime(str(text).strip("\x00 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None, False
    zone = _offset(details.get(ExifTags.Base.OffsetTimeOriginal))
    try:
        return local.replace(tzinfo=zone or _SHANGHAI_OFFSET).astimezone(UTC), zone is not None
    except OverflowError:
        return None, False


def _degrees(parts: Any, reference: Any, negative: str, limit: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if str(reference).upper().startswith(negative) else value, 6)


def _position(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    tags = ExifTags.GPS
    latitude = _degrees(gps.get(tags.GPSLatitude), gps.get(tags.GPSLatitudeRef), "S", 90)
    longitude = _degrees(gps.get(tags.GPSLongitude), gps.get(tags.GPSLongitudeRef), "W", 180)
    return (latitude, longitude) if latitude is not None and longitude is not None else (None, None)
