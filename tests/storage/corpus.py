"""Small real files made in memory: good ones of every accepted kind, and bad ones that must stay out."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import AsyncIterator

import pillow_heif
from PIL import ExifTags, Image

pillow_heif.register_heif_opener()


def jpeg(width: int = 64, height: int = 48, *, exif: Image.Exif | None = None, colour: str = "red") -> bytes:
    """A JPEG, plain or with EXIF."""
    target = io.BytesIO()
    image = Image.new("RGB", (width, height), colour)
    image.save(target, "JPEG", exif=exif or Image.Exif())
    return target.getvalue()


def photo(*, offset: str | None = "+08:00", orientation: int = 1, width: int = 64, height: int = 48) -> bytes:
    """A JPEG as a phone writes it: taken 2026-10-01 08:30:15 local, at 30.2741 N 120.1551 E."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Prüfkamera"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2026:10:01 08:30:15"
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (30.0, 16.0, 26.76)
    gps[ExifTags.GPS.GPSLongitudeRef] = "E"
    gps[ExifTags.GPS.GPSLongitude] = (120.0, 9.0, 18.36)
    return jpeg(width, height, exif=exif)


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture in any format Pillow can write here (PNG, WEBP, HEIF, GIF, BMP…)."""
    target = io.BytesIO()
    Image.new(mode, size).save(target, form)
    return target.getvalue()


def pdf(body: bytes = b"") -> bytes:
    """A minimal PDF."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        + body
        + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def box(kind: bytes, body: bytes = b"") -> bytes:
    """One ISO 14496-12 box."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def mp4(*, media: bytes = b"media", created: int = 3_873_659_415, after: bytes = b"") -> bytes:
    """A minimal MP4 whose metadata names a place and an owner."""
    header = box(b"mvhd", struct.pack(">IIIII", 0, created, created, 1000, 0))
    place = box(b"udta", box(b"\xa9xyz", b"+30.2741+120.1551/"))
    track = box(b"trak", box(b"mdia") + box(b"meta", b"owner of the phone"))
    movie = box(b"moov", header + track + place)
    return box(b"ftyp", b"isom\x00\x00\x02\x00isommp41") + movie + box(b"mdat", media) + after


def archive() -> bytes:
    """A zip with one entry."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("a.txt", "x")
    return target.getvalue()


async def chunks(data: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    """``data`` as it would come over the wire."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
